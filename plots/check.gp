# A field by noise level: its denoising loss against that of an affine field, its distance from the law's own, and how fast it turns.
load scripts . "/style.gp"
# data: the file check.tsv
set logscale xy
set format "10^{%L}"
stats data using (column("sigma") / column("alpha")) name "S" nooutput
set xrange [S_max * 1.2 : S_min / 1.2]
set xlabel "noise level σ/α (from noise to data)"
set ylabel "mean squared error of the noise prediction"
set y2label "steepness, |dε| σ/|dx|"
set y2tics format "%g"
set logscale y2
set border 11
set key bottom left
set title sprintf("%s: error and steepness by noise level", model) font ",13" noenhanced
do for [ext in "svg png"] {
    picture_width = 760
    picture_height = 420
    load scripts . "/format.gp"
    plot data using (column("sigma") / column("alpha")):"noise_loss":"noise_loss_se" with yerrorlines title "denoising loss", \
         data using (column("sigma") / column("alpha")):"affine_loss" with lines dashtype 2 title "of an affine field", \
         data using (column("sigma") / column("alpha")):(column("excess") > 0 ? column("excess") : NaN):"excess_se" with yerrorlines title "distance from the law's own", \
         data using (column("sigma") / column("alpha")):"steepness" axes x1y2 with linespoints title "steepness (right)"
    set output
}
