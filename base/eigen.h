/* Eigenvalues of small symmetric matrices, by GSL. */
#ifndef FOKKER_EIGEN_H
#define FOKKER_EIGEN_H

/* c = Q diag(l) Q^T: l ascending, eigenvectors as the rows of q; c, q: dim x dim; of c the mean of c and its
 * transpose counts.  0 or -1. */
int eigen(int dim, const double *c, double *l, double *q);

#endif
