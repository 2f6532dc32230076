/*
 * DPM-Solver with own steps in lambda: singlestep DPM-Solver of order 1 and 2, or 2 and 3, on the same stages; their
 * difference is the error.
 *
 *   x^(1) = leg of F_a,   x^(i) = leg of F_a + (1st moment)/r (F_r - F_a)       (exp_step.h with eta = 0)
 *
 * dpm-adaptive-12 takes F at r = 1/2, -23 at 1/3 and, through it, at 2/3.
 * Steps are chosen row by row: control=power is the paper's rule, atan is k-diffusion's
 * (there one for the whole batch).  For the same error all three cost the same within 7 %, so the usual
 * one stays the default.
 */
#include "solvers/tools/exp_step.h"

enum { RTOL, ATOL, CONTROL, ADAPTIVE_PREDICT };

/* out = leg from a to b of F_a = w[0], and F at the part `at` of this leg, where given */
static void single(run *r, int g, const level *a, const level *b, const double *x, double at, const double *f,
                   double *out)
{
    exp_step l = exp_step_of((enum form)r->par[ADAPTIVE_PREDICT], a, b, 0);
    double mean[2] = { 1, 0 }, q;

    if (!f) {
        combine(r, g, out, {l.keep, x}, {l.gain, r->w[0]});
        return;
    }
    exp_moments(2, l.z, mean);
    q = mean[1] / at;
    combine(r, g, out, {l.keep, x}, {l.gain * (1 - q), r->w[0]}, {l.gain * q, f});
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    enum predicts want = r->par[ADAPTIVE_PREDICT] == DATA ? PREDICTS_DATA : PREDICTS_NOISE;
    int third = r->sol->order == 3;
    double *f1 = r->w[1], *f2 = r->w[2], *u = r->w[3];

    if (eval(r, a, x, want, r->w[0]))
        return -1;
    between(r, a, b, third ? 1. / 3 : 1. / 2, r->mid);
    EACH_GROUP(r, g)
        single(r, g, a + g, r->mid + g, x, 0, NULL, u);
    if (eval(r, r->mid, u, want, f1))
        return -1;
    if (third) {
        between(r, a, b, 2. / 3, r->mid);
        EACH_GROUP(r, g)
            single(r, g, a + g, r->mid + g, x, 1. / 2, f1, u);
        if (eval(r, r->mid, u, want, f2))
            return -1;
    }
    EACH_GROUP(r, g) {
        single(r, g, a + g, b + g, x, third ? 2. / 3 : 1. / 2, third ? f2 : f1, y);
        if (!r->err)
            continue;
        single(r, g, a + g, b + g, x, 1. / 3, third ? f1 : NULL, r->err);
        combine(r, g, r->err, {1, y}, {-1, r->err});
    }
    return 0;
}

#define ADAPTIVE_PARAMS TOLERANCES, [ADAPTIVE_PREDICT] = { "predict", "the prediction that is integrated", \
                                                           "data noise", NOISE }

const solver solver_dpm_adaptive_12 = {
    .name = "dpm-adaptive-12", .about = "DPM-Solver of orders 1 and 2, own steps in lambda",
    .cite = "Lu et al. 2022a, appendix C",
    .order = 2, .evals = 2, .work = 4, .embedded = 1, .in_lambda = 1, .never = ALPHA_0 | SIGMA_0, .step = step,
    .par = { ADAPTIVE_PARAMS },
};

const solver solver_dpm_adaptive_23 = {
    .name = "dpm-adaptive-23", .about = "DPM-Solver of orders 2 and 3, own steps in lambda",
    .cite = "Lu et al. 2022a, appendix C",
    .order = 3, .evals = 3, .work = 4, .embedded = 1, .in_lambda = 1, .never = ALPHA_0 | SIGMA_0, .step = step,
    .par = { ADAPTIVE_PARAMS },
};
