# Convergence of one family of solvers: error against steps (or tolerance), one panel a process and kind; claimed and measured order in the
# legend, a triangle with the slope of each order that is claimed.
# $curves: curve, x, y, with legends; $triangles: panel, x, y; processes and kinds; last[p]: the last curve of the p-th panel.
set datafile separator tab
set datafile missing NaN
set datafile columnheaders
set encoding utf8
array colour[8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#7f7f7f"]
title(kind) = kind eq "ode" ? "flow, fixed steps" : kind eq "tol" ? "flow, own steps" : kind eq "weak" ? "law of samples (weak)" : "paths (strong)"
N = processes_count
K = kinds_count
do for [ext in "svg png"] {
    if (ext eq "svg") { set terminal svg size 860 * K, 430 * N font "Helvetica,13" background "white" } else { set terminal pngcairo size 860 * K, 430 * N font "Helvetica,11" }
    set output folder . "/" . out . "." . ext
    set multiplot layout N, K title family noenhanced
    set logscale xy
    set format xy "10^{%L}"
    set grid lc rgb "#dddddd"
    set key outside right top Left reverse samplen 1.5 spacing 1.05 font ",10" noenhanced
    do for [p = 1:N * K] {
        first = p > 1 ? last[p - 1] + 1 : 1
        kind = kinds[(p - 1) % K + 1]
        if (last[p] < first) { set multiplot next; continue }
        set title sprintf("%s, %s", processes[(p - 1) / K + 1], title(kind)) noenhanced
        set xlabel kind eq "tol" ? "1 / tolerance" : "steps"
        set ylabel kind eq "strong" ? "rms distance to twice the steps" : kind eq "weak" ? "|error of the moment|" : "rms error"
        plot for [c = first:last[p]] $curves using (column("curve") == c ? column("x") : NaN):(column("y") < 1e300 ? column("y") : NaN) \
            with linespoints lw 1.5 pt 7 ps 0.45 lc rgb colour[1 + (c - first) % 8] dt 1 + (c - first) / 8 title legends[c], \
            $triangles using (column("panel") == p ? column("x") : NaN):"y" with lines lw 1 lc rgb "#555555" notitle
    }
    unset multiplot
    unset output
}
