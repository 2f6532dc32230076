/*
 * SDE-DPM-Solver++(3M): the parabola through three data predictions under the exponential weight of exp_step.h.
 *
 *   y = keep x + gain sum_j w_j D_j + std z,   w: exp_weights of the nodes 0, -h_1/h, -(h_1 + h_2)/h
 *
 * In terms of divided differences the curvature's weight is gain times the second moment.  What ships is half of it
 * (k-diffusion), or has the wrong sign of the 1/2 in  (1 - e^-q - q)/q^2 + 1/2  besides (diffusers; q = (1 + eta) h):
 * then the noise in second differences is weighted by 1 in every step, which leaves weak order 1 and
 * no strong convergence.
 */
#include <math.h>
#include "solvers/tools/exp_step.h"

enum { LIKE = OWN };
enum { DIFFUSERS, K_DIFFUSION };
static const int right = 0, shipped = 1;

/* What the shipped programs take for the weight of the curvature, over gain: half the second moment, or that less 1 in
 * units of the gain's scale. */
static double shipped_curve(int like, const exp_step *l, const double *mean)
{
    return mean[2] / 2 - (like == DIFFUSERS ? 1 / -expm1(l->z) : 0);
}

/* The weights of D at the last n nodes. */
static void weights(const run *r, const exp_step *l, int n, const double *node, double *w)
{
    if (n == 3 && *(const int *)r->sol->data) {
        double mean[3], bend, slope;

        exp_moments(3, l->z, mean);
        bend = shipped_curve((int)r->par[LIKE], l, mean) - mean[2];
        exp_weights(n, node, l->z, w);
        for (int j = 0; j < 3; j++) {
            slope = 1;
            for (int i = 0; i < 3; i++)
                slope *= i == j ? 1 : node[j] - node[i];
            w[j] += bend / slope;
        }
        return;
    }
    if (n == 2 && *(const int *)r->sol->data && r->par[LIKE] == DIFFUSERS)
        node_weights(n, node, (double[]){ 1, 0.5 }, w);
    else
        exp_weights(n, node, l->z, w);
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *z = r->w[3];
    int most = predictions(r, 0, 3);

    if (exp_step_begin(r, DATA, a, b, x, r->w[0], z))
        return -1;
    EACH_GROUP(r, g) {
        exp_step l = exp_step_of(DATA, a + g, b + g, r->par[ETA]);
        double node[3] = { 0 }, w[3];
        term sum[5] = { { l.keep, x } };
        int n = 1;

        for (; n < most && r->past[n - 1][g].alpha > 0; n++)            /* nothing reaches back to lambda = -infinity */
            node[n] = (r->past[n - 1][g].lambda - a[g].lambda) / l.h;
        weights(r, &l, n, node, w);
        for (int j = 0; j < n; j++)
            sum[1 + j] = (term){ l.gain * w[j], r->w[j] };
        sum[1 + n] = (term){ l.std * r->par[S_NOISE], z };
        sum_terms(r, g, y, 2 + n, sum);
    }
    return 0;
}

const solver solver_sde_dpmpp_3m = {
    .name = "sde-dpmpp-3m", .about = "SDE-DPM-Solver++, third-order multistep",
    .cite = "Lu et al. 2022b; Xue et al. 2023",
    .data = &right, .order = 2, .strong = 1, .stochastic = 1, .evals = 1, .work = 4, .history = 2, .never = SIGMA_0,
    .claims = exp_step_claims, .step = step,
    .par = { ETA_SDE, NOISE_SCALE, LAST_STEPS },
};

static void shipped_claims(const method *m, double *order, int *stochastic)
{
    exp_step_claims(m, order, stochastic);
    if (m->par[LIKE] == K_DIFFUSION && *order)
        *order = 2;
}

const solver solver_sde_dpmpp_3m_shipped = {
    .name = "sde-dpmpp-3m-shipped",
    .about = "the same with the curvature's weight as it ships: wrong sign (diffusers) or half (k-diffusion)",
    .cite = "diffusers DPMSolverMultistepScheduler; k-diffusion sample_dpmpp_3m_sde",
    .data = &shipped, .order = 1, .stochastic = 1, .evals = 1, .work = 4, .history = 2, .never = SIGMA_0,
    .claims = shipped_claims, .step = step,
    .par = { ETA_SDE, NOISE_SCALE,
             [LIKE] = { "like", "whose weight", "diffusers k-diffusion", 0 },
             LAST_STEPS },
};
