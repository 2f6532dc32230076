# A field's score against the law's own by noise level: the Fisher divergence, and the root of its share of the law's.
load scripts . "/style.gp"
# data: the file check.tsv
level(unused) = column("sigma") / column("alpha")
shown(what) = column(what) > 0 ? column(what) : NaN
low(what) = column(what) - 1.96 * column(what . "_se") > 0 ? column(what) - 1.96 * column(what . "_se") : column(what) / 10
high(what) = column(what) + 1.96 * column(what . "_se")
stats data using (shown("fisher")) name "F" nooutput
stats data using (level(0)) name "S" nooutput
set logscale xy
set format xy "10^{%L}"
set xrange [S_max * 1.2 : S_min / 1.2]
set yrange [F_min / 3 : F_max * 3]
set xlabel "noise level σ/α (from noise to data)"
set ylabel "Fisher divergence E|s − s_{law}|^2"
set y2label "relative error √(E|s − s_{law}|^2 / E|s_{law}|^2)"
set logscale y2
set y2tics format "%g"
do for [e = -9:3] { set y2tics add (2 * 10.0**e, 5 * 10.0**e) }
set border 11
set key bottom right
set title sprintf("%s: its score against the law's, with 95 %% intervals", model) font ",13" noenhanced
do for [ext in "svg png"] {
    picture_width = 760
    picture_height = 420
    load scripts . "/format.gp"
    plot data using (level(0)):(shown("fisher")):(low("fisher")):(high("fisher")) with yerrorlines title "Fisher divergence", \
         data using (level(0)):(shown("share")):(low("share")):(high("share")) axes x1y2 with yerrorlines title "relative error (right)"
    set output
}
