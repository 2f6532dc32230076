/*
 * Song et al.'s discretisations of the forward process: x_i = ratio x_(i-1) + sqrt(G2) z over one step, b -> a.
 *
 *   exact   of the transition between the two levels:  ratio = alpha_a/alpha_b,  G2 = sigma_a^2 - ratio^2 sigma_b^2
 *   beta    of a chain with beta = |h| g^2(a):  ratio = sqrt(1 - beta), G2 = beta.  A beta above 1 is refused.
 *   song    score_sde's N-step chain whatever the grid: beta of index N-1-k in step k, T/N for h; exploding: its N
 *           geometric sigmas
 */
#ifndef FOKKER_CHAIN_H
#define FOKKER_CHAIN_H
#include "solvers/step.h"

enum { CHAIN_EXACT, CHAIN_BETA, CHAIN_SONG };
#define CHAIN_PARAM { "chain", "the forward chain that is inverted: of the levels, of beta = h g^2, or score_sde's", \
                      "exact beta song", CHAIN_EXACT }

/* variance: sigma^2 at the noisy end of the link, as the chain has it */
typedef struct link { double ratio, G2, variance; } link;

/* Of so many steps on a process. */
typedef struct chain { const process *proc; int steps, kind; } chain;

static inline chain chain_of(const run *r, int kind) { return (chain){ r->proc, r->steps, kind }; }

/* The link behind step k, from a to b. */
link chain_link(const chain *, long k, const level *a, const level *b);

/* Refuses a beta above 1, for every step of the plan.  0 or -1. */
int chain_check(const plan *, const char *name, int kind);

#endif
