/* Sums by column: y = c_0 + sum_j c_j v_j by fma in the order of the terms, in one pass. */
#include <math.h>
#include <string.h>
#include "models/clones.h"
#include "solvers/by_column.h"

enum { WIDE = 64 };                                         /* elements of a tile; narrower rows are repeated to fill one */

#define NAMED(j) const double *c##j = c[terms > j ? j + 1 : 0], *v##j = v[terms > j ? j : 0];
#define F(j, rest) fma(c##j[i], v##j[i], rest)
#define SUM1 F(0, k[i])
#define SUM2 F(1, SUM1)
#define SUM3 F(2, SUM2)
#define SUM4 F(3, SUM3)
#define SUM5 F(4, SUM4)
#define SUM6 F(5, SUM5)
#define CASE(m, e) case m: _Pragma("omp simd") for (int i = 0; i < n; i++) sum[i] = e; break;

CLONES static void add_columns(int n, double *y, int terms, const double *const *c, const double *const *v)
{
    const double *k = c[0];
    double sum[WIDE];
    NAMED(0) NAMED(1) NAMED(2) NAMED(3) NAMED(4) NAMED(5)

    switch (terms) {
    CASE(1, SUM1) CASE(2, SUM2) CASE(3, SUM3) CASE(4, SUM4) CASE(5, SUM5) CASE(6, SUM6)
    }
    memcpy(y, sum, n * sizeof *sum);
}

void sum_columns(const run *r, int g, double *y, int terms, const double *c, const double *const *v)
{
    int dim = r->dim, N = r->rows * dim, narrow = dim <= WIDE, wide = narrow ? WIDE / dim * dim : dim;
    size_t o = (size_t)g * N;
    double again[MAX_COLUMN_TERMS + 1][WIDE];
    const double *row[MAX_COLUMN_TERMS + 1], *at[MAX_COLUMN_TERMS + 1], *from[MAX_COLUMN_TERMS];

    for (int j = 0; j <= terms; j++) {
        for (int i = 0; narrow && i < wide && i < N; i++)
            again[j][i] = i < dim ? c[(size_t)j * dim + i] : again[j][i - dim];
        row[j] = narrow ? again[j] : c + (size_t)j * dim;
    }
    for (int start = 0; start < N; start += wide)
        for (int i = start; i < start + wide && i < N; i += WIDE) {
            int end = start + wide < N ? start + wide : N;

            for (int j = 0; j <= terms; j++)
                at[j] = row[j] + (i - start);
            for (int j = 0; j < terms; j++)
                from[j] = v[j] + o + i;
            add_columns(end - i < WIDE ? end - i : WIDE, y + o + i, terms, at, from);
        }
}
