/* Runge-Kutta and one-step methods against one another, against a formula written out, and against an
 * independent integrator. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/metrics/reference.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

enum { ROWS = 40 };

/* One way of running: what is compared. */
typedef struct ladder_way { const char *model, *process, *solver, *grid; int steps, denoise; } ladder_way;

/* The end of one way, ROWS x *dim; owned by the caller. */
static double *end_of(const ladder_way *w, int *dim, tally *cost)
{
    rig r;
    double *x, *y;

    if (rig_open(&r, w->model, w->process, w->solver, w->grid, w->steps, w->denoise))
        return NULL;
    x = rig_start(&r, ROWS);
    y = rig_run(&r, ROWS, x, NULL, cost);
    *dim = r.dim;
    free(x), rig_close(&r);
    return y;
}

static double apart(const ladder_way *v, const ladder_way *w)
{
    int dim, other;
    double *a = end_of(v, &dim, NULL), *b = end_of(w, &other, NULL), worst = a && b && dim == other ? 0 : NAN;

    for (int i = 0; worst == worst && i < ROWS * dim; i++)
        worst = fmax(worst, fabs(a[i] - b[i]) / fmax(1, fabs(b[i])));
    free(a), free(b);
    return worst;
}

/* The same way with two solvers. */
static double between_solvers(ladder_way w, const char *one, const char *two)
{
    ladder_way v = w;

    v.solver = one, w.solver = two;
    return apart(&v, &w);
}

static const ladder_way places[] = { { "gmm8ring", NULL, NULL, "lambda", 15, 0 },
                              { "gmm5-aniso16", NULL, NULL, "uniform", 20, 1 },
                              { "gmm8ring", "edm", NULL, "karras", 12, 1 },
                              { "gmm8ring", "ve", NULL, "lambda", 15, 0 } };
enum { PLACES = sizeof places / sizeof *places };

static void methods_that_are_one_in_exact_arithmetic_agree(void)
{
    for (int i = 0; i < PLACES; i++) {
        below(between_solvers(places[i], "edm-euler", "ddim"), 1e-13);
        below(between_solvers(places[i], "rho-euler", "ddim"), 1e-13);
        below(between_solvers(places[i], "rho-heun", "edm-heun"), 1e-13);
        below(between_solvers(places[i], "tcd:gamma=0", "ddim"), 1e-12);
        below(between_solvers(places[i], "stork-2:s=2", "stork-2:s=50"), 1e-11);
        below(between_solvers(places[i], "stork-2:s=7", "stork-2:s=200"), 1e-11);
    }
    below(between_solvers(places[0], "tcd:gamma=1", "lcm"), 1e-12);
    below(between_solvers(places[1], "tcd:gamma=1", "lcm"), 1e-12);
    CU_ASSERT(between_solvers(places[0], "tcd:gamma=0.5", "lcm") > 1e-3);
    CU_ASSERT(between_solvers(places[0], "lcm:scaling=10", "lcm") > 1e-3);
    CU_ASSERT(between_solvers(places[0], "stork-2-shipped", "stork-2") > 1e-4);
    CU_ASSERT(between_solvers(places[0], "dpm-2", "midpoint") > 1e-4);
}

/* x/alpha in t is x in t where alpha = 1, and s is t on edm; sigma on ve is no t.
 * A step to sigma = 0 is Euler's, one call. */
