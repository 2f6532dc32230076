/* The metrics by name, exact samples of the truth, and value, standard error and floor of a sample. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/metrics/metric.h"
#include "bench/metrics/reference.h"
#include "base/fail.h"

enum { FLOOR_SEEDS = 4 };

#define METRIC(id) extern const metric metric_##id;
#include "bench/metrics/metrics.h"
#undef METRIC

static const metric *const all[] = {
#define METRIC(id) &metric_##id,
#include "bench/metrics/metrics.h"
#undef METRIC
};

int metrics(void) { return sizeof all / sizeof *all; }
const metric *metric_at(int i) { return all[i]; }

/* Another seed, far from its neighbours (splitmix64). */
static uint64_t other_seed(uint64_t seed, uint64_t k)
{
    uint64_t z = seed + (k + 1) * 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* x = alpha x + sigma eps for samples row, row + 1, ...; eps in strips. */
static int to_level(const truth *true, long row, int n, int dim, double *x)
{
    enum { STRIP = 4096, EPS = 1000 };
    const stream eps = { other_seed(true->seed, EPS), USE_METRIC };
    int rows = dim < STRIP ? STRIP / dim : 1;
    double alpha = true->at.alpha, sigma = true->at.sigma, *z = malloc((size_t)rows * dim * sizeof *z);

    if (!z)
        return fail("exact samples: out of memory");
    for (int i = 0; i < n; i += rows) {
        int m = n - i < rows ? n - i : rows;
        double *v = x + (long)i * dim;

        normals(eps, row + i, 0, 0, m, dim, z);
        for (int j = 0; j < m * dim; j++)
            v[j] = fma(alpha, v[j], sigma * z[j]);
    }
    free(z);
    return 0;
}

int truth_sample(const truth *true, long row, int n, int dim, double *x)
{
    const law *l = true->law;

    if (true->ends) {
        memcpy(x, true->ends + row * dim, (size_t)n * dim * sizeof *x);
        return 0;
    }
    if (!l)
        return fail("exact samples: nothing is known of the data; give a model with a [data] section");
    if (dim != l->dim)
        return fail("exact samples: the samples have %d columns and the law %s has %d; compare equal dimensions", dim,
                    l->name, l->dim);
    if (l->sample(l, (stream){ true->seed, USE_METRIC }, row, n, true->label ? true->label + row : NULL, x))
        return -1;
    return true->at.alpha == 1 && true->at.sigma == 0 ? 0 : to_level(true, row, n, dim, x);
}

static const char *name_of(int i) { return all[i]->name; }

/* ---- items ---- */

static const param of_param = { "of",
                                "whose end points: the run's, or those of the field's own flow from the same starts",
    "run field", OF_RUN };
static const param to_params[] = {
    [AGAINST_SAMPLE] = { "to", "their distance to exact samples, or to the field's own flow from the same starts",
                         "law field", 0 },
    [AGAINST_FLOW] = { "to", "their distance to the field's own flow, or to the law's, from the same starts",
                       "field law", 0 },
};
static const enum whose to_whose[][2] = { [AGAINST_LAW] = { OF_LAW }, [AGAINST_SAMPLE] = { OF_LAW, OF_FIELD },
                                          [AGAINST_FLOW] = { OF_FIELD, OF_LAW } };

static int own_params(const metric *k)
{
    int n = 0;

    while (k->par[n].name)
        n++;
    return n;
}

void metric_params(const metric *k, param out[MAX_PARAM])
{
    int n = own_params(k);

    memset(out, 0, MAX_PARAM * sizeof *out);
    memcpy(out, k->par, n * sizeof *out);
    out[n++] = of_param;
    if (k->against != AGAINST_LAW)
        out[n] = to_params[k->against];
}

const char *metric_item(const char *item)
{
    size_t n = strlen(FEATURES_PREFIX);

    return strncmp(item, FEATURES_PREFIX, n) ? item : item + n;
}

int measure_parse(measure *m, const char *where, const char *item)
{
    const char *list, *bare = metric_item(item);
    int which = item_which(where, bare, "metrics", metrics(), name_of, &list), n;
    param par[MAX_PARAM];

    *m = (measure){ .features = bare != item };
    if (which < 0)
        return -1;
    m->kind = all[which], n = own_params(m->kind);
    strcpy(m->name, m->kind->name);
    metric_params(m->kind, par);
    if (args_parse(&m->given, where, m->name, par, list))
        return -1;
    m->of = (enum whose)m->given.v[n];
    m->to = to_whose[m->kind->against][m->kind->against == AGAINST_LAW ? 0 : (int)m->given.v[n + 1]];
    if (m->of != m->to && !(m->features
                            && (m->kind->against == AGAINST_FLOW || m->of == OF_FIELD || m->to == OF_FIELD)))
        return 0;
    measure_free(m);
    return m->of == m->to ? fail("%s: %s is the distance of the field's flow to itself; give to=law", where, item)
                          : fail("%s: %s looks at a flow, which no network sees; leave %s out", where, item,
                                 FEATURES_PREFIX);
}

void measure_free(measure *m) { args_free(&m->given); }

const char *const part_names[PART_COUNT] = { "whole", "solver", "network" };

enum part measure_part(const measure *m)
{
    return m->to == OF_FIELD ? PART_SOLVER : m->of == OF_FIELD ? PART_NETWORK : PART_WHOLE;
}

/* ---- values ---- */

/* Why there is no flow to look at, or NULL. */
static const char *lacks_flow(const measure *m, const truth *true, int dim)
{
    int paired = m->kind->against == AGAINST_FLOW;

    if (!paired && m->of == OF_RUN && m->to == OF_LAW)
        return NULL;
    if (!true->deterministic)
        return "needs a deterministic solver";
    if (!true->field || !true->proc || !true->start || !true->from)
        return "needs the start of the run";
    if (paired && m->to == OF_LAW && !true->exact)
        return "needs a model whose data are known";
    return true->field->dim == dim ? NULL : "needs samples of the field's dimension";
}

const char *measure_refuses(const measure *m, const truth *true, int n, int dim)
{
    const char *no = n < 4 ? "needs at least 4 samples" : lacks_flow(m, true, dim);

    return no || !m->kind->refuses ? no : m->kind->refuses(true, n, dim);
}

/* Where a flow takes the run's first n starts, n x dim, owned. */
static double *ends_of(const truth *true, const score *whose, int n)
{
    double *y = malloc((size_t)n * whose->dim * sizeof *y);

    if (!y)
        return fail("flows: out of memory for %d samples; use fewer samples", n), NULL;
    if (!reference_cached(true->cache, whose, true->proc, true->start, &true->at, n, true->label, true->from, y))
        return y;
    free(y);
    return NULL;
}

/* The two sides in the places of the run's samples and of what they are compared with. */
static int measure_sides(const measure *m, const truth *true, int n, int dim, const double *x, quality *q)
{
    int flows = m->kind->against == AGAINST_FLOW || m->to == OF_FIELD;
    truth with = *true;
    double *of = m->of == OF_FIELD ? ends_of(true, true->field, n) : NULL, *to = NULL;
    int status = m->of == OF_FIELD && !of ? -1 : 0;

    if (!status && flows)
        status = (with.ends = to = ends_of(true, m->to == OF_FIELD ? true->field : true->exact, n)) ? 0 : -1;
    status = status || m->kind->measure(&with, &m->given, n, dim, of ? of : x, q) ? -1 : 0;
    free(of), free(to);
    return status;
}

int measure_value(const measure *m, const truth *true, int n, int dim, const double *x, quality *q, const char **reason)
{
    const char *no = measure_refuses(m, true, n, dim);

    if (m->kind->few && m->given.v[0] < n)
        n = (int)m->given.v[0];
    *q = (quality){ NAN, NAN, NAN };
    if (reason)
        *reason = no;
    return no ? 0 : measure_sides(m, true, n, dim, x, q);
}

int measure_floor(const measure *m, const truth *true, int n, int dim, double *floor)
{
    double *x, sum = 0;
    int status = 0;

    *floor = m->kind->against == AGAINST_FLOW || m->to == OF_FIELD ? 0 : NAN;
    if (*floor == 0 || measure_refuses(m, true, n, dim))
        return 0;
    if (!(x = malloc((size_t)n * dim * sizeof *x)))
        return fail("%s: out of memory for the floor of %d samples; use fewer samples", m->name, n);
    for (int k = 0; k < FLOOR_SEEDS && !status; k++) {
        truth other = *true;
        quality q;

        other.seed = other_seed(true->seed, k);
        status = truth_sample(&other, 0, n, dim, x) || m->kind->measure(true, &m->given, n, dim, x, &q);
        sum += status ? 0 : q.value;
    }
    free(x);
    if (!status)
        *floor = sum / FLOOR_SEEDS;
    return status ? -1 : 0;
}
