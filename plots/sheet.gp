# Generated images of every solver and budget.
here = ARG0[1:strstrt(ARG0, "sheet.gp") - 1]
load here . "style.gp"
load here . "board.gp"
data = folder . "/images-" . model . ".tsv"
set datafile missing "?"                            # gaps are pixels of NaN, which must not be dropped
set palette gray
set cbrange [-1:1]
scale = 3.5
set title sprintf("%s: samples of the first seed", model)
W = left + scale * wide * columns + right
H = 76 + scale * height * rows
do for [ext in "svg png"] {
    eval format(ext, W, H)
    eval margins(W, H)
    plot data using (column("u") + 0.5):(column("v") - 0.5):"grey" with image, \
         panels using (kind("row") ? 0 : NaN):(column("v") - height / 2 + 1.5):"text" with labels right offset -1,0 noenhanced, \
         panels using (kind("column") ? column("u") + wide / 2 - 1.5 : NaN):(0):"text" with labels center offset 0,0.7 noenhanced, \
         panels using (kind("note") ? column("u") + wide : NaN):(column("v") - height / 2 + 1.5):"text" with labels left noenhanced font ",10"
    set output
}
