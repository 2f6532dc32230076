/*
 * Gaussian mixture at every noise level:
 *
 *   E[x_0 | x_t] = D = sum_k r_k D_k,   r_k the responsibilities, proportional to w_k N(x; alpha m_k, V_k)
 *   div D        = sum_k r_k (tr J_k + (D_k - D) . g_k),   J v = sum_k r_k (J_k v + (D_k - D) (g_k . v)),
 *                g_k = grad log N_k
 *
 * Rows go through in tiles, modes in blocks with a running maximum; the kernels (mixture_flat.c, mixture_full.c)
 * hold the sums over modes.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include "base/fail.h"
#include "base/lanes.h"
#include "models/laws/mixture.h"

#define LN2 0.693147180559945309417
#define LOG_2PI 1.83787706640934548356

/* A tile on its way: its rows in the batch, the logits of a block of modes, the running maximum and sum, and columns
 * (dim x rows each) in a workspace. */
typedef struct mixture_work {
    mixture_tile o;
    long first;
    int count, groups;
    /* x_0; directions and their images; room of the tile's inverses; each in the workspace or NULL */
    double *X, *v, *Y, *inverse;
    _Alignas(64) double top[TILE], sum[TILE], fade[TILE], Q[TILE], e[BLOCK][TILE];
} mixture_work;

static int rows_of_tile(int dim) { return dim <= 128 ? TILE : LANES; }
static int block_end(const mixture *m, int from) { return m->K - from < BLOCK ? m->K : from + BLOCK; }

/* Room for the inverses of a diagonal mixture, in which rows may have levels of their own: where
 * it stays in the cache. */
static long kept(const mixture *m)
{
    enum { MOST = 1 << 16 };
    long n = (long)block_end(m, 0) * m->law.dim * rows_of_tile(m->law.dim);

    return m->iso || m->basis || n > MOST ? 0 : n;
}

/* Doubles that a tile needs for `arrays` arrays and so many more, with room to align. */
static long work_size(int dim, int arrays, long more) { return (long)arrays * dim * rows_of_tile(dim) + more + 8; }

static void lay_out(mixture_work *w, int dim, int arrays, long more, double *workspace)
{
    double *base = (double *)(((uintptr_t)workspace + 63) & ~(uintptr_t)63);
    long size = (long)dim * rows_of_tile(dim);

    w->o.rows = rows_of_tile(dim);
    w->o.x = base;
    w->X = arrays > 1 ? base + size : NULL;
    w->v = arrays > 2 ? base + 2 * size : NULL;
    w->Y = arrays > 2 ? base + (1 + arrays / 2) * size : NULL;             /* as many as there are directions */
    w->inverse = more ? base + arrays * size : NULL;
}

/* Columns at a time on the way to and from rows: a cache line, whatever the stride. */
enum { LINE = 8 };

/* Row-major n x dim, rows `stride` apart, to columns of `rows`; the padded lanes copy the first row. */
INLINE void columns_form(const double *from, long stride, int n, int padded, int dim, int rows, double *to)
{
    for (int first = 0; first < dim; first += LINE) {
        int end = first + LINE < dim ? first + LINE : dim;

        for (int i = 0; i < n; i++)
            for (int d = first; d < end; d++)
                to[d * (long)rows + i] = from[i * stride + d];
        for (int d = first; d < end; d++)
            for (int i = n; i < padded; i++)
                to[d * (long)rows + i] = from[d];
    }
}

INLINE void rows_form(const double *from, int n, int dim, int rows, double *to, long stride)
{
    for (int first = 0; first < dim; first += LINE) {
        int end = first + LINE < dim ? first + LINE : dim;

        for (int i = 0; i < n; i++)
            for (int d = first; d < end; d++)
                to[i * stride + d] = from[d * (long)rows + i];
    }
}

/* Of two columns both are compiled apart. */
CLONES static void to_columns(const double *from, long stride, int n, int padded, int dim, int rows, double *to)
{
    if (dim == 2 && stride == 2)
        columns_form(from, 2, n, padded, 2, rows, to);
    else
        columns_form(from, stride, n, padded, dim, rows, to);
}

