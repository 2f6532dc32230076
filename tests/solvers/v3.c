/* DPM-Solver-v3: its special cases, its statistics against closed forms, what it is exact for, and what it refuses. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "bench/orders/order.h"
#include "bench/metrics/reference.h"
#include "solvers/tools/by_column.h"
#include "solvers/engine/drive.h"
#include "solvers/tools/statistics.h"
#include "tests/support/fixture.h"
#include "tests/support/gauss.h"
#include "tests/suite.h"

enum { ROWS = 24, STEPS = 9 };

/* Where the method takes ROWS states of the prior; owned by the caller, NULL where it failed. */
static double *end_of(const char *name, const char *on, const char *spacing)
{
    rig r;
    double *x, *y;

    if (rig_open(&r, "gmm8ring", on, name, spacing, STEPS, 0))
        return NULL;
    x = rig_start(&r, ROWS), y = rig_run(&r, ROWS, x, NULL, NULL);
    free(x), rig_close(&r);
    return y;
}

static double apart(const char *one, const char *other, const char *on, const char *spacing)
{
    double *a = end_of(one, on, spacing), *b = end_of(other, on, spacing), most = a && b ? 0 : INFINITY;

    for (int i = 0; a && b && i < 2 * ROWS; i++)
        most = fmax(most, fabs(a[i] - b[i]) / fmax(1, fabs(a[i])));
    free(a), free(b);
    return most;
}

static void with_constant_statistics_it_is_dpm_solver_and_its_plus_plus_to_1e_12(void)
{
    static const struct { const char *process, *grid; } places[] = { { "vp-linear", "lambda" }, { "edm", "karras" },
                                                                     { "vp-cosine", "uniform" } };
    static const char *const same[][2] = {
        { "dpm-solver-v3-1:statistics=data", "ddim" }, { "dpm-solver-v3-1:statistics=noise", "ddim" },
        { "dpm-solver-v3-2:statistics=data", "res-2m" },
        { "dpm-solver-v3-2:statistics=noise", "dpm-solver-2m:type=taylor" },
        { "dpm-solver-v3-3:statistics=data", "dpmpp-3m" }, { "dpm-solver-v3-3:statistics=noise", "dpm-solver-3m" },
        { "dpm-solver-v3-1:statistics=data,corrector=pseudo", "unipc-1:variant=vary-coeff" },
        { "dpm-solver-v3-2:pseudo=yes", "dpm-solver-v3-2" }, { "dpm-solver-v3-1:corrector=yes", "dpm-solver-v3-1" } };

    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        for (int p = 0; p < 3; p++)
            below(apart(same[i][0], same[i][1], places[p].process, places[p].grid), 1e-12);
}

static void its_variants_are_not_one_another(void)
{
    static const char *const other[][2] = {
        { "dpm-solver-v3-2", "res-2m" }, { "dpm-solver-v3-3", "dpmpp-3m" },
        { "dpm-solver-v3-3", "dpm-solver-v3-3:pseudo=yes" },
        { "dpm-solver-v3-2", "dpm-solver-v3-2:corrector=yes" },
        { "dpm-solver-v3-2:corrector=pseudo", "dpm-solver-v3-2:corrector=yes" },
        { "dpm-solver-v3-2:statistics=noise", "dpm-solver-v3-2:statistics=data" },
        { "dpm-solver-v3-2:paths=8", "dpm-solver-v3-2" } };

    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        CU_ASSERT(apart(other[i][0], other[i][1], "vp-linear", "karras") > 1e-8);
}

/* A run with what an estimate needs. */
static statistics *estimate(const rig *r, const score *field, int paths)
{
    findings found = { 0 };
    const plan *p = &r->how.plan;
    drive of = { .step = { .proc = p->proc, .steps = p->steps, .grid = p->grid, .groups = 1, .rows = 7,
                           .dim = field->dim },
                 .plan = p, .field = field, .found = &found };

    return statistics_estimate(&of.step, paths);
}

/* N(m, c): f = -(sigma/S)^2 m, S^2 = alpha^2 c + sigma^2, varies with lambda alone: l = (sigma/S)^2, s = 0, b = 2
 * (sigma/S)^2 (alpha^2 c/S^2) m. */
