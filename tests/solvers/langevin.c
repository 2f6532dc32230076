/*
 * Langevin correctors keep the law of a level.  On N(0, V_0) a kick of size e takes a variance V to
 *   (1 - e/V_0)^2 V + 2 e,   stationary at V_0/(1 - e/(2 V_0)),
 * for an e that the level alone decides.  Sizes by the norm of the score, as published, depend on the state.
 */
#include <math.h>
#include <stdlib.h>
#include "solvers/engine/recipe.h"
#include "tests/suite.h"
#include "tests/support/gauss.h"

enum { KICKS = 400, NUMBERS = 16384 };
static const double share = 2 * 0.16 * 0.16;           /* e/sigma^2 of the default */

/* A method at one level from x, in place. */
static void kick(const law *l, const process *p, const level *at, const char *item, int n, double *x)
{
    level visited[2] = { *at };
    noise z = noise_philox(5);
    method *how = method_parse("--solver", item);
    score *field = exact_open(l);
    plan kicks = { .how = how, .proc = p, .field = field, .noise = &z, .steps = 1, .grid = visited };
    double t = at->t * (1 - 1e-6);

    levels(p, 1, &t, &visited[1]);
    must(solve(&kicks, n, x, NULL));
    field_close(field);
    method_free(how);
}

static double variance(long n, const double *x)
{
    double sum = 0, square = 0;

    for (long i = 0; i < n; i++)
        sum += x[i] / n;
    for (long i = 0; i < n; i++)
        square += (x[i] - sum) * (x[i] - sum) / (n - 1);
    return square;
}

/* From variance 3 V_0, by how many standard errors the variance after the kicks misses the recursion. */
static double off_recursion(const char *item, const process *p, double t, int dim)
{
    gauss g = gauss_law(dim, 0, 1.5);
    int n = NUMBERS / dim;
    double *x = malloc(NUMBERS * sizeof *x), v0, v, e, off;
    level at;

    levels(p, 1, &t, &at);
    v0 = at.alpha * at.alpha * 2.25 + at.sigma * at.sigma;
    e = share * at.sigma * at.sigma;
    v = 3 * v0;
    normals((stream){ 11, USE_PRIOR }, 0, 0, 0, n, dim, x);
    for (int i = 0; i < NUMBERS; i++)
        x[i] *= sqrt(v);
    kick(&g.law, p, &at, item, n, x);
    for (int k = 0; k < KICKS; k++)
        v = pow(1 - e / v0, 2) * v + 2 * e;
    if (KICKS * e / v0 > 10)
        near(v, v0 / (1 - e / (2 * v0)), 1e-4 * v0);
    off = (variance(NUMBERS, x) - v) / (v * sqrt(2. / NUMBERS));
    free(x);
    return off;
}

static const double heights[] = { 0.9, 0.3, 0.02 };
static const int widths[] = { 1, 2, 16, 64 };

static void the_variance_after_400_kicks_is_the_recursion_s(void)
{
    process *p = process_open("test", "vp-linear");

    for (unsigned h = 0; h < sizeof heights / sizeof *heights; h++)
        for (unsigned w = 0; w < sizeof widths / sizeof *widths; w++)
            below(fabs(off_recursion("langevin:steps=400,at=start", p, heights[h], widths[w])), 4);
    process_close(p);
}

static void sizes_by_norms_of_the_score_miss_the_recursion(void)
{
    static const char *const norms[] = { "langevin:steps=400,at=start,norm=row",
                                         "langevin:steps=400,at=start,norm=batch" };
    process *p = process_open("test", "vp-linear");

    for (int i = 0; i < 2; i++)
        for (int w = 0; w < 2; w++)
            CU_ASSERT(fabs(off_recursion(norms[i], p, 0.02, widths[w])) > 8);
    CU_ASSERT(fabs(off_recursion(norms[0], p, 0.9, 2)) > 8);
    process_close(p);
}

/* Variance of each column and its standard error, from the fourth moment. */
static void column(int n, int dim, const double *x, int d, double *var, double *se)
{
    double sum = 0, two = 0, four = 0;

    for (int i = 0; i < n; i++)
        sum += x[(long)i * dim + d] / n;
    for (int i = 0; i < n; i++) {
        double c = x[(long)i * dim + d] - sum;

        two += c * c / n;
        four += c * c * c * c / n;
    }
    *var = two;
    *se = sqrt((four - two * two) / n);
}

/* 20 kicks from exact p_t: what a discretised walk adds within a mode is at most e/2/(1 - e/(2 sigma^2)), since no mode
 * is narrower than sigma. */
static void exact_states_of_every_shipped_mixture_keep_their_variances(void)
{
    static const char *const mixtures[] = { "gauss2", "gmm8ring", "three", "gmm5-aniso16", "gmm10-64" };
    enum { N = 4000 };

    for (int i = 0; i < 5; i++) {
        model *m = model_open(mixtures[i], NULL);
        int dim = m->law->dim;
        double *x = malloc((size_t)N * dim * sizeof *x), *z = malloc((size_t)N * dim * sizeof *z);

        for (unsigned h = 0; h < sizeof heights / sizeof *heights; h++) {
            level at;
            double t = heights[h], more;

            levels(m->process, 1, &t, &at);
            more = share * at.sigma * at.sigma / 2 / (1 - share / 2);
            must(m->law->sample(m->law, (stream){ 3, USE_LAW }, 0, N, NULL, x));
            normals((stream){ 4, USE_NOISE }, 0, 0, 0, N, dim, z);
            for (long k = 0; k < (long)N * dim; k++)
                z[k] = x[k] = at.alpha * x[k] + at.sigma * z[k];
            kick(m->law, m->process, &at, "langevin:steps=20,at=start", N, x);
            for (int d = 0; d < dim; d++) {
                double before, after, se_before, se_after;

                column(N, dim, z, d, &before, &se_before);
                column(N, dim, x, d, &after, &se_after);
                below(fabs(after - before), more + 4 * hypot(se_before, se_after));
            }
        }
        free(x), free(z);
        model_close(m);
    }
}

/* What the published size does to the same states: a heavy tail where the score is small. */
static void exact_states_leave_their_law_under_the_published_size(void)
{
    enum { N = 4000 };
    gauss g = gauss_law(2, 0, 1);
    process *p = process_open("test", "vp-linear");
    double x[2 * N], t = 0.3;
    level at;

    levels(p, 1, &t, &at);
    normals((stream){ 11, USE_PRIOR }, 0, 0, 0, N, 2, x);          /* alpha^2 + sigma^2 = 1 */
    kick(&g.law, p, &at, "langevin:steps=20,at=start,norm=row", N, x);
    CU_ASSERT(variance(2 * N, x) > 2);
    process_close(p);
}

static const test_case tests[] = {
    { "the variance after 400 kicks is the recursion's", the_variance_after_400_kicks_is_the_recursion_s },
    { "sizes by norms of the score miss the recursion", sizes_by_norms_of_the_score_miss_the_recursion },
    { "exact states of every shipped mixture keep their variances",
      exact_states_of_every_shipped_mixture_keep_their_variances },
    { "exact states leave their law under the published size", exact_states_leave_their_law_under_the_published_size },
    { 0, 0 },
};
const test_table table_langevin = { "langevin", tests };
