/*
 * k independent weights of one quantity, E w = P, as logarithms: the estimate of log P, how sure it is, and how far it
 * lies below on average.
 *
 *   log P ~ log (1/k) sum_j w_j,   variance ~ sum_j (W_j - 1/k)^2 k/(k - 1),   W_j = w_j/sum w,
 *   E log (1/k) sum w ~ log P - variance/2
 *
 * (Burda et al. 2016: a lower bound on average that rises with k; the two approximations are the first terms in 1/k.)
 */
#ifndef FOKKER_IMPORTANCE_H
#define FOKKER_IMPORTANCE_H

/* gap: how far log_mean lies below log P on average; count: of weights that count, 1/sum W^2.
 * se and gap are NAN for k = 1. */
typedef struct importance { double log_mean, se, gap, count; } importance;

/* From k values of log w; weight: the k normalised weights W, or NULL.  All NAN where one is. */
importance importance_of(int k, const double *logw, double *weight);

/* What errors of the k values make of log_mean, to first order: errors that are independent between them (standard
 * errors), and errors that may all have one sign (bounds). */
double importance_independent(int k, const double *weight, const double *se);
double importance_common(int k, const double *weight, const double *bound);

/* How far independent errors lift log_mean on average: an error in an exponent does not average out.
 * sum W (1 - W) se^2 / 2. */
double importance_lift(int k, const double *weight, const double *se);

#endif