static void statistics_of_a_gaussian_are_those_in_closed_form(void)
{
    static const double mean = 2, c = 0.25;
    gauss g = gauss_law(3, mean, sqrt(c));
    score *field = exact_open(&g.law);
    rig r;
    statistics *q;

    if (rig_open(&r, "gmm8ring", NULL, "ddim", NULL, STEPS, 0)) {
        field_close(field);
        return;
    }
    q = estimate(&r, field, 40);
    CU_ASSERT_PTR_NOT_NULL(q);
    for (int k = 0; q && k <= 100; k++) {
        const process *p = r.of.model->process;
        double lambda = r.how.grid[0].lambda + k * (r.how.grid[STEPS].lambda - r.how.grid[0].lambda) / 100, v[STATS],
            share;
        level l = { .t = p->t_of_lambda(p, lambda) };

        p->at(p, 1, &l);
        share = l.sigma * l.sigma / (l.alpha * l.alpha * c + l.sigma * l.sigma);
        for (int j = 0; j < 3; j++) {
            statistics_at(q, j, lambda, v);
            near(v[STAT_L], share, 2e-4);
            near(v[STAT_B] + v[STAT_S] * -share * mean, 2 * share * (1 - share) * mean, 2e-3);
        }
    }
    statistics_free(q), field_close(field), rig_close(&r);
}

/* There g = 0 but for the error of the statistics, whatever the number of steps. */
static void gaussian_data_are_solved_by_the_statistics_alone(void)
{
    gauss g = gauss_law(2, 2, 0.5);
    score *field = exact_open(&g.law);
    static const char *const name[] = { "dpm-solver-v3-1", "dpm-solver-v3-3:corrector=yes" };

    for (int i = 0; i < 2; i++) {
        rig r;
        double *x, *y, exact[2 * ROWS], most = 0;

        if (rig_open(&r, "gmm8ring", NULL, name[i], NULL, 5, 0))
            continue;
        x = rig_start(&r, ROWS);
        must(reference_flow(field, r.of.model->process, r.how.grid, r.how.grid + 5, ROWS, NULL, x, exact));
        r.how.plan.field = field;
        y = rig_run(&r, ROWS, x, NULL, NULL);
        for (int k = 0; k < 2 * ROWS; k++)
            most = fmax(most, fabs(y[k] - exact[k]));
        below(most, 1e-3);
        free(x), free(y), rig_close(&r);
    }
    field_close(field);
}

/* Claims that the order suite does not ask for. */
static void its_variants_converge_as_they_claim(void)
{
    static const struct { const char *solver; double order; } row[] = {
        { "dpm-solver-v3-3:pseudo=yes", 2 }, { "dpm-solver-v3-1:corrector=pseudo", 2 },
        { "dpm-solver-v3-2:corrector=yes", 2 },
        { "dpm-solver-v3-3:pseudo=yes,corrector=yes", 3 } };
    static const effort quick = { .least = 64, .most = 1024, .limit = 4096 };
    static const char *const on = "lambda";
    order_ground field;
    arena vp;

    must(ground_open(&field));
    must(arena_open(&vp, &field, "vp-linear", 128, 1, &on));
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        method *m = method_parse("test", row[i].solver);
        finding f = { .solver = row[i].solver, .arena = &vp, .grid = "lambda", .kind = KIND_ODE };

        must(order_ode(&f, m, &quick));
        near(method_order(m), row[i].order, 0);
        near(f.verdict, VERDICT_HOLDS, 0);
        method_free(m);
    }
    arena_close(&vp), ground_close(&field);
}

/* Levels that are not the plan's own have no rows in the table; their coefficients are found on the
 * way, and are the same. */
static void steps_off_the_plans_grid_are_those_on_it(void)
{
    rig r;
    double *x, *y, *all = malloc(sizeof *all * (STEPS + 1) * 2 * ROWS), to[2 * ROWS];
    level copies[5][2];
    tally t = { 0 };

    if (rig_open(&r, "gmm8ring", NULL, "dpm-solver-v3-3:corrector=yes", "karras", STEPS, 0)) {
        free(all);
        return;
    }
    r.how.plan.trace = all;
    x = rig_start(&r, ROWS), y = rig_run(&r, ROWS, x, NULL, NULL);
    drive *v = drive_open(&r.how.plan, r.of.field, &t, ROWS, ROWS);
    CU_ASSERT_PTR_NOT_NULL(v);
    for (int k = 0; v && k < 5; k++) {
        level *copy = copies[k];

        memcpy(copy, r.how.grid + k, 2 * sizeof *copy);
        must(advance(v, copy, copy + 1, all + k * 2 * ROWS, to));
        CU_ASSERT(!memcmp(to, all + (k + 1) * 2 * ROWS, sizeof to));
        shift_history(v, copy);
    }
    drive_close(v);
    free(x), free(y), free(all), rig_close(&r);
}

