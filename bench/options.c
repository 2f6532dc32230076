/* The tables of commands and options, and the parser that reads them. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/options.h"
#include "bench/ranks.h"
#include "base/fail.h"
#include "base/files/target.h"
#include "base/item.h"

const command commands[] = {
    { "list", LIST, "[solvers|processes|grids|models|metrics|wrappers|layers|estimators|starts]",
      "names what there is, with parameters and claims",
      "Without a word it lists everything.", cmd_list },
    { "sample", SAMPLE, "MODEL", "draws samples by one method and says what it cost",
      "MODEL is a name, a model file, or a field of your own: plugin:FILE,ARGS or pipe:COMMAND. Without -o the samples "
      "go to stdout as text and the record of the run to stderr.",
      cmd_sample },
    { "bench", BENCH, "[SPEC | MODEL...]", "runs models x solvers x budgets x seeds and measures the quality of each",
      "A SPEC is a file with a [bench] section whose keys are the long options. Results go to DIR/results.tsv, one row "
      "a run, as they are finished. Built with MPI=1, `mpirun -n N fokker bench ...` shares the runs among N ranks.",
      cmd_bench },
    { "order", ORDER, "[SOLVER...]", "measures the order of convergence of each solver against its claim",
      "The exit code is 1 where a claim is refuted.", cmd_order },
    { "logp", LOGP, "MODEL", "log-likelihoods by the probability flow, each with its error budget",
      "Without --data the points are -n exact samples of the model. Where options name several values every "
      "combination is run, and -o is a folder.", cmd_logp },
    { "check", CHECK, "MODEL", "asks a field what a sampler will ask it, and says what is amiss",
      "Finite? What does it predict? Does a row depend on its batch? Error by noise level, cost by batch. The exit "
      "code is 1 where something is wrong.", cmd_check },
    { "train", TRAIN, "SPEC", "trains a network for data by denoising score matching",
      "A SPEC is a model file with [net] and [train]. -o NAME.safetensors gets the weights and all that sampling "
      "needs; NAME.tsv the curve of the loss.", cmd_train },
    { "compat", COMPAT, "[\"LIBRARY NAME(KEY=VALUE, ...)\"]",
      "prints the line that reproduces a sampler of another program",
      "Without a word it lists all samplers that are known, with their arguments; a line of remarks says what "
      "differs.", cmd_compat },
    { "plot", PLOT, "DIR|results.tsv|terms.tsv",
      "draws the figures of a benchmark, of orders or log-likelihoods again, with gnuplot", "", cmd_plot },
    { "help", HELP, "[COMMAND]", "explains the program or a command", "", cmd_help },
    { 0 },
};

const option options[] = {
    { "solver", 's', "\"S...\"", "solver with its parameters, name:key=value; bench takes several (default dpmpp-2m)",
      SAMPLE | BENCH | LOGP },
    { "process", 'p', "P", "noise process instead of the model's, name:key=value",
      SAMPLE | BENCH | ORDER | CHECK | LOGP },
    { "grid", 'g', "G", "time grid (default lambda, for edm karras); bench takes several",
      SAMPLE | BENCH | ORDER | LOGP },
    { "steps", 0, "N", "steps of the grid", SAMPLE | BENCH | LOGP },
    { "nfe", 0, "N", "budget of field calls: as many steps as fit in; bench takes several", SAMPLE | BENCH | LOGP },
    { "samples", 'n', "ROWS", "number of samples (default 1000); bench takes one for all models or one a model",
      SAMPLE | BENCH | CHECK | LOGP },
    { "seed", 0, "K", "seed of all randomness (default 0); bench takes several, 1..5", SAMPLE | BENCH | CHECK | LOGP },
    { "init", 0, "x.npy", "states to start from, rows x dim, instead of the prior", SAMPLE },
    { "start", 0, "S", "states of a grid that begins below t_max: law, prior, data:FILE or normal:mean=M,std=S "
                       "(default law)", SAMPLE | BENCH },
    { "noise", 0, "z.npy", "recorded normals, draws x rows x dim, used in the order of drawing", SAMPLE },
    { "final", 0, "none|denoise", "whether a last step goes to sigma = 0 (default none)", SAMPLE | BENCH },
    { "wrap", 0, "\"W...\"", "wrappers of the field, from the inside out", SAMPLE | BENCH | CHECK | LOGP },
    { "label", 0, "L", "class to condition on; sample takes also each: all in turns", SAMPLE | BENCH | CHECK | LOGP },
    { "trajectory", 0, "t.npy", "write every state, (steps + 1) x rows x dim", SAMPLE },
    { "png", 0, "sheet.png", "draw the samples: a contact sheet of images, or a density in 2-D", SAMPLE },
    { "data", 'd', "x.npy|MODEL", "data, rows x dim, or the points of a model's data set (default samples of the "
                                  "model); train: what ${DATA} stands for in the SPEC", LOGP | CHECK | TRAIN },
    { "trace", 0, "\"T...\"", "divergence: exact, hutchinson, hutchpp or xtrace, name:key=value (default exact)",
      LOGP },
    { "probes", 0, "M", "Jacobian products a point and time of a trace estimator (default 8)", LOGP },
    { "budget", 0, "ROWS", "field rows a point, split between steps and probes for the least error", LOGP },
    { "probe", 0, "z.npy", "recorded directions, rows x probes x dim, instead of random ones", LOGP },
    { "control", 0, "none|gauss", "control variate: the Jacobian of a Gaussian with the data's moments (default none)",
      LOGP },
    { "fit", 0, "x.npy|MODEL",
      "points to which that Gaussian is fitted, where the model has no law (default the data)", LOGP },
    { "prior", 0, "normal|exact", "density at t_max: N(0, prior_std^2) or the law's own (default normal)", LOGP },
    { "rtol", 0, "R", "relative tolerance of own steps (default the solver's, 1e-5)", LOGP },
    { "atol", 0, "A", "absolute tolerance of own steps (default rtol)", LOGP },
    { "no-check", 0, NULL, "no second, finer run for the solver's error", LOGP },
    { "route", 0, "\"R...\"",
      "flow, or a bound by a chain, elbo or path, each with steps=N,variance=posterior|beta (default flow)", LOGP },
    { "levels", 0, "L", "the data are whole numbers 0 .. L-1: log probabilities, and bits/dim", LOGP },
    { "dequantise", 0, "uniform|normal[:std=S]",
      "where in their cells the points lie (default uniform; normal: S levels, default the noise at t_min)", LOGP },
    { "importance", 0, "K", "points a row, weighted (default 1)", LOGP },
    { "scale", 0, "A", "whole numbers v stand at A v + B (default that of the model's data set)", LOGP },
    { "shift", 0, "B", "see scale", LOGP },
    { "encode", 0, "z.npy", "write the states at t_max, and report how far the way back misses the data", LOGP },
    { "decode", 0, "z.npy", "states at t_max to bring back to t_min, written to -o; nothing else is done", LOGP },
    { "metric", 'm', "\"M...\"", "what is measured (default \"sw2 energy\"); split:M, by its parts", BENCH },
    { "features", 0, "FILE",
      "the network that metrics named features/M see samples through: an .onnx, or a model file with [features]",
    BENCH },
    { "time-limit", 0, "S", "seconds after which a run is given up with status budget", BENCH },
    { "round-cost", 0, "S", "seconds a round on the machine that rounds.tsv plans for (default 1)", BENCH },
    { "row-cost", 0, "S", "seconds a point there (default 0)", BENCH },
    { "workers", 0, "W", "points that it works on at once (default 1)", BENCH },
    { "twin", 0, NULL, "also run the serial twin of a method that is parallel in time: speed-up and distance", SAMPLE },
    { "resume", 0, NULL, "go on where an interrupted benchmark or training stopped", BENCH | TRAIN },
    { "resume-anyway", 0, NULL, "the same, though the program or the processor is another now", BENCH | TRAIN },
    { "output", 'o', "FILE|DIR",
      "where the samples (sample), the weights (train) or the results (bench, order, check, logp) go",
    SAMPLE | BENCH | ORDER | CHECK | LOGP | TRAIN },
    { "trust", 0, NULL, "files may start programs and load objects: kind = pipe, kind = plugin (see docs/trust.md)",
      SAMPLE | BENCH | CHECK | LOGP | TRAIN },
    { "all", 0, NULL, "every solver on every process and grid", ORDER },
    { "tsv", 0, NULL, "tab-separated values for programs to read", LIST | ORDER | COMPAT },
    { "threads", 't', "N", "number of threads (default: one a core)", EVERY },
    { "quiet", 'q', NULL, "no progress, no record", EVERY },
    { "help", 'h', NULL, "this text", EVERY },
    { 0 },
};

static int count_options(void)
{
    int n = 0;

    while (options[n].name)
        n++;
    return n;
}

static int place(const char *name)
{
    for (int i = 0; options[i].name; i++)
        if (!strcmp(options[i].name, name))
            return i;
    return -1;
}

/* The option that `word` (--name, --name=value, -x) names for this command, or -1 with a sentence. */
static int which(const command *c, const char *word)
{
    char name[MAX_NAME] = "";
    int i = -1;

    if (word[1] != '-') {
        for (int k = 0; options[k].name; k++)
            if (options[k].letter && options[k].letter == word[1])
                i = k;
    } else {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
        i = place(name);
    }
    if (i >= 0 && options[i].commands & c->bit)
        return i;
    if (i >= 0)
        return fail("%s: --%s is no option of %s; see `fokker help %s`", c->name, options[i].name, c->name, c->name);
    if (word[1] != '-')
        return fail("%s: unknown option %.2s; see `fokker help %s`", c->name, word, c->name);
    return fail("%s: unknown option --%s; did you mean --%s?", c->name, name,
                nearest(name, count_options(), options, sizeof *options));
}

