/* The runs of a benchmark. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/ranks.h"
#include "bench/experiment/sweep.h"
#include "bench/watch.h"
#include "scores/wrap.h"
#include "solvers/engine/start.h"

/* ---- opening ---- */

/* `clamp(round(exact))`, owned. */
static char *text_of(const score *s)
{
    const score *inner = wrap_inner(s);
    char *in = inner ? text_of(inner) : NULL, *all;
    size_t size = strlen(s->name) + (in ? strlen(in) : 0) + 3;

    if ((all = malloc(size)))
        snprintf(all, size, in ? "%s(%s)" : "%s", s->name, in);
    free(in);
    return all;
}

static int open_model(sweep *w, int i)
{
    const spec *s = w->of;
    char *name = spec_model(s, i);
    int bad = !name
        || subject_open_as(&w->subject[i], &(naming){ name, s->text[PROCESS], s->text[WRAP], s->trust });

    if (bad && name && strcmp(s->where[MODELS], "bench"))
        fail("%s: %s", s->where[MODELS], last_error());
    free(name);
    if (bad || subject_takes(&w->subject[i], s->where[LABEL], s->label))
        return -1;
    for (int j = 0; j < i; j++)
        if (!strcmp(w->subject[i].model->name, w->subject[j].model->name))
            return fail("%s: %s and %s would both be called %s in the results; rename one", s->where[MODELS],
                        s->model.word[j], s->model.word[i],
                        w->subject[i].model->name);
    if (w->subject[i].model->law && !(w->exact[i] = exact_open(w->subject[i].model->law)))
        return -1;
    return (w->score[i] = text_of(w->subject[i].field)) ? 0 : fail("bench: out of memory");
}

static int check_grids(const spec *s, const model *m)
{
    for (int g = 0; g < s->grid.n; g++) {
        schedule when;

        if (schedule_parse(&when, s->text[GRID] ? s->where[GRID] : "bench", s->grid.word[g], m->process, s->denoise))
            return -1;
        schedule_free(&when);
    }
    return 0;
}

/* Without a list of budgets every cell must do without. */
static int check_unlimited(sweep *w)
{
    cell c = { .seed = 0 };

    for (c.model = 0; c.model < w->of->model.n; c.model++)
        for (c.solver = 0; c.solver < w->of->solver.n; c.solver++)
            for (c.grid = 0; c.grid < w->of->grid.n; c.grid++)
                if (sweep_plan(w, &c))
                    return -1;
    return 0;
}

static int fill_labels(sweep *w)
{
    if (w->of->label < 0)
        return 0;
    if (!(w->label = malloc(w->of->samples * sizeof *w->label)))
        return fail("%s: out of memory for %ld samples", w->of->where[SAMPLES], w->of->samples);
    for (long i = 0; i < w->of->samples; i++)
        w->label[i] = (int)w->of->label;
    return 0;
}

/* The network that the metrics name, and what each model's samples are to it. */
static int open_features(sweep *w)
{
    const spec *s = w->of;
    char *path;

    if (!s->text[FEATURES])
        return 0;
    if (!(w->space = calloc(s->model.n, sizeof *w->space)))
        return fail("bench: out of memory");
    w->features = (path = spec_features(s)) ? features_open(path) : NULL;
    free(path);
    for (int i = 0; w->features && i < s->model.n; i++)
        if (!(w->space[i] = space_open(w->features, &w->subject[i])))
            return -1;
    return w->features ? 0 : -1;
}

static int make_room(sweep *w, size_t numbers)
{
    if (numbers <= w->room)
        return 0;
    free(w->x), free(w->from);
    w->x = malloc(numbers * sizeof *w->x), w->from = malloc(numbers * sizeof *w->from);
    w->room = w->x && w->from ? numbers : 0;
    return w->room ? 0 : fail("%s: out of memory for %ld samples; use fewer", w->of->where[SAMPLES], w->of->samples);
}

int sweep_open(sweep *w, const spec *s)
{
    int bad;

    *w = (sweep){ .of = s, .is.model = -1 };
    w->subject = calloc(s->model.n, sizeof *w->subject), w->score = calloc(s->model.n, sizeof *w->score);
    w->exact = calloc(s->model.n, sizeof *w->exact), w->flows = reference_cache_open();
    w->start = calloc(s->model.n, sizeof *w->start);
    bad = w->subject && w->score && w->exact && w->start && w->flows ? 0 : fail("bench: out of memory");
    for (int i = 0; i < s->model.n && !bad; i++)
        bad = open_model(w, i) || check_grids(s, w->subject[i].model)
            || make_room(w, (size_t)s->rows[i] * w->subject[i].field->dim)
            || start_parse(&w->start[i], s->where[START], s->text[START], w->subject[i].field->dim);
    if (!bad && !fill_labels(w) && !open_features(w) && (s->budgets || !check_unlimited(w)))
        return 0;
    sweep_close(w);
    return -1;
}

