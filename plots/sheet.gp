# Generated images of every solver and budget.
load scripts . "/style.gp"
load scripts . "/board.gp"
set datafile missing "?"                            # gaps are pixels of NaN, which must not be dropped
set palette gray
set cbrange [-1:1]
scale = 3.5
set title sprintf("%s: samples of the first seed", model)
W = left + scale * wide * columns + right
H = 76 + scale * height * rows
do for [ext in "svg png"] {
    picture_width = W
    picture_height = H
    load scripts . "/format.gp"
    set margins screen left / W, screen 1 - right / W, screen 10.0 / H, screen 1 - 66.0 / H
    plot data using (column("u") + 0.5):(column("v") - 0.5):"grey" with image, \
         $panels using (kind("row") ? 0 : NaN):(column("v") - height / 2 + 1.5):(label(0)) with labels right offset -1,0 noenhanced, \
         $panels using (kind("column") ? column("u") + wide / 2 - 1.5 : NaN):(0):(label(0)) with labels center offset 0,0.7 noenhanced, \
         $panels using (kind("note") ? column("u") + wide : NaN):(column("v") - height / 2 + 1.5):(label(0)) with labels left noenhanced font ",10"
    set output
}