static const command *find_command(const char *name)
{
    int n = 0;

    for (; commands[n].name; n++)
        if (!strcmp(commands[n].name, name))
            return &commands[n];
    fail("unknown command \"%s\"; did you mean %s?", name, nearest(name, n, commands, sizeof *commands));
    return NULL;
}

/* One option with its value, which may stand in the same word; returns how many words it took, or -1. */
static int take(request *r, int left, char **word)
{
    int i = which(r->command, *word);
    const char *joined;

    if (i < 0)
        return -1;
    if (r->value[i] && options[i].arg)
        return fail("%s: --%s is given twice, first as \"%.80s\"; give it once%s", r->command->name, options[i].name,
                    r->value[i], strchr(options[i].arg, '"') ? ", several in one pair of quotes" : "");
    joined = word[0][1] == '-' ? strchr(*word, '=') : word[0][2] ? *word + 1 : NULL;
    if (!options[i].arg) {
        if (joined)
            return fail("%s: --%s takes no value", r->command->name, options[i].name);
        r->value[i] = "";
        return 1;
    }
    if (!joined && left < 2)
        return fail("%s: --%s needs a value, %s", r->command->name, options[i].name, options[i].arg);
    r->value[i] = joined ? joined + 1 : word[1];
    return joined ? 1 : 2;
}

