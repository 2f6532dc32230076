/*
 * Explicit exponential Runge-Kutta steps in lambda.  With a stage i at the part c_i of the way,
 * z = -h (data) or +h (noise):
 *
 *   U_i = keep_i x + G_i sum_{j<i} a_ij(z) D_j,   y = keep x + G sum_j b_j(z) D_j,   D_j = D(U_j, lambda_a + c_j h),
 *   G_i = alpha_i h or -sigma_i h
 *
 * a_i0 follows from the others: the sum of a row is c_i phi_1(c_i z).
 */
#ifndef FOKKER_EXPRK_H
#define FOKKER_EXPRK_H
#include "solvers/tools/phi.h"
#include "solvers/step.h"

enum { MAX_STAGES = 5 };

/* nodes: c[0..stages-1], c[0] = 0.  row: of stage i, and of y for i = stages: a[1..i-1]; it may leave those that are 0.
 * par: r->par. */
typedef struct exprk {
    int stages;
    void (*nodes)(const double *par, double *c);
    void (*row)(const double *par, int i, double z, double *a);
} exprk;

/* One step.  k: an array for each stage's prediction; k[0] is D(x, a) afterwards.
 *            From alpha_a = 0 (data only), where h is infinite,
 * the step is the same method in v = e^lambda, in which x/sigma moves by D dv: the table at z = 0.  0 or -1. */
int exprk_step(run *, const exprk *, enum form, const double *par, double *const *k, const level *a, const level *b,
               const double *x, double *y);

/* Those that start multistep methods. */
extern const exprk exprk_2s, exprk_3s, exprk_krogstad;

#endif
