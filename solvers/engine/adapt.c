/*
 * Own steps, row by row: every row is a group of one, with its own t and h; a finished row leaves the batch.
 * How h is chosen: control.c.  A row's result depends on nothing but the row.
 */
#include <math.h>
#include <string.h>
#include "solvers/engine/control.h"
#include "solvers/engine/drive.h"

/* Group `to` becomes what group `from` is: all that a group has, also the end of the step that it is about to take,
 * since rows leave while the ends are made. */
static void move(drive *v, int to, int from)
{
    const run *r = &v->step;
    size_t dim = r->dim, bytes = dim * sizeof *v->x;

    if (to == from)
        return;
    memcpy(v->x + to * dim, v->x + from * dim, bytes);
    memcpy(v->embedded + to * dim, v->embedded + from * dim, bytes);
    for (int j = 1; j <= r->sol->history; j++)
        memcpy(r->w[j] + to * dim, r->w[j] + from * dim, bytes);
    v->a[to] = v->a[from], v->b[to] = v->b[from];
    v->h[to] = v->h[from], v->e[to] = v->e[from];
    v->group[to] = v->group[from];
}

/* Group g stands at b now, and its history turns. */
static void accept(drive *v, int g)
{
    const run *r = &v->step;
    size_t o = (size_t)g * r->dim, bytes = r->dim * sizeof *v->x;

    memcpy(v->x + o, v->y + o, bytes);
    for (int j = r->sol->history; j > 0; j--)
        memcpy(r->w[j] + o, r->w[j - 1] + o, bytes);
    v->a[g] = v->b[g];
    if (++v->group[g].step > v->count->steps)
        v->count->steps = v->group[g].step;
}

/* Group g is done: its state goes to its place in x, the last group takes its own. */
static void leave(drive *v, int g, long row, double *x)
{
    run *r = &v->step;

    memcpy(x + (r->group[g].row - row) * r->dim, v->x + (size_t)g * r->dim, r->dim * sizeof *x);
    if (v->plan->done) {
        #pragma omp atomic
        ++*v->plan->done;
    }
    move(v, g, --r->groups);
}

/* Where a level stands on the axis of the method's own steps. */
static double place(const run *r, const level *l) { return r->sol->in_lambda ? l->lambda : l->t; }

/* The time of the level h behind a. */
static double time_behind(const run *r, const level *a, double h)
{
    const process *p = r->proc;

    return r->sol->in_lambda ? p->t_of_lambda(p, a->lambda + h) : a->t + h;
}

/* The ends of the next steps; a row whose step has shrunk to nothing leaves as NaN. */
static void aim(drive *v, const level *end, double span, long row, double *x)
{
    const run *r = &v->step;

    for (int g = r->groups - 1; g >= 0; g--) {
        double left = place(r, end) - place(r, v->a + g);

        if (fabs(v->h[g]) < 1e-14 * fabs(span)) {
            if (!v->count->diverged++)
                fail("%s: sample %ld wants steps below %.1g%s at t = %.6g; the field is not finite or too rough there, "
                     "or the tolerance too small",
                     r->sol->name, v->plan->first + r->group[g].row, fabs(v->h[g]),
                     r->sol->in_lambda ? " in lambda" : "", v->a[g].t);
            for (int d = 0; d < r->dim; d++)
                v->x[(size_t)g * r->dim + d] = NAN;
            leave(v, g, row, x);
            continue;
        }
        v->b[g].t = fabs(v->h[g]) < fabs(left) * (1 - 1e-12) ? time_behind(r, v->a + g, v->h[g]) : end->t;
    }
}

/* From grid[0] to the last level with sigma > 0. */
int adapt(drive *v, double *x)
{
    run *r = &v->step;
    const plan *p = v->plan;
    const level *from = p->grid, *end = last_noisy(p);
    double span = place(r, end) - place(r, from);
    long row = r->group->row;

    memcpy(v->x, x, (size_t)r->groups * r->dim * sizeof *x);
    memcpy(v->embedded, x, (size_t)r->groups * r->dim * sizeof *x);
    EACH_GROUP(r, g)
        v->a[g] = *from, v->h[g] = control_start(v, from, span), v->e[g] = 1e-4;
    for (;; r->k++) {
        if (told_to_stop(p))
            return STOPPED;
        aim(v, end, span, row, x);
        if (!r->groups)
            return 0;
        p->proc->at(p->proc, r->groups, v->b);
        if (advance(v, v->a, v->b, v->x, v->y))
            return FAILED;
        control_judge(v);
        for (int g = r->groups - 1; g >= 0; g--) {  /* downwards: a finished group is replaced by the last */
            v->h[g] = (place(r, v->b + g) - place(r, v->a + g)) * v->factor[g];
            if (!control_accepts(v, g)) {
                v->count->rejected++;
                continue;
            }
            control_keep(v, g);
            accept(v, g);
            if (v->a[g].t == end->t)
                leave(v, g, row, x);
        }
        if (!r->groups)
            return 0;
    }
}
