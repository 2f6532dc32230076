/* Multistep methods in sigma/alpha: their weights against quadrature, one another, and the fields
 * that they are exact for. */
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/tools/lagrange.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

enum { N = 24, STEPS = 16 };

static void the_basis_integrates_every_polynomial_up_to_its_degree(void)
{
    static const double node[MAX_NODES] = { 2, 2.7, 3.1, 4.4, 5, 6.3, 7 };

    for (int n = 1; n <= MAX_NODES; n++) {
        double w[MAX_NODES];

        lagrange_integral(n, node, 2, 1.2, w);
        for (int k = 0; k < n; k++) {
            double sum = 0, scale = 0;

            for (int j = 0; j < n; j++)
                sum += w[j] * pow(node[j], k), scale += fabs(w[j]) * pow(node[j], k);
            near(sum / scale, (pow(1.2, k + 1) - pow(2, k + 1)) / (k + 1) / scale, 1e-14);
        }
    }
}

static void a_basis_function_is_1_at_its_node_and_0_at_the_others(void)
{
    static const double node[4] = { 1, 0.7, 0.2, -1 }, one = 1;

    for (int i = 0; i < 4; i++) {
        double w[4] = { 0 };

        lagrange_sum(4, node, 1, node + i, &one, w);
        for (int j = 0; j < 4; j++)
            CU_ASSERT_EQUAL(w[j], i == j);
    }
}

/* The largest difference of two solvers after the same steps, relative to the size of the states. */
static double apart(const char *one, const char *two, const char *proc, const char *on_grid)
{
    double most = 0, size = 0;
    rig a, b;

    if (rig_open(&a, "gmm8ring", proc, one, on_grid, STEPS, 0))
        return NAN;
    if (rig_open(&b, "gmm8ring", proc, two, on_grid, STEPS, 0))
        return rig_close(&a), NAN;
    double *x = rig_start(&a, N), *y = rig_run(&a, N, x, NULL, NULL), *z = rig_run(&b, N, x, NULL, NULL);

    for (int i = 0; i < 2 * N; i++)
        most = fmax(most, fabs(y[i] - z[i])), size = fmax(size, fabs(y[i]));
    free(x), free(y), free(z), rig_close(&a), rig_close(&b);
    return most / size;
}

typedef struct pair { const char *one, *two; double least, most; } pair;

/* On grids in lambda and of Karras, on two processes. */
static void compare(int n, const pair *p)
{
    static const char *const processes[] = { "vp-linear", "edm" }, *const grids[] = { "lambda", "karras" };

    for (int i = 0; i < n; i++)
        for (int k = 0; k < 4; k++) {
            double d = apart(p[i].one, p[i].two, processes[k / 2], grids[k % 2]);

            CU_ASSERT(d >= p[i].least);
            below(d, p[i].most);
        }
}

static void the_same_method_by_another_name_gives_the_same(void)
{
    static const pair same[] = {
        { "ipndm-v-2", "ab-2", 0, 1e-13 }, { "ipndm-v-3", "ab-3", 0, 1e-13 }, { "ipndm-v-4", "ab-4", 0, 1e-13 },
        { "ipndm-v-3:start=ramp", "ab-3:start=ramp", 0, 1e-13 }, { "ipndm-v-4:start=ramp", "lms", 0, 1e-13 },
        { "deis-rhoab2", "ab-2", 0, 1e-13 }, { "deis-rhoab3", "ab-3", 0, 1e-13 }, { "deis-rhoab4", "ab-4", 0, 1e-13 },
        { "lms:start=runge", "ab-4", 0, 1e-13 }, { "lms:order=3", "ab-3:start=ramp", 0, 1e-13 },
        { "lms:order=2", "ab-2", 0, 1e-13 },
        { "ipndm-1", "ddim", 0, 1e-13 }, { "ipndm-v-1", "ddim", 0, 1e-13 }, { "deis-rhoab1", "ddim", 0, 1e-13 },
        { "deis-tab1", "ddim", 0, 1e-13 },
        { "deis-logrhoab1", "ddim", 0, 1e-13 }, { "lms:order=1", "ddim", 0, 1e-13 },
    };

    compare(sizeof same / sizeof *same, same);
}

