/* Explicit Runge-Kutta methods as data, and the one step that runs them all. */
#ifndef FOKKER_TABLEAU_H
#define FOKKER_TABLEAU_H
#include "solvers/step.h"

/*
 *   k_i = v(x + h sum_{j<i} a_ij k_j, t_a + c_i h),  y = x + h sum b_i k_i,  error = h sum e_i k_i,  e = b - bhat
 *
 * a: the rows below the diagonal one after another, stage i = 1, 2, ... has i entries.
 * b: NULL: the state of the last stage is the step: its row of a are the weights (first same as last).
 * carry: the last stage's slope is the next step's first; then w[0] and w[1] are it and the first, and history is 1.
 */
typedef struct tableau { int stages; const double *a, *b, *c, *e; int carry; } tableau;

/* `step` of a method whose .data is a tableau, in t on the probability flow.  work = stages. */
int rk_step(run *, const level *a, const level *b, const double *x, double *y);

/* The same with any tableau and arrays k of slopes; known: k[0] is v(x, a) already. */
int rk_stages(run *, const tableau *, const level *a, const level *b, const double *x, double *y, double *const *k,
              int known);

/* Where rk_step keeps the slopes: stages pointers. */
void rk_slopes(const run *, const tableau *, double **k);

enum { RK_STAGES = 13 };                    /* the most */

/* What the descriptors of plain tableaux share; the last stage of `calls` = stages - 1 is the next step's first. */
#define RK(table, n)       .data = &table, .evals = n, .work = n, .step = rk_step, .never = SIGMA_0
#define RK_CARRY(table, n) .data = &table, .evals = n - 1, .work = n, .history = 1, .step = rk_step, .never = SIGMA_0
#endif
