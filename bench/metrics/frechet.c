/*
 * Frechet distance of the Gaussians with the sample's and the law's mean and covariance (Dowson and Landau 1982;
 * squared, as in FID):
 *   |m - mu|^2 + tr C + tr Sigma - 2 tr (Sigma^1/2 C Sigma^1/2)^1/2.
 */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include "bench/metrics/estimate.h"
#include "base/fail.h"

typedef struct frechet_work {
    gsl_matrix *root, *half, *inner;
    gsl_vector *value;
    gsl_eigen_symm_workspace *eigen;
    double trace;
} frechet_work;

static void work_close(frechet_work *w)
{
    if (w->eigen)
        gsl_eigen_symm_free(w->eigen);
    gsl_vector_free(w->value);
    gsl_matrix_free(w->root), gsl_matrix_free(w->half), gsl_matrix_free(w->inner);
}

/* root = V diag(sqrt(value)) V'. */
static int root_of(frechet_work *w, int dim, double *cov)
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

static int work_open(frechet_work *w, int dim, double *cov)
{
    *w = (frechet_work){ gsl_matrix_alloc(dim, dim), gsl_matrix_alloc(dim, dim), gsl_matrix_alloc(dim, dim),
                 gsl_vector_alloc(dim),
                 gsl_eigen_symm_alloc(dim), 0 };
    if (!w->root || !w->half || !w->inner || !w->value || !w->eigen)
        return fail("frechet: out of memory for %d columns", dim);
    return root_of(w, dim, cov) ? fail("frechet: the eigenvalues of the exact covariance did not converge") : 0;
}

/* NAN where the eigenvalues do not converge. */
static double frechet(void *self, const moments *m)
{
    frechet_work *w = self;
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

/* ---- fewer samples than columns ---- */

/* C = E'E/(n - 1) then has fewer eigenvalues than columns: those of Sigma^1/2 C Sigma^1/2 are the ones of E Sigma E'/(n
 * - 1), n x n.  e: samples less the exact mean; plain = E E', with = E Sigma E'. */
typedef struct few {
    int n, dim;
    const unsigned char *fold;
    gsl_matrix *e, *half, *plain, *with, *inner;
    gsl_vector *mean;
    double trace;
} few;

static void few_close(few *w)
{
    gsl_matrix_free(w->e), gsl_matrix_free(w->half), gsl_matrix_free(w->plain), gsl_matrix_free(w->with),
        gsl_matrix_free(w->inner);
    gsl_vector_free(w->mean);
}

static int few_open(few *w, int n, int dim, const double *x, const exact_moments *exact, const unsigned char *fold)
{
    gsl_matrix_const_view cov = gsl_matrix_const_view_array(exact->cov, dim, dim);

    *w = (few){ n, dim, fold, gsl_matrix_alloc(n, dim), gsl_matrix_alloc(n, dim), gsl_matrix_alloc(n, n),
                gsl_matrix_alloc(n, n), gsl_matrix_alloc(n, n),
                gsl_vector_alloc(n), 0 };
    if (!fold || !w->e || !w->half || !w->plain || !w->with || !w->inner || !w->mean)
        return fail("frechet: out of memory for %d samples of %d columns", n, dim);
    for (int i = 0; i < dim; i++)
        w->trace += exact->cov[(long)i * (dim + 1)];
    for (int i = 0; i < n; i++)
        for (int d = 0; d < dim; d++)
            gsl_matrix_set(w->e, i, d, x[(long)i * dim + d] - exact->mean[d]);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, w->e, w->e, 0, w->plain);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, w->e, &cov.matrix, 0, w->half);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, w->half, w->e, 0, w->with);
    return 0;
}

/* The m x m part of `with` that `row` names, about its mean, over m - 1; its eigenvalues.
 * 0, or -1 where they do not converge. */
