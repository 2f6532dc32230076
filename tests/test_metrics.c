/* Metrics agree with closed forms, their standard errors with the spread over repetitions, and threads change no bit. */
#include <gsl/gsl_math.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/estimate.h"
#include "bench/metric.h"
#include "models/fail.h"
#include "tests/suite.h"

/* N(mean, std^2 I), the same mean in every column. */
typedef struct gauss { law law; double mean, std; } gauss;

static int gauss_sample(const law *l, stream s, long row, int n, const int *label, double *x)
{
    const gauss *g = (const gauss *)l;

    normals(s, row, 0, 0, n, l->dim, x);
    for (long i = 0; i < (long)n * l->dim; i++)
        x[i] = g->mean + g->std * x[i];
    return 0;
}

static int gauss_logpdf(const law *l, const batch *p, double *logp)
{
    const gauss *g = (const gauss *)l;

    for (int k = 0; k < p->groups * p->rows; k++) {
        const level *at = &p->at[k / p->rows];
        double var = at->alpha * at->alpha * g->std * g->std + at->sigma * at->sigma, square = 0;

        for (int d = 0; d < l->dim; d++)
            square += pow(p->x[(long)k * l->dim + d] - at->alpha * g->mean, 2);
        logp[k] = -square / (2 * var) - l->dim / 2. * log(2 * M_PI * var);
    }
    return 0;
}

static int gauss_moments(const law *l, double *mean, double *cov)
{
    const gauss *g = (const gauss *)l;

    for (int i = 0; i < l->dim && mean; i++)
        mean[i] = g->mean;
    for (int i = 0; i < l->dim * l->dim && cov; i++)
        cov[i] = i % (l->dim + 1) ? 0 : g->std * g->std;
    return 0;
}

static gauss gauss_law(int dim, double mean, double std)
{
    return (gauss){ { .name = "gauss", .dim = dim, .sample = gauss_sample, .logpdf = gauss_logpdf, .moments = gauss_moments }, mean, std };
}

static const level clean = { .alpha = 1, .lambda = INFINITY };

/* n samples shifted by `shift` and scaled by `scale`, of repetition `seed`. */
static double *shifted(const gauss *g, long seed, int n, double shift, double scale)
{
    double *x = malloc((size_t)n * g->law.dim * sizeof *x);

    gauss_sample(&g->law, (stream){ seed, USE_PRIOR }, 0, n, NULL, x);
    for (int i = 0; i < n * g->law.dim; i++)
        x[i] = scale * x[i] + shift;
    return x;
}

static quality value_of(const char *item, const truth *t, int n, int dim, const double *x)
{
    measure m;
    quality q = { NAN, NAN, NAN };
    const char *reason;

    if (must(measure_parse(&m, "--metric", item)))
        return q;
    must(measure_value(&m, t, n, dim, x, &q, &reason));
    CU_ASSERT(!reason);
    measure_free(&m);
    return q;
}

/* Over independent repetitions of sample and reference: mean and spread of the value, root mean square of its standard error, mean floor. */
typedef struct spread { double mean, sd, se; } spread;

static spread repeat(const char *item, gauss *g, int times, int n, double shift, double scale)
{
    spread s = { 0 };
    double square = 0;

    for (int k = 0; k < times; k++) {
        truth t = { .law = &g->law, .at = clean, .seed = 1000 + k };
        double *x = shifted(g, 5000 + k, n, shift, scale);
        quality q = value_of(item, &t, n, g->law.dim, x);

        s.mean += q.value / times;
        square += q.value * q.value / times;
        s.se += q.se / times;
        free(x);
    }
    s.sd = sqrt((square - s.mean * s.mean) * times / (times - 1));
    return s;
}

