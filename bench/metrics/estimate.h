/*
 * What metrics share: standard errors from groups, distances by tiles, sums over pairs.
 * Everything here is fixed in blocking and order of summation: the same bits whatever the threads.
 */
#ifndef FOKKER_ESTIMATE_H
#define FOKKER_ESTIMATE_H
#include "bench/metrics/metric.h"

enum { FOLDS = 20, TILE = 32 };

/* Sample i and exact sample i are one observation and belong to one of `folds` groups: min(FOLDS, n/2). */
int folds_of(int n);

/* fold[i] in [0, folds): groups of equal size (+-1) drawn by a constant stream, since labels may run
 * in any pattern along i. */
void fold_draw(int n, int folds, unsigned char *fold);

/* A statistic of all observations, of all but those of group g, and of those of group g alone (NAN: not computed). */
typedef struct folded { int folds; double all, but[FOLDS], only[FOLDS]; } folded;

/* Variance of `all`.  With a first-order and a second-order part, V1 + V2, the delete-a-group jackknife gives V1 + 2
 * V2 and the variance of groups alone, divided by their number G, V1 + G V2
 * (Efron and Stein 1981: the jackknife errs upwards); the difference tells V2, which is all there is where sample
 * and truth agree.  Without `only`: the jackknife as it is. */
double folded_variance(const folded *);

/* The statistic as it is, and the square root of one that is a squared distance with a bias of order 1/n. */
void folded_plain(const folded *, quality *);
void folded_root(const folded *, quality *);

/* Points first..first+TILE-1 as dim x TILE columns; beyond n the last point again. */
void tile_fill(int n, int dim, const double *x, int first, double *tile);

/* d2[j] = |point - point j of the tile|^2, by differences. */
void tile_distance2(int dim, const double *point, const double *tile, double *d2);

/* A kernel k of the squared distance, in place over a tile; at equal points it is k0. */
typedef struct kernel { void (*of)(const struct kernel *, double *d2); double scale, k0; } kernel;

/* H_ij = k(x_i, x_j) + k(y_i, y_j) - k(x_i, y_j) - k(x_j, y_i) over pairs of observations
 * (Gretton et al. 2012), n each.
 * unbiased: mean over i != j (unbiased); else over all i, j (never negative).
 * Its variance is that of a U-statistic to second order:
 * 4 zeta1/n + 2 zeta2/n^2 with zeta1 = Var E[H | i], zeta2 the rest of Var H.  0 or -1. */
int pair_quality(int n, int dim, const double *x, const double *y, const kernel *, int unbiased, quality *);

/* Mean and covariance (over n - 1) of some of the samples; the mean as its difference from the exact one. */
typedef struct moments { int n, dim; double *mean, *cov; } moments;     /* dim; dim x dim, or NULL */

/* The statistic of the moments of all samples, all but each group, and (alone) each group alone.
 * centre: dim, the exact mean;
 * cov: whether covariances are wanted.  0 or -1. */
int fold_moments(int n, int dim, const double *x, const double *centre, int cov, int alone,
                 double (*statistic)(void *self, const moments *), void *self, folded *);

/* The law's moments at the level of the truth; cov NULL unless wanted.
 * 0, or -1 with nothing held; closing is fine either way. */
typedef struct exact_moments { double *mean, *cov; } exact_moments;
int exact_moments_open(exact_moments *, const truth *, int dim, int cov);
void exact_moments_close(exact_moments *);

/* n exact samples in new memory; NULL on failure. */
double *exact_sample(const truth *, int n, int dim);

/* That there is a law with this many columns; NULL or the reason why not. */
const char *needs_law(const truth *, int n, int dim);

/* Besides, that its moments are known, and that their matrices fit (at most MOST_COLUMNS). */
enum { MOST_COLUMNS = 1024 };
const char *needs_moments(const truth *, int n, int dim);
#endif
