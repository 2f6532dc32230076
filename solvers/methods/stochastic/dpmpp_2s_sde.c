/*
 * SDE-DPM-Solver++(2S) over pairs of steps a -> m -> b: the first is exponential Euler-Maruyama, the second starts at a
 * once more (exp_step.h),
 *
 *   y = exp_step(a, b) of  D_a + (D_m - D_a)/2r + std z_ab,   r = (lambda_m - lambda_a)/(lambda_b - lambda_a)
 *
 * with z_ab the path's: made of the normals of both halves.  As shipped (diffusers) z_ab is fresh: weak order 1.
 */
#include "solvers/tools/exp_step.h"

static const int path = 0, fresh = 1;

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *now = r->w[0], *before = r->w[1], *z = r->w[2], *z_before = r->w[3], *start = r->w[4], eta = r->par[ETA],
        scale = r->par[S_NOISE];
    int second = r->k % 2;
    const level *from = second ? r->past[0] : a;

    if (eval_data(r, a, x, now))
        return -1;
    if (eta > 0)
        draw_noise(r, second && *(const int *)r->sol->data ? from : a, b, second ? z : z_before);
    EACH_GROUP(r, g) {
        exp_step l = exp_step_of(DATA, from + g, b + g, eta);
        double q = second ? step_ratio(l.h, a[g].lambda - from[g].lambda) / 2 : 0, late = scale * l.std, early = 0;

        if (!second) {
            combine(r, g, y, {l.keep, x}, {l.gain, now}, {late, z_before});
            combine(r, g, start, {1, x});
            continue;
        }
        if (!*(const int *)r->sol->data && eta > 0) {
            early = scale * exp_step_part(DATA, eta, from[g].lambda, a[g].lambda, b + g);
            late = scale * exp_step_part(DATA, eta, a[g].lambda, b[g].lambda, b + g);
        }
        combine(r, g, y, {l.keep, start}, {l.gain * (1 - q), before}, {l.gain * q, now}, {late, z}, {early, z_before});
    }
    return 0;
}

const solver solver_dpmpp_2s_sde = {
    .name = "dpmpp-2s-sde", .about = "SDE-DPM-Solver++(2S) over pairs of steps, on one path", .cite = "Lu et al. 2022b",
    .data = &path, .order = 2, .strong = 1, .stochastic = 1, .evals = 1, .work = 5, .history = 1,
    .never = ALPHA_0 | SIGMA_0,
    .claims = exp_step_claims, .step = step,
    .par = { ETA_SDE, NOISE_SCALE },
};

const solver solver_dpmpp_2s_sde_shipped = {
    .name = "dpmpp-2s-sde-shipped", .about = "the same with fresh noise in each sub-step",
    .cite = "diffusers, DPMSolverSinglestepScheduler",
    .data = &fresh, .order = 1, .strong = 0, .stochastic = 1, .evals = 1, .work = 5, .history = 1,
    .never = ALPHA_0 | SIGMA_0,
    .claims = exp_step_claims, .step = step,
    .par = { ETA_SDE, NOISE_SCALE },
};
