/* Whole numbers as points of a density: against probabilities of cells that are known in closed form. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bench/likelihood/logp.h"
#include "base/random.h"
#include "solvers/likelihood/importance.h"
#include "tests/suite.h"

/* Two round modes in the plane of x = scale (v + u) + shift. */
static const struct { double w, mean[2], std; } modes[] = { { 0.4, { -0.31, 0.22 }, 0.11 },
                                                            { 0.6, { 0.08, -0.05 }, 0.17 } };
enum { MODES = 2, DIM = 2 };

static double log_density(const double *x)
{
    double sum = 0;

    for (int k = 0; k < MODES; k++) {
        double s = modes[k].std;

        sum += modes[k].w * exp(-(pow(x[0] - modes[k].mean[0], 2) + pow(x[1] - modes[k].mean[1], 2)) / (2 * s * s))
               / (2 * M_PI * s * s);
    }
    return log(sum);
}

static double log_cell(const bins *b, const double *v)
{
    double sum = 0;

    for (int k = 0; k < MODES; k++) {
        double part = modes[k].w;

        for (int d = 0; d < DIM; d++) {
            double low = b->scale * (v[d] - 0.5) + b->shift, high = low + b->scale;

            part *= gsl_cdf_gaussian_P(high - modes[k].mean[d], modes[k].std)
                    - gsl_cdf_gaussian_P(low - modes[k].mean[d], modes[k].std);
        }
        sum += part;
    }
    return log(sum);
}

/* Relative variance of one weight, E_q (p/q)^2 / P^2 - 1, by the midpoint rule. */
static double variance_of(const bins *b, const double *v)
{
    enum { CELLS = 400 };
    double P = log_cell(b, v), sum = 0;

    for (int i = 0; i < CELLS * CELLS; i++) {
        double u[2] = { (i / CELLS + 0.5) / CELLS - 0.5, (i % CELLS + 0.5) / CELLS - 0.5 };
        double x[2] = { b->scale * (v[0] + u[0]) + b->shift, b->scale * (v[1] + u[1]) + b->shift };
        double logq = bins_logq(b, u[0]) + bins_logq(b, u[1]);

        sum += exp(2 * (log_density(x) + DIM * log(b->scale) - P) - logq);
    }
    return sum / CELLS / CELLS - 1;
}

/* Over n rows of the same numbers with k points each: mean of log P - estimate and its variance; mean of
 * w/P - 1; mean of se^2. */
typedef struct seen { double gap, var, bias, bias_var, se2, said; } seen;

static seen look(const bins *b, const double *v, int n, int k)
{
    double *all = malloc((size_t)n * DIM * sizeof *all), *x = malloc((size_t)n * k * DIM * sizeof *x),
        *logw = malloc((size_t)n * k * sizeof *logw);
    double P = log_cell(b, v);
    seen s = { 0 };

    for (int i = 0; i < n * DIM; i++)
        all[i] = v[i % DIM];
    bins_points(b, 11, 0, n, k, DIM, all, x, logw);
    for (int i = 0; i < n * k; i++)
        logw[i] = log_density(x + (size_t)i * DIM) - logw[i];
    for (int i = 0; i < n; i++) {
        importance m = importance_of(k, logw + (size_t)i * k, NULL);
        double d = P - m.log_mean - s.gap, w = exp(m.log_mean - P) - 1;

        s.gap += d / (i + 1), s.var += d * d * i / (i + 1);
        s.bias += w / n, s.bias_var += w * w / n;
        s.se2 += m.se * m.se / n, s.said += m.gap / n;
    }
    s.var /= n - 1;
    free(all), free(x), free(logw);
    return s;
}

static const double steep[2] = { 5, 9 };            /* numbers of a cell on a slope of the density */
static bins uniform(void) { return (bins){ 16, 0.125, -1, 0 }; }

static void probabilities_of_cells_are_bounded_below_and_the_gap_closes_as_one_over_k(void)
{
    for (int normal = 0; normal < 2; normal++) {
        bins b = uniform();
        double v;
        seen one, few, many;

        b.std = normal ? 0.5 : 0;
        v = variance_of(&b, steep);
        one = look(&b, steep, 40000, 1), few = look(&b, steep, 40000, 4), many = look(&b, steep, 40000, 32);
        below(4 * sqrt(one.var / 40000), one.gap);
        below(few.gap, one.gap);
        below(many.gap, few.gap);
        near(many.gap, v / 64, 4 * sqrt(many.var / 40000) + 0.1 * v / 64);
        near(many.var, v / 32, 0.1 * v / 32);
        near(few.bias, 0, 4 * sqrt(few.bias_var / 40000));      /* the weights themselves have no bias */
        near(many.se2, many.var, 0.1 * many.var);               /* what a row says of itself */
        near(many.said, many.gap, 4 * sqrt(many.var / 40000) + 0.15 * many.gap);
    }
}