int options_parse(int argc, char **argv, request *r)
{
    *r = (request){ .command = find_command(argv[1]) };
    if (!r->command)
        return -1;
    for (int i = 2; i < argc; ) {
        int took = 1;

        if (!strcmp(argv[i], "--")) {
            for (i++; i < argc && r->words < MAX_WORDS; i++)
                r->word[r->words++] = argv[i];
            break;
        }
        if (argv[i][0] == '-' && argv[i][1])
            took = take(r, argc - i, argv + i);
        else if (r->words < MAX_WORDS)
            r->word[r->words++] = argv[i];
        else
            took = fail("%s: more than %d words; use a spec file", r->command->name, MAX_WORDS);
        if (took < 0)
            return -1;
        i += took;
    }
    return 0;
}

const char *option_text(const request *r, const char *name) { return r->value[place(name)]; }

int option_whole(const request *r, const char *name, long min, long max, long otherwise, long *out)
{
    const char *text = option_text(r, name);
    char where[MAX_NAME];
    double v;

    *out = otherwise;
    if (!text)
        return 0;
    snprintf(where, sizeof where, "%s", r->command->name);
    if (number(where, name, text, &v))
        return -1;
    if (v != floor(v) || v < min || v > max)
        return fail("%s: --%s is %s; give a whole number between %ld and %ld", where, name, text, min, max);
    *out = (long)v;
    return 0;
}

