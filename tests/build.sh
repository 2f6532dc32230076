#!/bin/sh
# Tests of the Makefile: what it installs can be used, it rebuilds what changed, and it says what is missing.
# usage: CC=gcc MAKE=make tests/build.sh BUILD_FOLDER, from the top folder
set -u
B=$1
top=$PWD
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0
unset FOKKER_MODELS FOKKER_PLOTS

check() {                                       # check SENTENCE COMMAND...
    sentence=$1
    shift
    if ("$@") >"$tmp/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $sentence"
        sed 's/^/    /' "$tmp/log"
    fi
}

has() { for file; do test -s "$file" || { echo "missing: $file"; return 1; }; done; }
says() { grep -q -- "$2" "$1" || { echo "$1 does not say: $2"; cat "$1"; return 1; }; }

# Installation.
prefix=$tmp/prefix

installs() {                                    # over an earlier version, whose headers were those of the inside
    mkdir -p "$prefix/include/fokker/solvers" && touch "$prefix/include/fokker/solvers/solver.h" &&
    $MAKE install PREFIX="$prefix" && cd "$prefix" &&
    has bin/fokker lib/libfokker.a lib/libfokker.so lib/pkgconfig/fokker.pc share/fokker/models/shipped/gmm8ring.ini share/man/man1/fokker.1 \
        share/bash-completion/completions/fokker && test "$(echo $(cd include && find . -type f | sort))" = "./fokker.h ./fokker_field.h ./fokker_plugin.h"
}

finds_models() { cd / && "$prefix/bin/fokker" list models --tsv >"$tmp/models" && says "$tmp/models" '^gmm8ring'; }
same_version() { test "fokker $(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --modversion fokker)" = "$("$prefix/bin/fokker" --version | cut -d' ' -f1,2)"; }
names_commands() { for command in list sample bench order check train plot help; do says "$1" "$command" || return 1; done; }
completes() {
    bash -c '. "$1"; COMP_WORDS=(fokker sa); COMP_CWORD=1; _fokker; test "${COMPREPLY[*]}" = sample' - "$prefix/share/bash-completion/completions/fokker"
}
stages() {
    $MAKE install PREFIX=/usr DESTDIR="$tmp/stage" && has "$tmp/stage/usr/bin/fokker" && says "$tmp/stage/usr/lib/pkgconfig/fokker.pc" '^prefix=/usr$'
}
uninstalls() { $MAKE uninstall PREFIX="$prefix" && test -z "$(find "$prefix" ! -type d)" || { find "$prefix" ! -type d; return 1; }; }

check "make install puts everything in its place"                       installs
check "the installed program finds the installed models"                finds_models
check "the program and pkg-config tell one version"                     same_version
check "the man page names every command"                                names_commands "$prefix/share/man/man1/fokker.1"
check "the bash completion completes a command"                         completes
check "DESTDIR goes before the prefix and stays out of the files"       stages
plugs() {                                       # a copy of the example, against the installed header
    cp -r docs/examples/plugin "$tmp/plugin" && $MAKE -C "$tmp/plugin" CC="$CC" FOKKER="$prefix/include" &&
    "$prefix/bin/fokker" sample "plugin:$tmp/plugin/bell.so,2 0.5 0.1" --nfe 10 -n 3 -o "$tmp/plugin/x.txt" && has "$tmp/plugin/x.txt"
}

check "the example of a plug-in builds by its own Makefile and runs"    plugs
# The library, as a program of somebody else's meets it: from another folder, without a variable that names the models.
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
only_ours() { nm "$@" | awk 'NF > 2 && $NF !~ /^fokker_[a-z_]+$/ { print; bad = 1 } $NF == "fokker_run" { run = 1 } END { exit bad || !run }'; }
needs_soname() { readelf -d "$1" | grep -q 'NEEDED.*\[libfokker\.so\.[0-9]*\]'; }
alone() { ! readelf -d "$1" | grep 'NEEDED.*libfokker'; }
compile() {                                     # compile COMPILER PROGRAM SOURCE OPTIONS...
    compiler=$1 program=$2 source=$3
    shift 3
    command -v ${compiler%% *} >/dev/null || { echo "skipped: no $compiler"; return 0; }
    $compiler -Wall -Wextra -Werror -o "$program" "$source" $(pkg-config --cflags fokker) "$@"
}
shared() { compile "$@" $(pkg-config --libs fokker) "-Wl,-rpath,$prefix/lib"; }
static() { compile "$@" $(pkg-config --static --libs fokker | sed 's/-lfokker/-l:libfokker.a/'); }
prints() { (cd / && "$1") >"$1.out" 2>"$1.err" && cmp "$1.out" "$2"; }         # prints PROGRAM FILE
fokker="$prefix/bin/fokker"
examples=$top/docs/examples/library

