/* The Lagrange basis through past nodes and its integrals. */
#include "solvers/tools/lagrange.h"

void lagrange_sum(int n, const double *node, int points, const double *v, const double *c, double *w)
{
    double below[MAX_NODES];

    for (int j = 0; j < n; j++) {
        below[j] = 1;
        for (int i = 0; i < n; i++)
            below[j] *= i == j ? 1 : node[j] - node[i];
    }
    for (int q = 0; q < points; q++)
        for (int j = 0; j < n; j++) {
            double above = c[q];

            for (int i = 0; i < n; i++)
                above *= i == j ? 1 : v[q] - node[i];
            w[j] += above / below[j];
        }
}

/* Four points of Gauss and Legendre on [-1, 1]: exact up to degree 7, and a basis of
 * MAX_NODES = 7 nodes has degree 6. */
static const double X[4] = { -0.86113631159405257522, -0.33998104358485626480, 0.33998104358485626480,
                             0.86113631159405257522 };
static const double C[4] = { 0.34785484513745385737, 0.65214515486254614263, 0.65214515486254614263,
                             0.34785484513745385737 };

void lagrange_integral(int n, const double *node, double from, double to, double *w)
{
    double middle = from + (to - from) / 2, half = (to - from) / 2, v[4], c[4];

    for (int q = 0; q < 4; q++)
        v[q] = middle + half * X[q], c[q] = half * C[q];
    for (int j = 0; j < n; j++)
        w[j] = 0;
    lagrange_sum(n, node, 4, v, c, w);
}
