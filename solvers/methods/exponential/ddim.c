/*
 * DDIM: exponential Euler in lambda; eta > 0 replaces a part of the predicted noise by fresh noise.
 *
 *   y = kappa (sigma_b/sigma_a) x + alpha_b (1 - kappa e^-h) D(x, a) + eta sigma_b sqrt(1 - e^-2h) z,
 *   kappa^2 = 1 - eta^2 (1 - e^-2h)
 *
 * eta = 0 is the probability flow, eta = 1 ancestral sampling with the posterior variance.
 */
#include <math.h>
#include "solvers/step.h"

enum { ETA };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *now = r->w[0], *z = r->w[1], eta = r->par[ETA];

    if (eval_data(r, a, x, now))
        return -1;
    if (eta > 0)
        draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        double h = b[g].lambda - a[g].lambda, keep = b[g].sigma / a[g].sigma;

        if (eta > 0) {
            double log_kappa = 0.5 * log1p(eta * eta * expm1(-2 * h)), std = eta * b[g].sigma * sqrt(-expm1(-2 * h));

            combine(r, g, y, {exp(log_kappa) * keep, x}, {-b[g].alpha * expm1(log_kappa - h), now}, {std, z});
        } else {
            combine(r, g, y, {keep, x}, {-b[g].alpha * expm1(-h), now});
        }
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
