/* Between the files that drive steps: run.c, adapt.c, workspace.c, solve.c.  No method needs it. */
#ifndef FOKKER_DRIVE_H
#define FOKKER_DRIVE_H
#include "solvers/solver.h"

/* All steps of the grid, x in place (1 group).  0, FAILED or STOPPED. */
int fixed(run *, int steps, const level *grid, double *x);

/* The step to sigma = 0 of a method that does not take it itself: y = alpha_b D(x, a).  0 or FAILED. */
int denoise(run *, const level *a, const level *b, const double *x, double *y);

/* After a step that began at a: history turns. */
void shift_history(run *, const level *a);

/* A run for blocks of up to `rows` of n samples, with all its memory in one workspace, its inner runs in it.
 * NULL on failure. */
run *run_open(const plan *, const score *field, tally *count, long n, int rows);
void run_close(run *);                      /* NULL is fine */

/* Groups and rows of r and its inner runs for a block of `rows` rows. */
void resize(run *, int rows);

/* The last level of the grid that has noise: where own steps and outside libraries end. */
static inline const level *last_noisy(const plan *p) { const level *l = p->grid + p->steps; return l->sigma == 0
                                                       ? l - 1 : l; }

/* Rows of the plan that are stepped one by one: its own steps, or an outside library. */
static inline int adaptive(const plan *p) { return p->rtol > 0 && !p->how->sol->whole; }

#endif
