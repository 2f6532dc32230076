/* y = W x + b of every token (scores/tokens.h): in a mixer the projection of patches, and the way back.
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

/* W x of all tokens, and the bias unless it is a tangent. */
static void turned(const layer *l, const pass *p, const real *x, const real *b, real *y)
{
    const vectors in = before(l), out = behind(l);
    long all = (long)p->rows * in.count;
    real *from = p->work, *to = from + (size_t)TILE_ROWS * padded(in.length);

    for (long first = 0; first < all; first += TILE_ROWS) {
        pass piece = piece_of(p, first, all);

        take(&in, first, piece.rows, x, from);
        multiply(&piece, from, in.length, &l->weight[W], 0, to, out.length);
        put(&out, first, piece.rows, to, b, y);
    }
}

static void forward(const layer *l, const pass *p, const real *x, real *y) { turned(l, p, x, l->weight[B].v, y); }
static void tangent(const layer *l, const pass *p, const real *x, const real *dx,
                    real *dy) { turned(l, p, dx, NULL, dy); }

static void backward(const layer *l, const pass *p, const real *x, const real *dy, real *dx)
{
    const vectors in = before(l), out = behind(l);
    long all = (long)p->rows * in.count;
    real *from = p->work, *to = from + (size_t)TILE_ROWS * padded(in.length);

    for (long first = 0; first < all; first += TILE_ROWS) {
        pass piece = piece_of(p, first, all);

        take(&in, first, piece.rows, x, from);
        take(&out, first, piece.rows, dy, to);
        REAL(back_product)(&piece, &l->weight[W], from, to, 0, from);
        REAL(back_bias)(&piece, &l->weight[B], to);
        put(&in, first, piece.rows, from, NULL, dx);
    }
}

const layer_kind REAL(layer_each) = {
    .name = "each", .about = "W x + b of every token",
    .par = { [TOKENS] = { "tokens", "how many a row has", NULL, NAN, 1, 1e6, 1 },
             { "name", "of the module in the file", PATH } },
    .open = open, .forward = forward, .tangent = tangent, .backward = backward,
};
