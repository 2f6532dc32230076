/* y = W x + b of every token (scores/networks/tokens.h): in a mixer the projection of patches, and the way back.
 * NAME.weight is out x in; NAME.bias may be missing. */
#include <math.h>
#include "scores/networks/tokens.h"

enum { W, B };
enum { TOKENS };

static int open(layer *l, const opening *o)
{
    int count = (int)l->given.v[TOKENS], cols = token_cols(l, o, count);
    const weight *w = cols < 0 ? NULL : REAL(weight_open)(l, o, ".weight", 0, cols, 1, 0);

    if (!w || !REAL(weight_open)(l, o, ".bias", 1, w->rows, 0, 1))
        return -1;
    l->out = count * w->rows, l->work = padded(cols) + padded(w->rows);
    return 0;
}

static vectors before(const layer *l) { return tokens_of((int)l->given.v[TOKENS], l->weight[W].cols); }
static vectors behind(const layer *l) { return tokens_of((int)l->given.v[TOKENS], l->weight[W].rows); }

/* The pieces of a pass, and room for one on either side of W. */
typedef struct mapping { vectors in, out; pieces q; real *x, *y; } mapping;

static mapping mapping_of(const layer *l, const pass *p)
{
    mapping m = { .in = before(l), .out = behind(l), .x = p->work };

    m.q = pieces_of(p, m.in.count);
    m.y = m.x + (size_t)TILE_ROWS * padded(m.in.length);
    return m;
}

/* W x of all tokens, and the bias unless it is a tangent. */
static void map(const layer *l, const pass *p, const real *x, const real *b, real *y)
{
    for (mapping m = mapping_of(l, p); next_piece(&m.q);) {
        take(&m.in, &m.q, x, m.x);
        multiply(&m.q.at, m.x, m.in.length, &l->weight[W], 0, m.y, m.out.length);
        put(&m.out, &m.q, m.y, b, y);
    }
}

static void forward(const layer *l, const pass *p, const real *x, real *y) { map(l, p, x, l->weight[B].v, y); }

static void tangent(const layer *l, const pass *p, const real *x, const real *dx, real *dy) { map(l, p, dx, NULL, dy); }

static void backward(const layer *l, const pass *p, const real *x, const real *dy, real *dx)
{
    for (mapping m = mapping_of(l, p); next_piece(&m.q);) {
        take(&m.in, &m.q, x, m.x);
        take(&m.out, &m.q, dy, m.y);
        REAL(back_product)(&m.q.at, &l->weight[W], m.x, m.y, 0, m.x);
        REAL(back_bias)(&m.q.at, &l->weight[B], m.y);
        put(&m.in, &m.q, m.x, NULL, dx);
    }
}

const layer_kind REAL(layer_each) = {
    .name = "each", .about = "W x + b of every token",
    .par = { [TOKENS] = { "tokens", "how many a row has", NULL, NAN, 1, 1e6, 1 },
             { "name", "of the module in the file", PATH } },
    .open = open, .forward = forward, .tangent = tangent, .backward = backward,
};
