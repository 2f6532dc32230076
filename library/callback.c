/* A function of the program's own as a field (fokker_callback): groups of rows become rows with a time each. */
#include <stdlib.h>
#include <string.h>
#include "library/handle.h"
#include "scores/field.h"

enum told { TOLD_T, TOLD_SIGMA, TOLD_LAMBDA };
static const char *const told_names[] = { "t", "sigma", "lambda" };
enum { TOLD = sizeof told_names / sizeof *told_names };

/* self: is.self or a thread copy of it; t: one a row, for `room` rows. */
typedef struct callback { fokker_callback is; enum told told; int owned; long room; double *t; char name[]; } callback;

/* What the function said, as a failure. */
static int passed(const callback *c, const char *said)
{
    return !said ? 0 : fail("%s: %s", c->name, *said ? said : "failed without a reason; return NULL or a sentence");
}

static int make_room(callback *c, long rows)
{
    if (rows <= c->room)
        return 0;
    free(c->t);
    c->room = (c->t = malloc(rows * sizeof *c->t)) ? rows : 0;
    return c->t ? 0 : fail("%s: out of memory for %ld times", c->name, rows);
}

/* What each row of the batch is told as its time.  The number of rows, or -1. */
static long tell(callback *c, const batch *p)
{
    long n = (long)p->groups * p->rows, i = 0;

    if (make_room(c, n))
        return -1;
    for (int g = 0; g < p->groups; g++) {
        const level *l = &p->at[g];
        double t = c->told == TOLD_SIGMA ? l->sigma : c->told == TOLD_LAMBDA ? l->lambda : l->t;

        for (int row = 0; row < p->rows; row++)
            c->t[i++] = t;
    }
    return n;
}

static int eval(void *self, const batch *p, double *out)
{
    callback *c = self;
    long n = tell(c, p);

    return n < 0 ? -1 : passed(c, c->is.eval(c->is.self, n, p->x, c->t, p->label, out));
}

static int jvp(void *self, const batch *p, const double *v, double *out, double *jv)
{
    callback *c = self;
    long n = tell(c, p);

    return n < 0 ? -1 : passed(c, c->is.jvp(c->is.self, n, p->x, c->t, p->label, v, out, jv));
}

static int divergence(void *self, const batch *p, double *out, double *div)
{
    callback *c = self;
    long n = tell(c, p);

    return n < 0 ? -1 : passed(c, c->is.divergence(c->is.self, n, p->x, c->t, p->label, out, div));
}

static void close_self(void *self)
{
    callback *c = self;

    if (c->owned && c->is.close)
        c->is.close(c->is.self);
    free(c->t);
    free(c);
}

static score *thread_copy(void *self, int rows);

/* The score of c, which is closed on failure. */
static score *score_of(callback *c)
{
    score *s = field_new((score){ .abi = SCORE_ABI, .name = c->name, .dim = c->is.dim,
                                  .predicts = (enum predicts)predicts_named(c->name, c->is.predicts),
                                  .serial = c->is.serial != 0, .block = c->is.block, .labels = c->is.labels,
                                  .single = c->is.precision == 32, .eval = eval, .jvp = c->is.jvp ? jvp : NULL,
                                  .divergence = c->is.divergence ? divergence : NULL, .thread_copy = thread_copy,
                                  .close = close_self, .self = c });

    if (!s)
        close_self(c);
    return s;
}

static callback *new_callback(const fokker_callback *is, const char *name)
{
    callback *c = calloc(1, sizeof *c + strlen(name) + 1);

    if (!c)
        return fail("%s: out of memory", name), NULL;
    c->is = *is;
    c->is.name = strcpy(c->name, name);
    return c;
}

/* Times of its own, and a self of its own where the program offers one. */
static score *thread_copy(void *self, int rows)
{
    const callback *c = self;
    callback *t = new_callback(&c->is, c->name);

    if (!t)
        return NULL;
    t->told = c->told;
    if (c->is.thread_copy) {
        if (!(t->is.self = c->is.thread_copy(c->is.self, rows)))
            return free(t), fail("%s: made no thread copy for %d rows; is there memory?", c->name, rows), NULL;
        t->owned = 1;
    }
    return make_room(t, rows) ? close_self(t), NULL : score_of(t);
}

static int told_named(const char *name, const char *time)
{
    for (int i = 0; i < TOLD; i++)
        if (!time || !strcmp(told_names[i], time))
            return i;
    return fail("%s: time = \"%s\"; a field is told t, sigma or lambda", name, time);
}

/* What the program says of its field makes sense.  0 or -1. */
static int check(const callback *c)
{
    if (!c->is.eval || !c->is.predicts)
        return fail("%s: has no %s; eval and predicts are needed", c->name, c->is.eval ? "predicts" : "eval");
    if (predicts_named(c->name, c->is.predicts) < 0)
        return -1;
    if (c->is.dim < 1 || c->is.labels < -1 || c->is.block < 0)
        return fail("%s: dim = %d, labels = %d, block = %d; give dim of at least 1, labels of at least -1, block of at "
                    "least 0", c->name, c->is.dim, c->is.labels, c->is.block);
    return !c->is.precision || c->is.precision == 32 || c->is.precision == 64 ? 0
        : fail("%s: precision = %d; give 32 or 64", c->name, c->is.precision);
}

score *callback_open(const fokker_callback *is, int **owned)
{
    callback *c = new_callback(is, is->name ? is->name : "the program's field");
    int told = c ? told_named(c->name, is->time) : -1;
    score *s;

    if (told < 0 || check(c))
        return free(c), NULL;
    c->told = (enum told)told;
    c->is.time = NULL;
    if (!(s = score_of(c)))
        return NULL;
    *owned = &c->owned;
    return s;
}
