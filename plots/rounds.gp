# Runs that are parallel in time, of one model: the largest change in each iteration, rounds against the tolerance, speed-up over the serial twin against
# the window (on the machine of --round-cost, --row-cost, --workers).  Reads rounds.tsv and residuals.tsv.
load ARG0[1:strstrt(ARG0, "rounds.gp") - 1] . "style.gp"
rounds = folder . "/rounds.tsv"
residuals = folder . "/residuals.tsv"
among(file, col) = system(sprintf("awk -F'\t' '/^#/ { next } !h { for (i = 1; i <= NF; i++) at[$i] = i; h = 1; next } $at[\"model\"] == \"%s\" && !s[$at[\"%s\"]]++ { printf \"%%s \", $at[\"%s\"] }' '%s'", model, col, col, file))
lines_of(file, test, by) = sprintf("< awk -F'\t' '/^#/ { next } !h { for (i = 1; i <= NF; i++) at[$i] = i; h = 1; print; next } $at[\"model\"] == \"%s\" && %s' '%s' | { read -r head; echo \"$head\"; sort -t \"$(printf \"\\t\")\" -g -k %d; }", model, test, file, by)
is(col, text) = sprintf("$at[\"%s\"] == \"%s\"", col, text)
first = word(among(residuals, "seed"), 1)
# Runs that differ in tol alone, and in window alone: "family value" pairs of which there are at least two, as family@value.
series(by, other) = system(sprintf("awk -F'\t' '/^#/ { next } !h { for (i = 1; i <= NF; i++) at[$i] = i; h = 1; next } $at[\"model\"] == \"%s\" { k = $at[\"family\"] \"@\" $at[\"%s\"]; if (!s[k, $at[\"%s\"]]++ && ++n[k] == 2) printf \"%%s \", k }' '%s'", model, other, by, rounds))
family(pair) = pair[1:strstrt(pair, "@") - 1]
value_of(pair) = pair[strstrt(pair, "@") + 1:strlen(pair)]
runs = among(residuals, "solver")
over_tol = series("tol", "window")
over_window = series("window", "tol")
most(a, b) = a > b ? a : b
lines = most(words(runs), most(words(over_tol), words(over_window)))
set key outside below vertical maxrows 100 Left reverse noenhanced samplen 2 font ",10"
set title font ",12"
do for [ext in "svg png"] {
    eval format(ext, 1380, 400 + 18 * lines)
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
    if (words(over_tol)) { plot for [k = 1:words(over_tol)] \
        lines_of(rounds, is("family", family(word(over_tol, k))) . " && " . is("window", value_of(word(over_tol, k))), 10) \
        using (column("tol") > 0 ? column("tol") : NaN):"rounds" with linespoints linetype k pointsize 0.7 \
        title family(word(over_tol, k)) . ", window " . value_of(word(over_tol, k)) } else { set multiplot next }
    set title "speed-up over the serial twin, as modelled"
    set format x "%g"
    set xlabel "window"; set ylabel "times faster"
    if (words(over_window)) { plot for [k = 1:words(over_window)] \
        lines_of(rounds, is("family", family(word(over_window, k))) . " && " . is("tol", value_of(word(over_window, k))), 9) \
        using "window":"model_speedup" with linespoints linetype k pointsize 0.7 title family(word(over_window, k)) . ", tol " . value_of(word(over_window, k)), \
        1 with lines linecolor rgb "#444444" dashtype 2 notitle } else { set multiplot next }
    unset multiplot
    set output
    set yrange [*:*]
}
