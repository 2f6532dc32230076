/*
 * Exponential Euler-Maruyama: the prediction is frozen over the step, everything else is exact.
 *
 *   y = keep x + gain F(x, a) + std z                                                            (exp_step.h)
 *
 * exp-em freezes the data prediction (SDE-DPM-Solver++ 1; at eta = 1 ancestral sampling with the posterior variance),
 * seeds-1 the noise prediction (SEEDS-1): another scheme, with larger errors.
 */
#include "solvers/tools/exp_step.h"

static const enum form data = DATA, noise_form = NOISE;

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    enum form form = *(const enum form *)r->sol->data;
    double *now = r->w[0], *z = r->w[1];

    if (exp_step_begin(r, form, a, b, x, now, z))
        return -1;
    EACH_GROUP(r, g) {
        exp_step l = exp_step_of(form, a + g, b + g, r->par[ETA]);

        combine(r, g, y, {l.keep, x}, {l.gain, now}, {l.std * r->par[S_NOISE], z});
    }
    return 0;
}

const solver solver_exp_em = {
    .name = "exp-em", .about = "exponential Euler-Maruyama, data prediction frozen",
    .cite = "Lu et al. 2022b, section 5",
    .data = &data, .order = 1, .strong = 1, .stochastic = 1, .evals = 1, .work = 2, .never = SIGMA_0,
    .claims = exp_step_claims, .step = step,
    .par = { ETA_SDE, NOISE_SCALE },
};

const solver solver_seeds_1 = {
    .name = "seeds-1", .about = "exponential Euler-Maruyama, noise prediction frozen",
    .cite = "Gonzalez et al. 2023, arXiv:2305.14267, algorithm 1",
    .data = &noise_form, .order = 1, .strong = 1, .stochastic = 1, .evals = 1, .work = 2, .never = ALPHA_0 | SIGMA_0,
    .claims = exp_step_claims, .step = step,
    .par = { ETA_SDE, NOISE_SCALE },
};
