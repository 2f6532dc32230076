/* Sums whose coefficients differ from column to column. */
#ifndef FOKKER_BY_COLUMN_H
#define FOKKER_BY_COLUMN_H
#include "solvers/step.h"

enum { MAX_COLUMN_TERMS = 6 };

/* The length of a row of coefficients: dim, or so many times dim that a loop over one row is worth it; a row
 * repeats its first dim values. */
int columns_wide(int dim);
void columns_repeat(int dim, double *row);

/* y = c_0 + sum_(j < terms) c_(j+1) v_j over group g; c: terms + 1 rows; y may be one of the arrays. */
void sum_columns(const run *, int g, double *y, int terms, const double *c, const double *const *v);

#endif
