/* Sums whose coefficients differ from column to column. */
#ifndef FOKKER_BY_COLUMN_H
#define FOKKER_BY_COLUMN_H
#include "solvers/solver.h"

enum { MAX_COLUMN_TERMS = 6 };

/* y = c_0 + sum_(j < terms) c_(j+1) v_j over group g; c: (terms + 1) x dim, a row of coefficients for each array; y may be one of the arrays. */
void sum_columns(const run *, int g, double *y, int terms, const double *c, const double *const *v);

#endif
