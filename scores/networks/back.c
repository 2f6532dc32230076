/*
 * Reverse mode.  Layers are walked from the last to the first, d[s] the gradient by slot s:
 *     d[from] = J' d[to] (+ d[behind the bracket], where a bracket begins)
 * Gradients by weights dW = dy x' are products too (scores/networks/product.h): dy' in front, read as it lies, the
 * columns of x as panels.
 */
#include <stdlib.h>
#include <string.h>
#include "base/clones.h"
#include "base/fail.h"
#include "scores/networks/back.h"

enum { WORTH = 1 << 16 };                           /* numbers that are worth more than one thread */

/* ---- parameters ---- */

const weight *REAL(net_weight)(const net *n, const weight *w)
{
    const chain *both[] = { &n->embed, &n->body };
    int found = !w;

    for (int c = 0; c < 2; c++)
        for (int i = 0; i < both[c]->n; i++)
            for (int j = 0; j < both[c]->layer[i].weights; j++) {
                const weight *it = &both[c]->layer[i].weight[j];

                if (found && it->v && both[c]->layer[i].kind->backward)
                    return it;
                found |= it == w;
            }
    return NULL;
}

long REAL(net_trains)(net *n)
{
    long at = 0;

    for (const weight *w = NULL; (w = REAL(net_weight)(n, w)); ) {
        weight *own = (weight *)w;

        own->at = at;
        at += (long)w->rows * padded(w->cols);
        if (w->packed && !w->back
            && !(own->back = aligned_alloc(64, (size_t)w->rows * padded(w->cols) * sizeof *w->back)))
            return fail("out of memory: the transpose of %s", w->name);
    }
    if (at) {
        real *all = malloc(at * sizeof *all);

        if (!all)
            return fail("out of memory: %ld parameters", at);
        REAL(net_get)(n, all), REAL(net_set)(n, all);
        free(all);
    }
    return at;
}

void REAL(net_get)(const net *n, real *all)
{
    for (const weight *w = NULL; (w = REAL(net_weight)(n, w)); ) {
        int pad = padded(w->cols);
        real *to = all + w->at;

        memset(to, 0, (size_t)w->rows * pad * sizeof *to);
        for (int i = 0; i < w->rows; i++, to += pad)
            for (int k = 0; k < w->cols; k++)
                to[k] = w->v[w->packed ? packed_at(w->cols, i, k) : (long)i * pad + k];
    }
}

/* A panel of rows from `first` on; the panels of the transpose are pieces of rows. */
static void set_rows(const weight *w, int first, const real *from)
{
    int pad = padded(w->cols), end = first + PANEL < w->rows ? first + PANEL : w->rows;

    from += (long)first * pad;
    if (!w->packed)
        memcpy(w->v + (long)first * pad, from, (size_t)(end - first) * pad * sizeof *from);
    for (int i = first; i < end && w->packed; i++, from += pad) {
        for (int k = 0; k < w->cols; k++)
            w->v[packed_at(w->cols, i, k)] = from[k];
        for (int k = 0; k < pad; k += PANEL)
            memcpy(w->back + packed_at(w->rows, k, i), from + k, PANEL * sizeof *from);
    }
}

void REAL(net_set)(net *n, const real *all)
{
    long most = 0;

    for (const weight *w = NULL; (w = REAL(net_weight)(n, w)); )
        most = w->at > most ? w->at : most;
    #pragma omp parallel if (most > WORTH)
    for (const weight *w = NULL; (w = REAL(net_weight)(n, w)); ) {
        #pragma omp for schedule(static) nowait
        for (int i = 0; i < w->rows; i += PANEL)
            set_rows(w, i, all + w->at);
    }
}

/* ---- what layers share ---- */

void REAL(back_product)(const pass *p, const weight *w, const real *x, const real *dy, int add, real *dx)
{
    int n = p->rows, in = padded(w->cols), out = padded(w->rows);
    real *panels = p->spare;

    for (int i = 0; i < n; i++)
        for (int k = 0; k < in; k += PANEL)
            memcpy(panels + packed_at(n, k, i), x + (size_t)i * in + k, PANEL * sizeof *x);
    REAL(product)(&(extent){ w->rows, n, 1, out, in }, dy, panels, p->add, p->grad + w->at);
    REAL(product)(&(extent){ n, w->rows, out, 1, in }, dy, w->back, add, dx);
}