int option_number(const request *r, const char *name, double min, double max, double otherwise, double *out)
{
    const char *text = option_text(r, name);

    *out = otherwise;
    if (!text)
        return 0;
    if (number(r->command->name, name, text, out))
        return -1;
    return *out >= min && *out <= max ? 0 : fail("%s: --%s is %s; give a number between %g and %g", r->command->name,
                                                 name, text, min, max);
}

int option_choice(const request *r, const char *name, const char *choices)
{
    const char *text = option_text(r, name);
    int n, found = text ? -1 : 0;
    char **word = words_of(choices, &n);

    for (int i = 0; word && text && i < n; i++)
        found = strcmp(word[i], text) ? found : i;
    if (word && found < 0)
        fail("%s: --%s is \"%s\"; give one of: %s", r->command->name, name, text, choices);
    free(word);
    return word ? found : -1;
}

enum trust option_trust(const request *r) { return option_text(r, "trust") ? TRUST_FILES : TRUST_NAME; }

int words_between(const request *r, int least, int most)
{
    if (r->words >= least && r->words <= most)
        return 0;
    if (r->words < least)
        return fail("%s: %s is missing; see `fokker help %s`", r->command->name, r->command->words, r->command->name);
    return fail("%s: \"%s\" is one word too many; see `fokker help %s`", r->command->name, r->word[most],
                r->command->name);
}

/* The word within quotes, in which two stand for one, moved to where it began; what follows it. */
static char *unquote(char *text)
{
    char *out = text, *at = text + 1;

    for (; *at && (*at != '\'' || at[1] == '\''); at++) {
        at += *at == '\'';
        *out++ = *at;
    }
    *out = 0;
    return at + (*at != 0);
}

char **words_of(const char *text, int *n)
{
    static const char blanks[] = " \t\n";
    size_t len = strlen(text);
    char **word = malloc((len / 2 + 2) * sizeof *word + len + 1), *at;

    *n = 0;
    if (!word)
        return fail("out of memory"), NULL;
    at = memcpy(word + len / 2 + 2, text, len + 1);
    while (*(at += strspn(at, blanks))) {
        char *end;

        word[(*n)++] = at;
        if (*at == '\'' && strchr(at + 1, '\'')) {
            at = unquote(at);
            continue;
        }
        end = at + strcspn(at, blanks);
        at = end + (*end != 0);
        *end = 0;
    }
    word[*n] = NULL;
    return word;
}

int writable(const char *option_name, const char *path)
{
    if (!target_try(path))
        return 0;
    return write_failed() ? fail_write("--%s: %s", option_name, last_error())
        : fail("--%s: %s", option_name, last_error());
}

/* A disk that is full is no bad input. */
int complain(int code)
{
    if (code == USAGE && write_failed())
        code = FAILED_RUN;
    if (code != USAGE || ranks_speaks())            /* what is wrong with the words is wrong in every rank */
        fprintf(stderr, "fokker: %s\n", last_error());
    return code;
}

int undrawn(const char *later, ...)
{
    va_list ap;

    if (write_failed())
        return complain(FAILED_RUN);
    fprintf(stderr, "fokker: warning: no plots: %s; ", last_error());
    va_start(ap, later);
    vfprintf(stderr, later, ap);
    va_end(ap);
    fputc('\n', stderr);
    return OK;
}
