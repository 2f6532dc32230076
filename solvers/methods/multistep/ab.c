/*
 * Adams-Bashforth of n points for any steps, in s = sigma/alpha:
 * u_b = u_a + sum_j E_j int_(s_a)^(s_b) L_j(s) ds, L_j the Lagrange basis through the last n values of s.  Two
 * papers have it under names of their own: it is k-diffusion's linear multistep method, which starts by a ramp, and
 * DEIS's rho-AB, rho being s.
 */
#include "solvers/tools/lagrange.h"
#include "solvers/tools/multi.h"

static void weights(const run *r, int n, const level *const *at, const level *b, double *w)
{
    double s[MULTI_POINTS] = { ratio(at[0]) };

    for (int j = 0; j < n; j++)
        s[j] = ratio(at[j]);
    lagrange_integral(n, s, s[0], ratio(b), w);
}

#define AB(id, title, n, what, source, ...) \
    const solver solver_##id = { \
        .name = title, .about = what, .cite = source, .data = &(const multi){ .points = n, .weights = weights }, \
        .order = n, .never = ALPHA_0, .par = { __VA_ARGS__ }, MULTI(n), \
    };
#define BASHFORTH "Hairer, Norsett, Wanner 1993, III.5"
#define DEIS "Zhang and Chen 2022, rho-AB"
AB(ab_2, "ab-2", 2, "Adams-Bashforth of 2 points in sigma/alpha, any steps", BASHFORTH, { 0 })
AB(ab_3, "ab-3", 3, "Adams-Bashforth of 3 points in sigma/alpha, any steps", BASHFORTH, RUNGE_OR_RAMP)
AB(ab_4, "ab-4", 4, "Adams-Bashforth of 4 points in sigma/alpha, any steps", BASHFORTH, RUNGE_OR_RAMP)
AB(deis_rhoab1, "deis-rhoab1", 1, "DEIS, E a constant over the step: DDIM", DEIS, { 0 })
AB(deis_rhoab2, "deis-rhoab2", 2, "DEIS, E a line in rho = sigma/alpha: ab-2", DEIS, { 0 })
AB(deis_rhoab3, "deis-rhoab3", 3, "DEIS, E a parabola in rho: ab-3", DEIS, RUNGE_OR_RAMP)
AB(deis_rhoab4, "deis-rhoab4", 4, "DEIS, E a cubic in rho: ab-4", DEIS, RUNGE_OR_RAMP)

const solver solver_lms = {
    .name = "lms", .about = "k-diffusion's linear multistep: ab-4 started by a ramp, whose Euler step leaves order 2",
    .cite = "k-diffusion, sample_lms",
    .data = &(const multi){ .weights = weights }, .order = 2, .never = ALPHA_0, MULTI(MULTI_POINTS),
    .par = { [START] = { "start",
                         "first steps: Runge-Kutta of order n-1, or 1, 2, .. predictions as k-diffusion does",
                         "runge ramp", 1, 0, 0 },
             [ORDER] = { "order", "predictions used", 0, 4, 1, MULTI_POINTS, 1 } },
};
