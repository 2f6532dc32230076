/*
 * Frechet distance of the Gaussians with the sample's and the law's mean and covariance (Dowson and Landau 1982; squared, as in FID):
 *   |m - mu|^2 + tr C + tr Sigma - 2 tr (Sigma^1/2 C Sigma^1/2)^1/2.
 */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include "bench/estimate.h"
#include "models/fail.h"

typedef struct work { gsl_matrix *root, *half, *inner; gsl_vector *value; gsl_eigen_symm_workspace *eigen; double trace; } work;

static void work_close(work *w)
{
    if (w->eigen)
        gsl_eigen_symm_free(w->eigen);
    gsl_vector_free(w->value);
    gsl_matrix_free(w->root), gsl_matrix_free(w->half), gsl_matrix_free(w->inner);
}

/* root = V diag(sqrt(value)) V'. */
static int root_of(work *w, int dim, double *cov)
{
    gsl_matrix_view m = gsl_matrix_view_array(cov, dim, dim);
    gsl_eigen_symmv_workspace *own = gsl_eigen_symmv_alloc(dim);
    int status;

    if (!own)
        return -1;
    w->trace = 0;
    for (int i = 0; i < dim; i++)
        w->trace += cov[(long)i * dim + i];
    gsl_matrix_memcpy(w->inner, &m.matrix);
    status = gsl_eigen_symmv(w->inner, w->value, w->half, own);
    gsl_eigen_symmv_free(own);
    if (status)
        return -1;
    for (int j = 0; j < dim; j++) {
        double v = gsl_vector_get(w->value, j), fourth = v > 0 ? sqrt(sqrt(v)) : 0;

        for (int i = 0; i < dim; i++)
            gsl_matrix_set(w->half, i, j, fourth * gsl_matrix_get(w->half, i, j));
    }
    return gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, w->half, w->half, 0, w->root);
}

static int work_open(work *w, int dim, double *cov)
{
    *w = (work){ gsl_matrix_alloc(dim, dim), gsl_matrix_alloc(dim, dim), gsl_matrix_alloc(dim, dim), gsl_vector_alloc(dim),
                 gsl_eigen_symm_alloc(dim), 0 };
    if (!w->root || !w->half || !w->inner || !w->value || !w->eigen)
        return fail("frechet: out of memory for %d columns", dim);
    return root_of(w, dim, cov) ? fail("frechet: the eigenvalues of the exact covariance did not converge") : 0;
}

/* NAN where the eigenvalues do not converge. */
static double frechet(void *self, const moments *m)
{
    work *w = self;
    gsl_matrix_view C = gsl_matrix_view_array(m->cov, m->dim, m->dim);
    double sum = w->trace;

    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &C.matrix, w->root, 0, w->half);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, w->root, w->half, 0, w->inner);
    if (gsl_eigen_symm(w->inner, w->value, w->eigen))
        return NAN;
    for (int i = 0; i < m->dim; i++) {
        double v = gsl_vector_get(w->value, i);

        sum += m->mean[i] * m->mean[i] + m->cov[(long)i * (m->dim + 1)] - (v > 0 ? 2 * sqrt(v) : 0);
    }
    return sum;
}

/* Groups alone would tell the second-order part, but a covariance of few samples is far from the exact one: only where they are many. */
static int measure_frechet(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    exact_moments exact;
    work w = { 0 };
    folded f;
    int status, alone = n / folds_of(n) > 4 * dim;

    (void)a;
    gsl_set_error_handler_off();
    status = exact_moments_open(&exact, true, dim, 1) || work_open(&w, dim, exact.cov)
             || fold_moments(n, dim, x, exact.mean, 1, alone, frechet, &w, &f);
    if (!status) {
        folded_plain(&f, q);
        if (isnan(q->value) || isnan(q->se))
            status = fail("frechet: the eigenvalues of the covariance did not converge; use cov instead");
    }
    work_close(&w);
    exact_moments_close(&exact);
    return status ? -1 : 0;
}

const metric metric_frechet = {
    .name = "frechet", .about = "Frechet distance, squared as in FID, of the normal laws with the mean and covariance of the samples and the exact ones; "
                                "its bias of order 1/n is the floor",
    .cite = "Dowson and Landau 1982; Heusel et al. 2017",
    .relative = 1, .refuses = needs_moments, .measure = measure_frechet };
