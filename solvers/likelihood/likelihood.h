/*
 * Log-likelihoods by the probability flow dx/dt = v(x, t), from data at t_min to noise at t_max (Chen et al. 2018; Song
 * et al. 2021, appendix D.2):
 *
 *   log p(x at t_min) = log p(x at t_max) + integral of div v(x_t, t) dt,
 *   div v = dalpha tr J + dsigma/sigma (dim - alpha tr J),   J = dD/dx
 *
 * State and integral run together, as one field of dim + K columns that any ODE solver takes: K is 1 for the exact
 * divergence; with a trace estimator every one of its K estimates has a column of its own, so that their spread at the
 * end is the standard error of the mean.
 */
#ifndef FOKKER_LIKELIHOOD_H
#define FOKKER_LIKELIHOOD_H
#include "solvers/likelihood/inquiry.h"

/*
 * The answer for one point x.  What is not known is NAN.
 *   logp        log p at t_min, nats
 *   se_trace    standard error of the trace estimator; 0 where it is exact
 *   err_solver  bar of the integration's error, from a finer run (a tenth of the tolerance and at most 1e-4, or twice
 *               the steps): at least 93 of 100 points are inside, and in the median it is about 4 times the error
 *   err_prior   log N(x_T; 0, prior_std^2 I) - log p_T(x_T), by the law or else by the fit: what logp is too large by;
 *               0 under the exact prior
 *   err_trunc   log p at t_min - log p_0(x): by the law, or else to first order in sigma^2
 *   lo, hi      95 %: logp +- (Student's t of the estimates, with their skewness, + err_solver + |err_prior|); of log p
 *               at t_min, so without err_trunc.  Unchecked: of the trace estimator alone; NAN where that is exact too
 *   exact       the law's own log p at t_min
 *   calls       calls of the field, one after another, that the point had a part in, the finer run included
 *   rows        points and directions there, which a budget is split by: with m directions a field that is differenced
 *               is asked for 2m + 1 a time, one that has products for m, one that has a divergence for 1 (inquiry_rows)
 *   network     the same as the network saw it: calls, evaluations, products
 */
typedef struct answer {
    double logp, se_trace, err_solver, err_prior, err_trunc, lo, hi, exact;
    long calls, rows;
    usage network;
} answer;

/* n points of dim columns; latent: where the flow takes them (n x dim), or NULL.
 * 0, FAILED, DIVERGED or STOPPED with last_error(), as solve: points that were finished are
 * whole, all others are NAN. */
int likelihood(const inquiry *, int n, const double *x, double *latent, answer *out);

#endif
