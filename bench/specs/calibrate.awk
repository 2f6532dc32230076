# How often error bars of log-likelihoods hold the closed form: of folders that `fokker logp MODEL ... -o DIR` wrote,
#     awk -f calibrate.awk DIR/logp.tsv DIR/points.tsv ...
# A line a combination: model, solver, trace, probes, rtol, points; the share of points within err_solver of the exact log p and
# the median of err_solver over the error (of the exact trace); the share of intervals lo..hi that hold it, and the median of
# se_trace over err_solver (of estimated traces).
BEGIN {
    FS = "\t"
    print "model\tsolver\ttrace\tprobes\trtol\tpoints\tinside\tbar_over_error\tcovered\tintervals\ttrace_over_solver"
}
FNR == 1 {
    report()
    delete of
    for (i = 1; i <= NF; i++)
        of[$i] = i
    cells = "mean" in of
    next
}
cells {
    name[$of["cell"]] = $of["model"] "\t" $of["solver"] "\t" $of["trace"] "\t" $of["probes"] "\t" $of["rtol"]
    count++
    next
}
{
    c = $of["cell"]
    error = $of["logp"] - $of["exact"]
    error = error < 0 ? -error : error
    n[c]++
    inside[c] += error <= $of["err_solver"]
    ratio[c, n[c]] = error > 0 ? $of["err_solver"] / error : 1e300
    if ($of["lo"] !~ /nan/) {                          # else no interval was given
        given[c]++
        covered[c] += $of["lo"] <= $of["exact"] && $of["exact"] <= $of["hi"]
    }
    share[c, n[c]] = $of["err_solver"] > 0 ? $of["se_trace"] / $of["err_solver"] : 1e300
}
END { report() }

function median(v, c, k,    m, i, j, x, sorted) {
    m = 0
    for (i = 1; i <= k; i++) {
        x = v[c, i] + 0
        for (j = m++; j > 0 && sorted[j] > x; j--)
            sorted[j + 1] = sorted[j]
        sorted[j + 1] = x
    }
    return sorted[int((k + 1) / 2)]
}

# The points of a folder are complete once the next folder's table begins.
function report(    c) {
    if (!cells && count)
        for (c = 0; c < count; c++)
            if (n[c])
                printf "%s\t%d\t%.3f\t%.3g\t%s\t%d\t%.3g\n", name[c], n[c], inside[c] / n[c], median(ratio, c, n[c]),
                       given[c] ? sprintf("%.3f", covered[c] / given[c]) : "nan", given[c], median(share, c, n[c])
    if (!cells) {
        count = 0
        delete n; delete inside; delete ratio; delete given; delete covered; delete share; delete name
    }
}
