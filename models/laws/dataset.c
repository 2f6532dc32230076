/*
 * The smoothed empirical distribution: a normal kernel of standard deviation w at each of K points m_k,
 *     p_t(x) = sum_k w_k N(x; alpha m_k, v I),   v = alpha^2 w^2 + sigma^2,
 *     r_k = w_k exp(-|x - alpha m_k|^2/2v) / sum,   a = alpha w^2/v,   b = sigma^2/v,
 *     E[x_0 | x_t] = a x + b E_r m,   J = a I + b alpha/v Cov_r m,   div = a dim + b alpha/v (E_r|m|^2 - |E_r m|^2).
 * Points are taken less their mean (c): x' = x - alpha c, and E[x_0 | x_t] = c + a x' + b E_r m'.
 *
 * Rows are computed in tiles of TILE lanes, each with its own level, over blocks of BLOCK points with a running maximum
 * (online softmax), so that scratch is bounded and lies on the stack.  Inner products and weighted sums of more than
 * DIRECT columns are gemms with a fixed number of rows: a row's bits depend on nothing but itself.
 * Logits are then x'.m' alpha/v - |m'|^2 alpha^2/2v; they cancel to about 1e-16 R (|x'| + R)/v absolute, R the radius
 * of the data, and that is the relative accuracy of r_k (tested: 1e-9 at v = 1e-4 in 64 columns).
 * Up to DIRECT columns they are squares of differences, and nothing cancels.
 */
#include <math.h>
#include <cblas.h>
#include <stdlib.h>
#include <string.h>
#include "models/laws/dataset.h"
#include "base/fail.h"

/* Rows of one label share tiles, wherever they stand; a label of the batch that the law does not have is found by
 * its row being left over. */
static int answer(const data_job *j)
{
    long n = (long)j->b->groups * j->b->rows, left = n;
    data_tile t;

    for (int label = -1; label < j->s->law.labels && left > 0; label++) {
        long first, last;
        int known = 0;

        t.n = 0;
        for (long row = 0; row < n; row++) {
            if ((j->b->label ? j->b->label[row] : -1) != label)
                continue;
            if (!known && dataset_range(j->s, label, &first, &last))
                return -1;
            known = 1, left--;
            t.row[t.n++] = row;
            if (t.n == TILE) {
                dataset_tile(j, &t, first, last);
                t.n = 0;
            }
        }
        if (t.n)
            dataset_tile(j, &t, first, last);
    }
    for (long row = 0; left > 0 && row < n; row++)
        if (j->b->label[row] < -1 || j->b->label[row] >= j->s->law.labels)
            return dataset_range(j->s, j->b->label[row], &(long){ 0 }, &(long){ 0 });
    return 0;
}

static int denoise(const law *l, const batch *b, double *x0, double *div)
{
    return answer(&(data_job){ .s = (const dataset *)l, .b = b, .x0 = x0, .div = div });
}

static int jvp(const law *l, const batch *b, const double *v, double *x0, double *jv)
{
    return answer(&(data_job){ .s = (const dataset *)l, .b = b, .v = v, .x0 = x0, .jv = jv });
}

static int logpdf(const law *l, const batch *b, double *logp)
{
    return answer(&(data_job){ .s = (const dataset *)l, .b = b, .logp = logp });
}

/* Point k with u in [cum[k], cum[k + 1]) of the label's range, and w times a normal. */
static int sample(const law *l, stream st, long row, int n, const int *label, double *x)
{
    const dataset *s = (const dataset *)l;

    for (int i = 0; i < n; i++) {
        long low, high;
        double u, *xi = x + (long)i * l->dim;

        if (dataset_range(s, label ? label[i] : -1, &low, &high))
            return -1;
        uniforms(st, row + i, 0, 0, 1, 1, &u);
        normals(st, row + i, 0, 1, 1, l->dim, xi);
        u = s->cum[low] + u * (s->cum[high] - s->cum[low]);
        while (high - low > 1) {
            long middle = low + (high - low) / 2;

            *(u < s->cum[middle] ? &high : &low) = middle;
        }
        for (int d = 0; d < l->dim; d++)
            xi[d] = fma(s->width, xi[d], s->mean[d] + s->m[low * s->pad + d]);
    }
    return 0;
}

/* cov = sum_k w_k m'_k m'_k^T + w^2 I, from one symmetric product of the points times sqrt(w_k). */
static int moments(const law *l, double *mean, double *cov)
{
    const dataset *s = (const dataset *)l;
    int dim = l->dim;
    double *a;

    if (mean)
        memcpy(mean, s->mean, dim * sizeof *mean);
    if (!cov)
        return 0;
    if (!(a = calloc(s->K * dim, sizeof *a)))
        return fail("data set: no memory for the covariance of %ld points; give fewer", s->K);
    for (long k = 0; k < s->K; k++)
        for (int d = 0; d < dim; d++)
            a[k * dim + d] = exp2(s->lw[k] / 2) * s->m[k * s->pad + d];
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, dim, s->K, 1, a, dim, 0, cov, dim);
    free(a);
    for (int i = 0; i < dim; i++) {
        cov[i * dim + i] += s->width * s->width;
        for (int d = 0; d < i; d++)
            cov[i * dim + d] = cov[d * dim + i];
    }
    return 0;
}

static int variances(const law *l, double *mean, double *var)
{
    const dataset *s = (const dataset *)l;

    memcpy(mean, s->mean, l->dim * sizeof *mean);
    for (int d = 0; d < l->dim; d++)
        var[d] = s->width * s->width;
    for (long k = 0; k < s->K; k++) {
        const double *m = s->m + k * s->pad, weight = exp2(s->lw[k]);

        for (int d = 0; d < l->dim; d++)
            var[d] += weight * m[d] * m[d];
    }
    return 0;
}

void dataset_functions(law *l)
{
    l->variances = variances;
    l->sample = sample, l->denoise = denoise, l->jvp = jvp, l->logpdf = logpdf, l->moments = moments;
}
