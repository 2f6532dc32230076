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
    return REAL(weight_open)(l, o, ".0.bias", 1, w->rows, 0, 1)
           && REAL(weight_open)(l, o, ".2.weight", n, w->rows, 1, 0)
           && REAL(weight_open)(l, o, ".2.bias", 1, n, 0, 1) ? 0 : -1;
}

/* f as the layer that it is by itself, with b1. */
static layer act_of(const layer *l)
{
    const layer_kind *f = acts[(int)l->given.v[ACT]];

    return (layer){ .kind = f, .given.v = { f->par[0].def }, .in = l->weight[W1].rows, .out = l->weight[W1].rows,
                    .bias = l->weight[B1].v };
}

/* The pieces of a pass, and arrays for one in pass.work: TILE_ROWS x padded length (x, y) or padded width (h, a, d). */
typedef struct mixing { const layer *l; vectors v; layer act; pieces q; real *x, *y, *h, *a, *d; } mixing;

static mixing mixing_of(const layer *l, const pass *p)
{
    size_t n = (size_t)TILE_ROWS * padded(l->weight[W1].cols), m = (size_t)TILE_ROWS * padded(l->weight[W1].rows);
    mixing mix = { .l = l, .v = lie(l), .act = act_of(l) };

    mix.q = pieces_of(p, mix.v.count);
    mix.x = p->work, mix.y = mix.x + n, mix.h = mix.y + n, mix.a = mix.h + m, mix.d = mix.a + m;
    return mix;
}

/* h = W1 x of a piece; x is left in m->x. */
static void first_half(const mixing *m, const real *x, real *h)
{
    take(&m->v, &m->q, x, m->x);
    multiply(&m->q.at, m->x, m->l->weight[W1].cols, &m->l->weight[W1], 0, h, m->l->weight[W1].rows);
}

/* y = W2 a + b */
static void second_half(const mixing *m, const real *b, real *y)
{
    multiply(&m->q.at, m->a, m->l->weight[W2].cols, &m->l->weight[W2], 0, m->y, m->l->weight[W2].rows);
    put(&m->v, &m->q, m->y, b, y);
}

static void forward(const layer *l, const pass *p, const real *x, real *y)
{
    for (mixing m = mixing_of(l, p); next_piece(&m.q);) {
        first_half(&m, x, m.h);
        m.act.kind->forward(&m.act, &m.q.at, m.h, m.a);
        second_half(&m, l->weight[B2].v, y);
    }
}

static void tangent(const layer *l, const pass *p, const real *x, const real *dx, real *dy)
{
    for (mixing m = mixing_of(l, p); next_piece(&m.q);) {
        first_half(&m, x, m.h);
        first_half(&m, dx, m.d);
        m.act.kind->tangent(&m.act, &m.q.at, m.h, m.d, m.a);
        second_half(&m, NULL, dy);
    }
}

static void backward(const layer *l, const pass *p, const real *x, const real *dy, real *dx)
{
    for (mixing m = mixing_of(l, p); next_piece(&m.q);) {
        const pass *at = &m.q.at;

        first_half(&m, x, m.h);
        take(&m.v, &m.q, dy, m.y);
        m.act.kind->forward(&m.act, at, m.h, m.a);
        REAL(back_product)(at, &l->weight[W2], m.a, m.y, 0, m.d);
        REAL(back_bias)(at, &l->weight[B2], m.y);
        m.act.kind->backward(&m.act, at, m.h, m.d, m.a);
        REAL(back_product)(at, &l->weight[W1], m.x, m.a, 0, m.y);
        REAL(back_bias)(at, &l->weight[B1], m.a);
        put(&m.v, &m.q, m.y, NULL, dx);
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
