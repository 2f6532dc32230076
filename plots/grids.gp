# The time grids: where each puts its levels, by sigma/alpha.
load ARG0[1:strstrt(ARG0, "grids.gp") - 1] . "style.gp"
data = folder . "/grids-" . model . ".tsv"
names = ""
stats data using (strstrt(" " . names . " ", " " . strcol("grid") . " ") ? 0 : (names = names . " " . strcol("grid"), 1)) nooutput
n = words(names)
place(name) = sum [i = 1:n] (word(names, i) eq name ? n + 1 - i : 0)
set logscale x
set format x "10^{%L}"
stats data using (column("sigma") > 0 ? column("sigma") / column("alpha") : NaN) name "S" nooutput
set xrange [S_max * 1.4 : S_min / 1.4]
set yrange [0.4 : n + 0.6]
set border 1
set ytics out scale 0 noenhanced
set for [i = 1:n] ytics add (word(names, i) n + 1 - i)
set xlabel "noise level σ/α (from noise to data)"
set title sprintf("%s: 20 steps of every time grid", model) font ",13" noenhanced
unset key
do for [ext in "svg png"] {
    eval format(ext, 760, 120 + 30 * n)
    plot data using (column("sigma") > 0 ? column("sigma") / column("alpha") : NaN):(place(strcol("grid"))) with points \
            pointtype 7 pointsize 0.7 linecolor rgb word(colours, 1)
    set output
}
