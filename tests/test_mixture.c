/* The formulas of the mixture against finite differences, quadrature, closed forms and each other. */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "models/array.h"
#include "models/fail.h"
#include "models/law.h"
#include "tests/suite.h"

enum { MANY = 4096 };

/* A law from the text of a [data] section; NULL where it is refused. */
static law *from_text(const char *text)
{
    char path[] = "/tmp/fokker-test-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");
    sections *s;
    law *l = NULL;

    fprintf(f, "[data]\nkind = mixture\n%s", text);
    fclose(f);
    if ((s = sections_read(path)))
        l = law_open(s, sections_find(s, "data"));
    sections_free(s);
    unlink(path);
    return l;
}

static law *must_text(const char *text)
{
    law *l = from_text(text);

    must(l ? 0 : -1);
    return l;
}

/* A mixture of K modes in dim columns whose numbers come from a stream: kind is 's' (std), 'v' (var), 'c' (cov); 'd': cov that is diagonal,
 * 'e': var that is the same in all columns. */
static char *describe(int K, int dim, char kind)
{
    size_t size = 64 + (size_t)K * (dim * 25 + (kind == 'c' || kind == 'd' ? dim * dim * 25 : dim * 25) + 64), at = 0;
    char *text = malloc(size);
    double *z = malloc((size_t)dim * (dim + 2) * sizeof *z), u[2];

#define PRINT(...) at += snprintf(text + at, size - at, __VA_ARGS__)
    PRINT("weights =");
    for (int k = 0; k < K; k++) {
        uniforms((stream){ 5, USE_LAW }, k, 0, 0, 1, 1, u);
        PRINT(" %.3f", 0.2 + u[0]);
    }
    for (int k = 0; k < K; k++) {
        normals((stream){ 6, USE_LAW }, k, 0, 0, dim + 2, dim, z);
        uniforms((stream){ 7, USE_LAW }, k, 0, 0, 1, 1, u);
        PRINT("\nmean.%d =", k + 1);
        for (int d = 0; d < dim; d++)
            PRINT(" %.17g", 2 * z[dim * dim + d]);
        if (kind == 's')
            PRINT("\nstd.%d = %.17g", k + 1, sqrt(0.3 + u[0]));
        if (kind == 'v' || kind == 'e')
            PRINT("\nvar.%d =", k + 1);
        for (int d = 0; d < dim && (kind == 'v' || kind == 'e'); d++)
            PRINT(" %.17g", kind == 'e' ? 0.3 + u[0] : 0.1 + fabs(z[d]));
        if (kind == 'c' || kind == 'd')
            PRINT("\ncov.%d =", k + 1);
        for (int a = 0; a < dim && (kind == 'c' || kind == 'd'); a++)
            for (int b = 0; b < dim; b++) {
                double sum = a == b ? kind == 'd' ? 0.1 + fabs(z[a]) : 0.2 : 0;

                for (int e = 0; e < dim && kind == 'c'; e++)
                    sum += z[dim * a + e] * z[dim * b + e] / dim;
                PRINT(" %.17g", sum);
            }
    }
    PRINT("\n");
#undef PRINT
    free(z);
    return text;
}

static law *make(int K, int dim, char kind, const char *more)
{
    char *text = describe(K, dim, kind), *all = malloc(strlen(text) + strlen(more) + 1);
    law *l;

    strcat(strcpy(all, text), more);
    l = must_text(all);
    free(text);
    free(all);
    return l;
}

static const struct { int K, dim; char kind; } cases[] = {
    { 1, 2, 's' }, { 8, 2, 's' }, { 3, 5, 's' }, { 4, 1, 's' }, { 5, 16, 'v' }, { 3, 2, 'v' }, { 4, 2, 'c' }, { 3, 7, 'c' }, { 150, 3, 's' }, { 130, 2, 'v' },
    { 70, 2, 'c' }, { 3, 140, 's' }, { 2, 131, 'v' },
};
#define EACH_CASE(c) for (unsigned c = 0; c < sizeof cases / sizeof *cases; c++)

static level make_level(double alpha, double sigma)
{
    return (level){ .t = 0.5, .alpha = alpha, .sigma = sigma, .lambda = log(alpha / sigma) };
}

