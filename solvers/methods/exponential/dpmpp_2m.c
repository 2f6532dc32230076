/*
 * DPM-Solver++(2M): exponential Adams-Bashforth in lambda.
 *
 *   y = (sigma_b/sigma_a) x - alpha_b (e^-h - 1) ((1 + q) D_now - q D_before),   q = h/(2 h_before)
 */
#include <math.h>
#include "solvers/step.h"

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *now = r->w[0], *before = r->w[1];

    if (eval_data(r, a, x, now))
        return -1;
    EACH_GROUP(r, g) {
        double h = b[g].lambda - a[g].lambda, keep = b[g].sigma / a[g].sigma, gain = -b[g].alpha * expm1(-h);

        if (predictions(r, 0, 2) == 1) {
            combine(r, g, y, {keep, x}, {gain, now});
        } else {
            double q = step_ratio(h, a[g].lambda - r->past[0][g].lambda) / 2;

            combine(r, g, y, {keep, x}, {gain * (1 + q), now}, {-gain * q, before});
        }
    }
    return 0;
}

const solver solver_dpmpp_2m = {
    .name = "dpmpp-2m", .about = "DPM-Solver++, second-order multistep", .cite = "Lu et al. 2022b, algorithm 2",
    .order = 2, .evals = 1, .work = 2, .history = 1, .step = step,
    .par = { LAST_STEPS },
};
