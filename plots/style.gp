# What all plots share: columns by name, Okabe and Ito's colours, a shape and a dash for each line.
# The program sets before: folder, out (the pictures' name), scripts (this folder), and texts and tables ($data) of each script.  Tables hold numbers
# alone; a text in them is its place in an array.  No script runs a program, opens a pipe or evaluates a text, since names come from anywhere.
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
# The two formats: do for [ext in "svg png"] { picture_width = 760; picture_height = 420; load scripts . "/format.gp"; plot ... }
# A label of a tic is a format of its number: no sign in a name is one.
plain(text) = strstrt(text, "%") ? text[1:strstrt(text, "%")] . "%" . plain(text[strstrt(text, "%") + 1:strlen(text)]) : text

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