/* n points spread over where x_t lives. */
static void points_at(const law *l, level at, int n, long row, double *x)
{
    double *z = malloc(n * (size_t)l->dim * sizeof *z);

    must(l->sample(l, (stream){ 1, USE_LAW }, row, n, NULL, x));
    normals((stream){ 2, USE_LAW }, row, 0, 0, n, l->dim, z);
    for (long i = 0; i < (long)n * l->dim; i++)
        x[i] = at.alpha * x[i] + at.sigma * z[i];
    free(z);
}

static void logp_along(const law *l, level at, const double *x, const double *v, double h, double *out)
{
    double y[MANY];

    for (int d = 0; d < l->dim; d++)
        y[d] = x[d] + h * v[d];
    must(l->logpdf(l, &(batch){ 1, 1, &at, y, NULL }, out));
}

static void data_along(const law *l, level at, const double *x, const double *v, double h, double *out)
{
    double y[MANY];

    for (int d = 0; d < l->dim; d++)
        y[d] = x[d] + h * v[d];
    must(l->denoise(l, &(batch){ 1, 1, &at, y, NULL }, out, NULL));
}

/* Central differences along v, extrapolated twice: error O(h^6). */
static void difference(void (*f)(const law *, level, const double *, const double *, double, double *), const law *l, level at, const double *x,
                       const double *v, double h, int n, double *out)
{
    double up[MANY], down[MANY], table[3][MANY];

    for (int j = 0; j < 3; j++) {
        double step = h / (1 << j);

        f(l, at, x, v, step, up);
        f(l, at, x, v, -step, down);
        for (int i = 0; i < n; i++)
            table[j][i] = (up[i] - down[i]) / (2 * step);
    }
    for (int i = 0; i < n; i++) {
        double a = (4 * table[1][i] - table[0][i]) / 3, b = (4 * table[2][i] - table[1][i]) / 3;

        out[i] = (16 * b - a) / 15;
    }
}

static const level some_levels[] = { { .alpha = 1, .sigma = 0.05 }, { .alpha = 0.8, .sigma = 0.6 }, { .alpha = 0.1, .sigma = 1 }, { .alpha = 1, .sigma = 3 } };
#define EACH_LEVEL(at) for (const level *at = some_levels; at < some_levels + 4; at++)

static double scale_of(level at) { return 0.02 * hypot(at.sigma, 0.5 * at.alpha); }

static void the_denoiser_agrees_with_the_slope_of_the_log_density(void)
{
    EACH_CASE(c) {
        law *l = make(cases[c].K, cases[c].dim, cases[c].kind, "");

        EACH_LEVEL(at) {
            double x[MANY], v[MANY], x0[MANY], slope, along = 0, size = 0;

            points_at(l, *at, 1, 3, x);
            normals((stream){ 3, USE_LAW }, c, 0, 0, 1, l->dim, v);
            difference(logp_along, l, *at, x, v, scale_of(*at), 1, &slope);
            must(l->denoise(l, &(batch){ 1, 1, at, x, NULL }, x0, NULL));
            for (int d = 0; d < l->dim; d++) {
                along += v[d] * (at->alpha * x0[d] - x[d]) / (at->sigma * at->sigma);
                size += fabs(v[d] * (at->alpha * x0[d] - x[d]) / (at->sigma * at->sigma));
            }
            near(along, slope, 1e-7 * (1 + size));
        }
        law_close(l);
    }
}

static void products_and_divergence_agree_with_differences_of_the_denoiser(void)
{
    EACH_CASE(c) {
        law *l = make(cases[c].K, cases[c].dim, cases[c].kind, "");

        EACH_LEVEL(at) {
            double x[MANY], v[MANY], x0[MANY], y0[MANY], jv[MANY], slope[MANY], div, trace = 0;

            points_at(l, *at, 1, 5, x);
            normals((stream){ 3, USE_LAW }, c, 1, 0, 1, l->dim, v);
            must(l->denoise(l, &(batch){ 1, 1, at, x, NULL }, x0, &div));
            must(l->jvp(l, &(batch){ 1, 1, at, x, NULL }, v, y0, jv));
            CU_ASSERT(!memcmp(x0, y0, l->dim * sizeof *x0));
            difference(data_along, l, *at, x, v, scale_of(*at), l->dim, slope);
            for (int d = 0; d < l->dim; d++)
                near(jv[d], slope[d], 1e-7 * (1 + fabs(slope[d])));
            for (int d = 0; d < l->dim; d++) {
                memset(v, 0, l->dim * sizeof *v);
                v[d] = 1;
                must(l->jvp(l, &(batch){ 1, 1, at, x, NULL }, v, y0, jv));
                trace += jv[d];
            }
            near(div, trace, 1e-11 * (1 + fabs(trace)));
        }
        law_close(l);
    }
}