static void standard_errors_are_the_spread_over_repetitions(void)
{
    static const struct { const char *item; int dim, n; double shift, scale; } cases[] = {
        { "sw2", 2, 400, 0, 1 }, { "sw2", 2, 400, 0.3, 1.2 }, { "sw2", 1, 400, 0, 1 }, { "sw2", 16, 400, 0.05, 1 },
        { "energy", 2, 300, 0, 1 }, { "energy", 2, 300, 0.3, 1.2 }, { "energy", 2, 300, 0.1, 1 }, { "energy", 2, 300, 0.05, 1 }, { "energy", 1, 300, 0, 1 }, { "energy", 1, 300, 0.07, 1 }, { "energy", 16, 300, 0.05, 1 },
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        gauss g = gauss_law(cases[i].dim, 0.5, 1);
        spread s = repeat(cases[i].item, &g, 200, cases[i].n, cases[i].shift, cases[i].scale);

        if (getenv("SHOW"))
            printf("\n%s dim %d shift %g: %g sd %g se/sd %.3f", cases[i].item, cases[i].dim, cases[i].shift, s.mean, s.sd, s.se / s.sd);
        near(s.se / s.sd, 1, 0.25);
    }
}

/* Moved by exactly c in every column from the reference itself: |shift|^2/dim = c^2 on frames of directions, without noise. */
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

static void equal_seeds_give_equal_exact_samples_in_any_part(void)
{
    enum { N = 50, D = 3 };
    gauss g = gauss_law(D, 1, 0.5);
    truth t = { .law = &g.law, .at = { .alpha = 0.6, .sigma = 0.8 }, .seed = 8 };
    double all[N * D], part[20 * D];

    must(truth_sample(&t, 0, N, D, all));
    must(truth_sample(&t, 17, 20, D, part));
    CU_ASSERT(!memcmp(part, all + 17 * D, sizeof part));
    t.seed = 9;
    must(truth_sample(&t, 17, 20, D, part));
    CU_ASSERT(memcmp(part, all + 17 * D, sizeof part));
}

static void exact_samples_stand_at_the_level(void)
{
    enum { N = 40000 };
    gauss g = gauss_law(1, 1, 0.5);
    truth t = { .law = &g.law, .at = { .alpha = 0.6, .sigma = 0.8 }, .seed = 8 };
    static double x[N];
    double mean = 0, square = 0, var = 0.36 * 0.25 + 0.64;

    must(truth_sample(&t, 0, N, 1, x));
    for (int i = 0; i < N; i++)
        mean += x[i] / N, square += x[i] * x[i] / N;
    near(mean, 0.6, 4 * sqrt(var / N));
    near(square - mean * mean, var, 4 * var * sqrt(2. / N));
}

static void threads_change_no_bit(void)
{
    enum { N = 333, D = 5 };
    gauss g = gauss_law(D, 1, 0.5);
    truth t = { .law = &g.law, .at = clean, .seed = 8 };
    double *x = shifted(&g, 77, N, 0.1, 1);
    int threads = omp_get_max_threads();

    for (int i = 0; i < metrics(); i++) {
        quality one, many;

        if (metric_at(i)->refuses(&t, N, D))
            continue;
        omp_set_num_threads(1);
        one = value_of(metric_at(i)->name, &t, N, D, x);
        omp_set_num_threads(3);
        many = value_of(metric_at(i)->name, &t, N, D, x);
        CU_ASSERT(!memcmp(&one, &many, sizeof one.value + sizeof one.se));
    }
    omp_set_num_threads(threads);
    free(x);
}

static void a_misspelt_metric_is_answered_with_the_nearest(void)
{
    measure m;

    CU_ASSERT(measure_parse(&m, "--metric", "enegry") == -1);
    says("--metric", "enegry", "energy");
    CU_ASSERT(measure_parse(&m, "--metric", "sw2:projection=3") == -1);
    says("projection", "projections");
}

static const test_case tests[] = {
    { "equal seeds give equal exact samples in any part", equal_seeds_give_equal_exact_samples_in_any_part },
    { "exact samples stand at the level", exact_samples_stand_at_the_level },
    { "sw2 of a moved reference is its shift by root dim", sw2_of_a_moved_reference_is_its_shift_by_root_dim },
    { "sw2 of two gaussians is their closed form", sw2_of_two_gaussians_is_their_closed_form },
    { "energy of a shift in one dimension is its closed form", energy_of_a_shift_in_one_dimension_is_its_closed_form },
    { "energy is the double sum", energy_is_the_double_sum },
    { "standard errors are the spread over repetitions", standard_errors_are_the_spread_over_repetitions },
    { "threads change no bit", threads_change_no_bit },
    { "a misspelt metric is answered with the nearest", a_misspelt_metric_is_answered_with_the_nearest },
    { 0, 0 },
};
const test_table table_metrics = { "metrics", tests };
