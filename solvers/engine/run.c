/* What a step may call: the field, noise, levels between, an inner step; and the driver of fixed steps. */
#include <limits.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include "solvers/engine/drive.h"
#include "solvers/noise/noise.h"

/* The labels of the groups' samples, or NULL. */
static const int *labels(drive *v)
{
    const run *r = &v->step;
    const int *all = v->plan->label;

    if (!all || r->groups == 1)
        return all ? all + r->group->row : NULL;
    EACH_GROUP(r, g)
        for (int i = 0; i < r->rows; i++)
            v->label[g * r->rows + i] = all[r->group[g].row + i];
    return v->label;
}

/* Groups that the field likes in one call. */
static int liked(const drive *v, const batch *p)
{
    return v->field->block > p->rows ? v->field->block / p->rows : 1;
}

/* A call of many groups, shared out among threads: neither bits nor what is counted depend on who answers, and the
 * reason of the first group that fails wins. */
static int ask_parts(const drive *v, const batch *p, enum predicts want, int parts, double *out)
{
    size_t size = (size_t)p->rows * v->step.dim;
    int failed = INT_MAX, unit = liked(v, p), units = (p->groups + unit - 1) / unit;
    char reason[1024] = "";
    usage all = { 0 };

    #pragma omp parallel for num_threads(parts) schedule(static, 1)
    for (int i = 0; i < parts; i++) {
        int from = units * i / parts * unit, next = units * (i + 1) / parts * unit, to = next < p->groups ? next
            : p->groups;
        usage one = { 0 };
        batch part = { .groups = to - from, .rows = p->rows, .at = p->at + from, .x = p->x + from * size,
                       .label = p->label, .used = &one };
        int status;

        if (part.label)
            part.label += (size_t)from * p->rows;
        status = field_eval(v->team[i], &part, want, out + from * size);
        #pragma omp critical(fokker_team)
        {
            usage_beside(&all, &one);
            if (status && i < failed) {
                failed = i;
                snprintf(reason, sizeof reason, "%s", last_error());
            }
        }
    }
    usage_then(p->used, &all);
    return failed < INT_MAX ? fail("%s", reason) : 0;
}

/* As many threads as the call is worth, by the pace of the last call that one thread made. */
static int ask_team(drive *v, const batch *p, enum predicts want, double *out)
{
    static const double WORTH = 2e-4;                   /* seconds: well above what it takes to wake a thread */
    double points = (double)p->groups * p->rows, parts = fmin(v->members, v->pace * points / WORTH), began;
    int status;

    parts = fmin(parts, (p->groups + liked(v, p) - 1) / liked(v, p));
    if (parts >= 2)
        return ask_parts(v, p, want, (int)parts, out);
    began = omp_get_wtime();
    status = field_eval(v->field, p, want, out);
    v->pace = (omp_get_wtime() - began) / points;
    return status;
}

/* The share of every sample; one with several groups in the call has a part in it once. */
static void charge(const drive *v, const usage *used, long points)
{
    const run *r = &v->step;

    EACH_GROUP(r, g)
        for (int i = 0; i < r->rows; i++) {
            bill *b = &v->plan->bill[r->group[g].row + i];

            b->rows++;
            b->network.evaluations += used->evaluations / points, b->network.products += used->products / points;
            if (b->last != v->count->rows)
                b->calls++, b->network.calls += used->calls;
            b->last = v->count->rows;
        }
}

static void count(drive *v, const usage *used)
{
    tally *t = v->count;
    long points = (long)v->step.groups * v->step.rows;

    t->calls++, t->rows += points, t->asks += used->calls;
    usage_then(&t->network, used);
    if (v->plan->bill)
        charge(v, used, points);
}

int eval(run *r, const level *a, const double *x, enum predicts want, double *out)
{
    drive *v = drive_of(r);
    usage used = { 0 };
    batch p = { .groups = r->groups, .rows = r->rows, .at = a, .x = x, .label = labels(v), .used = &used };
    double began = 0;
    int status;

    if (v->plan->timed)
        began = omp_get_wtime();
    status = v->members > 1 ? ask_team(v, &p, want, out) : field_eval(v->field, &p, want, out);
    if (v->plan->timed)
        v->count->score_seconds += omp_get_wtime() - began;
    if (!only_data(&p))
        count(v, &used);
    return status;
}

