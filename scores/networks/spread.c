/* y = x + W c + b of every token: one projection of the embedding is added to all. */
#include <math.h>
#include <string.h>
#include "base/clones.h"
#include "scores/networks/tokens.h"

enum { W, B };
enum { TOKENS };

static int open(layer *l, const opening *o)
{
    int cols = token_cols(l, o, (int)l->given.v[TOKENS]);

    l->cond = o->cond, l->out = l->in, l->work = padded(cols < 0 ? 0 : cols);
    return cols > 0 && REAL(weight_open)(l, o, ".weight", cols, o->cond, 1, 0)
        && REAL(weight_open)(l, o, ".bias", 1, cols, 0, 1) ? 0 : -1;
}

/* to = from + (w + b); or to += from, w and b NULL. */
CLONES static void REAL(spread_token)(int cols, const real *from, const real *w, const real *b, real *to)
{
    #pragma omp simd
    for (int j = 0; j < cols; j++)
        to[j] = w ? from[j] + (w[j] + (b ? b[j] : 0)) : to[j] + from[j];
}

static void forward(const layer *l, const pass *p, const real *x, real *y)
{
    const vectors v = tokens_of((int)l->given.v[TOKENS], l->weight[W].rows);
    const real *w = p->work;

    multiply(p, p->c, l->cond, &l->weight[W], 0, p->work, v.length);
    for (int i = 0; i < p->rows; i++, w += padded(v.length))
        for (int k = 0; k < v.count; k++) {
            long at = begins(&v, (long)i * v.count + k);

            REAL(spread_token)(v.length, x + at, w, l->weight[B].v, y + at);
        }
}

static void tangent(const layer *l, const pass *p, const real *x, const real *dx, real *dy)
{
    if (dy != dx)
        memcpy(dy, dx, (size_t)p->rows * padded(l->out) * sizeof *dy);
}

/* What reaches the projection is the sum over tokens. */
static void backward(const layer *l, const pass *p, const real *x, const real *dy, real *dx)
{
    const vectors v = tokens_of((int)l->given.v[TOKENS], l->weight[W].rows);
    real *sum = p->work;

    memcpy(dx, dy, (size_t)p->rows * padded(l->out) * sizeof *dx);
    memset(sum, 0, (size_t)p->rows * padded(v.length) * sizeof *sum);
    for (int i = 0; i < p->rows; i++, sum += padded(v.length))
        for (int k = 0; k < v.count; k++)
            REAL(spread_token)(v.length, dy + begins(&v, (long)i * v.count + k), NULL, NULL, sum);
    REAL(back_product)(p, &l->weight[W], p->c, p->work, 1, p->dc);
    REAL(back_bias)(p, &l->weight[B], p->work);
}

const layer_kind REAL(layer_spread) = {
    .name = "spread", .about = "a projection of the embedding is added to every token", .in_place = 1,
    .par = { [TOKENS] = { "tokens", "how many a row has", NULL, NAN, 1, 1e6, 1 },
             { "name", "of the projection in the file", PATH } },
    .open = open, .forward = forward, .tangent = tangent, .backward = backward,
};
