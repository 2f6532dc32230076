/*
 * Own steps, row by row: every row is a group of one, with its own t and h; a finished row leaves the batch.
 * How h is chosen: control.c.  A row's result depends on nothing but the row.
 */
#include <math.h>
#include <string.h>
#include "solvers/engine/control.h"
#include "solvers/engine/drive.h"

/* Group `to` becomes what group `from` is. */
static void move(run *r, int to, int from)
{
    size_t dim = r->dim, bytes = dim * sizeof *r->x;

    if (to == from)
        return;
    memcpy(r->x + to * dim, r->x + from * dim, bytes);
    memcpy(r->embedded + to * dim, r->embedded + from * dim, bytes);
    for (int j = 1; j <= r->sol->history; j++)
        memcpy(r->w[j] + to * dim, r->w[j] + from * dim, bytes);
    r->a[to] = r->a[from];
    r->h[to] = r->h[from], r->e[to] = r->e[from];
    r->group[to] = r->group[from];
}

/* Group g stands at b now, and its history turns. */
static void accept(run *r, int g)
{
    size_t o = (size_t)g * r->dim, bytes = r->dim * sizeof *r->x;

    memcpy(r->x + o, r->y + o, bytes);
    for (int j = r->sol->history; j > 0; j--)
        memcpy(r->w[j] + o, r->w[j - 1] + o, bytes);
    r->a[g] = r->b[g];
    if (++r->group[g].step > r->count->steps)
        r->count->steps = r->group[g].step;
}

/* Group g is done: its state goes to its place in x, the last group takes its own. */
static void leave(run *r, int g, long row, double *x)
{
    memcpy(x + (r->group[g].row - row) * r->dim, r->x + (size_t)g * r->dim, r->dim * sizeof *x);
    if (r->plan->done) {
        #pragma omp atomic
        ++*r->plan->done;
    }
    move(r, g, --r->groups);
}

/* Where a level stands on the axis of the method's own steps. */
static double place(const run *r, const level *l) { return r->sol->in_lambda ? l->lambda : l->t; }

/* The time of the level h behind a. */
static double time_behind(const run *r, const level *a, double h)
{
    const process *p = r->plan->proc;

    return r->sol->in_lambda ? p->t_of_lambda(p, a->lambda + h) : a->t + h;
}

/* The ends of the next steps; a row whose step has shrunk to nothing leaves as NaN. */
static void aim(run *r, const level *end, double span, long row, double *x)
{
    for (int g = r->groups - 1; g >= 0; g--) {
        double left = place(r, end) - place(r, r->a + g);

        if (fabs(r->h[g]) < 1e-14 * fabs(span)) {
            if (!r->count->diverged++)
                fail("%s: sample %ld wants steps below %.1g%s at t = %.6g; the field is not finite or too rough there, "
                     "or the tolerance too small",
                     r->sol->name, r->plan->first + r->group[g].row, fabs(r->h[g]),
                     r->sol->in_lambda ? " in lambda" : "", r->a[g].t);
            for (int d = 0; d < r->dim; d++)
                r->x[(size_t)g * r->dim + d] = NAN;
            leave(r, g, row, x);
            continue;
        }
        r->b[g].t = fabs(r->h[g]) < fabs(left) * (1 - 1e-12) ? time_behind(r, r->a + g, r->h[g]) : end->t;
    }
}

/* From grid[0] to the last level with sigma > 0. */
int adapt(run *r, double *x)
{
    const plan *p = r->plan;
    const level *from = p->grid, *end = last_noisy(p);
    double span = place(r, end) - place(r, from);
    long row = r->group->row;

    memcpy(r->x, x, (size_t)r->groups * r->dim * sizeof *x);
    memcpy(r->embedded, x, (size_t)r->groups * r->dim * sizeof *x);
    EACH_GROUP(r, g)
        r->a[g] = *from, r->h[g] = control_start(r, from, span), r->e[g] = 1e-4;
    for (;; r->k++) {
        if (told_to_stop(p))
            return STOPPED;
        aim(r, end, span, row, x);
        if (!r->groups)
            return 0;
        p->proc->at(p->proc, r->groups, r->b);
        if (advance(r, r->a, r->b, r->x, r->y))
            return FAILED;
        control_judge(r);
        for (int g = r->groups - 1; g >= 0; g--) {  /* downwards: a finished group is replaced by the last */
            r->h[g] = (place(r, r->b + g) - place(r, r->a + g)) * r->factor[g];
            if (!control_accepts(r, g)) {
                r->count->rejected++;
                continue;
            }
            control_keep(r, g);
            accept(r, g);
            if (r->a[g].t == end->t)
                leave(r, g, row, x);
        }
        if (!r->groups)
            return 0;
    }
}