/* And back. */
CLONES static void to_rows(const double *from, int n, int dim, int rows, double *to, long stride)
{
    if (dim == 2 && stride == 2)
        rows_form(from, n, 2, rows, to, 2);
    else
        rows_form(from, n, dim, rows, to, stride);
}

static void gather(const law *l, const batch *p, long first, mixture_work *w)
{
    mixture_tile *o = &w->o;
    long left = (long)p->groups * p->rows - first;
    int n = left < o->rows ? left : o->rows, g = first / p->rows, i = 0;
    long end = (g + 1L) * p->rows - first;

    w->first = first, w->count = n;
    o->n = (n + LANES - 1) / LANES * LANES;
    o->same = end >= n, o->inverse = o->same ? NULL : w->inverse;
    for (; i < (o->same ? 1 : n); g++, end += p->rows) {
        double alpha = p->at[g].alpha, sigma = p->at[g].sigma;

        for (int stop = o->same ? 1 : end < n ? end : n; i < stop; i++)
            o->alpha[i] = alpha, o->a2[i] = alpha * alpha, o->s2[i] = sigma * sigma;
    }
    for (; i < o->n && !o->same; i++)
        o->alpha[i] = o->alpha[0], o->a2[i] = o->a2[0], o->s2[i] = o->s2[0];
    to_columns(p->x + first * l->dim, l->dim, n, o->n, l->dim, o->rows, o->x);
}

/* Labels leave a row to the modes of its own. */
static void mask(const mixture *m, const batch *p, const mixture_work *w, int from, int to, double (*e)[TILE])
{
    if (!p->label)
        return;
    for (int i = 0; i < w->count; i++) {
        int label = p->label[w->first + i];

        for (int k = from; k < to && label >= 0; k++)
            if (m->label[k] != label)
                e[k - from][i] = -INFINITY;
    }
}

static void logits(const mixture *m, const batch *p, mixture_work *w, int from, int to)
{
    m->kernels->logits(m, &w->o, from, to, w->e);
    mask(m, p, w, from, to, w->e);
}

/* Logits of a block become weights 2^(logit - top).  raise: top is the maximum with this block's, and fade the factor
 * by which what was summed before must shrink. */
CLONES static void weigh_modes(mixture_work *w, int modes, int raise)
{
    EACH_CHUNK(&w->o, i) {
        double top[LANES];

        EACH_LANE(j)
            top[j] = w->top[i + j];
        for (int k = 0; k < modes && raise; k++)
            EACH_LANE(j)
                top[j] = top[j] < w->e[k][i + j] ? w->e[k][i + j] : top[j];
        EACH_LANE(j) {
            w->fade[i + j] = lane_exp2(w->top[i + j] - top[j]);
            w->top[i + j] = top[j];
        }
        for (int k = 0; k < modes; k++)
            EACH_LANE(j)
                w->e[k][i + j] = lane_exp2(w->e[k][i + j] - top[j]);
    }
}

CLONES static void scale_columns(const mixture_work *w, int columns, const double *factor, double *y)
{
    for (int d = 0; d < columns; d++) {
        double *col = y + d * (long)w->o.rows;

        EACH_CHUNK(&w->o, i)
            EACH_LANE(j)
                col[i + j] *= factor[i + j];
    }
}

/* What was summed over the modes, over the sum of their weights. */
CLONES static void divide_columns(const mixture_work *w, int columns, double *y)
{
    double inverse[TILE];

    EACH_CHUNK(&w->o, i)
        EACH_LANE(j)
            inverse[i + j] = 1 / w->sum[i + j];
    scale_columns(w, columns, inverse, y);
}

static void clear(double *y, long n)
{
    for (long i = 0; i < n; i++)
        y[i] = 0;
}

