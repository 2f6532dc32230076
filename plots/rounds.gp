# Runs that are parallel in time, of one model: the largest change in each iteration, rounds against the tolerance, speed-up over the serial twin against
# the window (on the machine of --round-cost, --row-cost, --workers).  Reads rounds.tsv and residuals.tsv.
load scripts . "/style.gp"
# $residuals, $over_tol, $over_window: curve, x, y; runs, tol_names, window_names: what the curves are.
most(a, b) = a > b ? a : b
lines = most(runs_count, most(tol_names_count, window_names_count))
set key outside below vertical maxrows 100 Left reverse noenhanced samplen 2 font ",10"
set title font ",12"
do for [ext in "svg png"] {
    picture_width = 1380
    picture_height = 400 + 18 * lines
    load scripts . "/format.gp"
    set multiplot layout 1, 3 title model noenhanced
    set logscale y; set format y "10^{%L}"; unset logscale x; set format x "%g"
    set title "largest change in an iteration"
    set xlabel "iteration"; set ylabel "rms change of a state (data units)"
    plot for [i = 1:runs_count] $residuals \
        using (column("curve") == i ? column("x") : NaN):(column("y") > 1e-16 ? column("y") : NaN) with linespoints linetype i pointsize 0.5 title runs[i]
    unset logscale y; set format y "%g"
    set title "rounds against the tolerance"
    set logscale x; set format x "10^{%L}"
    set xlabel "tol"; set ylabel "rounds (the most of any row)"; set yrange [0:*]
    if (tol_names_count) { plot for [k = 1:tol_names_count] $over_tol \
        using (column("curve") == k && column("x") > 0 ? column("x") : NaN):"y" with linespoints linetype k pointsize 0.7 title tol_names[k] } else { set multiplot next }
    set title "speed-up over the serial twin, as modelled"
    set format x "%g"
    set xlabel "window"; set ylabel "times faster"
    if (window_names_count) { plot for [k = 1:window_names_count] $over_window \
        using (column("curve") == k ? column("x") : NaN):"y" with linespoints linetype k pointsize 0.7 title window_names[k], \
        1 with lines linecolor rgb "#444444" dashtype 2 notitle } else { set multiplot next }
    unset multiplot
    set output
    set yrange [*:*]
}
