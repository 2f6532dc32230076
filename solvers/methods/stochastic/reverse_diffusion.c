/*
 * Reverse diffusion: the forward chain's step with its sign turned (chain.h).
 *
 *   y = (2 - ratio) x + c G2 score(x, a) + eta sqrt(G2) z,   c = (1 + eta^2)/2,  eta = 0: the probability flow
 */
#include <math.h>
#include "solvers/tools/chain.h"

enum { ETA, CHAIN };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    chain c = chain_of(r, (int)r->par[CHAIN]);
    double *s = r->w[0], *z = r->w[1], eta = r->par[ETA];

    if (eval_score(r, a, x, s))
        return -1;
    if (eta > 0)
        draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        link l = chain_link(&c, r->group[g].step, a + g, b + g);
        double part = (1 + eta * eta) / 2 * l.G2;

        combine(r, g, y, {2 - l.ratio, x}, {part, s}, {eta * sqrt(l.G2), z});
    }
    return 0;
}

static int check(const method *m, const plan *p) { return chain_check(p, m->sol->name, (int)m->par[CHAIN]); }
static void claims(const method *m, double *order, int *stochastic)
{
    *stochastic = m->par[ETA] > 0;
    *order = m->par[CHAIN] == CHAIN_SONG ? 0 : m->sol->order;
}

const solver solver_reverse_diffusion = {
    .name = "reverse-diffusion", .about = "the forward chain with its sign turned",
    .cite = "Song et al. 2021, algorithms 2 and 3, predictor",
    .order = 1, .strong = 1, .stochastic = 1, .evals = 1, .work = 2, .never = ALPHA_0 | SIGMA_0, .claims = claims,
    .check = check, .step = step,
    .par = { [ETA] = { "eta", "1: the reverse SDE, 0: the probability flow", NULL, 1, 0, 1 },
             [CHAIN] = CHAIN_PARAM },
};
