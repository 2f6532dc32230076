# Convergence: error against steps (or tolerance), one panel a kind and process, slopes claimed and measured in the legend.
#   gnuplot -e "dir='out'" plots/order.gp        reads DIR/order-rungs.tsv, writes DIR/order.svg and DIR/order.png
if (!exists("dir")) dir = "."
file = dir."/order-rungs.tsv"
set datafile separator tab
set datafile missing "nan"
array colour[8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#7f7f7f"]
distinct(col) = system(sprintf("awk -F'\t' 'NR > 1 && !s[$%d]++ { print $%d }' '%s'", col, col, file))
rows(test) = system(sprintf("awk -F'\t' 'NR > 1 && %s && !s[$1]++ { printf \"%%s \", $1 }' '%s'", test, file))
pick(kind, proc) = sprintf("$2 == \"%s\" && $4 == \"%s\"", proc, kind)
lines(kind, proc, solver) = sprintf("< awk -F'\t' '%s && $1 == \"%s\" { if (g && g != $3) print \"\"; g = $3; print }' '%s'", pick(kind, proc), solver, file)
label(kind, proc, solver) = system(sprintf("awk -F'\t' '%s && $1 == \"%s\" && !s[$3]++ { if (!n++) printf \"%%s: %%s claimed,\", $1, $5; printf \" %%.2f\", $6 } END { print \"\" }' '%s'", pick(kind, proc), solver, file))
# One triangle for each order claimed, under the first curve that claims it: its slope is the claim.
triangles(kind, proc) = sprintf("< awk -F'\t' '%s && $10 && !s[$5]++ { x = 1 / $8; y = ($9 < 0 ? -$9 : $9) / 2.5; z = y * 3^-$5; OFS = FS; print x, y; print x, z; print 3 * x, z; print x, y; print \"\" }' '%s'", pick(kind, proc), file)
processes = distinct(2)
kinds = "ode tol weak strong"
title(kind) = kind eq "ode" ? "flow, fixed steps" : kind eq "tol" ? "flow, own steps" : kind eq "weak" ? "law of samples (weak)" : "paths (strong)"


do for [out in "svg png"] {
    N = words(processes)
    if (out eq "svg") { set terminal svg size 520 * 4, 430 * N font "Helvetica,13" background "white" } else { set terminal pngcairo size 520 * 4, 430 * N font "Helvetica,11" }
    set output dir."/order.".out
    set multiplot layout N, 4 margins 0.04, 0.99, 0.14 / N, 1 - 0.08 / N spacing 0.045, 0.26 / N
    set logscale xy
    set format y "10^{%L}"
    set grid lc rgb "#dddddd"
    set key bottom left Left reverse box lc rgb "#cccccc" opaque samplen 1.5 spacing 1.05 font ",10" noenhanced
    do for [i = 1:words(processes)] {
        do for [kind in kinds] {
            proc = word(processes, i)
            names = rows(pick(kind, proc))
            if (words(names) == 0) { set multiplot next; continue }
            set title sprintf("%s, %s", proc, title(kind)) noenhanced
            set xlabel kind eq "tol" ? "1 / tolerance" : "steps"
            set ylabel kind eq "strong" ? "rms distance to twice the steps" : kind eq "weak" ? "|error of the moment|" : "rms error"
            set format x "10^{%L}"
            set offsets graph 0.05, graph 0.05, graph 0.05, graph 0.45
            plot for [k = 1:words(names)] lines(kind, proc, word(names, k)) using (1 / $8):(abs($9) < 1e300 ? abs($9) : NaN) \
                with linespoints lw 1.5 pt 7 ps 0.45 lc rgb colour[1 + (k - 1) % 8] dt 1 + (k > 8) title label(kind, proc, word(names, k)), \
                triangles(kind, proc) using 1:2 with lines lw 1 lc rgb "#555555" notitle
        }
    }
    unset multiplot
    unset output
}
