/* Sums by column: y = c_0 + sum_j c_j v_j by fma in the order of the terms, in one pass. */
#include <math.h>
#include "base/clones.h"
#include "solvers/tools/by_column.h"

enum { WIDE = 128 };

int columns_wide(int dim) { return dim < WIDE ? WIDE / dim * dim : dim; }

void columns_repeat(int dim, double *row)
{
    for (int i = dim, wide = columns_wide(dim); i < wide; i++)
        row[i] = row[i - dim];
}

/* Coefficients and arrays by name, as in combine.c; `at` is where the row stands. */
#define NAMED(j) const double *c##j = c + (ptrdiff_t)wide * (terms > j ? j + 1 : 0), *v##j = terms > j ? v[j] : y;
#define F(j, rest) fma(c##j[i], v##j[at + i], rest)
#define SUM1 F(0, c[i])
#define SUM2 F(1, SUM1)
#define SUM3 F(2, SUM2)
#define SUM4 F(3, SUM3)
#define SUM5 F(4, SUM4)
#define SUM6 F(5, SUM5)
#define CASE(m, e) case m: for (int at = 0; at < N; at += wide) { int n = N - at < wide ? N - at : wide; \
                               _Pragma("omp simd") for (int i = 0; i < n; i++) y[at + i] = e; } break;

CLONES static void add_columns(int N, int wide, double *y, int terms, const double *c, const double *const *v)
{
    NAMED(0) NAMED(1) NAMED(2) NAMED(3) NAMED(4) NAMED(5)

    switch (terms) {
    CASE(1, SUM1) CASE(2, SUM2) CASE(3, SUM3) CASE(4, SUM4) CASE(5, SUM5) CASE(6, SUM6)
    }
}

void sum_columns(const run *r, int g, double *y, int terms, const double *c, const double *const *v)
{
    int N = r->rows * r->dim;
    size_t o = (size_t)g * N;
    const double *here[MAX_COLUMN_TERMS];

    for (int j = 0; j < terms; j++)
        here[j] = v[j] + o;
    add_columns(N, columns_wide(r->dim), y + o, terms, c, here);
}
