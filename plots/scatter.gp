# Samples of every solver and budget in the plane, over contours of the exact density.
load scripts . "/style.gp"
# data: the file of the samples; lattice: that of the density, if has_lattice
if (has_lattice) {
    stats lattice using "density" name "D" nooutput
    set contour base
    unset surface
    set cntrparam levels discrete D_max * 0.6, D_max * 0.05
    set table $contour
    splot lattice using "u":"v":"density" with lines
    unset table
    unset contour
    set surface
}
# the same with tabs between its columns, as all files have
set print $lines
print "u\tv"
if (exists("$contour")) {
    do for [i = 1:|$contour|] {
        text = $contour[i]
        print words(text) == 3 && text[1:1] ne "#" ? word(text, 1) . "\t" . word(text, 2) : ""
    }
} else { print "nan\tnan" }
unset print
us = ""; vs = ""
stats $panels using (kind_names[int(column("kind"))] eq "panel" ? (us = us . " " . sprintf("%.17g", column("u")), vs = vs . " " . sprintf("%.17g", column("v")), 1) : NaN) nooutput
load scripts . "/board.gp"
set title sprintf("%s: samples, and the density at 5 and 60 %% of its peak", model)
W = left + 105 * columns + right
H = 76 + 105 * rows
do for [ext in "svg png"] {
    picture_width = W
    picture_height = H
    load scripts . "/format.gp"
    set margins screen left / W, screen 1 - right / W, screen 10.0 / H, screen 1 - 66.0 / H
    plot data using "u":"v" with points pointtype 7 pointsize 0.16 linecolor rgb word(colours, 1), \
         for [p = 1:words(us)] $lines using (column("u") + real(word(us, p))):(column("v") + real(word(vs, p)) - 1) with lines linecolor rgb word(colours, 6) linewidth 0.8 dashtype 1, \
         $panels using (kind("panel") ? column("u") + 0.5 : NaN):(column("v") - 0.5):(0.5):(0.5) with boxxyerror fillstyle empty linecolor rgb "#B0B0B0" linewidth 0.6, \
         $panels using (kind("row") ? 0 : NaN):(column("v") - 0.5):(label(0)) with labels right offset -1,0 noenhanced, \
         $panels using (kind("column") ? column("u") + 0.5 : NaN):(0):(label(0)) with labels center offset 0,0.7 noenhanced, \
         $panels using (kind("note") ? column("u") + 1.05 : NaN):(column("v") - 0.5):(label(0)) with labels left noenhanced font ",10"
    set output
}
