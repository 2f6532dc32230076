# What the tests of the command line share: sourced with the program's path as $1, they work in a folder of their own.
fokker=$(realpath "$1")
docs=$(realpath "$(dirname "$0")/../docs")
tests=$(realpath "$(dirname "$0")")
golden=$tests/golden
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box" || exit 1
run=0 bad=0

# expect CODE "words" COMMAND...: the exit code, and words that stdout or stderr must hold ("" for none)
expect() {
    code=$1 words=$2
    shift 2
    run=$((run + 1))
    "$@" >said 2>&1
    got=$?
    if [ $got -ne "$code" ] || ! { [ -z "$words" ] || grep -qF -- "$words" said; }; then
        bad=$((bad + 1))
        echo "FAILED: $*"
        echo "  exit $got, expected $code; \"$words\" expected in:"
        sed 's/^/  | /' said | head -20
    fi
}

# that COMMAND succeeds
holds() { expect 0 "" "$@"; }
