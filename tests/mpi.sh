#!/bin/sh
# Ranks: the same bits as one process, whatever they share; one that dies loses nothing.  Usage: tests/mpi.sh path/to/fokker, built with MPI=1
fokker=$(realpath "$1")
command -v mpirun >/dev/null || { echo "ranks: skipped, there is no mpirun (Debian: openmpi-bin)"; exit 0; }
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box" || exit 1
run=0 bad=0
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_NUM_THREADS=1 OMPI_MCA_btl_vader_single_copy_mechanism=none

check() {                                       # check SENTENCE COMMAND...
    sentence=$1
    shift
    run=$((run + 1))
    if ! "$@" >log 2>&1; then
        bad=$((bad + 1))
        echo "FAILED: $sentence"
        sed 's/^/    /' log | head -20
    fi
}

oversubscribe=$(mpirun --help 2>/dev/null | grep -q oversubscribe && echo --oversubscribe || mpirun --version 2>&1 | grep -q 'Open MPI' && echo --oversubscribe)
ranks() { n=$1; shift; timeout 120 mpirun $oversubscribe -n "$n" "$fokker" "$@"; }
plain() { grep -v '^#' "$1" | cut -f 1-13,16-; }
same() { plain "$1" >a; plain "$2" >b; cmp a b; }
ledger() { cut -f 1-11,13-15,18,19,23-28 "$1"; }         # but calls (blocks in other places), memory and times
same_ledger() { ledger "$1" >a; ledger "$2" >b; cmp a b; }
no_parts() { ! ls "$1"/*.part-* >/dev/null 2>&1; }
says() { grep -qF -- "$2" "$1" || { cat "$1"; return 1; }; }

cells() { "$@" gauss2 gmm8ring --solver "euler em picard:window=8/ddim" --steps 12 --samples 300 --metric sw2 --seed "0 1" -q; }
blocks() { "$@" gmm8ring --solver "ddim:eta=1 anderson:window=5/heun" --steps 9 --samples 3000 --metric sw2 -q; }

check "one process runs the cells"  cells "$fokker" bench -o one
check "one process runs the blocks" blocks "$fokker" bench -o whole
for n in 1 2 4; do
    check "$n ranks share the cells"            cells ranks $n bench -o r$n
    check "their rows are one process's"        same one/results.tsv r$n/results.tsv
    check "and so is the ledger"                same_ledger one/rounds.tsv r$n/rounds.tsv
    check "each iteration of it"                cmp one/residuals.tsv r$n/residuals.tsv
    check "no part is left"                     no_parts r$n
done
check "four ranks share the blocks of samples"  blocks ranks 4 bench -o b4
check "their rows are one process's"            same whole/results.tsv b4/results.tsv
check "and so is the ledger"                    same_ledger whole/rounds.tsv b4/rounds.tsv
for method in picard:window=16/ddim parareal:window=6/ddim/em; do
    "$fokker" sample gmm10-64 --solver $method --steps 30 --final denoise -n 1 -o s1.txt -q
    for n in 1 2 4; do
        check "$n ranks share the window of one trajectory" ranks $n sample gmm10-64 --solver $method --steps 30 --final denoise -n 1 -o s$n.txt -q
        check "its end is one process's"                    cmp s1.txt s$n.txt
    done
done
idle() { ranks 4 sample gmm8ring --solver ddim --steps 5 -n 3 -o s.txt -q >out 2>&1 && says out "3 of them wait"; }
wrong() { ranks 2 sample gmm8ring --solver dim --steps 5 >out 2>&1; test $? = 2 && test "$(grep -c 'did you mean ddim' out)" = 1; }
diverged() { ranks 2 bench gmm8ring --solver "bdia euler" --process edm --steps 3 --samples 20 --seed 0 --metric sw2 -o d2 -q >out 2>&1; }
alone() {                                       # rank 1 alone does not find the model
    timeout 120 mpirun $oversubscribe -n 1 "$fokker" "$@" : -n 1 env FOKKER_MODELS=/nowhere "$fokker" "$@" : -n 1 "$fokker" "$@" >out 2>&1
    test $? = 2 && test "$(grep -c '^fokker: gmm8ring' out)" = 1
}
check "more ranks than work is a warning"       idle
check "what is wrong in one rank alone ends a benchmark"    alone bench gmm8ring --solver ddim --steps 5 --samples 20 --seed 1..6 --metric sw2 -o a3 -q
check "and a run"                               alone sample gmm8ring --solver ddim --steps 5 -n 3 -o a3.txt -q
check "a wrong word is said once"               wrong
check "runs that go wrong are rows"             diverged

# A rank dies: the job ends with a message and another exit code, and whoever goes on finds every row that was finished.
dies() {
    mpirun $oversubscribe -n 3 "$fokker" bench gmm8ring --solver euler --steps 300 --samples 3000 --metric sw2 --seed 1..120 -o dead -q >out 2>&1 &
    job=$!
    while kill -0 $job 2>/dev/null && ! [ -s dead/results.part-2.tsv ] || [ "$(grep -vc '^#' dead/results.part-2.tsv 2>/dev/null)" -lt 3 ]; do
        kill -0 $job 2>/dev/null || return 1
        sleep 0.05
    done
    for child in $(pgrep -P $job); do
        tr '\0' '\n' </proc/$child/environ | grep -qx OMPI_COMM_WORLD_RANK=1 && kill -KILL $child
    done
    wait $job
    test $? != 0 && test -s out
}
finished() { cat dead/results.tsv dead/results.part-*.tsv | grep -c '^gmm8ring'; }
resumed() {
    before=$(finished)
    test "$before" -gt 3 && test "$before" -lt 120 && cat dead/results.part-*.tsv | grep '^gmm8ring' | sort >kept &&
    "$fokker" bench gmm8ring --solver euler --steps 300 --samples 3000 --metric sw2 --seed 1..120 -o dead -q --resume >out 2>&1 || { cat out; return 1; }
    grep '^gmm8ring' dead/results.tsv | sort >all
    test "$(wc -l <all)" = 120 && test -z "$(comm -23 kept all)"                # the very rows, with their times
}
if mpirun --version 2>&1 | grep -q 'Open MPI'; then
    check "a rank that dies ends the job with a message"        dies
    check "and loses no finished row"                           resumed
    check "which end up in order, without parts"                no_parts dead
fi

echo "ranks: $run checks, $bad failed"
test $bad = 0
