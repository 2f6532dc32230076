/* Starting states below t_max: the moments of the law at that level, row by row, and what is
 * said where none is known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "solvers/engine/start.h"
#include "tests/suite.h"
#include "tests/support/fixture.h"

static const char text[] = "[process]\nkind = vp-linear\n[data]\nkind = mixture\nmean.1 = 3 -1\ncov.1 = 0.25 0  0 4\n"
    "mean.2 = -5 2\ncov.2 = 0.25 0  0 4\nlabels = 0 1\n";

static level level_of(const model *m, double t)
{
    level l;

    levels(m->process, 1, &t, &l);
    return l;
}

/* Mean and variance of a column. */
static void moments_of(int n, int dim, const double *x, int column, double *mean, double *var)
{
    double sum = 0, square = 0;

    for (int i = 0; i < n; i++)
        sum += x[i * dim + column] / n;
    for (int i = 0; i < n; i++)
        square += pow(x[i * dim + column] - sum, 2) / (n - 1);
    *mean = sum, *var = square;
}

static void check_column(int n, const double *x, int column, const level *at, double m, double v)
{
    double mean, var, expected = at->alpha * at->alpha * v + at->sigma * at->sigma;

    moments_of(n, 2, x, column, &mean, &var);
    near(mean, at->alpha * m, 4.5 * sqrt(expected / n));
    near(var, expected, 4.5 * expected * sqrt(2. / n));
}

static void a_label_s_states_in_the_middle_have_its_moments_at_that_level(void)
{
    enum { N = 20000 };
    const char *path = temporary(text);
    model *m = model_open(path, NULL);
    double *x = malloc(2 * N * sizeof *x);
    int *label = calloc(N, sizeof *label);
    char warning[256];
    start_rule s;

    CU_ASSERT_PTR_NOT_NULL_FATAL(m);
    must(start_parse(&s, "--start", NULL, 2));
    for (double t = 0.02; t < 1; t += 0.3) {
        level at = level_of(m, t);

        must(start_check(&s, m, &at, warning, sizeof warning));
        CU_ASSERT(!*warning);
        must(start_draw(&s, m, &at, 7, 0, N, label, x));
        check_column(N, x, 0, &at, 3, 0.25);
        check_column(N, x, 1, &at, -1, 4);
    }
    start_close(&s);
    model_close(m);
    remove(path);
    free(x), free(label);
}

static void moments_that_are_given_stand_for_the_law(void)
{
    enum { N = 20000 };
    model *m = model_open("gauss2", NULL);
    double *x = malloc(2 * N * sizeof *x);
    level at = level_of(m, 0.2);
    start_rule s;

    must(start_parse(&s, "--start", "normal:mean=3,std=0.5", 2));
    must(start_draw(&s, m, &at, 7, 0, N, NULL, x));
    check_column(N, x, 0, &at, 3, 0.25);
    check_column(N, x, 1, &at, 3, 0.25);
    start_close(&s);
    model_close(m);
    free(x);
}

/* Whatever the rule: chunks give the rows of one call. */
static void a_state_depends_on_its_number_alone(void)
{
    enum { N = 50 };
    static const char *const rule[] = { NULL, "normal:mean=1,std=2", "prior" };
    model *m = model_open("gmm8ring", NULL);
    double all[2 * N], part[2 * N];

    for (int r = 0; r < 3; r++)
        for (int top = 0; top < 2; top++) {
            level at = level_of(m, top ? m->process->t_max : 0.3);
            start_rule s;

            must(start_parse(&s, "--start", rule[r], 2));
            must(start_draw(&s, m, &at, 3, 0, N, NULL, all));
            for (int i = 0; i < N; i += 7) {
                int n = N - i < 7 ? N - i : 7;

                must(start_draw(&s, m, &at, 3, i, n, NULL, part));
                CU_ASSERT(!memcmp(part, all + 2 * i, 2 * n * sizeof *part));
            }
            start_close(&s);
        }
    model_close(m);
}

static void at_t_max_every_rule_is_the_prior(void)
{
    enum { N = 9 };
    static const char *const rule[] = { NULL, "normal:mean=1,std=2", "prior" };
    model *m = model_open("gmm8ring", NULL);
    level at = level_of(m, m->process->t_max);
    double prior[2 * N], x[2 * N];

    start_states(m->process, &at, 2, 3, 0, N, prior);
    for (int r = 0; r < 3; r++) {
        start_rule s;

        must(start_parse(&s, "--start", rule[r], 2));
        must(start_draw(&s, m, &at, 3, 0, N, NULL, x));
        CU_ASSERT(!memcmp(x, prior, sizeof x));
        start_close(&s);
    }
    model_close(m);
}

static void without_a_law_the_prior_is_warned_of_and_refused_near_the_data(void)
{
    model *m = model_open("gauss2", NULL);
    law *known = m->law;
    level high = level_of(m, 0.8), low = level_of(m, 0.05);
    char warning[256];
    start_rule s;

    m->law = NULL;
    must(start_parse(&s, "--start", NULL, 2));
    must(start_check(&s, m, &high, warning, sizeof warning));
    CU_ASSERT_PTR_NOT_NULL(strstr(warning, "has no law"));
    CU_ASSERT(start_check(&s, m, &low, warning, sizeof warning) == -1);
    says("more data than noise", "--start prior");
    start_close(&s);
    must(start_parse(&s, "--start", "prior", 2));
    must(start_check(&s, m, &low, warning, sizeof warning));
    CU_ASSERT(!*warning);
    start_close(&s);
    m->law = known;
    model_close(m);
}

static void what_is_no_rule_is_named(void)
{
    start_rule s;

    CU_ASSERT(start_parse(&s, "--start", "lwa", 2) == -1);
    says("--start", "lwa", "law");
    CU_ASSERT(start_parse(&s, "--start", "normal:mean=1", 2) == -1);
    says("std");
    CU_ASSERT(start_parse(&s, "--start", "data:/nowhere.npy", 2) == -1);
    says("/nowhere.npy");
}

static const test_case tests[] = {
    { "a label's states in the middle have its moments at that level",
      a_label_s_states_in_the_middle_have_its_moments_at_that_level },
    { "moments that are given stand for the law", moments_that_are_given_stand_for_the_law },
    { "a state depends on its number alone", a_state_depends_on_its_number_alone },
    { "at t_max every rule is the prior", at_t_max_every_rule_is_the_prior },
    { "without a law the prior is warned of, and refused near the data",
      without_a_law_the_prior_is_warned_of_and_refused_near_the_data },
    { "what is no rule is named", what_is_no_rule_is_named },
    { 0, 0 },
};
const test_table table_start = { "start", tests };
