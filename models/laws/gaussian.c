/* A single Gaussian: the mixture of one mode. */
#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/eigen.h"
#include "base/fail.h"
#include "models/laws/gaussian.h"
#include "models/laws/mixture.h"

/* full: with a basis of eigenvectors, dim x dim; else the columns are independent. */
static mixture *one_mode(int dim, int full)
{
    mixture *m = calloc(1, sizeof *m);

    if (!m)
        return fail("out of memory"), NULL;
    m->law = mixture_law;
    m->law.close = mixture_close, m->law.dim = dim, m->law.modes = 1;
    m->kernels = full ? &mixture_full : &mixture_flat, m->K = 1;
    m->weight = malloc(sizeof *m->weight), m->logw = malloc(sizeof *m->logw), m->shell = malloc(sizeof *m->shell);
    m->mean = malloc(dim * sizeof *m->mean), m->var = malloc(dim * sizeof *m->var);
    m->basis = full ? malloc((size_t)dim * dim * sizeof *m->basis) : NULL;
    if (!m->weight || !m->logw || !m->shell || !m->mean || !m->var || (full && !m->basis))
        return mixture_close(&m->law), fail("out of memory for a Gaussian of %d columns", dim), NULL;
    *m->weight = 1, *m->logw = 0, *m->shell = 1;
    m->law.mode_weight = m->weight;
    return m;
}

/* Eigenvalues below 1e-9 of the mean one count as that much. */
static law *raised(mixture *m)
{
    int dim = m->law.dim;
    double sum = 0;

    for (int d = 0; d < dim; d++)
        sum += m->var[d];
    for (int d = 0; d < dim; d++)
        m->var[d] = fmax(m->var[d], sum > 0 ? 1e-9 * sum / dim : 1e-300);
    return &m->law;
}

law *gaussian_open(int dim, const double *mean, const double *cov)
{
    mixture *m = one_mode(dim, 1);

    if (!m)
        return NULL;
    memcpy(m->mean, mean, dim * sizeof *mean);
    return eigen(dim, cov, m->var, m->basis) ? mixture_close(&m->law), NULL : raised(m);
}

/* Means and variances of n points. */
static law *fit_columns(long n, int dim, const double *x)
{
    mixture *m = one_mode(dim, 0);

    if (!m)
        return NULL;
    memset(m->mean, 0, dim * sizeof *m->mean), memset(m->var, 0, dim * sizeof *m->var);
    for (long i = 0; i < n; i++)
        for (int d = 0; d < dim; d++)
            m->mean[d] += x[i * dim + d] / n;
    for (long i = 0; i < n; i++)
        for (int d = 0; d < dim; d++)
            m->var[d] += (x[i * dim + d] - m->mean[d]) * (x[i * dim + d] - m->mean[d]) / n;
    return raised(m);
}

/* Mean and covariance, by one symmetric product of the points less their mean. */
static law *fit_whole(long n, int dim, const double *x)
{
    double *mean = calloc(dim, sizeof *mean), *cov = malloc((size_t)dim * dim * sizeof *cov),
        *off = malloc((size_t)n * dim * sizeof *off);
    law *l = NULL;

    for (long i = 0; i < n && mean; i++)
        for (int d = 0; d < dim; d++)
            mean[d] += x[i * dim + d] / n;
    if (!mean || !cov || !off) {
        fail("out of memory for a Gaussian of %d columns from %ld points", dim, n);
    } else {
        for (long i = 0; i < n * dim; i++)
            off[i] = x[i] - mean[i % dim];
        cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, dim, n, 1. / n, off, dim, 0, cov, dim);
        for (int a = 0; a < dim; a++)
            for (int b = 0; b < a; b++)
                cov[a * (long)dim + b] = cov[b * (long)dim + a];
        l = gaussian_open(dim, mean, cov);
    }
    free(mean), free(cov), free(off);
    return l;
}

law *gaussian_fit(long n, int dim, const double *x)
{
    return n > 2L * dim ? fit_whole(n, dim, x) : fit_columns(n, dim, x);
}
