/* Distance of the sample's mean and covariance from the law's exact ones:  |m - mu|  and  |C - Sigma|_F / |Sigma|_F. */
#include <math.h>
#include <stdlib.h>
#include "bench/metrics/estimate.h"

static double square(long n, const double *v)
{
    double sum = 0;

    for (long i = 0; i < n; i++)
        sum = fma(v[i], v[i], sum);
    return sum;
}

typedef double moment_gap(void *exact, const moments *);

/* The root of a gap over folds of the sample; second: of its covariance. */
static int measure_gap(const truth *true, int n, int dim, const double *x, int second, moment_gap *gap, quality *q)
{
    exact_moments exact;
    folded f;
    int status = exact_moments_open(&exact, true, dim, second)
                 || fold_moments(n, dim, x, exact.mean, second, 1, gap, &exact, &f);

    if (!status)
        folded_root(&f, q);
    exact_moments_close(&exact);
    return status ? -1 : 0;
}

static double mean_gap(void *exact, const moments *m)
{
    (void)exact;
    return square(m->dim, m->mean);
}

static double cov_gap(void *self, const moments *m)
{
    const exact_moments *exact = self;
    long N = (long)m->dim * m->dim;
    double gap = 0;

    for (long i = 0; i < N; i++) {
        double e = m->cov[i] - exact->cov[i];

        gap = fma(e, e, gap);
    }
    return gap / square(N, exact->cov);
}

static int measure_mean(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    return measure_gap(true, n, dim, x, 0, mean_gap, q);
}

static int measure_cov(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    return measure_gap(true, n, dim, x, 1, cov_gap, q);
}

const metric metric_mean = {
    .name = "mean", .about = "Euclidean distance of the mean of the samples from the exact mean, in units of the data",
    .relative = 1, .refuses = needs_moments, .measure = measure_mean };

const metric metric_cov = {
    .name = "cov", .about = "Frobenius distance of the covariance of the samples from the exact one, relative to the "
                            "norm of the exact one",
    .relative = 1, .refuses = needs_moments, .measure = measure_cov };
