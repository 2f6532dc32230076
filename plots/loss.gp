# The loss of a training run by its steps.
load ARG0[1:strstrt(ARG0, "loss.gp") - 1] . "style.gp"
data = folder . "/" . model . ".tsv"
set logscale y
set xlabel "step"
set ylabel "loss, mean since the point before"
set key off
set title sprintf("%s: loss in training", model) font ",13" noenhanced
do for [ext in "svg png"] {
    eval format(ext, 760, 420)
    plot data using "step":"loss" with lines
    set output
}
