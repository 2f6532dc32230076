/* The metrics by name, exact samples of the truth, and value, standard error and floor of a sample. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/metric.h"
#include "models/fail.h"

enum { FLOOR_SEEDS = 4 };

#define METRIC(id) extern const metric metric_##id;
#include "bench/metrics.h"
#undef METRIC

static const metric *const all[] = {
#define METRIC(id) &metric_##id,
#include "bench/metrics.h"
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

    if (!l)
        return fail("exact samples: nothing is known of the data; give a model with a [data] section");
    if (dim != l->dim)
        return fail("exact samples: the samples have %d columns and the law %s has %d; compare equal dimensions", dim, l->name, l->dim);
    if (l->sample(l, (stream){ true->seed, USE_METRIC }, row, n, true->label ? true->label + row : NULL, x))
        return -1;
    return true->at.alpha == 1 && true->at.sigma == 0 ? 0 : to_level(true, row, n, dim, x);
}

static const char *name_of(int i) { return all[i]->name; }

int measure_parse(measure *m, const char *where, const char *item)
{
    const char *list;
    int which = item_which(where, item, "metrics", metrics(), name_of, &list);

    *m = (measure){ 0 };
    if (which < 0)
        return -1;
    m->kind = all[which];
    strcpy(m->name, m->kind->name);
    return args_parse(&m->given, where, m->name, m->kind->par, list);
}

void measure_free(measure *m) { args_free(&m->given); }

int measure_value(const measure *m, const truth *true, int n, int dim, const double *x, quality *q, const char **reason)
{
    const char *no = n < 4 ? "needs at least 4 samples" : m->kind->refuses(true, n, dim);

    *q = (quality){ NAN, NAN, NAN };
    if (reason)
        *reason = no;
    if (no)
        return 0;
    return m->kind->measure(true, &m->given, n, dim, x, q);
}

int measure_floor(const measure *m, const truth *true, int n, int dim, double *floor)
{
    double *x, sum = 0;
    int status = 0;

    *floor = m->kind->no_floor ? 0 : NAN;
    if (m->kind->no_floor || n < 4 || m->kind->refuses(true, n, dim))
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
