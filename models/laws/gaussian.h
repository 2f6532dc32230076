/* A single Gaussian as a law: what is fitted to data where more is not known. */
#ifndef FOKKER_GAUSSIAN_H
#define FOKKER_GAUSSIAN_H
#include "models/laws/law.h"

/* N(mean, cov), dim and dim x dim; eigenvalues below 1e-9 of the mean one count as that much.  NULL on failure. */
law *gaussian_open(int dim, const double *mean, const double *cov);

/* The one with the mean and covariance of n points, n x dim; of few points (n <= 2 dim) the variances alone.
 * NULL on failure. */
law *gaussian_fit(long n, int dim, const double *x);

#endif
