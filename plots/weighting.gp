# The weighting study: gnuplot -d -c plots/weighting.gp out/weighting
metric = "sw2"
out = "score"
folder = ARG1
scripts = ARG0[1:strlen(ARG0) - strlen("/weighting.gp")]
load scripts . "/style.gp"
data = folder . "/levels.tsv"
names = ""
stats folder . "/table.tsv" using (names = names . " " . strcol(1), 0) nooutput
set logscale xy
set format x "10^{%L}"
set xrange [200 : 0.008]
set yrange [0.0008 : 3]
set ytics ("0.1 %%" 0.001, "0.2 %%" 0.002, "0.5 %%" 0.005, "1 %%" 0.01, "2 %%" 0.02, "5 %%" 0.05, "10 %%" 0.1, "20 %%" 0.2, "50 %%" 0.5, "100 %%" 1)
set xlabel "noise level σ/α (from noise to data)"
set ylabel "relative error of the score"
set key outside right center vertical noenhanced samplen 3 font ",11"
do for [ext in "svg png"] {
    picture_width = 900
    picture_height = 480
    load scripts . "/format.gp"
    plot for [i = 1:words(names)] data using (strcol("weighting") eq word(names, i) ? column("ratio") : NaN):"share" with linespoints linetype i title word(names, i)
    set output
}
out = "quality"
data = folder . "/table.tsv"
unset logscale
set format x "%g"
set xrange [-0.7 : words(names) - 0.3]
set yrange [*:*]
set ytics auto
unset xlabel
set xtics rotate by 50 right noenhanced font ",10"
set grid ytics noxtics
unset key
set logscale y
do for [ext in "svg png"] {
    picture_width = 1000
    picture_height = 420
    load scripts . "/format.gp"
    set multiplot layout 1, 2 margins 0.11, 0.985, 0.29, 0.9 spacing 0.1, 0
    set title "samples: circles ddim 50, squares dpmpp-2m 20" font ",12"
    set ylabel axis
    plot data using ($0 - 0.12):"ddim":"ddim_low":"ddim_high":xtic(1) with yerrorbars linetype 1, data using ($0 + 0.12):"dpmpp":"dpmpp_low":"dpmpp_high" with yerrorbars linetype 2
    set title "likelihood: how far below the law's own" font ",12"
    set ylabel "nats a point"
    plot data using 0:"gap":"gap_low":"gap_high":xtic(1) with yerrorbars linetype 3
    unset multiplot
    set output
}
