/* What every wrapper shares. */
#include <stdlib.h>
#include "base/fail.h"
#include "scores/wrap.h"

static int eval(void *self, const batch *p, double *out)
{
    wrapped *w = self;

    return w->how->eval(w, p, out);
}

static int jvp(void *self, const batch *p, const double *v, double *out, double *jv)
{
    wrapped *w = self;

    return w->how->jvp(w, p, v, out, jv);
}

static int divergence(void *self, const batch *p, double *out, double *div)
{
    wrapped *w = self;

    return w->how->divergence(w, p, out, div);
}

static void close(void *self)
{
    wrapped *w = self;

    if (w->owned)
        field_close(w->inner);
    free(w->memory);
    free(w);
}

/* Room for so many points of the inner field's columns. */
static int make_room(wrapped *w, size_t points)
{
    size_t N = points * w->inner->dim;
    char *at;

    if (points <= w->room)
        return 0;
    free(w->memory);
    w->room = 0;
    if (!(w->memory = malloc(points * (sizeof *w->at + sizeof *w->label) + w->how->work * N * sizeof *w->work[0])))
        return fail("%s: out of memory for %zu points", w->how->name, points);
    w->at = w->memory, at = (char *)(w->at + points);
    for (int i = 0; i < w->how->work; i++, at += N * sizeof *w->work[0])
        w->work[i] = (double *)at;
    w->label = (int *)at;
    w->room = points;
    return 0;
}

int wrap_room(wrapped *w, const batch *p) { return make_room(w, (size_t)p->groups * p->rows); }

static score *wrap(const wrapped *like, int rows);

static score *thread_copy(void *self, int rows)
{
    wrapped w = *(const wrapped *)self;

    w.owned = w.inner->thread_copy != NULL;
    if (w.owned && !(w.inner = w.inner->thread_copy(w.inner->self, rows)))
        return NULL;
    return wrap(&w, rows);
}

static score *precise(void *self)
{
    wrapped w = *(const wrapped *)self;

    w.owned = 1;
    return (w.inner = w.inner->precise(w.inner->self)) ? wrap(&w, 0) : NULL;
}

/* A score like this one, with room for so many rows; the inner field is closed on failure where it is owned. */
static score *wrap(const wrapped *like, int rows)
{
    const score *inner = like->inner;
    wrapped *w = malloc(sizeof *w);
    score *s = malloc(sizeof *s);

    if (!w || !s) {
        free(w), free(s);
        if (like->owned)
            field_close(like->inner);
        return fail("out of memory"), NULL;
    }
    *w = *like;
    w->memory = NULL, w->room = 0;
    *s = (score){ .abi = SCORE_ABI, .name = w->how->name, .dim = inner->dim, .predicts = w->predicts,
                  .serial = inner->serial, .block = inner->block, .wraps = 1,
                  .single = inner->single, .process = inner->process, .labels = inner->labels, .eval = eval,
                  .jvp = w->how->jvp && inner->jvp ? jvp : NULL,
                  .divergence = w->how->divergence && inner->divergence ? divergence : NULL, .thread_copy = w->how->work
                  || inner->thread_copy ? thread_copy : NULL,
                  .precise = inner->precise ? precise : NULL, .close = close, .self = w };
    if (w->how->work && rows && make_room(w, rows))
        return field_close(s), NULL;
    return s;
}

score *wrap_open(const wrapping *how, score *inner, enum predicts predicts, const process *proc, const args *given)
{
    wrapped w = { .how = how, .predicts = predicts, .inner = inner, .owned = 1, .proc = proc, .given = *given };

    w.given.text = NULL;                            /* the item's; no wrapper keeps a path */
    return wrap(&w, 0);
}

const score *wrap_inner(const score *s) { return s->eval == eval ? ((const wrapped *)s->self)->inner : NULL; }
