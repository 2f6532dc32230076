/* What every wrapper shares. */
#include <stdlib.h>
#include "models/fail.h"
#include "scores/wrap.h"

static int eval(void *self, const batch *p, double *out)
{
    wrapped *w = self;

    return w->eval(w, p, out);
}

static void close(void *self)
{
    wrapped *w = self;

    field_close(w->inner);
    free(w);
}

static score *twin(void *self, int rows)
{
    const wrapped *w = self;
    score *inner = w->inner->twin(w->inner->self, rows);

    return inner ? wrap_open(w->name, inner, w->predicts, w->proc, &w->given, w->eval) : NULL;
}

score *wrap_open(const char *name, score *inner, enum predicts predicts, const process *proc, const args *given,
                 int (*answer)(wrapped *, const batch *, double *))
{
    wrapped *w = malloc(sizeof *w);
    score *s = malloc(sizeof *s);

    if (!w || !s) {
        free(w), free(s), field_close(inner);
        return fail("out of memory"), NULL;
    }
    *w = (wrapped){ .name = name, .predicts = predicts, .inner = inner, .proc = proc, .given = *given, .eval = answer };
    w->given.text = NULL;                           /* the item's; no wrapper keeps a path */
    *s = (score){ .abi = SCORE_ABI, .name = name, .dim = inner->dim, .predicts = predicts, .serial = inner->serial, .block = inner->block,
                  .eval = eval, .twin = inner->twin ? twin : NULL, .close = close, .self = w };
    return s;
}

const score *wrap_inner(const score *s) { return s->eval == eval ? ((const wrapped *)s->self)->inner : NULL; }