static void the_density_of_the_plane_integrates_to_one(void)
{
    enum { N = 800 };
    static double x[2 * N], logp[N];

    for (int k = 0; k < 3; k++) {
        law *l = make(4, 2, "svc"[k], "labels = 0 0 1 1\n");

        for (int label = -1; label < 2; label++) {
            level at = make_level(0.8, 0.6);
            double total = 0, h = 24. / N;
            int labels[N];

            for (int i = 0; i < N; i++) {
                for (int j = 0; j < N; j++)
                    x[2 * j] = -12 + (i + 0.5) * h, x[2 * j + 1] = -12 + (j + 0.5) * h, labels[j] = label;
                must(l->logpdf(l, &(batch){ 1, N, &at, x, labels }, logp));
                for (int j = 0; j < N; j++)
                    total += exp(logp[j]) * h * h;
            }
            near(total, 1, 1e-9);
        }
        law_close(l);
    }
}

/* log N(x; m, c) for one mode, by Cholesky: nothing of the code under test. */
static double log_normal(int dim, const double *x, const double *m, const double *c, double *g)
{
    gsl_matrix *a = gsl_matrix_alloc(dim, dim);
    gsl_vector *r = gsl_vector_alloc(dim), *s = gsl_vector_alloc(dim);
    double q, logdet = 0;

    for (int i = 0; i < dim; i++) {
        gsl_vector_set(r, i, x[i] - m[i]);
        for (int j = 0; j < dim; j++)
            gsl_matrix_set(a, i, j, c[i * dim + j]);
    }
    gsl_linalg_cholesky_decomp1(a);
    for (int i = 0; i < dim; i++)
        logdet += 2 * log(gsl_matrix_get(a, i, i));
    gsl_linalg_cholesky_solve(a, r, s);
    gsl_blas_ddot(r, s, &q);
    for (int i = 0; i < dim; i++)
        g[i] = -gsl_vector_get(s, i);
    gsl_matrix_free(a);
    gsl_vector_free(r);
    gsl_vector_free(s);
    return -0.5 * (q + logdet + dim * log(2 * M_PI));
}

/* The 5 modes of gmm5-aniso16 by the plain formula, from the numbers in its file. */
static void full_covariances_agree_with_a_plain_formula_by_cholesky(void)
{
    enum { K = 5, D = 16, N = 7 };
    sections *s = sections_read("models/gmm5-aniso16.ini");
    section *data = s ? sections_find(s, "data") : NULL;
    law *l = data ? law_open(s, data) : NULL;

    if (must(l ? 0 : -1))
        return;
    EACH_LEVEL(at) {
        double w[K], x[N * D], x0[N * D], logp[N];
        int n;

        must(section_numbers(s, data, "weights", K, w, &n));
        points_at(l, *at, N, 0, x);
        must(l->denoise(l, &(batch){ 1, N, at, x, NULL }, x0, NULL));
        must(l->logpdf(l, &(batch){ 1, N, at, x, NULL }, logp));
        for (int i = 0; i < N; i++) {
            double p = 0, score[D] = { 0 };

            for (int k = 0; k < K; k++) {
                char key[32];
                double m[D], c[D * D], g[D], e;

                snprintf(key, sizeof key, "mean.%d", k + 1);
                must(section_numbers(s, data, key, D, m, &n));
                snprintf(key, sizeof key, "cov.%d", k + 1);
                must(section_numbers(s, data, key, D * D, c, &n));
                for (int a = 0; a < D * D; a++)
                    c[a] = at->alpha * at->alpha * c[a] + (a % (D + 1) ? 0 : at->sigma * at->sigma);
                for (int d = 0; d < D; d++)
                    m[d] *= at->alpha;
                e = w[k] * exp(log_normal(D, x + i * D, m, c, g));
                p += e;
                for (int d = 0; d < D; d++)
                    score[d] += e * g[d];
            }
            near(logp[i], log(p), 1e-11);
            for (int d = 0; d < D; d++)
                near(x0[i * D + d], (x[i * D + d] + at->sigma * at->sigma * score[d] / p) / at->alpha, 1e-11);
        }
    }
    law_close(l);
    sections_free(s);
}

