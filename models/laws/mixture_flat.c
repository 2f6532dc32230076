/*
 * Sums over the modes of a mixture with isotropic or diagonal covariances, v = alpha^2 l + sigma^2 in each column:
 *
 *   D_k = (sigma^2 m_k + alpha l x)/v,   g_k = (alpha m_k - x)/v,   tr J_k = sum_d alpha l/v.
 *
 * The lanes are innermost everywhere.  Modes of one variance (a shell) share all that depends on it; a diagonal mode
 * is a shell of its own.
 */
#include "base/lanes.h"
#include "models/laws/mixture.h"

/* What the compiler knows when it makes a kernel: columns, isotropic, one level; then lanes of levels shrink to one. */
typedef struct form { int dim, iso, same; } form;

/* A chunk's levels, copied so that no store can alias them. */
typedef struct flat_chunk { double alpha[LANES], a2[LANES], s2[LANES]; } flat_chunk;

INLINE flat_chunk at(const mixture_tile *o, form f, int i)
{
    flat_chunk c;

    i = f.same ? 0 : i;
    #pragma omp simd
    for (int j = 0; j < (f.same ? 1 : LANES); j++)
        c.alpha[j] = o->alpha[i + j], c.a2[j] = o->a2[i + j], c.s2[j] = o->s2[i + j];
    return c;
}

INLINE int end_of_shell(const mixture *m, form f, int k, int to)
{
    int end = f.iso ? m->shell[k] : k + 1;

    return end < to ? end : to;
}

INLINE double variance(const mixture *m, form f, int k, int d) { return m->var[f.iso ? k : k * (long)f.dim + d]; }

/* 1/v, one number where there is one level. */
INLINE void inverse(const flat_chunk *c, form f, double var, double *r)
{
    #pragma omp simd
    for (int j = 0; j < (f.same ? 1 : LANES); j++)
        r[j] = 1 / fma(c->a2[j], var, c->s2[j]);
}

/* 1/v of column d of mode k for the lanes from i on: as it was kept, or made in `room`. */
INLINE const double *inverses(const mixture *m, const mixture_tile *o, const flat_chunk *c, form f, int from, int k,
                              int d, int i,
                              double *room)
{
    if (!f.same && o->inverse)
        return o->inverse + ((k - from) * (long)f.dim + d) * o->rows + i;
    inverse(c, f, variance(m, f, k, d), room);
    return room;
}

/* log2 of sqrt(det V). */
INLINE void log_root(const mixture *m, const flat_chunk *c, form f, int k, double *out)
{
    double p[LANES], e[LANES];
    int L = f.same ? 1 : LANES;

    for (int j = 0; j < L; j++)
        p[j] = 1, e[j] = 0;
    for (int d = 0; d < (f.iso ? 1 : f.dim); d += 2) {                  /* a product of two is in range yet */
        double var = variance(m, f, k, d), next = f.iso || d + 1 == f.dim ? NAN : variance(m, f, k, d + 1);

        #pragma omp simd
        for (int j = 0; j < L; j++)
            lane_product(&p[j], &e[j],
                         fma(c->a2[j], var, c->s2[j]) * (isnan(next) ? 1 : fma(c->a2[j], next, c->s2[j])));
    }
    #pragma omp simd
    for (int j = 0; j < L; j++)
        out[j] = (f.iso ? 0.5 * f.dim : 0.5) * fma(LOG2E, lane_log(p[j]), e[j]);
}

