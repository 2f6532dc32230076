/* y = x + E[label]: NAME.weight has a row a class.  A label of -1 is none: row `none` of the
 * table, or nothing is added. */
#include <string.h>
#include "base/fail.h"
#include "scores/networks/layer.h"

enum { NONE, NAME };

static int open(layer *l, const opening *o)
{
    const weight *w = REAL(weight_open)(l, o, ".weight", 0, l->in, 0, 0);

    if (!w)
        return -1;
    l->out = l->in;
    return l->given.v[NONE] < w->rows ? 0 : fail("%s: label: none is %g, but %s has %d rows, counted from 0", o->where,
                                                 l->given.v[NONE], w->name, w->rows);
}

static void forward(const layer *l, const pass *p, const real *x, real *y)
{
    int pad = padded(l->out);

    for (int i = 0; i < p->rows; i++, x += pad, y += pad) {
        int row = p->label[i] < 0 ? (int)l->given.v[NONE] : p->label[i];
        const real *e = l->weight[0].v + (size_t)(row < 0 ? 0 : row) * pad;

        if (row < 0)
            memcpy(y, x, pad * sizeof *y);
        for (int j = 0; j < pad && row >= 0; j++)
            y[j] = x[j] + e[j];
    }
}

static void backward(const layer *l, const pass *p, const real *x, const real *dy, real *dx)
{
    int pad = padded(l->out);

    memcpy(dx, dy, (size_t)p->rows * pad * sizeof *dx);
    for (int i = 0; i < p->rows; i++, dy += pad) {
        int row = p->label[i] < 0 ? (int)l->given.v[NONE] : p->label[i];

        for (int j = 0; j < l->out && row >= 0; j++)
            p->grad[l->weight[0].at + (size_t)row * pad + j] += dy[j];
    }
}

const layer_kind REAL(layer_label) = {
    .name = "label", .about = "the row of a table that belongs to the label is added",
    .par = { [NONE] = { "none", "row for no label; -1: nothing is added", NULL, -1, -1, 1e6, 1 },
             [NAME] = { "name", "of the table in the file", PATH } },
    .open = open, .forward = forward, .backward = backward,
};