CLONES static void REAL(sum_rows)(int rows, int cols, const real *dy, real *sum)
{
    for (int i = 0; i < rows; i++, dy += cols) {
        #pragma omp simd
        for (int j = 0; j < cols; j++)
            sum[j] += dy[j];
    }
}

void REAL(back_bias)(const pass *p, const weight *b, const real *dy)
{
    if (b->v)
        REAL(sum_rows)(p->rows, padded(b->cols), dy, p->grad + b->at);
}

/* ---- passes ---- */

/* Called twice: to measure, and to cut. */
static void *cut(char *base, size_t *used, size_t bytes)
{
    size_t at = *used;

    *used += (bytes + 63) & ~(size_t)63;
    return base ? base + at : NULL;
}

static void cut_slots(const chain *c, char *base, size_t *used, real **slot)
{
    for (int s = 0; s < c->slots; s++) {
        real *own = cut(base, used, (size_t)TILE_ROWS * padded(c->cols[s]) * sizeof **slot);

        if (base)
            slot[s] = own;
    }
}

static void lay(const net *n, back *b, char *base, size_t *used)
{
    int widest = 0;

    for (const weight *w = NULL; (w = REAL(net_weight)(n, w)); )
        if (w->packed && padded(w->cols) > widest)
            widest = padded(w->cols);
    b->spare = cut(base, used, (size_t)TILE_ROWS * widest * sizeof *b->spare);
    b->body = cut(base, used, n->body.slots * sizeof *b->body);
    b->embed = cut(base, used, n->embed.slots * sizeof *b->embed);
    cut_slots(&n->body, base, used, b->body);
    cut_slots(&n->embed, base, used, b->embed);
}

back *REAL(back_open)(const net *n)
{
    back *b = calloc(1, sizeof *b);
    size_t used = 0;

    if (b)
        lay(n, b, NULL, &used);
    if (!b || !(b->workspace = aligned_alloc(64, used + 64)))
        return free(b), fail("out of memory: %zu bytes for gradients of a tile", used), NULL;
    memset(b->workspace, 0, used + 64);
    used = 0;
    lay(n, b, b->workspace, &used);
    b->dx = b->body[0], b->dy = b->body[n->body.n];
    return b;
}

void REAL(back_close)(back *b)
{
    if (!b)
        return;
    free(b->workspace);
    free(b);
}

/* Zeros where a layer's gradients begin: of what is no product, or of all. */
static void begin(const layer *l, const pass *p, int all)
{
    for (int j = 0; j < l->weights && l->kind->backward && !p->add; j++)
        if (l->weight[j].v && (all || !l->weight[j].packed))
            memset(p->grad + l->weight[j].at, 0,
                   (size_t)l->weight[j].rows * padded(l->weight[j].cols) * sizeof *p->grad);
}

static void walk(const chain *c, pass *p, real **slot, real **d)
{
    int counts = 1;

    p->slot = slot;
    for (int i = c->n - 1; i >= 0; i--) {
        /* made of time alone: nothing before it has weights that count */
        counts &= c->layer[i].kind->backward != NULL;
        begin(&c->layer[i], p, !counts);
        if (!counts)
            continue;
        c->layer[i].kind->backward(&c->layer[i], p, slot[i], d[i + 1], d[i]);
        for (int j = i; j < c->n; j++)
            if (c->layer[j].skip == i)
                REAL(sum_rows)(1, p->rows * padded(c->cols[i]), d[j + 1], d[i]);
    }
}

void REAL(net_backward)(const net *n, tape *t, back *b, int add, real *grad)
{
    pass *p = &t->pass;

    p->grad = grad, p->add = add, p->spare = b->spare, p->dc = b->embed[n->embed.n];
    memset(p->dc, 0, (size_t)p->rows * padded(n->cond) * sizeof *p->dc);
    walk(&n->body, p, t->kept, b->body);
    walk(&n->embed, p, t->embed, b->embed);
}
