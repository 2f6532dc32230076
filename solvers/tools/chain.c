/* Song et al.'s discretisations of the forward process: see chain.h. */
#include <math.h>
#include "solvers/tools/chain.h"

/* Whether alpha^2 + sigma^2 = 1 there, and whether alpha = 1. */
static int preserving(const level *a) { return fabs(a->alpha * a->alpha + a->sigma * a->sigma - 1) < 1e-9; }
static int exploding(const level *a) { return a->alpha == 1; }

/* score_sde's table has the N times from 0 to T; the time of step k is rounded down to it. */
static level table(const plan *p, long i)
{
    level l;
    double t = p->proc->t_low + (p->proc->t_high - p->proc->t_low) * (i < 0 ? 0 : i)
        / (p->steps > 1 ? p->steps - 1 : 1);

    levels(p->proc, 1, &t, &l);
    return l;
}

static link song(const plan *p, long k, const level *a)
{
    double T = p->proc->t_high - p->proc->t_low, s;
    long i = p->steps - 1 - k;
    level l = table(p, i);

    if (exploding(a)) {
        s = i > 0 ? table(p, i - 1).sigma : 0;
        return (link){ 1, l.sigma * l.sigma - s * s, l.sigma * l.sigma };
    }
    if (preserving(a))
        return (link){ sqrt(1 - l.g2 * T / p->steps), l.g2 * T / p->steps, a->sigma * a->sigma };
    return (link){ 1 + a->f * T / p->steps, a->g2 * T / p->steps, a->sigma * a->sigma };
}

link chain_link(const plan *p, int kind, long k, const level *a, const level *b)
{
    double ratio = a->alpha / b->alpha, beta = (a->t - b->t) * a->g2, variance = a->sigma * a->sigma;

    if (kind == CHAIN_SONG)
        return song(p, k, a);
    if (kind == CHAIN_BETA && preserving(a))
        return (link){ sqrt(1 - beta), beta, variance };
    if (kind == CHAIN_BETA)
        return (link){ 1 + (a->t - b->t) * a->f, beta, variance };
    return (link){ ratio, variance - ratio * ratio * b->sigma * b->sigma, variance };
}

int chain_check(const plan *p, const char *name, int kind)
{
    for (long k = 0; kind != CHAIN_EXACT && k < p->steps; k++) {
        link l = chain_link(p, kind, k, p->grid + k, p->grid + k + 1);

        if (preserving(p->grid + k) && !(l.G2 <= 1))
            return fail("%s: the discrete beta of step %ld, at t = %g, is above 1; take more steps, or chain=exact",
                        name, k + 1, p->grid[k].t);
    }
    return 0;
}
