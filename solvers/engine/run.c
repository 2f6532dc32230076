/* What a step may call: the field, noise, levels between, an inner step; and the driver of fixed steps. */
#include <limits.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include "solvers/engine/drive.h"

/* The labels of the groups' samples, or NULL. */
static const int *labels(run *r)
{
    const int *all = r->plan->label;

    if (!all || r->groups == 1)
        return all ? all + r->group->row : NULL;
    EACH_GROUP(r, g)
        for (int i = 0; i < r->rows; i++)
            r->label[g * r->rows + i] = all[r->group[g].row + i];
    return r->label;
}

/* Groups that the field likes in one call. */
static int liked(const run *r, const batch *p) { return r->field->block > p->rows ? r->field->block / p->rows : 1; }

/* A call of many groups, shared out among threads: no bit depends on who answers, and the reason of the first group
 * that fails wins. */
static int ask_parts(const run *r, const batch *p, enum predicts want, int parts, double *out)
{
    size_t size = (size_t)p->rows * r->dim;
    int failed = INT_MAX, unit = liked(r, p), units = (p->groups + unit - 1) / unit;
    char reason[1024] = "";

    #pragma omp parallel for num_threads(parts) schedule(static, 1)
    for (int i = 0; i < parts; i++) {
        int from = units * i / parts * unit, next = units * (i + 1) / parts * unit, to = next < p->groups ? next
            : p->groups;
        batch part = { .groups = to - from, .rows = p->rows, .at = p->at + from, .x = p->x + from * size,
                       .label = p->label };

        if (part.label)
            part.label += (size_t)from * p->rows;
        if (!field_eval(r->team[i], &part, want, out + from * size))
            continue;
        #pragma omp critical(fokker_team)
        if (i < failed) {
            failed = i;
            snprintf(reason, sizeof reason, "%s", last_error());
        }
    }
    return failed < INT_MAX ? fail("%s", reason) : 0;
}

/* As many threads as the call is worth, by the pace of the last call that one thread made. */
static int ask_team(run *r, const batch *p, enum predicts want, double *out)
{
    static const double WORTH = 2e-4;                   /* seconds: well above what it takes to wake a thread */
    double points = (double)p->groups * p->rows, parts = fmin(r->members, r->pace * points / WORTH), began;
    int status;

    parts = fmin(parts, (p->groups + liked(r, p) - 1) / liked(r, p));
    if (parts >= 2)
        return ask_parts(r, p, want, (int)parts, out);
    began = omp_get_wtime();
    status = field_eval(r->field, p, want, out);
    r->pace = (omp_get_wtime() - began) / points;
    return status;
}

static void count_asked(const run *r)
{
    EACH_GROUP(r, g)
        for (int i = 0; i < r->rows; i++)
            r->plan->asked[r->group[g].row + i]++;
}

int eval(run *r, const level *a, const double *x, enum predicts want, double *out)
{
    batch p = { .groups = r->groups, .rows = r->rows, .at = a, .x = x, .label = labels(r) };
    double began = 0;
    int status;

    if (!only_data(&p)) {
        r->count->calls++, r->count->asks++;
        r->count->rows += (long)r->groups * r->rows;
        if (r->plan->asked)
            count_asked(r);
    }
    if (r->plan->timed)
        began = omp_get_wtime();
    status = r->members > 1 ? ask_team(r, &p, want, out) : field_eval(r->field, &p, want, out);
    if (r->plan->timed)
        r->count->score_seconds += omp_get_wtime() - began;
    return status;
}

/* c = (sigma/alpha)^2, infinite where alpha = 0. */
static double clock_of(const level *l) { return l->alpha > 0 ? l->sigma * l->sigma / (l->alpha * l->alpha) : INFINITY; }

static void draw_part(run *r, const level *a, const level *b, int part, double *z)
{
    EACH_GROUP(r, g) {
        draw d = { .row = r->plan->first + r->group[g].row, .step = r->group[g].step,
                   .nth = r->group[g].nth + r->draws, .draw = r->draws, .part = part, .rows = r->rows,
                   .dim = r->dim, .from = clock_of(&a[g]), .to = clock_of(&b[g]), .t_from = a[g].t, .t_to = b[g].t };

        r->plan->noise->fill(r->plan->noise, &d, z + (size_t)g * r->rows * r->dim);
    }
    r->draws++;
    r->count->draws++;
}

