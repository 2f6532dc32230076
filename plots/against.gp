# Of one model and metric, against column x: a line a solver (and grid) with error bars, and the floor.  For quality.gp and seconds.gp.
# $data: solver and grid (places in solvers and grids), calls, work, seconds, mean, low, high, floor.
ours(i, g) = column("solver") == i && column("grid") == g
stats $data using (column(on_x)) name "X" nooutput
stats $data using (column("mean")) name "M" nooutput
stats $data using (column("high")) name "H" nooutput
stats $data using (column("floor")) name "F" nooutput
floor_at = F_mean
log_y = M_min > 0
set logscale x
if (log_y) { set logscale y; set format y "10^{%L}" }
low_y = floor_at > 0 && floor_at < M_min ? floor_at : M_min
# A run far worse than most would press all others together: it leaves the picture, and the axis says so.
cap = M_up_quartile > 0 && H_max > 15 * M_up_quartile ? 15 * M_up_quartile : H_max * 1.2
if (log_y) { set yrange [low_y / 1.6 : cap] }
set xrange [X_min / 1.25 : X_max * 1.25]
if (on_x eq "calls") { set xtics (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000); set mxtics default } else { set format x "%g"; if (X_max / X_min < 100) { do for [e = -9:4] { set xtics add (2 * 10.0**e, 5 * 10.0**e) } } }
if (log_y && H_max / low_y < 30) { set format y "%g"; set ytics add (); do for [e = -9:6] { set ytics add (2 * 10.0**e, 5 * 10.0**e) } }
set ylabel axis
set title sprintf("%s: mean over seeds with 95 %% intervals%s", model, log_y && cap < H_max ? "; some off the scale" : "") font ",13" noenhanced

# A line's name, and points a little apart so that bars do not cover one another.
n = solvers_count * grids_count
name(i, g) = grids_count > 1 ? solvers[i] . " on " . grids[g] : solvers[i]
apart(i, g) = on_x eq "calls" ? 1 + 0.08 * (((g - 1) * solvers_count + i - 0.5) / n - 0.5) : 1
set xlabel on_x eq "calls" ? xname . ", drawn up to 4 % apart" : xname
longest = 0
do for [g = 1:grids_count] { do for [i = 1:solvers_count] { longest = strlen(name(i, g)) > longest ? strlen(name(i, g)) : longest } }
across = longest > 22 ? 2 : longest > 14 ? 3 : 4
lines = (n + 1 + across - 1) / across
set key at screen 0.53, screen 0.01 center bottom vertical Left reverse noenhanced maxrows lines samplen 3 font ",11"
set bmargin 3.6 + 1.1 * lines
do for [ext in "svg png"] {
    picture_width = 760
    picture_height = 460 + 21 * lines
    load scripts . "/format.gp"
    plot for [g = 1:grids_count] for [i = 1:solvers_count] $data \
            using (ours(i, g) ? column(on_x) * apart(i, g) : NaN):"mean":"low":"high" with yerrorbars \
            linetype (g - 1) * solvers_count + i dashtype 1 linewidth 1 pointsize 0 notitle, \
         for [g = 1:grids_count] for [i = 1:solvers_count] $data \
            using (ours(i, g) ? column(on_x) * apart(i, g) : NaN):"mean" with linespoints \
            linetype (g - 1) * solvers_count + i title name(i, g), \
         (floor_at != 0 ? floor_at : NaN) with lines linecolor rgb "#444444" dashtype 2 linewidth 1.5 title floor_at != 0 ? "floor: exact samples" : ""
    set output
}
