/* The product of networks: each of its kernels against plain sums, and the same bits from all of them
 * for any number of rows. */
#define product product_here
#define plain plain_here              /* clang's resolver of it is global */
#include "scores/networks/product.c"
#include <stdlib.h>
#include <string.h>
#include "base/random.h"
#include "tests/suite.h"

enum { ROWS = 41, K = 70, COLS = 2 * PANEL, APART = 96 };
static float x[ROWS * APART], w[COLS * K], start[ROWS * COLS];

static void fill(void)
{
    static double z[ROWS * APART + COLS * K];

    normals((stream){ 9, USE_PROBE }, 0, 0, 0, 1, ROWS * APART + COLS * K, z);
    for (int i = 0; i < ROWS * APART; i++)
        x[i] = (float)z[i];
    for (int i = 0; i < COLS * K; i++)
        w[i] = (float)z[ROWS * APART + i];
    for (int i = 0; i < ROWS * COLS; i++)
        start[i] = (float)z[(i * 7) % (ROWS * APART)];
}

/* The whole product of the first rows by one kernel. */
static void by(void (*kernel)(int, product_block), int rows, int add, float *y)
{
    memcpy(y, start, sizeof start);
    for (int j = 0; j < COLS; j += PANEL)
        kernel(rows, (product_block){ K, APART, 1, COLS, add, x, w + j * K, y + j });
}

static void the_plain_kernel_is_the_sum_of_products(void)
{
    static float y[ROWS * COLS];

    fill();
    for (int add = 0; add < 2; add++) {
        double error = 0;

        by(plain, ROWS, add, y);
        for (int i = 0; i < ROWS; i++)
            for (int j = 0; j < COLS; j++) {
                double sum = add ? start[i * COLS + j] : 0, size = fabs(sum);

                for (int k = 0; k < K; k++) {
                    double term = (double)x[i * APART + k] * w[packed_at(K, j, k)];

                    sum += term, size += fabs(term);
                }
                error = fmax(error, fabs(y[i * COLS + j] - sum) / size);
            }
        below(error, K * 0x1p-24);                      /* K roundings at most */
    }
}

static void every_kernel_gives_the_same_bits_for_any_number_of_rows(void)
{
    static float y[ROWS * COLS], z[ROWS * COLS];

    fill();
    for (int add = 0; add < 2; add++) {
        by(plain, ROWS, add, y);
        for (int rows = 1; rows <= ROWS; rows++) {
#ifdef FAST
            if (__builtin_cpu_supports("avx512f")) {
                by(panel_512, rows, add, z);
                CU_ASSERT(!memcmp(y, z, rows * COLS * sizeof *y) && !memcmp(z + rows * COLS, start + rows * COLS,
                                                                            (ROWS - rows) * COLS * sizeof *y));
            }
            if (__builtin_cpu_supports("fma")) {
                by(panel_256, rows, add, z);
                CU_ASSERT(!memcmp(y, z, rows * COLS * sizeof *y) && !memcmp(z + rows * COLS, start + rows * COLS,
                                                                            (ROWS - rows) * COLS * sizeof *y));
            }
#endif
            memcpy(z, start, sizeof start);
            product(&(extent){ rows, K, APART, 1, COLS }, x, w, add, z);
            CU_ASSERT(!memcmp(y, z, rows * COLS * sizeof *y));
        }
    }
}

static void a_transpose_gives_the_same_bits(void)
{
    static float turned[ROWS * K], y[ROWS * COLS], z[ROWS * COLS];

    fill();
    for (int i = 0; i < ROWS; i++)
        for (int k = 0; k < K; k++)
            turned[k * ROWS + i] = x[i * APART + k];
    product(&(extent){ ROWS, K, APART, 1, COLS }, x, w, 0, y);
    product(&(extent){ ROWS, K, 1, ROWS, COLS }, turned, w, 0, z);
    CU_ASSERT(!memcmp(y, z, sizeof y));
    by(plain, ROWS, 0, y);
    CU_ASSERT(!memcmp(y, z, sizeof y));
}

static const test_case tests[] = {
    { "the plain kernel is the sum of products", the_plain_kernel_is_the_sum_of_products },
    { "every kernel gives the same bits for any number of rows",
      every_kernel_gives_the_same_bits_for_any_number_of_rows },
    { "a transpose gives the same bits", a_transpose_gives_the_same_bits },
    { 0, 0 },
};
const test_table table_product = { "product", tests };
