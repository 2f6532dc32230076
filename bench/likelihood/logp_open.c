/* What `fokker logp` was asked: points, combinations, and the inquiry of each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/asked.h"
#include "bench/likelihood/logp.h"
#include "bench/points.h"
#include "bench/experiment/spec.h"
#include "bench/watch.h"
#include "models/laws/gaussian.h"

/* The exact divergence, which has no probes. */
static int exact_trace(const logp_cell *c) { return !c->trace || !strcmp(c->trace, "exact"); }

/* ---- points ---- */

/* Exact samples at t_min. */
static int draw_points(logp_job *j, long seed)
{
    const process *p = j->of.model->process;
    stream s = { (uint64_t)seed, USE_LAW }, t = { (uint64_t)seed, USE_PRIOR };
    size_t N = (size_t)j->n * j->dim;
    double *eps = malloc(N * sizeof *eps);
    level at;
    int status;

    j->points = (array){ .dims = 2, .shape = { j->n, j->dim }, .v = malloc(N * sizeof *j->points.v) };
    if (!eps || !j->points.v)
        return free(eps), fail("-n %d: not enough memory for %d x %d numbers", j->n, j->n, j->dim);
    levels(p, 1, &p->t_min, &at);
    status = j->of.model->law->sample(j->of.model->law, s, 0, j->n, j->label, j->points.v);
    normals(t, 0, 0, 0, j->n, j->dim, eps);
    for (size_t i = 0; i < N; i++)
        j->points.v[i] = at.alpha * j->points.v[i] + at.sigma * eps[i];
    free(eps);
    return status;
}

static int open_label(logp_job *j)
{
    long label;

    if (!option_text(j->r, "label"))
        return 0;
    if (option_whole(j->r, "label", 0, 1000000, 0, &label) || subject_takes(&j->of, "--label", label))
        return -1;
    if (!(j->label = malloc(j->n * sizeof *j->label)))
        return fail("out of memory for %d labels", j->n);
    for (int i = 0; i < j->n; i++)
        j->label[i] = (int)label;
    return 0;
}

static int open_points(logp_job *j)
{
    const char *data = option_text(j->r, "data");
    long n, seed = 0;

    if (option_whole(j->r, "samples", 1, 100000000, 1000, &n))
        return -1;
    if (data && points_read("--data", data, j->dim, &j->points))
        return -1;
    if (data && option_text(j->r, "samples") && n > array_rows(&j->points))
        return fail("-n %ld: --data %s has only %ld rows", n, data, array_rows(&j->points));
    j->n = data && !option_text(j->r, "samples") ? (int)array_rows(&j->points) : (int)n;
    if (open_label(j))
        return -1;
    if (data)
        return 0;
    if (!j->of.model->law)
        return fail("%s: has no law to draw points from; give --data", j->of.model->name);
    if (option_text(j->r, "seed"))
        seed = strtol(option_text(j->r, "seed"), NULL, 10);
    return draw_points(j, seed);
}

/* Whether a combination asks for the Gaussian: as control variate, or for the error of a prior that no law tells. */
static int wants_fit(const logp_job *j)
{
    const law *l = j->of.model->law;

    for (int i = 0; i < j->cells; i++) {
        const logp_cell *c = &j->cell[i];

        if (c->route == FLOW && ((j->control && !exact_trace(c)) || (!j->exact_prior && !(l && l->logpdf))))
            return 1;
    }
    return 0;
}

/* The Gaussian: of the law's moments, or of points.  It costs as dim^3 and more; who does not ask for
 * it does not wait for it. */
static int open_fit(logp_job *j)
{
    const char *from = option_text(j->r, "fit");
    const law *l = j->of.model->law;
    array a = j->points;

    if (!wants_fit(j))
        return 0;

    if (!from && l && l->moments) {
        double *mean = malloc(j->dim * sizeof *mean), *cov = malloc((size_t)j->dim * j->dim * sizeof *cov);

        if (!mean || !cov)
            fail("out of memory for %d columns", j->dim);
        else if (!l->moments(l, mean, cov))
            j->fit = gaussian_open(j->dim, mean, cov);
        free(mean), free(cov);
        return j->fit ? 0 : -1;
    }
    if (from && points_read("--fit", from, j->dim, &a))
        return -1;
    if (from || j->n > 1)
        j->fit = gaussian_fit(array_rows(&a), j->dim, a.v);
    if (from)
        array_free(&a);
    return j->fit || (!from && j->n < 2) ? 0 : -1;
}

static int open_recorded(logp_job *j)
{
    const char *path = option_text(j->r, "probe");

    if (!path)
        return 0;
    if (j->cells > 1)
        return fail("--probe: recorded directions belong to one run; give one solver, trace and budget");
    if (!option_text(j->r, "trace") || strncmp(option_text(j->r, "trace"), "hutchinson", 10))
        return fail("--probe: recorded directions are for --trace hutchinson");
    if (array_read(path, &j->recorded))
        return -1;
    if (array_rows(&j->recorded) * array_cols(&j->recorded) != (long)j->n * j->cell->probes * j->dim)
        return fail("--probe %s: holds %ld numbers; %d rows x %ld probes x %d columns need %ld", path,
                    array_rows(&j->recorded) * array_cols(&j->recorded), j->n,
                    j->cell->probes, j->dim, (long)j->n * j->cell->probes * j->dim);
    return 0;
}

