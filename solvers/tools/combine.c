/* The arithmetic of every method: sums of coefficients times arrays, in the order of the terms, by fma, in one pass. */
#include <math.h>
#include <string.h>
#include "base/clones.h"
#include "solvers/step.h"

enum { FEW = 8, MOST = 32, TILE = 64 };                /* terms in registers; terms at all */

/* Coefficients and arrays by name, so that a store to y is seen to change none of them. */
#define NAMED(j) const double c##j = terms > j ? c[j] : 0, *v##j = terms > j ? v[j] : y;
#define ALL_NAMED NAMED(0) NAMED(1) NAMED(2) NAMED(3) NAMED(4) NAMED(5) NAMED(6) NAMED(7)
#define F(j, rest) fma(c##j, v##j[i], rest)
#define SUM1 (c0 * v0[i])
#define SUM2 F(1, SUM1)
#define SUM3 F(2, SUM2)
#define SUM4 F(3, SUM3)
#define SUM5 F(4, SUM4)
#define SUM6 F(5, SUM5)
#define SUM7 F(6, SUM6)
#define SUM8 F(7, SUM7)
#define CASE(n, e) case n: _Pragma("omp simd") for (int i = 0; i < N; i++) y[i] = e; break;

CLONES static void add(int N, double *y, int terms, const double *c, const double *const *v)
{
    ALL_NAMED
    switch (terms) {
    CASE(1, SUM1) CASE(2, SUM2) CASE(3, SUM3) CASE(4, SUM4) CASE(5, SUM5) CASE(6, SUM6) CASE(7, SUM7) CASE(8, SUM8)
    }
}

/* base + h sum */
CLONES static void add_to(int N, double *y, const double *base, double h, int terms, const double *c,
                          const double *const *v)
{
#define TO(e) fma(h, e, base[i])
    ALL_NAMED
    switch (terms) {
    CASE(1, TO(SUM1)) CASE(2, TO(SUM2)) CASE(3, TO(SUM3)) CASE(4, TO(SUM4)) CASE(5, TO(SUM5)) CASE(6, TO(SUM6)) CASE(7,
            TO(SUM7)) CASE(8, TO(SUM8))
    }
#undef TO
}

/* sum = sum_j c_j v_j over a tile, in the order in which `add` takes the terms. */
INLINE void sum_tile(int n, double *sum, int terms, const double *c, const double *const *v)
{
    #pragma omp simd
    for (int i = 0; i < n; i++)
        sum[i] = c[0] * v[0][i];    /* NOLINT: terms > 0 */
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
    int N = r->rows * r->dim, used = 0;
    size_t o = (size_t)g * N;
    double c[MOST];
    const double *v[MOST];

    for (int j = 0; j < terms; j++)
        if (s[j].c)
            c[used] = s[j].c, v[used++] = s[j].v + o;
    if (!used)
        memset(y + o, 0, N * sizeof *y);
    else if (used <= FEW)
        add(N, y + o, used, c, v);
    else
        add_many(N, y + o, used, c, v);
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

CLONES static void add_tile(int n, double *out, const double *base, const double *h, int terms, const double *c,
                            const double *const *k)
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

void stage(const run *r, const level *a, const level *b, double *out, const double *base, int n, const double *c,
           double *const *k)
{
    size_t size = (size_t)r->rows * r->dim, N = r->groups * size;
    double used[MOST];
    const double *whole[MOST];
    int terms = 0;

    for (int j = 0; j < n; j++)
        if (c[j])
            used[terms] = c[j], whole[terms++] = k[j];
    if (r->groups == 1 && base && terms <= FEW) {
        add_to((int)N, out, base, b->t - a->t, terms, used, whole);
        return;
    }
    for (size_t at = 0; at < N; at += TILE) {
        int m = N - at < TILE ? (int)(N - at) : TILE;
        double h[TILE];
        const double *v[MOST];

        for (int j = 0; j < terms; j++)
            v[j] = whole[j] + at;
        spread(a, b, size, at, m, h);
        add_tile(m, out + at, base ? base + at : NULL, h, terms, used, v);
    }
}
