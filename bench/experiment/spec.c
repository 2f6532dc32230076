/* A SPEC and the options of bench into lists of words, and those into cells. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bench/experiment/spec.h"
#include "bench/experiment/split.h"
#include "base/files/ini.h"

enum { MOST_NUMBERS = 100000 };

/* Keys in the order of their enum: the name, what holds where it is not given, and whether results depend on it. */
static const struct { const char *name, *otherwise; int decides; } keys[KEYS] = {
    { "models",     NULL,         1 }, { "process", NULL,         1 }, { "wrap",   NULL,   1 }, { "label", NULL, 1 },
    { "final",      "none",       1 }, { "start",  NULL,         1 },
    { "solver",  "dpmpp-2m",   1 }, { "grid",   NULL,   1 }, { "nfe",   NULL, 1 },
    { "steps", NULL, 1 },
    { "samples",    "1000",       1 }, { "seed",    "0",          1 }, { "metric", "sw2 energy", 1 },
    { "features",   NULL,         1 },
    { "time-limit", NULL,         1 }, { "round-cost", "1", 0 }, { "row-cost", "0", 0 }, { "workers", "1", 0 },
    { "output",  NULL,         0 },
};

/* ---- numbers ---- */

static int one_number(const char *where, const char *word, const char *end, long min, long max, long *out)
{
    char *stop;

    errno = 0;
    *out = strtol(word, &stop, 10);
    if (stop == word || stop != end || errno)
        return fail("%s: \"%s\" is not a whole number; write numbers such as 5 10 20, or a range such as 1..5", where,
                    word);
    if (*out < min || *out > max)
        return fail("%s: %ld is out of range; give whole numbers between %ld and %ld", where, *out, min, max);
    return 0;
}

/* 7, or 1..5 */
static int range_of(const char *where, const char *word, long min, long max, long *low, long *high)
{
    const char *dots = strstr(word, "..");

    if (one_number(where, word, dots ? dots : word + strlen(word), min, max, low))
        return -1;
    *high = *low;
    if (dots && one_number(where, dots + 2, word + strlen(word), min, max, high))
        return -1;
    if (*high < *low)
        return fail("%s: the range %s runs backwards; write %ld..%ld", where, word, *high, *low);
    return *high - *low < MOST_NUMBERS ? 0 : fail("%s: the range %s has more than %d numbers", where, word,
                                                  MOST_NUMBERS);
}

static int add_range(const char *where, long low, long high, long **list, int *n)
{
    long *more = realloc(*list, (*n + high - low + 1) * sizeof *more);

    if (!more)
        return fail("%s: out of memory", where);
    *list = more;
    for (long v = low; v <= high; v++) {
        for (int i = 0; i < *n; i++)
            if (more[i] == v)
                return fail("%s: %ld is given twice; leave one out", where, v);
        more[(*n)++] = v;
    }
    return 0;
}

long *whole_numbers(const char *where, const char *text, long min, long max, int *n)
{
    int count, bad = 0;
    char **word = words_of(text, &count);
    long *list = NULL, low, high;

    *n = 0;
    if (!word)
        return NULL;
    for (int i = 0; i < count && !bad; i++)
        bad = range_of(where, word[i], min, max, &low, &high) || add_range(where, low, high, &list, n);
    free(word);
    if (!bad && !*n)
        bad = fail("%s: no number is given; write numbers such as 5 10 20, or a range such as 1..5", where);
    if (bad)
        free(list), list = NULL;
    return list;
}

/* ---- texts: from the file, then from the command line ---- */

static int set_text(spec *s, enum key k, const char *text, const char *where)
{
    free(s->text[k]);
    free(s->where[k]);
    s->text[k] = strdup(text);
    s->where[k] = strdup(where);
    return s->text[k] && s->where[k] ? 0 : fail("%s: out of memory", where);
}

