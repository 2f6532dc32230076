/*
 * Sums over the modes of a mixture with full covariances cov_k = Q_k diag(l) Q_k^T.
 * In the coordinates of a mode, y = Q_k^T (x - alpha m_k), everything is diagonal, v = alpha^2 l + sigma^2:
 *
 *   D_k = m_k + Q_k (alpha l y/v),   Q_k^T g_k = -y/v,   tr J_k = sum_d alpha l/v,   J_k u = Q_k (alpha l/v  Q_k^T u).
 */
#include <stddef.h>
#include "base/lanes.h"
#include "models/laws/mixture.h"

/* A chunk of LANES rows: levels, where its columns begin in arrays of the tile, and their stride. */
typedef struct full_chunk { double alpha[LANES], a2[LANES], s2[LANES]; long at, rows; } full_chunk;

static full_chunk chunk_at(const mixture_tile *o, int i)
{
    full_chunk c = { .at = i, .rows = o->rows };

    for (int j = 0; j < LANES; j++) {
        int l = o->same ? 0 : i + j;

        c.alpha[j] = o->alpha[l], c.a2[j] = o->a2[l], c.s2[j] = o->s2[l];
    }
    return c;
}

/* x - factor m as dim x LANES numbers: factor NULL stands for 1, m NULL for 0. */
INLINE void centre(const full_chunk *c, int dim, const double *x, const double *factor, const double *m, double *out)
{
    for (int b = 0; b < dim; b++) {
        const double *col = x + b * c->rows + c->at;
        double mean = m ? m[b] : 0;

        EACH_LANE(j)
            out[b * LANES + j] = fma(factor ? -factor[j] : -1, mean, col[j]);
    }
}

/* y = Q^T x, both dim x LANES. */
INLINE void rotate(const double *q, int dim, const double *x, double *y)
{
    for (int d = 0; d < dim; d++, q += dim) {
        double sum[LANES] = { 0 };

        for (int b = 0; b < dim; b++)
            EACH_LANE(j)
                sum[j] = fma(q[b], x[b * LANES + j], sum[j]);
        EACH_LANE(j)
            y[d * LANES + j] = sum[j];
    }
}

/* X += e Q y + shift m. */
INLINE void rotate_back(const double *q, int dim, const full_chunk *c, const double *e, const double *y,
                        const double *shift, const double *m, double *X)
{
    for (int b = 0; b < dim; b++) {
        double sum[LANES] = { 0 }, *col = X + b * c->rows + c->at;

        for (int d = 0; d < dim; d++)
            EACH_LANE(j)
                sum[j] = fma(q[d * (long)dim + b], y[d * LANES + j], sum[j]);
        EACH_LANE(j)
            col[j] = fma(shift[j], m[b], fma(e[j], sum[j], col[j]));
    }
}

CLONES static void full_logits(const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE])
{
    int dim = m->law.dim;
    double u[dim * LANES], y[dim * LANES];

    EACH_CHUNK(o, i) {
        full_chunk c = chunk_at(o, i);

        for (int k = from; k < to; k++) {
            const double *l = m->var + k * (long)dim;
            double q[LANES] = { 0 }, power[LANES] = { 0 }, p[LANES];

            centre(&c, dim, o->x, c.alpha, m->mean + k * (long)dim, u);
            rotate(m->basis + k * (long)dim * dim, dim, u, y);
            EACH_LANE(j)
                p[j] = 1;
            for (int d = 0; d < dim; d++)
                EACH_LANE(j) {
                    double v = fma(c.a2[j], l[d], c.s2[j]);

                    lane_product(&p[j], &power[j], v);
                    q[j] = fma(y[d * LANES + j] / v, y[d * LANES + j], q[j]);
                }
            EACH_LANE(j)
                e[k - from][i + j] = fma(-0.5 * LOG2E, q[j], m->logw[k] - 0.5 * fma(LOG2E, lane_log(p[j]), power[j]));
        }
    }
}

