# Runs that are parallel in time, of one model: the largest change in each iteration, rounds against the tolerance, speed-up over the serial twin against
# the window (on the machine of --round-cost, --row-cost, --workers).  Reads rounds.tsv and residuals.tsv.
load ARG0[1:strstrt(ARG0, "rounds.gp") - 1] . "style.gp"
rounds = folder . "/rounds.tsv"
residuals = folder . "/residuals.tsv"
among(file, col) = system(sprintf("awk -F'\t' '/^#/ { next } !h { for (i = 1; i <= NF; i++) at[$i] = i; h = 1; next } $at[\"model\"] == \"%s\" && !s[$at[\"%s\"]]++ { printf \"%%s \", $at[\"%s\"] }' '%s'", model, col, col, file))
lines_of(file, test, by) = sprintf("< awk -F'\t' '/^#/ { next } !h { for (i = 1; i <= NF; i++) at[$i] = i; h = 1; print; next } $at[\"model\"] == \"%s\" && %s' '%s' | { read -r head; echo \"$head\"; sort -t \"$(printf \"\\t\")\" -g -k %d; }", model, test, file, by)
is(col, text) = sprintf("$at[\"%s\"] == \"%s\"", col, text)
runs = among(residuals, "solver")
first = word(among(residuals, "seed"), 1)
families = among(rounds, "family")
windows = among(rounds, "window")
tols = among(rounds, "tol")
F = words(families)
set key outside below Left reverse noenhanced samplen 2 font ",10"
set title font ",12"
do for [ext in "svg png"] {
    eval format(ext, 1380, 560)
    set multiplot layout 1, 3 title model noenhanced
    set logscale y; set format y "10^{%L}"; unset logscale x; set format x "%g"
    set title "largest change in an iteration"
    set xlabel "iteration"; set ylabel "rms change of a state (data units)"
    plot for [i = 1:words(runs)] lines_of(residuals, is("solver", word(runs, i)) . " && " . is("seed", first), 7) \
        using "iteration":(column("residual") > 1e-16 ? column("residual") : NaN) with linespoints linetype i pointsize 0.5 title word(runs, i)
    unset logscale y; set format y "%g"
    set title "rounds against the tolerance"
    set logscale x; set format x "10^{%L}"
    set xlabel "tol"; set ylabel "rounds (the most of any row)"; set yrange [0:*]
    plot for [f = 1:F] for [w = 1:words(windows)] lines_of(rounds, is("family", word(families, f)) . " && " . is("window", word(windows, w)), 10) \
        using (column("tol") > 0 ? column("tol") : NaN):"rounds" with linespoints linetype (f - 1) * words(windows) + w pointsize 0.7 \
        title word(families, f) . ", window " . word(windows, w)
    set title "speed-up over the serial twin, as modelled"
    set format x "%g"
    set xlabel "window"; set ylabel "times faster"
    plot for [f = 1:F] for [t = 1:words(tols)] lines_of(rounds, is("family", word(families, f)) . " && " . is("tol", word(tols, t)), 9) \
        using "window":"model_speedup" with linespoints linetype (f - 1) * words(tols) + t pointsize 0.7 title word(families, f) . ", tol " . word(tols, t), \
        1 with lines linecolor rgb "#444444" dashtype 2 notitle
    unset multiplot
    set output
    set yrange [*:*]
}
