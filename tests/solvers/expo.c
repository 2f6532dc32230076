/* Exponential integrators: which of them are the same method, what they cost, and that they stay finite at the ends. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/fixture.h"
#include "tests/support/gauss.h"
#include "tests/suite.h"

enum { ROWS = 24, STEPS = 9 };

/* Where the method takes ROWS starting states on a grid; owned by the caller, NULL where it failed. */
static double *end_of(const char *name, const char *on, const char *spacing, int steps, int denoise)
{
    rig r;
    double *x, *y;

    if (rig_open(&r, "gmm8ring", on, name, spacing, steps, denoise))
        return NULL;
    x = rig_start(&r, ROWS), y = rig_run(&r, ROWS, x, NULL, NULL);
    free(x), rig_close(&r);
    return y;
}

static double apart(const double *a, const double *b)
{
    double most = 0;

    for (int i = 0; i < 2 * ROWS; i++)
        most = fmax(most, fabs(a[i] - b[i]) / fmax(1, fabs(a[i])));
    return most;
}

typedef struct thread_copy { const char *one, *other; } thread_copy;

static double between_twins(const thread_copy *t, const char *on, const char *spacing)
{
    double *a = end_of(t->one, on, spacing, STEPS, 0), *b = end_of(t->other, on, spacing, STEPS, 0),
        d = a && b ? apart(a, b) : INFINITY;

    free(a), free(b);
    return d;
}

static const struct { const char *process, *grid; } places[] = { { "vp-linear", "lambda" }, { "edm", "karras" },
                                                                 { "vp-cosine", "uniform" } };

static void methods_that_are_the_same_agree_to_1e_13(void)
{
    static const thread_copy same[] = {
        { "dpmpp-2m", "unip-2" }, { "res-3m", "unip-3" }, { "dpmpp-3m", "unip-3" },
        { "dpm-solver-3m", "unip-3:predict=noise" },
        { "dpmpp-3s", "res-3s:c2=0.333333333333333333,c3=0.666666666666666667" },
        { "dpmpp-2s:type=taylor", "res-2s:c2=0.5" }, { "etd-rk2", "res-2s:c2=1" }, { "unip-1", "ddim" },
        { "unip-1:predict=noise", "ddim" },
        { "dpm-solver-2m", "unip-2:predict=noise" }, { "dpm-2", "dpm-solver-2s" },
        { "dpm-solver-2m:type=taylor", "unip-2:predict=noise,variant=vary-coeff" },
        { "res-2m", "unip-2:variant=vary-coeff" }, { "unip-3:variant=bh1,start=single", "unip-3:variant=vary-coeff" },
        { "dpm-solver-fast:order=2,predict=noise", "dpm-solver-fast:order=2" } };

    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        for (int p = 0; p < 3; p++)
            below(between_twins(&same[i], places[p].process, places[p].grid), 1e-13);
}

static void methods_that_are_not_the_same_do_not(void)
{
    static const thread_copy other[] = {
        { "dpmpp-2s", "res-2s" }, { "dpmpp-2m", "res-2m" }, { "unip-2", "unip-2:variant=bh1" },
        { "unipc-1", "unip-1" }, { "unipc-2", "unip-2" },
        { "unipc-2", "unipc-2:variant=bh1" }, { "unipc-3", "unip-3" }, { "unipc-3", "unipc-3-shipped" },
        { "unipc-3", "unipc-3:start=ramp" },
        { "unip-3:start=ramp", "dpmpp-3m-shipped" }, { "dpmpp-3m", "dpmpp-3m-shipped" },
        { "dpm-solver-2s", "dpmpp-2s" }, { "dpmpp-3m", "dpm-solver-3m" },
        { "dpmpp-3s", "dpmpp-3s:type=taylor" }, { "res-2s", "res-2s:c2=1" }, { "unipc-2:predict=noise", "unipc-2" } };

    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        CU_ASSERT(between_twins(&other[i], "vp-linear", "karras") > 1e-8);
}

