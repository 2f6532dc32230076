/* Metrics agree with their definitions and closed forms, say where they do not apply, and threads change no bit. */
#include <gsl/gsl_math.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "models/model.h"
#include "tests/support/gauss.h"
#include "tests/suite.h"

/* For 2 x 2 matrices tr (Sigma C)^1/2 = sqrt(tr (Sigma C) + 2 sqrt(det Sigma det C)); they need not commute. */
static void frechet_mean_and_cov_are_their_closed_forms_in_two_dimensions(void)
{
    enum { N = 300 };
    gauss g = gauss_law(2, 0.5, 1.5);
    truth t = { .law = &g.law, .at = { .alpha = 0.8, .sigma = 0.6 } };
    double S[4], *x, m[2] = { 0 }, c[3] = { 0 }, gap, norm;

    g.shear = 0.7;
    must(g.law.moments(&g.law, NULL, S));
    near(S[1], 0.7 * 2.25, 1e-15), near(S[2], S[1], 0), near(S[3], 2.25 * 1.49, 1e-14);
    for (int i = 0; i < 4; i++)
        S[i] = 0.64 * S[i] + 0.36 * (i % 3 == 0);
    x = shifted(&g, 1, N, 0.4, 0.7);
    for (int i = 0; i < N; i++)
        x[2 * i] *= 1.3, m[0] += x[2 * i] / N, m[1] += x[2 * i + 1] / N;
    for (int i = 0; i < N; i++) {
        double a = x[2 * i] - m[0], b = x[2 * i + 1] - m[1];

        c[0] += a * a / (N - 1), c[1] += a * b / (N - 1), c[2] += b * b / (N - 1);
    }
    gap = pow(m[0] - 0.4, 2) + pow(m[1] - 0.4, 2);
    near(value_of("mean", &t, N, 2, x).value, sqrt(gap), 1e-13);
    norm = sqrt(S[0] * S[0] + 2 * S[1] * S[1] + S[3] * S[3]);
    near(value_of("cov", &t, N, 2, x).value,
         sqrt(pow(c[0] - S[0], 2) + 2 * pow(c[1] - S[1], 2) + pow(c[2] - S[3], 2)) / norm, 1e-13);
    gap += c[0] + c[2] + S[0] + S[3]
           - 2
                 * sqrt(S[0] * c[0] + 2 * S[1] * c[1] + S[3] * c[2]
                        + 2 * sqrt((S[0] * S[3] - S[1] * S[1]) * (c[0] * c[2] - c[1] * c[1])));
    near(value_of("frechet", &t, N, 2, x).value, gap, 1e-12);
    free(x);
}

static void cross_entropy_of_exact_samples_is_the_entropy(void)
{
    enum { N = 5000, D = 3 };
    gauss g = gauss_law(D, 1, 0.5);
    truth t = { .law = &g.law, .at = { .alpha = 0.6, .sigma = 0.8 }, .seed = 8 };
    double *x = malloc(N * D * sizeof *x), var = 0.36 * 0.25 + 0.64, entropy = D / 2. * log(2 * M_PI * M_E * var),
        floor;
    quality q;
    measure m;

    must(truth_sample(&t, 0, N, D, x));
    q = value_of("xent", &t, N, D, x);
    near(q.se, sqrt(D / 2. / N), 0.1 * q.se);           /* Var chi^2_D / 4 = D/2 */
    near(q.value, entropy, 4 * q.se);
    must(measure_parse(&m, "--metric", "xent"));
    must(measure_floor(&m, &t, N, D, &floor));
    near(floor, entropy, 2 * q.se);
    free(x);
}

static void mode_mass_error_is_the_total_variation(void)
{
    enum { N = 1000 };
    truth t = { .law = &comb, .at = clean };
    double x[N];

    for (int i = 0; i < N; i++)
        x[i] = i < 500 ? 0 : i < 800 ? 1 : 2;
    near(value_of("modemass", &t, N, 1, x).value, 0, 1e-13);
    for (int i = 0; i < N; i++)
        x[i] = 0;
    near(value_of("modemass", &t, N, 1, x).value, 0.5, 1e-13);
    near(value_of("modemass", &t, N, 1, x).se, 0, 1e-3);
}

