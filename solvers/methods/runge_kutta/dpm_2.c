/*
 * The midpoint rule in s = sigma/alpha on u = x/alpha, with the middle m taken in log s (that is, in lambda):
 *
 *   u_m = u_a + (s_m - s_a) E(x_a),   u_b = u_a + (s_b - s_a) E(x_m),   s_m = sqrt(s_a s_b)
 *
 * The geometric middle misses the arithmetic one by O(h^2), which is what order 2 can bear.
 * The last step, to s = 0, is the driver's: Euler.
 */
#include "solvers/step.h"

/* u_b = u_a + (s_b - s_a) E */
static void along(run *r, const level *a, const level *b, const double *x, const double *E, double *y)
{
    EACH_GROUP(r, g) {
        double h = b[g].sigma / b[g].alpha - a[g].sigma / a[g].alpha;

        combine(r, g, y, {b[g].alpha / a[g].alpha, x}, {b[g].alpha * h, E});
    }
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *E = r->w[0];

    if (eval_noise(r, a, x, E))
        return -1;
    between(r, a, b, 0.5, r->mid);
    along(r, a, r->mid, x, E, y);
    if (eval_noise(r, r->mid, y, E))
        return -1;
    along(r, a, b, x, E, y);
    return 0;
}

const solver solver_dpm_2 = {
    .name = "dpm-2", .about = "midpoint rule in sigma/alpha, the middle in its logarithm",
    .cite = "Karras et al. 2022, table 3; k-diffusion sample_dpm_2",
    .order = 2, .evals = 2, .work = 1, .never = ALPHA_0 | SIGMA_0, .step = step,
};
