/* Dormand-Prince 5(4) on the probability flow: seven stages, the last of which is the next step's first. */
#include "solvers/solver.h"

static const double C[7] = { 0, 1. / 5, 3. / 10, 4. / 5, 8. / 9, 1, 1 };
static const double A[7][6] = {
    { 0 },
    { 1. / 5 },
    { 3. / 40, 9. / 40 },
    { 44. / 45, -56. / 15, 32. / 9 },
    { 19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729 },
    { 9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656 },
    { 35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84 },
};
static const double E[7] = { 71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40 };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *k[7] = { r->w[1], r->w[2], r->w[3], r->w[4], r->w[5], r->w[6], r->w[0] };

    if (r->k == 0 && eval_drift(r, a, x, k[0]))
        return -1;
    for (int i = 1; i < 7; i++) {
        stage(r, a, b, y, x, i, A[i], k);
        if (C[i] < 1)
            between_t(r, a, b, C[i], r->mid);
        if (eval_drift(r, C[i] < 1 ? r->mid : b, y, k[i]))
            return -1;
    }
    if (r->err)
        stage(r, a, b, r->err, NULL, 7, E, k);
    return 0;
}

const solver solver_dopri5 = {
    .name = "dopri5", .about = "Dormand-Prince 5(4) in t on the probability flow", .cite = "Dormand and Prince 1980",
    .order = 5, .evals = 6, .work = 7, .history = 1, .embedded = 1, .never = ALPHA_0 | SIGMA_0, .par = { TOLERANCES }, .step = step,
};