/* One step a to b of DPM-Solver++(3M) in its authors' words: D1_0, D1_1, D1 and `factor` D2. */
static void lu_3m(const level *l, int k, double factor, const double *m0, const double *m1, const double *m2, double *x)
{
    const level *a = l + k, *b = a + 1;
    double h = b->lambda - a->lambda, r0 = (a->lambda - a[-1].lambda) / h, r1 = (a[-1].lambda - a[-2].lambda) / h;
    double phi_1 = expm1(-h), phi_2 = phi_1 / h + 1, phi_3 = phi_2 / h - 0.5;

    for (int i = 0; i < 2 * ROWS; i++) {
        double d10 = (m0[i] - m1[i]) / r0, d11 = (m1[i] - m2[i]) / r1, d1 = d10 + r0 / (r0 + r1) * (d10 - d11),
            d2 = factor * (d10 - d11) / (r0 + r1);

        x[i] = b->sigma / a->sigma * x[i] - b->alpha * phi_1 * m0[i] + b->alpha * phi_2 * d1 - b->alpha * phi_3 * d2;
    }
}

/* The states from the third on, by hand; those before are the method's own. */
static void against_lu(const char *name, double factor)
{
    rig r;
    double *x, *y, *all = malloc((STEPS + 1) * 2 * ROWS * sizeof *all), d[STEPS][2 * ROWS];

    if (rig_open(&r, "gmm8ring", NULL, name, "karras", STEPS, 0)) {
        free(all);
        return;
    }
    r.how.plan.trace = all;
    x = rig_start(&r, ROWS), y = rig_run(&r, ROWS, x, NULL, NULL);
    for (int k = 0; k < STEPS; k++) {
        batch p = { 1, ROWS, r.how.grid + k, all + k * 2 * ROWS, NULL };

        must(field_eval(r.of.field, &p, PREDICTS_DATA, d[k]));
        memcpy(x, p.x, 2 * ROWS * sizeof *x);
        if (k < 2)
            continue;
        lu_3m(r.how.grid, k, factor, d[k], d[k - 1], d[k - 2], x);
        below(apart(x, all + (k + 1) * 2 * ROWS), 1e-12);
    }
    free(x), free(y), free(all), rig_close(&r);
}

static void three_m_is_its_authors_formula_with_factor_2_and_what_is_shipped_with_1(void)
{
    against_lu("dpmpp-3m", 2);
    against_lu("dpmpp-3m-shipped", 1);
}

static void starts_and_stages_are_what_they_cost(void)
{
    static const struct { const char *solver; int calls; } row[] = {
        { "dpm-solver-2s", 2 * STEPS }, { "dpmpp-3s", 3 * STEPS }, { "dpm-solver-2m", STEPS },
        { "dpmpp-3m", STEPS + 1 }, { "dpmpp-3m-shipped", STEPS },
        { "unip-2", STEPS }, { "unip-3", STEPS + 1 }, { "unip-3:start=ramp", STEPS }, { "unip-4", STEPS + 4 },
        { "unipc-2", STEPS }, { "unipc-3", STEPS + 2 },
        { "unipc-4", STEPS + 6 }, { "res-5s", 5 * STEPS }, { "etd-rk4", 4 * STEPS }, { "res-3m", STEPS + 1 } };

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        rig r;

        if (rig_open(&r, "gmm8ring", NULL, row[i].solver, NULL, STEPS, 0))
            continue;
        CU_ASSERT_EQUAL(r.how.cost.calls, row[i].calls);
        rig_close(&r);
    }
    for (int n = 1; n < 20; n++)
        for (int denoise = 0; denoise < 2; denoise++) {
            rig r;

            if (rig_open(&r, "gmm8ring", NULL, "dpm-solver-fast", NULL, n, denoise))
                continue;
            CU_ASSERT_EQUAL(r.how.cost.calls, n);
            rig_close(&r);
        }
}