/* Exact samples of a mixture at a level lie at the floor of all its metrics, and a missing mode is seen. */
static void metrics_see_a_missing_mode_of_a_mixture(void)
{
    enum { N = 800, D = 2 };
    static const char *const items[] = { "sw2", "energy", "mmd2", "frechet", "modemass", "mean", "recall" };
    model *ring = model_open("gmm8ring", NULL);
    double x[N * D];
    int mode[N];

    if (!ring)
        must(-1);
    if (!ring)
        return;
    truth t = { .law = ring->law, .at = level_clean(ring->process), .seed = 4 }, other = t;
    const batch points = { 1, N, &t.at, x, NULL };

    other.seed = 5;
    for (unsigned i = 0; i < sizeof items / sizeof *items; i++) {
        measure m;
        quality q;
        double floor;

        must(measure_parse(&m, "--metric", items[i]));
        must(measure_floor(&m, &t, N, D, &floor));
        must(truth_sample(&other, 0, N, D, x));
        q = value_of(items[i], &t, N, D, x);
        near(q.value, floor, 5 * q.se);
        must(ring->law->mode_of(ring->law, &points, mode));
        for (int j = 1; j < N; j++)                     /* mode 0 falls to the sample before */
            if (mode[j] == 0)
                memcpy(x + j * D, x + (j - 1) * D, D * sizeof *x);
        q = value_of(items[i], &t, N, D, x);
        CU_ASSERT(fabs(q.value - floor) > 3 * q.se);
    }
    model_close(ring);
}

/* x = L z with L = std (I + shear e_d e_0'): the eigenvalues of Sigma^1/2 C Sigma^1/2 are those of L'C L,
 * whatever the rank of C. */
static void frechet_of_fewer_samples_than_columns_is_the_same(void)
{
    enum { N = 20, D = 24 };
    gauss g = gauss_law(D, 0.5, 1.2);
    double *x, mean[D] = { 0 }, value = 0;
    gsl_matrix *e = gsl_matrix_calloc(N, D), *m = gsl_matrix_alloc(D, D);
    gsl_vector *v = gsl_vector_alloc(D);
    gsl_eigen_symm_workspace *eigen = gsl_eigen_symm_alloc(D);

    g.shear = 0.7;
    x = shifted(&g, 4, N, 0.1, 1.1);
    for (int i = 0; i < N * D; i++)
        mean[i % D] += x[i] / N;
    for (int d = 0; d < D; d++)
        value += pow(mean[d] - 0.5, 2) + 1.44 * (1 + (d ? 0.49 : 0));
    for (int i = 0; i < N; i++)
        for (int d = 0; d < D; d++) {                   /* (x - mean) L */
            double c = x[i * D + d] - mean[d], rest = 0;

            for (int k = 1; k < D && !d; k++)
                rest += 0.7 * (x[i * D + k] - mean[k]);
            gsl_matrix_set(e, i, d, 1.2 * (c + rest));
            value += c * c / (N - 1);
        }
    gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1. / (N - 1), e, e, 0, m);
    gsl_eigen_symm(m, v, eigen);
    for (int d = 0; d < D; d++)
        value -= 2 * sqrt(fmax(gsl_vector_get(v, d), 0));
    /* roots of what is 0 but for rounding */
    near(value_of("frechet", &(truth){ .law = &g.law, .at = clean }, N, D, x).value, value, 1e-5);
    gsl_matrix_free(e), gsl_matrix_free(m), gsl_vector_free(v), gsl_eigen_symm_free(eigen), free(x);
}