# each CHECK: with every compiler that is there; a C++ one takes the C sources as C++.
each() {
    for with in "$CC" clang "g++ -x c++"; do
        "$@" "$with" || { echo "with $with"; return 1; }
    done
}
example() { shared "$3" "$tmp/$1" "$examples/$1.c" -lm -pthread && { test ! -x "$tmp/$1" || prints "$tmp/$1" "$tmp/$2"; }; }
draws() {
    "$fokker" sample gmm8ring --nfe 20 --seed 7 -n 1000 -q >"$tmp/draws" && each example draw draws && needs_soname "$tmp/draw" && says "$tmp/draw.err" "^20 calls"
}
draws_static() { static "$CC" "$tmp/draw-static" "$examples/draw.c" && prints "$tmp/draw-static" "$tmp/draws" && alone "$tmp/draw-static"; }
own_field() {                                   # by the law of the same bell: the same formula, other roundings
    printf '[data]\nkind = mixture\nweights = 1\nmean.1 = 0.5 0.5\nstd = 0.4\n' >"$tmp/bell.ini"
    "$fokker" sample "$tmp/bell.ini" --solver heun --steps 10 -n 100 -q >"$tmp/bell" && shared "$1" "$tmp/field" "$examples/field.c" -lm &&
    (cd / && "$tmp/field" >"$tmp/field.out" 2>"$tmp/field.err") && says "$tmp/field.err" 'level 10: ' &&
    paste -d' ' "$tmp/field.out" "$tmp/bell" | awk '{ if (($1 - $3)^2 + ($2 - $4)^2 > 1e-22) bad = 1 } END { exit bad || NR != 100 }'
}
likelihoods() {                                 # the command's table of the same points: x is not in it, log p, lo and hi are
    shared "$CC" "$tmp/logp" "$examples/logp.c" && (cd / && "$tmp/logp" >"$tmp/logp.out") && cut -d' ' -f1,2 "$tmp/logp.out" >"$tmp/points.txt" &&
    "$fokker" logp gmm8ring --data "$tmp/points.txt" -q -o "$tmp/logp.tsv" &&
    awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { print $at["logp"], $at["lo"], $at["hi"] }' "$tmp/logp.tsv" >"$tmp/logp.want" &&
    cut -d' ' -f3- "$tmp/logp.out" >"$tmp/logp.got" && test "$(wc -l <"$tmp/logp.got")" = 20 && cmp "$tmp/logp.got" "$tmp/logp.want" && each example logp logp.out
}
two_threads() {
    for s in ancestral dpmpp-2m; do "$fokker" sample gmm8ring --solver $s --steps 20 -n 500 -q || return 1; done >"$tmp/two" && each example threads two
}
own_names() {
    "$fokker" sample gmm8ring --solver heun --steps 5 -n 1 -q >"$tmp/one" &&
    shared "$CC" "$tmp/names" "$top/tests/fields/own_names.c" && prints "$tmp/names" "$tmp/one" &&
    static "$CC" "$tmp/names-static" "$top/tests/fields/own_names.c" && prints "$tmp/names-static" "$tmp/one"
}
plus_plus() {
    command -v g++ >/dev/null || return 0
    g++ -Wall -Wextra -Werror -fvisibility=hidden -shared -fPIC $(pkg-config --cflags fokker) -o "$tmp/half.so" "$top/tests/fields/half.cc" &&
    "$fokker" sample "plugin:$tmp/half.so" --nfe 5 -n 3 -q >"$tmp/half" && test "$(wc -l <"$tmp/half")" = 3
}

check "the shared library exports the names of fokker.h alone"          only_ours -D --defined-only "$prefix/lib/libfokker.so"
check "the static library defines no other global name"                 only_ours -g --defined-only "$prefix/lib/libfokker.a"
check "a program draws the command line's samples"                      draws
check "so does one that is linked with the static library"              draws_static
check "a program's own function is sampled as the law it stands for"    each own_field
check "log p of a program's points is the command line's"               likelihoods
check "two samplers at once draw what each draws alone"                 two_threads
check "a program with our inner names of its own runs unharmed"         own_names
check "a plug-in in C++ exports its field"                              plus_plus
check "make uninstall leaves no file behind"                            uninstalls