static void dpm_solver_fast_takes_single_steps_of_falling_order(void)
{
    rig fast, slow;
    double *x, *y, *z;
    static const char *const parts[] = { "dpm-solver-3s", "dpm-solver-2s", "unip-1:predict=noise" };

    if (rig_open(&fast, "gmm8ring", NULL, "dpm-solver-fast", "lambda", 6, 0))
        return;
    x = rig_start(&fast, ROWS), y = rig_run(&fast, ROWS, x, NULL, NULL);
    for (int i = 0, at = 0; i < 3; at += 3 - i, i++) {              /* 6 calls: orders 3, 2 and 1 */
        level ends[2] = { fast.how.grid[at], fast.how.grid[at + 3 - i] };

        if (rig_open(&slow, "gmm8ring", NULL, parts[i], NULL, 1, 0))
            continue;
        slow.how.plan.grid = ends;
        z = rig_run(&slow, ROWS, x, NULL, NULL);
        memcpy(x, z, 2 * ROWS * sizeof *x);
        free(z), rig_close(&slow);
    }
    below(apart(x, y), 1e-12);
    free(x), free(y), rig_close(&fast);
}

/* One step of any length: m + (S_b/S_a)(x - alpha_a m), with m and c read off the field. */
static void reab_solves_an_isotropic_gaussian_exactly(void)
{
    static const char *const names[] = { "reab-1", "reab-2", "reab-3" }, *const on[] = { "vp-linear", "edm", "flow" };

    for (int i = 0; i < 9; i++) {
        gauss of = gauss_law(2, 0.7, 1.3);
        rig r;
        double *x, *y;

        if (rig_open(&r, "gmm8ring", on[i / 3], names[i % 3], "lambda", 3, 0))
            continue;
        const level *a = r.how.plan.grid, *b = a + 3;
        score *field = exact_open(&of.law);
        r.how.plan.field = field;
        x = rig_start(&r, ROWS), y = rig_run(&r, ROWS, x, NULL, NULL);
        for (int k = 0; k < 2 * ROWS; k++) {
            double keep = sqrt((b->alpha * b->alpha * 1.69 + b->sigma * b->sigma)
                               / (a->alpha * a->alpha * 1.69 + a->sigma * a->sigma));

            near(y[k], b->alpha * 0.7 + keep * (x[k] - a->alpha * 0.7), 1e-11);
        }
        free(x), free(y), field_close(field), rig_close(&r);
    }
}

static const char *const data[] = {
    "reab-1", "reab-2", "reab-3", "reab-3:std=0.5", "dpmpp-2s", "dpmpp-2s:type=taylor", "dpmpp-3s",
    "dpmpp-3s:type=taylor", "dpmpp-3m", "dpmpp-3m-shipped",
    "unip-1", "unip-2", "unip-2:variant=bh1", "unip-3", "unip-4",
    "unipc-1", "unipc-1:variant=bh1", "unipc-2", "unipc-2:variant=bh1", "unipc-3", "unipc-4", "unipc-2-shipped",
    "unipc-3-shipped",
    "etd-rk2", "etd-rk3", "etd-rk4", "res-2s", "res-3s", "res-5s", "res-2m", "res-3m" };
static const char *const of_noise[] = {
    "dpm-solver-2s", "dpm-solver-3s", "dpm-solver-2m", "dpm-solver-3m", "dpm-solver-3m-shipped", "dpm-solver-fast",
    "unip-3:predict=noise",
    "unipc-2:predict=noise,variant=bh1", "unipc-3:predict=noise", "unipc-3-shipped:predict=noise" };
enum { DATAS = sizeof data / sizeof *data, NOISES = sizeof of_noise / sizeof *of_noise };

static void finite(const char *name, const char *on, const char *spacing, int steps)
{
    double *y = end_of(name, on, spacing, steps, 1);

    for (int i = 0; y && i < 2 * ROWS; i++)
        CU_ASSERT(isfinite(y[i]));
    free(y);
}

static void steps_stay_finite_at_both_ends(void)
{
    for (int i = 0; i < DATAS; i++)
        for (int steps = 1; steps < 8; steps++) {
            finite(data[i], "flow", "lambda", steps);
            finite(data[i], "flow", "uniform", steps);
            finite(data[i], "vp-linear", "karras", steps);
        }
    for (int i = 0; i < NOISES; i++)
        for (int steps = 1; steps < 8; steps++)
            finite(of_noise[i], "edm", "lambda", steps);
}