/* D of the tile, left in X; top and sum hold for all modes. */
static void posterior_mean(const mixture *m, const batch *p, mixture_work *w)
{
    int dim = m->law.dim;

    for (int i = 0; i < w->o.n; i++)
        w->top[i] = -INFINITY, w->sum[i] = 0;
    for (int d = 0; d < dim; d++)
        clear(w->X + d * (long)w->o.rows, w->o.n);
    for (int from = 0, to; from < m->K; from = to) {
        to = block_end(m, from);
        logits(m, p, w, from, to);
        weigh_modes(w, to - from, 1);
        if (from) {
            scale_columns(w, 1, w->fade, w->sum);
            scale_columns(w, dim, w->fade, w->X);
        }
        m->kernels->means(m, &w->o, from, to, w->e, w->sum, w->X);
    }
    divide_columns(w, dim, w->X);
}

/* A further sum over all modes, whose weights stand in e already where they are one block. */
static void divergence(const mixture *m, const batch *p, mixture_work *w, double *div)
{
    clear(w->Q, w->o.n);
    for (int from = 0, to; from < m->K; from = to) {
        to = block_end(m, from);
        if (m->K > BLOCK)
            logits(m, p, w, from, to), weigh_modes(w, to - from, 0);
        m->kernels->traces(m, &w->o, from, to, w->e, w->X, w->Q);
    }
    for (int i = 0; i < w->count; i++)
        div[w->first + i] = w->Q[i] / w->sum[i];
}

/* Directions each..each + count - 1 of the m of every row. */
static void tangents(const mixture *m, const batch *p, mixture_work *w, int each, int count, int of, const double *v,
                     double *jv)
{
    int dim = m->law.dim;
    long size = (long)dim * w->o.rows, stride = (long)of * dim, at = (w->first * of + each) * dim;

    for (int q = 0; q < count; q++)
        to_columns(v + at + (long)q * dim, stride, w->count, w->o.n, dim, w->o.rows, w->v + q * size);
    clear(w->Y, count * size);
    for (int from = 0, to; from < m->K; from = to) {
        to = block_end(m, from);
        if (m->K > BLOCK)
            logits(m, p, w, from, to), weigh_modes(w, to - from, 0);
        m->kernels->tangents(m, &w->o, from, to, w->e, w->X, count, w->v, w->Y);
    }
    for (int q = 0; q < count; q++) {
        divide_columns(w, dim, w->Y + q * size);
        to_rows(w->Y + q * size, w->count, dim, w->o.rows, jv + at + (long)q * dim, stride);
    }
}

/* Without noise the point is known: x_0 = x/alpha, and the Jacobian is I/alpha. */
static void noiseless(const law *l, const batch *p, int m, const double *v, double *x0, double *div, double *jv)
{
    for (int g = 0; g < p->groups; g++) {
        long rows = p->rows, from = g * rows;

        if (p->at[g].sigma != 0)
            continue;
        for (long i = from * l->dim; i < (from + rows) * l->dim; i++)
            x0[i] = p->x[i] / p->at[g].alpha;
        for (long i = from * l->dim * m; i < (from + rows) * l->dim * m; i++)
            jv[i] = v[i] / p->at[g].alpha;
        for (long i = from; div && i < from + rows; i++)
            div[i] = l->dim / p->at[g].alpha;
    }
}

int mixture_labels(const law *l, long n, const int *label)
{
    for (long i = 0; label && i < n; i++)
        if (label[i] >= l->labels)
            return l->labels ? fail("mixture: label %d of row %ld is unknown; the labels are 0 to %d, and -1 for none",
                                    label[i], i, l->labels - 1)
                             : fail("mixture: row %ld has label %d, but no modes are labelled; add labels = ... to "
                                    "[data] or leave labels out", i, label[i]);
    return 0;
}

static long points(const batch *p) { return (long)p->groups * p->rows; }

