/* Eigenvalues of small symmetric matrices. */
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_sort_vector.h>
#include "base/eigen.h"
#include "base/fail.h"

int eigen(int dim, const double *c, double *l, double *q)
{
    gsl_matrix *m = gsl_matrix_alloc(dim, dim), *vectors = gsl_matrix_alloc(dim, dim);
    gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(dim);
    gsl_vector_view values = gsl_vector_view_array(l, dim);
    int status = m && vectors && work ? 0 : fail("out of memory");

    for (int i = 0; i < dim && !status; i++)
        for (int j = 0; j < dim; j++)
            gsl_matrix_set(m, i, j, 0.5 * (c[i * (long)dim + j] + c[j * (long)dim + i]));
    if (!status && (gsl_eigen_symmv(m, &values.vector, vectors, work) || gsl_eigen_symmv_sort(&values.vector, vectors,
            GSL_EIGEN_SORT_VAL_ASC)))
        status = fail("no eigenvalues were found; check its numbers");
    for (int i = 0; i < dim && !status; i++)
        for (int d = 0; d < dim; d++)
            q[i * (long)dim + d] = gsl_matrix_get(vectors, d, i);
    gsl_eigen_symmv_free(work);
    gsl_matrix_free(vectors);
    gsl_matrix_free(m);
    return status;
}
