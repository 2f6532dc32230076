/* Whatever runs a plan: the same bits however the batch is cut, honest counts, ends where it should. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "tests/suite.h"
#include "tests/support/ways.h"

enum { N = 1500 };

/* CVODE takes one row at a time: fewer of them. */
static int rows_of(const way *w) { return strncmp(w->solver, "cvode", 5) ? N : 260; }

static void every_solver_gives_the_same_bits_on_any_number_of_threads(void)
{
    static const int threads[] = { 2, 3, 7 };

    for (int i = 0; i < WAYS; i++) {
        rig r;
        double *x, *one;
        int before = omp_get_max_threads();

        if (way_open(&r, "gmm8ring", &ways[i]))
            continue;
        omp_set_num_threads(1);
        int n = rows_of(&ways[i]);
        x = rig_start(&r, n);
        one = rig_run(&r, n, x, NULL, NULL);
        for (int k = 0; k < 3; k++) {
            double *many;

            omp_set_num_threads(threads[k]);
            many = rig_run(&r, n, x, NULL, NULL);
            CU_ASSERT(same(one, many, 2 * n));
            free(many);
        }
        omp_set_num_threads(before);
        free(x), free(one), rig_close(&r);
    }
}

static void every_solver_gives_the_same_bits_in_blocks_of_any_size(void)
{
    static const int blocks[] = { 1, 7, 64, N };

    for (int i = 0; i < WAYS; i++) {
        rig r;
        double *x, *usual;

        if (way_open(&r, "gmm8ring", &ways[i]))
            continue;
        x = rig_start(&r, 200);
        usual = rig_run(&r, 200, x, NULL, NULL);
        for (int k = 0; k < 4; k++) {
            double *other;

            r.how.plan.block = blocks[k];
            other = rig_run(&r, 200, x, NULL, NULL);
            CU_ASSERT(same(usual, other, 400));
            free(other);
        }
        free(x), free(usual), rig_close(&r);
    }
}

/* Row i of the shuffled batch is row perm[i]. */
static void shuffled(const char *name, const way *w, int n)
{
    rig r;
    double *x, *plain, *mixed, *y;
    int *perm = malloc(n * sizeof *perm), all = 1;

    if (way_open(&r, name, w)) {
        free(perm);
        return;
    }
    x = rig_start(&r, n), mixed = malloc((size_t)n * r.dim * sizeof *mixed);
    plain = rig_run(&r, n, x, NULL, NULL);
    for (int i = 0; i < n; i++)
        perm[i] = (int)((i * 7919L + 13) % n);      /* n is no multiple of the prime */
    for (int i = 0; i < n; i++)
        memcpy(mixed + (size_t)i * r.dim, x + (size_t)perm[i] * r.dim, r.dim * sizeof *x);
    y = rig_run(&r, n, mixed, NULL, NULL);
    for (int i = 0; i < n; i++)
        all &= same(y + (size_t)i * r.dim, plain + (size_t)perm[i] * r.dim, r.dim);
    CU_ASSERT(all);
    free(y);
    y = rig_run(&r, n / 3, x, NULL, NULL);          /* the others dropped */
    CU_ASSERT(same(y, plain, (size_t)n / 3 * r.dim));
    free(y);
    y = rig_run(&r, 1, x + 5 * r.dim, NULL, NULL);
    CU_ASSERT(same(y, plain + 5 * r.dim, r.dim));
    free(y), free(x), free(plain), free(mixed), free(perm), rig_close(&r);
}

static void a_row_of_the_flow_depends_on_nothing_but_the_row(void)
{
    for (int i = 0; i < WAYS; i++) {
        rig r;
        int noisy;

        if (way_open(&r, "gmm8ring", &ways[i]))
            continue;
        noisy = method_stochastic(r.how.how);
        rig_close(&r);
        if (!noisy)
            shuffled("gmm8ring", &ways[i], rows_of(&ways[i]) / 2);
    }
    shuffled("gmm5-aniso16", &ways[6], 300);
    shuffled("gmm5-aniso16", &ways[8], 100);
    shuffled("digits", &ways[6], 150);
    shuffled("two-moons", &ways[6], 150);
}

