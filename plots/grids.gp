# The time grids: where each puts its levels, by sigma/alpha.
load scripts . "/style.gp"
n = grid_names_count
set logscale x
set format x "10^{%L}"
stats $data using (column("sigma") > 0 ? column("sigma") / column("alpha") : NaN) name "S" nooutput
set xrange [S_max * 1.4 : S_min / 1.4]
set yrange [0.4 : n + 0.6]
set border 1
set ytics out scale 0 noenhanced
set for [i = 1:n] ytics add (plain(grid_names[i]) n + 1 - i)
set xlabel "noise level σ/α (from noise to data)"
set title sprintf("%s: 20 steps of every time grid", model) font ",13" noenhanced
unset key
do for [ext in "svg png"] {
    picture_width = 760
    picture_height = 120 + 30 * n
    load scripts . "/format.gp"
    plot $data using (column("sigma") > 0 ? column("sigma") / column("alpha") : NaN):(n + 1 - column("grid")) with points \
            pointtype 7 pointsize 0.7 linecolor rgb word(colours, 1)
    set output
}