static int read_file(spec *s, const sections *file, section *in)
{
    static const char *const only[] = { "bench", NULL };
    const char *known[KEYS + 1] = { NULL };
    int bad;

    for (int k = 0; k < KEYS; k++)
        known[k] = keys[k].name;
    bad = sections_known(file, "a plan of runs", only) || section_known(file, in, known, NULL);
    for (int k = 0; k < KEYS; k++) {
        const char *text = section_get(in, keys[k].name);

        if (text && !bad)
            bad = set_text(s, k, text, section_where(file, in, keys[k].name));
    }
    free(s->folder);
    s->trust = trust_in(file->path, s->trust);
    if (!(s->folder = strdup(file->folder)))
        bad = fail("%s: out of memory", file->path);
    if (bad || section_all_used(file, in))
        return -1;
    return s->text[MODELS] ? 0 : fail("%s: says no model; add a line such as models = gmm8ring digits",
                                      section_where(file, in, NULL));
}

/* 1: the word was a SPEC and has been read; 0: it is none. */
static int read_spec(spec *s, const char *word)
{
    FILE *f = fopen(word, "r");
    sections *file;
    section *in;
    int status = 0;

    if (!f)
        return 0;
    fclose(f);
    if (!(file = sections_read(word)))
        return -1;
    if ((in = sections_find(file, "bench")))
        status = read_file(s, file, in) ? -1 : 1;
    sections_free(file);
    return status;
}

/* The words as one text that words_of takes apart again; one that has blanks itself (pipe:python3 net.py), or begins
 * with a quote, between quotes. */
static char *joined(const request *r)
{
    char *all = NULL;
    size_t size;
    FILE *f = open_memstream(&all, &size);

    for (int i = 0; f && i < r->words; i++) {
        int quoted = *r->word[i] == '\'' || strpbrk(r->word[i], " \t\n");

        fputs(i ? " " : "", f);
        fputs(quoted ? "'" : "", f);
        for (const char *c = r->word[i]; *c; c++)
            fputs(quoted && *c == '\'' ? "''" : (char[]){ *c, 0 }, f);
        fputs(quoted ? "'" : "", f);
    }
    return f && !fclose(f) ? all : NULL;
}

static int read_words(spec *s, const request *r)
{
    char *all;
    int status;

    if (words_between(r, 1, MAX_WORDS))
        return -1;
    for (int i = 0; i < r->words; i++) {
        status = read_spec(s, r->word[i]);
        if (status < 0)
            return -1;
        if (status && r->words > 1)
            return fail("bench: %s is a SPEC, which names its own models; leave the other words out", r->word[i]);
        if (status)
            return 0;
    }
    all = joined(r);
    status = all ? set_text(s, MODELS, all, "bench") : fail("bench: out of memory");
    free(all);
    return status;
}

/* Budgets of the command line replace a file's, in whichever unit. */
static int read_options(spec *s, const request *r)
{
    for (int k = MODELS + 1; k < KEYS; k++) {
        const char *text = option_text(r, keys[k].name);
        char where[MAX_NAME];

        snprintf(where, sizeof where, "--%s", keys[k].name);
        if (text && (k == NFE || k == STEPS)) {
            enum key other = k == NFE ? STEPS : NFE;

            if (!option_text(r, keys[other].name))
                free(s->text[other]), s->text[other] = NULL;
        }
        if (text && set_text(s, k, text, where))
            return -1;
        if (!s->text[k] && keys[k].otherwise && set_text(s, k, keys[k].otherwise, where))
            return -1;
    }
    return 0;
}

/* ---- texts into lists ---- */

static int split(const spec *s, enum key k, words *w)
{
    if (!(w->word = words_of(s->text[k], &w->n)))
        return -1;
    if (!w->n)
        return fail("%s: names nothing; give at least one", s->where[k]);
    for (int i = 0; i < w->n; i++)
        for (int j = 0; j < i; j++)
            if (!strcmp(w->word[i], w->word[j]))
                return fail("%s: %s is named twice; leave one out", s->where[k], w->word[i]);
    return 0;
}

static int parse_solvers(spec *s)
{
    if (split(s, SOLVER, &s->solver) || !(s->how = calloc(s->solver.n, sizeof *s->how)))
        return -1;
    for (int i = 0; i < s->solver.n; i++)
        if (!(s->how[i] = method_parse(s->where[SOLVER], s->solver.word[i])))
            return -1;
    return 0;
}

