/* Runs that fail, break or are stopped: honest reasons, and no other row the worse for it. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "tests/suite.h"
#include "tests/support/ways.h"

enum { ROWS = 1500 };

/* A field that is wrong at some rows: NaN, or a failure, from the `after`-th call on. */
typedef struct trap { const score *of; const double *bad; int fails, after, calls; } trap;

static int sprung(void *self, const batch *p, double *out)
{
    trap *t = self;
    int dim = t->of->dim, calls;

    #pragma omp atomic capture
    calls = ++t->calls;
    if (t->of->eval(t->of->self, p, out))
        return -1;
    if (calls <= t->after)
        return 0;
    for (int i = 0; i < p->groups * p->rows; i++)
        if (p->x[(size_t)i * dim] > *t->bad) {
            if (t->fails)
                return fail("trap: no answer for the point %g", p->x[(size_t)i * dim]);
            out[(size_t)i * dim] = NAN;
        }
    return 0;
}

static void a_field_that_says_nan_half_way_costs_its_rows_only(void)
{
    for (int i = 0; i < WAYS; i++) {
        rig r;
        int status, wrong = 0;
        tally t;
        double limit = 3, *x, *y, *good;

        if (way_open(&r, "gmm8ring", &ways[i]))
            continue;
        trap snare = { r.of.field, &limit, 0, 3, 0 };
        score bad = *r.of.field;
        bad.eval = sprung, bad.divergence = NULL, bad.jvp = NULL, bad.self = &snare;
        x = rig_start(&r, 300);
        good = rig_run(&r, 300, x, NULL, NULL);
        r.how.plan.field = &bad;
        y = rig_run(&r, 300, x, &status, &t);
        r.how.plan.field = r.of.field;
        CU_ASSERT_EQUAL(status, DIVERGED);
        CU_ASSERT(t.diverged > 0 && t.diverged < 300);
        says("diverged in", "of 300 samples");
        for (int k = 0; k < 300; k++)
            wrong += isfinite(y[2 * k]) && isfinite(y[2 * k + 1]) && !same(y + 2 * k, good + 2 * k, 2);
        /* own steps see other neighbours' NaN never, but a trap near a trajectory's trial steps changes them */
        if (!ways[i].own)
            CU_ASSERT_EQUAL(wrong, 0);
        free(x), free(y), free(good), rig_close(&r);
    }
}

static void a_field_that_fails_ends_the_run_with_the_first_rows_reason(void)
{
    for (int i = 0; i < WAYS; i++) {
        char alone[1024] = "";
        int before = omp_get_max_threads();

        for (int threads = 1; threads <= 3; threads++) {
            rig r;
            int status;
            double limit = 2.5, *x, *y;

            if (way_open(&r, "gmm8ring", &ways[i]))
                continue;
            trap snare = { r.of.field, &limit, 1, 0, 0 };
            score bad = *r.of.field;
            bad.eval = sprung, bad.self = &snare;
            x = rig_start(&r, ROWS);
            r.how.plan.field = &bad;
            omp_set_num_threads(threads);
            y = rig_run(&r, ROWS, x, &status, NULL);
            CU_ASSERT_EQUAL(status, FAILED);
            says("trap: no answer");
            if (threads == 1)
                strcpy(alone, last_error());
            CU_ASSERT_STRING_EQUAL(alone, last_error());
            r.how.plan.field = r.of.field;
            free(x), free(y), rig_close(&r);
        }
        omp_set_num_threads(before);
    }
}

static void a_run_stops_when_told_to(void)
{
    static const volatile sig_atomic_t stop = 1;

    for (int i = 0; i < WAYS; i++) {
        rig r;
        int status;
        double *x, *y;

        if (way_open(&r, "gmm8ring", &ways[i]))
            continue;
        x = rig_start(&r, 50);
        r.how.plan.stop = &stop;
        y = rig_run(&r, 50, x, &status, NULL);
        CU_ASSERT_EQUAL(status, STOPPED);
        CU_ASSERT(isnan(y[0]));
        free(y);
        r.how.plan.stop = NULL, r.how.plan.deadline = omp_get_wtime() - 1;
        y = rig_run(&r, 50, x, &status, NULL);
        CU_ASSERT_EQUAL(status, STOPPED);
        says("out of time");
        free(x), free(y), rig_close(&r);
    }
}

static void what_a_method_cannot_do_is_said_before_the_run(void)
{
    static const struct { const char *solver, *process; int steps; const char *words[3]; } row[] = {
        { "em", "flow", 10, { "alpha = 0", "em" } }, { "edm-heun", "flow", 10, { "alpha = 0" } },
        { "cvode-adams", NULL, 10, { "own steps" } },
        { "dpmp-2m", NULL, 10, { "dpmp-2m", "did you mean dpmpp-2m" } },
        { "ddim:eat=1", NULL, 10, { "eat", "did you mean eta" } },
        { "ddim:eta=2", NULL, 10, { "eta", "between 0 and 1" } }, { "ddim:eta=x", NULL, 10, { "not a number" } },
        { "ddim/ddim", NULL, 10, { "wraps no other" } },
        { "ancestral:variance=both", NULL, 10, { "posterior beta" } }, { ":", NULL, 10, { "name" } } };

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        subject s;
        recipe h;
        budget b = { row[i].steps, 0 };

        if (must(subject_open(&s, "gmm8ring", row[i].process, NULL)))
            continue;
        if (recipe_open(&h, &s, row[i].solver, NULL, 0, b)) {
            check_says(row[i].words, __FILE__, __LINE__);
        } else {
            CU_ASSERT(recipe_adapts(h.how, b));     /* only adapts: the command refuses the budget */
            recipe_close(&h);
        }
        subject_close(&s);
    }
}

static void a_budget_below_one_step_is_refused(void)
{
    subject s;
    recipe a;

    if (must(subject_open(&s, "gmm8ring", NULL, NULL)))
        return;
    CU_ASSERT(recipe_open(&a, &s, "heun", NULL, 0, (budget){ 0, 1 }));
    says("--nfe 1", "heun", "more calls");
    CU_ASSERT(recipe_open(&a, &s, "dopri5", NULL, 0, (budget){ 0, 6 }));
    CU_ASSERT(recipe_open(&a, &s, "ddim", NULL, 0, (budget){ 0, 0 }));
    says("ddim", "--steps", "--nfe");
    subject_close(&s);
}

static const test_case tests[] = {
    { "a field that says NaN half-way costs its rows only", a_field_that_says_nan_half_way_costs_its_rows_only },
    { "a field that fails ends the run with a reason", a_field_that_fails_ends_the_run_with_the_first_rows_reason },
    { "a run stops when told to", a_run_stops_when_told_to },
    { "what a method cannot do is said before the run", what_a_method_cannot_do_is_said_before_the_run },
    { "a budget below one step is refused", a_budget_below_one_step_is_refused },
    { 0, 0 },
};
const test_table table_solve_failures = { "solve_failures", tests };
