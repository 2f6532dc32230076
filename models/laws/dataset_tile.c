/* The data set law (dataset.c) for a tile of rows: logits, weights, weighted sums, answers. */
#include <math.h>
#include <cblas.h>
#include <string.h>
#include "models/laws/dataset.h"
#include "base/lanes.h"

#define LOG2E 1.44269504088896340736
#define LOG2PI 1.83787706640934548356

INLINE const level *level_of(const batch *b, long row) { return &b->at[row / b->rows]; }
INLINE double variance(const dataset *s, const level *l) { return fma(l->alpha * s->width, l->alpha * s->width,
                                                                      l->sigma * l->sigma); }
/* b */
INLINE double shift(const dataset *s, const level *l) { return l->sigma * l->sigma / variance(s, l); }
/* a */
INLINE double keep(const dataset *s, const level *l) { return l->alpha * s->width * s->width / variance(s, l); }

static void open_tile(const data_job *j, data_tile *t)
{
    const dataset *s = j->s;

    for (int i = t->n; i < TILE; i++)
        t->row[i] = t->row[0];
    for (int i = 0; i < TILE; i++) {
        const level *l = level_of(j->b, t->row[i]);
        double v = variance(s, l);

        t->alpha[i] = l->alpha;
        t->slope[i] = l->alpha * LOG2E / v;
        t->half[i] = LOG2E / (2 * v) * (s->pad > DIRECT ? l->alpha * l->alpha : 1);
        t->top[i] = -INFINITY;
        t->sum[i] = t->square[i] = t->turn[i] = 0;
    }
}

/* Columns [from, from + n) of x - alpha c (c NULL: of x) for every lane: TILE x n, zeros past dim. */
CLONES static void load(const dataset *s, data_tile *t, const double *x, const double *c, int from, int n)
{
    int dim = s->law.dim, some = dim - from < n ? dim - from : n;

    for (int i = 0; i < TILE; i++) {
        const double *xi = x + t->row[i] * dim + from;
        double *out = t->part + i * n;

        for (int d = 0; d < some; d++)
            out[d] = c ? fma(-t->alpha[i], c[from + d], xi[d]) : xi[d];
        for (int d = some; d < n; d++)
            out[d] = 0;
    }
}

/* The columns of part over the lanes. */
INLINE void turned(int dim, const double *part, double (*x)[TILE])
{
    for (int d = 0; d < dim; d++)
        for (int i = 0; i < TILE; i++)
            x[d][i] = part[i * dim + d];
}

/* out[k][i] = m'_k . (lane i of x) for n points. */
CLONES static void few_products(int dim, int n, const double *m, const double *part, double (*out)[TILE])
{
    double x[DIRECT][TILE];

    turned(dim, part, x);
    for (int k = 0; k < n; k++) {
        double sum[TILE] = { 0 };

        for (int d = 0; d < dim; d++) {
            #pragma omp simd
            for (int i = 0; i < TILE; i++)
                sum[i] = fma(m[k * dim + d], x[d][i], sum[i]);
        }
        memcpy(out[k], sum, sizeof sum);
    }
}

static void products(const dataset *s, data_tile *t, const double *x, const double *c, long from, int n,
                     double (*out)[TILE])
{
    if (s->pad <= DIRECT) {
        load(s, t, x, c, 0, s->pad);
        few_products(s->pad, n, s->m + from * s->pad, t->part, out);
        return;
    }
    for (int d = 0; d < s->pad; d += CHUNK) {
        int cols = s->pad - d < CHUNK ? s->pad - d : CHUNK;

        load(s, t, x, c, d, cols);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, TILE, cols, 1, s->m + from * s->pad + d, s->pad,
                    t->part, cols, d > 0, *out, TILE);
    }
}

/* 2^x, and 0 where it would vanish in a sum that holds a 1: no subnormal numbers. */
INLINE double weight(double x)
{
    double w = lane_exp2(x);

    return x < -200 ? 0 : w;
}

