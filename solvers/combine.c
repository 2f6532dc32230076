/* The arithmetic of every method: sums of coefficients times arrays, in the order of the terms, by fma, in one pass. */
#include <math.h>
#include <string.h>
#include "models/clones.h"
#include "solvers/solver.h"

enum { FEW = 8, MOST = 32, TILE = 64 };                /* terms in registers; terms at all */

#define F(j, rest) fma(c[j], v[j][i], rest)
#define SUM(n, e) case n: _Pragma("omp simd") for (int i = 0; i < N; i++) y[i] = e; break;
CLONES static void add(int N, double *y, int terms, const double *c, const double *const *v)
{
    switch (terms) {
    SUM(1, c[0] * v[0][i])
    SUM(2, F(1, c[0] * v[0][i]))
    SUM(3, F(2, F(1, c[0] * v[0][i])))
    SUM(4, F(3, F(2, F(1, c[0] * v[0][i]))))
    SUM(5, F(4, F(3, F(2, F(1, c[0] * v[0][i])))))
    SUM(6, F(5, F(4, F(3, F(2, F(1, c[0] * v[0][i]))))))
    SUM(7, F(6, F(5, F(4, F(3, F(2, F(1, c[0] * v[0][i])))))))
    SUM(8, F(7, F(6, F(5, F(4, F(3, F(2, F(1, c[0] * v[0][i]))))))))
    }
}
#undef F
#undef SUM

/* sum = sum_j c_j v_j over a tile, in the order in which `add` takes the terms. */
INLINE void sum_tile(int n, double *sum, int terms, const double *c, const double *const *v)
{
    #pragma omp simd
    for (int i = 0; i < n; i++)
        sum[i] = c[0] * v[0][i];
    for (int j = 1; j < terms; j++) {
        #pragma omp simd
        for (int i = 0; i < n; i++)
            sum[i] = fma(c[j], v[j][i], sum[i]);
    }
}

CLONES static void add_many(int N, double *y, int terms, const double *c, const double **v)
{
    for (int at = 0; at < N; at += TILE) {
        int n = N - at < TILE ? N - at : TILE;
        double sum[TILE];

        sum_tile(n, sum, terms, c, (const double *const *)v);
        memcpy(y + at, sum, n * sizeof *sum);
        for (int j = 0; j < terms; j++)
            v[j] += n;
    }
}

void sum_terms(const run *r, int g, double *y, int terms, const term *s)
{
    int N = r->rows * r->dim;
    size_t o = (size_t)g * N;
    double c[MOST];
    const double *v[MOST];

    for (int j = 0; j < terms; j++)
        c[j] = s[j].c, v[j] = s[j].v + o;
    if (terms <= FEW)
        add(N, y + o, terms, c, v);
    else
        add_many(N, y + o, terms, c, v);
}

/* n values of h, one an element, for elements first, first + 1, ...: each group has `size` of them. */
static void spread(const level *a, const level *b, int size, size_t first, int n, double *h)
{
    int g = first / size;
    size_t end = (g + 1ul) * size - first;

    for (int i = 0; i < n; g++, end += size)
        for (int stop = end < (size_t)n ? (int)end : n; i < stop; i++)
            h[i] = b[g].t - a[g].t;
}

CLONES static void add_tile(int n, double *out, const double *base, const double *h, int terms, const double *c, const double *const *k)
{
    double sum[TILE];

    sum_tile(n, sum, terms, c, k);
    if (base) {
        #pragma omp simd
        for (int i = 0; i < n; i++)
            out[i] = fma(h[i], sum[i], base[i]);
    } else {
        #pragma omp simd
        for (int i = 0; i < n; i++)
            out[i] = h[i] * sum[i];
    }
}

void stage(const run *r, const level *a, const level *b, double *out, const double *base, int n, const double *c, double *const *k)
{
    size_t size = (size_t)r->rows * r->dim, N = r->groups * size;
    double used[MOST];
    int column[MOST], terms = 0;

    for (int j = 0; j < n; j++)
        if (c[j])
            used[terms] = c[j], column[terms++] = j;
    for (size_t at = 0; at < N; at += TILE) {
        int m = N - at < TILE ? (int)(N - at) : TILE;
        double h[TILE];
        const double *v[MOST];

        for (int j = 0; j < terms; j++)
            v[j] = k[column[j]] + at;
        spread(a, b, size, at, m, h);
        add_tile(m, out + at, base ? base + at : NULL, h, terms, used, v);
    }
}