static void draw_part(run *r, const level *a, const level *b, int part, double *z)
{
    drive *v = drive_of(r);
    const noise *n = v->plan->noise;

    EACH_GROUP(r, g) {
        draw d = { .row = v->plan->first + r->group[g].row, .step = r->group[g].step, .nth = r->group[g].nth + v->draws,
                   .draw = v->draws, .part = part, .rows = r->rows, .dim = r->dim,
                   .from = noise_clock(&a[g]), .to = noise_clock(&b[g]), .t_from = a[g].t, .t_to = b[g].t };

        n->fill(n, &d, z + (size_t)g * r->rows * r->dim);
    }
    v->draws++;
    v->count->draws++;
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
    r->proc->at(r->proc, r->groups, mid);
}

void between(run *r, const level *a, const level *b, double part, level *mid)
{
    const process *p = r->proc;

    EACH_GROUP(r, g) {
        double h = b[g].lambda - a[g].lambda;

        mid[g].t = isfinite(h) ? p->t_of_lambda(p, a[g].lambda + part * h) : a[g].t + part * (b[g].t - a[g].t);
    }
    p->at(p, r->groups, mid);
}

/* Of so many that are known, with so many steps left. */
static int usable(const run *r, int known, int left, int most)
{
    enum last last = drive_of(r)->last;
    int n = known;

    left -= last == LAST_NOISY && r->grid[r->steps].sigma == 0;
    if ((last == LAST_LOWER || last == LAST_NOISY) && left < n)
        n = left > 1 ? left : 1;
    if (last == LAST_EULER && left == 1)
        n = 1;
    return n < most ? n : most;
}

int predictions(const run *r, int back, int most)
{
    return usable(r, r->k - back + 1, drive_of(r)->left + back, most);
}

int predictions_at(const run *r, int k, int most) { return usable(r, k + 1, r->steps - k, most); }

int on_grid(const run *r, const level *a, const level *b)
{
    return r->groups == 1 && r->k < r->steps && a == r->grid + r->k && b == a + 1;
}

int advance(drive *v, const level *a, const level *b, const double *x, double *y)
{
    run *r = &v->step;

    v->draws = 0;
    EACH_GROUP(r, g)
        v->group[g].nth = v->count->draws;
    return r->sol->step(r, a, b, x, y);
}

int inner_step(run *r, int inner, const level *a, const level *b, const double *x, double *y)
{
    drive *v = drive_of(r), *in = drive_inner(v, inner);
    int status;

    if (!r->sol->shape) {
        in->step.groups = r->groups, in->step.rows = r->rows;
        in->step.group = in->group = v->group;
    }
    in->step.k = 0;
    in->draws = v->draws;
    status = in->step.sol->step(&in->step, a, b, x, y);
    v->draws = in->draws;
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

int denoise(drive *v, const level *a, const level *b, const double *x, double *y)
{
    run *r = &v->step;

    if (eval_data(r, a, x, y))
        return FAILED;
    EACH_GROUP(r, g)
        combine(r, g, y, {b[g].alpha, y});
    return 0;
}

void shift_history(drive *v, const level *a)
{
    run *r = &v->step;
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
static void record(const drive *v, int k, const double *x)
{
    const run *r = &v->step;
    size_t at = ((size_t)k * r->n + r->group->row) * r->dim;

    if (v->plan->trace)
        memcpy(v->plan->trace + at, x, (size_t)r->rows * r->dim * sizeof *x);
    if (v->plan->done && k) {
        #pragma omp atomic
        *v->plan->done += r->rows;
    }
}

int fixed(drive *v, int steps, const level *grid, double *x)
{
    const solver *s = v->step.sol;
    double *from = x, *to = v->y, *swap;
    int status = 0;

    record(v, 0, x);
    for (int k = 0; k < steps && !status; k++) {
        const level *a = grid + k, *b = a + 1;

        if (told_to_stop(v->plan)) {
            status = STOPPED;
            break;
        }
        v->group->step = k, v->left = steps - k;
        status = b->sigma == 0 && s->never & SIGMA_0 ? denoise(v, a, b, from, to) : advance(v, a, b, from, to);
        shift_history(v, a);
        swap = from, from = to, to = swap;
        v->count->steps++;
        record(v, k + 1, from);
    }
    if (from != x)
        memcpy(x, from, (size_t)v->step.rows * v->step.dim * sizeof *x);
    return status;
}
