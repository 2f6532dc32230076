/*
 * Explicit Runge-Kutta methods on u = x/alpha in a variable v of the noise level s = sigma/alpha, where the probability
 * flow is du/dv = E ds/dv:
 *
 *   in=ratio   v = s     E               EDM's own; DEIS's rho-RK
 *   in=square  v = s^2   E/(2 s)         the time of a variance exploding process
 *   in=t       v = t     E ds/dt         the time of the process that is there
 *   in=flow    x itself in t: dx/dt = v(x, t), as the methods without rho- do it
 *
 * A step to s = 0 is Euler's in the same variable (Karras et al. 2022, algorithm 1, line 6), which in ratio
 * is the denoising step.
 */
#include <math.h>
#include "solvers/tools/tableau.h"

enum { IN };
enum { RATIO, SQUARE, TIME, FLOW };

static double ratio(const level *l) { return l->sigma / l->alpha; }

static double place(const run *r, const level *l)
{
    int in = (int)r->par[IN];

    return in == RATIO ? ratio(l) : in == SQUARE ? ratio(l) * ratio(l) : l->t;
}

/* What x is of the state that is integrated. */
static double scale(const run *r, const level *l) { return r->par[IN] == FLOW ? 1 : l->alpha; }

/* The slope of every group; where s = 0 it is not needed: steps that end there are Euler's. */
static int slope(run *r, const level *at, const double *x, double *k)
{
    int in = (int)r->par[IN];

    if (eval(r, at, x, in == FLOW ? PREDICTS_VELOCITY : PREDICTS_NOISE, k))
        return -1;
    if (in == SQUARE || in == TIME)
        EACH_GROUP(r, g) {
            const level *l = at + g;

            combine(r, g, k, {in == SQUARE ? 0.5 / ratio(l) : (l->dsigma - ratio(l) * l->dalpha) / l->alpha, k});
        }
    return 0;
}

/* The levels a part of the way from a to b in the variable. */
static void part_way(run *r, const level *a, const level *b, double part, level *mid)
{
    const process *p = r->proc;
    int in = (int)r->par[IN];

    EACH_GROUP(r, g) {
        double v = place(r, a + g) + part * (place(r, b + g) - place(r, a + g));

        mid[g].t = in == RATIO ? p->t_of_lambda(p, -log(v)) : in == SQUARE ? p->t_of_lambda(p, -log(v) / 2) : v;
    }
    p->at(p, r->groups, mid);
}

/* out = the state at `to`, from x at a and the slopes weighed by n numbers. */
static void advance_to(const run *r, int g, const level *a, const level *b, const level *to, const double *x, int n,
                       const double *c, double *const *k, double *out)
{
    double gain = scale(r, to) * (place(r, b) - place(r, a));
    term sum[RK_STAGES + 1] = { { scale(r, to) / scale(r, a), x } };

    for (int j = 0; j < n; j++)
        sum[j + 1] = (term){ gain * c[j], k[j] };
    sum_terms(r, g, out, n + 1, sum);
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    static const double euler[] = { 1 };
    const tableau *m = r->sol->data;
    const double *row = m->a;
    double *const *k = r->w;
    int clean = 0;

    if (slope(r, a, x, k[0]))
        return -1;
    EACH_GROUP(r, g)
        clean += b[g].sigma == 0;
    for (int i = 1; i < m->stages && clean < r->groups; row += i++) {
        const level *at = m->c[i] < 1 ? r->mid : b;

        if (m->c[i] < 1)
            part_way(r, a, b, m->c[i], r->mid);
        EACH_GROUP(r, g)
            advance_to(r, g, a + g, b + g, at + g, x, i, row, k, y);
        if (slope(r, at, y, k[i]))
            return -1;
    }
    EACH_GROUP(r, g)
        if (b[g].sigma == 0)
            advance_to(r, g, a + g, b + g, b + g, x, 1, euler, k, y);
        else
            advance_to(r, g, a + g, b + g, b + g, x, m->stages, m->b, k, y);
    return 0;
}

/* Levels that are infinite in the variable, and a flow's start. */
static int check(const method *m, const plan *p)
{
    const level *a = p->grid, *b = a + p->steps;

    if (a->sigma == 0)
        return fail("%s: it cannot start at sigma = 0, t = %g", m->sol->name, a->t);
    if (b->sigma == 0 && m->par[IN] >= TIME && !isfinite(b->t))
        return fail("%s: %s has no time at sigma = 0; take in=ratio or in=square, or --final none", m->sol->name,
                    p->proc->name);
    return 0;
}

#define RHO(table, n) \
    .data = &table, .evals = n, .work = n, .never = ALPHA_0, .step = step, .check = check, \
    .par = { [IN] = { "in", "the variable: of x/alpha sigma/alpha, its square, t; or x itself in t", \
                      "ratio square t flow", RATIO } }

static const tableau euler = { 1, .c = (const double[]){ 0 }, .a = NULL, .b = (const double[]){ 1 } };
static const tableau heun = { 2, .c = (const double[]){ 0, 1 }, .a = (const double[]){ 1 },
                              .b = (const double[]){ 1. / 2, 1. / 2 } };
static const tableau midpoint = { 2, .c = (const double[]){ 0, 1. / 2 }, .a = (const double[]){ 1. / 2 },
                                  .b = (const double[]){ 0, 1 } };
static const tableau kutta3 = {
    3, .c = (const double[]){ 0, 1. / 2, 1 }, .a = (const double[]){ 1. / 2, -1, 2 },
        .b = (const double[]){ 1. / 6, 2. / 3, 1. / 6 },
};
static const tableau houwen3 = {
    3, .c = (const double[]){ 0, 8. / 15, 2. / 3 }, .a = (const double[]){ 8. / 15, 1. / 4, 5. / 12 },
        .b = (const double[]){ 1. / 4, 0, 3. / 4 },
};
static const tableau kutta4 = {
    4,
    .c = (const double[]){ 0, 1. / 2, 1. / 2, 1 },
    .a = (const double[]){ 1. / 2,
                           0, 1. / 2,
                           0, 0, 1 },
    .b = (const double[]){ 1. / 6, 1. / 3, 1. / 3, 1. / 6 },
};

#define EDM "Karras et al. 2022, table 1"
#define DEIS "Zhang and Chen 2023, arXiv:2204.13902"
const solver solver_rho_euler = {
    .name = "rho-euler", .about = "Euler on x/alpha in a variable of the noise level", .cite = EDM, .order = 1,
    RHO(euler, 1),
};
const solver solver_rho_heun = {
    .name = "rho-heun", .about = "Heun on x/alpha in a variable of the noise level", .cite = EDM, .order = 2,
    RHO(heun, 2),
};
const solver solver_rho_midpoint = {
    .name = "rho-midpoint", .about = "midpoint rule on x/alpha in a variable of the noise level", .cite = EDM,
    .order = 2, RHO(midpoint, 2),
};
const solver solver_rho_kutta3 = {
    .name = "rho-kutta3", .about = "Kutta's method of order 3 on x/alpha in a variable of the noise level",
    .cite = DEIS, .order = 3, RHO(kutta3, 3),
};
const solver solver_rho_houwen3 = {
    .name = "rho-houwen3", .about = "van der Houwen's method of order 3 on x/alpha in a variable of the noise level",
    .cite = DEIS,
    .order = 3, RHO(houwen3, 3),
};
const solver solver_rho_rk4 = {
    .name = "rho-rk4", .about = "classical Runge-Kutta on x/alpha in a variable of the noise level", .cite = DEIS,
    .order = 4, RHO(kutta4, 4),
};
