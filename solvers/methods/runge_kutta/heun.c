/* Heun on the probability flow: y = x + h/2 (k1 + k2), k1 = v(x, a), k2 = v(x + h k1, b).
 * Error estimate: against Euler. */
#include "solvers/step.h"

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *k1 = r->w[0], *k2 = r->w[1];

    if (eval_drift(r, a, x, k1))
        return -1;
    EACH_GROUP(r, g)
        combine(r, g, y, {1, x}, {b[g].t - a[g].t, k1});
    if (eval_drift(r, b, y, k2))
        return -1;
    EACH_GROUP(r, g) {
        double half = (b[g].t - a[g].t) / 2;

        combine(r, g, y, {1, x}, {half, k1}, {half, k2});
        if (r->err)
            combine(r, g, r->err, {-half, k1}, {half, k2});
    }
    return 0;
}

const solver solver_heun = {
    .name = "heun", .about = "Heun in t on the probability flow", .cite = "Hairer, Norsett, Wanner 1993, II.1",
    .order = 2, .evals = 2, .work = 2, .embedded = 1, .never = SIGMA_0,
    .par = { TOLERANCES },
    .step = step,
};
