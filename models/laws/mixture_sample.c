/* Exact draws of a Gaussian mixture, m_k + Q_k sqrt(L_k) z with mode k by its weight, and its mean and covariance. */
#include <math.h>
#include <string.h>
#include "models/laws/mixture.h"

/* The mode that u in (0, 1) falls into, among those of a label. */
static int pick(const mixture *m, double u, int label)
{
    int last = 0;

    u *= label >= 0 ? m->share[label] : 1;
    for (int k = 0; k < m->K; k++) {
        if (label >= 0 && m->label[k] != label)
            continue;
        last = k;
        if ((u -= m->weight[k]) < 0)
            break;
    }
    return last;
}

int mixture_sample(const law *l, stream s, long row, int n, const int *label, double *x)
{
    const mixture *m = (const mixture *)l;
    int dim = l->dim;

    if (mixture_labels(l, n, label))
        return -1;
    normals(s, row, 0, 0, n, dim, x);
    for (int i = 0; i < n; i++) {
        double u, *y = x + i * (long)dim, z[m->basis ? dim : 1];

        uniforms(s, row + i, 0, 1, 1, 1, &u);
        int k = pick(m, u, label ? label[i] : -1);
        const double *mean = m->mean + k * (long)dim, *var = m->var + (m->iso ? k : k * (long)dim);

        for (int d = 0; d < dim; d++)
            y[d] *= sqrt(var[m->iso ? 0 : d]);
        if (m->basis) {
            const double *q = m->basis + k * (long)dim * dim;

            memcpy(z, y, dim * sizeof *z);
            memset(y, 0, dim * sizeof *y);
            for (int c = 0; c < dim; c++)
                for (int d = 0; d < dim; d++)
                    y[d] = fma(z[c], q[c * (long)dim + d], y[d]);
        }
        for (int d = 0; d < dim; d++)
            y[d] += mean[d];
    }
    return 0;
}

static void mean_of(const mixture *m, double *mean)
{
    int dim = m->law.dim;

    memset(mean, 0, dim * sizeof *mean);
    for (int k = 0; k < m->K; k++)
        for (int d = 0; d < dim; d++)
            mean[d] += m->weight[k] * m->mean[k * (long)dim + d];
}

/* Variance d of mode k, from its basis where it has one. */
static double variance_of(const mixture *m, int k, int d)
{
    int dim = m->law.dim;
    const double *var = m->var + (m->iso ? k : k * (long)dim), *q = m->basis ? m->basis + k * (long)dim * dim : NULL;
    double sum = 0;

    if (!q)
        return var[m->iso ? 0 : d];
    for (int e = 0; e < dim; e++)
        sum += var[e] * q[e * (long)dim + d] * q[e * (long)dim + d];
    return sum;
}

int mixture_variances(const law *l, double *mean, double *var)
{
    const mixture *m = (const mixture *)l;

    mean_of(m, mean);
    memset(var, 0, l->dim * sizeof *var);
    for (int k = 0; k < m->K; k++)
        for (int d = 0; d < l->dim; d++) {
            double e = m->mean[k * (long)l->dim + d] - mean[d];

            var[d] += m->weight[k] * (variance_of(m, k, d) + e * e);
        }
    return 0;
}

/* Covariance: sum_k w_k (Q_k L_k Q_k^T + (m_k - mean)(m_k - mean)^T). */
int mixture_moments(const law *l, double *mean, double *cov)
{
    const mixture *m = (const mixture *)l;
    int dim = l->dim;
    double mu[dim];

    mean_of(m, mu);
    if (mean)
        memcpy(mean, mu, dim * sizeof *mu);
    for (long i = 0; cov && i < (long)dim * dim; i++)
        cov[i] = 0;
    for (int k = 0; cov && k < m->K; k++) {
        const double *c = m->mean + k * (long)dim, *var = m->var + (m->iso ? k : k * (long)dim), *q = m->basis
            ? m->basis + k * (long)dim * dim : NULL;

        for (int a = 0; a < dim; a++) {
            for (int b = 0; b < dim; b++)
                cov[a * (long)dim + b] += m->weight[k] * (c[a] - mu[a]) * (c[b] - mu[b]);
            if (!q)
                cov[a * (long)dim + a] += m->weight[k] * var[m->iso ? 0 : a];
        }
        for (int e = 0; q && e < dim; e++, q += dim)
            for (int a = 0; a < dim; a++)
                for (int b = 0; b < dim; b++)
                    cov[a * (long)dim + b] += m->weight[k] * var[e] * q[a] * q[b];
    }
    return 0;
}
