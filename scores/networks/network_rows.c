/* Rows of a state into a network's numbers and back; compiled in float and in double, as the layers are
 * (scores/networks/layer.h). */
#include "base/clones.h"
#include "scores/networks/network.h"

CLONES static void REAL(narrow_rows)(double scale, long n, int dim, const double *x, int stride, real *out)
{
    for (long i = 0; i < n; i++, x += dim, out += stride) {
        #pragma omp simd
        for (int j = 0; j < dim; j++)
            out[j] = (real)(scale * x[j]);
        for (int j = dim; j < stride; j++)
            out[j] = 0;
    }
}

CLONES static void REAL(widen_rows)(double scale, long n, int dim, int stride, const real *y, double *out)
{
    for (long i = 0; i < n; i++, y += stride, out += dim) {
        #pragma omp simd
        for (int j = 0; j < dim; j++)
            out[j] = scale * y[j];
    }
}

void REAL(network_in)(double scale, long n, int dim, const double *x, int stride, real *out)
{
    REAL(narrow_rows)(scale, n, dim, x, stride, out);
}

void REAL(network_out)(double scale, long n, int dim, int stride, const real *y, double *out)
{
    REAL(widen_rows)(scale, n, dim, stride, y, out);
}