/* Column by column over the lanes: with dim known the sums stay in registers. */
INLINE void logits(int dim, int n, const double *m, const double *lw, data_tile *t, double *high)
{
    double x[DIRECT][TILE];

    turned(dim, t->part, x);
    for (int k = 0; k < n; k++) {
        double far[TILE] = { 0 };

        for (int d = 0; d < dim; d++) {
            #pragma omp simd
            for (int i = 0; i < TILE; i++) {
                double e = fma(-t->alpha[i], m[k * dim + d], x[d][i]);

                far[i] = fma(e, e, far[i]);
            }
        }
        #pragma omp simd
        for (int i = 0; i < TILE; i++) {
            double s = fma(-t->half[i], far[i], lw[k]);

            t->s[k][i] = s;
            high[i] = s > high[i] ? s : high[i];
        }
    }
}

CLONES static void few_logits(int dim, int n, const double *m, const double *lw, data_tile *t, double *high)
{
    if (dim == 2)
        logits(2, n, m, lw, t, high);
    else
        logits(dim, n, m, lw, t, high);
}

CLONES static void many_logits(int n, const double *norm, const double *lw, data_tile *t, double *high)
{
    for (int k = 0; k < n; k++) {
        double *s = t->s[k];

        #pragma omp simd
        for (int i = 0; i < TILE; i++) {
            s[i] = fma(t->slope[i], s[i], fma(-t->half[i], norm[k], lw[k]));
            high[i] = s[i] > high[i] ? s[i] : high[i];
        }
    }
}

/* Logits become weights under the new maximum, which shrinks the sums so far. */
CLONES static void weigh(int n, const double *norm, data_tile *t, const double *high)
{
    #pragma omp simd
    for (int i = 0; i < TILE; i++) {
        t->fall[i] = weight(t->top[i] - high[i]);
        t->top[i] = high[i];
        t->sum[i] *= t->fall[i], t->square[i] *= t->fall[i], t->turn[i] *= t->fall[i];
    }
    for (int k = 0; k < n; k++) {
        double *s = t->s[k];

        #pragma omp simd
        for (int i = 0; i < TILE; i++) {
            s[i] = weight(s[i] - t->top[i]);
            t->sum[i] += s[i];
            t->square[i] = fma(s[i], norm[k], t->square[i]);
        }
    }
}

CLONES static void weigh_products(int n, data_tile *t)
{
    for (int k = 0; k < n; k++) {
        #pragma omp simd
        for (int i = 0; i < TILE; i++) {
            t->q[k][i] *= t->s[k][i];
            t->turn[i] += t->q[k][i];
        }
    }
}

/* part[i][d] = sum_k w[k][i] m'_k[d] for a few columns. */
CLONES static void few_sums(int dim, int n, const double *m, double (*w)[TILE], double *part)
{
    for (int d = 0; d < dim; d++) {
        double sum[TILE] = { 0 };

        for (int k = 0; k < n; k++) {
            double mk = m[k * dim + d];

            #pragma omp simd
            for (int i = 0; i < TILE; i++)
                sum[i] = fma(w[k][i], mk, sum[i]);
        }
        for (int i = 0; i < TILE; i++)
            part[i * dim + d] = sum[i];
    }
}

CLONES static void add_rows(const data_tile *t, int n, int dim, const double *part, int cols, double *out)
{
    for (int i = 0; i < t->n; i++) {
        double *o = out + t->row[i] * dim, fall = t->fall[i];
        const double *p = part + i * cols;

        #pragma omp simd
        for (int d = 0; d < n; d++)
            o[d] = fma(o[d], fall, p[d]);
    }
}

/* out += sum_k w[k] m'_k, row by row; out is n x dim and held the sum under the last maximum. */
static void gather(const dataset *s, data_tile *t, long from, int n, double (*w)[TILE], double *out)
{
    int dim = s->law.dim;

    if (s->pad <= DIRECT) {
        few_sums(s->pad, n, s->m + from * s->pad, w, t->part);
        add_rows(t, dim, dim, t->part, s->pad, out);
        return;
    }
    for (int d = 0; d < s->pad; d += CHUNK) {
        int cols = s->pad - d < CHUNK ? s->pad - d : CHUNK;

        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, TILE, cols, n, 1, *w, TILE, s->m + from * s->pad + d,
                    s->pad, 0, t->part, cols);
        add_rows(t, dim - d < cols ? dim - d : cols, dim, t->part, cols, out + d);
    }
}

