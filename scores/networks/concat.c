/* y = (x, c): the embedding of time and label behind the columns, or before them. */
#include <string.h>
#include "scores/networks/layer.h"

enum { PLACE };
enum { LAST, FIRST };

static int open(layer *l, const opening *o)
{
    l->cond = o->cond, l->out = l->in + o->cond;
    return 0;
}

/* c NULL: zeros. */
static void join(const layer *l, int rows, const real *x, const real *c, real *y)
{
    int first = l->given.v[PLACE] == FIRST, pad = padded(l->out);

    for (int i = 0; i < rows; i++, x += padded(l->in), y += pad) {
        real *to = y + (first ? 0 : l->in);

        memcpy(y + (first ? l->cond : 0), x, l->in * sizeof *y);
        if (c)
            memcpy(to, c + (size_t)i * padded(l->cond), l->cond * sizeof *y);
        else
            memset(to, 0, l->cond * sizeof *y);
        memset(y + l->out, 0, (pad - l->out) * sizeof *y);
    }
}

static void forward(const layer *l, const pass *p, const real *x, real *y) { join(l, p->rows, x, p->c, y); }

static void tangent(const layer *l, const pass *p, const real *x, const real *dx, real *dy)
{
    join(l, p->rows, dx, NULL, dy);
}

static void backward(const layer *l, const pass *p, const real *x, const real *dy, real *dx)
{
    int first = l->given.v[PLACE] == FIRST, cond = padded(l->cond);

    for (int i = 0; i < p->rows; i++, dy += padded(l->out), dx += padded(l->in)) {
        memcpy(dx, dy + (first ? l->cond : 0), l->in * sizeof *dx);
        for (int j = 0; j < l->cond; j++)
            p->dc[(size_t)i * cond + j] += dy[(first ? 0 : l->in) + j];
    }
}

const layer_kind REAL(layer_concat) = {
    .name = "concat", .about = "the embedding of time and label beside the columns", .free = 1,
    .par = { [PLACE] = { "place", "of the embedding", "last first", LAST } },
    .open = open, .forward = forward,
    .tangent = tangent,
    .backward = backward,
};