static void calls_are_counted_as_the_field_is_asked(void)
{
    static const struct { const char *solver, *process; int steps, final, calls, draws; } row[] = {
        { "dpmpp-2m", NULL, 20, 0, 20, 0 }, { "dpmpp-2m", NULL, 20, 1, 20, 0 }, { "heun", NULL, 10, 0, 20, 0 },
        { "heun", "edm", 10, 1, 19, 0 },
        { "edm-heun", "edm", 18, 1, 35, 0 }, { "dopri5", NULL, 4, 0, 25, 0 }, { "em", NULL, 7, 0, 7, 7 },
        { "ddim:eta=1", NULL, 7, 1, 7, 7 } };

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        rig r;
        tally t;
        double *x, *y;

        if (rig_open(&r, "gmm8ring", row[i].process, row[i].solver, NULL, row[i].steps, row[i].final))
            continue;
        x = rig_start(&r, 100);
        y = rig_run(&r, 100, x, NULL, &t);
        CU_ASSERT_EQUAL(t.calls, row[i].calls);
        CU_ASSERT_EQUAL(t.draws, row[i].draws);
        CU_ASSERT_EQUAL(t.rows, 100L * row[i].calls);
        CU_ASSERT_EQUAL(r.how.cost.calls, row[i].calls);
        free(x), free(y), rig_close(&r);
    }
}

/* Every call asks for all rows; one system a row would ask for fewer. */
static void one_system_of_the_whole_batch_asks_for_the_whole_batch(void)
{
    static const char *const names[] = { "cvode-adams:batch=yes", "cvode-bdf:batch=yes" };

    for (int i = 0; i < 2; i++) {
        rig r;
        tally t;
        double *x, *y;

        if (rig_open(&r, "gmm8ring", NULL, names[i], NULL, 0, 0))
            continue;
        x = rig_start(&r, 300);
        y = rig_run(&r, 300, x, NULL, &t);
        CU_ASSERT(t.calls > 10 && t.rows == 300L * t.calls);
        free(x), free(y), rig_close(&r);
    }
}

static void a_budget_buys_as_many_steps_as_fit(void)
{
    static const char *const names[] = { "ddim", "heun", "dopri5", "edm-heun" };

    for (int i = 0; i < 4; i++)
        for (int final = 0; final < 2; final++)
            for (long nfe = 7; nfe < 40; nfe++) {
                subject s;
                recipe a, b;

                if (must(subject_open(&s, "gmm8ring", "edm", NULL)))
                    return;
                if (!must(recipe_open(&a, &s, names[i], NULL, final, (budget){ 0, nfe }))
                    && !must(recipe_open(&b, &s, names[i], NULL, final, (budget){ a.plan.steps + 1, 0 }))) {
                    CU_ASSERT(a.cost.calls <= nfe);
                    CU_ASSERT(b.cost.calls > nfe);
                    recipe_close(&b);
                }
                recipe_close(&a);
                subject_close(&s);
            }
}

static void eta_0_is_ddim_to_the_bit(void)
{
    rig a, b;
    double *x, *y, *z;

    if (rig_open(&a, "gmm8ring", NULL, "ddim", NULL, STEPS, 0) || rig_open(&b, "gmm8ring", NULL, "ddim:eta=0", NULL,
                                                                           STEPS, 0))
        return;
    x = rig_start(&a, 100), y = rig_run(&a, 100, x, NULL, NULL), z = rig_run(&b, 100, x, NULL, NULL);
    CU_ASSERT(same(y, z, 200));
    free(x), free(y), free(z), rig_close(&a), rig_close(&b);
}

static void eta_1_is_ancestral_sampling(void)
{
    static const char *const on[] = { "vp-linear", "edm", "flow" };

    for (int p = 0; p < 3; p++) {
        rig a, b;
        double *x, *y, *z;

        if (rig_open(&a, "gmm8ring", on[p], "ddim:eta=1", NULL, STEPS, 1)
            || rig_open(&b, "gmm8ring", on[p], "ancestral", NULL, STEPS, 1))
            continue;
        x = rig_start(&a, 100), y = rig_run(&a, 100, x, NULL, NULL), z = rig_run(&b, 100, x, NULL, NULL);
        for (int i = 0; i < 200; i++)
            near(y[i], z[i], 1e-12);
        free(x), free(y), free(z), rig_close(&a), rig_close(&b);
    }
}