static int parse_metrics(spec *s)
{
    char *all = split_items(s->where[METRIC_KEY], s->text[METRIC_KEY]);

    if (!all)
        return -1;
    free(s->text[METRIC_KEY]);
    s->text[METRIC_KEY] = all;
    if (split(s, METRIC_KEY, &s->metric) || !(s->what = calloc(s->metric.n, sizeof *s->what)))
        return -1;
    for (int i = 0; i < s->metric.n; i++)
        if (measure_parse(&s->what[i], s->where[METRIC_KEY], s->metric.word[i]))
            return -1;
    for (int i = 0; i < s->metric.n; i++)
        if (s->what[i].features)
            return s->text[FEATURES]
                       ? 0
                       : fail("%s: %s needs a network; give --features FILE", s->where[METRIC_KEY], s->metric.word[i]);
    return s->text[FEATURES] ? fail("%s: no metric asks for it; write --metric \"features/frechet features/sw2\"",
                                    s->where[FEATURES]) : 0;
}

static int parse_grids(spec *s)
{
    if (s->text[GRID])
        return split(s, GRID, &s->grid);
    s->grid.n = 1;
    return (s->grid.word = calloc(1, sizeof *s->grid.word)) ? 0 : fail("bench: out of memory");
}

static int parse_budgets(spec *s)
{
    if (s->text[NFE] && s->text[STEPS])
        return fail("%s: %s is given as well; choose one of nfe and steps", s->where[STEPS], s->where[NFE]);
    s->by_steps = s->text[STEPS] != NULL;
    if (!s->text[NFE] && !s->text[STEPS])
        return 0;
    s->budget = whole_numbers(s->where[s->by_steps ? STEPS : NFE], s->text[s->by_steps ? STEPS : NFE], 1, 100000000,
                              &s->budgets);
    return s->budget ? 0 : -1;
}

/* One number for all models, or one a model. */
static int parse_samples(spec *s)
{
    words given = { 0 };
    int bad = (given.word = words_of(s->text[SAMPLES], &given.n)) ? 0 : -1;

    if (!bad && !given.n)
        bad = fail("%s: is empty; give a number", s->where[SAMPLES]);
    if (!bad && given.n != 1 && given.n != s->model.n)
        bad = fail("%s: %d numbers for %d models; give one for all or one a model", s->where[SAMPLES], given.n,
                   s->model.n);
    if (!bad && !(s->rows = malloc(s->model.n * sizeof *s->rows)))
        bad = fail("bench: out of memory");
    for (int i = 0; i < s->model.n && !bad; i++) {
        const char *text = given.word[given.n > 1 ? i : 0];

        bad = one_number(s->where[SAMPLES], text, text + strlen(text), 1, 2000000000, &s->rows[i]);
        s->samples = !bad && s->rows[i] > s->samples ? s->rows[i] : s->samples;
    }
    free(given.word);
    return bad;
}

/* A number that is not negative. */
static int parse_cost(const spec *s, enum key k, double *out)
{
    if (number(s->where[k], keys[k].name, s->text[k], out))
        return -1;
    return *out >= 0 ? 0 : fail("%s: %s is negative", s->where[k], s->text[k]);
}

static int parse_machine(spec *s)
{
    if (parse_cost(s, ROUND_COST, &s->on.round) || parse_cost(s, ROW_COST, &s->on.row)
        || parse_cost(s, WORKERS, &s->on.workers))
        return -1;
    if (s->on.workers < 1)
        return fail("%s: %s workers; at least 1 is needed", s->where[WORKERS], s->text[WORKERS]);
    return s->on.round + s->on.row > 0 ? 0
        : fail("%s: a round and a point cost nothing; give one of round-cost and row-cost", s->where[ROUND_COST]);
}

