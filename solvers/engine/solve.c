/*
 * A plan on n samples: the batch is cut into blocks whose size depends on n, dim and the field, never on threads; a
 * block runs its whole trajectory on one thread in one workspace of memory.  The only OpenMP loop over samples.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/engine/drive.h"
#include "solvers/noise/noise.h"

/* Doubles of one state: 16 KB, so that a method's arrays stay in the inner caches; small batches are cut into parts for
 * many threads, but not into blocks of less than so many rows.  No bit depends on any of these. */
enum { STATE = 2048, PARTS = 64, LEAST = 128 };

/* Slots of a row that are in the field at once. */
static int slots_of(const plan *p)
{
    double window = method_role(p->how, ROLE_WINDOW, 1);

    return window < p->steps ? (int)window : p->steps < 1 ? 1 : p->steps;
}

int solve_block(const plan *p, int n)
{
    int wide = slots_of(p), rows = STATE / p->field->dim / wide, like = p->field->block,
        share = (n + PARTS - 1) / PARTS;
    int whole = p->field->serial || method_couples(p->how);

    if (p->block)
        return p->block < n ? p->block : n;
    rows = rows > share ? share : rows;
    rows = rows < LEAST / wide && rows < STATE / p->field->dim / wide ? LEAST / wide : rows;
    if (like)
        rows = (rows + like - 1) / like * like;
    return whole || rows > n ? n : rows < 1 ? 1 : rows;
}

/* How many rows are not finite; the first of them in *first. */
static long wild(int rows, int dim, const double *x, int *first)
{
    long bad = 0;

    for (int i = rows - 1; i >= 0; i--) {
        double sum = 0;

        for (int d = 0; d < dim; d++)
            sum += x[(size_t)i * dim + d] * 0;      /* NaN unless all are finite */
        if (sum != 0)
            bad++, *first = i;
    }
    return bad;
}

/* Rows row, row + 1, ... from grid[0] to the end, x in place. */
static int run_block(drive *v, long row, int rows, double *x)
{
    run *r = &v->step;
    const plan *p = v->plan;
    const level *end = p->grid + p->steps, *last = last_noisy(p);
    int status, first = 0, own = adaptive(p);

    *v->count = (tally){ 0 };
    resize(v, rows);
    EACH_GROUP(r, g)
        v->group[g] = (group){ row + g, 0 };
    r->k = 0;
    if (own || p->how->sol->adapts) {
        status = own ? adapt(v, x) : r->sol->whole(v, last - p->grid, p->grid, x);
        if (!status && end != last) {
            resize(v, own ? 1 : rows);              /* the denoising step is one for all rows */
            r->groups = 1, r->rows = rows;
            v->group[0] = (group){ row, 0 };
            /* a field never answers into the points it was asked for */
            if (!(status = denoise(v, last, end, x, v->y)))
                memcpy(x, v->y, (size_t)rows * r->dim * sizeof *x);
        }
    } else {
        status = r->sol->whole ? r->sol->whole(v, p->steps, p->grid, x) : fixed(v, p->steps, p->grid, x);
    }
    if (status)
        return status;
    if (!v->count->diverged && (v->count->diverged = wild(rows, r->dim, x, &first)))
        fail("%s: sample %ld is not finite at the end; take more steps, another grid, or look at the field with "
             "`fokker check`", r->sol->name, p->first + row + first);
    return v->count->diverged ? DIVERGED : 0;
}

/* What all blocks have done so far: the reason of the lowest row that failed wins, whatever the threads. */
typedef struct outcome { tally sum; int status; long row, finished, found_asks; char reason[1024]; } outcome;

/* A divergence gives way to a failure and a failure to a stop. */
static int worse(int status, int than) { return status == STOPPED || (status == FAILED && than == DIVERGED); }

static void deepest(tally *s, const tally *t)
{
    s->calls = t->calls > s->calls ? t->calls : s->calls;
    s->steps = t->steps > s->steps ? t->steps : s->steps;
    s->draws = t->draws > s->draws ? t->draws : s->draws;
    s->iterations = t->iterations > s->iterations ? t->iterations : s->iterations;
    usage_beside(&s->network, &t->network);
    s->rows += t->rows, s->asks += t->asks, s->rejected += t->rejected, s->diverged += t->diverged,
        s->score_seconds += t->score_seconds;
}

/* Whether a block's status takes the place of what is known. */
static int counts_more(const outcome *o, int status, long row)
{
    return status && (!o->status || (status == o->status ? row < o->row : worse(status, o->status)));
}