static void equal(const law *a, const law *b, double tolerance)
{
    enum { N = 20 };
    double x[MANY], v[MANY], y[2][MANY], div[2][N], jv[2][MANY], logp[2][N];
    const law *two[2] = { a, b };

    EACH_LEVEL(at) {
        batch p = { 1, N, at, x, NULL };

        points_at(a, *at, N, 0, x);
        normals((stream){ 3, USE_LAW }, 0, 0, 0, N, a->dim, v);
        for (int i = 0; i < 2; i++) {
            must(two[i]->jvp(two[i], &p, v, y[i], jv[i]));
            must(two[i]->denoise(two[i], &p, y[i], div[i]));
            must(two[i]->logpdf(two[i], &p, logp[i]));
        }
        for (int i = 0; i < N * a->dim; i++) {
            near(y[0][i], y[1][i], tolerance);
            near(jv[0][i], jv[1][i], tolerance);
        }
        for (int i = 0; i < N; i++) {
            near(div[0][i], div[1][i], tolerance * a->dim);
            near(logp[0][i], logp[1][i], tolerance * a->dim);
        }
    }
}

static void the_three_forms_of_covariance_agree_where_they_meet(void)
{
    for (int dim = 1; dim < 8; dim += 3)
        for (int pair = 0; pair < 2; pair++) {
            law *a = make(6, dim, pair ? 's' : 'v', ""), *b = make(6, dim, pair ? 'e' : 'd', "");

            equal(a, b, 1e-12);
            law_close(a);
            law_close(b);
        }
}

static void one_gaussian_has_its_closed_form(void)
{
    law *l = must_text("mean.1 = 1 -2 3\nvar.1 = 0.5 1 4\n");
    level at = make_level(0.6, 0.8);
    double x[3] = { 0.3, -1, 5 }, m[3] = { 1, -2, 3 }, var[3] = { 0.5, 1, 4 }, x0[3], div, logp, expected = 0, trace = 0;

    must(l->denoise(l, &(batch){ 1, 1, &at, x, NULL }, x0, &div));
    must(l->logpdf(l, &(batch){ 1, 1, &at, x, NULL }, &logp));
    for (int d = 0; d < 3; d++) {
        double v = 0.36 * var[d] + 0.64;

        near(x0[d], m[d] + 0.6 * var[d] / v * (x[d] - 0.6 * m[d]), 1e-14);
        trace += 0.6 * var[d] / v;
        expected -= 0.5 * (pow(x[d] - 0.6 * m[d], 2) / v + log(2 * M_PI * v));
    }
    near(div, trace, 1e-14);
    near(logp, expected, 1e-13);
    law_close(l);
}

