/*
 * The variational bound of the chain over the levels of a grid (Sohl-Dickstein et al. 2015, arXiv:1503.03585; Ho et al.
 * 2020, arXiv:2006.11239, eqs. 5 to 7, 13), and importance weights along the same chain's forward paths.
 * Level 1 is the cleanest with noise, level N the noisiest, level 0 the data; a is the noisier and b the
 * cleaner end of a link.
 *
 *   forward    q(x_a | x_b) = N(ratio x_b, G2)                   ratio = alpha_a/alpha_b,  G2 = sigma_a^2 (1 - e^-2h),
 *              h = lambda_b - lambda_a
 *   posterior  q(x_b | x_a, x_0) = N(keep x_a + gain x_0, v)     keep = e^-h sigma_b/sigma_a,
 *              gain = alpha_b (1 - e^-2h),  v = sigma_b^2 (1 - e^-2h)
 *   reverse    p(x_b | x_a) = N(keep x_a + gain D(x_a), u)       u = v (posterior) or G2 (beta)
 *
 *   log p(x_0) >= -(L_0 + L_1 + .. + L_N)
 *   L_N = KL(q(x_N | x_0) || N(0, prior_std^2)),    L_k = E KL(q(x_k | x_k+1, x_0) || p(x_k | x_k+1)),
 *   L_0 = E -log p(x_0 | x_1)
 *
 * p(x_0 | x_1) has the mean D(x_1) and the variance sigma_1^2 (beta; the posterior's is 0).
 * Data that are whole numbers, x_0 = scale v + shift, have its probability of their cell, the first and the last cell
 * open: Ho et al.'s discretised decoder, and a bound of log P(v).
 *
 * The p here is the chain's own, which is another than the law's: the bound is below the law's log density on average
 * over the law, not at every point.
 */
#ifndef FOKKER_ELBO_H
#define FOKKER_ELBO_H
#include "solvers/likelihood/importance.h"
#include "solvers/solver.h"

typedef struct elbo {
    /* proc, field, grid, steps, label, stop, deadline, done (rows), bill, block are read; a last level without noise is
     * left out */
    const plan *plan;
    double prior_std;
    /* 0: terms, x_k drawn for each term by itself; 1: along forward paths x_1 .. x_N */
    int paths;
    int beta;                               /* u = G2 instead of v */
    int draws;                              /* of every term, or paths: M */
    uint64_t seed;
    int levels; double scale, shift;        /* whole numbers 0 .. levels-1; 0: any numbers */
} elbo;

/* What is known of a row: the bound (in expectation log p(x_0) or, of whole numbers, log P(v)), its standard error over
 * draws (NAN for one), and of paths the importance estimate, which rises to the chain's log p with more of them. */
typedef struct bound { double logp, se; importance many; } bound;

/* The number of terms of a grid, N + 1. */
int elbo_terms(const plan *);

/* n rows x_0 of field->dim columns, on all threads, the same bits whatever their number and whatever the block.
 * parts: n x elbo_terms, L_0, .., L_N of each row, averaged over draws.  0, FAILED, DIVERGED or STOPPED as solve: rows
 * that did not finish are NAN. */
int elbo_run(const elbo *, int n, const double *x, bound *out, double *parts, tally *);

#endif
