/* y = W x + b.  NAME.weight is out x in as PyTorch saves it; NAME.bias may be missing. */
#include "base/clones.h"
#include "scores/networks/layer.h"

enum { W, B };

static int open(layer *l, const opening *o)
{
    const weight *w = REAL(weight_open)(l, o, ".weight", 0, l->in, 1, 0);

    if (!w || !REAL(weight_open)(l, o, ".bias", 1, w->rows, 0, 1))
        return -1;
    l->out = w->rows;
    return 0;
}

CLONES static void REAL(add_bias)(int rows, int cols, const real *b, real *y)
{
    for (int i = 0; i < rows; i++, y += cols) {
        #pragma omp simd
        for (int j = 0; j < cols; j++)
            y[j] += b[j];
    }
}

static void forward(const layer *l, const pass *p, const real *x, real *y)
{
    multiply(p, x, l->in, &l->weight[W], 0, y, l->out);
    if (!l->bare && l->weight[B].v)
        REAL(add_bias)(p->rows, padded(l->out), l->weight[B].v, y);
}

static void tangent(const layer *l, const pass *p, const real *x, const real *dx, real *dy)
{
    multiply(p, dx, l->in, &l->weight[W], 0, dy, l->out);
}

static void backward(const layer *l, const pass *p, const real *x, const real *dy, real *dx)
{
    REAL(back_product)(p, &l->weight[W], x, dy, 0, dx);
    REAL(back_bias)(p, &l->weight[B], dy);
}

const layer_kind REAL(layer_linear) = {
    .name = "linear", .about = "W x + b",
    .par = { { "name", "of the module in the file", PATH } },
    .open = open,
    .forward = forward, .tangent = tangent,
    .backward = backward,
};
