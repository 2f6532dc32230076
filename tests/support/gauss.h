/* Laws in closed form that tests of metrics share, and the spread of a metric over repetitions. */
#ifndef FOKKER_TESTS_GAUSS_H
#define FOKKER_TESTS_GAUSS_H
#include "bench/metrics/metric.h"

/* std (z + shear z_0 e_d for d > 0) + mean, z normal; the same mean in every column.
 * denoise and logpdf: for shear 0. */
typedef struct gauss { law law; double mean, std, shear; } gauss;
gauss gauss_law(int dim, double mean, double std);

/* Points at 0, 1, 2 on a line, with weights 1/2, 3/10, 1/5. */
extern const law comb;

extern const level clean;                   /* alpha = 1, sigma = 0 */

/* n samples, scaled, then shifted, of repetition `seed`; owned by the caller. */
double *shifted(const gauss *, long seed, int n, double shift, double scale);

/* The metric of an item; a test fails where it fails or refuses. */
quality value_of(const char *item, const truth *, int n, int dim, const double *x);

/* Over independent repetitions of sample and reference: mean and spread of the value, mean standard error. */
typedef struct spread { double mean, sd, se; } spread;
void spread_count(spread *, int k, quality);            /* k = 0, 1, ...; sd is a sum of squares until the end */
spread repeat(const char *item, gauss *, int times, int n, double shift, double scale);

#endif