/* ---- combinations ---- */

/* The words of an option; one NULL where it was not given. */
static int words_given(logp_job *j, const char *name, words *out)
{
    const char *text = option_text(j->r, name);

    if (!(out->word = words_of(text ? text : "", &out->n)))
        return -1;
    j->kept[j->keeps++] = out->word;
    if (text && !out->n)
        return fail("logp: --%s is empty; leave it out or give a value", name);
    out->n = out->n ? out->n : 1;
    return 0;
}

static int numbers(const logp_job *j, const char *name, long least, const char *otherwise, long **out, int *n)
{
    const char *text = option_text(j->r, name);
    char where[MAX_NAME];

    snprintf(where, sizeof where, "--%s", name);
    return (*out = whole_numbers(where, text ? text : otherwise, least, 1L << 40, n)) ? 0 : -1;
}

/* Everything that is varied. */
typedef struct axes {
    words route, how, on, trace, rtol, atol;
    long *amount, *probes, *seed;
    int amounts, counts, seeds;
} axes;

static int axes_open(logp_job *j, axes *x)
{
    static const char *const ways[] = { "nfe", "steps", "budget" };
    const char *by = NULL;

    *x = (axes){ .amounts = 1 };
    for (int i = 0; i < 3; i++)
        if (option_text(j->r, ways[i])) {
            if (by)
                return fail("--%s and --%s are both given; choose one", by, ways[i]);
            by = ways[i];
        }
    if (option_text(j->r, "budget") && option_text(j->r, "probes"))
        return fail("--budget chooses the probes; leave --probes out");
    if (by && (option_text(j->r, "rtol") || option_text(j->r, "atol")))
        return fail("--%s fixes the steps, and a tolerance lets the method choose them; give one of the two", by);
    if (words_given(j, "route", &x->route) || words_given(j, "solver", &x->how) || words_given(j, "grid", &x->on)
        || words_given(j, "trace", &x->trace) || words_given(j, "rtol", &x->rtol) || words_given(j, "atol", &x->atol))
        return -1;
    if (x->atol.n > 1 && x->atol.n != x->rtol.n)
        return fail("--atol: %d values for %d of --rtol; give one, or one each", x->atol.n, x->rtol.n);
    if (by && numbers(j, by, 1, "", &x->amount, &x->amounts))
        return -1;
    return numbers(j, "probes", 1, "8", &x->probes, &x->counts) || numbers(j, "seed", 0, "0", &x->seed, &x->seeds) ? -1
        : 0;
}

/* Combination i of n axes of so many values each, the first fastest. */
static void pick(int i, int n, const int *sizes, int *at)
{
    for (int d = 0; d < n; i /= sizes[d++])
        at[d] = i % sizes[d];
}

/* Every combination of routes, solvers, grids, tolerances, budgets, estimators, probes and seeds; the exact divergence
 * has no probes to vary, and only the flow has solvers, tolerances and traces. */
static int open_cells(logp_job *j)
{
    enum { SEEDS, COUNTS, TRACES, AMOUNTS, RTOLS, GRIDS, SOLVERS, ROUTES, AXES };
    int at[AXES], total = 1, status;
    int nfe = option_text(j->r, "nfe") != NULL, split = option_text(j->r, "budget") != NULL;
    axes x;

    if (!(status = axes_open(j, &x))) {
        int n[AXES] = { x.seeds, x.counts, x.trace.n, x.amounts, x.rtol.n, x.on.n, x.how.n, x.route.n };

        for (int d = 0; d < AXES; d++)
            total *= n[d];
        if (!(j->cell = calloc(total, sizeof *j->cell)))
            status = fail("out of memory for %d combinations", total);
        for (int i = 0; i < total && !status; i++) {
            const char *trace;
            long amount;
            int route;

            pick(i, AXES, n, at);
            if ((route = logp_route(x.route.word[at[ROUTES]])) < 0) {
                status = -1;
                break;
            }
            trace = x.trace.word[at[TRACES]];
            if (route == FLOW ? (!trace || !strcmp(trace, "exact")) && at[COUNTS] : at[SOLVERS] || at[RTOLS]
                || at[TRACES])
                continue;
            amount = x.amount ? x.amount[at[AMOUNTS]] : 0;
            j->cell[j->cells++] = (logp_cell){ .route = route, .solver = route == FLOW ? x.how.word[at[SOLVERS]]
                                               : x.route.word[at[ROUTES]],
                                               .grid = x.on.word[at[GRIDS]], .trace = route == FLOW ? trace : "-",
                                               .rtol = x.rtol.word[at[RTOLS]],
                                               .atol = x.atol.word[x.atol.n > 1 ? at[RTOLS] : 0], .steps = nfe || split
                                               ? 0 : amount, .nfe = nfe ? amount : 0,
                                               .budget = split ? amount : 0, .probes = x.probes[at[COUNTS]],
                                               .seed = x.seed[at[SEEDS]] };
        }
    }
    free(x.amount), free(x.probes), free(x.seed);
    return status;
}