static void what_libraries_ship_is_something_else(void)
{
    static const pair other[] = {
        { "ipndm-v-3-shipped", "ipndm-v-3:start=ramp", 1e-5, 1 },
        { "ipndm-v-4-shipped", "ipndm-v-4:start=ramp", 1e-5, 1 },
        { "ipndm-3", "ipndm-v-3:start=ramp", 1e-5, 1 }, { "ipndm-4", "ipndm-v-4:start=ramp", 1e-5, 1 },
        { "lms", "ab-4", 1e-7, 1 },
        { "deis-tab2-shipped", "deis-tab2", 1e-9, 1e-3 },
        { "deis-tab3-shipped", "deis-tab3:start=ramp", 1e-9, 1e-3 },
        { "deis-tab4-shipped", "deis-tab4:start=ramp", 1e-9, 1e-3 },
        { "deis-rhoab3-shipped", "deis-rhoab3:start=ramp", 1e-9, 1e-3 }, { "pndm", "pndm:start=plms", 1e-7, 1 },
    };

    compare(sizeof other / sizeof *other, other);
    below(1e-9, apart("deis-tab1-shipped", "deis-tab1", "vp-linear", "karras"));
}

static void on_equal_steps_the_weights_for_equal_steps_are_right(void)
{
    static const pair same[] = { { "ipndm-2", "ab-2", 0, 1e-12 }, { "ipndm-3", "ab-3:start=ramp", 0, 1e-12 },
                                 { "ipndm-4", "lms", 0, 1e-12 },
                                 { "ipndm-v-3-shipped", "ab-3:start=ramp", 0, 1e-12 },
                                 { "deis-tab4", "ab-4", 0, 1e-11 } };

    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        below(apart(same[i].one, same[i].two, "edm:t_min=0.5,t_max=4", "uniform"), same[i].most);
    /* its sign is wrong on any grid */
    below(1e-5, apart("ipndm-v-4-shipped", "lms", "edm:t_min=0.5,t_max=4", "uniform"));
}

/* A field whose noise prediction is v^k, v = t, s or lambda, whatever x. */
typedef struct power_field { double (*of)(const level *); int k; } power_field;

static double time_of(const level *l) { return l->t; }
static double ratio_of(const level *l) { return l->sigma / l->alpha; }
static double lambda_of(const level *l) { return l->lambda; }

static int raised(void *self, const batch *p, double *out)
{
    const power_field *f = self;

    for (int g = 0; g < p->groups; g++)
        for (int i = 0; i < p->rows; i++)
            out[g * p->rows + i] = pow(f->of(p->at + g), f->k);
    return 0;
}

typedef struct along { const process *proc; power_field of; } along;

static double integrand(double lambda, void *v)
{
    const along *p = v;
    double t = p->proc->t_of_lambda(p->proc, lambda);
    level l;

    levels(p->proc, 1, &t, &l);
    return -ratio_of(&l) * pow(p->of.of(&l), p->of.k);
}

/* u after a run against the integral of E ds by adaptive quadrature, relative. */
static double missed(const char *proc, const char *how, power_field f)
{
    score field = { .abi = SCORE_ABI, .name = "power", .dim = 1, .predicts = PREDICTS_NOISE, .eval = raised,
                    .self = &f };
    gsl_integration_workspace *space = gsl_integration_workspace_alloc(200);
    rig r;
    double x = 0, exact = NAN, error;

    if (!rig_open(&r, "gmm8ring", proc, how, "karras", STEPS, 0)) {
        const level *g = r.how.grid;
        along p = { r.of.model->process, f };
        gsl_function F = { integrand, &p };

        r.how.plan.field = &field;
        must(solve(&r.how.plan, 1, &x, NULL));
        gsl_integration_qag(&F, g[0].lambda, g[STEPS].lambda, 0, 1e-12, 200, GSL_INTEG_GAUSS61, space, &exact, &error);
        x = (x / g[STEPS].alpha - exact) / exact;
        rig_close(&r);
    }
    gsl_integration_workspace_free(space);
    return fabs(x);
}

