/* Song et al.'s discretisations of the forward process: see chain.h. */
#include <math.h>
#include "solvers/tools/chain.h"

/* Whether alpha^2 + sigma^2 = 1 there, and whether alpha = 1. */
static int preserving(const level *a) { return fabs(a->alpha * a->alpha + a->sigma * a->sigma - 1) < 1e-9; }
static int exploding(const level *a) { return a->alpha == 1; }

/* score_sde's table has the N times from 0 to T; the time of step k is rounded down to it. */
static level table(const chain *c, long i)
{
    const process *p = c->proc;
    level l;
    double t = p->t_low + (p->t_high - p->t_low) * (i < 0 ? 0 : i) / (c->steps > 1 ? c->steps - 1 : 1);

    levels(p, 1, &t, &l);
    return l;
}

static link song(const chain *c, long k, const level *a)
{
    double T = c->proc->t_high - c->proc->t_low, s;
    long i = c->steps - 1 - k;
    level l = table(c, i);

    if (exploding(a)) {
        s = i > 0 ? table(c, i - 1).sigma : 0;
        return (link){ 1, l.sigma * l.sigma - s * s, l.sigma * l.sigma };
    }
    if (preserving(a))
        return (link){ sqrt(1 - l.g2 * T / c->steps), l.g2 * T / c->steps, a->sigma * a->sigma };
    return (link){ 1 + a->f * T / c->steps, a->g2 * T / c->steps, a->sigma * a->sigma };
}

link chain_link(const chain *c, long k, const level *a, const level *b)
{
    double ratio = a->alpha / b->alpha, beta = (a->t - b->t) * a->g2, variance = a->sigma * a->sigma;

    if (c->kind == CHAIN_SONG)
        return song(c, k, a);
    if (c->kind == CHAIN_BETA && preserving(a))
        return (link){ sqrt(1 - beta), beta, variance };
    if (c->kind == CHAIN_BETA)
        return (link){ 1 + (a->t - b->t) * a->f, beta, variance };
    return (link){ ratio, variance - ratio * ratio * b->sigma * b->sigma, variance };
}

int chain_check(const plan *p, const char *name, int kind)
{
    chain c = { p->proc, p->steps, kind };

    for (long k = 0; kind != CHAIN_EXACT && k < p->steps; k++) {
        link l = chain_link(&c, k, p->grid + k, p->grid + k + 1);

        if (preserving(p->grid + k) && !(l.G2 <= 1))
            return fail("%s: the discrete beta of step %ld, at t = %g, is above 1; take more steps, or chain=exact",
                        name, k + 1, p->grid[k].t);
    }
    return 0;
}
