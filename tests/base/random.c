/* The random numbers are what they claim: a function of their counter, uniform and normal, independent over rows,
 * steps, draws and columns. */
#include <math.h>
#include <string.h>
#include "base/random.h"
#include "tests/suite.h"

static const stream s = { 42, USE_NOISE };

static void any_block_gives_the_same_bits(void)
{
    enum { N = 300, D = 5 };
    double all[N * D], part[N * D];

    normals(s, 1000, 7, 1, N, D, all);
    for (int from = 0; from < N; from += 37) {
        int n = N - from < 37 ? N - from : 37;

        normals(s, 1000 + from, 7, 1, n, D, part);
        CU_ASSERT(!memcmp(part, all + from * D, n * D * sizeof *all));
    }
}

static double correlation(int n, const double *a, const double *b)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum / sqrt(n);
}

static void streams_that_differ_in_one_thing_are_independent(void)
{
    enum { N = 20000 };
    static double a[N], b[N];
    struct { stream s; long row, step; int draw; } other[] = {
        { { 43, USE_NOISE }, 0, 0, 0 }, { { 42 + (1ull << 32), USE_NOISE }, 0, 0, 0 }, { { 42, USE_TREE }, 0, 0, 0 },
        { { 42, USE_NOISE }, N, 0, 0 },
        { { 42, USE_NOISE }, 1l << 32, 0, 0 }, { { 42, USE_NOISE }, 0, 1, 0 }, { { 42, USE_NOISE }, 0, 1l << 33, 0 },
        { { 42, USE_NOISE }, 0, 0, 1 } };

    normals(s, 0, 0, 0, N, 1, a);
    for (unsigned i = 0; i < sizeof other / sizeof *other; i++) {
        normals(other[i].s, other[i].row, other[i].step, other[i].draw, N, 1, b);
        below(fabs(correlation(N, a, b)), 4);
    }
}

static void normals_have_normal_moments(void)
{
    enum { N = 200000 };
    static double z[N];
    double m[5] = { 0 };

    normals(s, 0, 0, 0, N / 2, 2, z);
    for (int i = 0; i < N; i++)
        for (int k = 1; k <= 4; k++)
            m[k] += pow(z[i], k) / N;
    near(m[1], 0, 4 / sqrt(N));
    near(m[2], 1, 4 * sqrt(2. / N));
    near(m[3], 0, 4 * sqrt(15. / N));
    near(m[4], 3, 4 * sqrt(96. / N));
}

static void uniforms_fill_the_open_interval_evenly(void)
{
    enum { N = 100000, BINS = 50 };
    static double u[N];
    int bin[BINS] = { 0 };
    double chi2 = 0;

    uniforms(s, 0, 0, 0, N, 1, u);
    for (int i = 0; i < N; i++) {
        CU_ASSERT(u[i] > 0 && u[i] < 1);
        bin[(int)(u[i] * BINS)]++;
    }
    for (int i = 0; i < BINS; i++)
        chi2 += pow(bin[i] - N / (double)BINS, 2) / (N / (double)BINS);
    below(chi2, 49 + 4 * sqrt(98));
}

static const test_case tests[] = {
    { "any block gives the same bits", any_block_gives_the_same_bits },
    { "streams that differ in one thing are independent", streams_that_differ_in_one_thing_are_independent },
    { "normals have normal moments", normals_have_normal_moments },
    { "uniforms fill the open interval evenly", uniforms_fill_the_open_interval_evenly },
    { 0, 0 },
};
const test_table table_random = { "random", tests };
