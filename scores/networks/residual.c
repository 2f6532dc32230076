/* ( ... ): y = x + h, h what stood before the bracket.
 * The bracket that opens is no layer; the network remembers its slot. */
#include <string.h>
#include "base/clones.h"
#include "scores/networks/layer.h"

static int open(layer *l, const opening *o)
{
    l->out = l->in;
    return 0;
}

CLONES static void REAL(residual_sum)(long n, const real *x, const real *h, real *y)
{
    #pragma omp simd
    for (long i = 0; i < n; i++)
        y[i] = x[i] + h[i];
}

static void forward(const layer *l, const pass *p, const real *x, real *y)
{
    REAL(residual_sum)((long)p->rows * padded(l->out), x, p->slot[l->skip], y);
}

/* The other way, to what stood before the bracket, is net_backward's. */
static void backward(const layer *l, const pass *p, const real *x, const real *dy, real *dx)
{
    memcpy(dx, dy, (size_t)p->rows * padded(l->out) * sizeof *dx);
}

static void tangent(const layer *l, const pass *p, const real *x, const real *dx, real *dy)
{
    REAL(residual_sum)((long)p->rows * padded(l->out), dx, p->dslot[l->skip], dy);
}

const layer_kind REAL(layer_residual) = {
    .name = "residual", .about = "( LAYERS ): what stood before the bracket is added", .free = 1, .in_place = 1,
    .open = open, .forward = forward,
    .tangent = tangent, .backward = backward,
};
