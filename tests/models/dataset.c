/* The data set law against a mixture written out, against differences, against itself in other batches. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/dataset_points.h"
#include "tests/suite.h"

static const stream st = { 7, USE_LAW };

/* The same by the book, in long double and by differences: log p, D and div D of point k's
 * label or of all (label -1). */
static void by_the_book(const law *l, double w, int labels, int label, const level *at, const double *x, double *logp,
                        double *x0, double *div)
{
    long double v = (long double)at->alpha * at->alpha * w * w + (long double)at->sigma * at->sigma, sum = 0,
        total = 0, top = -INFINITY, spread = 0;
    long double *logit = malloc(l->points * sizeof *logit), mean[512] = { 0 };

    for (int k = 0; k < l->points; k++) {
        long double far = 0, weight = (1 + k % 5 * 0.5L) * (label < 0 || (k * 7 + k / 3) % labels == label);

        for (int d = 0; d < l->dim; d++)
            far += powl(x[d] - (long double)at->alpha * l->point[k * l->dim + d], 2);
        logit[k] = logl(weight) - far / (2 * v);
        total += weight;
        top = logit[k] > top ? logit[k] : top;
    }
    for (int k = 0; k < l->points; k++)
        sum += expl(logit[k] - top);
    for (int k = 0; k < l->points; k++)
        for (int d = 0; d < l->dim; d++)
            mean[d] += expl(logit[k] - top) / sum * l->point[k * l->dim + d];
    for (int k = 0; k < l->points; k++)
        for (int d = 0; d < l->dim; d++)
            spread += expl(logit[k] - top) / sum * powl(l->point[k * l->dim + d] - mean[d], 2);
    *logp = top + logl(sum / total) - l->dim * 0.5L * logl(2 * acosl(-1) * v);
    for (int d = 0; d < l->dim; d++)
        x0[d] = (at->alpha * w * w * x[d] + at->sigma * at->sigma * mean[d]) / v;
    *div = (l->dim * at->alpha * w * w + at->sigma * at->sigma * at->alpha / v * spread) / v;
    free(logit);
}

static const level some_levels[] = {
    { .alpha = 1, .sigma = 0.01 }, { .alpha = 1, .sigma = 0.3 }, { .alpha = 0.8, .sigma = 0.6 },
    { .alpha = 0.1, .sigma = 1 },
    { .alpha = 0, .sigma = 1 }, { .alpha = 1, .sigma = 80 }, { .alpha = 0.5, .sigma = 0 } };
enum { LEVELS = sizeof some_levels / sizeof *some_levels, ROWS = 5 };

/* Rows around alpha m + sigma z at every level: LEVELS x ROWS x dim. */
static double *some_rows(const law *l)
{
    int N = LEVELS * ROWS;
    double *x = malloc(N * l->dim * sizeof *x), *z = malloc(N * l->dim * sizeof *z);

    must(l->sample(l, st, 0, N, NULL, x));
    normals((stream){ 3, USE_NOISE }, 0, 0, 0, N, l->dim, z);
    for (int i = 0; i < N; i++)
        for (int d = 0; d < l->dim; d++)
            x[i * l->dim + d] = some_levels[i / ROWS].alpha * x[i * l->dim + d]
                                + some_levels[i / ROWS].sigma * z[i * l->dim + d];
    free(z);
    return x;
}

static void compare(int K, int dim, int labels, double w, double tolerance)
{
    law *l = some_points(K, dim, labels, w);
    enum { N = LEVELS * ROWS };
    double *x = some_rows(l), *x0 = malloc(N * dim * sizeof *x), div[N], logp[N], ex0[512], ediv, elogp,
        worst[3] = { 0 };
    int label[N];
    batch b = { LEVELS, ROWS, some_levels, x, label };

    for (int i = 0; i < N; i++)
        label[i] = i % (labels + 1) - 1;
    must(l->denoise(l, &b, x0, div));
    must(l->logpdf(l, &b, logp));
    for (int i = 0; i < N; i++) {
        by_the_book(l, w, labels, label[i], &some_levels[i / ROWS], x + i * dim, &elogp, ex0, &ediv);
        worst[0] = fmax(worst[0], fabs(logp[i] - elogp) / (1 + fabs(elogp)));
        worst[1] = fmax(worst[1], fabs(div[i] - ediv) / (1 + fabs(ediv)));
        for (int d = 0; d < dim; d++)
            worst[2] = fmax(worst[2], fabs(x0[i * dim + d] - ex0[d]) / (1 + fabs(ex0[d])));
    }
    below(worst[0], tolerance);
    below(worst[1], tolerance);
    below(worst[2], tolerance);
    free(x);
    free(x0);
    law_close(l);
}

