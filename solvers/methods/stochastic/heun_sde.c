/*
 * Stochastic Heun on the reverse SDE:  u = x + h F(x, a) + g_a dW,
 * y = x + h/2 (F(x, a) + F(u, b)) + (g_a + g_b)/2 dW,   F = f x - g^2 score.
 * The mean of g at both ends is what keeps weak order 2.
 */
#include <math.h>
#include "solvers/step.h"

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *s1 = r->w[0], *s2 = r->w[1], *z = r->w[2];

    if (eval_score(r, a, x, s1))
        return -1;
    draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        double h = b[g].t - a[g].t;

        combine(r, g, y, {1 + h * a[g].f, x}, {-h * a[g].g2, s1}, {sqrt(-h * a[g].g2), z});
    }
    if (eval_score(r, b, y, s2))
        return -1;
    EACH_GROUP(r, g) {
        double h = b[g].t - a[g].t, dev = (sqrt(-h * a[g].g2) + sqrt(-h * b[g].g2)) / 2;

        combine(r, g, y, {h / 2 * b[g].f, y}, {1 + h / 2 * a[g].f, x}, {-h / 2 * a[g].g2, s1}, {-h / 2 * b[g].g2, s2},
                {dev, z});
    }
    return 0;
}

const solver solver_heun_sde = {
    .name = "heun-sde", .about = "stochastic Heun in t on the reverse SDE", .cite = "Kloeden and Platen 1992, 15.1",
    .order = 2, .strong = 1, .stochastic = 1, .evals = 2, .work = 3, .never = ALPHA_0 | SIGMA_0, .step = step,
};
