/*
 * Ancestral sampling (DDPM): the exact posterior mean of x_b given x_a and x_0 = D, and one of two variances.
 *
 *   y = e^-h (sigma_b/sigma_a) x + alpha_b (1 - e^-2h) D(x, a) + std z,
 *   std^2 = sigma_b^2 (1 - e^-2h) (posterior) or sigma_a^2 (1 - e^-2h) (beta)
 *
 * With another chain than the levels' own (chain.h) the mean is (x + G2 score)/ratio and the variance G2 (beta)
 * or G2 (1 - G2/sigma_a^2) (posterior).
 */
#include <math.h>
#include "solvers/tools/chain.h"

enum { VARIANCE, CHAIN };
enum { POSTERIOR, BETA };

static int chained(run *r, const level *a, const level *b, const double *x, double *y)
{
    chain c = chain_of(r, (int)r->par[CHAIN]);
    double *s = r->w[0], *z = r->w[1];

    if (eval_score(r, a, x, s))
        return -1;
    draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        link l = chain_link(&c, r->group[g].step, a + g, b + g);
        double less = r->par[VARIANCE] == BETA ? 0 : l.G2 / l.variance, std = sqrt(l.G2 * (less < 1 ? 1 - less : 0));

        combine(r, g, y, {1 / l.ratio, x}, {l.G2 / l.ratio, s}, {std, z});
    }
    return 0;
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *now = r->w[0], *z = r->w[1];

    if (r->par[CHAIN] != CHAIN_EXACT)
        return chained(r, a, b, x, y);
    if (eval_data(r, a, x, now))
        return -1;
    draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        double h = b[g].lambda - a[g].lambda, fresh = -expm1(-2 * h), sigma = r->par[VARIANCE] == BETA ? a[g].sigma
            : b[g].sigma;

        combine(r, g, y, {exp(-h) * b[g].sigma / a[g].sigma, x}, {b[g].alpha * fresh, now}, {sigma * sqrt(fresh), z});
    }
    return 0;
}

static int check(const method *m, const plan *p)
{
    if (m->par[CHAIN] != CHAIN_EXACT && p->grid->alpha == 0)
        return fail("ancestral: needs alpha > 0 at the start for another chain than exact; start below t = %g",
                    p->grid->t);
    return chain_check(p, m->sol->name, (int)m->par[CHAIN]);
}

static void claims(const method *m, double *order, int *stochastic)
{
    *stochastic = 1;
    *order = m->par[CHAIN] == CHAIN_SONG ? 0 : m->sol->order;
}

const solver solver_ancestral = {
    .name = "ancestral", .about = "ancestral sampling (DDPM)", .cite = "Ho et al. 2020, algorithm 2",
    .order = 1, .strong = 1, .stochastic = 1, .evals = 1, .work = 2, .never = SIGMA_0, .claims = claims,
    .check = check, .step = step,
    .par = { [VARIANCE] = { "variance", "of the fresh noise", "posterior beta", 0 },
             [CHAIN] = CHAIN_PARAM },
};
