/* What the mixture makes of rows: samples, labels, the same bits in any batch, extreme levels, NaN. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/mixture_text.h"
#include "tests/suite.h"

enum { MANY = 4096 };

static void samples_have_the_moments_of_the_law(void)
{
    enum { N = 40000 };

    EACH_MIXTURE(c) {
        law *l = mixture_made(c->K, c->dim, c->kind, "");
        int dim = l->dim;
        double *x, mean[16], cov[256];

        if (dim <= 16 && !must((x = malloc(N * sizeof *x * dim)) ? 0 : -1)) {
            must(l->sample(l, (stream){ 9, USE_LAW }, 0, N, NULL, x));
            must(l->moments(l, mean, cov));
            for (int a = 0; a < dim; a++) {
                double sum = 0;

                for (int i = 0; i < N; i++)
                    sum += x[i * dim + a] - mean[a];
                below(fabs(sum / N), 4 * sqrt(cov[a * dim + a] / N));
                for (int b = 0; b <= a; b++) {
                    double m1 = 0, m2 = 0;

                    for (int i = 0; i < N; i++) {
                        double e = (x[i * dim + a] - mean[a]) * (x[i * dim + b] - mean[b]);

                        m1 += e, m2 += e * e;
                    }
                    m1 /= N, m2 = m2 / N - m1 * m1;
                    below(fabs(m1 - cov[a * dim + b]), 4.5 * sqrt(m2 / N));
                }
            }
            free(x);
        }
        law_close(l);
    }
}

/* A law with labels, asked for one of them, against a law of only those modes. */
static void a_label_leaves_the_modes_of_its_own(void)
{
    enum { N = 30 };
    law *all = mixture_good("weights = 1 2 3 4\nmean.1 = -1 0\nmean.2 = 1 1\nmean.3 = 0 3\nmean.4 = 2 -2\nstd = "
                            "0.4\nstd.3 = 1\nlabels = 1 0 1 0\n");
    law *odd = mixture_good("weights = 1 3\nmean.1 = -1 0\nmean.2 = 0 3\nstd = 0.4\nstd.2 = 1\n");
    double x[2 * N], y[2 * N], both[2][2 * N], div[2][N], logp[2][N];
    int label[N], mode[N];

    for (int i = 0; i < N; i++)
        label[i] = 1;
    EACH_LEVEL(at) {
        batch p = { 1, N, at, x, label };

        points_at(all, *at, N, 0, x);
        must(all->denoise(all, &p, both[0], div[0]));
        must(all->logpdf(all, &p, logp[0]));
        must(all->mode_of(all, &p, mode));
        p.label = NULL;
        must(odd->denoise(odd, &p, both[1], div[1]));
        must(odd->logpdf(odd, &p, logp[1]));
        for (int i = 0; i < N; i++) {
            CU_ASSERT(mode[i] == 0 || mode[i] == 2);
            near(both[0][2 * i], both[1][2 * i], 1e-13);
            near(both[0][2 * i + 1], both[1][2 * i + 1], 1e-13);
            near(div[0][i], div[1][i], 1e-12);
            near(logp[0][i], logp[1][i], 1e-12);
        }
    }
    must(all->sample(all, (stream){ 1, USE_LAW }, 0, N, label, x));
    label[3] = -1;
    must(all->sample(all, (stream){ 1, USE_LAW }, 0, N, label, y));
    CU_ASSERT(!memcmp(x, y, 6 * sizeof *x) && !memcmp(x + 8, y + 8, (2 * N - 8) * sizeof *x));
    label[3] = 2;
    CU_ASSERT(all->denoise(all, &(batch){ 1, N, some_levels, x, label }, y, NULL) == -1);
    says("label 2 of row 3", "0 to 1");
    CU_ASSERT(odd->denoise(odd, &(batch){ 1, N, some_levels, x, label }, y, NULL) == -1);
    says("no modes are labelled");
    law_close(all);
    law_close(odd);
}

/* Whole batches against each point by itself, and against other cuts into groups: labels, levels
 * and odd sizes included. */
static void the_bits_of_a_row_depend_on_the_row_alone(void)
{
    enum { N = 193 };

    EACH_MIXTURE(c) {
        law *l = mixture_made(c->K, c->dim, c->kind, "");
        int dim = l->dim;
        size_t size = (size_t)N * dim;
        double *x = malloc(5 * size * sizeof *x), *v = x + size, *y = v + size, *jv = y + size, *one = jv + size,
            div[N], logp[N], d1, p1;
        double *two = malloc(2 * size * sizeof *x);
        level at[N];
        int mode[N], m1;

        for (int same = 0; same < 2; same++) {
            for (int i = 0; i < N; i++)
                at[i] = some_levels[same ? 1 : i % 4];
            points_at(l, at[1], N, 0, x);
            normals((stream){ 3, USE_LAW }, 0, 0, 0, N, dim, v);
            batch whole = { same ? 1 : N, same ? N : 1, at, x, NULL };
            must(l->jvp(l, &whole, v, y, jv));
            must(l->denoise(l, &whole, y, div));
            must(l->logpdf(l, &whole, logp));
            must(l->mode_of(l, &whole, mode));
            for (int i = 0; i < N; i++) {
                batch p = { 1, 1, at + i, x + i * dim, NULL };

                must(l->jvp(l, &p, v + i * dim, one, two));
                CU_ASSERT(!memcmp(two, jv + i * dim, dim * sizeof *one));
                must(l->denoise(l, &p, one, &d1));
                must(l->logpdf(l, &p, &p1));
                must(l->mode_of(l, &p, &m1));
                CU_ASSERT(!memcmp(one, y + i * dim, dim * sizeof *one) && d1 == div[i] && p1 == logp[i]
                          && m1 == mode[i]);
            }
            for (int from = 0, n = 1; from < N; from += n, n = n * 2 + 1) {
                int left = N - from < n ? N - from : n;
                batch p = { same ? left : 1, same ? 1 : left, at + from, x + from * dim, NULL };

                if (!same)
                    p = (batch){ left, 1, at + from, x + from * dim, NULL };
                must(l->denoise(l, &p, two, NULL));
                CU_ASSERT(!memcmp(two, y + from * dim, (size_t)left * dim * sizeof *two));
            }
        }
        free(x);
        free(two);
        law_close(l);
    }
}

