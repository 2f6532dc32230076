/* Feature spaces: what a network makes of points, and metrics in it. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/metrics/space.h"
#include "tests/support/gauss.h"
#include "tests/support/nets.h"
#include "tests/suite.h"

enum { N = 500, D = 3, COLS = 2 };

static const shape alone[] = { { "layers.0.weight", COLS, D, 1 }, { 0 } };

/* A linear map without bias, from D columns to COLS, with more lines in its section; the test fails
 * where it cannot be opened. */
static features *open_linear(made *m, const char *more)
{
    char text[512];
    features *f;

    snprintf(text, sizeof text, "[features]\nkind = mlp\nfile = net.safetensors\ndim = 3\nlayers = linear\n%s", more);
    if (must(made_open(m, "layers = linear\n", NULL, alone)) || must(made_text(m, text)))
        return NULL;
    f = features_open(m->ini);
    must(f ? 0 : -1);
    return f;
}

static void map(const tensors *t, double scale, double shift, int n, const double *x, double *y)
{
    for (int i = 0; i < n * COLS; i++) {
        y[i] = 0;
        for (int k = 0; k < D; k++)
            y[i] += t->tensor[0].v[i % COLS * D + k] * (scale * x[i / COLS * D + k] + shift);
    }
}

/* Raw numbers u are the samples' (x - 0.5)/2, and the network sees 3 u - 1. */
static void a_network_sees_the_raw_numbers_in_its_own_units(void)
{
    gauss g = gauss_law(D, 0, 1);
    double *x = shifted(&g, 4, N, 0, 1), y[N * COLS], want[N * COLS];
    const char *more[] = { "", "scale = 3\nshift = -1\n" };
    int threads = omp_get_max_threads();

    for (int k = 0; k < 2; k++) {
        made m;
        tensors t;
        features *f = open_linear(&m, more[k]);
        double error = 0, again[N * COLS];

        if (!f || must(tensors_read(m.weights, &t)))
            return;
        CU_ASSERT(f->dim == D && f->cols == COLS);
        map(&t, k ? 1.5 : 1, k ? -1.75 : 0, N, x, want);
        must(features_of(f, (units){ 2, 0.5 }, N, x, y));
        for (int i = 0; i < N * COLS; i++)
            error = fmax(error, fabs(y[i] - want[i]));
        below(error, 3e-6);                         /* of float32 numbers of up to 10 */
        omp_set_num_threads(3 - 2 * k);
        must(features_of(f, (units){ 2, 0.5 }, N, x, again));
        CU_ASSERT(!memcmp(again, y, sizeof y));
        omp_set_num_threads(threads);
        tensors_free(&t), features_close(f), made_close(&m);
    }
    free(x);
}

/* The law of a linear map of normals is known: any metric in the space is that metric against it. */
static void metrics_in_a_space_are_those_of_what_the_network_makes(void)
{
    static const char *const items[] = { "sw2", "energy", "mmd2", "frechet", "precision", "recall", "w2", "cov" };
    gauss g = gauss_law(D, 1, 1);
    level noisy = { .alpha = 0.8, .sigma = 0.6 };
    double *good = malloc(N * D * sizeof *good), *bad = shifted(&g, 5, N, 4, 0.3);
    truth t = { .law = &g.law, .at = noisy, .seed = 7 }, other = t, seen;
    features *f;
    space *s;
    made m;
    model bare = { .name = "gauss" };
    score field = { .dim = D };

    other.seed = 8;
    if (!(f = open_linear(&m, "")) || must(truth_sample(&other, 0, N, D, good)))
        return;
    s = space_open(f, &(subject){ &bare, &field });
    seen = space_truth(s, &t);
    for (unsigned i = 0; i < sizeof items / sizeof *items; i++) {
        measure what;
        quality q[2];
        double floor;

        must(measure_parse(&what, "--metric", items[i]));
        must(measure_floor(&what, &seen, N, COLS, &floor));
        for (int k = 0; k < 2; k++)
            must(measure_value(&what, &seen, N, COLS, space_see(s, N, k ? bad : good), &q[k], NULL));
        check_below(fabs(q[0].value - floor), 4 * q[0].se, items[i], __FILE__, __LINE__);
        check_below(6 * q[1].se, fabs(q[1].value - floor), items[i], __FILE__, __LINE__);
        measure_free(&what);
    }
    space_close(s), features_close(f), made_close(&m);
    free(good), free(bad);
}