static void it_is_the_mixture_written_out(void)
{
    static const struct { int K, dim, labels; } t[] = {
        { 1, 2, 1 }, { 3, 1, 2 }, { 9, 2, 3 }, { 700, 3, 4 }, { 40, 8, 2 }, { 9, 9, 3 }, { 300, 16, 4 },
        { 600, 20, 3 }, { 40, 300, 2 } };

    for (unsigned i = 0; i < sizeof t / sizeof *t; i++)
        compare(t[i].K, t[i].dim, t[i].labels, 0.4, 1e-10);
}

static void narrow_kernels_keep_nine_digits(void)
{
    compare(300, 2, 3, 0.01, 1e-9);
    compare(300, 64, 3, 0.01, 1e-9);
}

/* Central differences of the law's own functions, with rows at t = some level. */
static void differences(const char *path, double h, double tolerance)
{
    law *l = good(law_at(path));
    enum { N = LEVELS * ROWS };
    int dim = l->dim;
    double *x = some_rows(l), *x0 = malloc(4 * N * dim * sizeof *x), *jv = x0 + N * dim, *up = jv + N * dim,
        *down = up + N * dim;
    double *v = malloc(N * dim * sizeof *v), *y = malloc(N * dim * sizeof *y), div[N], trace[N] = { 0 }, lu[N], ld[N],
        worst[3] = { 0 };
    batch b = { LEVELS, ROWS, some_levels, x, NULL }, moved = { LEVELS, ROWS, some_levels, y, NULL };

    normals((stream){ 4, USE_PROBE }, 0, 0, 0, N, dim, v);
    must(l->jvp(l, &b, v, x0, jv));
    for (int sign = 1; sign >= -1; sign -= 2) {
        for (int i = 0; i < N * dim; i++)
            y[i] = x[i] + sign * h * v[i];
        must(l->denoise(l, &moved, sign > 0 ? up : down, NULL));
        must(l->logpdf(l, &moved, sign > 0 ? lu : ld));
    }
    for (int i = 0; i < N; i++) {                                   /* v . score = v . (alpha D - x)/sigma^2 */
        const level *at = &some_levels[i / ROWS];
        double slope = 0, size = 0;

        for (int d = i * dim; d < (i + 1) * dim; d++) {
            worst[0] = fmax(worst[0], fabs((up[d] - down[d]) / (2 * h) - jv[d]) / (1 + fabs(jv[d])));
            slope += v[d] * (at->alpha * x0[d] - x[d]) / (at->sigma * at->sigma);
            size += fabs(v[d] * x[d]) / (at->sigma * at->sigma);
        }
        if (at->sigma > 0)
            worst[1] = fmax(worst[1], fabs((lu[i] - ld[i]) / (2 * h) - slope) / (1 + size));
    }
    must(l->denoise(l, &b, x0, div));
    for (int d = 0; d < dim; d++) {
        memcpy(y, x, N * dim * sizeof *y);
        for (int i = 0; i < N; i++)
            y[i * dim + d] += h;
        must(l->denoise(l, &moved, up, NULL));
        for (int i = 0; i < N; i++)
            y[i * dim + d] = x[i * dim + d] - h;
        must(l->denoise(l, &moved, down, NULL));
        for (int i = 0; i < N; i++)
            trace[i] += (up[i * dim + d] - down[i * dim + d]) / (2 * h);
    }
    for (int i = 0; i < N; i++)
        worst[2] = fmax(worst[2], fabs(trace[i] - div[i]) / (1 + fabs(div[i])));
    below(worst[0], tolerance);
    below(worst[1], tolerance);
    below(worst[2], tolerance);
    free(x), free(x0), free(v), free(y);
    law_close(l);
}

static void differences_give_score_divergence_and_jvp(void)
{
    differences("models/shipped/two-moons.ini", 1e-5, 1e-6);
    differences("models/shipped/checkerboard.ini", 1e-5, 1e-6);
    differences("models/shipped/digits.ini", 1e-5, 1e-6);
}

