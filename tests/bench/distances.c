/* Distances between samples agree with brute force and closed forms. */
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>
#include "tests/support/gauss.h"
#include "tests/suite.h"

/* Moved by exactly c in every column from the reference itself: |shift|^2/dim = c^2 on frames of
 * directions, without noise. */
static void sw2_of_a_moved_reference_is_its_shift_by_root_dim(void)
{
    enum { N = 500 };

    for (int dim = 1; dim <= 4; dim *= 2) {
        gauss g = gauss_law(dim, 0, 1);
        truth t = { .law = &g.law, .at = clean, .seed = 3 };
        double x[4 * N];
        quality q;

        must(truth_sample(&t, 0, N, dim, x));
        near(value_of("sw2", &t, N, dim, x).value, 0, 0);
        for (int i = 0; i < N * dim; i++)
            x[i] -= 0.75;
        q = value_of("sw2", &t, N, dim, x);
        near(q.value, 0.75, 1e-13);
        near(q.se, 0, 1e-13);
    }
}

/* N(c, s^2 I) against N(0, I): SW2^2 = c^2 + (s - 1)^2 in every dimension. */
static void sw2_of_two_gaussians_is_their_closed_form(void)
{
    enum { TIMES = 10 };
    gauss g = gauss_law(3, 0, 1);
    spread s = repeat("sw2", &g, TIMES, 4000, 0.8, 1.6);

    near(s.mean, 1, 4 * s.se / sqrt(TIMES));
    below(s.se, 0.03);
}

/* In 1-D, N(0, 1) against N(c, 1): E|X - Y| = 2 phi(m) + m (2 Phi(m) - 1) times sqrt(2), m = c/sqrt(2). */
static double mean_distance(double c)
{
    double m = c / sqrt(2);

    return sqrt(2) * (2 * exp(-m * m / 2) / sqrt(2 * M_PI) + m * erf(m / sqrt(2)));
}

static void energy_of_a_shift_in_one_dimension_is_its_closed_form(void)
{
    enum { N = 2000, TIMES = 20 };
    gauss g = gauss_law(1, 0, 1);
    spread s = repeat("energy", &g, TIMES, N, 1, 1);
    double bias = 2 * mean_distance(0) / N;             /* the zeros on the diagonals */

    near(s.mean, 2 * mean_distance(1) - 2 * mean_distance(0) + bias, 4 * s.se / sqrt(TIMES));
    below(s.se, 0.05);
}

/* The tiles against the sum as it is written. */
static void energy_is_the_double_sum(void)
{
    enum { N = 77, D = 3 };
    gauss g = gauss_law(D, 0, 1);
    truth t = { .law = &g.law, .at = clean, .seed = 3 };
    double y[N * D], *x = shifted(&g, 9, N, 0.2, 1), sum = 0;

    must(truth_sample(&t, 0, N, D, y));
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double xy = 0, xx = 0, yy = 0;

            for (int d = 0; d < D; d++) {
                xy += pow(x[i * D + d] - y[j * D + d], 2);
                xx += pow(x[i * D + d] - x[j * D + d], 2);
                yy += pow(y[i * D + d] - y[j * D + d], 2);
            }
            sum += (2 * sqrt(xy) - sqrt(xx) - sqrt(yy)) / (N * N);
        }
    near(value_of("energy", &t, N, D, x).value, sum, 1e-14);
    free(x);
}

static void mmd2_is_0_on_average_for_exact_samples(void)
{
    enum { TIMES = 200 };
    gauss g = gauss_law(2, 0, 1);
    spread s = repeat("mmd2", &g, TIMES, 100, 0, 1);

    near(s.mean, 0, 3.5 * s.sd / sqrt(TIMES));
    s = repeat("mmd2", &g, 20, 100, 1, 1);
    CU_ASSERT(s.mean > 5 * s.sd);
}

/* The least mean cost over all permutations of the rows from k on. */
static double least(int n, int dim, const double *x, const double *y, int *p, int k)
{
    double best = INFINITY;

    if (k == n) {
        best = 0;
        for (int i = 0; i < n; i++)
            for (int d = 0; d < dim; d++)
                best += pow(x[i * dim + d] - y[p[i] * dim + d], 2) / n;
    }
    for (int j = k; j < n; j++) {
        int keep = p[k];
        double cost;

        p[k] = p[j], p[j] = keep;
        cost = least(n, dim, x, y, p, k + 1);
        best = cost < best ? cost : best;
        p[j] = p[k], p[k] = keep;
    }
    return best;
}

