/* Every kind of law at every process: the denoiser is the score of the density (Tweedie), the divergence and the
 * products are its derivatives. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/fixture.h"
#include "tests/suite.h"

static const char *const laws[] = { "gmm8ring", "gmm5-aniso16", "gmm10-64", "two-moons", "digits" };
static const char *const on[] = { "vp-linear", "vp-cosine", "sub-vp", "vp-discrete", "ve", "edm", "flow" };
enum { LAWS = sizeof laws / sizeof *laws, PROCESSES = sizeof on / sizeof *on, ROWS = 3 };

/* f(x + e) - f(x - e) over 2e, once extrapolated, where f is a law's value along column c. */
typedef double (*value)(const law *, const batch *, int out);

static double logp_of(const law *l, const batch *p, int out)
{
    double v[ROWS];

    must(l->logpdf(l, p, v));
    return v[out];
}

static double slope(const law *l, const batch *p, value f, int row, int column, double e)
{
    double *x = malloc((size_t)ROWS * l->dim * sizeof *x), d[2];
    batch q = *p;

    memcpy(x, p->x, (size_t)ROWS * l->dim * sizeof *x);
    q.x = x;
    for (int k = 0; k < 2; k++, e /= 2) {
        double up, down, at = x[row * l->dim + column];

        x[row * l->dim + column] = at + e, up = f(l, &q, row);
        x[row * l->dim + column] = at - e, down = f(l, &q, row);
        x[row * l->dim + column] = at;
        d[k] = (up - down) / (2 * e);
    }
    free(x);
    return (4 * d[1] - d[0]) / 3;
}

/* Noised samples of the law at a level. */
static double *points(const law *l, const level *at)
{
    double *x = malloc((size_t)ROWS * l->dim * sizeof *x), *z = malloc((size_t)ROWS * l->dim * sizeof *z);

    must(l->sample(l, (stream){ 5, USE_LAW }, 0, ROWS, NULL, x));
    normals((stream){ 5, USE_NOISE }, 0, 0, 0, ROWS, l->dim, z);
    for (int i = 0; i < ROWS * l->dim; i++)
        x[i] = at->alpha * x[i] + at->sigma * z[i];
    free(z);
    return x;
}

static void check_at(const law *l, const level *at)
{
    double *x = points(l, at), *d = malloc((size_t)ROWS * l->dim * sizeof *d),
        *jv = malloc((size_t)ROWS * l->dim * sizeof *jv);
    double *v = calloc((size_t)ROWS * l->dim, sizeof *v), div[ROWS], trace[ROWS] = { 0 }, spread = at->sigma < 1
        ? at->sigma : 1;
    batch p = { 1, ROWS, at, x, NULL };

    must(l->denoise(l, &p, d, div));
    for (int c = 0; c < l->dim; c += 1 + l->dim / 5)
        for (int i = 0; i < ROWS; i++) {
            double s = (at->alpha * d[i * l->dim + c] - x[i * l->dim + c]) / (at->sigma * at->sigma);

            near(slope(l, &p, logp_of, i, c, 0.02 * spread) / (1 + fabs(s)), s / (1 + fabs(s)), 2e-5);
        }
    for (int c = 0; c < l->dim; c++) {              /* the divergence is the sum of the products with unit vectors */
        for (int i = 0; i < ROWS; i++)
            v[i * l->dim + c] = 1;
        must(l->jvp(l, &p, v, d, jv));
        for (int i = 0; i < ROWS; i++)
            trace[i] += jv[i * l->dim + c], v[i * l->dim + c] = 0;
    }
    for (int i = 0; i < ROWS; i++)
        near(trace[i], div[i], 1e-9 * (1 + fabs(div[i])));
    free(x), free(d), free(jv), free(v);
}

static void every_law_keeps_tweedie_s_formula_at_every_process(void)
{
    static const double part[] = { 0.1, 0.5, 0.9 };

    for (int p = 0; p < PROCESSES; p++)
        for (int i = 0; i < LAWS; i++) {
            model *m = model_open(laws[i], on[p]);

            if (must(m ? 0 : -1))
                continue;
            for (int k = 0; k < 3; k++) {
                double t = m->process->t_min + part[k] * (m->process->t_max - m->process->t_min);
                level at;

                levels(m->process, 1, &t, &at);
                check_at(m->law, &at);
            }
            model_close(m);
        }
}

