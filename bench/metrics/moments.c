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

static double mean_gap(void *self, const moments *m)
{
    (void)self;
    return square(m->dim, m->mean);
}

static int measure_mean(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    exact_moments exact;
    folded f;
    int status = exact_moments_open(&exact, true, dim, 0) || fold_moments(n, dim, x, exact.mean, 0, 1, mean_gap, NULL,
                                                                          &f);

    (void)a;
    if (!status)
        folded_root(&f, q);
    exact_moments_close(&exact);
    return status ? -1 : 0;
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

static int measure_cov(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    exact_moments exact;
    folded f;
    int status = exact_moments_open(&exact, true, dim, 1) || fold_moments(n, dim, x, exact.mean, 1, 1, cov_gap, &exact,
                                                                          &f);

    (void)a;
    if (!status)
        folded_root(&f, q);
    exact_moments_close(&exact);
    return status ? -1 : 0;
}

const metric metric_mean = {
    .name = "mean", .about = "Euclidean distance of the mean of the samples from the exact mean, in units of the data",
    .relative = 1, .refuses = needs_moments, .measure = measure_mean };

const metric metric_cov = {
    .name = "cov", .about = "Frobenius distance of the covariance of the samples from the exact one, relative to the "
                            "norm of the exact one",
    .relative = 1, .refuses = needs_moments, .measure = measure_cov };
