/*
 * Multistep methods in s = sigma/alpha on u = x/alpha, where the probability flow is du/ds = E(x, s):
 *
 *   u_b = u_a + sum_(j < n) w_j E_j,   E_j the noise prediction j steps ago
 *
 * The methods differ by n and by the weights.  How the first steps are taken while the past is short:
 *   runge  a step of order n - 1 is enough for order n: Runge-Kutta of order n - 1 in s, until as many predictions are
 *          known as that order needs
 *   ramp   the same formula with what is known, 1, 2, ... predictions, as libraries do: the first step is Euler's, so
 *          the order is 2 at most
 */
#ifndef FOKKER_MULTI_H
#define FOKKER_MULTI_H
#include <gsl/gsl_integration.h>
#include "solvers/step.h"

enum { MULTI_POINTS = 4 };                  /* predictions at most */

/* In a descriptor's `.data`. */
typedef struct multi {
    int points;                             /* n; 0: the parameter `order` */
    int ramps;                              /* has no other start */
    /* w[0..n-1] of a step from *at[0] to *b, whose last n predictions were made at *at[0], *at[1], ... */
    void (*weights)(const run *, int n, const level *const *at, const level *b, double *w);
} multi;

/* The parameters: all of these methods have them in this order, or fewer. */
enum { START, ORDER };
#define RUNGE_OR_RAMP { "start", "first steps: Runge-Kutta of order n-1, or 1, 2, .. predictions as libraries do", \
                        "runge ramp", 0, 0, 0 }

int  multi_step(run *, const level *a, const level *b, const double *x, double *y);
void multi_claims(const method *, double *order, int *stochastic);
int  multi_check(const method *, const plan *);     /* refuses to start at sigma = 0 */

/* What `open` prepares where weights cost more than arithmetic: a Gauss-Legendre rule and the weights of every
 * step of the plan's grid. */
typedef struct stock { gsl_integration_glfixed_table *rule; double (*w)[MULTI_POINTS]; } stock;
int  multi_open (run *);
void multi_close(run *);

/* Parts of steps, for one group:  y = (alpha_b/alpha_a) x + alpha_b sum_j w_j e_j  with e_j the arrays r->w[j]. */
void multi_sum(const run *, int g, const level *a, const level *b, int n, const double *w, const double *x, double *y);

/* n Adams-Bashforth weights for equal steps, sum 1: iPNDM, PNDM. */
extern const double multi_even[MULTI_POINTS][MULTI_POINTS];
void multi_even_weights(const run *, int n, const level *const *at, const level *b, double *w);

static inline double ratio(const level *l) { return l->sigma / l->alpha; }

/* The rest of a descriptor of n predictions. */
#define MULTI(n) .evals = 1, .work = (n) + ((n) > 2), .history = (n) - 1, .step = multi_step, .claims = multi_claims, \
    .check = multi_check
#endif
