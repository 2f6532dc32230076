#!/bin/sh
# What the program writes, and what is left where it cannot: full disks, closed streams, folders in use, tables that are gone on with.
# A limit on the size of files stands for a small disk.
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

# ---- results grow by whole rows ----
rows() { grep -v '^#' "$1" | tail -n +2 | wc -l; }
plain() { grep -v '^#' "$1" | cut -f 1-13,16-; }         # every column but the two times
same() { plain "$1" >one; plain "$2" >two; cmp one two; }
bench="$quick bench gauss2 --solver euler --nfe 5 --samples 50 --metric sw2 -q"
many="--seed 1..40"
holds $bench $many -o whole
for limit in 1 4; do                                # blocks of 512 bytes: part of the head, some rows
    expect 1 "File too large" sh -c "ulimit -f $limit; exec $bench $many -o small$limit"
    holds sh -c "test ! -e small$limit/results.tsv || test \"\$(tail -c 1 small$limit/results.tsv | wc -l)\" = 1"
    holds $bench $many -o small$limit $(test $limit = 4 && echo --resume)
    holds same whole/results.tsv small$limit/results.tsv
done
for torn in "" "# fokker 0.1.0\n# com" "# fokker 0.1.0\n# commit a\nmodel\tproc"; do          # what was never begun, as earlier versions left it
    for how in "" --resume; do
        rm -rf begun
        mkdir begun
        printf "$torn" >begun/results.tsv
        holds $bench --seed 1 -o begun $how
        holds test "$(rows begun/results.tsv)" = 1
    done
done
printf 'my notes\n' >begun/results.tsv
expect 2 "will not be overwritten" $bench --seed 1 -o begun
holds grep -q "my notes" begun/results.tsv

# a finished row that was changed is noticed, one that was taken away is run again
cp -r whole edited
sed -i '/^gauss2/s/\tok\t/\tfailed\t/' edited/results.tsv
expect 2 "row 1 is not what was written" $bench $many -o edited --resume
expect 2 "row 1 is not what was written" $bench $many -o edited --resume-anyway
cp whole/results.tsv edited/results.tsv
holds $bench $many -o edited --resume
head -n -7 whole/results.tsv >edited/results.tsv
holds $bench $many -o edited --resume
holds same whole/results.tsv edited/results.tsv
holds test "$(grep -vc '^#' edited/results.sums)" = 41
rm edited/results.sums                              # of an earlier version
holds $bench $many -o edited --resume
holds test "$(grep -vc '^#' edited/results.sums)" = 41

# another program or machine
for line in "fokker 0.0.1" "commit 123456" "build 0123" "cpu Z80" "blas none"; do
    rm -rf other
    cp -r whole other
    rm other/results.sums
    head -n -3 whole/results.tsv | sed "s/^# ${line%% *} .*/# $line/" >other/results.tsv
    expect 2 "go on with --resume-anyway" $bench $many -o other --resume
    expect 2 "${line#* }" $bench $many -o other --resume
done
holds $bench $many -o other --resume-anyway
holds same whole/results.tsv other/results.tsv
expect 0 "# from row 38 on:" grep -A 1 "^# from" other/results.tsv
holds grep -q "^# blas none" other/results.tsv
holds $bench $many -o other --resume                # the last word counts
expect 2 'is now "seed = 1..3"' $bench --seed 1..3 -o other --resume-anyway

# no row is good
printf '[process]\nkind = vp-linear\n[score]\nkind = pipe\ncommand = echo "fokker 1 dim=2 predicts=noise"; exit 0\n' >dead.ini
expect 1 "none of the runs came to its end" $quick bench dead.ini --trust --solver ddim --nfe "2 4" -n 5 --metric sw2 -q -o none
holds test "$(grep -c '	failed	' none/results.tsv)" = 2
expect 1 "none of the runs came to its end" $quick bench dead.ini --trust --solver ddim --nfe "2 4" -n 5 --metric sw2 -q -o none --resume
holds $quick bench gauss2 --solver "heun euler" --nfe 1 --samples 50 --metric sw2 -q --seed 1 -o some         # one of two is
holds $sample gmm8ring --steps 3 -n 5 -q -o l.npy
expect 1 "none of the 2 combinations" $quick logp dead.ini --trust --data l.npy --solver heun --nfe "2 4" -q -o nologp

# ---- a folder, and a file of weights, is one program's at a time ----
slow="$quick bench gauss2 --solver euler --nfe 1000 --samples 20000 --metric sw2 --seed 1..400 -q -o held"
$slow >/dev/null 2>&1 &
child=$!
while ! grep -q '^gauss2' held/results.tsv 2>/dev/null && kill -0 $child 2>/dev/null; do sleep 0.05; done
expect 2 "held: is in use by process $child" $bench -o held
expect 2 "held: is in use" $bench -o held/../held --resume
expect 2 "held: is in use" $quick logp gmm8ring --solver heun --nfe "2 4" -n 3 -q -o held
expect 2 "held: is in use" $quick check gauss2 -n 128 -q -o held
expect 2 "held: is in use" $quick order euler --process vp-linear -q -o held
kill -KILL $child
wait $child 2>/dev/null
holds test -e held/.lock                            # which does no harm
expect 2 "holds finished runs" $slow
expect 0 "" test "$(tail -c 1 held/results.tsv | wc -l)" -eq 1
holds test ! -e whole/.lock


# ---- weights ----
spec() { printf '[data]\nkind = like\nmodel = gmm8ring\n[score]\nkind = mlp\nfile = w.safetensors\n[net]\nkind = residual\nwidth = 16\ndepth = 1\npredicts = noise\ntime = lambda\n[train]\nsteps = %d\nbatch = 64\n' $1 >learn.ini; }
spec 100000
$quick train learn.ini -q -o w.safetensors >/dev/null 2>&1 &
child=$!
while ! test -e w.safetensors.lock && kill -0 $child 2>/dev/null; do sleep 0.05; done
expect 2 "w.safetensors: is in use by process $child" $quick train learn.ini -q -o w.safetensors --resume
sleep 0.3
kill -TERM $child
wait $child
expect 0 "" test $? -eq 130
holds test ! -e w.safetensors.lock
holds grep -aq train.program w.safetensors          # until it is finished
go_on() { timeout --preserve-status -s TERM 0.5 $quick train learn.ini -q -o w.safetensors "$@"; }
expect 130 "" go_on --resume
LC_ALL=C sed -i 's/fokker 0/fokker 9/' w.safetensors
expect 2 'it has "fokker 9' go_on --resume
expect 130 "" go_on --resume-anyway
expect 130 "" go_on --resume
spec 3
holds $quick train learn.ini -q -o done.safetensors
holds sh -c '! grep -aq train.program done.safetensors'
# ---- tables of log-likelihoods ----
logps="$quick logp gmm8ring --solver heun --nfe '4 8' -q"
holds eval "$logps -n 5 -o tables"
cp -r tables tables.was
expect 1 "File too large" eval "(ulimit -f 1; exec $logps -n 50 -o tables)"
holds cmp tables/points.tsv tables.was/points.tsv                  # the old ones, whole
holds cmp tables/logp.tsv tables.was/logp.tsv

holds sh -c '! find . -name "*.tmp" | grep -q .'    # nothing is left beside
echo "files: $run checks, $bad failed"
[ $bad -eq 0 ]
