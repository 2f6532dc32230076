/*
 * flow: x_t = (1 - u) x_0 + u eps (Lipman et al. 2023, Liu et al. 2023) at u = s t / D, D = 1 + (s - 1) t, where s is
 * the shift of time (Esser et al. 2024, eq. 23).  With shift = 1, u = t.  At t = 1 alpha is 0, f and g2 are infinite.
 * alpha = (1 - t)/D, sigma = s t/D, dsigma = -dalpha = s/D^2, f = -s/((1 - t) D), g2 = 2 s^2 t/((1 - t) D^2), lambda =
 * log((1 - t)/(s t)).  A field that takes the time as an input is asked at t, not at u: to space the steps only, leave
 * shift = 1 and use the grid `shift`.
 */
#include "models/processes/kind.h"
#include "base/lanes.h"

typedef struct time_columns {
    double t[TILE], alpha[TILE], sigma[TILE], slope[TILE], lambda[TILE], f[TILE], g2[TILE];
} time_columns;

CLONES static void flow_columns(int n, double s, time_columns *c)
{
    #pragma omp simd
    for (int i = 0; i < n; i++) {
        double t = c->t[i], left = 1 - t, D = fma(s - 1, t, 1), slope = s / (D * D),
            lambda = lane_log(left) - lane_log(s * t);

        lambda = t > 0 ? lambda : INFINITY;
        c->lambda[i] = left > 0 ? lambda : -INFINITY;
        c->alpha[i] = left / D;
        c->sigma[i] = s * t / D;
        c->slope[i] = slope;
        c->f[i] = -s / (left * D);
        c->g2[i] = 2 * slope * s * t / left;
    }
}

static void at(const process *p, int n, level *l)
{
    for (int first = 0; first < n; first += TILE, l += TILE) {
        int m = n - first < TILE ? n - first : TILE;
        time_columns c;

        for (int i = 0; i < m; i++)
            c.t[i] = l[i].t;
        flow_columns(m, p->given.v[0], &c);
        for (int i = 0; i < m; i++)
            l[i] = (level){ .t = c.t[i], .alpha = c.alpha[i], .sigma = c.sigma[i], .dalpha = -c.slope[i],
                            .dsigma = c.slope[i],
                            .lambda = c.lambda[i], .f = c.f[i], .g2 = c.g2[i] };
    }
}

static double t_of_lambda(const process *p, double lambda) { return inside(p, 1 / (1 + p->given.v[0] * exp(lambda))); }

const process process_flow = {
    .name = "flow", .about = "rectified flow, alpha = 1 - t, sigma = t",
    .cite = "Lipman et al. 2023, arXiv:2210.02747; Liu et al. 2023, arXiv:2209.03003",
    .t_min = 1e-3, .t_max = 1, .prior_std = 1, .t_low = 0, .t_high = 1,
    .par = { { "shift", "s of the time shift s t/(1 + (s - 1) t)", NULL, 1, 1e-3, 1e3, 0 } },
    .at = at, .t_of_lambda = t_of_lambda,
};
