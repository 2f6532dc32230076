/* Trajectories in parallel windows against their serial thread copies: to the bit at tolerance 0, within the
 * tolerance's promise above. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "tests/support/fixture.h"
#include "tests/suite.h"

enum { N = 4, STEPS = 26, SLICE = 3 };

/* The number is a slice's steps, or the coarse ones; `%s` the inner method. */
static const char *const around[] = { "picard:tol=0,window=13,slice=%d/%s",
                                      "parareal:tol=0,window=7,coarse=%d/ddim/%s",
    "anderson:tol=0,window=13,slice=%d/%s" };
enum { AROUND = sizeof around / sizeof *around };

/* Can it stand inside, and does it restart? */
static int fits(const solver *s) { return s->step && !s->adapts && !s->inners; }
static int restarts(const solver *s) { return s->history && (!s->embedded || s->chained); }

static int same(const double *a, const double *b, size_t count) { return !memcmp(a, b, count * sizeof *a); }

/* The run of an open rig's method, and that of its thread copy. */
static double *serial(rig *r, int n, const double *x, tally *cost)
{
    const method *how = r->how.plan.how;
    method room;
    double *y;

    r->how.plan.how = method_serial(how, r->how.plan.steps, &room);
    y = rig_run(r, n, x, NULL, cost);
    r->how.plan.how = how;
    return y;
}

static void equals_its_twin(const char *item, const char *name, const char *on, int final)
{
    rig r;
    double *x, *y, *z;
    tally t;

    if (rig_open(&r, name, on, item, NULL, STEPS, final))
        return;
    x = rig_start(&r, N), y = rig_run(&r, N, x, NULL, &t), z = serial(&r, N, x, NULL);
    check_near(same(y, z, (size_t)N * r.dim), 1, 0, item, __FILE__, __LINE__);
    CU_ASSERT(t.iterations > 0);
    CU_ASSERT(t.iterations <= (r.how.how->inner[1] ? method_role(r.how.how, ROLE_WINDOW, 0) : STEPS));
    free(x), free(y), free(z), rig_close(&r);
}

static void tolerance_0_equals_the_serial_run_to_the_bit_for_every_method(void)
{
    static const char *const on[] = { "vp-linear", "edm" };

    for (int k = 0; k < AROUND; k++)
        for (int i = 0; i < solvers(); i++) {
            char item[160];

            if (!fits(solver_at(i)))
                continue;
            snprintf(item, sizeof item, around[k], restarts(solver_at(i)) ? SLICE : 1, solver_at(i)->name);
            equals_its_twin(item, "gmm8ring", on[(i + k) % 2], (i + k) / 2 % 2);
        }
}

static void compounds_and_other_models_equal_theirs_too(void)
{
    static const char *const items[] = { "picard:tol=0/rx/heun", "picard:tol=0,carry=sigma/pc/em/langevin",
                                         "anderson:tol=0,memory=3,order=4/ddim:eta=0.5",
        "anderson:tol=0,carry=alpha/rx/ddim", "parareal:tol=0/ddim/rx/heun", "parareal:tol=0,window=4/exp-em/seeds-2",
        "parareal:tol=0,window=4/dpmpp-2s/ddim",
        "picard:tol=0,norm=batch/dpmpp-2s", "picard:tol=0,scale=one,window=1/ancestral",
        "parareal:tol=0,window=26/ddim/dpmpp-2s" };

    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        equals_its_twin(items[i], i % 3 ? i % 2 ? "gmm5-aniso16" : "two-moons" : "gmm10-64", i % 2 ? "flow:t_max=0.99"
                        : NULL, i % 2);
}

static void a_run_in_windows_gives_the_same_bits_in_any_block_on_any_number_of_threads(void)
{
    static const char *const items[] = { "picard:window=9/ddim", "parareal:window=5/ddim/ddim:eta=1",
                                         "anderson:window=12/ancestral", "picard/sa-solver:P=1" };
    static const int threads[] = { 1, 2, 3 }, blocks[] = { 0, 1, 7, 90 };
    enum { ROWS = 90 };
    int before = omp_get_max_threads();

    for (size_t i = 0; i < 3; i++) {
        rig r;
        double *x, *one, *alone;
        tally first, t;

        if (rig_open(&r, "gmm5-aniso16", NULL, items[i], NULL, STEPS, 1))
            continue;
        x = rig_start(&r, ROWS), one = rig_run(&r, ROWS, x, NULL, &first);
        for (int k = 0; k < 12; k++) {
            double *y;

            omp_set_num_threads(threads[k % 3]);
            r.how.plan.block = blocks[k / 3];
            y = rig_run(&r, ROWS, x, NULL, &t);
            CU_ASSERT(same(y, one, (size_t)ROWS * r.dim));
            CU_ASSERT(t.calls == first.calls && t.rows == first.rows && t.iterations == first.iterations);
            free(y);
        }
        omp_set_num_threads(before);
        if (!method_stochastic(r.how.how)) {            /* row 40 alone: its noise would be row 0's */
            alone = rig_run(&r, 1, x + 40 * r.dim, NULL, &t);
            CU_ASSERT(same(alone, one + 40 * r.dim, r.dim));
            free(alone);
        }
        free(x), free(one), rig_close(&r);
    }
}

