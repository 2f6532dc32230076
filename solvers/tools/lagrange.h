/*
 * Integrals of the Lagrange basis through past nodes: the one source of the weights of multistep methods.
 *
 *   L_j(v) = prod_(i != j) (v - v_i)/(v_j - v_i),   w_j = int L_j(v) dm
 */
#ifndef FOKKER_LAGRANGE_H
#define FOKKER_LAGRANGE_H
#include "solvers/step.h"

enum { MAX_NODES = MAX_PAST + 1 };

/* w[j] += sum_q c[q] L_j(v[q]) for n <= MAX_NODES distinct nodes: a quadrature of the basis against any measure, v its
 * points, c its weights. */
void lagrange_sum(int n, const double *node, int points, const double *v, const double *c, double *w);

/* w[j] = int L_j(v) dv between from and to, exact but for round-off. */
void lagrange_integral(int n, const double *node, double from, double to, double *w);

#endif
