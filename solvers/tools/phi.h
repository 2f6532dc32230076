/*
 * Exponential integrators: phi functions, and the weights of a polynomial that is integrated under an exponential.
 *
 *   phi_0(z) = e^z,   phi_k(z) = int_0^1 e^{z(1-r)} r^(k-1)/(k-1)! dr,   phi_{k+1}(z) = (phi_k(z) - 1/k!)/z,
 *   phi_k(0) = 1/k!
 *
 * In lambda = log(alpha/sigma), with h = lambda_b - lambda_a and r the part of the way from a to b,
 * the probability flow is
 *
 *   data:   x_b = (sigma_b/sigma_a) x_a + alpha_b h int_0^1 e^{-h(1-r)} D(r) dr
 *   noise:  x_b = (alpha_b/alpha_a) x_a - sigma_b h int_0^1 e^{+h(1-r)} E(r) dr
 */
#ifndef FOKKER_PHI_H
#define FOKKER_PHI_H
#include "models/processes/process.h"

enum { MAX_PHI = 6, MAX_NODES = 5 };

/* out[0..n] = phi_0(z) .. phi_n(z), each to 1e-15 relative; n <= MAX_PHI, |z| <= 700. */
void phis(int n, double z, double *out);
double phi(int k, double z);

/* mu[m], m < n <= MAX_NODES: the mean of r^m under the weight e^{z(1-r)} on [0, 1], m! phi_{m+1}(z)/phi_1(z).
 * z = -inf: 1 (all at r = 1); +inf: 0 for m > 0. */
void exp_moments(int n, double z, double *mu);

/* The weights of values at n nodes r_j that give these moments:  sum_j w_j r_j^m = mu_m, m < n
 * (Bjorck and Pereyra 1970).  Nodes differ. */
void node_weights(int n, const double *r, const double *mu, double *w);

/* Both: the mean of the polynomial through n nodes under the weight e^{z(1-r)}; the weights add up to 1. */
void exp_weights(int n, const double *r, double z, double *w);

/* Which prediction a method integrates, and with it the linear part of a step:
 * y = keep x + gain (mean of the prediction). */
enum form { DATA, NOISE };
#define PREDICT_CHOICE { "predict", "the prediction that is integrated", "data noise", DATA }

/* The factor of x, sigma_b/sigma_a or alpha_b/alpha_a, and that of the prediction's mean: alpha_b h phi_1(-h) or
 * -sigma_b h phi_1(h).  Finite at sigma_b = 0 and at alpha_b = 0; data also at alpha_a = 0. */
double exp_keep(enum form, const level *a, const level *b);
double exp_gain(enum form, const level *a, const level *b);

#endif
