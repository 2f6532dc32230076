# Convergence, one figure a family of solvers: error against steps (or tolerance), one panel a process and kind; claimed and measured order in the
# legend, a triangle with the slope of each order that is claimed.
#   gnuplot -e "dir='out'" plots/order.gp        reads DIR/order-rungs.tsv, writes DIR/order-FAMILY.svg and .png
if (!exists("dir")) dir = "."
file = dir."/order-rungs.tsv"
set datafile separator tab
set datafile missing "nan"
array colour[8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#7f7f7f"]
distinct(test, col) = system(sprintf("awk -F'\t' 'NR > 1 && (%s) && !s[$%d]++ { printf \"%%s \", $%d }' '%s'", test, col, col, file))
in(family) = sprintf("$11 == \"%s\"", family)
pick(family, proc, kind) = sprintf("%s && $2 == \"%s\" && $4 == \"%s\"", in(family), proc, kind)
lines(test, solver) = sprintf("< awk -F'\t' '%s && $1 == \"%s\" { if (g && g != $3) print \"\"; g = $3; print }' '%s'", test, solver, file)
label(test, solver) = system(sprintf("awk -F'\t' '%s && $1 == \"%s\" && !s[$3]++ { if (!t) t = $1 \": claimed \" $5 \", measured\"; t = t \" \" int(100 * $6 + 0.5) / 100 } END { print t }' '%s'", test, solver, file))
# One triangle for each order claimed, under the first curve that claims it: its slope is the claim.
triangles(test) = sprintf("< awk -F'\t' '%s && $10 && $9 && !s[$5]++ { x = 1 / $8; y = ($9 < 0 ? -$9 : $9) / 2.5; z = y * 3^-$5; OFS = FS; print x, y; print x, z; print 3 * x, z; print x, y; print \"\" }' '%s'", test, file)
title(kind) = kind eq "ode" ? "flow, fixed steps" : kind eq "tol" ? "flow, own steps" : kind eq "weak" ? "law of samples (weak)" : "paths (strong)"
families = distinct("1", 11)

do for [out in "svg png"] {
    do for [family in families] {
        processes = distinct(in(family), 2)
        kinds = distinct(in(family), 4)
        N = words(processes)
        K = words(kinds)
        if (out eq "svg") { set terminal svg size 860 * K, 430 * N font "Helvetica,13" background "white" } else { set terminal pngcairo size 860 * K, 430 * N font "Helvetica,11" }
        set output dir."/order-".system(sprintf("echo '%s' | tr A-Z a-z", family)).".".out
        set multiplot layout N, K title family
        set logscale xy
        set format xy "10^{%L}"
        set grid lc rgb "#dddddd"
        set key outside right top Left reverse samplen 1.5 spacing 1.05 font ",10" noenhanced
        do for [proc in processes] {
            do for [kind in kinds] {
                test = pick(family, proc, kind)
                names = distinct(test, 1)
                if (words(names) == 0) { set multiplot next; continue }
                set title sprintf("%s, %s", proc, title(kind)) noenhanced
                set xlabel kind eq "tol" ? "1 / tolerance" : "steps"
                set ylabel kind eq "strong" ? "rms distance to twice the steps" : kind eq "weak" ? "|error of the moment|" : "rms error"
                plot for [k = 1:words(names)] lines(test, word(names, k)) using (1 / $8):(abs($9) < 1e300 ? abs($9) : NaN) \
                    with linespoints lw 1.5 pt 7 ps 0.45 lc rgb colour[1 + (k - 1) % 8] dt 1 + (k - 1) / 8 title label(test, word(names, k)), \
                    triangles(test) using 1:2 with lines lw 1 lc rgb "#555555" notitle
            }
        }
        unset multiplot
        unset output
    }
}