static void a_variable_of_the_noise_level_is_one_of_its_functions(void)
{
    static const ladder_way flow = { "gmm8ring", NULL, NULL, "lambda", 15, 0 },
        edm = { "gmm8ring", "edm", NULL, "karras", 12, 1 },
                     ve = { "gmm8ring", "ve", NULL, "lambda", 15, 0 },
                         bare = { "gmm8ring", "vp-linear:t_min=0", NULL, "uniform", 1, 0 };
    tally cost;
    int dim;

    below(between_solvers(flow, "rho-midpoint:in=flow", "midpoint"), 1e-13);
    below(between_solvers(flow, "rho-rk4:in=flow", "rk4"), 1e-13);
    below(between_solvers(flow, "rho-heun:in=flow", "heun"), 1e-13);
    below(between_solvers(edm, "rho-rk4:in=t", "rho-rk4"), 1e-13);
    below(between_solvers(ve, "rho-kutta3:in=t", "rho-kutta3:in=flow"), 1e-12);
    below(between_solvers(bare, "rho-rk4:in=flow", "rho-euler:in=flow"), 1e-13);
    CU_ASSERT(between_solvers(edm, "rho-heun:in=square", "rho-heun") > 1e-4);
    CU_ASSERT(between_solvers(flow, "rho-heun:in=t", "rho-heun:in=flow") > 1e-4);
    CU_ASSERT(between_solvers(bare, "rho-euler:in=flow", "rho-euler") > 1e-2);
    free(end_of(&(ladder_way){ "gmm8ring", "edm", "rho-rk4:in=square", "karras", 12, 1 }, &dim, &cost));
    CU_ASSERT_EQUAL(cost.calls, 4 * 11 + 1);
}

/* v(x, t) at one level. */
static void drift(const rig *r, const level *at, const double *x, double *v)
{
    batch p = { .groups = 1, .rows = ROWS, .at = at, .x = x };

    must(field_eval(r->of.field, &p, PREDICTS_VELOCITY, v));
}

static void stork_with_four_answers_is_adams_bashforth_4(void)
{
    rig r;
    double *x, *y, *v[4], t[8], worst = 0;
    size_t N;

    if (rig_open(&r, "gmm8ring", NULL, "stork-4", "lambda", 7, 0))
        return;
    N = (size_t)ROWS * r.dim;
    x = rig_start(&r, ROWS), r.how.plan.trace = malloc(8 * N * sizeof *x);
    y = rig_run(&r, ROWS, x, NULL, NULL);
    for (int k = 0; k < 8; k++)
        t[k] = r.how.plan.grid[k].t;
    for (int j = 0; j < 4; j++) {
        v[j] = malloc(N * sizeof **v);
        drift(&r, &r.how.plan.grid[6 - j], r.how.plan.trace + (6 - j) * N, v[j]);
    }
    for (size_t i = 0; i < N; i++) {
        double sum = 0;

        for (int q = 0; q < 3; q++) {               /* Simpson, exact for cubics: at t_6, the middle, t_7 */
            double at = t[6] + q * (t[7] - t[6]) / 2, p = 0;

            for (int j = 0; j < 4; j++) {
                double l = v[j][i];

                for (int k = 0; k < 4; k++)
                    l *= k == j ? 1 : (at - t[6 - k]) / (t[6 - j] - t[6 - k]);
                p += l;
            }
            sum += (q == 1 ? 4 : 1) * p / 6;
        }
        worst = fmax(worst, fabs(y[i] - (r.how.plan.trace[6 * N + i] + (t[7] - t[6]) * sum)));
    }
    below(worst, 1e-12);
    for (int j = 0; j < 4; j++)
        free(v[j]);
    free(x), free(y), free(r.how.plan.trace), r.how.plan.trace = NULL, rig_close(&r);
}

static void a_step_of_rx_is_made_of_three_steps_of_its_method(void)
{
    rig whole, half, both;
    double *x, *y[3];
    tally cost;

    if (rig_open(&whole, "gmm8ring", NULL, "heun", "lambda", 1, 0)
        || rig_open(&half, "gmm8ring", NULL, "heun", "lambda", 2, 0)
        || rig_open(&both, "gmm8ring", NULL, "rx/heun", "lambda", 1, 0))
        return;
    x = rig_start(&whole, ROWS);
    y[0] = rig_run(&whole, ROWS, x, NULL, NULL), y[1] = rig_run(&half, ROWS, x, NULL, NULL),
        y[2] = rig_run(&both, ROWS, x, NULL, &cost);
    for (int i = 0; i < ROWS * whole.dim; i++)
        near(y[2][i], y[1][i] + (y[1][i] - y[0][i]) / 3, 1e-11 * (1 + fabs(y[1][i]) + fabs(y[0][i])));
    CU_ASSERT_EQUAL(cost.calls, 6);
    CU_ASSERT_EQUAL(method_order(both.how.how), 3);
    for (int i = 0; i < 3; i++)
        free(y[i]);
    free(x), rig_close(&whole), rig_close(&half), rig_close(&both);
}

