/*
 * Exponential steps of the reverse SDE with a share tau^2 = eta of its noise,
 *
 *   dx = (f x - (1 + eta)/2 g^2 score) dt + sqrt(eta) g dW,
 *
 * eta = 0 the probability flow, eta = 1 the reverse SDE.  A step from a to b, h = lambda_b - lambda_a, is
 *
 *   y = keep x + gain (mean of the prediction over the step under the weight e^{z(1-r)}) + std noise
 *
 *   data:   keep = e^{-eta h} sigma_b/sigma_a   gain = alpha_b (1 - e^{-(1+eta)h})
 *           std = sigma_b sqrt(1 - e^{-2 eta h})   z = -(1 + eta) h
 *   noise:  keep = alpha_b/alpha_a              gain = -(1 + eta) sigma_b (e^h - 1)
 *           std = sigma_b sqrt(eta (e^{2h} - 1))   z = h
 *
 * A split step is the ancestral one: the flow down to s_d, fresh noise up to s_b
 * (s = sigma/alpha), with kappa = s_d/s_b:
 *
 *   split:  keep = kappa sigma_b/sigma_a        gain = alpha_b (1 - kappa e^{-h})
 *           std = eta sigma_b sqrt(1 - e^{-2h})    z = log kappa - h,  kappa^2 = 1 - eta^2 (1 - e^{-2h})
 *
 * All three are finite at sigma_b = 0, data and split also at alpha_a = 0 (eta > 0).  At eta = 1 split and data agree.
 */
#ifndef FOKKER_EXP_STEP_H
#define FOKKER_EXP_STEP_H
#include "solvers/step.h"
#include "solvers/tools/phi.h"

typedef struct exp_step { double h, z, keep, gain, std; } exp_step;
exp_step exp_step_of(enum form, const level *a, const level *b, double eta);
exp_step exp_step_split(const level *a, const level *b, double eta);

/* What such a step begins with: the prediction at a, and the step's normals where r->par[ETA] > 0.  0 or -1. */
int exp_step_begin(run *, enum form, const level *a, const level *b, const double *x, double *now, double *z);

/* The standard deviation at level `to` of the SDE's noise over the part of the way between two lambdas. */
double exp_step_part(enum form, double eta, double from, double until, const level *to);

/* The normals of a step over m, standardised, from those of its halves: w[0] z(a, m) + w[1] z(m, b), one path in
 * the clock e^{2 lambda}. */
void exp_step_join(const level *a, const level *m, const level *b, double w[2]);

/* Parameters of every method with such steps, first in its table; claims: a flow at eta = 0, no claim
 * where the noise is scaled. */
enum { ETA, S_NOISE, OWN };
#define ETA_SPLIT [ETA] = { "eta", "share of the noise; 1: all, 0: the probability flow", 0, 1, 0, 1 }
#define ETA_SDE   [ETA] = { "eta", "tau^2 of the SDE; 1: the reverse SDE, 0: the probability flow", 0, 1, 0, 100 }
#define NOISE_SCALE [S_NOISE] = { "s_noise", "factor of the fresh noise", 0, 1, 0, 10 }
void exp_step_claims(const method *, double *order, int *stochastic);

#endif