/* rms over all rows and columns */
static double apart(const double *a, const double *b, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum / count);
}

static int ascending(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* Nine rows in ten end within tol of their thread copy, half of them within a fifth of it.  d: room for n. */
static void promise(const char *item, double tol, int n, int dim, const double *y, const double *z, double *d)
{
    for (int i = 0; i < n; i++)
        d[i] = apart(y + (size_t)i * dim, z + (size_t)i * dim, dim);
    qsort(d, n, sizeof *d, ascending);
    check_below(d[(n - 1) / 2], tol / 5, item, __FILE__, __LINE__);
    check_below(d[(9 * n + 9) / 10 - 1], tol, item, __FILE__, __LINE__);
}

static void a_tolerance_keeps_its_promise(void)
{
    static const char *const models[] = { "gmm8ring", "gmm10-64", "digits" };
    static const char *const items[] = { "picard:window=50,tol=1e-3/ddim", "anderson:window=50,tol=1e-3/ddim",
                                         "parareal:tol=1e-3/ddim/ddim",
        "picard:window=20,tol=1e-2/dpmpp-2s", "anderson:window=50,tol=1e-3/ancestral", "picard:tol=1e-2/ddim:eta=0.3",
        "parareal:tol=1e-2,coarse=2/ddim/dpmpp-2m" };

    for (int m = 0; m < 3; m++)
        for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
            rig r;
            double *x, *y, *z, d[200];
            tally wide, thread_copy;
            int n = m == 2 ? 2 : 200;

            if (rig_open(&r, models[m], NULL, items[i], NULL, 50, 0))
                continue;
            x = rig_start(&r, n), y = rig_run(&r, n, x, NULL, &wide), z = serial(&r, n, x, &thread_copy);
            promise(items[i], method_role(r.how.how, ROLE_TOL, 0), n, r.dim, y, z, d);
            CU_ASSERT(!same(y, z, (size_t)n * r.dim));  /* a tolerance was made use of */
            /* which restarts, so that its slices wait for one another */
            CU_ASSERT(wide.calls < thread_copy.calls || strstr(items[i], "dpmpp-2m"));
            CU_ASSERT(wide.rows > thread_copy.rows);
            CU_ASSERT(wide.rows < wide.asks * n * 50);  /* rows that are done have left */
            free(x), free(y), free(z), rig_close(&r);
        }
}

/* A field that answers after a while. */
static int late(void *self, const batch *p, double *out)
{
    const score *of = self;
    const struct timespec ms = { .tv_nsec = 1000000 };

    nanosleep(&ms, NULL);
    return of->eval(of->self, p, out);
}

static void a_slow_field_is_asked_five_times_less_often_in_sequence(void)
{
    rig r;
    double *x, *y, *z, began, wide_took, twin_took;
    tally wide, thread_copy;

    if (rig_open(&r, "gmm8ring", NULL, "picard:window=100,tol=1e-3/ddim", NULL, 100, 0))
        return;
    score slow = *r.of.field;
    slow.eval = late, slow.self = r.of.field, slow.divergence = NULL, slow.jvp = NULL, slow.serial = 1;
    r.how.plan.field = &slow;
    x = rig_start(&r, 1);
    began = omp_get_wtime(), y = rig_run(&r, 1, x, NULL, &wide), wide_took = omp_get_wtime() - began;
    began = omp_get_wtime(), z = serial(&r, 1, x, &thread_copy), twin_took = omp_get_wtime() - began;
    CU_ASSERT_EQUAL(thread_copy.calls, 100);
    CU_ASSERT(5 * wide.calls <= thread_copy.calls && wide.asks == wide.calls);
    below(apart(y, z, 2), 1e-3);
    below(wide_took, twin_took / 2);
    r.how.plan.field = r.of.field;
    free(x), free(y), free(z), rig_close(&r);
}

static void the_change_of_each_iteration_falls_faster_and_faster(void)
{
    rig r;
    double *x, *y, residual[STEPS + 1] = { 0 };
    int last = 0;

    if (rig_open(&r, "gmm8ring", NULL, "picard:window=26,tol=0/ddim", NULL, STEPS, 0))
        return;
    r.how.plan.residual = residual;
    x = rig_start(&r, N), y = rig_run(&r, N, x, NULL, NULL);
    while (last < STEPS && residual[last] > 1e-13)
        last++;
    CU_ASSERT(last > 6 && last < STEPS);
    below(residual[last - 1] / residual[last - 2], residual[2] / residual[1]);
    CU_ASSERT_EQUAL(residual[STEPS], 0);
    free(x), free(y), rig_close(&r);
}

