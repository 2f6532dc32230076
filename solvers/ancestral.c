/*
 * Ancestral sampling (DDPM): the exact posterior mean of x_b given x_a and x_0 = D, and one of two variances.
 *
 *   y = e^-h (sigma_b/sigma_a) x + alpha_b (1 - e^-2h) D(x, a) + std z,   std^2 = sigma_b^2 (1 - e^-2h) (posterior) or sigma_a^2 (1 - e^-2h) (beta)
 */
#include <math.h>
#include "solvers/solver.h"

enum { VARIANCE };
enum { POSTERIOR, BETA };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *now = r->w[0], *z = r->w[1];

    if (eval_data(r, a, x, now))
        return -1;
    draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        double h = b[g].lambda - a[g].lambda, fresh = -expm1(-2 * h);
        double sigma = r->par[VARIANCE] == BETA && b[g].sigma > 0 ? a[g].sigma : b[g].sigma;

        combine(r, g, y, {exp(-h) * b[g].sigma / a[g].sigma, x}, {b[g].alpha * fresh, now}, {sigma * sqrt(fresh), z});
    }
    return 0;
}

const solver solver_ancestral = {
    .name = "ancestral", .about = "ancestral sampling (DDPM)", .cite = "Ho et al. 2020, algorithm 2",
    .order = 1, .strong = 1, .stochastic = 1, .evals = 1, .work = 2, .step = step,
    .par = { [VARIANCE] = { "variance", "of the fresh noise", "posterior beta", 0 } },
};
