#!/bin/sh
# The command line as users meet it: exit codes and sentences.  Usage: tests/cli.sh path/to/fokker
. "$(dirname "$0")/expect.sh"

# rows FILE: its finished runs;  same FILE FILE: every column but the two times
rows() { grep -v '^#' "$1" | tail -n +2 | wc -l; }
plain() { grep -v '^#' "$1" | cut -f 1-13,16-; }
same() { plain "$1" >one; plain "$2" >two; cmp one two; }

# ---- bench ---- (without gnuplot, which takes most of the time)
mkdir empty
quick="env PATH=$box/empty $fokker"
small="gauss2 --solver euler --nfe 5 --samples 200 --metric sw2"

expect 2 "MODEL" $quick bench -o d
expect 2 "-o DIR" $quick bench $small
expect 2 "did you mean gauss2" $quick bench gaus2 --nfe 5 -o d
expect 2 "did you mean euler" $quick bench gauss2 --solver eulr --nfe 5 -o d
expect 2 "did you mean sw2" $quick bench gauss2 --metric sw22 --nfe 5 -o d
expect 2 "give --features FILE" $quick bench gauss2 --metric features/sw2 --nfe 5 -o d
expect 2 "which no network sees" $quick bench gauss2 --metric features/rms --features net.onnx --nfe 5 -o d
expect 2 "no metric asks for it" $quick bench gauss2 --features net.onnx --nfe 5 -o d
expect 2 "did you mean sw2" $quick bench gauss2 --metric features/sw22 --features net.onnx --nfe 5 -o d
expect 2 "karras" $quick bench gauss2 --grid karas --nfe 5 -o d
expect 2 "vp-linear" $quick bench gauss2 --process vp-liner --nfe 5 -o d
expect 2 "give --steps N or --nfe N" $quick bench gauss2 --solver euler -o d
expect 2 "did you mean law" $quick bench gauss2 --solver euler --start lwa --nfe 5 -o d
expect 2 "choose one" $quick bench gauss2 --nfe 5 --steps 5 -o d
expect 2 "cannot be made" $quick bench $small -o /dev/null/d
expect 2 "one a model" $quick bench gauss2 gmm8ring --solver euler --nfe 5 --samples "10 20 30" -o d
holds test ! -e d                                   # what is refused leaves nothing behind

expect 0 "euler" $quick bench $small --seed 1..3 -o d
holds test "$(rows d/results.tsv)" -eq 3
expect 2 "--resume" $quick bench $small --seed 1..3 -o d
expect 2 'is now "seed = 1..2"' $quick bench $small --seed 1..2 -o d --resume
cp d/results.tsv whole.tsv
holds $quick bench $small --seed 1..3 -o d --resume
holds cmp whole.tsv d/results.tsv
head -c -10 whole.tsv >d/results.tsv                # a torn last line is done again
holds $quick bench $small --seed 1..3 -o d --resume
holds same whole.tsv d/results.tsv
for t in 1 2 3 7; do
    holds $quick bench gauss2 --solver "em dopri5:rtol=1e-3" --nfe 7 --samples 3000 --seed "1 2" --threads $t -o t$t
    holds same t1/results.tsv t$t/results.tsv
done
holds $quick bench gauss2 gmm8ring --solver euler --nfe 5 --metric sw2 --samples "60 60" -o each
expect 0 "could not be done" $quick bench gauss2 --solver heun --nfe "1 4" --metric sw2 --samples 50 -o few
expect 0 "" grep -c "	failed	" few/results.tsv
expect 1 "ran out of time" $quick bench gauss2 --solver euler --nfe 100000 --samples 100000 --metric sw2 --time-limit 0.001 -o slow
expect 0 "budget" cat slow/results.tsv
printf '[bench]\nmodels = gauss2\nnfe = 5\nsamples = 100\noutput = spec\n' >spec.ini
expect 0 "dpmpp-2m" $quick bench spec.ini
expect 2 "spec.ini:3" sh -c "sed -i 's/nfe = 5/nfe = x/' spec.ini; $quick bench spec.ini -o other"

$quick bench gauss2 --solver euler --nfe 1000 --samples 20000 --metric sw2 --seed 1..400 -o long >/dev/null 2>said &     # Ctrl-C
child=$!
while ! grep -q '^gauss2' long/results.tsv 2>/dev/null && kill -0 $child 2>/dev/null; do sleep 0.05; done
kill -TERM $child
wait $child
expect 0 "" test $? -eq 130
expect 0 "" test "$(rows long/results.tsv)" -gt 0
expect 0 "" test "$(tail -c 1 long/results.tsv | wc -l)" -eq 1

# parallel in time: a ledger beside the results, which goes on with them
windows="gmm8ring --steps 20 --samples 50 --metric sw2"
expect 2 "at least 1 is needed" $quick bench $windows --solver picard/ddim --workers 0 -o wide
expect 2 "negative" $quick bench $windows --solver picard/ddim --row-cost -1 -o wide
expect 2 "cost nothing" $quick bench $windows --solver picard/ddim --round-cost 0 -o wide
holds $quick bench $windows --solver "ddim picard:window=8/ddim anderson:tol=1e-4/em parareal:coarse=1,window=5/ddim/heun" --seed "0 1" --workers 4 --row-cost 0.5 -o wide
holds test "$(rows wide/rounds.tsv)" -eq 6 -a "$(grep -c '^[0-9]' wide/residuals.tsv)" -gt 12
expect 0 "4 at once" head -n 1 wide/rounds.tsv
cut -f 8 wide/rounds.tsv | sort -u | tr '\n' ' ' >families
expect 0 "anderson/em family parareal:coarse=1/ddim/heun picard/ddim " cat families
ledger() { cut -f 1-16,18,19,22-28 "$1"; }
ledger wide/rounds.tsv >rounds.was
head -n -2 wide/results.tsv >kept && mv kept wide/results.tsv
holds $quick bench $windows --solver "ddim picard:window=8/ddim anderson:tol=1e-4/em parareal:coarse=1,window=5/ddim/heun" --seed "0 1" --workers 4 --row-cost 0.5 -o wide --resume
ledger wide/rounds.tsv >rounds.now
holds cmp rounds.was rounds.now

