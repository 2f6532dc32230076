/*
 * flow: x_t = (1 - u) x_0 + u eps (Lipman et al. 2023, Liu et al. 2023) at u = s t / D, D = 1 + (s - 1) t, where s is the shift of time
 * (Esser et al. 2024, eq. 23).  With shift = 1, u = t.  At t = 1 alpha is 0, f and g2 are infinite.
 * alpha = (1 - t)/D, sigma = s t/D, dsigma = -dalpha = s/D^2, f = -s/((1 - t) D), g2 = 2 s^2 t/((1 - t) D^2), lambda = log((1 - t)/(s t)).
 * A field that takes the time as an input is asked at t, not at u: to space the steps only, leave shift = 1 and use the grid `shift`.
 */
#include "models/kind.h"
#include "models/lanes.h"

CLONES static void columns(int n, double shift, const double *t, double *lambda)
{
    #pragma omp simd
    for (int i = 0; i < n; i++)
        lambda[i] = lane_log(1 - t[i]) - lane_log(shift * t[i]);
}

static void at(const process *p, int n, level *l)
{
    double s = p->given.v[0];

    for (int first = 0; first < n; first += TILE) {
        int m = n - first < TILE ? n - first : TILE;
        double t[TILE], lambda[TILE];

        for (int i = 0; i < m; i++)
            t[i] = l[first + i].t;
        columns(m, s, t, lambda);
        for (int i = 0; i < m; i++) {
            double left = 1 - t[i], D = fma(s - 1, t[i], 1), slope = s / (D * D);

            l[first + i] = (level){ .t = t[i], .alpha = left / D, .sigma = s * t[i] / D, .dalpha = -slope, .dsigma = slope,
                                    .lambda = t[i] <= 0 ? INFINITY : left <= 0 ? -INFINITY : lambda[i], .f = -s / (left * D),
                                    .g2 = 2 * slope * s * t[i] / left };
        }
    }
}

static double t_of_lambda(const process *p, double lambda) { return inside(p, 1 / (1 + p->given.v[0] * exp(lambda))); }

const process process_flow = {
    .name = "flow", .about = "rectified flow, alpha = 1 - t, sigma = t", .cite = "Lipman et al. 2023, arXiv:2210.02747; Liu et al. 2023, arXiv:2209.03003",
    .t_min = 1e-3, .t_max = 1, .prior_std = 1, .t_low = 0, .t_high = 1,
    .par = { { "shift", "s of the time shift s t/(1 + (s - 1) t)", NULL, 1, 1e-3, 1e3, 0 } },
    .at = at, .t_of_lambda = t_of_lambda,
};