INLINE void flat_logits_form(const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE], form f)
{
    for (int first = from, end; first < to; first = end) {
        double r[LANES], root[LANES];
        flat_chunk c;

        end = end_of_shell(m, f, first, to);
        EACH_CHUNK(o, i) {
            if (!f.same || !i) {
                c = at(o, f, i);
                log_root(m, &c, f, first, root);
                if (f.iso)
                    inverse(&c, f, m->var[first], r);
            }
            for (int k = first; k < end; k++) {
                const double *mean = m->mean + k * (long)f.dim;
                double q[LANES] = { 0 }, logw = m->logw[k];

                for (int d = 0; d < f.dim; d++) {
                    const double *x = o->x + d * (long)o->rows + i;
                    double *here = f.iso || f.same || !o->inverse
                                       ? r
                                       : o->inverse + ((k - from) * (long)f.dim + d) * o->rows + i;

                    if (!f.iso)
                        inverse(&c, f, variance(m, f, k, d), here);
                    EACH_LANE(j) {
                        double s = fma(-c.alpha[f.same ? 0 : j], mean[d], x[j]);

                        q[j] = f.iso ? fma(s, s, q[j]) : fma(s * here[f.same ? 0 : j], s, q[j]);
                    }
                }
                EACH_LANE(j)
                    e[k - from][i + j] = fma(-0.5 * LOG2E * (f.iso ? r[f.same ? 0 : j] : 1), q[j],
                                             logw - root[f.same ? 0 : j]);
            }
        }
    }
}

INLINE void flat_means_form(const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE], double *sum,
                            double *X, form f)
{
    for (int first = from, end; first < to; first = end) {
        double r[LANES];
        flat_chunk c;

        end = end_of_shell(m, f, first, to);
        EACH_CHUNK(o, i) {
            double s[LANES] = { 0 };

            if (!f.same || !i) {
                c = at(o, f, i);
                if (f.iso)
                    inverse(&c, f, m->var[first], r);
            }
            for (int k = first; k < end; k++)
                EACH_LANE(j)
                    s[j] += e[k - from][i + j];
            EACH_LANE(j)
                sum[i + j] += s[j];
            for (int d = 0; d < f.dim; d++) {
                const double *x = o->x + d * (long)o->rows + i;
                double *y = X + d * (long)o->rows + i, sm[LANES] = { 0 }, var = variance(m, f, first, d);
                const double *rd = f.iso ? r : inverses(m, o, &c, f, from, first, d, i, r);

                for (int k = first; k < end; k++) {
                    double mean = m->mean[k * (long)f.dim + d];

                    EACH_LANE(j)
                        sm[j] = fma(e[k - from][i + j], mean, sm[j]);
                }
                EACH_LANE(j) {
                    int l = f.same ? 0 : j;

                    y[j] = fma(rd[l], fma(c.s2[l], sm[j], s[j] * (c.alpha[l] * var) * x[j]), y[j]);
                }
            }
        }
    }
}

INLINE void flat_traces_form(const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE],
                             const double *D,
                             double *Q, form f)
{
    EACH_CHUNK(o, i) {
        flat_chunk c = at(o, f, i);

        for (int k = from; k < to; k++) {
            double r[LANES], q[LANES] = { 0 };

            if (f.iso)
                inverse(&c, f, m->var[k], r);
            for (int d = 0; d < f.dim; d++) {
                const double *x = o->x + d * (long)o->rows + i, *y = D + d * (long)o->rows + i;
                double mean = m->mean[k * (long)f.dim + d], var = variance(m, f, k, d);
                const double *rd = f.iso ? r : inverses(m, o, &c, f, from, k, d, i, r);

                EACH_LANE(j) {
                    int l = f.same ? 0 : j;
                    double al = c.alpha[l] * var, g = rd[l] * fma(c.alpha[l], mean, -x[j]);
                    double off = fma(rd[l], fma(c.s2[l], mean, al * x[j]), -y[j]);

                    q[j] = fma(off, g, fma(al, rd[l], q[j]));
                }
            }
            EACH_LANE(j)
                Q[i + j] = fma(e[k - from][i + j], q[j], Q[i + j]);
        }
    }
}

/*
 * With w_k = e_k (D_k - D) the sum is  Y = sum_k w_k (g_k . v) + (sum_k e_k alpha l_k/v_k) v:
 * first all g_k . v, then column by column.  `count` is a constant where it counts, so that what is summed over the
 * inner loop stays in registers.
 */
