/*
 * SDE-DPM-Solver++(2M): exponential Adams-Bashforth on the reverse SDE in lambda.
 *
 *   y = keep x + gain D_now + c (h/h_before) (D_now - D_before) + std z                            (exp_step.h)
 *   c = gain/2 (midpoint) or the integral of the line through both, gain (1st moment of e^{z(1-r)}) (heun)
 *
 * predict = noise is SDE-DPM-Solver (2M) in the noise prediction.
 */
#include "solvers/tools/exp_step.h"

enum { KIND = OWN, PREDICT };
enum { MIDPOINT, HEUN };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *now = r->w[0], *before = r->w[1], *z = r->w[2];
    enum form form = (enum form)r->par[PREDICT];
    int two = predictions(r, 0, 2) == 2;

    if (exp_step_begin(r, form, a, b, x, now, z))
        return -1;
    EACH_GROUP(r, g) {
        exp_step l = exp_step_of(form, a + g, b + g, r->par[ETA]);
        double mean[2] = { 1, 0.5 }, q = 0;

        if (two && r->par[KIND] == HEUN)
            exp_moments(2, l.z, mean);
        if (two)
            q = mean[1] * step_ratio(l.h, a[g].lambda - r->past[0][g].lambda);
        combine(r, g, y, {l.keep, x}, {l.gain * (1 + q), now}, {l.std * r->par[S_NOISE], z}, {-l.gain * q, before});
    }
    return 0;
}

static int check(const method *m, const plan *p)
{
    if (m->par[PREDICT] == NOISE && p->grid->alpha == 0)
        return fail("sde-dpmpp-2m: predict=noise is infinite at t = %g, where alpha = 0; start below it, or use "
                    "predict=data", p->grid->t);
    return 0;
}

const solver solver_sde_dpmpp_2m = {
    .name = "sde-dpmpp-2m", .about = "SDE-DPM-Solver++, second-order multistep",
    .cite = "Lu et al. 2022b, section 5 and appendix A",
    .order = 2, .strong = 1, .stochastic = 1, .evals = 1, .work = 3, .history = 1, .never = SIGMA_0,
    .claims = exp_step_claims, .check = check, .step = step,
    .par = { ETA_SDE, NOISE_SCALE,
             [KIND] = { "kind", "how the change of D is weighted", "midpoint heun", 0 },
             [PREDICT] = PREDICT_CHOICE, LAST_STEPS },
};
