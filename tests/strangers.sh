# Files from strangers: what a model file, a SPEC or a folder of results may make the program start.  Read by tests/cli.sh, in its folder,
# with its functions.  Whatever runs makes a file pwned.
rm -f pwned
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
expect 1 "" $sample "pipe:: >pwned; echo $hello" --nfe 2 -n 3
holds test -e pwned
for command in "sample stranger.ini --nfe 2 -n 3" "bench leads.ini -q" "bench named.ini -q -o strange2"; do
    rm -f pwned
    $quick $command --trust >/dev/null 2>&1
    holds test -e pwned
done
rm -f pwned
