/*
 * PNDM: the transfer phi(x, e, a, c) = (alpha_c/alpha_a) x + alpha_c (s_c - s_a) e, s = sigma/alpha
 * (DDIM's step), with e from
 *
 *   e = (55 E_0 - 59 E_1 + 37 E_2 - 9 E_3)/24,   at the start instead
 *   prk:   three steps of four calls, e = (e1 + 2 e2 + 2 e3 + e4)/6 as in Runge-Kutta's fourth-order method, the middle
 *          taken in t
 *   plms:  a step of Heun's method in s, then 2 and 3 predictions
 *
 * The weights are for equal steps in s, which no usual grid has: order 2 whatever the start, as the paper says.
 */
#include "solvers/tools/multi.h"

enum { PRK, PLMS };

/* phi for all groups. */
static void transfer(run *r, const level *a, const level *c, const double *x, const double *e, double *y)
{
    EACH_GROUP(r, g)
        combine(r, g, y, {c[g].alpha / a[g].alpha, x}, {c[g].alpha * (ratio(c + g) - ratio(a + g)), e});
}

/* Where the start asks the field: `part` of the way in t; a step to sigma = 0, where nothing can be asked, is
 * Euler's and stays at a. */
static level *ask_at(run *r, const level *a, const level *b, double part)
{
    const process *p = r->proc;

    EACH_GROUP(r, g)
        r->mid[g].t = b[g].sigma == 0 ? a[g].t : part == 1 ? b[g].t : a[g].t + part * (b[g].t - a[g].t);
    p->at(p, r->groups, r->mid);
    return r->mid;
}

static int finish(run *r, const level *a, const level *b, const double *x, const double *e, double *y)
{
    EACH_GROUP(r, g) {
        double h = b[g].alpha * (ratio(b + g) - ratio(a + g));

        combine(r, g, y, {b[g].alpha / a[g].alpha, x}, {h, b[g].sigma == 0 ? r->w[0] : e});
    }
    return 0;
}

/* The slope at a level of the start, in the state y to which the slope e leads. */
static int slope(run *r, const level *a, const level *at, const double *x, const double *e, double *y, double *out)
{
    transfer(r, a, at, x, e, y);
    return eval_noise(r, at, y, out);
}

static int runge_kutta(run *r, const level *a, const level *b, const double *x, double *y)
{
    static const double part[3] = { 0.5, 0.5, 1 }, weight[3] = { 1. / 3, 1. / 3, 1. / 6 };
    double *e = r->w[0], *next = r->w[4], *sum = r->w[5];

    EACH_GROUP(r, g)
        combine(r, g, sum, {1. / 6, e});
    for (int i = 0; i < 3; i++, e = next) {
        if (slope(r, a, ask_at(r, a, b, part[i]), x, e, y, next))
            return -1;
        EACH_GROUP(r, g)
            combine(r, g, sum, {1, sum}, {weight[i], next});
    }
    return finish(r, a, b, x, sum, y);
}

static int heun(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *e = r->w[0], *next = r->w[4];

    if (slope(r, a, ask_at(r, a, b, 1), x, e, y, next))
        return -1;
    EACH_GROUP(r, g)
        combine(r, g, next, {0.5, e}, {0.5, next});
    return finish(r, a, b, x, next, y);
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    int plms = r->par[START] == PLMS, n = r->k < 3 ? r->k + 1 : 4;

    if (eval_noise(r, a, x, r->w[0]))
        return -1;
    if (r->k < (plms ? 1 : 3))
        return plms ? heun(r, a, b, x, y) : runge_kutta(r, a, b, x, y);
    EACH_GROUP(r, g) {
        const level *now = a + g;
        double w[MULTI_POINTS];

        multi_even_weights(r, n, &now, b + g, w);
        multi_sum(r, g, now, b + g, n, w, x, y);
    }
    return 0;
}

const solver solver_pndm = {
    .name = "pndm", .about = "pseudo numerical method: pseudo Runge-Kutta start, then 4 predictions",
    .cite = "Liu et al. 2022",
    .order = 2, .evals = 1, .work = 6, .history = 3, .never = ALPHA_0, .check = multi_check, .step = step,
    .par = { [START] = { "start", "first steps: pseudo Runge-Kutta (4 calls each), or pseudo linear multistep",
                         "prk plms", PRK, 0, 0 } },
};