#ifdef __SSE__
#include <xmmintrin.h>

/* The processor's flags: an operand that is not normal, a result that underflowed. */
enum { DENORMAL = 0x02, UNDERFLOW = 0x10 };

/* Such numbers cost a hundred times as much, and appear where noise is small and modes are far away. */
static void no_number_of_a_law_is_subnormal_down_to_t_min(void)
{
    enum { N = 64 };
    static const double t[] = { 0, 0.003, 0.01, 0.03, 0.1, 0.5 };                  /* 0: t_min */

    for (int i = 0; i < LAWS; i++) {
        model *m = model_open(laws[i], NULL);
        size_t size = (size_t)N * m->law->dim * sizeof(double);
        double *x = malloc(size), *x0 = malloc(size), *v = malloc(size), *jv = malloc(size), div[N], logp[N];

        for (unsigned k = 0; k < sizeof t / sizeof *t; k++) {
            level at;
            batch p = { .groups = 1, .rows = N, .at = &at, .x = x };

            levels(m->process, 1, t[k] > 0 ? &t[k] : &m->process->t_min, &at);
            must(m->law->sample(m->law, (stream){ 5, USE_LAW }, 0, N, NULL, x0));
            normals((stream){ 5, USE_NOISE }, 0, 0, 0, N, m->law->dim, x);
            normals((stream){ 5, USE_PROBE }, 0, 0, 0, N, m->law->dim, v);
            for (int j = 0; j < N * m->law->dim; j++)
                x[j] = at.alpha * x0[j] + at.sigma * x[j];
            _mm_setcsr(_mm_getcsr() & ~(unsigned)(DENORMAL | UNDERFLOW));
            must(m->law->denoise(m->law, &p, x0, div));
            CU_ASSERT(!(_mm_getcsr() & (DENORMAL | UNDERFLOW)));
            must(m->law->logpdf(m->law, &p, logp));
            CU_ASSERT(!(_mm_getcsr() & (DENORMAL | UNDERFLOW)));
            must(m->law->jvp(m->law, &p, v, x0, jv));
            CU_ASSERT(!(_mm_getcsr() & (DENORMAL | UNDERFLOW)));
        }
        free(x), free(x0), free(v), free(jv);
        model_close(m);
    }
}
#endif

static void products_with_several_directions_are_those_with_one(void)
{
    enum { GROUPS = 21, MANY = 7 };
    static const char *const mixtures[] = { "gmm8ring", "gmm5-aniso16", "gmm10-64" };

    for (int i = 0; i < 3; i++) {
        model *m = model_open(mixtures[i], NULL);
        int dim = m->law->dim, N = GROUPS * 2;
        double *x = malloc(N * dim * sizeof *x), *v = malloc(MANY * N * dim * sizeof *v),
            *again = malloc(MANY * N * dim * sizeof *again);
        double *d = malloc(N * dim * sizeof *d), *jv = malloc(MANY * N * dim * sizeof *jv),
            *each = malloc(MANY * N * dim * sizeof *each);
        double *jv_each = malloc(MANY * N * dim * sizeof *jv_each);
        level at[GROUPS];
        batch p = { .groups = GROUPS, .rows = 2, .at = at, .x = x },
            q = { .groups = GROUPS, .rows = 2 * MANY, .at = at, .x = again };

        for (int g = 0; g < GROUPS; g++)
            levels(m->process, 1, (double[]){ 0.05 * g }, &at[g]);          /* the first without noise */
        normals((stream){ 1, USE_PRIOR }, 0, 0, 0, N, dim, x);
        normals((stream){ 2, USE_PROBE }, 0, 0, 0, MANY * N, dim, v);
        for (int k = 0; k < MANY * N; k++)
            memcpy(again + (size_t)k * dim, x + (size_t)(k / MANY) * dim, dim * sizeof *x);
        must(m->law->jvps(m->law, &p, MANY, v, d, jv));
        must(m->law->jvp(m->law, &q, v, each, jv_each));
        CU_ASSERT(!memcmp(jv, jv_each, MANY * N * dim * sizeof *jv));
        for (int k = 0; k < N; k++)
            CU_ASSERT(!memcmp(d + (size_t)k * dim, each + (size_t)k * MANY * dim, dim * sizeof *d));
        free(x), free(v), free(again), free(d), free(jv), free(each), free(jv_each);
        model_close(m);
    }
}

