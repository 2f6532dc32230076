# A board of panels, rows of solvers and columns of budgets: its size and its texts.  For scatter.gp and sheet.gp.
# $panels: kind and text (places in kind_names and text_names), u, v.
kind(k) = kind_names[int(column("kind"))] eq k
label(unused) = text_names[int(column("text"))]
stats $panels using (kind("row") ? column("v") : NaN) name "V" nooutput
stats $panels using (kind("column") ? column("u") : NaN) name "U" nooutput
rows = int(V_records)
columns = U_records > 0 ? int(U_records) : 1
height = rows > 1 ? (V_max - V_min) / (rows - 1) : wide
wide = columns > 1 ? (U_max - U_min) / (columns - 1) : height
longest = 0
stats $panels using (kind("row") ? (longest = strlen(label(0)) > longest ? strlen(label(0)) : longest) : NaN) nooutput
left = 24 + 9 * longest                           # pixels of the longest name
right = 70.0                                        # and of a note beside the last column
unset border
unset tics
unset key
unset colorbox
unset grid
set xrange [0 : wide * columns]
set yrange [-height * rows : 0]
set lmargin 0
set rmargin 0
set tmargin 0
set bmargin 0
set title offset 0,1.2 noenhanced font ",13"
