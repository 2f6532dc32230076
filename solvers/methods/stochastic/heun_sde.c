/*
 * Stochastic Heun on the reverse SDE  dx = F dt + g dW,  F = f x - g^2 score:
 *
 *   u = x + h F(x, a) + g_a dW,   y = x + h/2 (F(x, a) + F(u, b)) + (g_a + g_b)/2 dW
 *     = x/2 + (u + h F(u, b) + g_b dW)/2
 *
 * The mean of g at both ends is what keeps weak order 2.
 *
 * gotta-go-fast takes own steps by the error y - u, row by row (control.c; control=power is the paper's rule),
 * from one Brownian path: a rejected step is tried again on the increments that refused it, bridged.  Fresh noise
 * there would bias the law.
 */
#include <math.h>
#include "solvers/step.h"

enum { RTOL, ATOL, CONTROL };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *s = r->w[0], *z = r->w[1], *u = r->w[2];

    if (eval_score(r, a, x, s))
        return -1;
    draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        double h = b[g].t - a[g].t;

        combine(r, g, u, {1 + h * a[g].f, x}, {-h * a[g].g2, s}, {sqrt(-h * a[g].g2), z});
    }
    if (eval_score(r, b, u, s))
        return -1;
    EACH_GROUP(r, g) {
        double h = b[g].t - a[g].t;

        combine(r, g, y, {0.5 + h / 2 * b[g].f, u}, {0.5, x}, {-h / 2 * b[g].g2, s}, {sqrt(-h * b[g].g2) / 2, z});
        if (r->err)
            combine(r, g, r->err, {1, y}, {-1, u});
    }
    return 0;
}

const solver solver_heun_sde = {
    .name = "heun-sde", .about = "stochastic Heun in t on the reverse SDE", .cite = "Kloeden and Platen 1992, 15.1",
    .order = 2, .strong = 1, .stochastic = 1, .evals = 2, .work = 3, .never = ALPHA_0 | SIGMA_0, .step = step,
};

const solver solver_gotta_go_fast = {
    .name = "gotta-go-fast", .about = "own steps on the reverse SDE, row by row",
    .cite = "Jolicoeur-Martineau et al. 2021, arXiv:2105.14080",
    .order = 1, .power = 0.9, .stochastic = 1, .evals = 2, .work = 3, .embedded = 1, .adapts = 1,
    .never = ALPHA_0 | SIGMA_0, .step = step,
    .par = { [RTOL] = RTOL_PARAM("relative tolerance of own steps; the cost grows as 1/rtol", 0.05, 1e-6),
             [ATOL] = ATOL_PARAM(0.0078), [CONTROL] = CONTROLS(CONTROL_PI) },
};
