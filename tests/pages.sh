# What pages, comments and scripts name is there: paths from the top (solvers/step.h, bench/specs/zoo.ini), links between pages and their headings.
#   sh tests/pages.sh        in the folder to look at; prints what is missing
# A name in capitals (plots/SCRIPT.gp) stands for any, and an example that the reader is to write is named below.
made_up='solvers/methods/exponential/exp_mid.c'

there=$(mktemp) && trap 'rm -f "$there"' EXIT
find . -name build -prune -o -name out -prune -o -name .git -prune -o -type f -print | sed 's|^\./||' | sort >"$there"
grep -E '(\.(md|c|h|sh|awk|mk|ini|py|gp)|(^|/)Makefile)$' "$there" | grep -vE '^tests/(build|pages)\.sh$' | xargs awk -v there="$there" -v made_up="$made_up" '
function slug(text) { text = tolower(text); gsub(/[^a-z0-9_ -]/, "", text); gsub(/ /, "-", text); return text }
function missing(what) { print FILENAME ":" FNR ": " what " is not there"; failed = 1 }
function folder(path) { return path ~ /\// ? substr(path, 1, match(path, /\/[^\/]*$/)) : "" }
# a/b/../c is a/c
function tidy(path) { while (match(path, /[^\/.]+\/\.\.\//)) path = substr(path, 1, RSTART - 1) substr(path, RSTART + RLENGTH); return path }
BEGIN {
    while ((getline name <there) > 0) {
        file[name] = 1
        for (up = folder(name); up != "" && !(up in dir); up = folder(substr(up, 1, length(up) - 1))) dir[up] = 1
    }
    n = split(made_up, part); for (i = 1; i <= n; i++) file[part[i]] = 1
}
FNR == 1 { fenced = 0 }
FILENAME ~ /\.md$/ && /^```/ { fenced = !fenced }
FILENAME ~ /\.md$/ && !fenced && /^#+ / { title = $0; sub(/^#+ /, "", title); heading[FILENAME "#" slug(title)] = 1 }
{
    text = $0
    while (match(text, /(^|[^A-Za-z0-9_\/.$-])(base|bench|include|library|models|plots|scores|solvers|tests|docs)\/[A-Za-z0-9_.\/-]*\.(c|h|ini|awk|mk|gp|sh|md|tsv|py|npz|txt|safetensors|csv|gz|png)/)) {
        name = substr(text, RSTART, RLENGTH); rest = substr(text, RSTART + RLENGTH); sub(/^[^a-z]/, "", name)
        base = name; sub(/.*\//, "", base)
        if (!(name in file) && !(folder(FILENAME) name in file) && rest !~ /^[A-Za-z0-9_*]/ && base !~ /^[A-Z_]+\./) missing(name)
        text = rest
    }
}
FILENAME ~ /\.md$/ && !fenced {
    text = $0; gsub(/`[^`]*`/, "", text)
    while (match(text, /\]\([^)]*\)/)) {
        link = substr(text, RSTART + 2, RLENGTH - 3); text = substr(text, RSTART + RLENGTH)
        if (link ~ /^[a-z]+:/) continue
        anchor = link; sub(/#.*/, "", link); sub(/^[^#]*/, "", anchor)
        to = link == "" ? FILENAME : tidy(folder(FILENAME) link)
        if (!(to in file) && !((to "/") in dir) && !(to in dir)) missing(to)
        else if (anchor != "") { wanted[to anchor] = FILENAME ":" FNR }
    }
}
END { for (a in wanted) if (!(a in heading)) { print wanted[a] ": " a " is not there"; failed = 1 } exit failed }'
