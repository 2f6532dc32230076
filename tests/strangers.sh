#!/bin/sh
# Files from strangers: what a model file, a SPEC, or the names and cells of a folder of results may make the program start.  Whatever runs makes a
# file pwned.  Usage: tests/strangers.sh path/to/fokker
. "$(dirname "$0")/expect.sh"
mkdir empty
quick="env PATH=$box/empty $fokker"                 # without gnuplot
small="gauss2 --solver euler --nfe 5 --samples 200 --metric sw2"
hello='fokker 1 dim=2 predicts=noise'
printf '[score]\nkind = pipe\ncommand = : >pwned; echo "%s"\n' "$hello" >stranger.ini
printf '[score]\nkind = plugin\nfile = pwned.so\n' >object.ini
printf '[bench]\nmodels = '"'"'pipe:: >pwned; echo "%s"'"'"'\nnfe = 2\nsamples = 20\noutput = strange\n' "$hello" >named.ini
printf '[bench]\nmodels = stranger.ini\nnfe = 2\nsamples = 20\noutput = strange\n' >leads.ini
printf '[data]\nkind = mixture\nmean.1 = 0 0\nstd = 1\n[net]\nwidth = 32\npredicts = data\ntime = lambda\n[train]\nsteps = 4\nobjective = progressive\nstudent_steps = 1\nteacher = %s\n' \
    'pipe:: >pwned; echo "fokker 1 dim=2 predicts=noise"' >taught.ini
printf '[features]\nkind = pipe\ncommand = : >pwned\n' >judge.ini
for command in "sample stranger.ini --nfe 2 -n 3" "check stranger.ini" "logp stranger.ini --data x.npy --nfe 2" "bench stranger.ini --nfe 2 -o strange" "bench leads.ini"; do
    expect 2 "stranger.ini:3: this file wants to run \": >pwned; echo" "$fokker" $command
    expect 2 "allow it with --trust" "$fokker" $command
done
expect 2 "object.ini:3: this file wants to run \"./pwned.so\"" "$fokker" sample ./object.ini --nfe 2
expect 2 "named.ini:2: \"pipe:: >pwned; echo" "$fokker" bench named.ini
expect 2 "taught.ini:13: the teacher cannot be opened: \"pipe:: >pwned" "$fokker" train taught.ini -o taught.safetensors
expect 2 "of kind onnx or mlp" "$fokker" bench gauss2 --nfe 2 --metric features/sw2 --features judge.ini --trust -o strange
mkdir -p library && cp stranger.ini library
expect 2 "allow it with --trust" env FOKKER_MODELS="$box/library" "$fokker" sample stranger --nfe 2     # where to look is not whom to trust
holds test ! -e pwned -a ! -e strange -a ! -e taught.safetensors

# --resume starts what its own words name, whatever the folder's files say
holds $quick bench $small -o again -q
sed -i 's/^# spec models = .*/# spec models = pipe:: >pwned/; s/^gauss2/pipe:: >pwned/' again/results.tsv
cp stranger.ini again/gauss2.ini && cp stranger.ini again/model.ini
expect 2 "was begun with another spec" $quick bench $small -o again --resume
$quick plot again >/dev/null 2>&1
holds test ! -e pwned

# consent: the command line's own word, or --trust
expect 1 "" "$fokker" sample "pipe:: >pwned; echo $hello" --nfe 2 -n 3
holds test -e pwned
for command in "sample stranger.ini --nfe 2 -n 3" "bench leads.ini -q" "bench named.ini -q -o strange2"; do
    rm -f pwned
    $quick $command --trust >/dev/null 2>&1
    holds test -e pwned
done
rm -f pwned

# ---- names and cells in pictures: they are drawn, and nothing runs ----
if command -v gnuplot >/dev/null; then
    pictures_in() { find "$1" -name '*.png' -size +0 -printf .; }
    evil=$(printf '|touch pwned;<'"'"'"`touch pwned`$(touch pwned)%%d%%s;{\nx')
    cat "$docs/../models/shipped/gauss2.ini" >"$evil.ini"
    holds "$fokker" bench "./$evil.ini" --solver "euler ddim" --nfe "2 4" --samples 50 --metric sw2 -q -o "$evil"
    holds test "$(pictures_in "$evil")" = .... -a ! -e "$evil/gnuplot.log"
    holds "$fokker" bench "./$evil.ini" --solver "euler ddim" --nfe "2 4" --samples 50 --metric sw2 -q -o "$evil" --resume

    cells="g';touch pwned;'\`touch pwned\`\$(touch pwned)|<\"%"         # the cells of a ledger
    holds $quick bench gmm8ring --steps 20 --samples 50 --metric sw2 --solver "ddim picard:window=8/ddim anderson:tol=1e-4/em" --seed "0 1" -o wide -q
    mkdir -p cells && for file in results rounds residuals; do
        awk -v evil="$cells" 'BEGIN { FS = OFS = "\t" } /^#/ || /model/ { print; next } { for (i = 1; i <= NF; i++) { sub(/^gmm8ring$/, evil, $i); sub(/^lambda$/, evil, $i); sub(/^picard/, evil "/picard", $i) } print }' \
            wide/$file.tsv >cells/$file.tsv
    done
    holds "$fokker" plot cells
    holds test "$(pictures_in cells)" = ....
    expect 0 '&lt;"%' cat cells/rounds-*.svg

    mkdir -p "$evil-2" && cd "$evil-2" || exit 1
    printf 'solver\tprocess\tgrid\tkind\tclaimed\tmeasured\tfrom\th\terror\tfitted\tfamily\n' >order-rungs.tsv
    for h in 0.1 0.05; do printf "%s\tp\tg\tode\t1\t1\tx\t$h\t$h\t1\t%s\n" "$cells" "$cells"; done >>order-rungs.tsv
    printf "model\tsolver\ttrace\tcalls\trows\trealised\tse_trace\terr_solver\terr_prior\n" >logp.tsv
    for n in 1 2 3; do printf "%s\t%s\t%s\t$n\t$n\t0.$n\t0\t0\t0\n" "$cells" "$cells" "$cells"; done >>logp.tsv
    printf 'logp\texact\tlo\thi\n1\t1\t0\t2\n' >points.tsv
    printf 'cell\tterm\tt\tmean\tse\n%s\t1\t0.5\t1\t0.1\n' "$cells" >terms.tsv
    cd .. || exit 1
    holds "$fokker" plot "$evil-2"
    holds "$fokker" plot "$evil-2/terms.tsv"
    holds test "$(pictures_in "$evil-2")" = ...
    for file in cells/quality-*.svg; do ln -sf "$box/victim" "$file"; done
    expect 2 "is a link out of its folder" "$fokker" plot cells
    holds test ! -e victim
    if find . -name pwned | grep -q .; then bad=$((bad + 1)); echo "FAILED: a name or a cell ran: $(find . -name pwned)"; fi
fi

echo "files from strangers: $run checks, $bad failed"
[ $bad -eq 0 ]
