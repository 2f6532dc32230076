/* Euler on the probability flow: y = x + h v(x, a). */
#include "solvers/step.h"

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *k1 = r->w[0];

    if (eval_drift(r, a, x, k1))
        return -1;
    EACH_GROUP(r, g)
        combine(r, g, y, {1, x}, {b[g].t - a[g].t, k1});
    return 0;
}

const solver solver_euler = {
    .name = "euler", .about = "Euler in t on the probability flow", .cite = "Song et al. 2021, eq. 13",
    .order = 1, .evals = 1, .work = 1, .never = SIGMA_0, .step = step,
};
