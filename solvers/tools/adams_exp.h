/*
 * Exponential Adams methods in lambda: the polynomial through the last n predictions, integrated under the exponential.
 *
 *   y = keep x + gain sum_j w_j D_j,   sum_j w_j r_j^m = mu_m,  m < n,
 *   r_j = (lambda_j - lambda_a)/(lambda_b - lambda_a),   r_0 = 0
 *
 * with mu_m = m! phi_{m+1}(z)/phi_1(z), z = -h (data) or h (noise): exponential Adams-Bashforth; with the node r = 1
 * besides: Adams-Moulton.  DPM-Solver, DPM-Solver++, UniP, UniC and RES differ in mu_m only:
 */
#ifndef FOKKER_ADAMS_EXP_H
#define FOKKER_ADAMS_EXP_H
#include "solvers/tools/exprk.h"

/* EXACT  as above: taylor, res, vary-coeff.
 * HALF   mu_1 = 1/2 where two nodes are used, which is as good there: dpmsolver, bh2.
 * BH1    mu_1 = z/(2 expm1(z)) where two nodes are used.
 * CUT    a corrector from more than two nodes loses its last row but for the new value: what the authors of UniPC ship
 *        as vary_coeff. */
enum rule { HALF, BH1, EXACT, CUT };

typedef struct adams {
    int points;                             /* predictions that a step uses, once there are as many; <= 4 */
    /* the call at a also corrects the state there: an Adams-Moulton step from the one before */
    int corrects;
    enum rule rule;
    int halved;                             /* mu_2 is half of what it should be, in steps from three nodes */
    enum form form;
    /* the method of the first `starts` steps; the others use what points there are */
    const exprk *start;
    int starts;
    const double *start_par;                /* its parameters */
} adams;

/* Arrays: w[0..history] turn, history = points - 1, or points where it corrects; then the corrected state, where it
 * corrects; then stages of the start. */
#define ADAMS_HISTORY(points, corrects) ((points) - 1 + (corrects))
#define ADAMS_WORK(points, corrects, stages) (ADAMS_HISTORY(points, corrects) + 1 + (corrects) + (stages) - 1)

int adams_step(run *, const adams *, const level *a, const level *b, const double *x, double *y);

/* The weights alone, n values at the levels node[0] = from, node[1], ... of a step from node[0] to `to`; newest: the
 * last node is `to` itself. */
void adams_weights(const adams *, int n, int newest, const level *const *node, const level *to, double *w);

#endif
