/*
 * Data that are whole numbers v = 0 .. L-1, as the states x = scale (v + u) + shift of a model with a density p, u in
 * [-1/2, 1/2] in each column: the probability of a row is that of its cell, P(v) = |scale|^dim int p(x(u)) du, and for
 * any density q on the cell
 *
 *   log P(v) >= E log (1/k) sum_j p(x_j)/q(x_j),    q(x) = q(u) |scale|^-dim
 *
 * with u_j from q: uniform (Uria et al. 2013; Ho et al. 2019), or a normal cut off at the cell's ends (Zheng et al.
 * 2023, arXiv:2305.03935).
 */
#ifndef FOKKER_LEVELS_H
#define FOKKER_LEVELS_H
#include <stdint.h>

/* std: of the normal before it is cut off, in levels; 0: uniform */
typedef struct bins { int levels; double scale, shift, std; } bins;

/* Sets std from `uniform` (also where the item is NULL) or `normal:std=S`; `normal` alone takes `own`, which
 * is sigma(t)/(alpha(t) |scale|) of the level where the states stand: the noise that they have in the
 * model's eyes.  0 or -1. */
int bins_parse(bins *, const char *where, const char *item, double own);

/* That all n x dim numbers are whole and within 0 .. levels-1: -1 with row and column of the first that is not. */
int bins_check(const bins *, const char *where, long n, int dim, const double *v);

/* From states without u back to whole numbers, v = (x - shift)/scale but for rounding, in place; checked.  0 or -1. */
int bins_unscale(const bins *, const char *where, long n, int dim, double *x);

/* log q(u) of one column; -INFINITY outside the cell. */
double bins_logq(const bins *, double u);

/* k points for each of n rows v of samples row, row + 1, ...: x, n x k x dim, and log q(x), n x k.
 * Point j of a row depends on the seed, the row's number and j alone: more points begin with the same. */
void bins_points(const bins *, uint64_t seed, long row, int n, int k, int dim, const double *v, double *x,
                 double *logq);

/* -logp/(dim log 2): logp a log probability of whole numbers. */
double bits_per_dim(double logp, int dim);

/* What the scaling takes away: log2(1/|scale|) bits a column; 7 for 0..255 brought to [-1, 1] by scale = 2/256. */
double bins_offset(const bins *);

#endif
