/*
 * EDM's stochastic sampler, in s = sigma/alpha: noise up from s_a to s-hat = (1 + gamma) s_a, then one step of the flow
 * from there to s_b, by Heun, Euler or the midpoint (dpm-2).
 *
 *   x-hat = alpha-hat (x/alpha_a + sqrt(s-hat^2 - s_a^2) S_noise z),
 *   gamma = min(churn/N, sqrt 2 - 1) where s_min <= s_a <= s_max, else 0
 *
 * edm-churn asks the field at s-hat (algorithm 2); edm-churn-shipped is diffusers' Euler, which asks before it adds the
 * noise.  The noise is no part of the reverse path: it is drawn for an interval of no length.
 */
#include <math.h>
#include "solvers/step.h"

enum { CHURN, S_MIN, S_MAX, S_NOISE, KIND };
static const solver *const flows[] = { &solver_edm_heun, &solver_edm_euler, &solver_dpm_2 };

static double gamma_of(const run *r, const level *a)
{
    double s = a->sigma / a->alpha, part = r->par[CHURN] / r->steps, most = sqrt(2) - 1;

    return s < r->par[S_MIN] || s > r->par[S_MAX] ? 0 : part < most ? part : most;
}

/* The levels of s-hat; 1 where any group gets noise. */
static int lift(run *r, const level *a, level *hat)
{
    const process *p = r->proc;
    int any = 0;

    EACH_GROUP(r, g)
        hat[g].t = p->t_of_lambda(p, a[g].lambda - log1p(gamma_of(r, a + g)));
    p->at(p, r->groups, hat);
    EACH_GROUP(r, g) {
        if (gamma_of(r, a + g) > 0)
            any = 1;
        else
            hat[g] = a[g];
    }
    return any;
}

/* x-hat.  A group without noise keeps its bits. */
static void churn(run *r, const level *a, const level *hat, const double *x, const double *z, double *out)
{
    EACH_GROUP(r, g) {
        double s = a[g].sigma / a[g].alpha, up = hat[g].sigma / hat[g].alpha, ratio = hat[g].alpha / a[g].alpha;

        if (up > s)
            combine(r, g, out, {ratio, x}, {r->par[S_NOISE] * hat[g].alpha * sqrt((up - s) * (up + s)), z});
        else
            combine(r, g, out, {ratio, x});
    }
}

/* The flow's step to s = 0 is y = alpha_b D, for the groups that go there. */
static int finish(run *r, const level *hat, const level *b, const double *x, double *y)
{
    double *now = r->w[0];

    if (eval_data(r, hat, x, now))
        return -1;
    EACH_GROUP(r, g)
        if (b[g].sigma == 0)
            combine(r, g, y, {b[g].alpha, now});
    return 0;
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    level *hat = r->mid + r->groups;
    double *z = r->w[2], *up = r->w[3];
    const double *from = x;
    int last = 0;

    EACH_GROUP(r, g)
        last += b[g].sigma == 0;
    if (r->par[CHURN] > 0)
        draw_noise(r, a, a, z);
    lift(r, a, hat);
    if (r->par[CHURN] > 0)
        churn(r, a, hat, x, z, up), from = up;
    if (last < r->groups && flows[(int)r->par[KIND]]->step(r, hat, b, from, y))
        return -1;
    return last ? finish(r, hat, b, from, y) : 0;
}

static int stale(run *r, const level *a, const level *b, const double *x, double *y)
{
    level *hat = r->mid + r->groups;
    double *e = r->w[0], *z = r->w[2];

    if (eval_noise(r, a, x, e))
        return -1;
    if (lift(r, a, hat))
        draw_noise(r, a, a, z);
    churn(r, a, hat, x, z, y);
    EACH_GROUP(r, g) {
        double h = b[g].sigma / b[g].alpha - hat[g].sigma / hat[g].alpha;

        combine(r, g, y, {b[g].alpha / hat[g].alpha, y}, {b[g].alpha * h, e});
    }
    return 0;
}

static void claims(const method *m, double *order, int *stochastic)
{
    *stochastic = m->par[CHURN] > 0;
    *order = *stochastic && m->par[S_NOISE] != 1 ? 0 : m->sol == &solver_edm_churn ? flows[(int)m->par[KIND]]->order
        : m->sol->order;
}

#define CHURN_PARAMS [CHURN] = { "churn", "S_churn: noise over the whole run", NULL, 5, 0, 1e6 }, \
    [S_MIN] = { "s_min", "the least s that gets noise", NULL, 0, 0, 1e9 }, \
        [S_MAX] = { "s_max", "the largest", NULL, 1e9, 0, 1e9 }, \
    [S_NOISE] = { "s_noise", "factor of the noise", NULL, 1, 0, 10 }

const solver solver_edm_churn = {
    .name = "edm-churn", .about = "EDM's stochastic sampler: noise up, Heun down",
    .cite = "Karras et al. 2022, algorithm 2",
    .order = 2, .stochastic = 1, .evals = 2, .work = 4, .never = ALPHA_0, .claims = claims, .step = step,
    .par = { CHURN_PARAMS,
             [KIND] = { "kind", "of the step of the flow", "heun euler dpm-2", 0 } },
};

const solver solver_edm_churn_shipped = {
    .name = "edm-churn-shipped", .about = "Euler with churn that asks the field before it adds the noise",
    .cite = "diffusers, EulerDiscreteScheduler",
    .order = 1, .stochastic = 1, .evals = 1, .work = 3, .never = ALPHA_0, .claims = claims, .step = stale,
    .par = { CHURN_PARAMS },
};