void sweep_close(sweep *w)
{
    if (w->is.model >= 0 && !w->refused)
        recipe_close(&w->how);
    reference_cache_close(w->flows);
    for (int i = 0; w->subject && i < w->of->model.n; i++)
        subject_close(&w->subject[i]);
    for (int i = 0; w->score && i < w->of->model.n; i++)
        free(w->score[i]);
    for (int i = 0; w->exact && i < w->of->model.n; i++)
        field_close(w->exact[i]);
    for (int i = 0; w->space && i < w->of->model.n; i++)
        space_close(w->space[i]);
    for (int i = 0; w->start && i < w->of->model.n; i++)
        start_close(&w->start[i]);
    features_close(w->features), free(w->space);
    for (sweep_ground *g = w->ground, *next; g; g = next)
        next = g->next, free(g);
    free(w->subject), free(w->score), free(w->exact), free(w->x), free(w->from), free(w->label), free(w->start);
    account_close(&w->wide);
    *w = (sweep){ .is.model = -1 };
}

/* ---- one cell ---- */

/* Cells that differ in their seed alone share a plan. */
int sweep_plan(sweep *w, const cell *c)
{
    const spec *s = w->of;

    if (w->is.model == c->model && w->is.solver == c->solver && w->is.grid == c->grid && w->is.ask.nfe == c->ask.nfe
        && w->is.ask.steps == c->ask.steps)
        return w->refused ? fail("%s", w->reason) : 0;
    if (w->is.model >= 0 && !w->refused)
        recipe_close(&w->how);
    w->is = *c;
    w->refused = recipe_open(&w->how, &w->subject[c->model], s->solver.word[c->solver], s->grid.word[c->grid],
                             s->denoise, c->ask);
    if (w->refused)
        snprintf(w->reason, sizeof w->reason, "%s", last_error());
    return w->refused;
}

/* The metric of exact samples, computed once for a model and its last level.  The first seed stands for all. */
static int floor_of(sweep *w, const cell *c, int what, const truth *true, int dim, double *out)
{
    truth first = *true;
    sweep_ground *g;

    for (g = w->ground; g; g = g->next)
        if (g->model == c->model && g->what == what && g->at.alpha == true->at.alpha && g->at.sigma == true->at.sigma) {
            *out = g->value;
            return 0;
        }
    first.seed = (uint64_t)w->of->seed[0];
    if (measure_floor(&w->of->what[what], &first, (int)w->of->rows[c->model], dim, out))
        return -1;
    if (!(g = malloc(sizeof *g)))
        return fail("bench: out of memory");
    *g = (sweep_ground){ c->model, what, true->at, *out, w->ground };
    w->ground = g;
    return 0;
}

/* The sentence that a row keeps: the first thing that is amiss. */
static void note(sweep *w, const char *name, const char *reason)
{
    if (*w->reason || !reason)
        return;
    snprintf(w->reason, sizeof w->reason, name ? "%s %s" : "%s%s", name ? name : "", reason);
}

/* Samples as a metric sees them: as they are, or through the network. */
typedef struct view { truth true; int dim; const double *x; } view;

static int view_features(sweep *w, const cell *c, const truth *true, view *v)
{
    int n = (int)w->of->rows[c->model];

    if (!w->space)
        return 0;
    *v = (view){ space_truth(w->space[c->model], true), w->features->cols, space_see(w->space[c->model], n, w->x) };
    return v->x ? 0 : -1;
}

static int judge(sweep *w, const cell *c, record *r)
{
    const spec *s = w->of;
    const plan *p = &w->how.plan;
    const model *m = w->subject[c->model].model;
    truth true = { .law = m->law, .at = p->grid[p->steps], .label = w->label, .seed = (uint64_t)c->seed,
                   .field = w->subject[c->model].field,
                   .exact = w->exact[c->model], .proc = m->process, .start = &p->grid[0], .from = w->from,
                   .deterministic = !method_stochastic(w->how.how), .cache = w->flows };

    view seen[2] = { { true, (int)r->dim, w->x } };

    if (view_features(w, c, &true, &seen[1]))
        return -1;
    for (int i = 0; i < s->metric.n; i++) {
        const view *v = &seen[s->what[i].features];
        const char *refused = NULL;

        if (measure_value(&s->what[i], &v->true, (int)s->rows[c->model], v->dim, v->x, &r->q[i], &refused))
            return -1;
        if (refused)
            note(w, s->metric.word[i], refused);
        else if (floor_of(w, c, i, &v->true, v->dim, &r->q[i].floor))
            return -1;
    }
    return 0;
}