static void rx_refuses_what_cannot_be_extrapolated(void)
{
    static const char *const refused[][2] = { { "rx/ddim:eta=1", "stochastic" }, { "rx/em", "stochastic" },
                                              { "rx/dpmpp-2m", "steps before" }, { "rx/belm", "steps before" },
                                              { "rx/cvode-adams", "no order" } };
    subject of;
    recipe how;

    if (must(subject_open(&of, "gmm8ring", NULL, NULL)))
        return;
    for (int i = 0; i < 5; i++) {
        CU_ASSERT(recipe_open(&how, &of, refused[i][0], NULL, 0, (budget){ 10, 0 }));
        says("rx", refused[i][1]);
    }
    subject_close(&of);
}

/* Calls of `steps` steps. */
static long calls_of(const char *name, int steps)
{
    int dim;
    tally cost = { 0 };

    free(end_of(&(ladder_way){ "gmm8ring", NULL, name, "lambda", steps, 0 }, &dim, &cost));
    return cost.calls;
}

static void every_table_costs_the_calls_that_it_says(void)
{
    static const struct { const char *solver; long calls; } known[] = {
        { "midpoint", 20 }, { "rk4", 40 }, { "bosh3", 31 }, { "dopri5", 61 }, { "tsit5", 61 }, { "dop853", 120 },
        { "dopri8", 130 },
        { "fehlberg2", 21 }, { "adaptive-heun", 11 }, { "edm-euler", 10 }, { "dpm-2", 20 }, { "stork-2", 10 },
        { "stork-4", 16 }, { "bdia", 10 },
        { "rx/dpm-2", 60 }, { "lcm", 10 } };

    for (int i = 0; i < 16; i++)
        CU_ASSERT_EQUAL(calls_of(known[i].solver, 10), known[i].calls);
}

/* The largest error of own steps at a tolerance, against the reference. */
static double error_at(const char *name, double tol)
{
    rig r;
    char text[128];
    double *x, *y, *truth, worst = 0;

    snprintf(text, sizeof text, "%s:rtol=%g,atol=%g", name, tol, tol);
    if (rig_open(&r, "gmm8ring", NULL, text, NULL, 0, 0))
        return NAN;
    x = rig_start(&r, ROWS), truth = malloc((size_t)ROWS * r.dim * sizeof *truth);
    y = rig_run(&r, ROWS, x, NULL, NULL);
    must(reference_flow(r.of.field, r.of.model->process, r.how.plan.grid, r.how.plan.grid + r.how.plan.steps, ROWS,
                        NULL, x, truth));
    for (int i = 0; i < ROWS * r.dim; i++)
        worst = fmax(worst, fabs(y[i] - truth[i]));
    free(x), free(y), free(truth), rig_close(&r);
    return worst;
}

static void own_steps_err_in_proportion_to_the_tolerance(void)
{
    static const char *const names[] = { "bosh3", "dopri5", "tsit5", "dop853", "dopri8", "adaptive-heun" };

    for (int i = 0; i < 6; i++) {
        double coarse = error_at(names[i], 1e-4), fine = error_at(names[i], 1e-7);

        below(coarse, 1e-4 * 300);
        below(fine, 1e-7 * 300);
        CU_ASSERT(fine > 1e-7 * 1e-4);              /* nor is it lavish */
    }
}

const test_table table_rungs = { "rungs", (const test_case[]){
    { "methods that are one in exact arithmetic agree", methods_that_are_one_in_exact_arithmetic_agree },
    { "a variable of the noise level is one of its functions", a_variable_of_the_noise_level_is_one_of_its_functions },
    { "stork with four answers is Adams-Bashforth 4", stork_with_four_answers_is_adams_bashforth_4 },
    { "a step of rx is made of three steps of its method", a_step_of_rx_is_made_of_three_steps_of_its_method },
    { "rx refuses what cannot be extrapolated", rx_refuses_what_cannot_be_extrapolated },
    { "every table costs the calls that it says", every_table_costs_the_calls_that_it_says },
    { "own steps err in proportion to the tolerance", own_steps_err_in_proportion_to_the_tolerance },
    { NULL, NULL } } };