static int parse_rest(spec *s)
{
    if (strcmp(s->text[FINAL], "none") && strcmp(s->text[FINAL], "denoise"))
        return fail("%s: \"%s\" is neither none nor denoise", s->where[FINAL], s->text[FINAL]);
    s->denoise = !strcmp(s->text[FINAL], "denoise");
    s->label = -1;
    if (s->text[LABEL] && one_number(s->where[LABEL], s->text[LABEL], s->text[LABEL] + strlen(s->text[LABEL]), 0,
                                     1000000, &s->label))
        return -1;
    if (s->text[TIME_LIMIT] && number(s->where[TIME_LIMIT], "the time limit", s->text[TIME_LIMIT], &s->limit))
        return -1;
    if (s->text[TIME_LIMIT] && s->limit <= 0)
        return fail("%s: %s is not positive; give seconds", s->where[TIME_LIMIT], s->text[TIME_LIMIT]);
    if (!s->text[OUTPUT] || !*s->text[OUTPUT])
        return fail("bench: no folder for the results; give -o DIR");
    return (s->seed = whole_numbers(s->where[SEED], s->text[SEED], 0, 1L << 53, &s->seeds)) ? 0 : -1;
}

int spec_open(spec *s, const request *r)
{
    *s = (spec){ .folder = strdup(""), .trust = option_trust(r) };
    if (s->folder && !read_words(s, r) && !read_options(s, r) && !split(s, MODELS, &s->model) && !parse_solvers(s)
        && !parse_metrics(s)
        && !parse_grids(s) && !parse_budgets(s) && !parse_samples(s) && !parse_machine(s) && !parse_rest(s))
        return 0;
    spec_close(s);
    return -1;
}

void spec_close(spec *s)
{
    for (int k = 0; k < KEYS; k++)
        free(s->text[k]), free(s->where[k]);
    for (int i = 0; s->how && i < s->solver.n; i++)
        method_free(s->how[i]);
    for (int i = 0; s->what && i < s->metric.n; i++)
        measure_free(&s->what[i]);
    free(s->how), free(s->what), free(s->budget), free(s->rows), free(s->seed), free(s->folder);
    free(s->model.word), free(s->solver.word), free(s->grid.word), free(s->metric.word);
    *s = (spec){ 0 };
}

/* ---- cells ---- */

static budget nth(const spec *s, int b)
{
    return s->budgets ? s->by_steps ? (budget){ (int)s->budget[b], 0 } : (budget){ 0, s->budget[b] } : (budget){ 0, 0 };
}

cell *spec_cells(const spec *s, int *n)
{
    int per = s->budgets ? s->budgets : 1;
    cell *all = malloc((size_t)s->model.n * s->solver.n * per * s->grid.n * s->seeds * sizeof *all);

    *n = 0;
    if (!all)
        return fail("bench: out of memory for the list of runs"), NULL;
    for (int m = 0; m < s->model.n; m++)
        for (int i = 0; i < s->solver.n; i++) {
            int own = recipe_adapts(s->how[i], nth(s, 0));

            for (int b = 0; b < (own ? 1 : per); b++)
                for (int g = 0; g < s->grid.n; g++)
                    for (int k = 0; k < s->seeds; k++)
                        all[(*n)++] = (cell){ m, i, g, own ? (budget){ 0, 0 } : nth(s, b), s->seed[k] };
        }
    return all;
}

void spec_print(const spec *s, FILE *f)
{
    for (int k = 0; k < KEYS; k++) {
        if (!keys[k].decides)
            continue;
        fprintf(f, "# spec %s = ", keys[k].name);
        for (const char *c = s->text[k]; c && *c; c++)
            fputc((unsigned char)*c < ' ' ? ' ' : *c, f);
        fputc('\n', f);
    }
}

/* A path is relative to the SPEC's folder, and so may a word be a path. */
static char *in_folder(const spec *s, const char *word, int path)
{
    size_t size = strlen(s->folder) + strlen(word) + 1;
    char *name = malloc(size);

    if (name)
        snprintf(name, size, "%s%s", path && *word != '/' ? s->folder : "", word);
    else
        fail("%s: out of memory", word);
    return name;
}

char *spec_model(const spec *s, int i)
{
    const char *word = s->model.word[i], *tail = strrchr(word, '.');

    return in_folder(s, word, (strchr(word, '/') || (tail && !strcmp(tail, ".ini"))) && !strchr(word, ':'));
}

/* One of the command line is none of the SPEC's. */
char *spec_features(const spec *s) { return in_folder(s, s->text[FEATURES], strncmp(s->where[FEATURES], "--", 2)); }