static void gather(outcome *o, const tally *t, int status, long row, int rows)
{
    deepest(&o->sum, t);
    o->finished += status == 0 || status == DIVERGED ? rows : 0;
    if (counts_more(o, status, row)) {
        o->status = status, o->row = row;
        snprintf(o->reason, sizeof o->reason, "%s", last_error());
    }
}

/* What another process has made of its blocks. */
static void join(void *into, const void *one)
{
    outcome *o = into;
    const outcome *b = one;

    deepest(&o->sum, &b->sum);
    o->sum.bytes += b->sum.bytes, o->finished += b->finished;
    if (b->found_asks)                              /* all that found out anything found the same */
        o->sum.setup = b->sum.setup, o->found_asks = b->found_asks;
    if (counts_more(o, b->status, b->row)) {
        o->status = b->status, o->row = b->row;
        memcpy(o->reason, b->reason, sizeof o->reason);
    }
}

/* After a failure or a stop only the blocks before it still matter. */
static int moot(const outcome *o, long row) { return o->status == STOPPED || (o->status == FAILED && row > o->row); }

static const char *name_of(const plan *p, char *buf, size_t size) { return method_name(p->how, buf, size); }

/* What a method cannot do on this grid, in one sentence. */
static int refuse_one(const plan *p, const method *m)
{
    const solver *s = m->sol;
    const level *a = p->grid, *b = a + p->steps;
    double order;
    int noisy;

    if (s->never & ALPHA_0 && (a->alpha == 0 || b->alpha == 0))
        return fail("%s: t = %g has alpha = 0, where its step is infinite; start below it, with t_max or a grid file",
                    s->name, a->alpha == 0 ? a->t : b->t);
    if (s->never & SIGMA_0 && a->sigma == 0)
        return fail("%s: cannot start at sigma = 0; start at t_min", s->name);
    for (int i = 0; i < s->inners; i++)
        if (refuse_one(p, m->inner[i]))
            return FAILED;
    noisy = s->stochastic, order = s->order;
    if (s->claims)
        s->claims(m, &order, &noisy);
    if (noisy && b->lambda < a->lambda)
        return fail("%s: a stochastic method runs from noise to data only; the grid runs from t = %g to %g", s->name,
                    a->t, b->t);
    if (noisy && !p->noise)
        return fail("%s: needs noise, and the plan has none", s->name);
    return s->check ? s->check(m, p) : 0;
}

int plan_check(const plan *p)
{
    const method *m = p->how;
    const level *a = p->grid, *b = a + p->steps;
    char name[128];

    if (p->steps < 1)
        return fail("%s: %d steps; at least 1 is needed", name_of(p, name, sizeof name), p->steps);
    if ((p->field->predicts == PREDICTS_NOISE || p->field->predicts == PREDICTS_SCORE)
        && (a->alpha == 0 || b->alpha == 0))
        return fail("%s: t = %g has alpha = 0, where a prediction of the noise or the score says nothing about the "
                    "data; keep away from it with t_max", p->field->name,
                    a->alpha == 0 ? a->t : b->t);
    if (p->rtol > 0 && !m->sol->embedded && !m->sol->adapts)
        return fail("%s: has no error estimate and cannot choose its own steps; give --steps or --nfe",
                    name_of(p, name, sizeof name));
    if (m->sol->adapts && !(p->rtol > 0))
        return fail("%s: chooses its own steps; give rtol and atol instead of steps", name_of(p, name, sizeof name));
    if (p->trace && (p->rtol > 0 || m->sol->whole))
        return fail("%s: a trajectory is kept of fixed steps only; give --steps or --nfe, or another method",
                    name_of(p, name, sizeof name));
    return refuse_one(p, m);
}

/* Samples that were not finished are nobody's. */
static void forget(double *x, size_t N)
{
    for (size_t i = 0; i < N; i++)
        x[i] = NAN;
}

/* A thread at work on blocks of `rows` of the plan's n samples; NULL for its drive where that could not be made:
 * then every block fails. */
typedef struct worker { const plan *p; int n, rows; double *x; outcome *all; tally mine; score *own; drive *v; } worker;

static void worker_open(worker *w)
{
    const score *f = w->p->field;

    w->own = f->thread_copy ? f->thread_copy(f->self, w->rows * slots_of(w->p)) : NULL;
    w->v = w->own || !f->thread_copy ? drive_open(w->p, w->own ? w->own : f, &w->mine, w->n, w->rows) : NULL;
    #pragma omp atomic
    w->all->sum.bytes += w->v ? (long)w->v->bytes : 0;
}