# What is built again.
recompiled() { $MAKE -n "$@" 2>/dev/null | grep -o 'CC  *[a-z_0-9/]*\.c' | sort -u >"$tmp/built"; }
nothing_twice() { recompiled all && test ! -s "$tmp/built" || { cat "$tmp/built"; return 1; }; }
header_rebuilds() { recompiled -W base/fail.h all; says "$tmp/built" bench/commands/main.c && says "$tmp/built" base/fail.c && ! grep base/random.c "$tmp/built"; }
flags_rebuild() {
    mkdir "$tmp/b" && cp -p "$B/flags" "$tmp/b" && $MAKE B="$tmp/b" "$tmp/b/flags" && cmp "$B/flags" "$tmp/b/flags" && test ! "$tmp/b/flags" -nt "$B/flags" &&
    $MAKE B="$tmp/b" CFLAGS=-O1 "$tmp/b/flags" && test "$tmp/b/flags" -nt "$B/flags" && says "$tmp/b/flags" ' -O1 '
}

$MAKE all >"$tmp/log" 2>&1 || cat "$tmp/log"     # its prefix is the usual one again
check "a second make compiles nothing"                                  nothing_twice
check "a changed header compiles what includes it and nothing else"     header_rebuilds
check "other flags make everything out of date, equal ones nothing"     flags_rebuild

# What is missing.
refuses() {                                     # refuses SENTENCE GOAL VARIABLES...: exit code 2 and the sentence
    sentence=$1
    shift
    $MAKE B="$tmp/none" NEEDS="libabsent-dev:absent/absent.h" EXTRAS= "$@" >"$tmp/refusal" 2>&1
    test $? = 2 && says "$tmp/refusal" "$sentence"
}

check "a plain make names the packages that are missing"                refuses 'missing: libabsent-dev; .make deps. installs them' all
check "without apt-get make deps names the packages and stops"          refuses 'no absent-get.*libabsent-dev' deps APT=absent-get

# Layers.
folders() {                                     # folders FILE TEXT: layers' answer where FILE holds TEXT
    rm -rf "$tmp/tree" && mkdir -p "$tmp/tree/base" "$tmp/tree/tests" "$tmp/tree/$(dirname "$1")" && cd "$tmp/tree" && cp "$top/tests/layers.sh" tests
    echo '#include "base/fail.h"' >tests/a.c
    printf '#include "base/b.h"\n' >base/c.h
    echo "$2" >"$1"
    sh tests/layers.sh
}
refused() { ! folders "$1" "$2" && says "$tmp/log" "$3"; }

check "layers lets an include run downward"                             folders solvers/a.c '#include "scores/score.h"'
check "layers finds an include that runs upward"                        refused scores/a.c '#include "solvers/solver.h"' scores/a.c
check "layers finds one between the folders of a room"                  refused models/laws/a.c '#include "models/model.h"' 'runs upward'
check "layers finds an include that runs over .."                       refused models/a.c '# include <../bench/options.h>' models/a.c
check "layers finds one in a header deep below"                         refused solvers/methods/adaptive/a.h '#include "tests/suite.h"' adaptive/a.h
check "layers finds a folder without a place"                           refused extras/a.c 'int x;' 'has no place'
check "layers finds a circle of headers"                                refused base/b.h '#include "base/c.h"' 'loop'
check "layers finds a line that is too long"                            refused base/a.c "$(printf '%121s' x)" '121 columns'

# Pages.
paged() {                                       # paged TEXT: what pages.sh says of a page with this text
    rm -rf "$tmp/paged" && mkdir -p "$tmp/paged/docs" "$tmp/paged/base" && cd "$tmp/paged" &&
        printf '# Other\n\n## Second part\n' >docs/other.md && echo 'int x;' >base/fail.c && printf '%s\n' "$1" >docs/page.md && sh "$top/tests/pages.sh"
}
astray() { ! paged "$1" && says "$tmp/log" "$2"; }

check "what pages and comments name is there"                           sh "$top/tests/pages.sh"
check "pages may name files, links and headings that are there"         paged 'see [it](other.md#second-part) and `base/fail.c`'
check "pages find a file that is not there"                             astray 'see `base/gone.c`' 'page.md:1: base/gone.c is not there'
check "pages find a link to no page"                                    astray 'see [it](none.md)' 'docs/none.md is not there'
check "pages find a link to no heading"                                 astray 'see [it](other.md#third)' 'other.md#third is not there'

echo "build: $passed passed, $failed failed"
test $failed = 0