/* Two of forty beyond the range of exact samples, one of them in one column alone. */
static void wild_samples_are_counted(void)
{
    enum { N = 40, D = 3 };
    gauss g = gauss_law(D, 5, 1);
    truth t = { .law = &g.law, .at = clean, .seed = 3 };
    double *x = shifted(&g, 4, N, 0, 1);
    quality q;

    near(value_of("wild", &t, N, D, x).value, 0, 0);
    for (int d = 0; d < D; d++)
        x[7 * D + d] = -20;
    x[9 * D + 1] = 40;
    q = value_of("wild", &t, N, D, x);
    near(q.value, 0.05, 1e-15);
    near(q.se, sqrt(0.05 * 0.95 / (N - 1)), 1e-15);
    near(value_of("wild:far=8", &t, N, D, x).value, 0.025, 1e-15);
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

/* Class k stands at 10 k. */
static int classes(const law *l, stream s, long row, int n, const int *label, double *x)
{
    normals(s, row, 0, 0, n, 1, x);
    for (int i = 0; i < n; i++)
        x[i] += label ? 10 * label[i] : 5;
    return 0;
}

static void labels_condition_the_exact_samples(void)
{
    enum { N = 40 };
    static const law two = { .name = "two", .dim = 1, .labels = 2, .sample = classes };
    int label[N];
    double x[N];
    truth t = { .law = &two, .at = clean, .label = label };

    for (int i = 0; i < N; i++)
        label[i] = i % 3 == 0;
    must(truth_sample(&t, 10, 20, 1, x));
    for (int i = 0; i < 20; i++)
        near(x[i], 10 * label[10 + i], 4.5);
    near(value_of("sw2", &t, N, 1, (must(truth_sample(&t, 0, N, 1, x)), x)).value, 0, 0);
}

static void what_a_law_does_not_know_is_nan_with_a_reason(void)
{
    static const struct { const char *item, *word; } cases[] = {
        { "xent", "density" }, { "modemass", "mixture" }, { "frechet", "moments" }, { "mean", "moments" },
        { "cov", "moments" },
        { "rms", "deterministic" }, { "precision", "120 samples" } };
    static const law two = { .name = "two", .dim = 1, .labels = 2, .sample = classes };
    truth t = { .law = &two, .at = clean };
    double x[40] = { 0 };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        measure m;
        quality q = { 0 };
        const char *reason = NULL;

        must(measure_parse(&m, "--metric", cases[i].item));
        must(measure_value(&m, &t, 40, 1, x, &q, &reason));
        CU_ASSERT(isnan(q.value) && isnan(q.se) && isnan(q.floor));
        CU_ASSERT(reason && strstr(reason, cases[i].word));
    }
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
        measure m;

        must(measure_parse(&m, "--metric", metric_at(i)->name));
        if (measure_refuses(&m, &t, N, D))
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
    { "frechet of fewer samples than columns is the same", frechet_of_fewer_samples_than_columns_is_the_same },
    { "wild samples are counted", wild_samples_are_counted },
    { "equal seeds give equal exact samples in any part", equal_seeds_give_equal_exact_samples_in_any_part },
    { "exact samples stand at the level", exact_samples_stand_at_the_level },
    { "frechet, mean and cov are their closed forms in two dimensions",
      frechet_mean_and_cov_are_their_closed_forms_in_two_dimensions },
    { "cross-entropy of exact samples is the entropy", cross_entropy_of_exact_samples_is_the_entropy },
    { "mode mass error is the total variation", mode_mass_error_is_the_total_variation },
    { "metrics see a missing mode of a mixture", metrics_see_a_missing_mode_of_a_mixture },
    { "labels condition the exact samples", labels_condition_the_exact_samples },
    { "what a law does not know is nan with a reason", what_a_law_does_not_know_is_nan_with_a_reason },
    { "threads change no bit", threads_change_no_bit },
    { "a misspelt metric is answered with the nearest", a_misspelt_metric_is_answered_with_the_nearest },
    { 0, 0 },
};
const test_table table_metrics = { "metrics", tests };
