/* A row that is lost leaves the others' bits as they are without it, wherever it stands in the batch. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/likelihood/likelihood.h"
#include "tests/support/fixture.h"
#include "tests/support/logrig.h"
#include "tests/suite.h"

enum { ROWS = 5 };

/* FAR: the row itself diverges or ends; NO_NUMBER: the field is NaN there. */
enum poison { FAR, NO_NUMBER };
static const double beyond = 1e3, start_of[] = { 1e20, 2e3 };

/* A field that has no number beyond. */
static int patchy(void *self, const batch *p, double *out)
{
    const score *of = self;

    if (of->eval(of->self, p, out))
        return -1;
    for (int i = 0; i < p->groups * p->rows; i++)
        if (p->x[(size_t)i * of->dim] > beyond)
            out[(size_t)i * of->dim] = NAN;
    return 0;
}

static score patched(const score *of)
{
    return (score){ .abi = SCORE_ABI, .name = "patchy", .dim = of->dim, .predicts = of->predicts, .eval = patchy,
                    .self = (void *)of };
}

static int chooses_steps(const solver *s) { return s->embedded || s->adapts; }

/* Rows but one: the same bits in both. */
static int others_same(const double *a, const double *b, int dim, int but)
{
    for (int i = 0; i < ROWS; i++)
        if (i != but && memcmp(a + (size_t)i * dim, b + (size_t)i * dim, dim * sizeof *a))
            return 0;
    return 1;
}

static void sampled(const char *item, enum poison kind)
{
    rig r;
    double *x, *good, *got;
    score field;

    if (rig_open(&r, "gmm8ring", "vp-linear", item, NULL, 0, 0))
        return;
    field = patched(r.of.field);
    if (kind == NO_NUMBER)
        r.how.plan.field = &field;
    x = rig_start(&r, ROWS), good = rig_run(&r, ROWS, x, NULL, NULL);
    for (int p = 0; p < ROWS; p++) {
        double kept = x[p * r.dim];
        int status;

        x[p * r.dim] = start_of[kind];
        got = rig_run(&r, ROWS, x, &status, NULL);
        check_near(others_same(good, got, r.dim, p), 1, 0, item, __FILE__, __LINE__);
        if (kind == NO_NUMBER)
            CU_ASSERT(isnan(got[p * r.dim]));
        x[p * r.dim] = kept;
        free(got);
    }
    free(x), free(good), rig_close(&r);
}

static void logp_of(const char *item, enum poison kind)
{
    logrig r;
    answer good[ROWS];
    score field;

    if (logrig_open(&r, "gmm8ring", "vp-linear", item, "exact", 1, 1e-5, ROWS))
        return;
    field = patched(r.of.field);
    if (kind == NO_NUMBER)
        r.q.field = &field;
    r.q.unchecked = 1;
    must(likelihood(&r.q, ROWS, r.x, NULL, good));
    for (int p = 0; p < ROWS; p++) {
        double kept = r.x[2 * p];
        int same = 1;

        r.x[2 * p] = start_of[kind];
        likelihood(&r.q, ROWS, r.x, NULL, r.out);
        for (int i = 0; i < ROWS; i++)
            same &= i == p || (r.out[i].logp == good[i].logp && r.out[i].calls == good[i].calls);
        check_near(same, 1, 0, item, __FILE__, __LINE__);
        r.x[2 * p] = kept;
    }
    logrig_close(&r);
}

static void a_sample_that_is_lost_leaves_the_others(void)
{
    for (int i = 0; i < solvers(); i++)
        for (int k = FAR; chooses_steps(solver_at(i)) && k <= NO_NUMBER; k++)
            sampled(solver_at(i)->name, (enum poison)k);
}

static void a_point_that_is_lost_leaves_the_others_log_p(void)
{
    for (int i = 0; i < solvers(); i++)
        for (int k = FAR; chooses_steps(solver_at(i)) && !solver_at(i)->stochastic && k <= NO_NUMBER; k++)
            logp_of(solver_at(i)->name, (enum poison)k);
}

const test_table table_neighbours = { "neighbours", (const test_case[]){
    { "a sample that is lost leaves the others' bits, with every method of own steps, wherever it stands",
      a_sample_that_is_lost_leaves_the_others },
    { "a point that is lost leaves the others' log p, with every method of own steps, wherever it stands",
      a_point_that_is_lost_leaves_the_others_log_p },
    { NULL, NULL } } };
