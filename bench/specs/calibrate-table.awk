# The table of docs/likelihood.md from solver.tsv: laws by tolerances, percent of points inside and the median of bar over error.
BEGIN { FS = "\t" }
FNR == 1 {
    for (i = 1; i <= NF; i++)
        of[$i] = i
    next
}
{
    if (!($1 in law))
        name[law[$1] = ++laws] = $1
    r = $of["rtol"]
    if (!(r in tolerance))
        label[tolerance[r] = ++rtols] = r
    cell[$1, r] = sprintf("%.1f, %.1f", 100 * $of["inside"], $of["bar_over_error"])
}
END {
    printf "| law |"
    for (k = 1; k <= rtols; k++)
        printf " %s |", label[k]
    printf "\n| --- |"
    for (k = 1; k <= rtols; k++)
        printf " --- |"
    for (i = 1; i <= laws; i++) {
        printf "\n| %s |", name[i]
        for (k = 1; k <= rtols; k++)
            printf " %s |", cell[name[i], label[k]]
    }
    print ""
}