# ---- plot ----
expect 2 "cannot be read" "$fokker" plot nowhere
expect 2 "no file that" "$fokker" plot spec.ini
expect 2 "missing" "$fokker" plot
expect 2 "gnuplot" $quick plot d
expect 0 "fokker plot" $quick bench $small -o undrawn
holds test -s undrawn/results.tsv
if command -v gnuplot >/dev/null; then
    holds "$fokker" plot d
    for p in quality-gauss2-sw2 seconds-gauss2-sw2 grids-gauss2 scatter-gauss2; do
        holds test -s d/$p.png -a -s d/$p.svg
    done
    holds "$fokker" plot wide
    holds test -s wide/rounds-gmm8ring.png -a -s wide/work-gmm8ring-sw2.svg
fi

# ---- sample, list, help ----
sample="$fokker sample"
expect 2 "MODEL is missing" $sample
expect 2 "did you mean gmm8ring" $sample gmm8rin --steps 3
expect 2 "did you mean dpmpp-2m" $sample gauss2 --solver dpmp-2m --steps 3
expect 2 "did you mean law" $sample gauss2 --steps 3 --start lwa
expect 2 "leave one of them out" $sample gauss2 --steps 3 --start law --init x.npy
holds $sample gmm8ring --solver langevin:size=0.02,at=last --steps 200 -n 20 -o /dev/null   # no rehearsal judges it
expect 2 "did you mean eta" $sample gauss2 --solver ddim:eat=1 --steps 3
expect 2 "did you mean edm" $sample gauss2 --process edn --steps 3
expect 2 "did you mean karras" $sample gauss2 --grid karass --steps 3
expect 2 "did you mean clamp" $sample gauss2 --wrap clmp --steps 3
expect 2 "did you mean --steps" $sample gauss2 --step 3
expect 2 "did you mean sample" "$fokker" smple gauss2
expect 2 "between 1" $sample gauss2 --steps 0
expect 2 "between 1" $sample gauss2 --nfe 0
expect 2 "more calls" $sample gauss2 --solver heun --nfe 1
expect 2 "give --steps" $sample gauss2 --solver ddim
expect 2 "rtol" $sample gauss2 --solver cvode-adams --nfe 10
expect 2 "alpha = 0" $sample gauss2 --solver em --process flow --steps 10
expect 2 "give one of: none denoise" $sample gauss2 --steps 3 --final zero
expect 2 "No such file" $sample gauss2 --steps 3 --init none.npy
printf '[score]\nkind = mlp\nfile = none.safetensors\n' >net.ini
expect 2 "none.safetensors: No such file" $sample net.ini --steps 3
printf '[score]\nkind = mlp\nfile = ${NO_WHERE}/net.npz\n' >net.ini
expect 2 "environment variable NO_WHERE" $sample net.ini --steps 3
printf '[score]\nkind = onnx\nfile = net.onnx\npredicts = noise\n' >net.ini
expect 2 "ORT=none.so" env ORT=none.so $sample net.ini --steps 3
expect 2 "cannot be written" $sample gauss2 --steps 3 -o no/such/folder/x.npy
expect 2 "has no labels" $sample gauss2 --steps 3 --label 1
expect 2 "gmm8ring-mlp has no labels" $sample gmm8ring-mlp --steps 3 --label 1            # the data have, the network takes none
expect 2 "no serial twin" $sample gmm8ring --steps 3 --twin
expect 2 "saves nothing" $sample gmm8ring --steps 3 --solver parareal/ddim/ddim
expect 2 "picard wraps 1 other solver" $sample gmm8ring --steps 3 --solver picard
expect 0 "rounds in the place of 20 calls" $sample gmm8ring --steps 20 -n 5 --solver picard/ddim --twin -o x.npy
expect 0 "the ends are 0 apart" $sample gmm8ring --steps 20 -n 5 --solver parareal:tol=0/ddim/em --twin -o x.npy
expect 0 "20 steps" $sample gmm8ring --nfe 20 -n 5 --solver anderson/ddim -o x.npy
expect 0 "" $sample gmm8ring --steps 5 -n 50 -o x.npy
head -c 500 x.npy >cut.npy
expect 2 "cut.npy" $sample gmm8ring --steps 3 --init cut.npy
expect 2 "columns" $sample gmm10-64 --steps 3 --init x.npy
expect 2 "leave -n out" $sample gmm8ring --steps 3 --init x.npy -n 7
printf '1 2\n3 nan\n' >nan.txt
expect 2 "nan.txt" $sample gmm8ring --steps 3 --init nan.txt
printf '0.5\n0.7\n0.1\n' >back.txt
expect 2 "back.txt" $sample gmm8ring --grid file:back.txt
printf '0.9\n2\n' >out.txt
expect 2 "out.txt" $sample gmm8ring --grid file:out.txt
printf '1 2\n3 4\n' >z.txt
expect 2 "draws" $sample gmm8ring --solver em --steps 3 -n 2 --noise z.txt
printf '[data]\nkind = mixture\nweights = 1 -3\nmean.1 = 0 0\nmean.2 = 1 1\nstd = 0.1\n' >bad.ini
expect 2 "bad.ini:3" $sample ./bad.ini --steps 3
sed -i 's/1 -3/1 3/; s/std = 0.1/cov.1 = 1 2 2 1\ncov.2 = 1 0 0 1/' bad.ini
expect 2 "positive definite" $sample ./bad.ini --steps 3
printf '[data]\nkind = mixture\nweigths = 1 3\nmean.1 = 0 0\nmean.2 = 1 1\nstd = 0.1\n' >bad.ini
expect 2 "weights" $sample ./bad.ini --steps 3
expect 1 "No space left" $sample gmm8ring --steps 3 -n 20000 -o /dev/full
expect 1 "cannot be written" sh -c "$sample gmm8ring --steps 3 -n 20000 >/dev/full"
# a run is made again from its own states and noise, and from text as from .npy
holds $sample gmm8ring --steps 6 -n 50 --seed 4 --trajectory t.txt -o a.txt
tail -n 50 t.txt | cmp - a.txt || bad=$((bad + 1))
head -n 50 t.txt >start.txt
holds $sample gmm8ring --steps 6 --init start.txt -o b.txt
holds cmp a.txt b.txt
holds $sample gmm8ring --steps 6 -n 50 --seed 4 --threads 3 -o c.txt
holds cmp a.txt c.txt
holds $sample gmm8ring --steps 6 -n 50 --png p.png -q
holds test -s p.png
( sleep 1; pkill -INT -f "sample gmm10-64 --steps 300000" ) &
expect 130 "were finished" $sample gmm10-64 --steps 300000 -n 3000 -o stopped.npy
holds test -s stopped.npy