static void samples_have_the_moments_of_the_law(void)
{
    enum { N = 40000 };

    EACH_CASE(c) {
        law *l = make(cases[c].K, cases[c].dim, cases[c].kind, "");
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
    law *all = must_text("weights = 1 2 3 4\nmean.1 = -1 0\nmean.2 = 1 1\nmean.3 = 0 3\nmean.4 = 2 -2\nstd = 0.4\nstd.3 = 1\nlabels = 1 0 1 0\n");
    law *odd = must_text("weights = 1 3\nmean.1 = -1 0\nmean.2 = 0 3\nstd = 0.4\nstd.2 = 1\n");
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

/* Whole batches against each point by itself, and against other cuts into groups: labels, levels and odd sizes included. */
static void the_bits_of_a_row_depend_on_the_row_alone(void)
{
    enum { N = 193 };

    EACH_CASE(c) {
        law *l = make(cases[c].K, cases[c].dim, cases[c].kind, "");
        int dim = l->dim;
        size_t size = (size_t)N * dim;
        double *x = malloc(5 * size * sizeof *x), *v = x + size, *y = v + size, *jv = y + size, *one = jv + size, div[N], logp[N], d1, p1;
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
                CU_ASSERT(!memcmp(one, y + i * dim, dim * sizeof *one) && d1 == div[i] && p1 == logp[i] && m1 == mode[i]);
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
    EACH_CASE(c) {
        law *l = make(cases[c].K, cases[c].dim, cases[c].kind, "");
        int dim = l->dim;
        double *cov = malloc((size_t)dim * dim * sizeof *cov), mean[MANY], x[MANY], x0[MANY], div, logp;
        level pure = make_level(0, 1), clean = make_level(0.7, 0), tiny = make_level(1, 1e-8), loud = make_level(1, 80);

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

    EACH_CASE(c) {
        law *l = make(cases[c].K, cases[c].dim, cases[c].kind, "");
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
                CU_ASSERT(!memcmp(y + i * dim, bad + i * dim, dim * sizeof *y) && div[0][i] == div[1][i] && logp[0][i] == logp[1][i])
        free(x);
        law_close(l);
    }
}

static void most_points_belong_to_the_mode_they_are_near(void)
{
    law *l = must_text("mean.1 = -9 0\nmean.2 = 0 9\nmean.3 = 9 0\nstd = 0.3\nweights = 1 2 1\n");
    level at = make_level(1, 0.1);
    double x[6] = { 9.2, 0.1, -8.8, 0, 0.3, 8.9 };
    int mode[3];

    must(l->mode_of(l, &(batch){ 1, 3, &at, x, NULL }, mode));
    CU_ASSERT(mode[0] == 2 && mode[1] == 0 && mode[2] == 1);
    CU_ASSERT(l->modes == 3 && l->mode_weight[1] == 0.5 && l->labels == 0);
    law_close(l);
}

/* The same numbers in the section and in files beside it; from_text writes to /tmp. */
static void parameters_may_stand_in_files(void)
{
    static const char *const names[] = { "/tmp/fokker-test-w.txt", "/tmp/fokker-test-m.npy", "/tmp/fokker-test-c.npy" };
    double w[] = { 1, 3 }, m[] = { 0, 1, 2, -1 }, c[] = { 1, 0.5, 0.5, 2, 3, -1, -1, 1 };
    law *a = must_text("weights = 1 3\nmean.1 = 0 1\nmean.2 = 2 -1\ncov.1 = 1 0.5 0.5 2\ncov.2 = 3 -1 -1 1\n"), *b;

    must(array_write(names[0], 1, (long[]){ 2 }, w));
    must(array_write(names[1], 2, (long[]){ 2, 2 }, m));
    must(array_write(names[2], 3, (long[]){ 2, 2, 2 }, c));
    if ((b = must_text("weights = fokker-test-w.txt\nmeans = fokker-test-m.npy\ncovs = /tmp/fokker-test-c.npy\n")))
        equal(a, b, 0);
    law_close(b);
    CU_ASSERT_PTR_NULL(from_text("weights = fokker-test-m.npy\nmeans = fokker-test-m.npy\ncovs = fokker-test-c.npy\n"));
    says(":3: the file of weights has 4 numbers", "needs 2");
    CU_ASSERT_PTR_NULL(from_text("means = fokker-test-m.npy\ncovs = fokker-test-m.npy\n"));
    says(":4: the file of covariances has 4 numbers", "need 8");
    CU_ASSERT_PTR_NULL(from_text("means = fokker-test-m.npy\ncovs = fokker-test-c.npy\nstd.1 = 1\n"));
    says(":5: there are covs = FILE and std.1 too");
    for (int i = 0; i < 3; i++)
        unlink(names[i]);
    law_close(a);
}

/* What is wrong, and words that the sentence must hold. */
static const struct { const char *text, *words[3]; } refused[] = {
    { "weights = 1 2 -3\nmean.1 = 0\nmean.2 = 1\nmean.3 = 2\nstd = 1\n", { ":3: weight 3 is negative; weights must be positive and are normalised" } },
    { "weights = 1 0\nmean.1 = 0\nmean.2 = 1\nstd = 1\n", { ":3: weight 2 is zero" } },
    { "weights = 1\nmean.1 = 0\nmean.2 = 1\nstd = 1\n", { ":3:", "weights has 1 numbers", "needs 2" } },
    { "mean.1 = 0 1\nmean.2 = 1\nstd = 1\n", { ":4:", "mean.2 has 1 numbers", "needs 2" } },
    { "mean.1 = 0 1\nmean.2 = 1 2 3\nstd = 1\n", { ":4:", "mean.2 has more than 2" } },
    { "mean.1 = 0 x1\nstd = 1\n", { ":3:", "\"x1\" is not a number" } },
    { "mean.1 = 0 inf\nstd = 1\n", { ":3:", "number 2 of mean.1 is inf" } },
    { "mean.1 = 0 1\nmean.3 = 1 1\nstd = 1\n", { "there are 2 means but no mean.2" } },
    { "std = 1\n", { "has no mean" } },
    { "mean.1 = 0 1\n", { "mode 1 has no spread" } },
    { "mean.1 = 0 1\nmean.2 = 0 2\nstd.1 = 1\n", { "mode 2 has no spread" } },
    { "mean.1 = 0 1\nstd = 0\n", { ":4: the standard deviation of mode 1 is 0; it must be positive" } },
    { "mean.1 = 0 1\nstd.1 = 1\nvar.1 = 1 1\n", { ":5: mode 1 has std.1 and var.1" } },
    { "mean.1 = 0 1\nvar.1 = 1\n", { ":4:", "var.1 has 1 numbers" } },
    { "mean.1 = 0 1\nstd = 1\nvar.2 = 1 1\n", { ":5: var.2 is for a mode that is not there" } },
    { "mean.1 = 0 1\nmean.2 = 0 1\nstd = 1\ncov.2 = 1 2 2 1\n", { ":6: the covariance of mode 2 is not positive definite, its smallest eigenvalue is -1" } },
    { "mean.1 = 0 1\ncov.1 = 1 0.5 0.4 1\n", { ":4: the covariance of mode 1 is not symmetric" } },
    { "mean.1 = 0 1\nstd = 1\nweigths = 1\n", { ":5: [data] has no key weigths", "did you mean weights" } },
    { "mean.1 = 0\nmean.2 = 0\nstd = 1\nlabels = 0 2\n", { ":6: label 2 is 2" } },
    { "mean.1 = 0\nmean.2 = 0\nmean.3 = 1\nstd = 1\nlabels = 0 0 2\n", { ":7: no mode has label 1" } },
    { "means = no-such-file.npy\nstd = 1\n", { ":3: means:", "no-such-file.npy" } },
};

static void bad_descriptions_are_refused_in_one_sentence(void)
{
    for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++) {
        law *l = from_text(refused[i].text);

        CU_ASSERT_PTR_NULL(l);
        law_close(l);
        for (int j = 0; j < 3 && refused[i].words[j]; j++)
            says(refused[i].words[j]);
        CU_ASSERT_PTR_NULL(strchr(why(), '\n'));
    }
}

static const test_case tests[] = {
    { "the denoiser agrees with the slope of the log-density", the_denoiser_agrees_with_the_slope_of_the_log_density },
    { "products and divergence agree with differences of the denoiser", products_and_divergence_agree_with_differences_of_the_denoiser },
    { "the density of the plane integrates to one, whole and by label", the_density_of_the_plane_integrates_to_one },
    { "full covariances agree with a plain formula by Cholesky", full_covariances_agree_with_a_plain_formula_by_cholesky },
    { "the three forms of covariance agree where they meet", the_three_forms_of_covariance_agree_where_they_meet },
    { "one Gaussian has its closed form", one_gaussian_has_its_closed_form },
    { "samples have the moments of the law", samples_have_the_moments_of_the_law },
    { "a label leaves the modes of its own", a_label_leaves_the_modes_of_its_own },
    { "the bits of a row depend on the row alone", the_bits_of_a_row_depend_on_the_row_alone },
    { "extreme levels stay finite and right", extreme_levels_stay_finite_and_right },
    { "a NaN stays in its row", a_nan_stays_in_its_row },
    { "most points belong to the mode they are near", most_points_belong_to_the_mode_they_are_near },
    { "parameters may stand in files", parameters_may_stand_in_files },
    { "bad descriptions are refused in one sentence", bad_descriptions_are_refused_in_one_sentence },
    { 0, 0 },
};
const test_table table_mixture = { "mixture", tests };