static void sigma_0_gives_x_over_alpha(void)
{
    static const char *const path[] = { "models/shipped/two-moons.ini", "models/shipped/digits.ini" };

    for (int p = 0; p < 2; p++) {
        law *l = good(law_at(path[p]));
        level clean = { .alpha = 0.5, .sigma = 0, .lambda = INFINITY };
        double x[3 * 64], x0[3 * 64], div[3];

        must(l->sample(l, st, 0, 3, NULL, x));
        must(l->denoise(l, &(batch){ 1, 3, &clean, x, NULL }, x0, div));
        for (int i = 0; i < 3 * l->dim; i++)
            near(x0[i], x[i] / 0.5, 1e-14);
        for (int i = 0; i < 3; i++)
            near(div[i], l->dim / 0.5, 1e-12);
        law_close(l);
    }
}

/* All answers for rows in one batch, in another order, one by one, as groups of one row: the same bits. */
static void same_bits(law *l)
{
    enum { N = 77 };
    int dim = l->dim, label[N], one_label;
    double *x = malloc(6 * N * dim * sizeof *x), *x0 = x + N * dim, *jv = x0 + N * dim, *y = jv + N * dim,
        *y0 = y + N * dim, *jy = y0 + N * dim;
    double div[N], logp[N], ydiv[N], ylogp[N];
    level at[N], own[N];
    batch b = { N, 1, at, x, label };

    must(l->sample(l, st, 0, N, NULL, x));
    for (int i = 0; i < N; i++) {
        at[i] = some_levels[i * 3 % LEVELS];
        label[i] = l->labels ? i % 3 - 1 : -1;
    }
    must(l->jvp(l, &b, x, x0, jv));
    must(l->denoise(l, &b, x0, div));
    must(l->logpdf(l, &b, logp));
    for (int n = 1; n <= N; n += n < 3 ? 1 : 23) {                  /* n rows from `from` on, backwards */
        for (int from = 0; from + n <= N; from += 13) {
            int ylabel[N];
            batch part = { n, 1, own, y, ylabel };

            for (int i = 0; i < n; i++) {
                int r = from + n - 1 - i;

                memcpy(y + i * dim, x + r * dim, dim * sizeof *y);
                own[i] = at[r], ylabel[i] = label[r];
            }
            must(l->jvp(l, &part, y, y0, jy));
            must(l->denoise(l, &part, y0, ydiv));
            must(l->logpdf(l, &part, ylogp));
            for (int i = 0; i < n; i++) {
                int r = from + n - 1 - i;

                CU_ASSERT(!memcmp(y0 + i * dim, x0 + r * dim, dim * sizeof *y)
                          && !memcmp(jy + i * dim, jv + r * dim, dim * sizeof *y));
                CU_ASSERT(!memcmp(&ydiv[i], &div[r], sizeof *div) && !memcmp(&ylogp[i], &logp[r], sizeof *logp));
            }
        }
    }
    for (int i = 0; i < N; i++)                                     /* one level for all, a group of N rows */
        at[i] = some_levels[2];
    must(l->denoise(l, &b, x0, div));
    must(l->denoise(l, &(batch){ 1, N, &some_levels[2], x, label }, y0, ydiv));
    CU_ASSERT(!memcmp(x0, y0, N * dim * sizeof *x) && !memcmp(div, ydiv, sizeof div));
    must(l->sample(l, st, 0, N, label, x));
    for (int i = N - 1; i >= 0; i -= 19) {
        one_label = label[i];
        must(l->sample(l, st, i, 1, &one_label, y));
        CU_ASSERT(!memcmp(y, x + i * dim, dim * sizeof *y));
    }
    free(x);
    law_close(l);
}

static void a_row_has_the_same_bits_in_any_company(void)
{
    same_bits(good(law_at("models/shipped/two-moons.ini")));
    same_bits(good(law_at("models/shipped/swiss-roll.ini")));
    same_bits(good(law_at("models/shipped/digits.ini")));
    same_bits(some_points(300, 9, 2, 0.3));
    same_bits(some_points(700, 300, 2, 0.3));
    same_bits(some_points(5, 40, 2, 0.3));
}

static void threads_give_the_same_bits(void)
{
    enum { N = 300 };
    law *l = good(law_at("models/shipped/digits.ini"));
    double *x = malloc(3 * N * 64 * sizeof *x), *x0 = x + N * 64, *y0 = x0 + N * 64, div[N], ydiv[N];
    int failed = 0;

    must(l->sample(l, st, 0, N, NULL, x));
    must(l->denoise(l, &(batch){ 1, N, &some_levels[1], x, NULL }, x0, div));
    #pragma omp parallel for num_threads(7) schedule(dynamic) reduction(+:failed)
    for (int from = 0; from < N; from += 10)
        failed += l->denoise(l, &(batch){ 1, 10, &some_levels[1], x + from * 64, NULL }, y0 + from * 64, ydiv + from);
    CU_ASSERT(!failed && !memcmp(x0, y0, N * 64 * sizeof *x) && !memcmp(div, ydiv, sizeof div));
    free(x);
    law_close(l);
}