static void its_bits_do_not_depend_on_blocks_and_threads(void)
{
    static const int blocks[] = { 0, 7, 40 };
    enum { MANY = 300 };
    rig r;
    int threads = omp_get_max_threads();
    double *x, *y[3];

    if (rig_open(&r, "gmm8ring", NULL, "dpm-solver-v3-3:corrector=pseudo", NULL, STEPS, 0))
        return;
    x = rig_start(&r, MANY);
    for (int i = 0; i < 3; i++) {
        r.how.plan.block = blocks[i];
        omp_set_num_threads(i + 1);
        y[i] = rig_run(&r, MANY, x, NULL, NULL);
        CU_ASSERT(!memcmp(y[i], y[0], 2 * MANY * sizeof *x));
    }
    omp_set_num_threads(threads);
    free(y[0]), free(y[1]), free(y[2]), free(x), rig_close(&r);
}

static void sums_by_column_are_those_of_a_plain_loop(void)
{
    static const int dims[] = { 1, 2, 3, 5, 48, 63, 64, 65, 128, 130 };
    enum { MANY = 29, TERMS = 5, MOST = 130 };
    double *v = malloc(sizeof *v * TERMS * 2 * MANY * MOST), *y = malloc(sizeof *y * 2 * MANY * MOST);
    double c[(TERMS + 1) * MOST], rows[(TERMS + 1) * MOST];
    const double *part[TERMS];

    for (int k = 0; k < TERMS * 2 * MANY * MOST; k++)
        v[k] = sin(k);
    for (int k = 0; k < (TERMS + 1) * MOST; k++)
        c[k] = cos(k);
    for (size_t i = 0; i < sizeof dims / sizeof *dims; i++)
        for (int terms = 1; terms <= TERMS; terms++) {
            int d = dims[i], N = MANY * d, wrong = 0;
            run r = { .groups = 2, .rows = MANY, .dim = d };

            for (int j = 0; j <= TERMS; j++) {
                memcpy(rows + j * columns_wide(d), c + j * d, d * sizeof *c);
                columns_repeat(d, rows + j * columns_wide(d));
            }
            for (int j = 0; j < TERMS; j++)
                part[j] = v + (size_t)j * 2 * MANY * MOST;
            sum_columns(&r, 1, y, terms, rows, part);
            for (int k = 0; k < N; k++) {
                double sum = c[k % d];

                for (int j = 0; j < terms; j++)
                    sum = fma(c[(j + 1) * d + k % d], part[j][N + k], sum);
                wrong += sum != y[N + k];
            }
            near(wrong, 0, 0);
        }
    free(v), free(y);
}

static int nowhere(void *self, const batch *p, double *out)
{
    for (size_t i = 0; i < (size_t)2 * p->groups * p->rows; i++)
        out[i] = NAN;
    return 0;
}

static void what_it_cannot_do_it_says(void)
{
    score field = { .abi = SCORE_ABI, .name = "nowhere", .dim = 2, .predicts = PREDICTS_DATA, .eval = nowhere };
    budget b = { STEPS, 0 };
    subject s;
    recipe how;
    rig r;
    double x[2 * ROWS] = { 0 };

    if (!must(subject_open(&s, "gmm8ring", "flow", NULL))) {
        CU_ASSERT_EQUAL(recipe_open(&how, &s, "dpm-solver-v3-2", NULL, 0, b), -1);
        says("alpha = 0");
        subject_close(&s);
    }
    if (!rig_open(&r, "gmm8ring", NULL, "dpm-solver-v3-2", NULL, STEPS, 0)) {
        r.how.plan.field = &field;
        CU_ASSERT_EQUAL(solve(&r.how.plan, ROWS, x, NULL), FAILED);
        says("model statistics", "not finite", "fokker check");
        rig_close(&r);
    }
}

static const test_case tests[] = {
    { "with constant statistics it is DPM-Solver and DPM-Solver++ to 1e-12",
      with_constant_statistics_it_is_dpm_solver_and_its_plus_plus_to_1e_12 },
    { "its variants are not one another", its_variants_are_not_one_another },
    { "the statistics of a Gaussian are those in closed form", statistics_of_a_gaussian_are_those_in_closed_form },
    { "Gaussian data are solved by the statistics alone", gaussian_data_are_solved_by_the_statistics_alone },
    { "its variants converge as they claim", its_variants_converge_as_they_claim },
    { "steps off the plan's grid are those on it", steps_off_the_plans_grid_are_those_on_it },
    { "its bits do not depend on blocks and threads", its_bits_do_not_depend_on_blocks_and_threads },
    { "sums by column are those of a plain loop", sums_by_column_are_those_of_a_plain_loop },
    { "what it cannot do it says in one sentence", what_it_cannot_do_it_says },
    { NULL, NULL },
};

const test_table table_v3 = { "v3", tests };