static void visit(const data_job *j, data_tile *t, long from, int n)
{
    const dataset *s = j->s;
    double high[TILE];

    memcpy(high, t->top, sizeof high);
    if (s->pad <= DIRECT) {
        load(s, t, j->b->x, s->mean, 0, s->pad);
        few_logits(s->pad, n, s->m + from * s->pad, s->lw + from, t, high);
    } else {
        products(s, t, j->b->x, s->mean, from, n, t->s);
        many_logits(n, s->norm + from, s->lw + from, t, high);
    }
    weigh(n, s->norm + from, t, high);
    if (j->x0)
        gather(s, t, from, n, t->s, j->x0);
    if (j->jv) {
        products(s, t, j->v, NULL, from, n, t->q);
        weigh_products(n, t);
        gather(s, t, from, n, t->q, j->jv);
    }
}

INLINE double square_of(int n, const double *a)
{
    double sum = 0;

    for (int d = 0; d < n; d++)
        sum = fma(a[d], a[d], sum);
    return sum;
}

/* From the sums of lane i to the answers of its row. */
CLONES static void finish_moments(const data_job *j, const data_tile *t, int i)
{
    const dataset *s = j->s;
    const level *l = level_of(j->b, t->row[i]);
    int dim = s->law.dim;
    double a = keep(s, l), b = shift(s, l), tilt = b * (l->alpha / variance(s, l)), per = 1 / t->sum[i],
        *x0 = j->x0 + t->row[i] * dim;
    const double *x = j->b->x + t->row[i] * dim;

    for (int d = 0; d < dim; d++)
        x0[d] *= per;
    if (j->div) {
        double spread = t->square[i] * per - square_of(dim, x0);

        j->div[t->row[i]] = dim * a + tilt * (spread < 0 ? 0 : spread);
    }
    if (j->jv) {
        const double *u = j->v + t->row[i] * dim;
        double *jv = j->jv + t->row[i] * dim;

        for (int d = 0; d < dim; d++)
            jv[d] = fma(a, u[d], tilt * per * fma(-t->turn[i], x0[d], jv[d]));
    }
    for (int d = 0; d < dim; d++)
        x0[d] = s->mean[d] + fma(a, fma(-l->alpha, s->mean[d], x[d]), b * x0[d]);
}

/* log p_t = log sum_k w_k exp(-|x - alpha m_k|^2/2v) - dim/2 log(2 pi v) - log of the weight of
 * all points in question. */
CLONES static void finish_logpdf(const data_job *j, const data_tile *t, int i, double total)
{
    const dataset *s = j->s;
    const level *l = level_of(j->b, t->row[i]);
    int dim = s->law.dim;
    double v = variance(s, l), far = 0;
    const double *x = j->b->x + t->row[i] * dim;

    if (s->pad > DIRECT)
        for (int d = 0; d < dim; d++) {
            double e = fma(-l->alpha, s->mean[d], x[d]);

            far = fma(e, e, far);
        }
    j->logp[t->row[i]] = t->top[i] / LOG2E + log(t->sum[i] / total) - far / (2 * v) - 0.5 * dim * (LOG2PI + log(v));
}

void dataset_tile(const data_job *j, data_tile *t, long first, long last)
{
    const dataset *s = j->s;

    open_tile(j, t);
    for (int i = 0; i < t->n; i++) {
        if (j->x0)
            memset(j->x0 + t->row[i] * s->law.dim, 0, s->law.dim * sizeof *j->x0);
        if (j->jv)
            memset(j->jv + t->row[i] * s->law.dim, 0, s->law.dim * sizeof *j->jv);
    }
    for (long from = first; from < last; from += BLOCK)
        visit(j, t, from, last - from < BLOCK ? last - from : BLOCK);
    for (int i = 0; i < t->n; i++) {
        if (j->x0)
            finish_moments(j, t, i);
        if (j->logp)
            finish_logpdf(j, t, i, s->cum[last] - s->cum[first]);
    }
}
