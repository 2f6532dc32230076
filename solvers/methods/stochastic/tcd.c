/*
 * Strategic stochastic sampling of trajectory consistency distillation: down the flow to t_s = (1 - gamma) t_b by DDIM,
 * up to b with fresh noise.
 *
 *   x_s = alpha_s D + sigma_s E,   y = (alpha_b/alpha_s) x_s + sqrt(sigma_b^2 - (alpha_b/alpha_s)^2 sigma_s^2) z
 *
 * gamma = 0 is DDIM; gamma = 1, where t = 0 has no noise, is LCM.  On a chain of indices t_s is rounded down.
 */
#include <math.h>
#include "solvers/step.h"

enum { GAMMA };

/* The levels s, and whether any lies below its b. */
static int below(const run *r, const level *b, level *s)
{
    const process *p = r->proc;
    int some = 0;

    EACH_GROUP(r, g) {
        double t = (1 - r->par[GAMMA]) * b[g].t;

        t = p->T ? floor(t) : t;
        s[g].t = b[g].sigma > 0 ? fmax(t, p->t_low) : p->t_low;
    }
    p->at(p, r->groups, s);
    EACH_GROUP(r, g) {
        if (!(b[g].sigma > 0 && s[g].t < b[g].t))
            s[g] = b[g];
        some |= s[g].t < b[g].t;
    }
    return some;
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *now = r->w[0], *z = r->w[1];
    int noisy = below(r, b, r->mid);

    if (eval_data(r, a, x, now))
        return -1;
    if (noisy)
        draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        const level *s = r->mid + g;
        double up = b[g].alpha / s->alpha, keep = up * s->sigma, left = b[g].sigma * b[g].sigma - keep * keep;
        double share = keep / a[g].sigma, gain = b[g].alpha - share * a[g].alpha;

        if (noisy)
            combine(r, g, y, {share, x}, {gain, now}, {sqrt(left > 0 ? left : 0), z});
        else
            combine(r, g, y, {share, x}, {gain, now});
    }
    return 0;
}

/* gamma = 0 is a step of the flow. */
static void claims(const method *m, double *order, int *stochastic)
{
    *order = m->par[GAMMA] > 0 ? 0 : 1, *stochastic = m->par[GAMMA] > 0;
}

const solver solver_tcd = {
    .name = "tcd", .about = "trajectory consistency sampling, for distilled networks",
    .cite = "Zheng et al. 2024 (2402.19159), algorithm 4",
    .stochastic = 1, .evals = 1, .work = 2, .claims = claims, .step = step,
    .par = { [GAMMA] = { "gamma", "how far below the next time the flow is followed, 0: ddim, 1: lcm", 0, 0.3, 0, 1 } },
};