static void a_nan_stays_in_its_row(void)
{
    static const char *const path[] = { "models/shipped/two-moons.ini", "models/shipped/digits.ini" };

    for (int p = 0; p < 2; p++) {
        law *l = good(law_at(path[p]));
        double x[40 * 64], x0[40 * 64], y0[40 * 64], div[40], ydiv[40], logp[40];
        batch b = { 1, 40, &some_levels[1], x, NULL };

        must(l->sample(l, st, 0, 40, NULL, x));
        must(l->denoise(l, &b, x0, div));
        x[7 * l->dim] = NAN;
        must(l->denoise(l, &b, y0, ydiv));
        must(l->logpdf(l, &b, logp));
        for (int i = 0; i < 40; i++) {
            CU_ASSERT((i == 7) == !!memcmp(x0 + i * l->dim, y0 + i * l->dim, l->dim * sizeof *x));
            CU_ASSERT(isnan(y0[i * l->dim]) == (i == 7) && isnan(ydiv[i]) == (i == 7) && isnan(logp[i]) == (i == 7));
        }
        law_close(l);
    }
}

static void samples_have_the_moments(void)
{
    enum { N = 40000 };
    law *l[] = { good(law_at("models/shipped/two-moons.ini")), some_points(50, 3, 0, 0.5),
                 some_points(50, 12, 0, 0.5) };

    for (int p = 0; p < 3; p++) {
        int dim = l[p]->dim;
        double *x = malloc(N * dim * sizeof *x), mean[16], cov[256];

        must(l[p]->sample(l[p], st, 0, N, NULL, x));
        must(l[p]->moments(l[p], mean, cov));
        for (int i = 0; i < dim; i++)
            for (int j = 0; j <= i; j++) {
                double m = 0, c = 0, c2 = 0;

                for (int k = 0; k < N; k++) {
                    double e = (x[k * dim + i] - mean[i]) * (x[k * dim + j] - mean[j]);

                    m += x[k * dim + i] / N, c += e / N, c2 += e * e / N;
                }
                near(m, mean[i], 4.5 * sqrt(cov[i * dim + i] / N));
                near(c, cov[i * dim + j], 4.5 * sqrt((c2 - c * c) / N));
                CU_ASSERT(cov[i * dim + j] == cov[j * dim + i]);
            }
        must(l[p]->moments(l[p], mean, NULL));
        must(l[p]->moments(l[p], NULL, cov));
        free(x);
        law_close(l[p]);
    }
}

static double distance(const double *a, const double *b) { return hypot(a[0] - b[0], a[1] - b[1]); }

static void a_label_draws_from_its_points_alone(void)
{
    law *l = some_points(60, 2, 3, 1e-3);
    double x[2 * 300], hits[60] = { 0 };
    int label[300];

    for (int i = 0; i < 300; i++)
        label[i] = i % 3;
    must(l->sample(l, st, 0, 300, label, x));
    for (int i = 0; i < 300; i++) {
        int best = 0;

        for (int k = 1; k < 60; k++)
            if (distance(x + 2 * i, l->point + 2 * k) < distance(x + 2 * i, l->point + 2 * best))
                best = k;
        CU_ASSERT((best * 7 + best / 3) % 3 == label[i]);
        hits[best]++;
    }
    for (int k = 0; k < 60; k++)
        CU_ASSERT(hits[k] > 0 || (1 + k % 5 * 0.5) < 2);
    law_close(l);
}

static const test_case tests[] = {
    { "it is the mixture written out, at every level and label", it_is_the_mixture_written_out },
    { "narrow kernels keep nine digits", narrow_kernels_keep_nine_digits },
    { "differences give score, divergence and jvp", differences_give_score_divergence_and_jvp },
    { "sigma = 0 gives x/alpha", sigma_0_gives_x_over_alpha },
    { "a row has the same bits in any company", a_row_has_the_same_bits_in_any_company },
    { "threads that share a law give the same bits", threads_give_the_same_bits },
    { "a NaN stays in its row", a_nan_stays_in_its_row },
    { "samples have the moments", samples_have_the_moments },
    { "a label draws from its points alone", a_label_draws_from_its_points_alone },
    { "the folder is left clean", the_folder_is_left_clean },
    { 0, 0 },
};
const test_table table_dataset = { "dataset", tests };
