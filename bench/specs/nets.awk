# What make bench-nets found, in words: awk -f bench/specs/nets.awk out/nets/results.tsv out/nets/guided/results.tsv out/nets/toy-*/results.tsv
BEGIN { FS = "\t" }
/^#/ { next }
$1 == "model" { for (i = 1; i <= NF; i++) at[$i] = i; next }

# "77 % +- 4": a share with its standard error
function share(metric) { return sprintf("%.0f %% +- %.0f", 100 * $at[metric], 100 * $at[metric "_se"]) }
function join(list, what) { return list == "" ? what : list ", " what }

"wild" in at && at["wild"] <= NF && $4 == "ddim" && FILENAME !~ /toy|guided/ {
    if (!($1 in wild)) order[++n] = $1
    wild[$1] = join(wild[$1], share("wild"))
    calls[$1] = join(calls[$1], $7)
}
FILENAME ~ /guided/ && $4 == "dpmpp-2m" {
    last[$1] = sprintf("precision %.2f +- %.2f, recall %.2f +- %.2f", $at["features/precision"], $at["features/precision_se"], $at["features/recall"], $at["features/recall_se"])
    guided[$1] = $7
}
FILENAME ~ /toy/ && $4 == "ddim" {
    std = $2; sub(/.*prior_std=/, "", std)
    if (!((std, $7) in count)) budgets[std] = join(budgets[std], $7)
    if (!(std in seen)) { seen[std] = 1; stds[++m] = std }
    sum[std, $7] += $at["sw2"]; square[std, $7] += $at["sw2"] ^ 2; count[std, $7]++
    floor = $at["sw2_floor"]
}
END {
    print "Samples that left the data (a number beyond twice the range of exact samples), ddim:"
    for (i = 1; i <= n; i++) printf "  %-32s %s at %s calls\n", order[i], wild[order[i]], calls[order[i]]
    print "  Where more calls do not bring the share down and a clamp of the data prediction does, the network's own flow leaves the data: near t_max its error"
    print "  in the noise is divided by a small alpha, and a deterministic sampler carries the point on to where the network was never trained."
    print "One class, judged in the space of a network, dpmpp-2m at the most calls:"
    for (name in last) printf "  %-32s %s at %s calls\n", name, last[name], guided[name]
    print "  Guidance makes samples plainer and costs variety: precision rises, recall falls."
    printf "Toy whose data are not gone at t_max: sw2 to its own ancestral sampler, ddim (floor %.2f):\n", floor
    for (i = 1; i <= m; i++) {
        k = split(budgets[stds[i]], b, ", "); line = ""
        for (j = 1; j <= k; j++) {
            c = count[stds[i], b[j]]; mean = sum[stds[i], b[j]] / c; v = square[stds[i], b[j]] / c - mean ^ 2
            line = join(line, sprintf("%.2f +- %.2f", mean, c > 1 ? sqrt((v > 0 ? v : 0) / (c - 1)) : 0))
        }
        printf "  prior_std = %-20s %s at %s calls\n", stds[i], line, budgets[stds[i]]
    }
    print "  The distance does not fall with calls: the start is wrong, not the solver; samples are as wide as prior_std says."
}
