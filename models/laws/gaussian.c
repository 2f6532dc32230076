/* A single Gaussian: the mixture of one mode. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/eigen.h"
#include "base/fail.h"
#include "models/laws/gaussian.h"
#include "models/laws/mixture.h"

static mixture *one_mode(int dim)
{
    mixture *m = calloc(1, sizeof *m);

    if (!m)
        return fail("out of memory"), NULL;
    m->law = mixture_law;
    m->law.close = mixture_close, m->law.dim = dim, m->law.modes = 1;
    m->kernels = &mixture_full, m->K = 1;
    m->weight = malloc(sizeof *m->weight), m->logw = malloc(sizeof *m->logw), m->shell = malloc(sizeof *m->shell);
    m->mean = malloc(dim * sizeof *m->mean), m->var = malloc(dim * sizeof *m->var),
        m->basis = malloc((size_t)dim * dim * sizeof *m->basis);
    if (!m->weight || !m->logw || !m->shell || !m->mean || !m->var || !m->basis)
        return mixture_close(&m->law), fail("out of memory for a Gaussian of %d columns", dim), NULL;
    *m->weight = 1, *m->logw = 0, *m->shell = 1;
    m->law.mode_weight = m->weight;
    return m;
}

law *gaussian_open(int dim, const double *mean, const double *cov)
{
    mixture *m = one_mode(dim);
    double sum = 0;

    if (!m)
        return NULL;
    memcpy(m->mean, mean, dim * sizeof *mean);
    if (eigen(dim, cov, m->var, m->basis))
        return mixture_close(&m->law), NULL;
    for (int d = 0; d < dim; d++)
        sum += m->var[d];
    for (int d = 0; d < dim; d++)
        m->var[d] = fmax(m->var[d], sum > 0 ? 1e-9 * sum / dim : 1e-300);
    return &m->law;
}

law *gaussian_fit(long n, int dim, const double *x)
{
    double *mean = calloc(dim, sizeof *mean), *cov = calloc((size_t)dim * dim, sizeof *cov);
    int full = n > 2L * dim;
    law *l = NULL;

    for (long i = 0; i < n && mean && cov; i++)
        for (int d = 0; d < dim; d++)
            mean[d] += x[i * dim + d] / n;
    for (long i = 0; i < n && mean && cov; i++)
        for (int a = 0; a < dim; a++)
            for (int b = full ? 0 : a; b <= a; b++)
                cov[a * (long)dim + b] += (x[i * dim + a] - mean[a]) * (x[i * dim + b] - mean[b]) / n;
    for (int a = 0; a < dim && mean && cov; a++)
        for (int b = 0; b < a; b++)
            cov[b * (long)dim + a] = cov[a * (long)dim + b];
    if (mean && cov)
        l = gaussian_open(dim, mean, cov);
    else
        fail("out of memory for a Gaussian of %d columns", dim);
    free(mean), free(cov);
    return l;
}
