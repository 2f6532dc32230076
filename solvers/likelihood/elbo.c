/* The variational bound and its paths: see elbo.h.  A method of its own kind that solve runs: the data go in, what is
 * found out is written beside. */
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_erf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/random.h"
#include "solvers/engine/drive.h"
#include "solvers/likelihood/elbo.h"

/* Where results go; the method is first, so that a run finds the job behind it. */
/* n x (N + 1) terms; n x M, log w or what the bound is the mean of */
typedef struct elbo_job { method how; const elbo *of; int N; double *parts, *sums; } elbo_job;

/* A link from a to b. */
typedef struct hop { const level *a; double ratio, G2, keep, gain, v, u; } hop;

static hop hop_over(const elbo *e, const level *a, const level *b)
{
    double h = b->lambda - a->lambda, fresh = -expm1(-2 * h), G2 = a->sigma * a->sigma * fresh,
        v = b->sigma * b->sigma * fresh;

    return (hop){ a, a->alpha / b->alpha, G2, exp(-h) * b->sigma / a->sigma, b->alpha * fresh, v, e->beta || v == 0
                  ? G2 : v };
}

static double square(int dim, const double *x)
{
    double sum = 0;

    for (int d = 0; d < dim; d++)
        sum = fma(x[d], x[d], sum);
    return sum;
}

/* sum (p x + q y + r z)^2 */
static double square_of(int dim, double p, const double *x, double q, const double *y, double r, const double *z)
{
    double sum = 0;

    for (int d = 0; d < dim; d++) {
        double w = fma(p, x[d], fma(q, y[d], r * z[d]));

        sum = fma(w, w, sum);
    }
    return sum;
}

/* log of the upper tail of the normal law. */
static double log_tail(double z) { return gsl_sf_log_erfc(z * M_SQRT1_2) - M_LN2; }

/* log (Phi(high) - Phi(low)), from the tail in which the interval lies; either may be infinite. */
static double log_between(double low, double high)
{
    double swap = low;

    if (low + high < 0)
        low = -high, high = -swap;
    if (low <= 0)
        return log1p(-(erfc(high * M_SQRT1_2) + erfc(-low * M_SQRT1_2)) / 2);
    return high < INFINITY ? log_tail(low) + log1p(-exp(log_tail(high) - log_tail(low))) : log_tail(low);
}

/* -log p(x_0 | x_1), mean d and variance u. */
static double decoder(const elbo *e, int dim, const hop *l, const double *x0, const double *d)
{
    double sum = 0, per_std = 1 / sqrt(l->u), half = 0.5 * fabs(e->scale), first = e->shift,
        last = fma(e->scale, e->levels - 1, e->shift);

    if (!e->levels)
        return square_of(dim, 1, x0, -1, d, 0, d) / (2 * l->u) + dim / 2. * log(2 * M_PI * l->u);
    if (e->scale < 0)
        first = last, last = e->shift;
    for (int i = 0; i < dim; i++)
        sum -= log_between(x0[i] - half > first ? (x0[i] - half - d[i]) * per_std : -INFINITY,
                           x0[i] + half < last ? (x0[i] + half - d[i]) * per_std : INFINITY);
    return sum;
}

/* KL(q(x_b | x_a, x_0) || p(x_b | x_a)) */
static double divergence(int dim, const hop *l, const double *x0, const double *d)
{
    double part = l->v / l->u;

    return (square_of(dim, l->gain, x0, -l->gain, d, 0, d) / l->u + dim * (part - 1 - log(part))) / 2;
}

/* log q(x_b | x_a, x_0) - log p(x_b | x_a); xb - keep xa is in r. */
static double ratio(int dim, const hop *l, const double *x0, const double *d, const double *r)
{
    return (square_of(dim, 1, r, -l->gain, d, 0, d) / l->u - square_of(dim, 1, r, -l->gain, x0, 0, x0) / l->v
            + dim * log(l->u / l->v))
           / 2;
}

/* KL(q(x_N | x_0) || prior), or log q(x_N | x_0) - log prior(x_N). */
static double prior(const elbo *e, int dim, const level *a, const double *x0, const double *x)
{
    double v = a->sigma * a->sigma, u = e->prior_std * e->prior_std;

    if (e->paths)
        return (square(dim, x) / u - square_of(dim, 1, x, -a->alpha, x0, 0, x0) / v + dim * log(u / v)) / 2;
    return (a->alpha * a->alpha * square(dim, x0) / u + dim * (v / u - 1 - log(v / u))) / 2;
}

/* The next x_k of every row, from z: by itself, or from the level before; then r = x_b - keep x_a. */
static void forward(const run *r, const elbo *e, const hop *l, const double *x0, double *x, double *z)
{
    double *before = x, std = e->paths ? sqrt(l->G2) : l->a->sigma, hold = e->paths ? l->ratio : l->a->alpha;
    const double *from = e->paths ? before : x0;

    for (size_t i = 0; i < (size_t)r->rows * r->dim; i++) {
        double old = from[i], now = fma(hold, old, std * z[i]);

        z[i] = fma(-l->keep, now, old);
        x[i] = now;
    }
}