static void w2_is_the_least_over_all_permutations(void)
{
    enum { B = 6, K = 8, D = 2 };
    gauss g = gauss_law(D, 0, 1);

    for (int seed = 0; seed < 20; seed++) {
        truth t = { .law = &g.law, .at = clean, .seed = seed };
        double y[B * K * D], *x = shifted(&g, 90 + seed, B * K, 0.3, 1), mean = 0;

        must(truth_sample(&t, 0, B * K, D, y));
        for (int b = 0; b < K; b++) {
            int p[B] = { 0, 1, 2, 3, 4, 5 };

            mean += sqrt(least(B, D, x + b * B * D, y + b * B * D, p, 0)) / K;
        }
        near(value_of("w2:rows=6", &t, B * K, D, x).value, mean, 1e-14);
        free(x);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void w2_in_one_dimension_is_that_of_the_sorted(void)
{
    enum { B = 200, K = 8 };
    gauss g = gauss_law(1, 0, 1);
    truth t = { .law = &g.law, .at = clean, .seed = 5 };
    double y[B * K], *x = shifted(&g, 90, B * K, 0.3, 1.5), mean = 0;
    quality q = value_of("w2", &t, B * K, 1, x);

    must(truth_sample(&t, 0, B * K, 1, y));
    for (int b = 0; b < K; b++) {
        double sum = 0;

        qsort(x + b * B, B, sizeof *x, ascending);
        qsort(y + b * B, B, sizeof *y, ascending);
        for (int i = b * B; i < (b + 1) * B; i++)
            sum += pow(x[i] - y[i], 2) / B;
        mean += sqrt(sum) / K;
    }
    near(q.value, mean, 1e-13);
    free(x);
}

/* Samples of half the width lie among the exact ones but leave the rest uncovered; far away ones do neither. */
static void precision_and_recall_tell_narrow_from_far(void)
{
    enum { N = 1000, D = 2 };
    gauss g = gauss_law(D, 0, 1);
    truth t = { .law = &g.law, .at = clean, .seed = 8 };
    double *x = shifted(&g, 4, N, 0, 0.3), *y = malloc(N * D * sizeof *y);

    CU_ASSERT(value_of("precision", &t, N, D, x).value > 0.97);
    below(value_of("recall", &t, N, D, x).value, 0.6);
    must(truth_sample(&t, 0, N, D, y));
    near(value_of("precision", &t, N, D, y).value, 1, 0);
    near(value_of("recall", &t, N, D, y).value, 1, 0);
    for (int i = 0; i < N * D; i++)
        x[i] += 100;
    near(value_of("precision", &t, N, D, x).value, 0, 0);
    near(value_of("recall", &t, N, D, x).value, 0, 0);
    free(x), free(y);
}

/* As it is defined: the third of the sorted distances. */
static void precision_is_its_definition(void)
{
    enum { N = 150, D = 2 };
    gauss g = gauss_law(D, 0, 1);
    truth t = { .law = &g.law, .at = clean, .seed = 8 };
    double *x = shifted(&g, 4, N, 0.5, 1.4), y[N * D], radius[N], covered = 0;

    must(truth_sample(&t, 0, N, D, y));
    for (int j = 0; j < N; j++) {
        double d[N];

        for (int i = 0; i < N; i++)
            d[i] = hypot(y[D * j] - y[D * i], y[D * j + 1] - y[D * i + 1]);
        qsort(d, N, sizeof *d, ascending);
        radius[j] = d[3];                               /* d[0] is the point itself */
    }
    for (int i = 0; i < N; i++) {
        int in = 0;

        for (int j = 0; j < N; j++)
            in |= hypot(x[D * i] - y[D * j], x[D * i + 1] - y[D * j + 1]) <= radius[j];
        covered += in;
    }
    near(value_of("precision", &t, N, D, x).value, covered / N, 1e-14);
    free(x);
}

static const test_case tests[] = {
    { "sw2 of a moved reference is its shift by root dim", sw2_of_a_moved_reference_is_its_shift_by_root_dim },
    { "sw2 of two gaussians is their closed form", sw2_of_two_gaussians_is_their_closed_form },
    { "energy of a shift in one dimension is its closed form", energy_of_a_shift_in_one_dimension_is_its_closed_form },
    { "energy is the double sum", energy_is_the_double_sum },
    { "mmd2 is 0 on average for exact samples", mmd2_is_0_on_average_for_exact_samples },
    { "w2 is the least over all permutations", w2_is_the_least_over_all_permutations },
    { "w2 in one dimension is that of the sorted", w2_in_one_dimension_is_that_of_the_sorted },
    { "precision and recall tell narrow from far", precision_and_recall_tell_narrow_from_far },
    { "precision is its definition", precision_is_its_definition },
    { 0, 0 },
};
const test_table table_distances = { "distances", tests };
