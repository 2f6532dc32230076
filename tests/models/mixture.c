/* The formulas of the mixture against finite differences, quadrature, closed forms and each other. */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/mixture_text.h"
#include "tests/suite.h"

enum { MANY = 4096 };

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
static void difference(void (*f)(const law *, level, const double *, const double *, double, double *), const law *l,
                       level at, const double *x,
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

static double scale_of(level at) { return 0.02 * hypot(at.sigma, 0.5 * at.alpha); }

static void the_denoiser_agrees_with_the_slope_of_the_log_density(void)
{
    EACH_MIXTURE(c) {
        law *l = mixture_made(c->K, c->dim, c->kind, "");

        EACH_LEVEL(at) {
            double x[MANY], v[MANY], x0[MANY], slope, along = 0, size = 0;

            points_at(l, *at, 1, 3, x);
            normals((stream){ 3, USE_LAW }, c - mixture_case, 0, 0, 1, l->dim, v);
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
    EACH_MIXTURE(c) {
        law *l = mixture_made(c->K, c->dim, c->kind, "");

        EACH_LEVEL(at) {
            double x[MANY], v[MANY], x0[MANY], y0[MANY], jv[MANY], slope[MANY], div, trace = 0;

            points_at(l, *at, 1, 5, x);
            normals((stream){ 3, USE_LAW }, c - mixture_case, 1, 0, 1, l->dim, v);
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
        law *l = mixture_made(4, 2, "svc"[k], "labels = 0 0 1 1\n");

        for (int label = -1; label < 2; label++) {
            level at = level_of(0.8, 0.6);
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
    sections *s = sections_read("models/shipped/gmm5-aniso16.ini");
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

static void the_three_forms_of_covariance_agree_where_they_meet(void)
{
    for (int dim = 1; dim < 8; dim += 3)
        for (int pair = 0; pair < 2; pair++) {
            law *a = mixture_made(6, dim, pair ? 's' : 'v', ""), *b = mixture_made(6, dim, pair ? 'e' : 'd', "");

            laws_agree(a, b, 1e-12);
            law_close(a);
            law_close(b);
        }
}

static void one_gaussian_has_its_closed_form(void)
{
    law *l = mixture_good("mean.1 = 1 -2 3\nvar.1 = 0.5 1 4\n");
    level at = level_of(0.6, 0.8);
    double x[3] = { 0.3, -1, 5 }, m[3] = { 1, -2, 3 }, var[3] = { 0.5, 1, 4 }, x0[3], div, logp, expected = 0,
        trace = 0;

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

static const test_case tests[] = {
    { "the denoiser agrees with the slope of the log-density", the_denoiser_agrees_with_the_slope_of_the_log_density },
    { "products and divergence agree with differences of the denoiser",
      products_and_divergence_agree_with_differences_of_the_denoiser },
    { "the density of the plane integrates to one, whole and by label", the_density_of_the_plane_integrates_to_one },
    { "full covariances agree with a plain formula by Cholesky",
      full_covariances_agree_with_a_plain_formula_by_cholesky },
    { "the three forms of covariance agree where they meet", the_three_forms_of_covariance_agree_where_they_meet },
    { "one Gaussian has its closed form", one_gaussian_has_its_closed_form },
    { 0, 0 },
};
const test_table table_mixture = { "mixture", tests };