static void a_method_is_exact_for_fields_that_are_polynomials_in_its_variable(void)
{
    static const struct { const char *solver; double (*of)(const level *); int degree; } row[] = {
        { "ab-2", ratio_of, 0 }, { "ab-3", ratio_of, 1 }, { "ab-4", ratio_of, 2 }, { "lms", ratio_of, 0 },
        { "ipndm-v-4", ratio_of, 2 },
        { "deis-tab2", time_of, 0 }, { "deis-logrhoab2", lambda_of, 0 } };

    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        for (int k = 0; k <= row[i].degree; k++)
            below(missed("vp-linear", row[i].solver, (power_field){ row[i].of, k }), 1e-11);
    below(1e-6, missed("vp-linear", "ab-4", (power_field){ ratio_of, 4 }));
}

/* The weights of DEIS after its start: the difference of two states of a run on v^k, degree n - 1. */
static void the_weights_of_deis_are_integrals_of_its_basis(void)
{
    static const struct { const char *solver; double (*of)(const level *); int points; } row[] = {
        { "deis-tab2", time_of, 2 }, { "deis-tab3", time_of, 3 }, { "deis-tab4", time_of, 4 },
        { "deis-logrhoab2", lambda_of, 2 }, { "deis-logrhoab3", lambda_of, 3 }, { "ab-4", ratio_of, 4 } };
    static const char *const on[] = { "vp-linear", "vp-cosine", "sub-vp", "edm", "flow:t_max=0.95" };
    gsl_integration_workspace *space = gsl_integration_workspace_alloc(200);

    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        for (int p = 0; p < 5; p++)
            for (int k = 0; k < row[i].points; k++) {
                power_field f = { row[i].of, k };
                score field = { .abi = SCORE_ABI, .name = "power", .dim = 1, .predicts = PREDICTS_NOISE,
                                .eval = raised, .self = &f };
                double x = 0, trace[STEPS + 1];
                rig r;

                if (rig_open(&r, "gmm8ring", on[p], row[i].solver, "lambda", STEPS, 0))
                    continue;
                const level *g = r.how.grid;
                along a = { r.of.model->process, f };
                gsl_function F = { integrand, &a };

                r.how.plan.field = &field, r.how.plan.trace = trace;
                must(solve(&r.how.plan, 1, &x, NULL));
                for (int j = row[i].points; j < STEPS; j++) {
                    double exact, error, moved = trace[j + 1] / g[j + 1].alpha - trace[j] / g[j].alpha;

                    gsl_integration_qag(&F, g[j].lambda, g[j + 1].lambda, 0, 1e-12, 200, GSL_INTEG_GAUSS31, space,
                                        &exact, &error);
                    near(moved, exact, 1e-12 * fmax(fabs(exact), fabs(trace[j] / g[j].alpha)));
                }
                rig_close(&r);
            }
    gsl_integration_workspace_free(space);
}

static void starts_cost_what_they_say(void)
{
    static const struct { const char *solver; int more; } row[] = {
        { "ab-2", 0 }, { "ab-3", 1 }, { "ab-4", 4 }, { "lms", 0 }, { "lms:start=runge", 4 }, { "ipndm-4", 0 },
        { "ipndm-v-4", 4 },
        { "deis-tab4", 4 }, { "deis-tab4:start=ramp", 0 }, { "pndm", 9 }, { "pndm:start=plms", 1 } };

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        rig r;

        if (rig_open(&r, "gmm8ring", NULL, row[i].solver, NULL, STEPS, 0))
            continue;
        CU_ASSERT_EQUAL(r.how.cost.calls, STEPS + row[i].more);
        rig_close(&r);
    }
}

static const char *const family[] = {
    "ab-2", "ab-3", "ab-4", "lms", "ipndm-4", "ipndm-v-4", "deis-tab3", "deis-logrhoab3", "deis-rhoab3", "pndm",
    "pndm:start=plms" };
enum { FAMILY = sizeof family / sizeof *family };

