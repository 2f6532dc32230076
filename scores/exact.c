/* The field of a law: its exact denoiser; and the field that answers zero. */
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "scores/field.h"
#include "scores/open.h"

enum { TILE = 64 };                                 /* rows in one call of a law that computes by matrix products */

static int eval(void *self, const batch *p, double *out)
{
    const law *l = self;

    return l->denoise(l, p, out, NULL);
}

static int divergence(void *self, const batch *p, double *out, double *div)
{
    const law *l = self;

    return l->denoise(l, p, out, div);
}

static int jvp(void *self, const batch *p, const double *v, double *out, double *jv)
{
    const law *l = self;

    return l->jvp(l, p, v, out, jv);
}

score *field_new(score s)
{
    score *o = malloc(sizeof *o);

    if (!o)
        return fail("out of memory"), NULL;
    *o = s;
    return o;
}

static int jvps(void *self, const batch *p, int m, const double *v, double *out, double *jv)
{
    const law *l = self;

    return l->jvps(l, p, m, v, out, jv);
}

score *exact_open(const law *l)
{
    return field_new((score){ .abi = SCORE_ABI, .name = "exact", .dim = l->dim, .predicts = PREDICTS_DATA,
                              .block = l->points ? TILE : 0,
        .eval = eval, .divergence = divergence, .jvp = l->jvp ? jvp : NULL, .jvps = l->jvps ? jvps : NULL,
        .self = (void *)l });
}

typedef struct zero { int dim; } zero;

static int eval_zero(void *self, const batch *p, double *out)
{
    memset(out, 0, (size_t)p->groups * p->rows * ((zero *)self)->dim * sizeof *out);
    return 0;
}

static void close_zero(void *self) { free(self); }

/* kind = exact, also where a model file says nothing of the field. */
static score *open_exact(const model *m, section *s)
{
    if (!m->law)
        return fail("%s: kind = exact needs a [data] section with a law", m->file ? m->file->path : m->name), NULL;
    return exact_open(m->law);
}

static const char *const no_keys[] = { NULL };
const field_kind field_kind_exact = { .name = "exact", .keys = no_keys, .open = open_exact };

score *zero_open(int dim)
{
    zero *z = malloc(sizeof *z);
    score *s = z ? field_new((score){ .abi = SCORE_ABI, .name = "zero", .dim = dim, .predicts = PREDICTS_DATA,
                                      .eval = eval_zero,
                                      .close = close_zero, .self = z })
                 : (fail("out of memory"), NULL);

    if (!s)
        return free(z), NULL;
    z->dim = dim;
    return s;
}

void field_close(score *s)
{
    if (s && s->close)
        s->close(s->self);
    free(s);
}
