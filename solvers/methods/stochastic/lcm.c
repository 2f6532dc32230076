/*
 * Multistep sampling of a consistency model: the prediction of the data, noised again with fresh noise.
 *
 *   y = alpha_b F + sigma_b z,   F = c_skip x + c_out D(x, a),   c_skip = 1/4/(tau^2 + 1/4),
 *   c_out = tau/sqrt(tau^2 + 1/4),  tau = scaling t_a
 *
 * scaling = 0: F = D.  For networks distilled so that D(x, t) is the end of the flow through x: with E[x_0 | x_t] its
 * samples are not the law's.
 */
#include <math.h>
#include "solvers/step.h"

enum { SCALING };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *now = r->w[0], *z = r->w[1], scaling = r->par[SCALING];
    int noisy = 0;

    if (eval_data(r, a, x, now))
        return -1;
    EACH_GROUP(r, g)
        noisy |= b[g].sigma > 0;
    if (noisy)
        draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        double tau = scaling * a[g].t, norm = tau * tau + 0.25, skip = scaling > 0 ? 0.25 / norm : 0, out = scaling > 0
            ? tau / sqrt(norm) : 1;

        if (noisy)
            combine(r, g, y, {b[g].alpha * skip, x}, {b[g].alpha * out, now}, {b[g].sigma, z});
        else
            combine(r, g, y, {b[g].alpha * skip, x}, {b[g].alpha * out, now});
    }
    return 0;
}

const solver solver_lcm = {
    .name = "lcm", .about = "multistep consistency sampling, for distilled networks",
    .cite = "Luo et al. 2023, algorithm 3; Song et al. 2023",
    .stochastic = 1, .evals = 1, .work = 2, .step = step,
    .par = { [SCALING] = { "scaling",
                           "of t in the boundary condition; 10 for indices of a chain as in diffusers, 0: none", 0,
                           0, 0, 1e6 } },
};
