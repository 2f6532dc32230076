/*
 * Concat-squash (Grathwohl et al. 2019): y = (W x + b) s(G c + g) + H c, s the sigmoid.
 * NAME._layer.weight, .bias; NAME._hyper_gate.weight, .bias; NAME._hyper_bias.weight.
 */
#include "scores/networks/layer.h"
#include "scores/networks/real.h"

enum { W, B, G, GB, H };

static int open(layer *l, const opening *o)
{
    const weight *w = REAL(weight_open)(l, o, "._layer.weight", 0, l->in, 1, 0);

    if (!w)
        return -1;
    l->cond = o->cond, l->out = w->rows, l->work = 2 * padded(l->out);
    return REAL(weight_open)(l, o, "._layer.bias", 1, l->out, 0, 1)
           && REAL(weight_open)(l, o, "._hyper_gate.weight", l->out, o->cond, 1, 0)
           && REAL(weight_open)(l, o, "._hyper_gate.bias", 1, l->out, 0, 1)
           && REAL(weight_open)(l, o, "._hyper_bias.weight", l->out, o->cond, 1, 0) ? 0 : -1;
}

/* y = (y + b) s(g + gb) + h; what is NULL is left out. */
CLONES static void REAL(squash_rows)(int rows, int cols, const real *b, const real *g, const real *gb, const real *h,
                                     real *y)
{
    for (int i = 0; i < rows; i++, y += cols, g += cols, h = h ? h + cols : NULL) {
        #pragma omp simd
        for (int j = 0; j < cols; j++) {
            real s = SIGMOID(g[j] + (gb ? gb[j] : 0)), v = y[j] + (b ? b[j] : 0);

            y[j] = v * s + (h ? h[j] : 0);
        }
    }
}

static void forward(const layer *l, const pass *p, const real *x, real *y)
{
    int pad = padded(l->out);
    real *g = p->work, *h = g + (size_t)p->rows * pad;

    multiply(p, x, l->in, &l->weight[W], 0, y, l->out);
    multiply(p, p->c, l->cond, &l->weight[G], 0, g, l->out);
    multiply(p, p->c, l->cond, &l->weight[H], 0, h, l->out);
    REAL(squash_rows)(p->rows, pad, l->weight[B].v, g, l->weight[GB].v, h, y);
}

/* v = W x, g = G c in; with s = s(g + gb) out: dv = dy s in v, da = dy (v + b) s (1 - s) in g. */
CLONES static void REAL(squash_back)(long n, int cols, const real *b, const real *gb, const real *dy, real *v, real *g)
{
    for (long i = 0; i < n; i += cols, v += cols, g += cols, dy += cols) {
        #pragma omp simd
        for (int j = 0; j < cols; j++) {
            real s = SIGMOID(g[j] + (gb ? gb[j] : 0)), u = v[j] + (b ? b[j] : 0);

            v[j] = dy[j] * s, g[j] = dy[j] * u * (s * (1 - s));
        }
    }
}

static void backward(const layer *l, const pass *p, const real *x, const real *dy, real *dx)
{
    size_t size = (size_t)p->rows * padded(l->out);
    real *v = p->work, *g = v + size;

    multiply(p, x, l->in, &l->weight[W], 0, v, l->out);
    multiply(p, p->c, l->cond, &l->weight[G], 0, g, l->out);
    REAL(squash_back)((long)size, padded(l->out), l->weight[B].v, l->weight[GB].v, dy, v, g);
    REAL(back_product)(p, &l->weight[W], x, v, 0, dx);
    REAL(back_bias)(p, &l->weight[B], v);
    REAL(back_product)(p, &l->weight[G], p->c, g, 1, p->dc);
    REAL(back_bias)(p, &l->weight[GB], g);
    REAL(back_product)(p, &l->weight[H], p->c, dy, 1, p->dc);
}

static void tangent(const layer *l, const pass *p, const real *x, const real *dx, real *dy)
{
    multiply(p, dx, l->in, &l->weight[W], 0, dy, l->out);
    multiply(p, p->c, l->cond, &l->weight[G], 0, p->work, l->out);
    REAL(squash_rows)(p->rows, padded(l->out), NULL, p->work, l->weight[GB].v, NULL, dy);
}

const layer_kind REAL(layer_squash) = {
    .name = "squash", .about = "concat-squash: a linear layer gated and shifted by the embedding",
    .par = { { "name", "of the module in the file", PATH } },
    .open = open, .forward = forward, .tangent = tangent, .backward = backward,
};
