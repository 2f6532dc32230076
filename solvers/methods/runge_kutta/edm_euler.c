/*
 * EDM's Euler, in s = sigma/alpha on u = x/alpha, where the flow is du/ds = E(x, s):
 *
 *   u_b = u_a + (s_b - s_a) E(x_a)
 *
 * In exact arithmetic this is DDIM.
 */
#include "solvers/step.h"

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *e = r->w[0];

    if (eval_noise(r, a, x, e))
        return -1;
    EACH_GROUP(r, g) {
        double h = b[g].sigma / b[g].alpha - a[g].sigma / a[g].alpha;

        combine(r, g, y, {b[g].alpha / a[g].alpha, x}, {b[g].alpha * h, e});
    }
    return 0;
}

const solver solver_edm_euler = {
    .name = "edm-euler", .about = "Euler in sigma/alpha",
    .cite = "Karras et al. 2022, algorithm 1 without its correction",
    .order = 1, .evals = 1, .work = 1, .never = ALPHA_0 | SIGMA_0, .step = step,
};