# ---- data of another model ----
like() { printf '[process]\nkind = vp-linear\n[data]\nkind = like\n%s\n' "$1" >like.ini; }
like 'model = gmm8ring'
holds sh -c "$sample gmm8ring --nfe 5 -n 20 -q >1.txt && $sample like.ini --nfe 5 -n 20 -q >2.txt && cmp 1.txt 2.txt"
cp like.ini other.ini; like 'model = other.ini'
expect 2 "has its data from another model itself" $sample like.ini --nfe 5
like 'model = gmm9ring'
expect 2 "did you mean gmm8ring" $sample like.ini --nfe 5
like ''
expect 2 "needs the model whose data are meant" $sample like.ini --nfe 5
like 'model = gmm8ring
std = 3'
expect 2 "no key std" $sample like.ini --nfe 5
printf '[process]\nkind = edm\n' >other.ini; like 'model = other.ini'
expect 2 "has no [data]" $sample like.ini --nfe 5

# ---- train ----
train="$fokker train spec.ini"
spec() { printf '[data]\nkind = mixture\nweights = 1 1\nmean.1 = %s 0\nmean.2 = 2 0\nstd = 0.5\n[score]\nkind = mlp\nfile = a.safetensors\n[net]\npredicts = noise
width = 32\ndepth = 1\n[train]\nsteps = %s\nbatch = 200\n' "$1" "$2" >spec.ini; }
spec -2 400
expect 2 "SPEC is missing" "$fokker" train
expect 2 "give -o NAME.safetensors" $train
expect 2 "NAME.safetensors" $train -o a.npz
expect 2 "with [net] and [train]" "$fokker" train gauss2 -o a.safetensors
expect 2 "No such file" $train -o a.safetensors --resume
holds test ! -e a.safetensors
expect 0 "400 steps of 200 points" env PATH="$box/empty" $train -o a.safetensors -t 1
expect 2 "is there already" $train -o a.safetensors
expect 2 "is finished" $train -o a.safetensors --resume
holds $train -o b.safetensors -t 3 -q
holds cmp a.safetensors b.safetensors
holds test "$(wc -l <a.tsv)" -eq 201
holds "$fokker" sample spec.ini --nfe 5 -n 10 -q
expect 0 "the network's part is" $quick bench spec.ini --solver "ddim heun em" --nfe "4 40" --metric "split:rms split:sw2" --samples 60 --seed "1 2" -o split
expect 0 "rms by its parts" cat split/report.txt
expect 2 "has no parts" $quick bench spec.ini --nfe 4 --metric split:xent -o split2
if command -v gnuplot >/dev/null; then
    holds "$fokker" plot split
    holds test -s split/split-spec-rms.png -a -s split/split-spec-sw2.svg -a ! -e split/quality-spec-sw2-of-field.png
fi
printf '[features]\nkind = mlp\nfile = a.safetensors\ndim = 2\nat = 0.5\n' >space.ini       # judged by what this network sees
for t in 1 3; do
    holds $quick bench gauss2 --nfe 5 --samples 150 --metric "sw2 features/sw2 features/frechet features/recall" --features space.ini -t $t -o seen$t
done
holds same seen1/results.tsv seen3/results.tsv
expect 2 "takes points of 2 columns" $quick bench gmm5-aniso16 --nfe 5 --metric features/sw2 --features space.ini -o seen
pictures() { printf '[data]\nkind = dataset\nfile = %s/digits.csv.gz\nlabel_column = -1\nscale = 0.125\nwidth = 0.1\n[score]\nkind = mlp\nfile = m.safetensors\n[net]\nkind = %s\npatch = %s
width = 16\ndepth = 1\nmix_patches = 8\nmix_columns = 24\npredicts = noise\ntime = lambda\nlabels = yes\n[train]\nsteps = 8\nbatch = 150\n' "$docs/../models/shipped/data" "$1" "$2" >m.ini; }
pictures mixer 3
expect 2 "a patch of 3 does not divide an image of 8 x 8" "$fokker" train m.ini -o m.safetensors
pictures residual 2
expect 2 "patch belongs to kind = mixer" "$fokker" train m.ini -o m.safetensors
pictures mixer 2
holds "$fokker" train m.ini -o m.safetensors -q -t 1
holds "$fokker" train m.ini -o m3.safetensors -q -t 3
holds cmp m.safetensors m3.safetensors
holds "$fokker" sample m.ini --nfe 3 -n 10 --label 4 -q
expect 2 "is for square images" sh -c "sed 's/^predicts/kind = mixer\npredicts/' spec.ini >n.ini; '$fokker' train n.ini -o n.safetensors"
$train -o c.safetensors -q & killed=$!
while ! test -e c.safetensors && kill -0 $killed 2>/dev/null; do sleep 0.02; done
kill -9 $killed 2>/dev/null; wait $killed 2>/dev/null
grep -q train.now c.safetensors && holds $train -o c.safetensors -q --resume
holds cmp a.safetensors c.safetensors                # killed and resumed: the same weights
holds cmp a.tsv c.tsv
spec -2 40; sed -i 's/width = 32/width = 192/' spec.ini      # steps that are worth more than one thread
for threads in 1 3; do holds $train -o wide$threads.safetensors -t $threads -q; done
holds cmp wide1.safetensors wide3.safetensors        # threads change no bit
spec -2 500
expect 2 'it has "train.steps = 400" where there is "train.steps = 500" now' $train -o a.safetensors --resume
spec 1e30 10
expect 1 "the last good checkpoint is d.safetensors at step 1" $train -o d.safetensors
expect 2 "is infinite at t = 1" sh -c "printf '[process]\nkind = flow\n[data]\nkind = mixture\nweights = 1\nmean.1 = 0\nstd = 1\n[net]\npredicts = v\ntime = lambda\n[train]\n' >flow.ini; '$fokker' train flow.ini -o e.safetensors"

spec -2 20; sed 's/predicts = noise/predicts = v/; s/steps = 20/steps = 20\nobjective = progressive\nstudent_steps = 2\nteacher = far.ini/' spec.ini >pupil.ini
expect 2 "pupil.ini:18: the teacher cannot be opened: far.ini: there is no such file" "$fokker" train pupil.ini -o pupil.safetensors
sed '/^\[score/,$d' spec.ini >far.ini
expect 0 "20 steps of 200 points" "$fokker" train pupil.ini -o pupil.safetensors
holds "$fokker" sample pupil.ini --solver ddim --grid ddpm-trailing --steps 2 --final denoise -n 10 -q
expect 2 "choose predicts = v or data" sh -c "sed -i 's/predicts = v/predicts = noise/' pupil.ini; '$fokker' train pupil.ini -o pupil2.safetensors"
points() { printf '[data]\nkind = dataset\nfile = %s\nwidth = 0.1\n%b[score]\nkind = mlp\nfile = p.safetensors\n[net]\npredicts = noise\nwidth = 32\ndepth = 1\n%b[train]
steps = 20\nbatch = 64\n' "$1" "$2" "$3" >p.ini; }
ptrain="$fokker train p.ini -o p.safetensors"
printf '1 2\n3 nan\n' >p.txt; points p.txt
expect 2 "p.txt:2: column 2 is nan" $ptrain
printf '1 0\n3 -1\n' >p.txt; points p.txt 'label_column = -1\n'
expect 2 "label -1 of row 1" $ptrain
printf '1 0\n3 1\n' >p.txt; points p.txt '' 'labels = yes\n'
expect 2 "the data have none" $ptrain
points p.txt 'label_column = -1\n' 'labels = yes\nkind = squash\n'
expect 0 "20 steps" $ptrain
sed 's/file = p.txt/file = ${DATA}/' p.ini >d.ini
expect 2 "DATA" env -u DATA "$fokker" train d.ini -o d2.safetensors
expect 2 "no.txt" "$fokker" train d.ini -o d2.safetensors --data no.txt
holds "$fokker" train d.ini -o d2.safetensors --data p.txt -q
expect 2 "2 is no label of p; it has 0..1" $sample p.ini --nfe 4 --label 2
holds $sample p.ini --label each --wrap cfg:w=2 --nfe 4 -n 10 -o p.npy
printf '[score]\nkind = mlp\nfile = p.safetensors\n' >q.ini; printf '[score]\nkind = mlp\nfile = b.safetensors\n' >b.ini
expect 2 "2 is no label of q; it has 0..1" $sample q.ini --nfe 4 --label 2
holds $sample q.ini --nfe 4 --label each -n 4 -o q.npy
expect 2 "has no labels" $sample b.ini --nfe 4 --label 0

# ---- check ----
check="$fokker check"
expect 2 "MODEL is missing" $check
expect 2 "between 128" $check gauss2 -n 5
expect 2 "No such file" $check gauss2 --data none.npy
expect 2 "has rows of 2 numbers" $check gmm10-64 --data x.npy
expect 2 "has no labels" $check gauss2 --label 1
expect 0 "It behaves" $check gmm8ring -n 500
expect 1 "write predicts = data in [score]" $check gmm8ring -n 500 --wrap predicts:as=noise
expect 0 "points of x.npy" $check gmm8ring -n 500 --data x.npy
for t in 1 2 5; do $check gmm8ring -n 500 --threads $t | grep -v '^cost' >check$t.txt; holds cmp check1.txt check$t.txt; done
expect 0 "no plot" $quick check gmm8ring -n 200 -o checked
expect 0 "" test "$(wc -l <checked/check.tsv)" -eq 13
if command -v gnuplot >/dev/null; then
    holds $check gmm8ring -n 200 -o checked
    holds test -s checked/check-gmm8ring.png -a -s checked/check-gmm8ring.svg -a ! -e checked/fisher-gmm8ring.png
    expect 0 "Fisher" $check gmm8ring -n 200 --wrap error:size=0.1 -o checked
    holds test -s checked/fisher-gmm8ring.png -a -s checked/fisher-gmm8ring.svg
fi

# ---- wrappers ----
expect 1 "give --label L" $sample gmm8ring --wrap cfg:w=2 --nfe 4 -n 3
holds $sample gmm8ring --wrap "scale:scale=2 cfg:w=2,from=0.1,to=0.9 error:size=0.01" --label 3 --nfe 4 -n 3 -o /dev/null
expect 2 "smaller time as from" $sample gmm8ring --wrap cfg:w=2,from=0.7,to=0.3 --label 3 --nfe 4
expect 2 "cfg needs w" $sample gmm8ring --wrap cfg --label 3 --nfe 4
expect 2 "choose one of: score noise data v velocity" $sample gmm8ring --wrap predicts:as=x --nfe 4
# ---- fields of one's own: plug-ins ----
fields=$(dirname "$fokker")/tests
if [ -e "$fields/bell.so" ]; then
    cp "$fields"/*.so .
    expect 0 "plugin:bell.so,1_0_1, vp-linear" $sample plugin:bell.so,"1 0 1" --nfe 5 -n 3
    expect 2 "takes DIM MEAN STD" $sample plugin:bell.so,1 --nfe 5
    expect 2 "there is no such file" $sample plugin:none.so --nfe 5
    expect 2 "was built for ABI 99" $sample plugin:old.so --nfe 5
    expect 0 "as far as can be told without data" $check plugin:bell.so -n 300
    expect 1 "are not finite" $check plugin:odd.so,nan -n 300
expect 2 "how many classes there are" $sample plugin:odd.so,fails --nfe 5 -n 3 --label each
    expect 1 "come back tomorrow" $check plugin:odd.so,fails -n 300
    expect 2 "at least 1" $sample plugin:odd.so,dim0 --nfe 5
    expect 1 "come back tomorrow" $sample plugin:odd.so,fails --nfe 5 -n 3
    expect 1 "fokker check" $sample plugin:odd.so,nan --nfe 5 -n 3
    expect 0 "needs a model whose data are known" $quick bench plugin:bell.so,"2 0 1" gauss2 --nfe 4 --samples 50 -o bare
    expect 0 "sw2 needs a model whose data are known" cat bare/results.tsv
    printf '[score]\nkind = plugin\nfile = bell.so\nfiel = x\n' >plugged.ini
    expect 2 "plugged.ini:4" $sample ./plugged.ini --nfe 5
    printf '[score]\nkind = plugin\nfile = bell.so\npredicts = nois\n' >plugged.ini
    expect 2 "plugged.ini:4" $sample ./plugged.ini --nfe 5
    printf '[score]\nkind = plugin\n' >plugged.ini
    expect 2 "give file = PATH" $sample ./plugged.ini --nfe 5

    # child processes
    pipe="pipe:$fields/child"
    expect 0 "pipe:child_bell, vp-linear" $sample "$pipe bell" --nfe 5 -n 3
    expect 2 "began with \"Loading weights...\"" $sample "$pipe greets" --nfe 5
    expect 2 "not found" $sample "pipe:nosuch net" --nfe 5
    expect 1 "TypeError: too tired" $sample "$pipe dies 3" --nfe 5 -n 3
    expect 0 "it gets all that there are" $check "$pipe bell" -n 300
    printf '[score]\nkind = pipe\ncommand = %s hangs 3\ntimeout = 0.2\n' "$fields/child" >hung.ini
    expect 2 "read it, then allow it with --trust" $sample ./hung.ini --nfe 5 -n 3
    expect 1 "no answer in 0.2 s" $sample ./hung.ini --nfe 5 -n 3 --trust
    printf '[score]\nkind = pipe\ntimeout = 0.2\n' >hung.ini
    expect 2 "give command = " $sample ./hung.ini --nfe 5 -n 3

    # a child that is killed in the middle of a sweep costs one row
    $quick bench "pipe:echo \$\$ >pid; exec $fields/child bell" --solver "ddim euler heun" --nfe 20 --samples 200 --seed 1..60 --metric sw2 -o sweep >/dev/null 2>said &
    child=$!
    while ! grep -q '^pipe' sweep/results.tsv 2>/dev/null && kill -0 $child 2>/dev/null; do sleep 0.02; done
    kill -KILL "$(cat pid)"
    wait $child
    expect 0 "" test $? -eq 0
    expect 0 "" test "$(rows sweep/results.tsv)" -eq 180
    expect 0 "" test "$(grep -c '	failed	' sweep/results.tsv)" -eq 1
    expect 0 "the child was ended by signal 9" cat sweep/results.tsv

    # it ends with the program, however that ends
    alive() { read -r _ _ state _ <"/proc/$1/stat" 2>/dev/null && [ "$state" != Z ]; }
    for signal in INT TERM KILL; do
        rm -f pid
        $sample "pipe:echo \$\$ >pid; exec $fields/child hangs 3" --nfe 5 -n 3 -q >/dev/null 2>&1 &
        child=$!
        for i in 1 2 3 4 5 6 7 8 9 10; do [ -s pid ] || sleep 0.1; done
        sleep 0.1
        kill -$signal $child; sleep 0.1; kill -$signal $child 2>/dev/null
        wait $child
        for i in 1 2 3 4 5 6 7 8 9 10; do if alive "$(cat pid)"; then sleep 0.1; fi; done
        holds test -s pid
        if alive "$(cat pid)"; then bad=$((bad + 1)); echo "FAILED: a child outlives SIG$signal"; kill -KILL "$(cat pid)"; fi
    done

    # the clients in Python
    cp "$docs"/examples/pipe/*.py .
    if python3 -c 'import numpy' 2>/dev/null; then
        $sample "pipe:$fields/child bell" --nfe 5 -n 30 -q -o c.txt
        holds $sample "pipe:python3 -B bell.py" --nfe 5 -n 30 -q -o python.txt
        holds cmp c.txt python.txt
    else
        echo "command line: no NumPy, the Python client is not tested"
        expect 2 "No module named 'numpy'" $sample "pipe:python3 -B bell.py" --nfe 5
    fi
else
    echo "command line: no plug-ins beside $fokker; \`make unit\` builds them"
fi

# ---- logp ----
logp="$fokker logp"
expect 0 "row	logp	se_trace	err_solver	err_prior	err_trunc	lo	hi	calls	rows	exact	bpd	network_calls	evaluations	products" $logp gmm8ring -n 3
expect 0 "mean log p" $logp gmm8ring -n 50 -o l.tsv
expect 0 "" test "$(wc -l <l.tsv)" -eq 51
holds $sample gmm8ring --steps 30 -n 20 -o p.npy -q
holds $logp gmm8ring --data p.npy --trace xtrace --probes 4 --threads 1 -o l1.tsv
holds $logp gmm8ring --data p.npy --trace xtrace --probes 4 --threads 3 -o l3.tsv
holds cmp l1.tsv l3.tsv
holds $logp gmm8ring --data p.npy --solver "heun dpmpp-2m" --nfe "10 20" -o logp-many
expect 0 "" test "$(wc -l <logp-many/logp.tsv)" -eq 5
expect 0 "there and back" $logp gmm8ring --data p.npy --rtol 1e-9 --encode z.npy -o l.tsv
holds $logp gmm8ring --decode z.npy --rtol 1e-9 -o back.npy
holds $logp digits --data digits -n 2 -o l.tsv
expect 2 "No such file" $logp gmm8ring --decode none.npy -o back.npy
expect 2 "give -o FILE" $logp gmm8ring --decode z.npy
expect 2 "columns" $logp gmm10-64 --data p.npy
expect 2 "did you mean xtrace" $logp gmm8ring --trace xtrac
expect 2 "near round-off" $logp gmm8ring --rtol 1e-16
expect 2 "stochastic method runs from noise" $logp gmm8ring --solver em --steps 10
expect 2 "give one of the two" $logp gmm8ring --steps 10 --rtol 1e-3
expect 2 "asks the field 2 times" $logp gmm8ring --trace hutchpp --nfe 1 --solver euler
expect 2 "need a folder" $logp gmm8ring --probes "4 8" --trace hutchinson
expect 2 "neither a file nor a model" $logp gmm8ring --data nowhere
expect 2 "without a data set" $logp gmm8ring --data gauss2
expect 2 "cannot start at sigma = 0" $logp gmm8ring --process flow:t_min=0

# ---- logp: whole numbers, bounds and paths ----
printf '0 16\n3 4\n5 5\n' >whole.txt
cells="--levels 17 --scale 0.125 --shift -1"
expect 2 "give them with --data" $logp gmm8ring --levels 17
expect 2 "give --scale A and --shift B" $logp gmm8ring --levels 17 --data whole.txt
expect 2 "give --levels L as well" $logp gmm8ring --data whole.txt --importance 3
expect 2 "row 0, column 1 (counted from 0) is 16, outside 0..15" $logp gmm8ring --levels 16 --scale 1 --shift 0 --data whole.txt
printf '0 1\n2 2.5\n' >halves.txt
expect 2 "row 1, column 1 (counted from 0) is 2.5, which is not whole" $logp gmm8ring $cells --data halves.txt
expect 2 "neither uniform nor normal" $logp gmm8ring $cells --data whole.txt --dequantise gauss
expect 2 "leave out --levels" $logp gmm8ring $cells --data whole.txt --encode z.txt
expect 0 "+3 for the scale of 0.125" $logp gmm8ring $cells --data whole.txt --importance 5 --dequantise normal:std=0.4 -o whole.tsv
expect 0 "se_points" head -n 1 whole.tsv
expect 0 "0..16" $logp digits --levels 17 --data digits -n 3 --rtol 1e-3 -o digits.tsv      # its points go back to the numbers of the file
holds awk 'NR > 1 && !($12 > 0 && $12 < 5 && $11 < 0) { exit 1 }' digits.tsv
digits="--levels 17 -n 3 --rtol 1e-3 --no-check -q"                 # a network's data know their scale as its model's do
holds $logp digits-mlp $digits --data digits -o net.tsv
holds $logp digits-mlp $digits --data digits-mlp -o like.tsv
holds $logp digits-mlp $digits --data digits --scale 0.125 --shift -1 -o said.tsv
holds cmp net.tsv said.tsv
holds cmp net.tsv like.tsv

# ---- logp: what only some ask for is not made for all, and a signal ends its making at once ----
awk 'BEGIN { for (k = 0; k < 3; k++) for (d = 0; d < 2048; d++) printf "%g%s", (k + d) % 3, d < 2047 ? " " : "\n" }' >wide.txt
printf '[process]\nkind = vp-linear\n[data]\nkind = mixture\nmeans = wide.txt\nstd = 0.1\n' >wide.ini
holds timeout 8 $logp wide.ini -n 2 --prior exact --no-check -q -o wide.tsv
ends_at_once() {                                    # long before it would by itself, in half a minute
    "$@" & id=$!
    sleep 1
    kill -TERM $id
    for wait in 1 2 3 4 5 6 7 8 9 10; do kill -0 $id 2>killed || break; sleep 0.5; done
    ! kill -9 $id 2>killed && wait $id
}
expect 130 "interrupted" ends_at_once $logp wide.ini -n 2 --trace hutchinson --control gauss --no-check -q -o wide.tsv
expect 2 "none of flow, elbo, path" $logp gmm8ring --route elbow
expect 2 "give elbo:steps=N" $logp gmm8ring --route elbo
expect 2 "did you mean steps" $logp gmm8ring --route elbo:step=3
expect 2 "takes no parameters" $logp gmm8ring --route flow:steps=3
expect 2 "raise --nfe" $logp gmm8ring --route elbo --nfe 12
expect 2 "has no encoding" $logp gmm8ring --route elbo:steps=3 --encode z.txt
expect 0 "20 levels, 5 draws" $logp gmm8ring --route elbo --nfe 100 --probes 5 -n 40 -o bound.tsv
expect 0 "" test "$(wc -l <bound-terms.tsv)" -eq 22
expect 0 "1000 levels" $logp gmm8ring --process vp-discrete --route elbo -n 20 --probes 1 -o bound.tsv
holds $logp gmm8ring --route "flow elbo:steps=20 path:steps=20,variance=beta" --probes 4 -n 40 -o routes
expect 0 "" test "$(cut -f 1,4 routes/logp.tsv | tail -n +2 | wc -l)" -eq 3
expect 0 "" test "$(wc -l <routes/terms.tsv)" -eq 45
holds $logp gmm8ring --route elbo:steps=20 --probes 4 -n 40 --threads 3 -o three.tsv
holds $logp gmm8ring --route elbo:steps=20 --probes 4 -n 40 --threads 1 -o one.tsv
holds cmp one.tsv three.tsv
holds cmp one-terms.tsv three-terms.tsv
if command -v gnuplot >/dev/null; then
    holds "$fokker" plot one-terms.tsv
    holds "$fokker" plot routes/terms.tsv
    holds test -s one-terms.png -a -s one-terms.svg -a -s routes/terms.png
fi
expect 0 "" awk -v s=0 'NR > 1 { s += $3 } END { exit !(s > 0) }' one-terms.tsv

# ---- what is given twice, what nobody reads ----
expect 2 '--solver is given twice, first as "ddim"; give it once, several in one pair of quotes' $quick bench gauss2 --solver ddim --solver heun --nfe 5 -o twice
expect 2 "--nfe is given twice" $sample gauss2 --nfe 5 --nfe=6
expect 2 "--samples is given twice" $sample gauss2 --nfe 5 -n 5 --samples 6
expect 0 "" $sample gauss2 --nfe 5 -n 1 -q -q
twice() { expect 2 "is given twice" "$@"; }
twice $sample gauss2 --nfe 5 -p vp-linear:t_min=1e-3,t_min=1e-2
twice $sample gauss2 --nfe 5 -p vp-linear:beta_max=20,t_min=1e-3,beta_max=10
twice $sample gauss2 --nfe 5 -s ddim:eta=1,eta=0
twice $sample gauss2 --nfe 9 -s pc/ddim/langevin:size=1,size=2
twice $sample gauss2 --nfe 5 -g karras:rho=7,rho=5
twice $sample gauss2 --nfe 5 --wrap clamp:lo=-1,hi=1,lo=-2
twice $quick bench gauss2 --nfe 5 --metric sw2:of=run,of=field -o twice
twice "$fokker" logp gauss2 --nfe 5 --trace hutchinson:probe=sphere,probe=gaussian
twice "$fokker" logp gauss2 --nfe 5 --route elbo:steps=2,steps=3
twice "$fokker" compat "sample_heun(n=5, n=6)"
twice "$fokker" compat "DDIMScheduler(num_inference_steps=5, n=5)"
printf '\357\273\277[process]\r\nkind = vp-linear\r\n[data]\nkind = mixture\nmean.1 = 0 0\nstd = 1\n' >mark.ini
holds $sample mark.ini --nfe 5 -n 1 -q
printf '\357\273\277[bench]\nmodels = mark.ini\nsolver = euler\nnfe = 5\nsamples = 50\n' >mark-spec.ini
holds $quick bench mark-spec.ini -o mark
printf '[process]\nkind = vp-linear\n[data]\nkind = mixture\nweights = 1\nmean.1 = 0 0\nstdd = 0.3\n[score]\nkind = exact\n' >k.ini
expect 2 "k.ini:7: [data] of kind mixture has no key stdd; did you mean std?" $sample k.ini --nfe 5
printf '[bench]\nmodels = gauss2\n[benhc]\nnfe = 5\n' >b.ini
expect 2 "b.ini:3: a plan of runs has no section [benhc]; did you mean [bench]?" $quick bench b.ini -o twice
holds test ! -e twice

# ---- compat: every line that it prints is accepted ----
compat="$fokker compat"
accepted() {                                        # LINE: fokker sample MODEL ...
    set -- $1
    shift 3
    OMP_NUM_THREADS=1 $sample gmm8ring -q -n 2 -o /dev/null "$@" </dev/null
}
holds $compat
$compat --tsv | tail -n +2 | cut -f 1,2 >calls
expect 0 "" test "$(wc -l <calls)" -gt 350
while IFS="$(printf '\t')" read -r call line; do
    [ "$line" = - ] || holds accepted "$line"
done <calls
for call in "diffusers UniPCMultistepScheduler(predict_x0=False, final_sigmas_type='sigma_min', solver_order=3)" "k-diffusion.sample_euler(n=9, s_churn=4)" \
    "DPMSolverMultistepScheduler(algorithm_type=sde-dpmsolver, final_sigmas_type=sigma_min, use_karras_sigmas=True)" "sample_heun(schedule=vp, s_churn=3)" \
    "get_pc_sampler(sde=ve, predictor=ancestral_sampling, corrector=langevin, N=30)" "DPM_Solver.sample(order=3, method=adaptive, algorithm_type=dpmsolver)"; do
    holds accepted "$($compat "$call" | head -n 1)"
done
expect 0 "--start prior" $compat diffusers "DDIMScheduler(num_inference_steps=20)"
expect 0 "--steps 7" $compat diffusers "DDIMScheduler(num_inference_steps=7)"
expect 0 "clamp:lo=-1.0,hi=1.0" $compat DDIMScheduler
expect 0 "rounds the timesteps" $compat "diffusers DPMSolverMultistepScheduler(solver_order=3, use_karras_sigmas=True)"
expect 0 "--wrap round --solver dpmpp-3m-shipped --grid karras --final denoise" $compat "diffusers DPMSolverMultistepScheduler(solver_order=3, use_karras_sigmas=True)"
expect 2 "did you mean k-diffusion sample_dpmpp_2m" $compat k-diffusion sample_dpmp_2m
expect 2 "did you mean rho" $compat "sample_dpmpp_2m(rhoo=3)"
expect 2 "give one of 2|1|3" $compat "UniPCMultistepScheduler(solver_order=9)"
expect 2 "not a number" $compat "sample_heun(n=many)"
expect 2 "has no value" $compat "sample_heun(n)"
expect 0 "threshold" $compat "DPMSolverMultistepScheduler(thresholding=True)"
expect 0 "dpmpp-3m-shipped:last=lower" $compat "DPMSolverMultistepScheduler(solver_order=3, n=14)"
expect 0 "--grid ays:table=sdxl --final denoise --steps 10" $compat "ComfyUI AlignYourStepsScheduler(model_type=SDXL)"
expect 0 "--grid ays:table=sd15 --final denoise --steps 10" $compat "DPMSolverMultistepScheduler(timesteps=StableDiffusionTimesteps, n=10)"
expect 2 "there is no line for" $compat "DPMSolverMultistepScheduler(use_beta_sigmas=True)"

# ---- every solver has its place in docs/methods ----
"$fokker" list solvers --tsv | tail -n +2 | cut -f 1 >names
while read -r name; do
    holds grep -qF -- "\`$name\`" "$docs"/methods/*.md
done <names

# ---- replay of other programs: the table's cases as command lines ----
gzip -dc "$golden/arrays.txt.gz" >arrays.txt
block() { awk -v name="$1" '/^@/ { on = $2 == name; next } on' arrays.txt; }
tab=$(printf '\t')

# replay CASE: runs it and compares the largest |x - ref|/max(1, |ref|) with its tolerance
replay() {
    awk -F '\t' -v OFS='\t' -v name="$1" '$1 == name { print $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 }' "$golden/cases.tsv" >case.tsv
    IFS=$tab read -r model process wrap solver grid steps final init noise tolerance <case.tsv
    block "${grid#*:}" >grid.txt; block "$init" >init.txt; block "$1" >want.txt
    set -- --process "$process" --solver "$solver" --grid "${grid%%:*}:grid.txt" --init init.txt --final "$final" -o got.txt -q
    if [ "$wrap" != - ]; then set -- "$@" --wrap "$wrap"; fi
    if [ "$steps" != 0 ]; then set -- "$@" --steps "$steps"; fi
    if [ "$noise" != - ]; then block "$noise" >noise.txt; set -- "$@" --noise noise.txt; fi
    "$fokker" sample "$model" "$@" && paste -d ' ' want.txt got.txt | awk -v most="$tolerance" '
        function size(v) { return v < 0 ? -v : v }
        { for (i = 1; i <= NF / 2; i++) { d = size($i - $(i + NF / 2)) / (size($i) > 1 ? size($i) : 1); if (!(d <= most)) exit 1; n++ } }
        END { exit !n }'
}
for name in ds_multistep3_dpmsolverpp_tu_line__gmm8ring__n7_nolof up_bh2_o3_data_tu_disc__gmm5_aniso16__n10 kd_sample_lms__gmm8ring__karras_edm__n5 \
            kd_sample_dpmpp_2m_sde__gmm8ring__exp__n20_eta05 df_dpmm_pp_o2_karras__gauss2__n10 df_ddim_eta05__gmm8ring__n5 df_sasolver_33__gmm8ring__n10 \
            dfs_dpm_pp_sampler__gmm8ring__n11_o3_x0 edm_edm_sampler__gmm8ring__n18_churn de_t_ab3_t2__gmm8ring__n10 ss_pc_vp_reverse_diffusion_langevin__gmm8ring__N40 \
            td_dopri5_vp_tol1e-05__gmm8ring ref_flow_vp__gmm8ring; do
    holds replay $name
done

for topic in solvers processes grids models metrics wrappers layers estimators; do
    holds "$fokker" list $topic --tsv
    holds "$fokker" list $topic
done
expect 2 "did you mean solvers" "$fokker" list solver
holds "$fokker" help
for c in list sample bench order check logp train compat plot help; do holds "$fokker" help $c; done
expect 0 "fokker " "$fokker" --version
expect 2 "did you mean euler" "$fokker" order eulr

echo "command line: $run checks, $bad failed"
[ $bad -eq 0 ]
