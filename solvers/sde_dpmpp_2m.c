/*
 * SDE-DPM-Solver++(2M): exponential Adams-Bashforth on the reverse SDE in lambda.
 *
 *   y = e^-h (sigma_b/sigma_a) x + alpha_b ((1 - e^-2h) D_now + c (h/h_before) (D_now - D_before)) + sigma_b sqrt(1 - e^-2h) z
 *   c = (1 - e^-2h)/2 (midpoint) or 1 - (1 - e^-2h)/(2h) (heun)
 */
#include <math.h>
#include "solvers/solver.h"

enum { KIND };
enum { MIDPOINT, HEUN };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *now = r->w[0], *before = r->w[1], *z = r->w[2];

    if (eval_data(r, a, x, now))
        return -1;
    draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        double h = b[g].lambda - a[g].lambda, fresh = -expm1(-2 * h);
        double keep = exp(-h) * b[g].sigma / a[g].sigma, std = b[g].sigma * sqrt(fresh);

        if (r->k == 0) {
            combine(r, g, y, {keep, x}, {b[g].alpha * fresh, now}, {std, z});
        } else {
            double c = r->par[KIND] == HEUN ? 1 - fresh / (2 * h) : fresh / 2, q = c * stretch(h, a[g].lambda - r->past[0][g].lambda);

            combine(r, g, y, {keep, x}, {b[g].alpha * (fresh + q), now}, {-b[g].alpha * q, before}, {std, z});
        }
    }
    return 0;
}

const solver solver_sde_dpmpp_2m = {
    .name = "sde-dpmpp-2m", .about = "SDE-DPM-Solver++, second-order multistep", .cite = "Lu et al. 2022b, section 5 and appendix A",
    .order = 2, .strong = 1, .stochastic = 1, .evals = 1, .work = 3, .history = 1, .step = step,
    .par = { [KIND] = { "kind", "how the change of D is weighted", "midpoint heun", 0 } },
};