static int same_numbers(const double *a, const double *b, long n)
{
    return a && b ? !memcmp(a, b, n * sizeof *a) : a == b;
}

static int same_shape(const law *a, const law *b)
{
    return !strcmp(a->name, b->name) && a->dim == b->dim && a->labels == b->labels && a->modes == b->modes
        && a->points == b->points && a->scale == b->scale && a->shift == b->shift;
}

static int same_functions(const law *a, const law *b)
{
    return a->sample == b->sample && a->denoise == b->denoise && a->jvp == b->jvp && a->jvps == b->jvps
        && a->logpdf == b->logpdf && a->moments == b->moments && a->variances == b->variances
        && a->mode_of == b->mode_of && a->close == b->close;
}

/* The densities at noised samples of the first, of a class where there are classes. */
static int same_density(const law *a, const law *b, const level *at)
{
    int label[ROWS] = { 0, -1, 0 };
    double *x = points(a, at), p[ROWS], q[ROWS];
    batch all = { 1, ROWS, at, x, a->labels ? label : NULL };

    must(a->logpdf(a, &all, p));
    must(b->logpdf(b, &all, q));
    free(x);
    return !memcmp(p, q, sizeof p);
}

static void a_law_that_is_like_another_s_says_all_that_the_other_says(void)
{
    static const char *const pairs[][2] = { { "digits-mlp", "digits" }, { "checkerboard-mlp", "checkerboard" },
                                            { "gmm8ring-mlp", "gmm8ring" } };

    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        model *m = model_open(pairs[i][0], NULL), *n = model_open(pairs[i][1], NULL);
        level at;

        if (must(!m || !n))
            continue;
        levels(n->process, 1, (double[]){ 0.3 }, &at);
        CU_ASSERT(same_shape(m->law, n->law) && same_functions(m->law, n->law) && same_density(m->law, n->law, &at));
        CU_ASSERT(same_numbers(m->law->point, n->law->point, n->law->points * n->law->dim));
        CU_ASSERT(same_numbers(m->law->label_weight, n->law->label_weight, n->law->labels));
        CU_ASSERT(same_numbers(m->law->mode_weight, n->law->mode_weight, n->law->modes));
        model_close(m), model_close(n);
    }
}

static void variances_are_the_diagonal_of_the_covariance(void)
{
    for (int i = 0; i < LAWS; i++) {
        model *m = model_open(laws[i], NULL);
        int dim = m ? m->law->dim : 0;
        double *mean = malloc(4 * dim * sizeof *mean + (size_t)dim * dim * sizeof *mean + 1), *mu = mean + dim,
            *var = mu + dim, *cov = var + dim;

        if (must(!m))
            continue;
        must(m->law->moments(m->law, mean, cov));
        must(m->law->variances(m->law, mu, var));
        for (int d = 0; d < dim; d++) {
            near(mu[d], mean[d], 1e-14 * (1 + fabs(mean[d])));
            near(var[d], cov[d * (long)dim + d], 1e-12 * (1 + var[d]));
        }
        free(mean);
        model_close(m);
    }
}

static const test_case tests[] = {
#ifdef __SSE__
    { "no number of a law is subnormal down to t_min", no_number_of_a_law_is_subnormal_down_to_t_min },
#endif
    { "a law that is like another's says all that the other says",
      a_law_that_is_like_another_s_says_all_that_the_other_says },
    { "variances are the diagonal of the covariance", variances_are_the_diagonal_of_the_covariance },
    { "products with several directions are those with one, to the bit",
      products_with_several_directions_are_those_with_one },
    { "every law keeps Tweedie's formula at every process", every_law_keeps_tweedie_s_formula_at_every_process },
    { 0, 0 },
};
const test_table table_laws = { "laws", tests };