/* mean W (0.8 1), covariance W W' (0.64 + 0.36): of MOMENT_ROWS samples. */
static void moments_are_those_at_the_level_of_the_samples(void)
{
    gauss g = gauss_law(D, 1, 1);
    truth t = { .law = &g.law, .at = { .alpha = 0.8, .sigma = 0.6 }, .seed = 7 }, seen;
    double mean[COLS], cov[COLS * COLS], ones[D] = { 0.8, 0.8, 0.8 }, want[COLS], norm = 0;
    model bare = { .name = "gauss" };
    score field = { .dim = D };
    tensors w;
    made m;
    features *f = open_linear(&m, "");
    space *s = f ? space_open(f, &(subject){ &bare, &field }) : NULL;

    if (!s || must(tensors_read(m.weights, &w)))
        return;
    seen = space_truth(s, &t);
    must(seen.law->moments(seen.law, mean, cov));
    map(&w, 1, 0, 1, ones, want);
    for (int i = 0; i < D; i++)
        norm += pow(w.tensor[0].v[i], 2);
    near(mean[0], want[0], 5 * sqrt(norm / MOMENT_ROWS));
    near(cov[0], norm, 5 * norm * sqrt(2. / MOMENT_ROWS));
    tensors_free(&w), space_close(s), features_close(f), made_close(&m);
}

/* 0 where a label is not the 1 that it should be. */
static int class_sample(const law *l, stream s, long row, int n, const int *label, double *x)
{
    normals(s, row, 0, 0, n, D, x);
    for (int i = 0; i < n && label; i++)
        CU_ASSERT(label[i] == 1);
    for (int i = 0; i < n * D; i++)
        x[i] += label ? 3 : 0;
    return 0;
}

/* Exact samples have the labels of the run, but for those whose number is the metric's own. */
static void a_space_keeps_labels(void)
{
    const law l = { .name = "class", .dim = D, .labels = 2, .sample = class_sample };
    int *label = malloc(N * sizeof *label);
    double *x = malloc(N * D * sizeof *x);
    truth t = { .law = &l, .at = clean, .label = label, .seed = 7 }, other = t, seen;
    model bare = { .name = "class" };
    score field = { .dim = D };
    made m;
    features *f = open_linear(&m, "");
    space *s = f ? space_open(f, &(subject){ &bare, &field }) : NULL;

    other.seed = 8;
    for (int i = 0; i < N; i++)
        label[i] = 1;
    if (!s || must(truth_sample(&other, 0, N, D, x)))
        return;
    seen = space_truth(s, &t);
    for (int k = 0; k < 2; k++) {                       /* of the class; of none */
        quality q = value_of("mmd2", &seen, N, COLS, space_see(s, N, x));

        check_below(k ? 6 * q.se : fabs(q.value), k ? q.value : 4 * q.se, "mmd2", __FILE__, __LINE__);
        other.label = NULL;
        must(truth_sample(&other, 0, N, D, x));
    }
    space_close(s), features_close(f), made_close(&m);
    free(label), free(x);
}

static void what_is_wrong_is_said_in_a_sentence(void)
{
    static const struct { const char *text, *word, *more; } cases[] = {
        { "[score]\nkind = mlp\n", "no section [features]", "net.ini" },
        { "[features]\nkind = exact\n", "of kind onnx or mlp, not exact", "net.ini:2" },
        { "[features]\nfile = net.safetensors\n", "not left open", "net.ini:1" },
        { "[features]\nkind = mlp\n", "[features] needs file", "net.ini" },
        { "[features]\nkind = mlp\nfile = net.safetensors\nlayers = linear\n", "columns are not known", "dim =" },
        { "[features]\nkind = mlp\nfile = net.safetensors\nlayers = linear\ndim = 4\n", "2 x 3", "dim another" },
        { "[features]\nkind = mlp\nfile = net.safetensors\nlayers = linear\ndim = 3\nsclae = 2\n", "no key sclae",
          "net.ini:6" },
        { "[features]\nkind = mlp\nfile = net.safetensors\nlayers = linear\ndim = 3\nat = 2\n", "at is 2",
          "net.ini:6" } };
    model bare = { .name = "gauss" };
    score field = { .dim = D + 1 };
    made m;
    features *f = open_linear(&m, "");

    CU_ASSERT(!space_open(f, &(subject){ &bare, &field }));
    says("points of 3 columns", "gauss has 4");
    features_close(f);
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        must(made_text(&m, cases[k].text));
        CU_ASSERT(!features_open(m.ini));
        says(cases[k].word, cases[k].more);
    }
    made_close(&m);
}

static const test_case tests[] = {
    { "a network sees the raw numbers in its own units", a_network_sees_the_raw_numbers_in_its_own_units },
    { "metrics in a space are those of what the network makes",
      metrics_in_a_space_are_those_of_what_the_network_makes },
    { "moments are those at the level of the samples", moments_are_those_at_the_level_of_the_samples },
    { "a space keeps labels", a_space_keeps_labels },
    { "what is wrong is said in a sentence", what_is_wrong_is_said_in_a_sentence },
    { 0, 0 },
};
const test_table table_features = { "features", tests };
