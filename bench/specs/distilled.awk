# Students and the best solver on their teacher, at the same numbers of calls: awk -f bench/specs/student.awk -f bench/specs/distilled.awk -v table=FILE out/distilled/*/results.tsv
# Means over seeds with 95 % intervals; the table has a row a model, sampler and number of calls.
BEGIN { FS = "\t" }
/^#/ { next }
$1 == "model" { for (i = 1; i <= NF; i++) at[$i] = i; next }
$at["status"] != "ok" { next }
{
    student = $1; sub(/^.*-/, "", student)
    kind = student ~ /^[0-9]+$/ ? "progressive" : student == "c" ? "consistency" : "solver"
    if (kind == "progressive" && student != $at["calls"]) next
    model = $1; if (kind != "solver") sub(/-[^-]*$/, "", model)
    who = kind == "solver" ? $at["solver"] " on " $at["grid"] : kind
    calls = $at["nfe"]
    key = model FS who FS calls
    if (!(key in n)) keys[++count] = key
    if (!(model in seen)) { seen[model] = 1; models[++m] = model }
    value = $at["sw2"]; n[key]++; sum[key] += value; square[key] += value ^ 2
    floor[model] = $at["sw2_floor"]
}
function mean(key) { return sum[key] / n[key] }
function half(key,  v) { v = square[key] / n[key] - mean(key) ^ 2; return n[key] > 1 ? t_of(0.975, n[key] - 1) * sqrt((v > 0 ? v : 0) / (n[key] - 1)) : 0 }
function cell(key) { return key in n ? sprintf("%.3g [%.3g, %.3g]", mean(key), mean(key) - half(key), mean(key) + half(key)) : "-" }
END {
    print "model\tsampler\tcalls\tsw2\tlow\thigh\tfloor\tname" > table
    for (i = 1; i <= count; i++) {
        split(keys[i], part, FS)
        if (part[2] ~ / on /) {
            at_calls = part[1] FS part[3]
            if (!(at_calls in best) || mean(keys[i]) < mean(best[at_calls])) best[at_calls] = keys[i]
        }
    }
    for (k = 1; k <= m; k++) {
        printf "%s: sw2 by calls, mean over seeds [95 %%]; floor %.3g\n", models[k], floor[models[k]]
        printf "  %5s  %-24s %-27s %-24s %-24s\n", "calls", "best solver", "", "progressive student", "consistency student"
        for (c = 1; c <= 8; c *= 2) {
            b = best[models[k] FS c]; split(b, part, FS)
            p = models[k] FS "progressive" FS c; q = models[k] FS "consistency" FS c
            printf "  %5d  %-24s %-27s %-24s %-24s\n", c, cell(b), part[2], cell(p), cell(q)
            for (j = 1; j <= 3; j++) {
                key = j == 1 ? b : j == 2 ? p : q
                if (key in n) printf "%s\t%s\t%d\t%.6g\t%.6g\t%.6g\t%.6g\t%s\n", models[k], j == 1 ? "solver" : j == 2 ? "progressive" : "consistency", c, \
                    mean(key), mean(key) - half(key), mean(key) + half(key), floor[models[k]], part[2] > table
            }
        }
    }
    print "  The best solver is chosen after the fact among all that ran, which flatters it a little; students have one way to be sampled."
}