INLINE void tangents_of(const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE], const double *D,
                        int count, const double *v, double *Y, form f)
{
    long size = (long)f.dim * o->rows;

    EACH_CHUNK(o, i) {
        flat_chunk c = at(o, f, i);
        /* own_r: 1/v of isotropic modes */
        double along[BLOCK][ABREAST][LANES], own_r[BLOCK][LANES], r[LANES];

        for (int k = from; k < to; k++) {
            const double *mean = m->mean + k * (long)f.dim;
            double sum[ABREAST][LANES] = { 0 };

            if (f.iso)
                inverse(&c, f, m->var[k], own_r[k - from]);
            for (int d = 0; d < f.dim; d++) {
                const double *rd = f.iso ? own_r[k - from] : inverses(m, o, &c, f, from, k, d, i, r);
                long at = d * (long)o->rows + i;
                double g[LANES];

                EACH_LANE(j) {
                    int l = f.same ? 0 : j;

                    g[j] = rd[l] * fma(c.alpha[l], mean[d], -o->x[at + j]);
                }
                for (int q = 0; q < count; q++)
                    EACH_LANE(j)
                        sum[q][j] = fma(g[j], v[q * size + at + j], sum[q][j]);
            }
            for (int q = 0; q < count; q++)
                EACH_LANE(j)
                    along[k - from][q][j] = sum[q][j];
        }
        for (int d = 0; d < f.dim; d++) {
            long at = d * (long)o->rows + i;
            double w[BLOCK][LANES], own[LANES] = { 0 };

            for (int k = from; k < to; k++) {
                double var = variance(m, f, k, d), mean = m->mean[k * (long)f.dim + d];
                const double *rd = f.iso ? own_r[k - from] : inverses(m, o, &c, f, from, k, d, i, r);

                EACH_LANE(j) {
                    int l = f.same ? 0 : j;
                    double al = c.alpha[l] * var, weight = e[k - from][i + j];

                    w[k - from][j] = weight * fma(rd[l], fma(c.s2[l], mean, al * o->x[at + j]), -D[at + j]);
                    own[j] = fma(weight, al * rd[l], own[j]);
                }
            }
            for (int q = 0; q < count; q++) {
                double sum[LANES] = { 0 };

                for (int k = 0; k < to - from; k++)
                    EACH_LANE(j)
                        sum[j] = fma(w[k][j], along[k][q][j], sum[j]);
                EACH_LANE(j)
                    Y[q * size + at + j] += fma(own[j], v[q * size + at + j], sum[j]);
            }
        }
    }
}

INLINE void flat_tangents_form(const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE],
                               const double *D,
                               int count, const double *v, double *Y, form f)
{
    if (count == ABREAST)
        tangents_of(m, o, from, to, e, D, ABREAST, v, Y, f);
    else if (count == 1)
        tangents_of(m, o, from, to, e, D, 1, v, Y, f);
    else
        tangents_of(m, o, from, to, e, D, count, v, Y, f);
}

#define FORMS(NAME, PARAMETERS, ...) \
    CLONES static void NAME PARAMETERS \
    { \
        int dim = m->law.dim; \
 \
        if (m->iso && dim == 2) { \
            if (o->same) NAME##_form(__VA_ARGS__, (form){ 2, 1, 1 }); \
            else NAME##_form(__VA_ARGS__, (form){ 2, 1, 0 }); \
        } else if (m->iso) { \
            if (o->same) NAME##_form(__VA_ARGS__, (form){ dim, 1, 1 }); \
            else NAME##_form(__VA_ARGS__, (form){ dim, 1, 0 }); \
        } else { \
            if (o->same) NAME##_form(__VA_ARGS__, (form){ dim, 0, 1 }); \
            else NAME##_form(__VA_ARGS__, (form){ dim, 0, 0 }); \
        } \
    }
FORMS(flat_logits, (const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE]), m, o, from, to, e)
FORMS(flat_means, (const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE], double *sum,
                   double *X), m, o,
      from, to, e, sum, X)
FORMS(flat_traces, (const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE], const double *D,
                    double *Q),
      m, o, from, to, e, D, Q)
FORMS(flat_tangents, (const mixture *m, const mixture_tile *o, int from, int to, double (*e)[TILE], const double *D,
                      int count,
                      const double *v, double *Y),
      m, o, from, to, e, D, count, v, Y)

const kernels mixture_flat = { flat_logits, flat_means, flat_traces, flat_tangents };
