/*
 * Model statistics of DPM-Solver-v3 (Zheng et al. 2023, arXiv:2310.13268, eqs. 5, 10, 11): for every column
 * three functions of lambda,
 *
 *   l = E[diag(sigma dE/dx)],   s, b: least squares of f' = s f + b,   f = (sigma E - l x)/alpha = (1 - l) x/alpha - D,
 *
 * f' the derivative by lambda along the flow, E the noise prediction, D the data prediction.
 * Any smooth l, s, b leave the method's order as it is; good ones make its constant small.  Read off a
 * field: no law is needed.
 */
#ifndef FOKKER_STATISTICS_H
#define FOKKER_STATISTICS_H
#include "solvers/step.h"

enum { STAT_L, STAT_S, STAT_B, STATS };

/* Natural cubic splines on equal cells, continued by their outer cells; c: cells x dim x STATS x 4 coefficients in
 * the cell's own [0, 1]. */
typedef struct statistics { int cells, dim; double from, width, *c; } statistics;

/* The same everywhere: l = 1, s = b = 0 is DPM-Solver++, l = b = 0, s = -1 is DPM-Solver.  NULL: out of memory. */
statistics *statistics_constant(int dim, double l, double s, double b);

/* Along so many trajectories from the prior to the cleanest level of the grid, by consult.  NULL on failure. */
statistics *statistics_estimate(run *, int paths);
void statistics_at(const statistics *, int column, double lambda, double out[STATS]);
void statistics_free(statistics *);         /* NULL is fine */

#endif