void draw_noise(run *r, const level *a, const level *b, double *z) { draw_part(r, a, b, 0, z); }

void draw_pair(run *r, const level *a, const level *b, double *z, double *z1)
{
    draw_part(r, a, b, 0, z);
    draw_part(r, a, b, 1, z1);
}

void between_t(run *r, const level *a, const level *b, double part, level *mid)
{
    EACH_GROUP(r, g)
        mid[g].t = a[g].t + part * (b[g].t - a[g].t);
    r->plan->proc->at(r->plan->proc, r->groups, mid);
}

void between(run *r, const level *a, const level *b, double part, level *mid)
{
    const process *p = r->plan->proc;

    EACH_GROUP(r, g) {
        double h = b[g].lambda - a[g].lambda;

        mid[g].t = isfinite(h) ? p->t_of_lambda(p, a[g].lambda + part * h) : a[g].t + part * (b[g].t - a[g].t);
    }
    p->at(p, r->groups, mid);
}

int predictions(const run *r, int back, int most)
{
    int n = r->k - back + 1, clean = r->last == LAST_NOISY && r->plan->grid[r->plan->steps].sigma == 0,
        left = r->left + back - clean;

    if ((r->last == LAST_LOWER || r->last == LAST_NOISY) && left < n)
        n = left > 1 ? left : 1;
    if (r->last == LAST_EULER && left == 1)
        n = 1;
    return n < most ? n : most;
}

int advance(run *r, const level *a, const level *b, const double *x, double *y)
{
    r->draws = 0;
    EACH_GROUP(r, g)
        r->group[g].nth = r->count->draws;
    return r->sol->step(r, a, b, x, y);
}

int inner_step(run *r, int inner, const level *a, const level *b, const double *x, double *y)
{
    run *in = r->inner[inner];
    int status;

    if (!r->sol->shape)
        in->groups = r->groups, in->rows = r->rows, in->group = r->group;
    in->k = 0;
    in->draws = r->draws;
    status = in->sol->step(in, a, b, x, y);
    r->draws = in->draws;
    return status;
}

int told_to_stop(const plan *p)
{
    if ((p->stop && *p->stop) || (p->watch && p->watch(p->watcher)))
        return fail("interrupted"), 1;
    if (p->deadline > 0 && omp_get_wtime() > p->deadline)
        return fail("out of time"), 1;
    return 0;
}

int denoise(run *r, const level *a, const level *b, const double *x, double *y)
{
    if (eval_data(r, a, x, y))
        return FAILED;
    EACH_GROUP(r, g)
        combine(r, g, y, {b[g].alpha, y});
    return 0;
}

void shift_history(run *r, const level *a)
{
    double *last = r->w ? r->w[r->sol->history] : NULL;

    if (r->sol->history) {
        memmove(r->w + 1, r->w, r->sol->history * sizeof *r->w);    /* NOLINT: with a history there is w */
        r->w[0] = last;
    }
    memmove(r->past + 1, r->past, (MAX_PAST - 1) * sizeof *r->past);
    r->past[0] = a;
    r->k++;
}

/* State k of the block goes to its place in the trajectory, and whoever watches is told. */
static void record(const run *r, int k, const double *x)
{
    size_t at = ((size_t)k * r->n + r->group->row) * r->dim;

    if (r->plan->trace)
        memcpy(r->plan->trace + at, x, (size_t)r->rows * r->dim * sizeof *x);
    if (r->plan->done && k) {
        #pragma omp atomic
        *r->plan->done += r->rows;
    }
}

int fixed(run *r, int steps, const level *grid, double *x)
{
    double *from = x, *to = r->y, *swap;
    int status = 0;

    record(r, 0, x);
    for (int k = 0; k < steps && !status; k++) {
        const level *a = grid + k, *b = a + 1;

        if (told_to_stop(r->plan)) {
            status = STOPPED;
            break;
        }
        r->group->step = k, r->left = steps - k;
        status = b->sigma == 0 && r->sol->never & SIGMA_0 ? denoise(r, a, b, from, to) : advance(r, a, b, from, to);
        shift_history(r, a);
        swap = from, from = to, to = swap;
        r->count->steps++;
        record(r, k + 1, from);
    }
    if (from != x)
        memcpy(x, from, (size_t)r->rows * r->dim * sizeof *x);
    return status;
}