/* Numbers under noise of 0.1 levels, which is how a diffusion sees them at t_min. */
static void a_normal_as_wide_as_the_noise_wastes_less_than_uniform(void)
{
    enum { N = 4000 };
    double x[N], logq[N], zero[N] = { 0 }, cell = log(erf(sqrt(0.125) / 0.1)), gap[2];

    for (int normal = 0; normal < 2; normal++) {
        bins b = { 2, 1, 0, normal ? 0.1 : 0 };
        double sum = 0;

        bins_points(&b, 3, 0, N, 1, 1, zero, x, logq);
        for (int i = 0; i < N; i++)
            sum += -x[i] * x[i] / 0.02 - log(0.1 * sqrt(2 * M_PI)) - logq[i];
        gap[normal] = cell - sum / N;
    }
    near(gap[1], 0, 1e-12);
    below(2.5, gap[0]);                                 /* log(1/(0.1 sqrt(2 pi))) - 1/0.24 away from it */
    near(gap[0], 1 / 0.24 + log(0.1 * sqrt(2 * M_PI)), 0.3);
}

static const double widths[] = { 0, 1e-3, 0.084, 0.3, 2, 100 };
#define EACH_WIDTH(i) for (unsigned i = 0; i < sizeof widths / sizeof *widths; i++)

static void densities_of_the_dequantisation_integrate_to_one(void)
{
    EACH_WIDTH(i) {
        enum { CELLS = 200000 };
        bins b = { 4, 1, 0, widths[i] };
        double sum = 0;

        for (int k = 0; k < CELLS; k++)
            sum += exp(bins_logq(&b, (k + 0.5) / CELLS - 0.5)) / CELLS;
        near(sum, 1, 1e-8);
        CU_ASSERT(bins_logq(&b, 0.500001) == -INFINITY);
    }
}