CLONES static void full_means(const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE], double *sum,
                              double *X)
{
    int dim = m->law.dim;
    double u[dim * LANES], y[dim * LANES];

    EACH_CHUNK(o, i) {
        full_chunk c = chunk_at(o, i);

        for (int k = from; k < to; k++) {
            const double *l = m->var + k * (long)dim, *q = m->basis + k * (long)dim * dim,
                *mean = m->mean + k * (long)dim, *w = e[k - from] + i;

            centre(&c, dim, o->x, c.alpha, mean, u);
            rotate(q, dim, u, y);
            for (int d = 0; d < dim; d++)
                EACH_LANE(j)
                    y[d * LANES + j] *= c.alpha[j] * l[d] / fma(c.a2[j], l[d], c.s2[j]);
            rotate_back(q, dim, &c, w, y, w, mean, X);
            EACH_LANE(j)
                sum[i + j] += w[j];
        }
    }
}

CLONES static void full_traces(const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE],
                               const double *D,
                               double *Q)
{
    int dim = m->law.dim;
    double u[dim * LANES], y[dim * LANES], z[dim * LANES];

    EACH_CHUNK(o, i) {
        full_chunk c = chunk_at(o, i);

        for (int k = from; k < to; k++) {
            const double *l = m->var + k * (long)dim, *q = m->basis + k * (long)dim * dim,
                *mean = m->mean + k * (long)dim;
            double sum[LANES] = { 0 };

            centre(&c, dim, o->x, c.alpha, mean, u);
            rotate(q, dim, u, y);
            centre(&c, dim, D, NULL, mean, u);
            rotate(q, dim, u, z);
            for (int d = 0; d < dim; d++)
                EACH_LANE(j) {
                    double r = 1 / fma(c.a2[j], l[d], c.s2[j]), gain = c.alpha[j] * l[d] * r;

                    sum[j] += gain - fma(gain, y[d * LANES + j], -z[d * LANES + j]) * (r * y[d * LANES + j]);
                }
            EACH_LANE(j)
                Q[i + j] = fma(e[k - from][i + j], sum[j], Q[i + j]);
        }
    }
}

/* One direction. */
CLONES static void full_tangent(const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE],
                                const double *D,
                                const double *v, double *Y)
{
    int dim = m->law.dim;
    double u[dim * LANES], y[dim * LANES], z[dim * LANES];

    EACH_CHUNK(o, i) {
        full_chunk c = chunk_at(o, i);

        for (int k = from; k < to; k++) {
            const double *l = m->var + k * (long)dim, *q = m->basis + k * (long)dim * dim,
                *mean = m->mean + k * (long)dim, *w = e[k - from] + i;
            double gv[LANES] = { 0 }, shift[LANES];

            centre(&c, dim, o->x, c.alpha, mean, u);
            rotate(q, dim, u, y);
            centre(&c, dim, v, NULL, NULL, z);
            rotate(q, dim, z, u);
            for (int d = 0; d < dim; d++)
                EACH_LANE(j)
                    gv[j] = fma(-y[d * LANES + j] / fma(c.a2[j], l[d], c.s2[j]), u[d * LANES + j], gv[j]);
            for (int d = 0; d < dim; d++)
                EACH_LANE(j)
                    y[d * LANES + j] = c.alpha[j] * l[d] / fma(c.a2[j], l[d], c.s2[j]) * fma(gv[j], y[d * LANES + j],
                            u[d * LANES + j]);
            EACH_LANE(j)
                shift[j] = w[j] * gv[j];
            rotate_back(q, dim, &c, w, y, shift, mean, Y);
            for (int d = 0; d < dim; d++)
                EACH_LANE(j)
                    Y[d * c.rows + c.at + j] = fma(-shift[j], D[d * c.rows + c.at + j], Y[d * c.rows + c.at + j]);
        }
    }
}


static void full_tangents(const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE], const double *D,
                          int count, const double *v, double *Y)
{
    long size = (long)m->law.dim * o->rows;

    for (int q = 0; q < count; q++)
        full_tangent(m, o, from, to, e, D, v + q * size, Y + q * size);
}

const kernels mixture_full = { full_logits, full_means, full_traces, full_tangents };
