/*
 * What the kinds of process share.  A level is a strided struct, which does not vectorise: a kind reads its times into
 * a tile of columns, computes there, and writes levels at the end.
 */
#ifndef FOKKER_KIND_H
#define FOKKER_KIND_H
#include <math.h>
#include <stddef.h>
#include "models/processes/process.h"

enum { TILE = 64 };

/* log alpha and beta = -2 d log alpha/dt at n <= TILE times. */
typedef struct vp_tile { double t[TILE], log_alpha[TILE], beta[TILE]; } vp_tile;

/* Levels of a variance preserving process, sigma^2 = 1 - alpha^2, without cancellation near sigma = 0. */
void vp_levels(int n, const vp_tile *, level *l);

/* The tile of log alpha = -t beta_min/2 - t^2 (beta_max - beta_min)/4, par = { beta_min, beta_max }, and its inverse
 * for -2 log alpha; the check that par makes sense. */
void vp_linear_tile(const process *, int n, const level *l, vp_tile *);
double vp_linear_time(const process *, double minus_2_log_alpha);
int vp_linear_open(process *, const char *where);
#define VP_LINEAR_PAR { "beta_min", "beta at t = 0", NULL, 0.1, 0, 1e4, 0 }, \
    { "beta_max", "beta at t = 1", NULL, 20, 0, 1e4, 0 }

/* log(1 + exp x); -2 log alpha = softplus(-2 lambda) where alpha^2 + sigma^2 = 1. */
static inline double softplus(double x) { return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)); }

/* t kept inside [t_low, t_high]; NaN stays NaN. */
static inline double inside(const process *p, double t)
{
    return t < p->t_low ? p->t_low : t > p->t_high ? p->t_high : t;
}

#endif
