# What `make layers` checks, in the folder where it is called: includes run from later folders of this list to earlier ones only, a file's
# unit (its .c and its .h) is in no circle of includes, every folder with code has its place, no line of code is longer than 120 columns.
#   sh tests/layers.sh
order='include base base/files
models/processes models/laws models
scores scores/wrappers scores/networks scores/outside scores/training
solvers solvers/grids solvers/noise solvers/tools solvers/engine
solvers/methods/runge_kutta solvers/methods/multistep solvers/methods/exponential solvers/methods/stochastic
solvers/methods/adaptive solvers/methods/compound solvers/methods/parallel
solvers/likelihood
bench bench/metrics library bench/experiment bench/orders bench/checks bench/likelihood bench/training bench/compat bench/report bench/commands
tests tests/support tests/base tests/models tests/scores tests/solvers tests/bench tests/library tests/speed tests/fields tests/fields/old tests/fuzz'

edges=$(mktemp) && trap 'rm -f "$edges"' EXIT
find $(printf '%s\n' * | grep -vxE 'build|out|docs') -name '*.[ch]' | sort | xargs awk -v order="$order" -v edges="$edges" '
function folder(path) { return path ~ /\// ? substr(path, 1, match(path, /\/[^\/]*$/) - 1) : "." }
function bad(text) { print FILENAME ":" FNR ": " text; failed = 1 }
BEGIN { n = split(order, places); for (i = 1; i <= n; i++) rank[places[i]] = i }
FNR == 1 {
    here = folder(FILENAME); unit = FILENAME; sub(/\.[ch]$/, "", unit)
    if (!(here in rank)) bad("the folder " here " has no place in the order of tests/layers.sh")
}
length($0) > 120 { bad("has " length($0) " columns; 120 at most") }
/^[ \t]*#[ \t]*include[ \t]*["<]/ {
    split($0, part, /["<>]/); there = folder(part[2])
    if (part[2] ~ /^\.\./) bad("includes over ..: " part[2])
    if (!(there in rank)) next
    if (rank[there] > rank[here]) bad("runs upward, from " here " to " part[2])
    to = part[2]; sub(/\.[ch]$/, "", to)
    if (to != unit) print to, unit >edges
}
END { exit failed }' || failed=1
tsort "$edges" >/dev/null || failed=1
test -z "$failed"
