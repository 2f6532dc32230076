/*
 * SA-Solver: stochastic Adams predictor and corrector on the reverse SDE with a share tau^2 of its noise (exp_step.h).
 *
 *   predictor: y   = keep x_c + gain sum_(j < p) w_j F_j + std z             F at a and at the p - 1 levels before
 *   corrector: x_c = keep x_c' + gain sum_(j < c) w_j F_j + std z'
 *   over the last step, with F at a too and the noise z' of that step
 *
 * The corrector waits for the next call, so that a step costs one.
 * What a step is given is the predicted state; the corrected one, x_c, is kept.
 * weights = half takes h/2 for the slope's weight where two points are used (the authors' choice for few steps).
 */
#include <math.h>
#include "solvers/tools/exp_step.h"

enum { P, C, TAU, FROM, TO, WEIGHTS, PREDICT };
enum { POINTS = 4, BASE = POINTS, NOISE_KEPT = BASE + 1 };  /* w[0..3]: predictions; x_c; the noise of the last step */

static double eta_at(const run *r, const level *a)
{
    double tau = r->par[TAU];

    return a->t >= r->par[FROM] && a->t <= r->par[TO] ? tau * tau : 0;
}

/* out = exp_step(from, to) of the polynomial through the n last predictions (the newest at a), and its noise. */
static void adams(run *r, int g, const level *a, int n, const level *from, const level *to, const double *x,
                  double *out)
{
    double eta = eta_at(r, from), node[POINTS], w[POINTS];
    exp_step l = exp_step_of((enum form)r->par[PREDICT], from, to, eta);
    term sum[POINTS + 2] = { { l.keep, x } };

    for (int j = 0; j < n; j++)
        node[j] = ((j ? r->past[j - 1] + g : a)->lambda - from->lambda) / l.h;
    if (n == 2 && r->par[WEIGHTS])
        node_weights(2, node, (double[]){ 1, l.z / (2 * expm1(l.z)) }, w);
    else
        exp_weights(n, node, l.z, w);
    for (int j = 0; j < n; j++)
        sum[1 + j] = (term){ l.gain * w[j], r->w[j] };
    sum[1 + n] = (term){ l.std, r->w[NOISE_KEPT] };
    sum_terms(r, g, out, 2 + n, sum);
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *base = r->w[BASE];
    int correct = r->k && r->par[C] > 0;

    if (eval(r, a, x, r->par[PREDICT] == DATA ? PREDICTS_DATA : PREDICTS_NOISE, r->w[0]))
        return -1;
    EACH_GROUP(r, g) {
        if (correct)
            adams(r, g, a + g, predictions(r, 1, (int)r->par[C] - 1) + 1, r->past[0] + g, a + g, base, base);
        else
            combine(r, g, base, {1, x});
    }
    if (r->par[TAU] > 0)
        draw_noise(r, a, b, r->w[NOISE_KEPT]);
    EACH_GROUP(r, g)
        adams(r, g, a + g, predictions(r, 0, (int)r->par[P]), a + g, b + g, base, y);
    return 0;
}

static void claims(const method *m, double *order, int *stochastic)
{
    double p = m->par[P], c = m->par[C];

    *stochastic = m->par[TAU] > 0;
    *order = c == 1 || (c == 0 && p == 1) ? 1 : 2;
    if (!*stochastic && c > 2 && p > 1 && !m->par[WEIGHTS])
        /* the first step's local error, of order 3, is all that is left of higher ones */
        *order = 3;
}

const solver solver_sa_solver = {
    .name = "sa-solver", .about = "stochastic Adams, predictor and corrector",
    .cite = "Xue et al. 2023, arXiv:2309.05019",
    .order = 2, .strong = 1, .stochastic = 1, .evals = 1, .work = POINTS + 2, .history = POINTS - 1,
    .never = ALPHA_0 | SIGMA_0,
    .claims = claims, .step = step,
    .par = { [P] = { "p", "points of the predictor", NULL, 3, 1, POINTS, 1 },
             [C] = { "c", "points of the corrector; 0: none", NULL, 3, 0, POINTS, 1 },
             [TAU] = { "tau", "1: the reverse SDE, 0: the probability flow", NULL, 1, 0, 10 },
             [FROM] = { "from", "the least t with tau; below it 0", NULL, -1e15, -1e15, 1e15 },
             [TO] = { "to", "the largest", NULL, 1e15, -1e15, 1e15 },
             [WEIGHTS] = { "weights", "of two points: by the exponential, or half the step", "exact half", 0 },
             [PREDICT] = PREDICT_CHOICE, LAST_STEPS },
};
