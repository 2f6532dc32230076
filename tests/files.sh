#!/bin/sh
# What the program writes, and what is left where it cannot: full disks, closed streams.  A limit on the size of files stands for a small disk.
# Usage: tests/files.sh path/to/fokker
. "$(dirname "$0")/expect.sh"
mkdir empty
quick="env PATH=$box/empty $fokker"                # without gnuplot, which takes most of the time
sample="$fokker sample"
small="gmm8ring --steps 3 -n 20 -q"

# room KB COMMAND...: no file grows beyond so many kilobytes
room() { (ulimit -f $((2 * $1)); shift; exec "$@"); }

# ---- stdout ----
to_full() { "$@" >/dev/full; }
for command in "help" "help sample" "--version" "list" "list solvers --tsv" "list models" "compat" "compat --tsv" "compat 'diffusers DDIMScheduler()'" \
    "sample $small" "logp gmm8ring --solver heun --nfe 4 -n 3 -q" "check gauss2 -n 128" "order euler --process vp-linear --tsv -q"; do
    expect 1 "stdout: cannot be written (No space left" eval "to_full $fokker $command"
done
to_closed() { "$@" >&-; }
expect 1 "stdout: cannot be written (Bad file" to_closed "$fokker" list solvers

# a reader that has gone is no news
"$fokker" list 2>said | head -n 1 >/dev/null
holds test ! -s said
{ $sample gmm8ring --steps 3 -n 100000 -q 2>said; echo $? >code; } | head -n 1 >/dev/null
expect 0 141 cat code
holds test ! -s said

# closed streams lead nowhere: what is said and printed lands in no file
all_closed() { "$@" <&- >&- 2>&-; }
holds $sample $small -o open.npy
holds all_closed $sample $small -o closed.npy
holds cmp open.npy closed.npy
holds all_closed $sample gmm8ring --steps 3 -n 20 -o closed.npy --png closed.png
holds cmp open.npy closed.npy
err_closed() { "$@" 2>&-; }
holds err_closed $sample gmm8ring --steps 3 -n 20 -o closed.npy
holds cmp open.npy closed.npy

# ---- whole files: what was there stays ----
digits="digits --steps 3 --png good.png -o /dev/null -q"
holds $sample $digits -n 1
cp good.png was.png
expect 1 "File too large" room 8 $sample $digits -n 200 --seed 2
holds cmp good.png was.png
expect 1 "No space left" $sample gmm8ring --steps 3 -n 20 -q --png /dev/full
holds test -c /dev/full
holds $sample $small --trajectory kept.npy -o a.npy
cp kept.npy was.npy
expect 1 "File too large" room 8 $sample gmm8ring --steps 3 -n 20000 -q --trajectory kept.npy -o b.txt
holds cmp kept.npy was.npy
holds test ! -e b.txt
expect 1 "/dev/full" $sample $small --trajectory t.npy -o /dev/full --png t.png      # one that fails keeps none of the others back
holds test -s t.npy -a -s t.png
logp="$fokker logp gmm8ring --solver heun --nfe 4 -q"
holds $logp -n 20 -o l.tsv
cp l.tsv was.tsv
expect 1 "File too large" room 8 $logp -n 500 -o l.tsv
holds cmp l.tsv was.tsv
expect 1 "No space left" $logp -n 20 -o /dev/full
expect 2 "make its folder first" $sample $small -o no/such/folder/x.npy
holds sh -c '! ls -A | grep -q "\.tmp$"'            # nothing is left beside

echo "files: $run checks, $bad failed"
[ $bad -eq 0 ]
