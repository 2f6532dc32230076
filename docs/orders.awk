# The certificate table: orders.md from the columns of `fokker order --tsv`.
BEGIN {
    FS = "\t"
    print "# Measured orders\n"
    print "Every claim of a solver that `fokker list solvers` makes, and what `fokker order` measured. Written by `make orders` (from orders.tsv; do not edit);"
    print "what is measured and what the verdicts mean: [fokker order](manual/order.md). Solvers that claim no order are not listed.\n"
    print "| solver | process | grid | kind | claimed | measured, 95 % | t | verdict |"
    print "| --- | --- | --- | --- | --- | --- | --- | --- |"
}
NR > 1 {
    measured = $6 == "nan" ? "-" : sprintf("%.2f [%.2f, %.2f]", $6, $7, $8)
    span = $9 == "nan" ? "-" : sprintf("%.3g to %.3g", $9, $10)
    printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", $1, $2, $3, $4, $5, measured, span, $11
    count[$11]++
}
END {
    printf "\n%d hold, %d are unclear, %d are refuted.\n\n", count["holds"], count["unclear"], count["refuted"]
    print "Why rows are unclear. Orders above 4 (ode): few rungs lie between the first that is asymptotic and round-off, and of those the rows of the sample that pass a boundary between"
    print "modes err most, so that the interval, which counts the scatter between rows, is wider than the claim is far; their tableaux meet all rooted-tree conditions of their order (a test)."
    print "Own steps (tol) of `dop853`, `fehlberg2`: steps that are few and change by whole factors scatter about the line."
}