/* ---- one combination ---- */

static int tolerance(const char *name, const char *text, double otherwise, double *out)
{
    *out = otherwise;
    if (text && number("logp", name, text, out))
        return -1;
    return *out >= 1e-14 && *out <= 1e3 ? 0
        : fail("--%s %s: give a number from 1e-14, which is near round-off, to 1000", name, text ? text : "");
}

static int set_tolerances(logp_plan *p, const logp_cell *c)
{
    if (!(p->how.plan.rtol > 0))
        return c->rtol || c->atol ? fail("--rtol: %s takes fixed steps; give --steps or --nfe, or another method",
                                         p->how.how->sol->name) : 0;
    if (tolerance("rtol", c->rtol, p->how.plan.rtol, &p->q.rtol))
        return -1;
    return tolerance("atol", c->atol, c->rtol ? p->q.rtol : p->how.plan.atol, &p->q.atol);
}

int logp_plan_open(logp_plan *p, const logp_job *j, const logp_cell *c, enum course course)
{
    budget b = { (int)c->steps, c->nfe };

    *p = (logp_plan){ .q = { .proc = j->of.model->process, .field = j->of.field, .law = j->of.model->law,
                             .fit = j->fit, .probes = (int)c->probes,
                             .seed = (uint64_t)c->seed, .recorded = j->recorded.v, .control = j->control,
                             .exact_prior = j->exact_prior, .unchecked = j->unchecked,
                             .label = j->label, .stop = &watch_stopped } };
    if (c->probes > 1 << 20)
        return fail("--probes %ld: that many make no sense; the exact trace costs one product a column", c->probes);
    p->q.given = &p->given;
    if (!(p->q.trace = estimator_parse(&p->given, "--trace", c->trace ? c->trace : "exact")))
        return -1;
    p->q.control = j->control && !p->q.trace->exact;
    if (b.nfe && (b.nfe /= inquiry_rounds(&p->q)) < 1)
        return fail("--nfe %ld: %s asks the field %d times at each time; raise --nfe", c->nfe, p->q.trace->name,
                    inquiry_rounds(&p->q));
    if (recipe_open(&p->how, &j->of, c->solver ? c->solver : "dopri5", c->grid, course, b))
        return -1;
    if (recipe_adapts(p->how.how, b) && (c->steps || c->nfe))
        return fail("--%s: %s chooses its own steps; give --rtol and --atol instead", c->steps ? "steps" : "nfe",
                    p->how.how->sol->name);
    p->q.how = p->how.how, p->q.steps = p->how.plan.steps, p->q.grid = p->how.plan.grid;
    /* of a grid that has no twice as many steps, a file's, they are halved */
    if (p->how.plan.rtol <= 0 && schedule_fixed(&p->how.when, p->q.proc) == 0)
        p->q.finer = p->finer = schedule_levels(&p->how.when, p->q.proc, 2 * p->q.steps);
    if (set_tolerances(p, c))
        return -1;
    return course == TO_NOISE ? inquiry_check(&p->q) : 0;
}

void logp_plan_close(logp_plan *p)
{
    recipe_close(&p->how);
    free(p->finer);
    args_free(&p->given);
}

/* ---- the whole ---- */

int logp_open(logp_job *j, const request *r)
{
    *j = (logp_job){ .r = r };
    if (words_between(r, 1, 1) || asked_open(&j->of, r))
        return -1;
    j->dim = j->of.field->dim;
    j->unchecked = option_text(r, "no-check") != NULL;
    if ((j->exact_prior = option_choice(r, "prior", "normal exact")) < 0
        || (j->control = option_choice(r, "control", "none gauss")) < 0)
        return -1;
    if (open_cells(j))
        return -1;
    if (option_text(r, "decode"))
        return 0;
    if (open_points(j) || logp_levels_open(j) || open_fit(j) || open_recorded(j))
        return -1;
    for (int i = 0; i < j->cells; i++) {    /* what can be refused is, before anything is run */
        logp_cell like = j->cell[i];
        logp_plan p;
        int status;

        if (j->cell[i].route != FLOW) {
            if (logp_bound_check(j, &j->cell[i]))
                return -1;
            continue;
        }
        like.steps = like.budget ? 8 : like.steps;
        status = logp_plan_open(&p, j, &like, TO_NOISE);
        logp_plan_close(&p);
        if (status)
            return -1;
    }
    return 0;
}

void logp_cell_clear(logp_cell *c)
{
    free(c->out), free(c->many), free(c->part);
    c->out = NULL, c->many = NULL, c->part = NULL, c->terms = 0;
}

void logp_close(logp_job *j)
{
    for (int i = 0; i < j->cells; i++)
        logp_cell_clear(&j->cell[i]);
    for (int i = 0; i < j->keeps; i++)
        free(j->kept[i]);
    free(j->cell), free(j->label), free(j->whole);
    array_free(&j->points), array_free(&j->recorded);
    law_close(j->fit);
    subject_close(&j->of);
}
