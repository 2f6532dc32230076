/*
 * vp-cosine: alpha = cos(theta)/cos(theta_0), theta = (pi/2) (t + s)/(1 + s), theta_0 = theta at t = 0 (Nichol and
 * Dhariwal 2021, eq. 17, in continuous time); sigma^2 = 1 - alpha^2 = sin(theta - theta_0) sin(theta +
 * theta_0)/cos^2(theta_0), which does not cancel at t = 0;
 * beta = 2 w tan(theta), w = (pi/2)/(1 + s).  At t = 1 alpha is 0 and beta infinite; t_max = 0.9946 is where DPM-Solver
 * stops (Lu et al. 2022).
 */
#include "models/processes/kind.h"

#define QUARTER 1.57079632679489661923

static void at(const process *p, int n, level *l)
{
    double s = p->given.v[0], w = QUARTER / (1 + s), s0 = sin(w * s), c0 = cos(w * s);

    for (int i = 0; i < n; i++) {
        /* of theta, from the near end */
        double t = l[i].t, angle = w * t, sa = sin(angle), c = sin(w * (1 - t)), sine = cos(w * (1 - t));
        double alpha = c / c0, sigma = sqrt(sa * fma(sine, c0, c * s0)) / c0, beta = 2 * w * sine / c;

        if (t <= 0)
            alpha = 1, sigma = 0;
        l[i] = (level){ .t = t, .alpha = alpha, .sigma = sigma, .dalpha = -w * sine / c0,
                        .dsigma = alpha * w * sine / (c0 * sigma),
                        .lambda = log(alpha) - log(sigma), .f = -0.5 * beta, .g2 = beta };
    }
}

/* theta - theta_0 from its sine and cosine: sin^2(theta) = s0^2 + c0^2 sigma^2, cos^2(theta) = c0^2 alpha^2. */
static double t_of_lambda(const process *p, double lambda)
{
    double s = p->given.v[0], w = QUARTER / (1 + s), s0 = sin(w * s), c0 = cos(w * s);
    double a2 = 1 / (1 + exp(-2 * lambda)), b2 = 1 / (1 + exp(2 * lambda));
    double c = c0 * sqrt(a2), sine = sqrt(fma(s0, s0, c0 * c0 * b2));

    return inside(p, atan2(c0 * c0 * b2 / (sine * c0 + c * s0), fma(c, c0, sine * s0)) / w);
}

const process process_vp_cosine = {
    .name = "vp-cosine", .about = "variance preserving, alpha a cosine",
    .cite = "Nichol and Dhariwal 2021, arXiv:2102.09672",
    .t_min = 1e-3, .t_max = 0.9946, .prior_std = 1, .t_low = 0, .t_high = 1,
    .par = { { "s", "offset of the cosine", NULL, 0.008, 1e-6, 1, 0 } },
    .at = at, .t_of_lambda = t_of_lambda,
};