static int refuses_alpha_0(const char *item)
{
    method *m = method_parse("test", item);
    int refuses = 0;

    for (const method *at = m; at; at = at->inner[0])
        refuses |= at->sol->never & ALPHA_0;
    method_free(m);
    return refuses;
}

static void the_last_step_to_sigma_0_ends_on_the_data(void)
{
    static const char *const on[] = { "vp-linear", "vp-cosine", "sub-vp", "ve", "edm", "flow" };

    for (int p = 0; p < 6; p++)
        for (int i = 0; i < WAYS; i++) {
            rig r;
            double *x, *y, d[2];

            if (ways[i].own || (p == 5 && refuses_alpha_0(ways[i].solver)))
                continue;                           /* alpha = 0 at the start of flow: refused, elsewhere */
            if (rig_open(&r, "gauss2", on[p], ways[i].solver, "lambda", STEPS, 1))
                continue;
            x = rig_start(&r, 20), y = rig_run(&r, 20, x, NULL, NULL);
            r.how.plan.steps--;
            double *z = rig_run(&r, 20, x, NULL, NULL);
            batch last = { 1, 1, r.how.grid + r.how.plan.steps, z, NULL };
            CU_ASSERT_EQUAL(last.at[1].sigma, 0);
            if (!must(field_eval(r.of.field, &last, PREDICTS_DATA, d)) && !strstr(ways[i].solver, "2m")
                && strcmp(ways[i].solver, "bdia") && !strstr(ways[i].solver, "churn"))
                /* 2m: extrapolate no more, but are not D; bdia: its own formula, which can be inverted, to the end;
                 * churn: up once more before it */
                near(y[0], d[0], 1e-12 * fmax(1, fabs(d[0])));
            CU_ASSERT(isfinite(y[0]));
            free(x), free(y), free(z), rig_close(&r);
        }
}

static void own_steps_end_with_the_denoiser_s_answer(void)
{
    static const char *const models[] = { "gmm8ring", "two-moons", "digits" };

    for (int i = 0; i < 3; i++) {
        rig plain, clean;
        double *x, *y, *z, *d;

        if (rig_open(&plain, models[i], NULL, "dopri5:rtol=1e-2,atol=1e-2", NULL, 0, 0))
            continue;
        if (!rig_open(&clean, models[i], NULL, "dopri5:rtol=1e-2,atol=1e-2", NULL, 0, 1)) {
            x = rig_start(&plain, 40), y = rig_run(&plain, 40, x, NULL, NULL), z = rig_run(&clean, 40, x, NULL, NULL);
            d = malloc((size_t)40 * plain.dim * sizeof *d);
            must(field_eval(plain.of.field, &(batch){ 1, 40, plain.how.grid + 1, y, NULL }, PREDICTS_DATA, d));
            for (int k = 0; k < 40 * plain.dim; k++)
                near(z[k], d[k], 1e-9);
            free(x), free(y), free(z), free(d), rig_close(&clean);
        }
        rig_close(&plain);
    }
}

static void the_flow_runs_back_to_where_it_came_from(void)
{
    static const char *const names[] = { "euler", "heun", "edm-heun", "ddim", "dpmpp-2m", "dopri5" };
    static const double tolerance[] = { 0.2, 2e-3, 2e-3, 0.2, 2e-3, 1e-9 };

    for (int i = 0; i < 6; i++) {
        enum { S = 200 };
        rig r;
        level back[S + 1];
        double *x, *y, *z;

        if (rig_open(&r, "gmm8ring", "edm", names[i], "karras", S, 0))
            continue;
        for (int k = 0; k <= S; k++)
            back[k] = r.how.grid[S - k];
        x = rig_start(&r, 20), y = rig_run(&r, 20, x, NULL, NULL);
        r.how.plan.grid = back;
        z = rig_run(&r, 20, y, NULL, NULL);
        for (int k = 0; k < 40; k++)
            near(z[k] / 80, x[k] / 80, tolerance[i]);
        free(x), free(y), free(z), rig_close(&r);
    }
}