static void extreme_levels_stay_finite_and_right(void)
{
    EACH_MIXTURE(c) {
        law *l = mixture_made(c->K, c->dim, c->kind, "");
        int dim = l->dim;
        double *cov = malloc((size_t)dim * dim * sizeof *cov), mean[MANY], x[MANY], x0[MANY], div, logp;
        level pure = level_of(0, 1), clean = level_of(0.7, 0), tiny = level_of(1, 1e-8), loud = level_of(1, 80);

        must(l->moments(l, mean, cov));
        points_at(l, pure, 1, 0, x);
        must(l->denoise(l, &(batch){ 1, 1, &pure, x, NULL }, x0, &div));
        for (int d = 0; d < dim; d++)
            near(x0[d], mean[d], 1e-13 * (1 + fabs(mean[d])));
        near(div, 0, 1e-13);
        points_at(l, clean, 1, 0, x);
        must(l->denoise(l, &(batch){ 1, 1, &clean, x, NULL }, x0, &div));
        for (int d = 0; d < dim; d++)
            near(x0[d], x[d] / 0.7, 0);
        near(div, dim / 0.7, 0);
        points_at(l, tiny, 1, 0, x);
        must(l->denoise(l, &(batch){ 1, 1, &tiny, x, NULL }, x0, &div));
        must(l->logpdf(l, &(batch){ 1, 1, &tiny, x, NULL }, &logp));
        CU_ASSERT(isfinite(logp));
        near(div, dim, 1e-9 * dim);
        for (int d = 0; d < dim; d++)
            near(x0[d], x[d], 1e-12);
        points_at(l, loud, 1, 0, x);
        must(l->denoise(l, &(batch){ 1, 1, &loud, x, NULL }, x0, &div));
        must(l->logpdf(l, &(batch){ 1, 1, &loud, x, NULL }, &logp));
        CU_ASSERT(isfinite(logp) && isfinite(div));
        for (int d = 0; d < dim; d++)
            CU_ASSERT(isfinite(x0[d]));
        free(cov);
        law_close(l);
    }
}

static void a_nan_stays_in_its_row(void)
{
    enum { N = 37, BAD = 18 };

    EACH_MIXTURE(c) {
        law *l = mixture_made(c->K, c->dim, c->kind, "");
        int dim = l->dim, mode[N];
        double *x = malloc(3 * sizeof *x * N * dim), *y = x + N * dim, *bad = y + N * dim, div[2][N], logp[2][N];
        batch p = { 1, N, some_levels + 1, x, NULL };

        points_at(l, some_levels[1], N, 0, x);
        must(l->denoise(l, &p, y, div[0]));
        must(l->logpdf(l, &p, logp[0]));
        x[BAD * dim + dim - 1] = NAN;
        must(l->denoise(l, &p, bad, div[1]));
        must(l->logpdf(l, &p, logp[1]));
        must(l->mode_of(l, &p, mode));
        CU_ASSERT(mode[BAD] >= 0 && mode[BAD] < l->modes);
        for (int i = 0; i < N; i++)
            if (i == BAD)
                CU_ASSERT(isnan(bad[i * dim]) && isnan(bad[i * dim + dim - 1]) && isnan(div[1][i]) && isnan(logp[1][i]))
            else
                CU_ASSERT(!memcmp(y + i * dim, bad + i * dim, dim * sizeof *y) && div[0][i] == div[1][i]
                          && logp[0][i] == logp[1][i])
        free(x);
        law_close(l);
    }
}

static void most_points_belong_to_the_mode_they_are_near(void)
{
    law *l = mixture_good("mean.1 = -9 0\nmean.2 = 0 9\nmean.3 = 9 0\nstd = 0.3\nweights = 1 2 1\n");
    level at = level_of(1, 0.1);
    double x[6] = { 9.2, 0.1, -8.8, 0, 0.3, 8.9 };
    int mode[3];

    must(l->mode_of(l, &(batch){ 1, 3, &at, x, NULL }, mode));
    CU_ASSERT(mode[0] == 2 && mode[1] == 0 && mode[2] == 1);
    CU_ASSERT(l->modes == 3 && l->mode_weight[1] == 0.5 && l->labels == 0);
    law_close(l);
}

static const test_case tests[] = {
    { "samples have the moments of the law", samples_have_the_moments_of_the_law },
    { "a label leaves the modes of its own", a_label_leaves_the_modes_of_its_own },
    { "the bits of a row depend on the row alone", the_bits_of_a_row_depend_on_the_row_alone },
    { "extreme levels stay finite and right", extreme_levels_stay_finite_and_right },
    { "a NaN stays in its row", a_nan_stays_in_its_row },
    { "most points belong to the mode they are near", most_points_belong_to_the_mode_they_are_near },
    { 0, 0 },
};
const test_table table_mixture_rows = { "mixture_rows", tests };
