/*
 * EDM's Heun, in s = sigma/alpha on u = x/alpha, where the flow is du/ds = E(x, s):
 *
 *   u_b = u_a + (s_b - s_a)/2 (E(x_a) + E(x_a + (s_b - s_a) E(x_a)))
 *
 * The last step, to s = 0, is the driver's: Euler.
 */
#include "solvers/step.h"

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *e1 = r->w[0], *e2 = r->w[1];

    if (eval_noise(r, a, x, e1))
        return -1;
    EACH_GROUP(r, g) {
        double h = b[g].sigma / b[g].alpha - a[g].sigma / a[g].alpha;

        combine(r, g, y, {b[g].alpha / a[g].alpha, x}, {b[g].alpha * h, e1});
    }
    if (eval_noise(r, b, y, e2))
        return -1;
    EACH_GROUP(r, g) {
        double half = b[g].alpha * (b[g].sigma / b[g].alpha - a[g].sigma / a[g].alpha) / 2;

        combine(r, g, y, {b[g].alpha / a[g].alpha, x}, {half, e1}, {half, e2});
    }
    return 0;
}

const solver solver_edm_heun = {
    .name = "edm-heun", .about = "Heun in sigma/alpha, EDM's sampler without churn",
    .cite = "Karras et al. 2022, algorithm 1",
    .order = 2, .evals = 2, .work = 2, .never = ALPHA_0 | SIGMA_0, .step = step,
};
