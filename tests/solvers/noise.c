/* The Brownian tree is one Brownian path: increments add up, have variance 1 and are independent,
 * however the interval is cut. */
#include <math.h>
#include <string.h>
#include "solvers/noise/noise.h"
#include "tests/suite.h"

enum { N = 20000, DIM = 3 };

static void increment(const noise *n, long row, int rows, int dim, double from, double to, double *z)
{
    n->fill(n, &(draw){ .row = row, .rows = rows, .dim = dim, .from = from, .to = to }, z);
}

static void increments_of_parts_sum_to_the_whole(void)
{
    const tree path[2] = { { 0.01, 9 }, { 0, INFINITY } };
    const double cuts[] = { 8, 3.3, 3.29999, 0.5, 0.011 };

    for (int k = 0; k < 2; k++) {
        noise n = noise_tree(3, &path[k]);
        double whole[40 * DIM], part[40 * DIM], sum[40 * DIM] = { 0 }, span = 0;
        enum { CUTS = sizeof cuts / sizeof *cuts };

        for (int i = 0; i + 1 < CUTS; i++) {
            /* on a path to infinity the clock is c/(1 + c) */
            double a = k ? cuts[i] / (1 + cuts[i]) : cuts[i], b = k ? cuts[i + 1] / (1 + cuts[i + 1]) : cuts[i + 1];

            increment(&n, 0, 40, DIM, cuts[i], cuts[i + 1], part);
            for (int j = 0; j < 40 * DIM; j++)
                sum[j] += part[j] * sqrt(a - b);
            span += a - b;
        }
        increment(&n, 0, 40, DIM, cuts[0], cuts[CUTS - 1], whole);
        for (int j = 0; j < 40 * DIM; j++)
            near(sum[j], whole[j] * sqrt(span), 1e-12);
    }
}

static double mean_of(const double *a, const double *b)
{
    double sum = 0;

    for (int i = 0; i < N; i++)
        sum += a[i] * b[i] / N;
    return sum;
}

static void increments_have_variance_one_and_are_independent(void)
{
    const tree path = { 1e-4, 100 };
    const double cuts[] = { 100, 20, 0.3, 0.1, 0.099, 1e-4 };
    enum { PARTS = sizeof cuts / sizeof *cuts - 1 };
    static double z[PARTS][N];
    noise n = noise_tree(4, &path);

    for (int i = 0; i < PARTS; i++)
        increment(&n, 0, N, 1, cuts[i], cuts[i + 1], z[i]);
    for (int i = 0; i < PARTS; i++)
        for (int j = 0; j <= i; j++)
            near(mean_of(z[i], z[j]), i == j, (i == j ? 4 * sqrt(2) : 4) / sqrt(N));
}

static void a_row_has_its_path_whatever_its_batch(void)
{
    enum { WIDE = 300, ROWS = 7 };
    const tree path = { 0.1, 5 };
    noise n = noise_tree(5, &path);
    static double all[ROWS * WIDE], one[WIDE], many[1000 * 2], few[13 * 2];

    increment(&n, 10, ROWS, WIDE, 4, 0.7, all);
    for (int i = 0; i < ROWS; i++) {
        increment(&n, 10 + i, 1, WIDE, 4, 0.7, one);
        CU_ASSERT(!memcmp(one, all + i * WIDE, sizeof one));
    }
    increment(&n, 0, 1000, 2, 4, 0.7, many);
    increment(&n, 500, 13, 2, 4, 0.7, few);
    CU_ASSERT(!memcmp(few, many + 500 * 2, sizeof few));
}

/* Langevin kicks by the hundred: their noise must not come round again. */
static void no_draw_of_a_step_is_another_s_however_many_there_are(void)
{
    enum { FEW = 4 };
    noise w = noise_philox(3);
    double first[FEW], z[FEW];

    w.fill(&w, &(draw){ .rows = FEW, .dim = 1 }, first);
    for (int k = 1; k < 5000; k++) {
        w.fill(&w, &(draw){ .draw = k, .rows = FEW, .dim = 1 }, z);
        CU_ASSERT(z[0] != first[0] && z[FEW - 1] != first[FEW - 1]);
    }
}

static const test_case tests[] = {
    { "no draw of a step is another's, however many there are",
      no_draw_of_a_step_is_another_s_however_many_there_are },
    { "increments of parts sum to the whole", increments_of_parts_sum_to_the_whole },
    { "increments have variance one and are independent", increments_have_variance_one_and_are_independent },
    { "a row has its path whatever its batch", a_row_has_its_path_whatever_its_batch },
    { 0, 0 },
};
const test_table table_noise = { "noise", tests };