static int few_values(const few *w, int m, const int *row, gsl_vector *value)
{
    gsl_matrix_view inner = gsl_matrix_submatrix(w->inner, 0, 0, m, m);
    gsl_eigen_symm_workspace *eigen = gsl_eigen_symm_alloc(m);
    double all = 0;
    int status;

    for (int i = 0; i < m; i++) {
        double sum = 0;

        for (int j = 0; j < m; j++)
            sum += gsl_matrix_get(w->with, row[i], row[j]);
        gsl_vector_set(w->mean, i, sum / m), all += sum / m / m;
    }
    for (int i = 0; i < m; i++)
        for (int j = 0; j < m; j++)
            gsl_matrix_set(&inner.matrix, i, j,
                           (gsl_matrix_get(w->with, row[i], row[j]) - gsl_vector_get(w->mean, i)
                            - gsl_vector_get(w->mean, j) + all)
                               / (m - 1));
    status = !eigen || gsl_eigen_symm(&inner.matrix, value, eigen);
    if (eigen)
        gsl_eigen_symm_free(eigen);
    return status ? -1 : 0;
}

/* Of all samples but those of group g; NAN where the eigenvalues do not converge. */
static double few_frechet(const few *w, int g)
{
    int *row = malloc(w->n * sizeof *row), m = 0;
    gsl_vector *value;
    double gap = 0, own = 0, sum = NAN;

    for (int i = 0; row && i < w->n; i++)
        if (w->fold[i] != g)
            row[m++] = i;
    if (!row || !(value = gsl_vector_alloc(m)))
        return free(row), NAN;
    for (int i = 0; i < m; i++) {
        own += gsl_matrix_get(w->plain, row[i], row[i]);
        for (int j = 0; j < m; j++)
            gap += gsl_matrix_get(w->plain, row[i], row[j]) / m / m;
    }
    if (!few_values(w, m, row, value)) {
        sum = gap + (own - m * gap) / (m - 1) + w->trace;
        for (int i = 0; i < m; i++)
            sum -= gsl_vector_get(value, i) > 0 ? 2 * sqrt(gsl_vector_get(value, i)) : 0;
    }
    gsl_vector_free(value), free(row);
    return sum;
}

static int few_folds(const exact_moments *exact, int n, int dim, const double *x, folded *f)
{
    unsigned char *fold = malloc(n);
    few w = { 0 };
    int status;

    f->folds = folds_of(n);
    if (fold)
        fold_draw(n, f->folds, fold);
    if (!(status = few_open(&w, n, dim, x, exact, fold))) {
        f->all = few_frechet(&w, -1);
        for (int g = 0; g < f->folds; g++)
            f->but[g] = few_frechet(&w, g), f->only[g] = NAN;
    }
    few_close(&w), free(fold);
    return status;
}

/* ---- the metric ---- */

static int many_folds(exact_moments *exact, int n, int dim, const double *x, int alone, folded *f)
{
    frechet_work w = { 0 };
    int status = work_open(&w, dim, exact->cov) || fold_moments(n, dim, x, exact->mean, 1, alone, frechet, &w, f);

    work_close(&w);
    return status ? -1 : 0;
}

/* Groups alone would tell the second-order part, but a covariance of few samples is far from the exact one:
 * only where they are many. */
static int measure_frechet(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    exact_moments exact;
    folded f;
    int status, alone = n / folds_of(n) > 4 * dim;

    (void)a;
    gsl_set_error_handler_off();
    status = exact_moments_open(&exact, true, dim, 1)
        || (n < dim ? few_folds(&exact, n, dim, x, &f) : many_folds(&exact, n, dim, x, alone, &f));
    if (!status) {
        folded_plain(&f, q);
        if (isnan(q->value) || isnan(q->se))
            status = fail("frechet: the eigenvalues of the covariance did not converge; use cov instead");
    }
    exact_moments_close(&exact);
    return status ? -1 : 0;
}

const metric metric_frechet = {
    .name = "frechet", .about = "Frechet distance, squared as in FID, of the normal laws with the mean and covariance "
                                "of the samples and the exact ones; "
                                "its bias of order 1/n is the floor",
    .cite = "Dowson and Landau 1982; Heusel et al. 2017",
    .relative = 1, .refuses = needs_moments, .measure = measure_frechet };
