/* Functions of a real: the lanes' own in float, which a loop can vectorise, the C library's in double. */
#ifndef FOKKER_REAL_H
#define FOKKER_REAL_H
#include "base/lanes_float.h"
#include "scores/networks/product.h"

#ifdef FOKKER_DOUBLE
#define EXP exp
#define EXPM1 expm1
#define TANH tanh
#define ERF erf
#define FMA fma
static inline double SIGMOID(double x) { return 1 / (1 + exp(-x)); }
static inline double SOFTPLUS(double x) { return (x > 0 ? x : 0) + log1p(exp(-fabs(x))); }
#else
#define EXP lane_expf
#define EXPM1 lane_expm1f
#define TANH lane_tanhf
#define ERF lane_erff
#define FMA fmaf
#define SIGMOID lane_sigmoidf
#define SOFTPLUS lane_softplusf
#endif
#endif