static void recorded_noise_is_used_as_by_the_serial_run(void)
{
    static const char *const items[] = { "picard:tol=0,window=5/ancestral", "parareal:tol=0,window=4/exp-em/ancestral",
                                         "anderson:tol=0/sra1" };

    for (int i = 0; i < 3; i++) {
        rig r;
        double *x, *y, *z;
        replay p;
        array recorded = { 3, { 2 * STEPS, N, 2 }, NULL };

        if (rig_open(&r, "gmm8ring", NULL, items[i], NULL, STEPS, 0))
            continue;
        recorded.v = malloc((size_t)2 * STEPS * N * 2 * sizeof *recorded.v);
        normals((stream){ 9, USE_NOISE }, 0, 0, 0, 2 * STEPS * N, 2, recorded.v);
        must(replay_open(&p, "recorded", &recorded, N, 2));
        r.noise = noise_replay(&p);
        x = rig_start(&r, N), y = rig_run(&r, N, x, NULL, NULL), z = serial(&r, N, x, NULL);
        CU_ASSERT(same(y, z, N * 2));
        free(x), free(y), free(z), free(recorded.v), rig_close(&r);
    }
}

static void a_budget_is_that_of_the_serial_twin(void)
{
    rig r;
    subject s;
    recipe h;
    tally t;
    double *x, *y;

    if (must(subject_open(&s, "gmm8ring", NULL, NULL)))
        return;
    if (!must(recipe_open(&h, &s, "picard/heun", NULL, 0, (budget){ 0, 41 }))) {
        CU_ASSERT_EQUAL(h.plan.steps, 20);
        CU_ASSERT_EQUAL(h.cost.calls, 40);
        recipe_close(&h);
    }
    subject_close(&s);
    if (rig_open(&r, "gmm8ring", NULL, "picard:tol=0,window=1/heun", NULL, 20, 0))
        return;
    x = rig_start(&r, N), y = rig_run(&r, N, x, NULL, &t);
    CU_ASSERT(t.calls == 40 && t.asks == 40 && t.iterations == 20 && t.rows == 40 * N);
    free(x), free(y), rig_close(&r);
}

static void what_cannot_be_run_in_windows_is_said_in_a_sentence(void)
{
    static const struct { const char *solver; const char *words[4]; } row[] = {
        { "picard:window=0/ddim", { "window", "between 1" } },
        { "picard/cvode-adams", { "cvode-adams", "chooses its own steps", "ddim" } },
        { "anderson/gotta-go-fast", { "chooses its own steps" } }, { "picard/dpm-solver-fast", { "cut into slices" } },
        { "picard/picard/ddim", { "parallel in time itself" } },
        { "picard/dpmpp-2m", { "restart in each step", "slice=2" } },
        { "picard:slice=4/dpmpp-3m:last=lower", { "last", "leave it out" } },
        { "picard/pc/em/langevin:norm=batch", { "norm=batch" } },
        { "parareal/ddim", { "wraps 2 other" } },
        { "parareal:window=26/ddim/ddim", { "saves nothing", "1 step a slice" } },
        { "parareal:window=13,coarse=2/heun/heun", { "saves nothing" } },
        { "parareal:window=1/ddim/heun", { "window", "between 2" } },
        { "parareal/em/ddim", { "em is stochastic", "ddim, is not" } },
        { "parareal/cvode-bdf/ddim", { "coarse method cvode-bdf" } },
        { "anderson:memory=9/ddim", { "memory", "between 0 and 8" } }, { "picard:tol=-1/ddim", { "tol" } } };

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        subject s;
        recipe h;

        if (must(subject_open(&s, "gmm8ring", NULL, NULL)))
            continue;
        if (recipe_open(&h, &s, row[i].solver, NULL, 0, (budget){ STEPS, 0 })) {
            check_says(row[i].words, __FILE__, __LINE__);
        } else {
            check_must(fail("it was accepted"), row[i].solver, __FILE__, __LINE__);
            recipe_close(&h);
        }
        subject_close(&s);
    }
}

const test_table table_windows = { "windows", (const test_case[]){
    { "tolerance 0 equals the serial run to the bit for every method",
      tolerance_0_equals_the_serial_run_to_the_bit_for_every_method },
    { "compounds and other models equal theirs too", compounds_and_other_models_equal_theirs_too },
    { "a run in windows gives the same bits in any block on any number of threads",
      a_run_in_windows_gives_the_same_bits_in_any_block_on_any_number_of_threads },
    { "a tolerance keeps its promise", a_tolerance_keeps_its_promise },
    { "a slow field is asked five times less often in sequence",
      a_slow_field_is_asked_five_times_less_often_in_sequence },
    { "the change of each iteration falls faster and faster", the_change_of_each_iteration_falls_faster_and_faster },
    { "recorded noise is used as by the serial run", recorded_noise_is_used_as_by_the_serial_run },
    { "a budget is that of the serial twin", a_budget_is_that_of_the_serial_twin },
    { "what cannot be run in windows is said in a sentence", what_cannot_be_run_in_windows_is_said_in_a_sentence },
    { NULL, NULL } } };