static void recorded_noise_gives_what_fresh_noise_gave(void)
{
    enum { ROWS = 70 };
    rig r;
    double *x, *y, *z, *w;
    replay p;

    if (rig_open(&r, "gmm8ring", NULL, "sde-dpmpp-2m", NULL, STEPS, 0))
        return;
    array recorded = { 3, { STEPS, ROWS, 2 }, w = malloc(STEPS * ROWS * 2 * sizeof *w) };
    for (int k = 0; k < STEPS; k++) {
        draw d = { .row = 0, .step = k, .rows = ROWS, .dim = 2 };

        r.noise.fill(&r.noise, &d, w + (size_t)k * ROWS * 2);
    }
    x = rig_start(&r, ROWS), y = rig_run(&r, ROWS, x, NULL, NULL);
    must(replay_open(&p, "recorded", &recorded, ROWS, 2));
    CU_ASSERT_EQUAL(p.draws, STEPS);
    r.noise = noise_replay(&p);
    r.how.plan.block = 16;
    z = rig_run(&r, ROWS, x, NULL, NULL);
    CU_ASSERT(same(y, z, ROWS * 2));
    CU_ASSERT(replay_open(&p, "recorded", &recorded, ROWS + 1, 2));
    says("recorded", "draws");
    free(x), free(y), free(z), free(w), rig_close(&r);
}

static void the_trajectory_holds_every_state(void)
{
    enum { ROWS = 600 };
    rig r;
    double *x, *y, *t;

    if (rig_open(&r, "gmm8ring", NULL, "dpmpp-2m", NULL, STEPS, 0))
        return;
    x = rig_start(&r, ROWS), t = malloc((STEPS + 1) * ROWS * 2 * sizeof *t);
    r.how.plan.trace = t;
    y = rig_run(&r, ROWS, x, NULL, NULL);
    CU_ASSERT(same(t, x, ROWS * 2) && same(t + STEPS * ROWS * 2, y, ROWS * 2));
    r.how.plan.trace = NULL, r.how.plan.steps = 5;
    free(y), y = rig_run(&r, ROWS, x, NULL, NULL);
    CU_ASSERT(same(t + 5 * ROWS * 2, y, ROWS * 2));
    free(x), free(y), free(t), rig_close(&r);
}

static void a_run_within_someone_s_parallel_loop_leaves_the_loop_alone(void)
{
    int done = 0;
    rig r;

    if (rig_open(&r, "gmm8ring", NULL, "ddim", NULL, 5, 0))
        return;
    #pragma omp parallel for schedule(dynamic, 1) reduction(+ : done)
    for (int i = 0; i < 12; i++) {
        double x[2 * 600] = { 0 };

        done += solve(&r.how.plan, i % 2 ? 600 : 10, x, NULL) == 0;         /* several blocks, and one */
    }
    CU_ASSERT_EQUAL(done, 12);
    rig_close(&r);
}

static const test_case tests[] = {
    { "a run within someone's parallel loop leaves the loop alone",
      a_run_within_someone_s_parallel_loop_leaves_the_loop_alone },
    { "every solver gives the same bits on any number of threads",
      every_solver_gives_the_same_bits_on_any_number_of_threads },
    { "every solver gives the same bits in blocks of any size",
      every_solver_gives_the_same_bits_in_blocks_of_any_size },
    { "a row of the flow depends on nothing but the row", a_row_of_the_flow_depends_on_nothing_but_the_row },
    { "calls are counted as the field is asked", calls_are_counted_as_the_field_is_asked },
    { "one system of the whole batch asks for the whole batch",
      one_system_of_the_whole_batch_asks_for_the_whole_batch },
    { "a budget buys as many steps as fit", a_budget_buys_as_many_steps_as_fit },
    { "eta = 0 is DDIM to the bit", eta_0_is_ddim_to_the_bit },
    { "eta = 1 is ancestral sampling", eta_1_is_ancestral_sampling },
    { "the last step to sigma = 0 ends on the data", the_last_step_to_sigma_0_ends_on_the_data },
    { "own steps end with the denoiser's answer", own_steps_end_with_the_denoiser_s_answer },
    { "the flow runs back to where it came from", the_flow_runs_back_to_where_it_came_from },
    { "recorded noise gives what fresh noise gave", recorded_noise_gives_what_fresh_noise_gave },
    { "the trajectory holds every state", the_trajectory_holds_every_state },
    { 0, 0 },
};
const test_table table_solve = { "solve", tests };