static void any_number_of_steps_ends_finite_at_sigma_0(void)
{
    static const char *const on[] = { "vp-linear", "edm", "vp-discrete", "flow:t_max=0.9" };

    for (int i = 0; i < FAMILY; i++)
        for (int p = 0; p < 4; p++)
            for (int steps = 1; steps < 8; steps++) {
                rig r;
                double *x, *y;

                if (rig_open(&r, "gmm8ring", on[p], family[i], "lambda", steps, 1))
                    continue;
                x = rig_start(&r, N), y = rig_run(&r, N, x, NULL, NULL);
                for (int k = 0; k < 2 * N; k++)
                    CU_ASSERT(isfinite(y[k]));
                free(x), free(y), rig_close(&r);
            }
}

static void no_bit_depends_on_blocks_or_threads_or_neighbours(void)
{
    static const int blocks[] = { 1, 7, 64 };

    for (int i = 0; i < FAMILY; i++) {
        rig r;

        if (rig_open(&r, "gmm8ring", NULL, family[i], NULL, STEPS, 1))
            continue;
        double *x = rig_start(&r, 200), *usual = rig_run(&r, 200, x, NULL, NULL);

        for (int k = 0; k < 3; k++) {
            double *other;

            r.how.plan.block = blocks[k];
            other = rig_run(&r, 150, x, NULL, NULL);
            CU_ASSERT(!memcmp(usual, other, 300 * sizeof *x));
            free(other);
        }
        free(x), free(usual), rig_close(&r);
    }
}

static void the_flow_runs_back(void)
{
    enum { S = 200 };

    for (int i = 0; i < FAMILY; i++) {
        rig r;
        level back[S + 1];

        if (rig_open(&r, "gmm8ring", "vp-linear:t_min=0.05,t_max=0.7", family[i], NULL, S, 0))
            continue;
        for (int k = 0; k <= S; k++)
            back[k] = r.how.grid[S - k];
        double *x = rig_start(&r, N), *y = rig_run(&r, N, x, NULL, NULL), *z;

        r.how.plan.grid = back;
        z = rig_run(&r, N, y, NULL, NULL);
        for (int k = 0; k < 2 * N; k++)
            near(z[k], x[k], 2e-2);
        free(x), free(y), free(z), rig_close(&r);
    }
}

static void a_start_at_sigma_0_is_refused(void)
{
    for (int i = 0; i < FAMILY; i++) {
        rig r;
        level from[2];

        if (rig_open(&r, "gmm8ring", NULL, family[i], NULL, 1, 1))
            continue;
        from[0] = r.how.grid[1], from[1] = r.how.grid[0];
        r.how.plan.grid = from;
        CU_ASSERT(plan_check(&r.how.plan));
        says("start at sigma = 0", "t_min");
        rig_close(&r);
    }
}

static const test_case tests[] = {
    { "the basis integrates every polynomial up to its degree",
      the_basis_integrates_every_polynomial_up_to_its_degree },
    { "a basis function is 1 at its node and 0 at the others", a_basis_function_is_1_at_its_node_and_0_at_the_others },
    { "the same method by another name gives the same", the_same_method_by_another_name_gives_the_same },
    { "what libraries ship is something else", what_libraries_ship_is_something_else },
    { "on equal steps the weights for equal steps are right", on_equal_steps_the_weights_for_equal_steps_are_right },
    { "a method is exact for fields that are polynomials in its variable",
      a_method_is_exact_for_fields_that_are_polynomials_in_its_variable },
    { "the weights of DEIS are integrals of its basis", the_weights_of_deis_are_integrals_of_its_basis },
    { "starts cost what they say", starts_cost_what_they_say },
    { "any number of steps ends finite at sigma = 0", any_number_of_steps_ends_finite_at_sigma_0 },
    { "no bit depends on blocks or threads or neighbours", no_bit_depends_on_blocks_or_threads_or_neighbours },
    { "the flow runs back", the_flow_runs_back },
    { "a start at sigma = 0 is refused", a_start_at_sigma_0_is_refused },
    { 0, 0 },
};
const test_table table_multi = { "multi", tests };
