# The terms of the variational bound by the level where the field is asked: nats of each and its 95 % interval.
# file: the table; many: whether it begins with a column of cells.
load ARG0[1:strstrt(ARG0, "terms.gp") - 1] . "style.gp"
names = many ? "" : "all"
cell(dummy) = many ? strcol("cell") : "all"
stats file using (strstrt(" " . names . " ", " " . cell(0) . " ") ? 0 : (names = names . " " . cell(0), 1)) nooutput
n = words(names)
set logscale xy
set format y "10^{%L}"
set xlabel "t of the level where the field is asked"
set ylabel "nats a row"
set title "terms of the variational bound" font ",13"
set key outside right top noenhanced
do for [ext in "svg png"] {
    eval format(ext, 760, 420)
    plot for [i = 1:n] file using (column("t") > 0 ? column("t") : NaN) \
            :(cell(0) eq word(names, i) && column("mean") > 0 ? column("mean") : NaN):(1.96 * column("se")) \
            with yerrorbars pointtype 7 pointsize 0.4 linewidth 0.8 linecolor rgb word(colours, (i - 1) % 8 + 1) title (many ? "cell " . word(names, i) : "term")
    set output
}
