# What the weighting study found: awk -f bench/specs/student.awk -f bench/specs/weighting.awk -v out=DIR -v names='...' -v tried='...' DIR/*.ini DIR/check-*/check.tsv DIR/logp-*.tsv DIR/samples/results.tsv
# Geometric means over training seeds with 95 % intervals, by Student's t of logarithms; into DIR/levels.tsv and DIR/table.tsv, the text to stdout.
BEGIN { FS = "\t" }
FNR == 1 {
    run = FILENAME; sub(/\/check\.tsv$/, "", run); sub(/.*\//, "", run); sub(/^(check|logp)-/, "", run); sub(/\.(ini|tsv)$/, "", run)
    name = run; sub(/-[0-9]+$/, "", name); seed = run; sub(/.*-/, "", seed)
}
FILENAME ~ /\.ini$/ { if (split($0, part, "=") == 2) key[name, part[1]] = part[2]; next }
/^#/ { next }
FILENAME ~ /check\.tsv$/ {
    if (FNR == 1) { for (i = 1; i <= NF; i++) at[$i] = i; next }
    k = FNR - 1; levels = k; ratio[k] = $at["sigma"] / $at["alpha"]
    put("share " k, name, seed, $at["share"])
    next
}
FILENAME ~ /logp-/ {
    if (FNR == 1) { for (i = 1; i <= NF; i++) at[$i] = i; next }
    put("gap", name, seed, $at["exact"] - $at["logp"])
    next
}
$1 == "model" { for (i = 1; i <= NF; i++) at[$i] = i; next }
{
    name = $1; sub(/-[0-9]+$/, "", name); seed = $1; sub(/.*-/, "", seed)
    put($at["solver"] " " $at["nfe"], name, seed, $at["sw2"])
    floor = $at["sw2_floor"]
}
# A value of a run; several become their mean.
function put(what, who, s, v) { sum[what, who, s] += v; n[what, who, s]++; if (!(s in had)) { had[s] = 1; seeds[++S] = s } }
function value(what, who, s) { return log(sum[what, who, s] / n[what, who, s]) }
function middle(what, who,  i, m) { for (i = 1; i <= S; i++) m += value(what, who, seeds[i]) / S; return m }
function mean(what, who) { return exp(middle(what, who)) }
# side -1, 1: the ends of the interval.
function end(what, who, side,  i, m, v) {
    m = middle(what, who)
    for (i = 1; i <= S; i++) v += (value(what, who, seeds[i]) - m) ^ 2
    return exp(m + (S > 1 ? side * t_of(0.975, S - 1) * sqrt(v / (S - 1) / S) : 0))
}
# Not significantly worse than the best, by paired ratios over seeds, one-sided at 5 % divided by the number of comparisons.
function close_to(what, who, best,  i, d, m, v) {
    for (i = 1; i <= S; i++) { d = value(what, who, seeds[i]) - value(what, best, seeds[i]); m += d / S; v += d * d }
    v = (v - S * m * m) / (S - 1)
    return who == best || m < t_of(1 - 0.05 / (N - 1), S - 1) * sqrt(v / S)
}
function best_of(what,  i, b) { b = list[1]; for (i = 2; i <= N; i++) if (mean(what, list[i]) < mean(what, b)) b = list[i]; return b }
# The weight of |eps error|^2 per unit of lambda on vp-linear: the weighting times the density of lambda (Kingma and Gao 2023, section 3).
function weight(who, lam,  snr, s2, beta, t, w, p, z) {
    snr = exp(2 * lam); s2 = 1 / (1 + snr)
    t = (sqrt(0.1 ^ 2 + 2 * 19.9 * log(1 + 1 / snr)) - 0.1) / 19.9; beta = 0.1 + 19.9 * t
    p = 2 * s2 / beta
    w = key[who, "weighting"]
    w = w == "uniform" ? 1 / s2 : w == "likelihood" || w == "vlb" ? beta / s2 : w == "min-snr" ? (snr > 5 ? 5 / snr : 1) : w == "data" ? 1 / snr : \
        w == "trunc-snr" ? (snr < 1 ? 1 / snr : 1) : w == "snr+1" ? 1 + 1 / snr : w == "edm" ? 1 / (snr * key[who, "data_std"] ^ 2) + 1 : 1
    if (key[who, "times"] == "lambda") p = 1
    if (key[who, "times"] == "lognormal") { z = (-lam - key[who, "log_mean"]) / key[who, "log_std"]; p = exp(-z * z / 2) }
    return w * p
}
function monotone(who,  lam, before, now) {
    before = 1e300
    for (lam = -5; lam <= 4.55; lam += 0.05) { now = weight(who, lam); if (now > before * (1 + 1e-9)) return "no"; before = now }
    return "yes"
}
function cell(what, who) { return sprintf("%.3g [%.3g, %.3g]", mean(what, who), end(what, who, -1), end(what, who, 1)) }
function line(who, marks,  j) {
    printf "  %-15s %-9s", who, monotone(who)
    for (j = 1; j <= W; j++) printf " %s%-26s", marks && close_to(what[j], who, best[j]) ? "*" : " ", cell(what[j], who)
    for (j = 1; j <= L; j++) printf " %8.3g", mean("share " shown[j], who)
    print ""
}
function row(who,  j) {
    printf "%s\t%s", who, monotone(who) > table
    for (j = 1; j <= W; j++) printf "\t%.6g\t%.6g\t%.6g", mean(what[j], who), end(what[j], who, -1), end(what[j], who, 1) > table
    print "" > table
    for (j = 1; j <= levels; j++)
        printf "%s\t%.6g\t%.6g\t%.6g\t%.6g\n", who, ratio[j], mean("share " j, who), end("share " j, who, -1), end("share " j, who, 1) > (out "/levels.tsv")
}
END {
    N = split(names, list, " "); T = split(tried, more, " "); table = out "/table.tsv"
    W = split("ddim 50|dpmpp-2m 20|gap", what, "|"); L = split("12 10 8 7 6 4 1", shown, " ")
    for (j = 1; j <= W; j++) best[j] = best_of(what[j])
    print "weighting\tmonotone\tddim\tddim_low\tddim_high\tdpmpp\tdpmpp_low\tdpmpp_high\tgap\tgap_low\tgap_high" > table
    print "weighting\tratio\tshare\tlow\thigh" > (out "/levels.tsv")
    printf "One network under %d weightings, geometric mean over %d training seeds [95 %%]; sw2 of exact samples %.3g\n", N, S, floor
    printf "  %-15s %-9s  %-26s  %-26s  %-26s relative error of the score at sigma/alpha =\n", "weighting", "monotone", "sw2, ddim 50", "sw2, dpmpp-2m 20", "nats below the law's log p"
    printf "  %-15s %-9s  %-26s  %-26s  %-26s", "", "", "", "", ""
    for (j = 1; j <= L; j++) printf " %8.3g", ratio[shown[j]]
    print ""
    for (i = 1; i <= N; i++) { line(list[i], 1); row(list[i]) }
    print "  *: not significantly worse than the best of its column (ratios paired over seeds, one-sided, 5 % divided by " N - 1 " comparisons)"
    print "  monotone: the weight of the noise's error per unit of lambda never falls from data to noise"
    print "The same with uniform's weight, to see why it fails:"
    for (i = 1; i <= T; i++) { line(more[i], 0); row(more[i]) }
}
