# The terms of the variational bound by the level where the field is asked: nats of each and its 95 % interval.
# many: whether $terms begins with a column of cells, places in cell_names.
load scripts . "/style.gp"
n = many ? cell_names_count : 1
is(i) = many ? column("cell") == i : 1
set logscale xy
set format y "10^{%L}"
set xlabel "t of the level where the field is asked"
set ylabel "nats a row"
set title "terms of the variational bound" font ",13"
set key outside right top noenhanced
do for [ext in "svg png"] {
    picture_width = 760
    picture_height = 420
    load scripts . "/format.gp"
    plot for [i = 1:n] $terms using (column("t") > 0 ? column("t") : NaN) \
            :(is(i) && column("mean") > 0 ? column("mean") : NaN):(1.96 * column("se")) \
            with yerrorbars pointtype 7 pointsize 0.4 linewidth 0.8 linecolor rgb word(colours, (i - 1) % 8 + 1) title (many ? "cell " . cell_names[i] : "term")
    set output
}