/* What is known of a cell before it runs. */
static void describe(sweep *w, const cell *c, record *r)
{
    const spec *s = w->of;
    const subject *u = &w->subject[c->model];
    quality *q = r->q;

    *r = (record){ .model = u->model->name, .process = s->text[PROCESS] ? s->text[PROCESS] : u->model->process->name,
                   .score = w->score[c->model],
        .solver = s->solver.word[c->solver], .grid = s->grid.word[c->grid], .reason = w->reason,
        .steps = c->ask.steps > 0 ? c->ask.steps : NAN,
        .nfe = c->ask.nfe > 0 ? (double)c->ask.nfe : NAN,
        .budget = recipe_adapts(s->how[c->solver], c->ask) ? BY_OWN : c->ask.nfe > 0 ? BY_NFE : BY_STEPS,
        .calls = NAN, .rows = NAN, .dim = u->field->dim,
        .seconds = NAN, .score_seconds = NAN,
        .seed = c->seed, .samples = s->rows[c->model], .status = RUN_OK, .q = q };
    for (int i = 0; i < s->metric.n; i++)
        q[i] = (quality){ NAN, NAN, NAN };
}

/* The name of the grid where none was asked for. */
static const char *own_grid(const spec *s, const model *m)
{
    schedule when;
    const char *name = "?";

    if (!schedule_parse(&when, "bench", NULL, m->process, s->denoise)) {
        name = when.kind->name;
        schedule_free(&when);
    }
    return name;
}

/* The states that a run of this model begins with; what is amiss with them is noted. */
static int start_of(sweep *w, int i, uint64_t seed, int n)
{
    const start_rule *s = &w->start[i];
    char warning[256];

    if (start_check(s, w->subject[i].model, w->how.plan.grid, warning, sizeof warning)
        || start_draw(s, w->subject[i].model, w->how.plan.grid, seed, 0, n, w->label, w->from))
        return -1;
    note(w, NULL, *warning ? warning : NULL);
    return 0;
}

static int run_plan(sweep *w, const cell *c, int n, tally *cost, double *seconds)
{
    const subject *u = &w->subject[c->model];
    noise z = noise_philox((uint64_t)c->seed);
    plan p = w->how.plan;
    score *shared = NULL;
    double began;
    int status;

    if (start_of(w, c->model, (uint64_t)c->seed, n))
        return FAILED;
    memcpy(w->x, w->from, (size_t)n * u->field->dim * sizeof *w->x);
    p.noise = &z, p.label = w->label, p.stop = &watch_stopped, p.timed = 1;
    account_close(&w->wide);
    status = account_open(&w->wide, &p);
    began = omp_get_wtime();
    p.deadline = w->of->limit > 0 ? began + w->of->limit : 0;
    if (w->together ? ranks_agree(status || ranks_share(&p, n, &shared)) : status)
        return ranks_release(shared), FAILED;
    status = solve(&p, n, w->x, cost);
    *seconds = omp_get_wtime() - began;
    p.timed = 0;
    w->wide.known &= !status;
    if (w->wide.known)
        status = account_take(&w->wide, &p, n, w->from, w->x, cost, *seconds);
    ranks_release(shared);
    return status;
}

/* A block is one thread's. */
static int threads_at_work(const plan *p, int n)
{
    int block = solve_block(p, n), blocks = (n + block - 1) / block;

    return blocks < omp_get_max_threads() ? blocks : omp_get_max_threads();
}

int sweep_stopped(const sweep *w) { return w->together ? ranks_any(watch_stopped) : watch_stopped; }

static enum status verdict(int status)
{
    return status == DIVERGED ? RUN_DIVERGED : status == STOPPED ? RUN_BUDGET : RUN_FAILED;
}

int sweep_run(sweep *w, const cell *c, record *r)
{
    tally cost;
    int status;

    describe(w, c, r);
    w->wide.known = 0;
    if (!r->grid)
        r->grid = own_grid(w->of, w->subject[c->model].model);
    if (sweep_plan(w, c)) {
        r->status = RUN_FAILED;
        return 0;
    }
    *w->reason = 0;
    r->budget = w->how.by;
    status = run_plan(w, c, (int)w->of->rows[c->model], &cost, &r->seconds);
    if (status == STOPPED && sweep_stopped(w))
        return STOPPED;
    r->steps = cost.steps, r->calls = cost.calls, r->rows = cost.rows;
    r->score_seconds = cost.score_seconds / threads_at_work(&w->how.plan, (int)w->of->rows[c->model]);
    if (w->together && ranks_mine() > 0)
        return 0;
    if (!status) {
        watch_hold(0);                              /* a run that is not yet judged is not in the results */
        status = judge(w, c, r);
        watch_hold(1);
    }
    if (status) {
        note(w, NULL, last_error());
        r->status = verdict(status);
        for (int i = 0; i < w->of->metric.n; i++)
            r->q[i] = (quality){ NAN, NAN, NAN };
    }
    return 0;
}

double *sweep_samples(sweep *w, const cell *c, int n, tally *cost)
{
    size_t numbers = (size_t)n * w->subject[c->model].field->dim;
    double *x = malloc(numbers * sizeof *x), seconds;
    int status = x && n <= w->of->rows[c->model] && !sweep_plan(w, c) ? run_plan(w, c, n, cost, &seconds) : FAILED;

    if (status && status != DIVERGED) {
        free(x);
        return NULL;
    }
    memcpy(x, w->x, numbers * sizeof *x);
    return x;
}
