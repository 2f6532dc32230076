# The loss of a training run by its steps.
load scripts . "/style.gp"
# data: the file of the curve
set logscale y
set xlabel "step"
set ylabel "loss, mean since the point before"
set key off
set title sprintf("%s: loss in training", model) font ",13" noenhanced
do for [ext in "svg png"] {
    picture_width = 760
    picture_height = 420
    load scripts . "/format.gp"
    plot data using "step":"loss" with lines
    set output
}