static void noise_predictions_are_refused_where_alpha_is_0(void)
{
    for (int i = 0; i < NOISES; i++) {
        subject s;
        recipe h;

        if (must(subject_open(&s, "gmm8ring", "flow", NULL)))
            return;
        CU_ASSERT(recipe_open(&h, &s, of_noise[i], NULL, 0, (budget){ 5, 0 }));
        says("alpha = 0");
        subject_close(&s);
    }
}

static void impossible_nodes_are_refused(void)
{
    static const char *const wrong[] = { "res-3s:c2=0.666666666666666667", "res-3s:c2=0.5,c3=0.5",
                                         "dpmpp-3s:r1=0.5,r2=0.5" };

    for (int i = 0; i < 3; i++) {
        subject s;
        recipe h;

        if (must(subject_open(&s, "gmm8ring", NULL, NULL)))
            return;
        CU_ASSERT(recipe_open(&h, &s, wrong[i], NULL, 0, (budget){ 5, 0 }));
        subject_close(&s);
    }
}

static void exponential_integrators_give_the_same_bits_in_blocks_of_any_size(void)
{
    for (int i = 0; i < DATAS + NOISES; i++) {
        rig r;
        double *x, *y, *z;

        if (rig_open(&r, "gmm8ring", NULL, i < DATAS ? data[i] : of_noise[i - DATAS], NULL, STEPS, 1))
            continue;
        x = rig_start(&r, ROWS), y = rig_run(&r, ROWS, x, NULL, NULL);
        r.how.plan.block = 7;
        z = rig_run(&r, ROWS, x, NULL, NULL);
        CU_ASSERT(!memcmp(y, z, 2 * ROWS * sizeof *y));
        free(x), free(y), free(z), rig_close(&r);
    }
}

static void exponential_integrators_run_back_to_where_they_came_from(void)
{
    enum { S = 240 };

    for (int i = 0; i < DATAS + NOISES; i++) {
        const char *name = i < DATAS ? data[i] : of_noise[i - DATAS];
        rig r;
        level back[S + 1];
        double *x, *y, *z;

        if (rig_open(&r, "gmm8ring", "vp-linear", name, "lambda", S, 0))
            continue;
        for (int k = 0; k <= S; k++)
            back[k] = r.how.grid[S - k];
        x = rig_start(&r, ROWS), y = rig_run(&r, ROWS, x, NULL, NULL);
        r.how.plan.grid = back;
        z = rig_run(&r, ROWS, y, NULL, NULL);
        below(apart(x, z), strstr(name, "shipped") || !strcmp(name, "unip-1") || !strcmp(name, "reab-1") ? 0.3 : 0.01);
        free(x), free(y), free(z), rig_close(&r);
    }
}

static const test_case tests[] = {
    { "methods that are the same agree to 1e-13", methods_that_are_the_same_agree_to_1e_13 },
    { "methods that are not the same do not", methods_that_are_not_the_same_do_not },
    { "3M is its authors' formula with factor 2, and what is shipped with 1",
      three_m_is_its_authors_formula_with_factor_2_and_what_is_shipped_with_1 },
    { "starts and stages are what they cost", starts_and_stages_are_what_they_cost },
    { "DPM-Solver-fast takes single steps of falling order", dpm_solver_fast_takes_single_steps_of_falling_order },
    { "REAB solves an isotropic Gaussian exactly", reab_solves_an_isotropic_gaussian_exactly },
    { "steps stay finite at both ends", steps_stay_finite_at_both_ends },
    { "noise predictions are refused where alpha is 0", noise_predictions_are_refused_where_alpha_is_0 },
    { "impossible nodes are refused", impossible_nodes_are_refused },
    { "exponential integrators give the same bits in blocks of any size",
      exponential_integrators_give_the_same_bits_in_blocks_of_any_size },
    { "exponential integrators run back to where they came from",
      exponential_integrators_run_back_to_where_they_came_from },
    { 0, 0 },
};
const test_table table_expo = { "expo", tests };
