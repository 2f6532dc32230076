/*
 * Ancestral methods of k-diffusion: a step of the flow down to s_d, then fresh noise up to s_b (s = sigma/alpha; the
 * split step of exp_step.h).
 *
 *   euler-ancestral        down by Euler in s, which is DDIM: the same as ddim:eta=1
 *   dpm-2-ancestral        down by the midpoint in log s:  u_d = u_a + (s_d - s_a) E(u_a + (s_m - s_a) E(u_a)),
 *                          u = x/alpha, s_m^2 = s_a s_d
 *   dpmpp-2s-ancestral     down by DPM-Solver++(2S), D at lambda_m = (lambda_a + lambda_d)/2
 *
 * The noise is added behind the whole flow down, so the second-order ones are right for the law of x alone.
 */
#include <math.h>
#include "solvers/tools/exp_step.h"

/* y = the split step from x with the prediction D and the normals z. */
static void split_step(run *r, const level *a, const level *b, const double *x, const double *D, const double *z,
                       double *y)
{
    EACH_GROUP(r, g) {
        exp_step l = exp_step_split(a + g, b + g, r->par[ETA]);

        combine(r, g, y, {l.keep, x}, {l.gain, D}, {l.std * r->par[S_NOISE], z});
    }
}

static int euler(run *r, const level *a, const level *b, const double *x, double *y)
{
    if (exp_step_begin(r, DATA, a, b, x, r->w[0], r->w[1]))
        return -1;
    split_step(r, a, b, x, r->w[0], r->w[1], y);
    return 0;
}

/* The middle in lambda of a and the level that the flow goes down to. */
static void middles(run *r, const level *a, const level *b)
{
    const process *p = r->proc;

    EACH_GROUP(r, g)
        r->mid[g].t = p->t_of_lambda(p, a[g].lambda - exp_step_split(a + g, b + g, r->par[ETA]).z / 2);
    p->at(p, r->groups, r->mid);
}

static int dpm_2(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *e = r->w[0], *z = r->w[1];

    if (eval_noise(r, a, x, e))
        return -1;
    middles(r, a, b);
    EACH_GROUP(r, g) {
        const level *m = r->mid + g;

        combine(r, g, y, {m->alpha / a[g].alpha, x}, {m->sigma - m->alpha * a[g].sigma / a[g].alpha, e});
    }
    if (eval_noise(r, r->mid, y, e))
        return -1;
    if (r->par[ETA] > 0)
        draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        exp_step l = exp_step_split(a + g, b + g, r->par[ETA]);
        double s = a[g].sigma / a[g].alpha;

        combine(r, g, y, {b[g].alpha / a[g].alpha, x}, {b[g].alpha * s * expm1(l.z), e},
                {l.std * r->par[S_NOISE], z});
    }
    return 0;
}

static int dpmpp_2s(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *now = r->w[0], *z = r->w[1];

    if (eval_data(r, a, x, now))
        return -1;
    middles(r, a, b);
    EACH_GROUP(r, g) {
        exp_step l = exp_step_of(DATA, a + g, r->mid + g, 0);

        combine(r, g, y, {l.keep, x}, {l.gain, now});
    }
    if (eval_data(r, r->mid, y, now))
        return -1;
    if (r->par[ETA] > 0)
        draw_noise(r, a, b, z);
    split_step(r, a, b, x, now, z, y);
    return 0;
}

const solver solver_euler_ancestral = {
    .name = "euler-ancestral", .about = "Euler down, noise up", .cite = "k-diffusion, sample_euler_ancestral",
    .order = 1, .strong = 1, .stochastic = 1, .evals = 1, .work = 2, .never = SIGMA_0,
    .claims = exp_step_claims, .step = euler,
    .par = { ETA_SPLIT, NOISE_SCALE },
};

const solver solver_dpm_2_ancestral = {
    .name = "dpm-2-ancestral", .about = "midpoint in log s down, noise up",
    .cite = "k-diffusion, sample_dpm_2_ancestral",
    .order = 2, .strong = 1, .stochastic = 1, .evals = 2, .work = 2, .never = ALPHA_0 | SIGMA_0,
    .claims = exp_step_claims, .step = dpm_2,
    .par = { ETA_SPLIT, NOISE_SCALE },
};

const solver solver_dpmpp_2s_ancestral = {
    .name = "dpmpp-2s-ancestral", .about = "DPM-Solver++(2S) down, noise up",
    .cite = "k-diffusion, sample_dpmpp_2s_ancestral",
    .order = 2, .strong = 1, .stochastic = 1, .evals = 2, .work = 2, .never = ALPHA_0 | SIGMA_0,
    .claims = exp_step_claims, .step = dpmpp_2s,
    .par = { ETA_SPLIT, NOISE_SCALE },
};
