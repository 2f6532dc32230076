# The parts of an error against calls: a solver's own, to the flow of the field that it was given, and the network's, from that flow to the law.
load scripts . "/style.gp"
# $data as that of against.gp, of three parts: solver, network, whole are their numbers.
ours(i, g, item) = column("part") == item && column("solver") == i && column("grid") == g
of(item) = column("part") == item
stats $data using (of(solver) && column("mean") > 0 ? column("calls") : NaN) name "X" nooutput
stats $data using (of(solver) && column("mean") > 0 ? column("mean") : NaN) name "S" nooutput
stats $data using (of(whole) ? column("high") : NaN) name "W" nooutput
stats $data using (of(network) ? column("mean") : NaN) name "N" nooutput
stats $data using (of(network) ? column("low") : NaN) name "L" nooutput
stats $data using (of(network) ? column("high") : NaN) name "H" nooutput
set logscale xy
set format y "10^{%L}"
set xrange [X_min / 1.25 : X_max * 1.25]
set yrange [(S_min < N_mean ? S_min : N_mean) / 2 : (W_max > S_max ? W_max : S_max) * 1.3]
set xtics (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
set xlabel "network calls (NFE)"
set ylabel axis
set title sprintf("%s: %s by its parts, mean over seeds with 95 %% intervals", model, base) font ",13" noenhanced
set style fill transparent solid 0.25 noborder
set object 1 rectangle from graph 0, first L_min to graph 1, first H_max fillcolor rgb "#8A8A8A" fillstyle transparent solid 0.25 noborder behind
name(i, g) = grids_count > 1 ? solvers[i] . " on " . grids[g] : solvers[i]
lines = (solvers_count * grids_count + 2 + 2) / 3
set key at screen 0.53, screen 0.01 center bottom vertical Left reverse noenhanced maxrows lines samplen 3 font ",11"
set bmargin 3.6 + 1.1 * lines
do for [ext in "svg png"] {
    picture_width = 760
    picture_height = 460 + 21 * lines
    load scripts . "/format.gp"
    plot for [g = 1:grids_count] for [i = 1:solvers_count] $data using (ours(i, g, solver) ? column("calls") : NaN):"mean":"low":"high" with yerrorbars \
            linetype (g - 1) * solvers_count + i dashtype 1 linewidth 1 pointsize 0 notitle, \
         for [g = 1:grids_count] for [i = 1:solvers_count] $data using (ours(i, g, solver) ? column("calls") : NaN):"mean" with linespoints \
            linetype (g - 1) * solvers_count + i title name(i, g) . ", its part", \
         for [g = 1:grids_count] for [i = 1:solvers_count] $data using (ours(i, g, whole) ? column("calls") : NaN):"mean" with lines \
            linetype (g - 1) * solvers_count + i dashtype 3 linewidth 1.2 notitle, \
         NaN with lines linecolor rgb "#444444" dashtype 3 linewidth 1.2 title "the whole, dotted", \
         N_mean with lines linecolor rgb "#444444" dashtype 2 linewidth 1.5 title "the network's part"
    set output
}
