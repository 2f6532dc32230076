/* Laws in closed form that tests of metrics share, and the spread of a metric over repetitions. */
#include <gsl/gsl_math.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include "tests/support/gauss.h"
#include "tests/suite.h"

static int gauss_sample(const law *l, stream s, long row, int n, const int *label, double *x)
{
    const gauss *g = (const gauss *)l;

    normals(s, row, 0, 0, n, l->dim, x);
    for (long i = (long)n * l->dim - 1; i >= 0; i--)
        x[i] = g->mean + g->std * (x[i] + (i % l->dim ? g->shear * x[i - i % l->dim] : 0));
    return 0;
}

static int gauss_logpdf(const law *l, const batch *p, double *logp)
{
    const gauss *g = (const gauss *)l;

    for (int k = 0; k < p->groups * p->rows; k++) {
        const level *at = &p->at[k / p->rows];
        double var = at->alpha * at->alpha * g->std * g->std + at->sigma * at->sigma, square = 0;

        for (int d = 0; d < l->dim; d++)
            square += pow(p->x[(long)k * l->dim + d] - at->alpha * g->mean, 2);
        logp[k] = -square / (2 * var) - l->dim / 2. * log(2 * M_PI * var);
    }
    return 0;
}

static int gauss_denoise(const law *l, const batch *p, double *x0, double *div)
{
    const gauss *g = (const gauss *)l;

    for (long i = 0; i < (long)p->groups * p->rows * l->dim; i++) {
        const level *at = &p->at[i / ((long)p->rows * l->dim)];
        double gain = at->alpha * g->std * g->std / (at->alpha * at->alpha * g->std * g->std + at->sigma * at->sigma);

        x0[i] = g->mean + gain * (p->x[i] - at->alpha * g->mean);
    }
    return div ? -1 : 0;
}

static int gauss_moments(const law *l, double *mean, double *cov)
{
    const gauss *g = (const gauss *)l;

    for (int i = 0; i < l->dim && mean; i++)
        mean[i] = g->mean;
    for (int i = 0; i < l->dim * l->dim && cov; i++)
        cov[i] = g->std * g->std
                 * (!(i % (l->dim + 1)) + g->shear * ((i < l->dim && i) + !(i % l->dim) * (i > 0))
                    + g->shear * g->shear * (i >= l->dim && i % l->dim));
    return 0;
}

gauss gauss_law(int dim, double mean, double std)
{
    return (gauss){ { .name = "gauss", .dim = dim, .sample = gauss_sample, .denoise = gauss_denoise,
                      .logpdf = gauss_logpdf,
                      .moments = gauss_moments }, mean, std, 0 };
}

static const double thirds[] = { 0.5, 0.3, 0.2 };

static int comb_sample(const law *l, stream s, long row, int n, const int *label, double *x)
{
    uniforms(s, row, 0, 0, n, 1, x);
    for (int i = 0; i < n; i++)
        x[i] = (x[i] > 0.5) + (x[i] > 0.8);
    return 0;
}

static int comb_mode(const law *l, const batch *p, int *mode)
{
    for (int i = 0; i < p->groups * p->rows; i++)
        mode[i] = p->x[i] < 0.5 ? 0 : p->x[i] < 1.5 ? 1 : 2;
    return 0;
}

const law comb = { .name = "comb", .dim = 1, .modes = 3, .sample = comb_sample, .mode_of = comb_mode,
                   .mode_weight = thirds };

const level clean = { .alpha = 1, .lambda = INFINITY };

double *shifted(const gauss *g, long seed, int n, double shift, double scale)
{
    double *x = malloc((size_t)n * g->law.dim * sizeof *x);

    gauss_sample(&g->law, (stream){ seed, USE_PRIOR }, 0, n, NULL, x);
    for (int i = 0; i < n * g->law.dim; i++)
        x[i] = scale * x[i] + shift;
    return x;
}

quality value_of(const char *item, const truth *t, int n, int dim, const double *x)
{
    measure m;
    quality q = { NAN, NAN, NAN };
    const char *reason;

    if (must(measure_parse(&m, "--metric", item)))
        return q;
    must(measure_value(&m, t, n, dim, x, &q, &reason));
    CU_ASSERT(!reason);
    measure_free(&m);
    return q;
}

void spread_count(spread *s, int k, quality q)
{
    double gap = q.value - s->mean;

    s->mean += gap / (k + 1);
    s->sd += gap * gap * k / (k + 1);
    s->se += (q.se - s->se) / (k + 1);
}

/* On one thread: starting others costs more than measures this small. */
spread repeat(const char *item, gauss *g, int times, int n, double shift, double scale)
{
    spread s = { 0 };
    int threads = omp_get_max_threads();

    omp_set_num_threads(1);
    for (int k = 0; k < times; k++) {
        truth t = { .law = &g->law, .at = clean, .seed = 1000 + k };
        double *x = shifted(g, 5000 + k, n, shift, scale);

        spread_count(&s, k, value_of(item, &t, n, g->law.dim, x));
        free(x);
    }
    s.sd = sqrt(s.sd / (times - 1));
    omp_set_num_threads(threads);
    return s;
}
