/*
 * Layer normalisation (Ba et al. 2016): y = g (x - m)/s + b, m the mean of a row, s^2 = its variance + eps.
 * NAME.weight g and NAME.bias b may be missing.
 *     dy = g (dx - mean dx - u mean(u dx))/s,   u = (x - m)/s;   backward dx = (h - mean h - u mean(u h))/s,   h = g dy
 * Sums are taken in 16 lanes of double, whatever the processor has.
 */
#include <math.h>
#include "base/clones.h"
#include "scores/networks/layer.h"

enum { G, B };
enum { LANES = 16 };

static int open(layer *l, const opening *o)
{
    l->out = l->in, l->work = padded(l->in);
    return REAL(weight_open)(l, o, ".weight", 1, l->in, 0, 1) && REAL(weight_open)(l, o, ".bias", 1, l->in, 0, 1) ? 0
        : -1;
}

INLINE double mean(int n, const double *lane)
{
    double sum = 0;

    for (int k = 0; k < LANES; k++)
        sum += lane[k];
    return sum / n;
}

/* The mean of a row, and that of a product of two less their means. */
CLONES static double REAL(norm_mean)(int n, const real *x)
{
    double lane[LANES] = { 0 };

    for (int j = 0; j < n; j += LANES) {
        #pragma omp simd
        for (int k = 0; k < LANES; k++)
            lane[k] += j + k < n ? (double)x[j + k] : 0;
    }
    return mean(n, lane);
}

CLONES static double REAL(norm_product)(int n, const real *x, double m, const real *y, double my)
{
    double lane[LANES] = { 0 };

    for (int j = 0; j < n; j += LANES) {
        #pragma omp simd
        for (int k = 0; k < LANES; k++)
            lane[k] = j + k < n ? fma(x[j + k] - m, y[j + k] - my, lane[k]) : lane[k];
    }
    return mean(n, lane);
}

/* y = (x - m) a - (z - mz) b, times g and plus s where they are not NULL. */
CLONES static void REAL(norm_row)(int n, const real *x, double m, double a, const real *z, double mz, double b,
                                  const real *g, const real *s, real *y)
{
    #pragma omp simd
    for (int j = 0; j < n; j++) {
        double v = fma(z[j] - mz, -b, (x[j] - m) * a);

        v = g ? v * g[j] : v;
        y[j] = (real)(s ? v + s[j] : v);
    }
}

static double per_width(const layer *l, const real *x, double m)
{
    return 1 / sqrt(REAL(norm_product)(l->in, x, m, x, m) + l->given.v[0]);
}

static void forward(const layer *l, const pass *p, const real *x, real *y)
{
    int pad = padded(l->in);

    for (int i = 0; i < p->rows; i++, x += pad, y += pad) {
        double m = REAL(norm_mean)(l->in, x), r = per_width(l, x, m);

        REAL(norm_row)(pad, x, m, r, x, m, 0, l->weight[G].v, l->weight[B].v, y);
    }
}

static void tangent(const layer *l, const pass *p, const real *x, const real *dx, real *dy)
{
    int pad = padded(l->in);

    for (int i = 0; i < p->rows; i++, x += pad, dx += pad, dy += pad) {
        double m = REAL(norm_mean)(l->in, x), r = per_width(l, x, m), dm = REAL(norm_mean)(l->in, dx);
        double turn = REAL(norm_product)(l->in, x, m, dx, dm);

        REAL(norm_row)(pad, dx, dm, r, x, m, turn * r * r * r, l->weight[G].v, NULL, dy);
    }
}

/* h = g dy;  dg += dy u. */
CLONES static void REAL(norm_gain)(int n, const real *x, double m, double r, const real *g, const real *dy, real *dg,
                                   real *h)
{
    #pragma omp simd
    for (int j = 0; j < n; j++) {
        dg[j] += (real)(dy[j] * ((x[j] - m) * r));
        h[j] = g[j] * dy[j];
    }
}

static void backward(const layer *l, const pass *p, const real *x, const real *dy, real *dx)
{
    const weight *gain = &l->weight[G];
    int pad = padded(l->in);

    REAL(back_bias)(p, &l->weight[B], dy);
    for (int i = 0; i < p->rows; i++, x += pad, dy += pad, dx += pad) {
        double m = REAL(norm_mean)(l->in, x), r = per_width(l, x, m), mh;
        const real *h = gain->v ? p->work : dy;

        if (gain->v)
            REAL(norm_gain)(l->in, x, m, r, gain->v, dy, p->grad + gain->at, p->work);
        mh = REAL(norm_mean)(l->in, h);
        REAL(norm_row)(l->in, h, mh, r, x, m, REAL(norm_product)(l->in, x, m, h, mh) * r * r * r, NULL, NULL, dx);
    }
}

const layer_kind REAL(layer_norm) = {
    .name = "norm", .about = "layer normalisation", .in_place = 1,
    .par = { { "eps", "is added to the variance", NULL, 1e-5, 0, 1, 0 },
             { "name", "of the module in the file", PATH } },
    .open = open, .forward = forward, .tangent = tangent, .backward = backward,
};