/* D of every row, and where they are asked for its divergence and its derivatives along m directions a row. */
static int answer_rows(const law *l, const batch *p, int m, const double *v, double *x0, double *div, double *jv)
{
    const mixture *mix = (const mixture *)l;
    int most = l->dim > 512 ? 1 : ABREAST, abreast = m < most ? m : most, arrays = 2 + 2 * abreast;
    double workspace[work_size(l->dim, arrays, kept(mix))];
    mixture_work w;

    if (mixture_labels(l, points(p), p->label))
        return -1;
    lay_out(&w, l->dim, arrays, kept(mix), workspace);
    for (long first = 0; first < points(p); first += w.count) {
        gather(l, p, first, &w);
        posterior_mean(mix, p, &w);
        to_rows(w.X, w.count, l->dim, w.o.rows, x0 + first * l->dim, l->dim);
        if (div)
            divergence(mix, p, &w, div);
        for (int each = 0; each < m; each += abreast)
            tangents(mix, p, &w, each, m - each < abreast ? m - each : abreast, m, v, jv);
    }
    noiseless(l, p, m, v, x0, div, jv);
    return 0;
}

static int denoise(const law *l, const batch *p, double *x0, double *div)
{
    return answer_rows(l, p, 0, NULL, x0, div, NULL);
}

static int jvps(const law *l, const batch *p, int m, const double *v, double *x0, double *jv)
{
    return answer_rows(l, p, m, v, x0, NULL, jv);
}

static int jvp(const law *l, const batch *p, const double *v, double *x0, double *jv)
{
    return answer_rows(l, p, 1, v, x0, NULL, jv);
}

CLONES static void add_weights(mixture_work *w, int modes)
{
    for (int k = 0; k < modes; k++) {
        const double *e = w->e[k];

        EACH_CHUNK(&w->o, i)
            EACH_LANE(j)
                w->sum[i + j] += e[i + j];
    }
}

static int logpdf(const law *l, const batch *p, double *logp)
{
    const mixture *m = (const mixture *)l;
    double workspace[work_size(l->dim, 1, 0)];
    mixture_work w;

    if (mixture_labels(l, points(p), p->label))
        return -1;
    lay_out(&w, l->dim, 1, 0, workspace);
    for (long first = 0; first < points(p); first += w.count) {
        gather(l, p, first, &w);
        for (int i = 0; i < w.o.n; i++)
            w.top[i] = -INFINITY, w.sum[i] = 0;
        for (int from = 0, to; from < m->K; from = to) {
            to = block_end(m, from);
            logits(m, p, &w, from, to);
            weigh_modes(&w, to - from, 1);
            scale_columns(&w, 1, w.fade, w.sum);
            add_weights(&w, to - from);
        }
        for (int i = 0; i < w.count; i++) {
            int label = p->label ? p->label[first + i] : -1;

            logp[first + i] = w.top[i] * LN2 + log(w.sum[i]) - 0.5 * l->dim * LOG_2PI
                              - (label >= 0 ? log(m->share[label]) : 0);
        }
    }
    return 0;
}

static int mode_of(const law *l, const batch *p, int *mode)
{
    const mixture *m = (const mixture *)l;
    double workspace[work_size(l->dim, 1, 0)];
    mixture_work w;

    if (mixture_labels(l, points(p), p->label))
        return -1;
    lay_out(&w, l->dim, 1, 0, workspace);
    for (long first = 0; first < points(p); first += w.count) {
        gather(l, p, first, &w);
        for (int i = 0; i < w.count; i++)
            w.top[i] = -INFINITY, mode[first + i] = 0;
        for (int from = 0, to; from < m->K; from = to) {
            to = block_end(m, from);
            logits(m, p, &w, from, to);
            for (int k = from; k < to; k++)
                for (int i = 0; i < w.count; i++)
                    if (w.e[k - from][i] > w.top[i])
                        w.top[i] = w.e[k - from][i], mode[first + i] = k;
        }
    }
    return 0;
}

const law mixture_law = { .name = "mixture", .sample = mixture_sample, .denoise = denoise, .jvp = jvp, .jvps = jvps,
                          .logpdf = logpdf, .moments = mixture_moments,
                          .variances = mixture_variances, .mode_of = mode_of };
