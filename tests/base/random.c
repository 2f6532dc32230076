/* The random numbers are what they claim: a function of their counter, uniform and normal, independent over rows,
 * steps, draws and columns. */
#include <math.h>
#include <string.h>
#include "base/philox.h"
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

/* Random123's own is the reference; every kernel of this processor gives its bits, whatever the counters. */
static void every_kernel_gives_the_bits_of_random123(void)
{
    philox_kernel *kernel;
    int tried = 0;

    for (int k = 0; philox_at(k, &kernel); k++)
        for (int round = 0; kernel && round < 50; round++) {
            philox4x32_key_t key = {{ 0x9E3779B9u * round, 0xffffffffu - round }};
            double u1[PHILOX_TILE], u2[PHILOX_TILE];
            counters o;

            for (int q = 0; q < 4; q++)
                for (int i = 0; i < PHILOX_TILE; i++)
                    o.c[q][i] = round ? 0x85ebca6bu * (q + 4 * i + round) : q == 2 ? 0xffffffffu : (uint32_t)i;
            kernel(key, &o, PHILOX_TILE, u1, u2);
            for (int i = 0; i < PHILOX_TILE; i++) {
                philox4x32_ctr_t c = {{ o.c[0][i], o.c[1][i], o.c[2][i], o.c[3][i] }}, v = philox4x32(c, key);

                CU_ASSERT(u1[i] == ((((uint64_t)v.v[0] << 32 | v.v[1]) >> 12) + 0.5) * 0x1p-52);
                CU_ASSERT(u2[i] == ((((uint64_t)v.v[2] << 32 | v.v[3]) >> 12) + 0.5) * 0x1p-52);
            }
            tried++;
        }
    CU_ASSERT(tried >= 50);
}

/* Where a counter's words carry into the next, and for widths below, at and above a tile. */
static void rows_are_keyed_one_by_one_whatever_the_width(void)
{
    static const int width[] = { 1, 2, 3, 8, 127, 128, 131 };
    static const long row[] = { 0, (1l << 32) - 3, (1l << 47) };
    double all[8 * 131], one[131];

    for (unsigned w = 0; w < sizeof width / sizeof *width; w++)
        for (unsigned r = 0; r < sizeof row / sizeof *row; r++) {
            normals(s, row[r], 1l << 40, 255, 8, width[w], all);
            for (int i = 0; i < 8; i++) {
                normals(s, row[r] + i, 1l << 40, 255, 1, width[w], one);
                CU_ASSERT(!memcmp(one, all + i * width[w], width[w] * sizeof *one));
            }
        }
}

static const test_case tests[] = {
    { "every kernel gives the bits of Random123", every_kernel_gives_the_bits_of_random123 },
    { "rows are keyed one by one whatever the width", rows_are_keyed_one_by_one_whatever_the_width },
    { "any block gives the same bits", any_block_gives_the_same_bits },
    { "streams that differ in one thing are independent", streams_that_differ_in_one_thing_are_independent },
    { "normals have normal moments", normals_have_normal_moments },
    { "uniforms fill the open interval evenly", uniforms_fill_the_open_interval_evenly },
    { 0, 0 },
};
const test_table table_random = { "random", tests };
