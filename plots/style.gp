# What all plots share: columns by name, Okabe and Ito's colours, a shape and a dash for each line, the two formats.
set datafile separator tab
set datafile missing NaN
set datafile columnheaders
set encoding utf8
colours = "#0072B2 #D55E00 #009E73 #CC79A7 #56B4E9 #E69F00 #000000 #8A8A8A"
shapes  = "7 5 9 11 13 15 6 4 8 10 12 14 1 2 3"
do for [i=1:48] {
    set linetype i linecolor rgb word(colours, (i - 1) % 8 + 1) linewidth 1.8 dashtype 1 + (i - 1) / 8 pointtype int(word(shapes, (i - 1) % 15 + 1)) pointsize 0.8
}
set border 3 linewidth 1
set tics nomirror out
set grid linecolor rgb "#E4E4E4" linewidth 0.8
# The two formats: do for [ext in "svg png"] { eval format(ext, width, height); plot ... }
format(ext, w, h) = ext eq "svg" ? sprintf("set terminal svg size %d,%d font 'DejaVu Sans,12' enhanced background rgb 'white'; set output '%s/%s.svg'", w, h, folder, out) \
                                 : sprintf("set terminal pngcairo size %d,%d font 'DejaVu Sans,12' fontscale 2 linewidth 2 pointscale 2 enhanced; set output '%s/%s.png'", 2 * w, 2 * h, folder, out)

# A metric's axis.
label_sw2      = "sliced Wasserstein-2 (data units)"
label_w2       = "Wasserstein-2 (data units)"
label_energy   = "energy distance (data units)"
label_rms      = "trajectory error, RMS (data units)"
label_mmd2     = "squared MMD (no unit)"
label_frechet  = "Fréchet distance (data units squared)"
label_modemass = "mode mass error (total variation)"
label_xent     = "cross-entropy (nats)"
label_mean     = "distance of the mean (data units)"
label_cov      = "relative distance of the covariance"
label_wild     = "share of samples that left the data"
base = metric[1:(strstrt(metric, ":") ? strstrt(metric, ":") - 1 : strlen(metric))]
axis = exists("label_" . base) ? value("label_" . base) : metric
