/* Starting states: see start.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/fail.h"
#include "base/files/array.h"
#include "base/random.h"
#include "solvers/engine/start.h"

enum { MEAN, STD };
static const start_kind kinds[] = {
    [START_LAW] = { .name = "law", .about = "x_t of the model's law; where there is none, as prior" },
    [START_DATA] = { .name = "data", .about = "normal, with the moments of the data's columns",
                     .par = { { .name = "file", .about = "points of the data, one a row", .choices = PATH,
                                .def = NAN } } },
    [START_NORMAL] = { .name = "normal", .about = "normal, with these moments of the data",
                       .par = { [MEAN] = { .name = "mean", .about = "of every column of the data",
                                           .min = -1e15, .max = 1e15 },
                                [STD] = { .name = "std", .about = "standard deviation of every column",
                                          .def = NAN, .max = 1e15 } } },
    [START_PRIOR] = { .name = "prior", .about = "the process's prior, whatever the level: as public programs start" },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const char *kind_name(int i) { return kinds[i].name; }

int starts(void) { return KINDS; }
const start_kind *start_at(int i) { return &kinds[i]; }

static int columns_open(start_rule *s, const char *where)
{
    s->mean = calloc(s->dim, sizeof *s->mean);
    s->std = calloc(s->dim, sizeof *s->std);
    return s->mean && s->std ? 0 : fail("%s: out of memory for %d columns", where, s->dim);
}

/* Mean and standard deviation of each column of a file. */
static int moments_of(start_rule *s, const char *where, const char *path)
{
    array a;
    long rows;
    int bad = 0;

    if (array_read(path, &a))
        return -1;
    rows = array_rows(&a);
    if (array_cols(&a) != s->dim)
        bad = fail("%s: %s has rows of %ld numbers, but the model has %d columns", where, path, array_cols(&a), s->dim);
    else if (rows < 2)
        bad = fail("%s: %s has one row; moments need at least two", where, path);
    for (int d = 0; d < s->dim && !bad; d++) {
        double sum = 0, square = 0;

        for (long i = 0; i < rows; i++)
            sum += a.v[i * s->dim + d];
        for (long i = 0; i < rows; i++)
            square += pow(a.v[i * s->dim + d] - sum / rows, 2);
        s->mean[d] = sum / rows;
        s->std[d] = sqrt(square / (rows - 1));
    }
    array_free(&a);
    return bad;
}

int start_parse(start_rule *s, const char *where, const char *item, int dim)
{
    const char *list = "";
    int kind = item ? item_which(where, item, "starts", KINDS, kind_name, &list) : START_LAW, bad;
    args given;

    *s = (start_rule){ .dim = dim };
    if (kind < 0 || args_parse(&given, where, kinds[kind].name, kinds[kind].par, list))
        return -1;
    s->from = kind;
    bad = kind == START_DATA || kind == START_NORMAL ? columns_open(s, where) : 0;
    if (!bad && kind == START_DATA)
        bad = moments_of(s, where, given.text);
    for (int d = 0; d < dim && !bad && kind == START_NORMAL; d++)
        s->mean[d] = given.v[MEAN], s->std[d] = given.v[STD];
    args_free(&given);
    if (bad)
        start_close(s);
    return bad;
}

void start_close(start_rule *s)
{
    free(s->mean), free(s->std);
    *s = (start_rule){ .from = START_LAW };
}

static int near_to(double a, double b) { return fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b)); }

/* At t_max the prior is what was meant. */
static int at_top(const process *p, const level *from)
{
    level top;

    levels(p, 1, &p->t_max, &top);
    return from->t == p->t_max || (near_to(from->alpha, top.alpha) && near_to(from->sigma, top.sigma));
}

int start_check(const start_rule *s, const model *m, const level *from, char *warning, unsigned long size)
{
    snprintf(warning, size, "%s", "");
    if (s->from != START_LAW || m->law || at_top(m->process, from))
        return 0;
    if (from->alpha > from->sigma)
        return fail("the grid begins at t = %.4g, where there is more data than noise, and %s has no law to draw from; "
                    "give the states by --init, the data's moments by --start data:FILE, or --start prior",
                    from->t, m->name);
    snprintf(warning, size, "the grid begins at t = %.4g, below t_max, and %s has no law: it starts from the prior, "
             "without the data's mean and variance; --start data:FILE or normal:mean=M,std=S knows them",
             from->t, m->name);
    return 0;
}

/* x = alpha x_0 + sigma eps */
static int law_states(const law *l, const level *from, uint64_t seed, long first, int n, const int *label, double *x)
{
    size_t N = (size_t)n * l->dim;
    double *x0 = malloc(N * sizeof *x0);
    int bad = x0 ? l->sample(l, (stream){ seed, USE_START }, first, n, label, x0) : fail("out of memory for a start");

    if (!bad)
        normals((stream){ seed, USE_PRIOR }, first, 0, 0, n, l->dim, x);
    for (size_t i = 0; i < N && !bad; i++)
        x[i] = fma(from->sigma, x[i], from->alpha * x0[i]);
    free(x0);
    return bad;
}

void start_states(const process *p, const level *from, int dim, uint64_t seed, long first, int n, double *x)
{
    level top;
    double std = p->prior_std;

    levels(p, 1, &p->t_max, &top);
    if (from->t != p->t_max && fabs(top.sigma - std) < 1e-9 * std)
        std = from->sigma;
    normals((stream){ seed, USE_PRIOR }, first, 0, 0, n, dim, x);
    for (size_t i = 0; i < (size_t)n * dim; i++)
        x[i] *= std;
}

int start_draw(const start_rule *s, const model *m, const level *from, uint64_t seed, long first, int n,
               const int *label, double *x)
{
    int top = at_top(m->process, from);

    if (s->from == START_LAW && m->law && !top)
        return law_states(m->law, from, seed, first, n, label, x);
    if (s->from == START_PRIOR || s->from == START_LAW || top) {
        start_states(m->process, from, s->dim, seed, first, n, x);
        return 0;
    }
    normals((stream){ seed, USE_PRIOR }, first, 0, 0, n, s->dim, x);
    for (int i = 0; i < n; i++)
        for (int d = 0; d < s->dim; d++, x++)
            *x = fma(hypot(from->alpha * s->std[d], from->sigma), *x, from->alpha * s->mean[d]);
    return 0;
}