static int one_draw(drive *v, const elbo_job *j, int m, const double *x0)
{
    run *r = &v->step;
    const elbo *e = j->of;
    const level *top = r->grid, clean = { .alpha = 1, .lambda = INFINITY }, *b = &clean;
    double *x = r->w[0], *z = r->w[1], *d = r->w[2];
    long row = r->group->row;

    memcpy(x, x0, (size_t)r->rows * r->dim * sizeof *x);
    for (int k = 0; k < j->N; k++, b = top + j->N - k) {
        hop l = hop_over(e, top + j->N - 1 - k, b);

        if (told_to_stop(v->plan))
            return STOPPED;
        normals((stream){ e->seed, USE_FORWARD }, row, (long)m * j->N + k, 0, r->rows, r->dim, z);
        forward(r, e, &l, x0, x, z);
        if (eval_data(r, l.a, x, d))
            return FAILED;
        for (int i = 0; i < r->rows; i++) {
            size_t at = (size_t)i * r->dim;
            double *part = j->parts + (row + i) * (j->N + 1), *sum = j->sums + (row + i) * e->draws + m, value;

            value = k == 0 ? decoder(e, r->dim, &l, x0 + at, d + at)
                  : e->paths ? ratio(r->dim, &l, x0 + at, d + at, z + at) : divergence(r->dim, &l, x0 + at, d + at);
            part[k] += value / e->draws, *sum -= value;
            if (k == j->N - 1) {
                value = prior(e, r->dim, top, x0 + at, x + at);
                part[j->N] += value / e->draws, *sum -= value;
            }
        }
        v->count->steps++;
    }
    return 0;
}

static int whole(drive *v, int steps, const level *grid, double *x)
{
    const run *r = &v->step;
    const elbo_job *j = (const elbo_job *)r->how;
    int status = 0;

    for (int m = 0; m < j->of->draws && !status; m++)
        status = one_draw(v, j, m, x);
    for (int i = 0; i < r->rows && !status; i++)
        for (int m = 0; m < j->of->draws; m++)
            /* NaN, so that the row is seen to be lost */
            x[(size_t)i * r->dim] += 0 * j->sums[(r->group->row + i) * j->of->draws + m];
    if (v->plan->done) {
        #pragma omp atomic
        *v->plan->done += r->rows;
    }
    return status;
}

static const solver terms = { .name = "elbo", .work = 3, .whole = whole },
    paths = { .name = "path", .work = 3, .whole = whole };

int elbo_terms(const plan *p) { return (int)(last_noisy(p) - p->grid) + 2; }

/* Mean and standard error over draws, and what paths are for. */
static bound summed(const elbo *e, const double *sums)
{
    double mean = 0, spread = 0;

    for (int m = 0; m < e->draws; m++) {
        double gap = sums[m] - mean;

        mean += gap / (m + 1);
        spread += gap * gap * m / (m + 1);
    }
    return (bound){ mean, sqrt(e->draws > 1 ? spread / (e->draws - 1) / e->draws : NAN),
                    e->paths ? importance_of(e->draws, sums, NULL) : (importance){ NAN, NAN, NAN, NAN } };
}

static int refused(const elbo *e)
{
    const level *a = e->plan->grid, *last = last_noisy(e->plan);

    for (; a < last; a++)
        if (!(a[1].lambda > a->lambda))
            return fail("%s: the grid goes from t = %g to %g, where the noise does not fall; give a grid from noise to "
                        "data", e->paths ? "path" : "elbo", a->t, a[1].t);
    if (!(e->prior_std > 0) || e->draws < 1)
        return fail("elbo: prior_std is %g and draws %d; both must be positive", e->prior_std, e->draws);
    return 0;
}

int elbo_run(const elbo *e, int n, const double *x, bound *out, double *parts, tally *t)
{
    size_t N = (size_t)n * e->plan->field->dim, M = (size_t)n * e->draws, L = (size_t)n * elbo_terms(e->plan);
    elbo_job j = { { .sol = e->paths ? &paths : &terms }, e, elbo_terms(e->plan) - 1, parts,
                   calloc(M, sizeof *j.sums) };
    double *copy = malloc(N * sizeof *copy);
    plan p = *e->plan;
    int status = refused(e);

    p.how = &j.how, p.rtol = 0, p.trace = NULL;
    if (!copy || !j.sums)
        status = fail("out of memory for %d rows with %d draws", n, e->draws);
    if (!status) {
        memcpy(copy, x, N * sizeof *copy);
        memset(parts, 0, L * sizeof *parts);
        status = solve(&p, n, copy, t);
        for (int i = 0; i < n; i++) {
            double lost = 0 * copy[(size_t)i * p.field->dim];

            for (int m = 0; m < e->draws; m++)
                j.sums[(size_t)i * e->draws + m] += lost;
            for (int k = 0; k <= j.N; k++)
                parts[(size_t)i * (j.N + 1) + k] += lost;
            out[i] = summed(e, j.sums + (size_t)i * e->draws);
        }
    }
    free(copy);
    free(j.sums);
    return status;
}
