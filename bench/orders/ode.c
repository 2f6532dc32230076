/*
 * Orders on the probability flow: the error against the exact flow map from exact states, at fixed steps (ode) or at
 * own steps (tol).  Two mixtures, each from the middle and from full noise; what counts is the least slope.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/orders/order.h"
#include "bench/watch.h"

/* Halvings that the fit spans: the higher the order, the fewer lie between the first rung that is asymptotic and
 * round-off.  Tolerances have no asymptotics: all. */
enum { LOW_ORDER = 3, HIGH_ORDER = 2, ALL = 60 };

/* Where the state that is kept is the one whose error is controlled, tol^(q/(q + 1)) is left: at least 2/3 where the
 * order q varies, from 2 on. */
static const double BARE = 2. / 3;
/* errors below 30 times what the reference is sure of say nothing */
static const double CLEAR = 30;

static double rms(size_t N, const double *x)
{
    double sum = 0;

    for (size_t i = 0; i < N; i++)
        sum += x[i] * x[i];
    return sqrt(sum / N);
}

/* One ladder in the making: x has room for the states of its start. */
typedef struct climb {
    const finding *f;
    const method *m;
    const start *s;
    const effort *e;
    double floor, *x;
    int octaves;
    ladder l;
} climb;

/* One rung; one whose rows are not all finite is at infinity.  The calls that it took, or -1. */
static long rung(climb *c, int steps, const level *levels, double tol)
{
    const plan p = { .how = c->m, .proc = c->f->arena->proc, .field = c->s->field, .steps = steps, .grid = levels,
                     .rtol = tol, .atol = tol,
                     .stop = &watch_stopped };
    tally cost;
    int status;

    memcpy(c->x, c->s->x, (size_t)c->s->n * c->s->field->dim * sizeof *c->x);
    status = solve(&p, c->s->n, c->x, &cost);
    if (status && status != DIVERGED)
        return -1;
    ladder_add(&c->l, tol > 0 ? tol : 1. / steps, c->s->n, c->s->field->dim, c->x, c->s->end);
    if (status)
        c->l.error[c->l.count - 1] = INFINITY;
    return cost.calls;
}

static int over(const climb *c) { return c->l.count == MAX_RUNGS || c->l.error[c->l.count - 1] < c->floor; }

/* Fixed steps, doubled until round-off; beyond e->most, to e->limit, as long as the verdict is unclear. */
static int fixed_steps(climb *c)
{
    double ratio = c->f->claimed > 4 ? sqrt(sqrt(2)) : c->octaves == HIGH_ORDER ? sqrt(2) : 2;

    for (double many = c->e->least; many <= c->e->limit; many *= ratio) {
        int steps = (int)lround(many);
        level *l;
        long calls;

        if (steps > c->e->most
            && judge(ladder_fit(&c->l, c->floor, c->octaves), c->f->least, c->f->most) != VERDICT_UNCLEAR)
            break;
        l = order_levels(c->f->arena->proc, c->f->grid, c->s->from.t, c->s->to.t, steps);
        calls = l ? rung(c, steps, l, 0) : -1;
        free(l);
        if (calls < 0)
            return -1;
        if (over(c))
            break;
    }
    return 0;
}

/* Own steps at tolerances that fall by four, until round-off or half as many calls as the finest rung has steps. */
static int own_steps(climb *c)
{
    const level ends[2] = { c->s->from, c->s->to };

    for (double tol = 1e-4; tol > 5e-9; tol /= 4) {
        long calls = rung(c, 1, ends, tol);

        if (calls < 0)
            return -1;
        if (over(c) || calls > c->e->limit / 2)
            break;
    }
    return 0;
}

static int measure(finding *f, const method *m, const effort *e, int octaves, int (*up)(climb *))
{
    const span *on = arena_span(f->arena, f->grid);
    int status = on ? 0 : fail("order: no starts were made for the grid %s", f->grid);

    if (on && isnan(on->full))
        return finding_apart(f, on);
    for (int i = 0; i < STARTS && !status; i++) {
        const start *s = &f->arena->start[on->start[i]];
        size_t N = (size_t)s->n * s->field->dim;
        climb c = { f, m, s, e, CLEAR * s->sure * rms(N, s->end), malloc(N * sizeof *c.x), octaves, { 0 } };

        status = c.x ? up(&c) : fail("out of memory");
        free(c.x);
        if (!status)
            finding_worse(f, ladder_fit(&c.l, c.floor, octaves), &c.l, s, s->from.t, s->to.t);
    }
    return finding_close(f, status);
}

int order_ode(finding *f, const method *m, const effort *e)
{
    double claim = method_order(m);
    effort few = *e;

    claim_range(f, claim, claim <= 4);
    if (claim > 4)
        few.least = 8;
    return measure(f, m, &few, claim >= 4 ? HIGH_ORDER : LOW_ORDER, fixed_steps);
}

int order_tol(finding *f, const method *m, const effort *e)
{
    double q = method_order(m);

    claim_range(f, m->sol->bare && q > 0 ? q / (q + 1) : 1, 0);
    if (m->sol->bare && !(q > 0))
        f->least = BARE;
    return measure(f, m, e, ALL, own_steps);
}