static int ascending(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void points_are_drawn_from_the_density_that_they_state(void)
{
    enum { N = 20000 };
    double *v = calloc(N, sizeof *v), *x = malloc(N * sizeof *x), *logq = malloc(N * sizeof *logq);

    EACH_WIDTH(i) {
        bins b = { 4, -0.5, 3, widths[i] };
        double worst = 0, tail = widths[i] > 0 ? gsl_cdf_ugaussian_P(-0.5 / widths[i]) : 0;

        bins_points(&b, i, 0, N, 1, 1, v, x, logq);
        for (int k = 0; k < N; k++) {
            x[k] = (x[k] - b.shift) / b.scale;
            near(logq[k], bins_logq(&b, x[k]) + M_LN2, 1e-9 * (1 + fabs(logq[k])));
        }
        qsort(x, N, sizeof *x, ascending);
        for (int k = 0; k < N; k++) {
            double part = widths[i] > 0 ? (gsl_cdf_ugaussian_P(x[k] / widths[i]) - tail) / (1 - 2 * tail) : x[k] + 0.5;

            worst = fmax(worst, fmax(fabs(part - (double)k / N), fabs(part - (k + 1.) / N)));
        }
        below(worst * sqrt(N), 1.95);                   /* Kolmogorov: 1 in 1000 */
    }
    free(v), free(x), free(logq);
}

static void a_point_depends_on_seed_row_and_its_number_alone(void)
{
    enum { N = 5, K = 6 };
    bins b = { 16, 0.125, -1, 0.2 };
    double v[N * 3], x[N * K * 3], y[N * K * 3], logq[N * K], other[N * K];

    for (int i = 0; i < N * 3; i++)
        v[i] = i;
    bins_points(&b, 7, 100, N, K, 3, v, x, logq);
    bins_points(&b, 7, 102, 1, 2, 3, v + 2 * 3, y, other);          /* fewer points of one row alone */
    CU_ASSERT(!memcmp(y, x + 2 * K * 3, 2 * 3 * sizeof *y) && !memcmp(other, logq + 2 * K, 2 * sizeof *other));
    bins_points(&b, 8, 100, N, K, 3, v, y, other);
    CU_ASSERT(y[0] != x[0]);
    for (int i = 0; i < N * K * 3; i++)
        below(fabs((x[i] + 1) / 0.125 - v[i / (3 * K) * 3 + i % 3]), 0.5);
}

static void numbers_that_are_no_levels_are_refused_with_their_place(void)
{
    bins b = { 16, 0.125, -1, 0 };
    double v[6] = { 0, 15, 3, 4, 5, 6 };

    must(bins_check(&b, "--data x.txt", 3, 2, v));
    v[3] = 16;
    CU_ASSERT(bins_check(&b, "--data x.txt", 3, 2, v));
    says("--data x.txt", "row 1, column 1", "16", "outside 0..15");
    v[3] = -1;
    CU_ASSERT(bins_check(&b, "--data x.txt", 3, 2, v));
    says("row 1, column 1", "outside 0..15");
    v[4] = 2.5;
    v[3] = 1;
    CU_ASSERT(bins_check(&b, "--data x.txt", 3, 2, v));
    says("row 2, column 0", "2.5", "not whole");
    v[4] = NAN;
    CU_ASSERT(bins_check(&b, "--data x.txt", 3, 2, v));
    says("row 2, column 0", "not whole");
}

static void scaled_numbers_come_back_whole(void)
{
    bins b = { 256, 2 / 255., -1, 0 };
    double x[256];

    for (int i = 0; i < 256; i++)
        x[i] = fma(b.scale, i, b.shift);
    must(bins_unscale(&b, "--data", 256, 1, x));
    for (int i = 0; i < 256; i++)
        CU_ASSERT(x[i] == i);
    for (int i = 0; i < 256; i++)
        x[i] = fma(b.scale, i + (i == 3 ? 1e-5 : 0), b.shift);
    CU_ASSERT(bins_unscale(&b, "--data", 256, 1, x));
    says("row 3", "not whole");
}

static void items_of_dequantisation_are_read_or_refused(void)
{
    bins b = { 16, 0.125, -1, 0 };

    must(bins_parse(&b, "--dequantise", NULL, 0.3));
    CU_ASSERT(b.std == 0);
    must(bins_parse(&b, "--dequantise", "uniform", 0.3));
    CU_ASSERT(b.std == 0);
    must(bins_parse(&b, "--dequantise", "normal", 0.3));
    CU_ASSERT(b.std == 0.3);
    must(bins_parse(&b, "--dequantise", "normal:std=0.1", 0.3));
    CU_ASSERT(b.std == 0.1);
    CU_ASSERT(bins_parse(&b, "--dequantise", "norma", 0.3));
    says("--dequantise", "norma", "neither uniform nor normal");
    CU_ASSERT(bins_parse(&b, "--dequantise", "normal:sdt=1", 0.3));
    says("did you mean std");
    CU_ASSERT(bins_parse(&b, "--dequantise", "uniform:std=1", 0.3));
    says("takes no parameters");
    CU_ASSERT(bins_parse(&b, "--dequantise", "normal", INFINITY));
    says("normal:std=S");
}

static void bits_are_counted_in_whole_numbers(void)
{
    near(bins_offset(&(bins){ 256, 2 / 256., -1, 0 }), 7, 1e-15);
    near(bins_offset(&(bins){ 17, -0.125, 1, 0 }), 3, 1e-15);
    near(bits_per_dim(-10 * log(16), 10), 4, 1e-15);
}

/* Errors of the points: independent ones spread log_mean and lift it, common ones shift it. */
static void errors_of_points_carry_over_to_the_row(void)
{
    enum { K = 5, TIMES = 100000 };
    const double logw[K] = { -1, 0.3, 0, -0.2, 0.9 }, se[K] = { 0.1, 0.2, 0.05, 0.1, 0.15 };
    double weight[K], noisy[K], z[K], mean = 0, square = 0, sum = 0;
    importance clear = importance_of(K, logw, weight);

    for (int j = 0; j < K; j++)
        sum += weight[j];
    near(sum, 1, 1e-15);
    for (int i = 0; i < TIMES; i++) {
        double d;

        normals((stream){ 1, USE_METRIC }, i, 0, 0, 1, K, z);
        for (int j = 0; j < K; j++)
            noisy[j] = logw[j] + se[j] * z[j];
        d = importance_of(K, noisy, NULL).log_mean - clear.log_mean;
        mean += d / TIMES, square += d * d / TIMES;
    }
    near(sqrt(square) / importance_independent(K, weight, se), 1, 0.02);
    near(mean, importance_lift(K, weight, se), 4 * sqrt(square / TIMES) + 0.02 * importance_lift(K, weight, se));
    below(8 * sqrt(square / TIMES), importance_lift(K, weight, se));        /* it can be seen */
    for (int j = 0; j < K; j++)
        noisy[j] = logw[j] + 1e-5 * se[j];
    near(importance_of(K, noisy, NULL).log_mean - clear.log_mean, 1e-5 * importance_common(K, weight, se), 1e-9);
}

static void weights_far_apart_neither_overflow_nor_hide_a_nan(void)
{
    importance one = importance_of(1, (double[]){ -3 }, NULL),
        far = importance_of(3, (double[]){ -5000, 4000, 3000 }, NULL);

    near(one.log_mean, -3, 0);
    CU_ASSERT(isnan(one.se) && isnan(one.gap));
    near(far.log_mean, 4000 - log(3), 1e-12);
    near(far.count, 1, 1e-12);
    CU_ASSERT(isnan(importance_of(3, (double[]){ 1, NAN, 2 }, NULL).log_mean));
    CU_ASSERT(isnan(importance_of(3, (double[]){ NAN, 1, 2 }, NULL).log_mean));
    CU_ASSERT(importance_of(2, (double[]){ -INFINITY, -INFINITY }, NULL).log_mean == -INFINITY);
}

/* log P of a cell of gmm8ring at t_min, which is a mixture still. */
static double log_ring_cell(const bins *b, const process *p, const double *v)
{
    double sum = 0;
    level at;

    levels(p, 1, &p->t_min, &at);
    for (int k = 0; k < 8; k++) {
        double part = 1 / 8., mean[2] = { 4 * cos(k * M_PI / 4), 4 * sin(k * M_PI / 4) },
            std = hypot(0.3 * at.alpha, at.sigma);

        for (int d = 0; d < 2; d++) {
            double low = b->scale * (v[d] - 0.5) + b->shift - at.alpha * mean[d];

            part *= gsl_cdf_ugaussian_P((low + b->scale) / std) - gsl_cdf_ugaussian_P(low / std);
        }
        sum += part;
    }
    return log(sum);
}

/* The whole command but its printing: intervals of rows against probabilities of cells. */
static void check_rows(const char *more, int count, double least)
{
    enum { ROWS = 48 };
    char path[] = "/tmp/fokker-test-XXXXXX", points[16];
    const char *words[] = { "fokker", "logp", "gmm8ring", "--data", path, "--levels", "24", "--scale", "0.5",
                            "--shift", "-6", "--importance", points, "--rtol", "1e-5",
                            "--trace", more, "--probes", "4" };
    FILE *f = fdopen(mkstemp(path), "w");
    request r;
    logp_job j;
    double z[2];
    int inside = 0, noisy = strcmp(more, "exact") != 0;

    for (int i = 0; i < ROWS; i++) {
        normals((stream){ 5, USE_METRIC }, i, 0, 0, 1, 2, z);
        fprintf(f, "%g %g\n", rint((4 * cos(i * M_PI / 4) + 0.3 * z[0] + 6) / 0.5),
                rint((4 * sin(i * M_PI / 4) + 0.3 * z[1] + 6) / 0.5));
    }
    fclose(f);
    snprintf(points, sizeof points, "%d", count);
    if (must(options_parse(sizeof words / sizeof *words, (char **)words, &r)) || must(logp_open(&j, &r)))
        return;
    j.cell->out = malloc(ROWS * sizeof *j.cell->out);
    must(logp_levels(&j, j.cell, NULL));
    for (int i = 0; i < ROWS; i++) {
        const answer *a = &j.cell->out[i];
        double exact = log_ring_cell(&j.bins, j.of.model->process, j.whole + 2 * i);

        inside += a->lo <= exact && exact <= a->hi;
        CU_ASSERT((a->se_trace > 0) == noisy);
        if (noisy)
            continue;
        near(a->logp, exact, 5 * j.cell->many[i].se + j.cell->many[i].gap + a->err_solver + fabs(a->err_prior));
        near(a->logp, a->exact, a->err_solver + fabs(a->err_prior));        /* of the same points */
    }
    below(least * ROWS - 1, inside);
    logp_close(&j);
    unlink(path);
}

static void intervals_of_rows_hold_the_probability_of_their_cell(void)
{
    check_rows("exact", 60, 0.9);
    check_rows("hutchinson", 60, 0.9);
}

static const test_case tests[] = {
    { "probabilities of cells are bounded below, and the gap closes as one over k",
      probabilities_of_cells_are_bounded_below_and_the_gap_closes_as_one_over_k },
    { "a normal as wide as the noise wastes less than uniform",
      a_normal_as_wide_as_the_noise_wastes_less_than_uniform },
    { "densities of the dequantisation integrate to one", densities_of_the_dequantisation_integrate_to_one },
    { "points are drawn from the density that they state", points_are_drawn_from_the_density_that_they_state },
    { "a point depends on seed, row and its number alone", a_point_depends_on_seed_row_and_its_number_alone },
    { "numbers that are no levels are refused with their place",
      numbers_that_are_no_levels_are_refused_with_their_place },
    { "scaled numbers come back whole", scaled_numbers_come_back_whole },
    { "items of dequantisation are read or refused", items_of_dequantisation_are_read_or_refused },
    { "bits are counted in whole numbers", bits_are_counted_in_whole_numbers },
    { "errors of points carry over to the row", errors_of_points_carry_over_to_the_row },
    { "weights far apart neither overflow nor hide a NaN", weights_far_apart_neither_overflow_nor_hide_a_nan },
    { "intervals of rows hold the probability of their cell", intervals_of_rows_hold_the_probability_of_their_cell },
    { NULL, NULL },
};
const test_table table_levels = { "levels", tests };
