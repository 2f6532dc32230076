/* `fokker logp --route elbo, path`: the variational bound and its paths, beside the flow; the table of their terms. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/likelihood/logp.h"
#include "bench/watch.h"
#include "solvers/likelihood/elbo.h"

enum { STEPS, VARIANCE };
static const param pars[] = {
    { "steps", "of the chain, which has one level more", NULL, 0, 1, 1e7, 1 },
    { "variance", "of the chain's steps", "posterior beta", 0, 0, 0, 0 },
    { NULL },
};

static const char *const names[] = { [FLOW] = "flow", [ELBO] = "elbo", [PATHS] = "path" };

/* The route that an item names, with its parameters, which the caller frees; -1 with a sentence. */
static int route_parse(const char *item, args *given)
{
    char name[MAX_NAME];
    const char *list;
    int route = -1;

    args_default(given, pars);
    if (!item)
        return FLOW;
    if (item_split("--route", item, name, &list))
        return -1;
    for (int i = 0; i < 3; i++)
        route = strcmp(name, names[i]) ? route : i;
    if (route < 0)
        return fail("--route: \"%s\" is none of flow, elbo, path", name);
    if (route == FLOW)
        return *list ? fail("--route: flow takes no parameters; leave out %s", list) : FLOW;
    return args_parse(given, "--route", name, pars, list) ? -1 : route;
}

int logp_route(const char *item)
{
    args given;
    int route = route_parse(item, &given);

    if (route >= 0)
        args_free(&given);
    return route;
}

/* Steps by the item, by --steps or --nfe (one call a level and draw), or all of a chain that is discrete. */
static long steps_of(const logp_job *j, const logp_cell *c, const args *given)
{
    long T = j->of.model->process->T;

    if (given->v[STEPS] > 0 || c->steps)
        return given->v[STEPS] > 0 ? (long)given->v[STEPS] : c->steps;
    if (c->nfe && c->nfe / c->probes < 2)
        return fail("--nfe %ld: %ld draws on the 2 levels that a chain has at least need more calls; raise --nfe, or "
                    "lower --probes", c->nfe, c->probes);
    if (c->nfe)
        return c->nfe / c->probes - 1;
    return T ? T - 1 : fail("--route %s: a chain of how many steps? give %s:steps=N, --steps N or --nfe N",
                            names[c->route], names[c->route]);
}

/* A discrete chain with all its steps has every index, unless another grid was asked for. */
static const char *grid_of(const logp_job *j, const logp_cell *c, long steps)
{
    return c->grid || j->of.model->process->T != steps + 1 ? c->grid : "uniform";
}

typedef struct bound_chain { recipe how; elbo of; } bound_chain;

static int chain_open(bound_chain *h, const logp_job *j, const logp_cell *c)
{
    args given;
    long steps;
    int status = option_text(j->r, "encode") ? fail("--encode: a bound has no encoding; leave out --route")
        : route_parse(c->solver, &given);

    *h = (bound_chain){ .of = { .prior_std = j->of.model->process->prior_std, .paths = c->route == PATHS,
                          .draws = (int)c->probes, .seed = (uint64_t)c->seed,
                          .levels = j->bins.levels, .scale = j->bins.scale, .shift = j->bins.shift } };
    if (status < 0)
        return -1;
    h->of.beta = (int)given.v[VARIANCE];
    steps = steps_of(j, c, &given);
    args_free(&given);
    if (steps < 0 || recipe_open(&h->how, &j->of, "ddim", grid_of(j, c, steps), TO_DATA, (budget){ (int)steps, 0 }))
        return -1;
    h->how.plan.label = j->label, h->how.plan.stop = &watch_stopped;
    h->of.plan = &h->how.plan;
    return 0;
}

int logp_bound_check(const logp_job *j, const logp_cell *c)
{
    bound_chain h;
    int status = chain_open(&h, j, c);

    recipe_close(&h.how);
    return status;
}

/* log p_0 of the points, where it is known; NAN else. */
static void known(const logp_job *j, double *logp)
{
    const law *l = j->of.model->law;
    level at = level_clean(j->of.model->process);

    if (law_logp(j->bins.levels ? NULL : l, &at, j->n, j->points.v, j->label, &watch_stopped, logp))
        for (int i = 0; i < j->n; i++)
            logp[i] = NAN;
}

/* A bound as an answer; a path's is its importance estimate, which lies below by its gap on average. */
static answer answer_of(const bound *b, const elbo *e, const bill *cost, double exact)
{
    int many = e->paths && e->draws > 1;
    double logp = many ? b->many.log_mean : b->logp, se = many ? b->many.se : b->se;
    double half = e->draws > 1 ? se * gsl_cdf_tdist_Pinv(0.975, e->draws - 1) : NAN;

    return (answer){ .logp = logp, .se_trace = se, .lo = logp - half, .hi = logp + half + (many ? b->many.gap : 0),
                     .exact = exact, .calls = cost->calls, .rows = cost->rows, .network = cost->network };
}

/* Mean over rows that were finished, and its standard error. */
static void sum_terms_of(const bound_chain *h, int n, const double *parts, logp_cell *c)
{
    const level *low = h->of.plan->grid + elbo_terms(h->of.plan) - 2;

    for (int k = 0; k < c->terms; k++) {
        logp_term *o = &c->part[k];
        double square = 0;
        int good = 0;

        *o = (logp_term){ .t = k < c->terms - 1 ? (low - k)->t : h->of.plan->grid->t };
        for (int i = 0; i < n; i++) {
            double d = parts[(size_t)i * c->terms + k] - o->mean;

            if (isnan(d))
                continue;
            o->mean += d / ++good;
            square += d * d * (good - 1) / good;
        }
        o->se = good > 1 ? sqrt(square / (good - 1) / good) : NAN;
        o->mean = good ? o->mean : NAN;
    }
}

int logp_bound(const logp_job *j, logp_cell *c, long *done)
{
    bound_chain h;
    bound *b = malloc(j->n * sizeof *b);
    bill *bills = calloc(j->n, sizeof *bills);
    double *exact = malloc(j->n * sizeof *exact), *parts = NULL;
    int status = chain_open(&h, j, c);

    if (!status) {
        c->terms = elbo_terms(h.of.plan);
        c->part = malloc(c->terms * sizeof *c->part);
        parts = malloc((size_t)j->n * c->terms * sizeof *parts);
        if (!b || !bills || !exact || !parts || !c->part)
            status = fail("out of memory for %d rows with %d terms", j->n, c->terms);
    }
    if (!status) {
        h.how.plan.done = done, h.how.plan.bill = bills;
        status = elbo_run(&h.of, j->n, j->points.v, b, parts, NULL);
        known(j, exact);
        for (int i = 0; i < j->n; i++)
            c->out[i] = answer_of(&b[i], &h.of, &bills[i], exact[i]);
        sum_terms_of(&h, j->n, parts, c);
    }
    recipe_close(&h.how);
    free(b), free(bills), free(exact), free(parts);
    return status;
}

int logp_write_terms(FILE *f, int header, int cell, const logp_job *j, const logp_cell *c)
{
    if (header)
        fprintf(f, "%sterm\tt\tmean\tse\tbpd\n", cell >= 0 ? "cell\t" : "");
    for (int k = 0; k < c->terms; k++) {
        const logp_term *o = &c->part[k];

        if (cell >= 0)
            fprintf(f, "%d\t", cell);
        fprintf(f, "%d\t%.17g\t%.10g\t%.4g\t%.10g\n", k, o->t, o->mean, o->se, bits_per_dim(-o->mean, j->dim));
    }
    return ferror(f) ? -1 : 0;
}
