/*
 * The product of networks: a block of some rows x one panel stays in registers while k runs; x is broadcast, W' comes
 * from its panel.  12 rows with AVX-512, 6 rows and half a panel with AVX2 (the last ones 8 and 4: a thin block leaves
 * the processor waiting), else plain loops; the chain of a number is the same.
 */
#include <math.h>
#include "base/clones.h"
#include "scores/networks/product.h"

#if defined __x86_64__ && !defined FOKKER_DOUBLE
#include <immintrin.h>
#define FAST 1
#endif

/* x, y at their first row, w at its panel, y at its column. */
typedef struct product_block { int k, apart, along, cols, add; const real *x, *w; real *y; } product_block;

#ifdef FOKKER_DOUBLE
#define FMA fma
#else
#define FMA fmaf
#endif

CLONES static void REAL(plain)(int rows, product_block b)
{
    for (int i = 0; i < rows; i++, b.x += b.apart, b.y += b.cols) {
        real sum[PANEL] = { 0 };

        for (int j = 0; j < PANEL && b.add; j++)
            sum[j] = b.y[j];
        for (int k = 0; k < b.k; k++)
            for (int j = 0; j < PANEL; j++)
                sum[j] = FMA(b.x[(long)k * b.along], b.w[k * PANEL + j], sum[j]);
        for (int j = 0; j < PANEL; j++)
            b.y[j] = sum[j];
    }
}

#ifdef FAST
/* mr rows (a constant) x a panel in 2 mr registers. */
#define WITH_512 __attribute__((target("avx512f")))
WITH_512 INLINE void some_512(const int mr, const product_block *b)
{
    __m512 sum[12][2];
    const float *x = b->x;

    #pragma GCC unroll 12
    for (int i = 0; i < mr; i++)
        for (int j = 0; j < 2; j++)
            sum[i][j] = b->add ? _mm512_loadu_ps(b->y + (long)i * b->cols + 16 * j) : _mm512_setzero_ps();
    for (int k = 0; k < b->k; k++, x += b->along) {
        __m512 low = _mm512_loadu_ps(b->w + k * PANEL), high = _mm512_loadu_ps(b->w + k * PANEL + 16);

        #pragma GCC unroll 12
        for (int i = 0; i < mr; i++) {
            __m512 each = _mm512_set1_ps(x[(long)i * b->apart]);

            sum[i][0] = _mm512_fmadd_ps(each, low, sum[i][0]);
            sum[i][1] = _mm512_fmadd_ps(each, high, sum[i][1]);
        }
    }
    #pragma GCC unroll 12
    for (int i = 0; i < mr; i++)
        for (int j = 0; j < 2; j++)
            _mm512_storeu_ps(b->y + (long)i * b->cols + 16 * j, sum[i][j]);
}

/* mr rows x half a panel in 2 mr registers. */
#define WITH_FMA __attribute__((target("avx2,fma")))
WITH_FMA INLINE void some_256(const int mr, const product_block *b)
{
    __m256 sum[6][2];
    const float *x = b->x;

    #pragma GCC unroll 6
    for (int i = 0; i < mr; i++)
        for (int j = 0; j < 2; j++)
            sum[i][j] = b->add ? _mm256_loadu_ps(b->y + (long)i * b->cols + 8 * j) : _mm256_setzero_ps();
    for (int k = 0; k < b->k; k++, x += b->along) {
        __m256 low = _mm256_loadu_ps(b->w + k * PANEL), high = _mm256_loadu_ps(b->w + k * PANEL + 8);

        #pragma GCC unroll 6
        for (int i = 0; i < mr; i++) {
            __m256 each = _mm256_broadcast_ss(x + (long)i * b->apart);

            sum[i][0] = _mm256_fmadd_ps(each, low, sum[i][0]);
            sum[i][1] = _mm256_fmadd_ps(each, high, sum[i][1]);
        }
    }
    #pragma GCC unroll 6
    for (int i = 0; i < mr; i++)
        for (int j = 0; j < 2; j++)
            _mm256_storeu_ps(b->y + (long)i * b->cols + 8 * j, sum[i][j]);
}

/* Blocks of n rows as long as there are so many, but for the last `keep`. */
#define ROWS(n, keep, call) for (; rows >= (n) && rows != (keep); rows -= (n), b.x += (long)(n) * b.apart, \
                                 b.y += (long)(n) * b.cols) call

WITH_512 static void panel_512(int rows, product_block b)
{
    ROWS(12, 16, some_512(12, &b));
    ROWS(8, 0, some_512(8, &b));
    ROWS(4, 0, some_512(4, &b));
    ROWS(1, 0, some_512(1, &b));
}

WITH_FMA static void half_256(int rows, product_block b)
{
    ROWS(6, 8, some_256(6, &b));
    ROWS(4, 0, some_256(4, &b));
    ROWS(1, 0, some_256(1, &b));
}

static void panel_256(int rows, product_block b)
{
    half_256(rows, b);
    b.w += PANEL / 2, b.y += PANEL / 2;
    half_256(rows, b);
}
#endif

static void panel(int rows, product_block b)
{
#ifdef FAST
    if (__builtin_cpu_supports("avx512f"))
        panel_512(rows, b);
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        panel_256(rows, b);
    else
#endif
        REAL(plain)(rows, b);
}

void REAL(product)(const extent *s, const real *x, const real *w, int add, real *y)
{
    for (int j = 0; j < s->cols; j += PANEL)
        panel(s->rows, (product_block){ s->k, s->apart, s->along, s->cols, add, x, w + (long)j * s->k, y + j });
}