static void worker_close(worker *w)
{
    drive_close(w->v);
    field_close(w->own);
}

/* The block that begins at `row`. */
static void do_block(worker *w, int row)
{
    const plan *p = w->p;
    int status = w->v ? 0 : FAILED, skip, here = w->n - row < w->rows ? w->n - row : w->rows;
    double *block = w->x + (size_t)row * p->field->dim;

    if (p->peers && row / w->rows % p->peers->parts != p->peers->part) {
        memset(block, 0, (size_t)here * p->field->dim * sizeof *block);
        return;
    }
    #pragma omp critical(fokker_outcome)
    skip = moot(w->all, row);
    if (w->v && !skip)
        status = run_block(w->v, row, here, block);
    if (skip || status == FAILED || status == STOPPED)
        forget(block, (size_t)here * p->field->dim);
    if (skip)
        return;
    #pragma omp critical(fokker_outcome)
    gather(w->all, &w->mine, status, row, here);
}

/* All blocks by all threads.  A single block is done within no region, so that calls which are shared out keep their
 * threads; and outside of one there must be no `omp for`, which would be a part of the caller's own loop. */
static void work(worker like)
{
    if (like.rows >= like.n) {
        worker_open(&like);
        do_block(&like, 0);
        worker_close(&like);
        return;
    }
    #pragma omp parallel firstprivate(like)
    {
        worker_open(&like);
        #pragma omp for schedule(dynamic)
        for (int row = 0; row < like.n; row += like.rows)
            do_block(&like, row);
        worker_close(&like);
    }
}

/* A method that takes its own steps through noise asks again after a rejection: fresh noise becomes one path
 * between the ends of the plan. */
static void follow_path(plan *p, noise *path, tree *over)
{
    if (!adaptive(p) || !method_stochastic(p->how) || !noise_is_fresh(p->noise))
        return;
    *over = tree_over(p->grid, last_noisy(p));
    *path = noise_tree(p->noise->seed, over);
    p->noise = path;
}

int solve(const plan *asked, int n, double *x, tally *out)
{
    outcome all = { .status = 0 };
    plan own = *asked, *p = &own;
    findings found = { 0 };
    char name[128];
    noise path;
    tree over;

    if (out)
        *out = all.sum;
    if (n < 1)
        return fail("%d samples; at least 1 is needed", n);
    if (plan_check(p))
        return FAILED;
    follow_path(p, &path, &over);
    p->found = &found;
    work((worker){ .p = p, .n = n, .rows = solve_block(p, n), .x = x, .all = &all });
    all.sum.setup = found.used, all.found_asks = found.asks;
    findings_close(&found);
    if (p->peers) {
        outcome mine = all;

        all = (outcome){ .status = 0 };
        if (p->peers->share(p->peers, x, (size_t)n * p->field->dim, &mine, sizeof mine, join, &all)
            || (p->residual && p->peers->most(p->peers, p->residual, p->steps + 1)))
            return FAILED;
    }
    usage_then(&all.sum.network, &all.sum.setup);
    all.sum.asks += all.found_asks;
    if (out)
        *out = all.sum;
    if (all.status == DIVERGED)
        fail("%s diverged in %ld of %d samples; %s", name_of(p, name, sizeof name), all.sum.diverged, n, all.reason);
    else if (all.status == STOPPED)
        fail("%s; %ld of %d samples were finished, the others are nan", all.reason, all.finished, n);
    else if (all.status)
        fail("%s", all.reason);
    return all.status;
}

int dry_run(const plan *p, tally *out)
{
    plan q = *p;
    method room;
    noise quiet = noise_philox(0);
    score *zero = zero_open(1);
    double x = 0;
    int status;

    if (!zero)
        return FAILED;
    zero->predicts = PREDICTS_DATA;
    q.field = zero, q.noise = &quiet, q.label = NULL, q.trace = NULL, q.timed = 0, q.deadline = 0, q.stop = NULL,
        q.watch = NULL, q.normed = 0, q.residual = NULL, q.bill = NULL, q.peers = NULL;
    status = q.steps > 0 && q.how->sol->serial_reference ? plan_check(&q) : 0;
    q.how = method_serial(p->how, p->steps, &room);
    status = status ? status : solve(&q, 1, &x, out);
    status = status == DIVERGED ? 0 : status;       /* on a stand-in that means nothing: what is counted is counted */
    field_close(zero);
    return status;
}
