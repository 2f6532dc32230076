/* y = x + W c + b: a projection of the embedding is added; without NAME.weight the embedding itself. */
#include <string.h>
#include "base/clones.h"
#include "base/fail.h"
#include "scores/networks/layer.h"

enum { W, B };

static int open(layer *l, const opening *o)
{
    const weight *w = REAL(weight_open)(l, o, ".weight", l->in, o->cond, 1, 1);

    l->cond = o->cond, l->out = l->in;
    if (!w || !REAL(weight_open)(l, o, ".bias", 1, l->in, 0, 1))
        return -1;
    return w->v || o->cond == l->in ? 0
        : fail("%s: add: the embedding has %d columns where the state has %d, and there is no %s.weight to turn it; "
               "name it",
                                               o->where, o->cond, l->in, l->name);
}

CLONES static void REAL(add_rows_of)(int rows, int cols, const real *x, const real *c, const real *b, real *y)
{
    for (int i = 0; i < rows; i++, x += cols, y += cols) {
        #pragma omp simd
        for (int j = 0; j < cols; j++)
            y[j] = x[j] + ((c ? c[(size_t)i * cols + j] : 0) + (b ? b[j] : 0));
    }
}

static void forward(const layer *l, const pass *p, const real *x, real *y)
{
    const weight *w = &l->weight[W];

    REAL(add_rows_of)(p->rows, padded(l->out), x, w->v ? NULL : p->c, l->weight[B].v, y);
    if (w->v)
        multiply(p, p->c, l->cond, w, 1, y, l->out);
}

static void tangent(const layer *l, const pass *p, const real *x, const real *dx, real *dy)
{
    if (dy != dx)
        memcpy(dy, dx, (size_t)p->rows * padded(l->out) * sizeof *dy);
}

static void backward(const layer *l, const pass *p, const real *x, const real *dy, real *dx)
{
    const weight *w = &l->weight[W];

    memcpy(dx, dy, (size_t)p->rows * padded(l->out) * sizeof *dx);
    REAL(back_bias)(p, &l->weight[B], dy);
    if (w->v)
        REAL(back_product)(p, w, p->c, dy, 1, p->dc);
    else
        REAL(add_rows_of)(p->rows, padded(l->out), p->dc, dy, NULL, p->dc);
}

const layer_kind REAL(layer_add) = {
    .name = "add", .about = "a projection of the embedding is added", .in_place = 1,
    .par = { { "name", "of the projection in the file", PATH } },
    .open = open, .forward = forward, .tangent = tangent, .backward = backward,
};
