/*
 * A mixing layer of MLP-Mixer (Tolstikhin et al. 2021): y = W2 f(W1 x + b1) + b2 of every token, or across the tokens
 * of every column; f gelu.
 * NAME.0.weight, .bias and NAME.2.weight, .bias, as nn.Sequential(Linear, GELU, Linear) has them.
 * What lies between the two products is not kept: on the way back it is made again, a piece at a time, which costs less
 * than to carry it through memory.
 */
#include <math.h>
#include "scores/networks/tokens.h"

enum { W1, B1, W2, B2 };
enum { TOKENS, OVER, ACT };

extern const layer_kind REAL(layer_silu), REAL(layer_gelu), REAL(layer_softplus), REAL(layer_tanh), REAL(layer_elu),
    REAL(layer_relu);
static const layer_kind *const acts[] = { &REAL(layer_silu), &REAL(layer_gelu), &REAL(layer_softplus),
                                          &REAL(layer_tanh), &REAL(layer_elu), &REAL(layer_relu) };
enum { SILU, GELU };

/* Arrays of a piece, in pass.work: TILE_ROWS x padded length or padded width. */
typedef struct room { real *x, *y, *h, *a, *d; } room;

static vectors lie(const layer *l)
{
    int count = (int)l->given.v[TOKENS], cols = l->in / count;

    return l->given.v[OVER] ? across(count, cols) : tokens_of(count, cols);
}

static int open(layer *l, const opening *o)
{
    int n = token_cols(l, o, (int)l->given.v[TOKENS]) < 0 ? -1 : lie(l).length;
    const weight *w = n < 0 ? NULL : REAL(weight_open)(l, o, ".0.weight", 0, n, 1, 0);

    if (!w)
        return -1;
    l->out = l->in, l->work = 2 * padded(n) + 3 * padded(w->rows);
    return REAL(weight_open)(l, o, ".0.bias", 1, w->rows, 0, 1) && REAL(weight_open)(l, o, ".2.weight", n, w->rows, 1,
            0) &&
           REAL(weight_open)(l, o, ".2.bias", 1, n, 0, 1) ? 0 : -1;
}

static room room_of(const layer *l, const pass *p)
{
    size_t n = (size_t)TILE_ROWS * padded(l->weight[W1].cols), m = (size_t)TILE_ROWS * padded(l->weight[W1].rows);

    return (room){ p->work, p->work + n, p->work + 2 * n, p->work + 2 * n + m, p->work + 2 * n + 2 * m };
}

/* f as the layer that it is by itself, with b1. */
static layer act_of(const layer *l)
{
    const layer_kind *f = acts[(int)l->given.v[ACT]];

    return (layer){ .kind = f, .given.v = { f->par[0].def }, .in = l->weight[W1].rows, .out = l->weight[W1].rows,
                    .bias = l->weight[B1].v };
}

/* h = W1 x of a piece. */
static void first_half(const layer *l, const pass *piece, const real *x, real *h)
{
    multiply(piece, x, l->weight[W1].cols, &l->weight[W1], 0, h, l->weight[W1].rows);
}

static void second_half(const layer *l, const pass *piece, const real *a, real *y)
{
    multiply(piece, a, l->weight[W2].cols, &l->weight[W2], 0, y, l->weight[W2].rows);
}

static void forward(const layer *l, const pass *p, const real *x, real *y)
{
    const vectors v = lie(l);
    const layer act = act_of(l);
    const room r = room_of(l, p);
    long all = (long)p->rows * v.count;

    for (long first = 0; first < all; first += TILE_ROWS) {
        pass piece = piece_of(p, first, all);

        take(&v, first, piece.rows, x, r.x);
        first_half(l, &piece, r.x, r.h);
        act.kind->forward(&act, &piece, r.h, r.a);
        second_half(l, &piece, r.a, r.y);
        put(&v, first, piece.rows, r.y, l->weight[B2].v, y);
    }
}

static void tangent(const layer *l, const pass *p, const real *x, const real *dx, real *dy)
{
    const vectors v = lie(l);
    const layer act = act_of(l);
    const room r = room_of(l, p);
    long all = (long)p->rows * v.count;

    for (long first = 0; first < all; first += TILE_ROWS) {
        pass piece = piece_of(p, first, all);

        take(&v, first, piece.rows, x, r.x);
        first_half(l, &piece, r.x, r.h);
        take(&v, first, piece.rows, dx, r.x);
        first_half(l, &piece, r.x, r.d);
        act.kind->tangent(&act, &piece, r.h, r.d, r.a);
        second_half(l, &piece, r.a, r.y);
        put(&v, first, piece.rows, r.y, NULL, dy);
    }
}

static void backward(const layer *l, const pass *p, const real *x, const real *dy, real *dx)
{
    const vectors v = lie(l);
    const layer act = act_of(l);
    const room r = room_of(l, p);
    long all = (long)p->rows * v.count;

    for (long first = 0; first < all; first += TILE_ROWS) {
        pass piece = piece_of(p, first, all);

        take(&v, first, piece.rows, x, r.x);
        take(&v, first, piece.rows, dy, r.y);
        first_half(l, &piece, r.x, r.h);
        act.kind->forward(&act, &piece, r.h, r.a);
        REAL(back_product)(&piece, &l->weight[W2], r.a, r.y, 0, r.d);
        REAL(back_bias)(&piece, &l->weight[B2], r.y);
        act.kind->backward(&act, &piece, r.h, r.d, r.a);
        REAL(back_product)(&piece, &l->weight[W1], r.x, r.a, 0, r.y);
        REAL(back_bias)(&piece, &l->weight[B1], r.a);
        put(&v, first, piece.rows, r.y, NULL, dx);
    }
}

const layer_kind REAL(layer_mix) = {
    .name = "mix", .about = "W2 f(W1 x + b1) + b2 of every token, or across tokens",
    .par = { [TOKENS] = { "tokens", "how many a row has", NULL, NAN, 1, 1e6, 1 },
             [OVER] = { "over", "what is mixed: a token's columns, or a column's tokens", "columns tokens", 0 },
             [ACT] = { "act", "f", "silu gelu softplus tanh elu relu", GELU },
                 { "name", "of the module in the file", PATH } },
    .open = open, .forward = forward, .tangent = tangent, .backward = backward,
};
