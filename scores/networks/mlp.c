/*
 * A built-in network as a field, in float32; and as references want it, in float64 with the same weights
 * (FOKKER_DOUBLE).  Rows are computed in tiles (scores/networks/layer.h): a row's bits depend on nothing but itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "scores/networks/mlp.h"
#include "scores/networks/tiny.h"

/* A thread copy shares all but the tape; the first one closes the net, its owner also frees the origin. */
typedef struct mlp { const network *how; origin *from; net *net; tape *tape; int first, owner; } mlp;

/* n rows from `row` on into the tile. */
static void load(const mlp *m, const batch *p, long row, int n)
{
    tape *t = m->tape;
    int dim = m->net->dim;

    t->pass.rows = n;
    REAL(network_in)(m->how->input_scale, n, dim, p->x + row * dim, padded(dim), t->x);
    for (int i = 0; i < n; i++) {
        const level *l = level_at(p, row + i);

        t->time[i] = i && l == level_at(p, row + i - 1) ? t->time[i - 1] : network_time(m->how, l);
        t->label[i] = p->label ? p->label[row + i] : -1;
    }
}

/* What one tile answers; jv, div may be NULL. */
typedef struct wish { const double *v; double *out, *jv, *div; } wish;

static void directional(const mlp *m, const wish *w, long row, int n)
{
    int dim = m->net->dim, pad = padded(dim);

    REAL(network_in)(m->how->input_scale, n, dim, w->v + row * dim, pad, m->tape->dx);
    REAL(net_tangent)(m->net, m->tape);
    REAL(network_out)(m->how->output_scale, n, dim, pad, m->tape->dy, w->jv + row * dim);
}

/* Exact: a tangent a column. */
static void divergence_of(const mlp *m, const wish *w, long row, int n)
{
    int dim = m->net->dim, pad = padded(dim);
    tape *t = m->tape;
    double scale = m->how->input_scale * m->how->output_scale;

    memset(w->div + row, 0, n * sizeof *w->div);
    memset(t->dx, 0, (size_t)n * pad * sizeof *t->dx);
    for (int d = 0; d < dim; d++) {
        for (int i = 0; i < n; i++)
            t->dx[(size_t)i * pad + d] = 1;
        REAL(net_tangent)(m->net, t);
        for (int i = 0; i < n; i++)
            w->div[row + i] += scale * t->dy[(size_t)i * pad + d], t->dx[(size_t)i * pad + d] = 0;
    }
}

static int answer(const mlp *m, const batch *p, const wish *w)
{
    long all = (long)p->groups * p->rows;
    int cols = m->net->cols;
    unsigned before;

    if (network_labels("mlp", p, m->net->classes))
        return -1;
    before = flush_tiny();
    for (long row = 0; row < all; row += TILE_ROWS) {
        int n = all - row < TILE_ROWS ? (int)(all - row) : TILE_ROWS;

        load(m, p, row, n);
        REAL(net_forward)(m->net, m->tape, w->jv || w->div);
        REAL(network_out)(m->how->output_scale, n, cols, padded(cols), m->tape->y, w->out + row * cols);
        if (w->jv)
            directional(m, w, row, n);
        if (w->div)
            divergence_of(m, w, row, n);
    }
    restore_tiny(before);
    return 0;
}

static int eval(void *self, const batch *p, double *out) { return answer(self, p, &(wish){ .out = out }); }

static int jvp(void *self, const batch *p, const double *v, double *out, double *jv)
{
    return answer(self, p, &(wish){ .v = v, .out = out, .jv = jv });
}

static int divergence(void *self, const batch *p, double *out, double *div)
{
    return answer(self, p, &(wish){ .out = out, .div = div });
}

static void close(void *self)
{
    mlp *m = self;

    REAL(tape_close)(m->tape);
    if (m->first)
        REAL(net_close)(m->net);
    if (m->owner)
        origin_free(m->from);
    free(m);
}

static score *thread_copy(void *self, int rows);

#ifdef FOKKER_DOUBLE
#define PRECISE NULL
#define SINGLE 0
#else
score *mlp_open_double(origin *, int owner);
static score *precise(void *self) { return mlp_open_double(((const mlp *)self)->from, 0); }
#define PRECISE precise
#define SINGLE 1
#endif

/* A score over a copy of m with a tape of its own; NULL leaves what is shared as it was. */
static score *score_of(const mlp *m)
{
    mlp *own = malloc(sizeof *own);
    tape *t = REAL(tape_open)(m->net);
    int square = m->net->cols == m->net->dim;
    score *s = own && t ? field_new((score){ .abi = SCORE_ABI, .name = "mlp", .dim = m->net->dim, .cols = m->net->cols,
                                             .predicts = m->how->predicts,
                                             .block = TILE_ROWS, .process = m->from->process, .labels = m->net->classes
                                             ? m->net->classes : -1,
                                             .single = SINGLE, .eval = eval, .jvp = square ? jvp : NULL,
                                             .divergence = square ? divergence : NULL, .thread_copy = thread_copy,
                                             .precise = PRECISE, .close = close,
                                             .self = own }) : NULL;

    if (!s)
        return free(own), REAL(tape_close)(t), fail("mlp: out of memory"), NULL;
    *own = *m;
    own->tape = t;
    return s;
}

static score *thread_copy(void *self, int rows)
{
    mlp m = *(const mlp *)self;

    m.first = m.owner = 0;
    return score_of(&m);
}

score *REAL(mlp_open)(origin *from, int owner)
{
    mlp m = { .how = &from->how, .from = from, .net = REAL(net_open)(&from->text), .first = 1, .owner = owner };
    score *s = m.net ? score_of(&m) : NULL;

    if (s)
        return s;
    REAL(net_close)(m.net);
    if (owner)
        origin_free(from);
    return NULL;
}
