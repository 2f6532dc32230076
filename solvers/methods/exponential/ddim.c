/*
 * DDIM: exponential Euler in lambda; eta > 0 replaces a part of the predicted noise by fresh noise.
 *
 *   y = kappa (sigma_b/sigma_a) x + alpha_b (1 - kappa e^-h) D(x, a) + eta sigma_b sqrt(1 - e^-2h) z,
 *   kappa^2 = 1 - eta^2 (1 - e^-2h)                                                   (the split step of exp_step.h)
 *
 * eta = 0 is the probability flow, eta = 1 ancestral sampling with the posterior variance.
 */
#include "solvers/tools/exp_step.h"

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *now = r->w[0], *z = r->w[1];

    if (exp_step_begin(r, DATA, a, b, x, now, z))
        return -1;
    EACH_GROUP(r, g) {
        exp_step l = exp_step_split(a + g, b + g, r->par[ETA]);

        combine(r, g, y, {l.keep, x}, {l.gain, now}, {l.std, z});
    }
    return 0;
}

static void claims(const method *m, double *order, int *stochastic) { *order = 1, *stochastic = m->par[ETA] > 0; }

const solver solver_ddim = {
    .name = "ddim", .about = "DDIM, exponential Euler; eta > 0 is stochastic",
    .cite = "Song, Meng, Ermon 2021, eq. 12 and 16",
    .order = 1, .evals = 1, .work = 2, .claims = claims, .step = step,
    .par = { [ETA] = { "eta", "share of fresh noise, 1: ancestral", 0, 0, 0, 1 } },
};
