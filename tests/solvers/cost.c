/* What a run says that it took is what a field counts that was asked: every method, wrapper and likelihood. */
#include <dlfcn.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bench/experiment/ledger.h"
#include "solvers/likelihood/elbo.h"
#include "solvers/likelihood/likelihood.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

enum { STEPS = 9 };

/* ---- the field that counts ---- */

/* Calls, rows and products that a plug-in of tests/fields/counting.c counted. */
typedef struct counter { char name[5000]; void *object; long *seen; } counter;

static int counter_open(counter *c, const char *file)
{
    *c = (counter){ 0 };
    built(file, "", c->name);
    c->object = dlopen(c->name, RTLD_NOW | RTLD_LOCAL);
    c->seen = c->object ? dlsym(c->object, "counted") : NULL;
    built(file, "plugin:", c->name);
    return must(c->seen ? 0 : fail("%s: cannot be loaded", file));
}

static void counter_close(counter *c)
{
    if (c->object)
        dlclose(c->object);
}

static void agree(const long seen[3], const tally *t, const char *item, int line)
{
    check_near(t->asks, seen[0], 0, item, __FILE__, line);
    check_near(t->network.evaluations, seen[1], 0, item, __FILE__, line);
    check_near(t->network.products, seen[2], 0, item, __FILE__, line);
}
#define agree(seen, t, item) agree(seen, t, item, __LINE__)

/* A run of n rows in blocks of so many, and what the field counted in it.  On one thread where threads share a call:
 * that is one call of the run, and one of the field for each of them. */
static void run_counted(rig *r, const counter *c, int n, int block, tally *t, long seen[3])
{
    double *x = rig_start(r, n);
    int threads = omp_get_max_threads();

    if (r->how.how->sol->serial_reference && (!block || block >= n))
        omp_set_num_threads(1);
    r->how.plan.block = block;
    memset(c->seen, 0, 3 * sizeof *c->seen);
    free(rig_run(r, n, x, NULL, t));
    memcpy(seen, c->seen, 3 * sizeof *seen);
    omp_set_num_threads(threads);
    free(x);
}

/* ---- every method ---- */

/* Method i with what it needs around it, in buf. */
static const char *item_of(int i, char *buf, size_t size)
{
    const solver *s = solver_at(i);
    const char *slots = s->serial_reference ? ":window=4" : "";

    snprintf(buf, size, s->inners == 2 ? s->serial_reference ? "%s%s/ddim/heun" : "%s%s/reverse-diffusion/langevin"
             : s->inners ? "%s%s/heun" : "%s%s", s->name, slots);
    return buf;
}

/* With its own steps, where it has some. */
static const char *adaptive_item(int i, char *buf, size_t size)
{
    const solver *s = solver_at(i);

    if (!s->embedded && !s->adapts)
        return NULL;
    snprintf(buf, size, "%s:rtol=1e-2,atol=1e-2", s->name);
    return buf;
}

/* The record of a run is what was counted, in one block, in blocks of 7 and row by row.  Calls are those of the row
 * that needs most, wherever the others are; of one row alone they are all, unless parts of it are independent. */
static void agrees_everywhere(const counter *c, const char *item, int steps, int denoise)
{
    enum { N = 20 };
    static const int blocks[] = { N, 7, 1 };
    long seen[3], calls = 0;
    tally t, one;
    rig r;

    if (rig_open(&r, c->name, NULL, item, NULL, steps, denoise))
        return;
    for (int i = 0; i < 3; i++) {
        run_counted(&r, c, N, blocks[i], &t, seen);
        agree(seen, &t, item);
        calls = i ? calls : t.calls;
        check_near(t.calls, calls, 0, item, __FILE__, __LINE__);
        check_near(t.network.calls, t.calls + t.setup.calls, 0, item, __FILE__, __LINE__);
        check_near(t.rows, t.network.evaluations - t.setup.evaluations, 0, item, __FILE__, __LINE__);
    }
    run_counted(&r, c, 1, 0, &one, seen);
    agree(seen, &one, item);
    if (!r.how.how->sol->serial_reference && !one.setup.calls)
        check_near(one.calls, seen[0], 0, item, __FILE__, __LINE__);
    if (steps && !r.how.how->sol->serial_reference)
        check_near(r.how.cost.calls, one.calls, 0, item, __FILE__, __LINE__);
    rig_close(&r);
}

static void the_record_of_every_method_is_what_a_plug_in_counts(void)
{
    counter c;

    if (!counter_open(&c, "counting.so"))
        for (int i = 0; i < solvers(); i++) {
            char item[160];
            int fixed = !solver_at(i)->adapts;

            if (fixed)
                agrees_everywhere(&c, item_of(i, item, sizeof item), STEPS, i % 2);
            if (adaptive_item(i, item, sizeof item))
                agrees_everywhere(&c, item, 0, i % 2);
        }
    counter_close(&c);
}

static void compounds_count_what_they_wrap(void)
{
    static const char *const items[] = {
        "rx/rx/ddim", "pc/ancestral/ald", "picard:window=3,slice=2/dpmpp-2m", "picard:tol=0,slice=3/dpm-solver-v3-2",
        "anderson:window=5/rx/heun", "parareal:window=3,coarse=2/reab-2/rk4",
        "parareal:window=4,coarse=2/dpmpp-2m/unipc-2", "picard:norm=batch/ancestral",
        "parareal:window=3,tol=0,coarse=2/dpm-solver-v3-1/dpm-solver-v3-2" };
    counter c;

    if (!counter_open(&c, "counting.so"))
        for (size_t i = 0; i < sizeof items / sizeof *items; i++)
            agrees_everywhere(&c, items[i], 12, (int)i % 2);
    counter_close(&c);
}

static void the_record_of_every_method_is_what_a_child_counts(void)
{
    enum { N = 3 };
    char file[64], name[5000], mode[200], item[160];

    snprintf(file, sizeof file, "/tmp/fokker-counts-%d", (int)getpid());
    snprintf(mode, sizeof mode, "child counting %s", file);
    for (int i = 0; i < solvers(); i++) {
        const char *own = adaptive_item(i, item, sizeof item);
        long seen[3] = { 0 };
        double *x;
        tally t;
        FILE *f;
        rig r;

        if (rig_open(&r, built(mode, "pipe:", name), "vp-linear", own ? own : item_of(i, item, sizeof item), NULL,
                     own ? 0 : 4, 0))
            continue;
        x = rig_start(&r, N);
        free(rig_run(&r, N, x, NULL, &t)), free(x);
        rig_close(&r);
        f = fopen(file, "r");
        CU_ASSERT(f && fscanf(f, "%ld %ld", &seen[0], &seen[1]) == 2);
        if (f)
            fclose(f);
        agree(seen, &t, item);
        unlink(file);
    }
}

static void what_a_method_reads_off_the_field_first_is_asked_once_whatever_the_threads(void)
{
    static const char *const items[] = { "dpm-solver-v3-2", "reab-3", "picard:window=3,slice=2/dpm-solver-v3-2" };
    static const long evaluations[] = { 65 * 5 * 64, 32, 65 * 5 * 64 }, calls[] = { 65 * 5, 1, 65 * 5 };
    int before = omp_get_max_threads();
    long seen[3];
    counter c;
    tally t;
    rig r;

    omp_set_num_threads(4);
    for (int i = 0; i < 3 && !counter_open(&c, "counting.so"); i++, counter_close(&c)) {
        if (rig_open(&r, c.name, NULL, items[i], NULL, STEPS, 0))
            continue;
        run_counted(&r, &c, 300, 40, &t, seen);
        agree(seen, &t, items[i]);
        CU_ASSERT_EQUAL(t.setup.evaluations, evaluations[i]);
        CU_ASSERT_EQUAL(t.setup.calls, calls[i]);
        rig_close(&r);
    }
    omp_set_num_threads(before);
}

/* 7 rows at a time are ten calls for 64 trajectories, which do not wait for one another. */
static void systems_of_one_row_and_pieces_count_by_depth_and_by_asks(void)
{
    enum { N = 50 };
    long seen[3], deepest = 0, all = 0;
    counter c;
    tally t;
    rig r;

    if (counter_open(&c, "counting.so") || rig_open(&r, c.name, NULL, "cvode-adams", NULL, 0, 0)) {
        counter_close(&c);
        return;
    }
    double *x = rig_start(&r, N);

    for (int i = 0; i < N; i++) {
        free(rig_run(&r, 1, x + i * r.dim, NULL, &t));
        deepest = t.asks > deepest ? t.asks : deepest, all += t.asks;
    }
    run_counted(&r, &c, N, N, &t, seen);
    agree(seen, &t, "cvode-adams");
    CU_ASSERT_EQUAL(t.calls, deepest);
    CU_ASSERT_EQUAL(t.asks, all);
    free(x), rig_close(&r);
    if (!rig_open(&r, c.name, NULL, "dpm-solver-v3-2", NULL, STEPS, 0)) {
        run_counted(&r, &c, 7, 7, &t, seen);
        agree(seen, &t, "dpm-solver-v3-2");
        CU_ASSERT_EQUAL(t.asks, 3250 + t.calls);
        CU_ASSERT_EQUAL(t.network.calls, 325 + t.calls);
        rig_close(&r);
    }
    if (!rig_open(&r, c.name, NULL, "parareal:window=4,tol=0/ddim/ddim", NULL, 16, 0)) {
        run_counted(&r, &c, 1, 0, &t, seen);
        agree(seen, &t, "parareal");
        CU_ASSERT(t.calls < t.asks && t.calls >= t.asks / 2);       /* coarse and fine steps beside one another */
        rig_close(&r);
    }
    counter_close(&c);
}

/* ---- wrappers ---- */

/* A sampler's 9 calls, what the network is asked for them: calls of a trajectory and evaluations a row. */
typedef struct wrapping_cost { const char *wrap; long calls, evaluations; } wrapping_cost;

static void a_wrapper_that_asks_twice_shows_twice_and_one_that_asks_less_less(void)
{
    static const wrapping_cost row[] = {
        { "cfg:w=2", 18, 18 }, { "cfg:w=1", 9, 9 }, { "cfg:w=0", 18, 18 }, { "cfg:w=2,from=5", 9, 9 },
        { "afs:above=3", 0, 0 }, { "clamp", 9, 9 }, { "threshold", 9, 9 }, { "error:size=0.1", 9, 9 },
        { "predicts:as=noise", 9, 9 }, { "round:T=1000", 9, 9 }, { "round:T=1000,whole=both", 18, 18 },
        { "scale:scale=2", 9, 9 }, { "time:scale=2", 9, 9 }, { "precond", 9, 9 },
        { "round:T=1000,whole=both cfg:w=3 clamp", 36, 36 }, { "cfg:w=2 predicts:as=noise cfg:w=2", 36, 36 } };
    enum { N = 130 };
    static int label[N];
    counter c;

    if (counter_open(&c, "counting.so"))
        return;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        long seen[3];
        score *bare;
        tally t;
        rig r;

        if (rig_open(&r, c.name, NULL, "euler", NULL, STEPS, 0))
            continue;
        bare = r.of.field;
        field_close(bare);
        if (!must(!(r.of.field = field_open(r.of.model, row[i].wrap)))) {
            r.how.plan.field = r.of.field, r.how.plan.label = label;
            run_counted(&r, &c, N, 0, &t, seen);
            agree(seen, &t, row[i].wrap);
            CU_ASSERT_EQUAL(t.calls, STEPS);
            CU_ASSERT_EQUAL(t.rows, STEPS * N);
            if (strncmp(row[i].wrap, "afs", 3)) {
                check_near(t.network.calls, row[i].calls, 0, row[i].wrap, __FILE__, __LINE__);
                check_near(t.network.evaluations, row[i].evaluations * N, 0, row[i].wrap, __FILE__, __LINE__);
            } else {
                CU_ASSERT(t.network.calls > 0 && t.network.calls < STEPS);
            }
        }
        rig_close(&r);
    }
    counter_close(&c);
}

/* Own steps, where rows stand at different levels, many of them in one call, and windows; on all threads. */
static void wrappers_count_at_many_levels_too(void)
{
    static const char *const wraps[] = { "cfg:w=2,from=0.3,to=0.6", "round:T=100", "round:T=100,whole=both",
                                         "afs:above=9" };
    static const char *const items[] = { "dopri5:rtol=1e-2,atol=1e-2", "picard:window=6/heun", "anderson/ddim" };
    enum { N = 150 };
    static int label[N];
    counter c;

    if (counter_open(&c, "counting.so"))
        return;
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 3; k++) {
            long seen[3];
            tally t;
            rig r;

            if (rig_open(&r, c.name, NULL, items[k], NULL, k ? STEPS : 0, 0))
                continue;
            field_close(r.of.field);
            if (!must(!(r.of.field = field_open(r.of.model, wraps[i])))) {
                r.how.plan.field = r.of.field, r.how.plan.label = label;
                run_counted(&r, &c, N, N, &t, seen);
                agree(seen, &t, wraps[i]);
                CU_ASSERT_EQUAL(t.network.calls, seen[0]);
            }
            rig_close(&r);
        }
    counter_close(&c);
}

/* ---- likelihoods ---- */

static void sum_answers(int n, const answer *a, usage *all, long *rows)
{
    *all = (usage){ 0 }, *rows = 0;
    for (int i = 0; i < n; i++)
        usage_then(all, &a[i].network), *rows += a[i].rows;
}

/* Points with this estimator on a field: what all of them say together is what was counted. */
static void likelihood_agrees(const counter *c, const char *solver_item, int steps, const char *trace, const char *wrap)
{
    enum { N = 9 };
    static int label[N];
    double x[2 * N];
    usage all, setup = { 0 };
    answer a[N];
    args given;
    long rows;
    rig r;

    if (rig_open(&r, c->name, NULL, "ddim", NULL, 5, 0))
        return;
    field_close(r.of.field);
    r.of.field = field_open(r.of.model, wrap);
    recipe_close(&r.how);
    if (must(!r.of.field)
        || must(recipe_open(&r.how, &r.of, solver_item, NULL, TO_NOISE, (budget){ steps, 0 }))) {
        subject_close(&r.of);
        return;
    }
    inquiry q = { .how = r.how.how, .proc = r.of.model->process, .field = r.of.field, .steps = r.how.plan.steps,
                  .grid = r.how.plan.grid, .rtol = r.how.plan.rtol, .atol = r.how.plan.atol, .given = &given,
                  .trace = estimator_parse(&given, "test", trace), .probes = 5, .seed = 1, .label = label,
                  .setup = &setup };

    normals((stream){ 5, USE_PRIOR }, 0, 0, 0, N, 2, x);
    memset(c->seen, 0, 3 * sizeof *c->seen);
    must(likelihood(&q, N, x, NULL, a));
    sum_answers(N, a, &all, &rows);
    check_near(all.evaluations + setup.evaluations, c->seen[1], 0, trace, __FILE__, __LINE__);
    check_near(all.products + setup.products, c->seen[2], 0, trace, __FILE__, __LINE__);
    if (!*wrap && !r.how.how->sol->serial_reference) {
        check_near(rows, all.evaluations, 0, trace, __FILE__, __LINE__);
        for (int i = 0; i < N; i++)
            CU_ASSERT(a[i].calls == a[i].network.calls);
    }
    memset(c->seen, 0, 3 * sizeof *c->seen);
    setup = (usage){ 0 };
    must(likelihood(&q, 1, x, NULL, a));            /* alone a point has a part in every call */
    if (!setup.calls)
        check_near(a->network.calls, c->seen[0], 0, trace, __FILE__, __LINE__);
    args_free(&given), rig_close(&r);
}

static void every_likelihood_says_what_the_field_counted(void)
{
    static const char *const fields[] = { "counting.so", "counting-jvp.so", "counting-div.so" };
    static const struct { const char *item; int steps, read_off; } how[] = {
        { "dopri5", 0, 0 }, { "heun", 6, 0 }, { "cvode-adams", 0, 0 }, { "reab-2", 6, 1 },
        { "dpm-solver-v3-1:paths=3", 6, 1 }, { "picard:window=3/ddim", 6, 0 } };
    static const char *const wraps[] = { "", "time:scale=2", "cfg:w=2" };
    int threads = omp_get_max_threads();

    omp_set_num_threads(1);                         /* which else share a window's calls */
    for (int f = 0; f < 3; f++) {
        counter c;

        if (!counter_open(&c, fields[f]))
            for (int e = 0; e < estimators(); e++)
                for (int k = 0; k < 6; k++)
                    likelihood_agrees(&c, how[k].item, how[k].steps, estimator_at(e)->name,
                                      wraps[(k + e) % (how[k].read_off ? 2 : 3)]);
        counter_close(&c);
    }
    omp_set_num_threads(threads);
}

static void bounds_and_paths_say_it_too(void)
{
    enum { N = 11, DRAWS = 3 };
    counter c;
    rig r;

    if (counter_open(&c, "counting.so"))
        return;
    for (int paths = 0; paths < 2 && !rig_open(&r, c.name, NULL, "ddim", NULL, STEPS, 0); paths++, rig_close(&r)) {
        double x[2 * N] = { 0 }, parts[N * (STEPS + 2)];
        bill bills[N] = { { 0 } };
        elbo e = { .plan = &r.how.plan, .prior_std = 1, .paths = paths, .draws = DRAWS };
        bound b[N];
        tally t;

        r.how.plan.bill = bills, r.how.plan.block = 4;
        memset(c.seen, 0, 3 * sizeof *c.seen);
        must(elbo_run(&e, N, x, b, parts, &t));
        agree(c.seen, &t, "elbo");
        CU_ASSERT_EQUAL(t.calls, DRAWS * (STEPS + 1));
        for (int i = 0; i < N; i++)
            CU_ASSERT(bills[i].network.calls == t.calls && bills[i].network.evaluations == t.calls
                      && bills[i].calls == t.calls && bills[i].rows == t.calls);
    }
    counter_close(&c);
}

/* ---- the run beside it ---- */

static void a_serial_reference_run_is_counted_by_itself(void)
{
    enum { N = 6 };
    long seen[3];
    counter c;
    tally t;
    rig r;
    account a;

    if (counter_open(&c, "counting.so"))
        return;
    if (!rig_open(&r, c.name, NULL, "picard:window=4/heun", NULL, STEPS, 0)) {
        double *x = rig_start(&r, N), *y;

        must(account_open(&a, &r.how.plan));
        y = rig_run(&r, N, x, NULL, &t);
        memset(c.seen, 0, 3 * sizeof *c.seen);
        must(account_take(&a, &r.how.plan, N, x, y, &t, 1));
        memcpy(seen, c.seen, sizeof seen);
        agree(seen, &a.serial, "the serial reference");
        CU_ASSERT_EQUAL(a.serial.calls, 2 * STEPS);
        CU_ASSERT_EQUAL(a.serial.network.evaluations, 2 * STEPS * N);
        account_close(&a), free(x), free(y), rig_close(&r);
    }
    counter_close(&c);
}

const test_table table_cost = { "cost", (const test_case[]){
    { "the record of every method is what a plug-in counts", the_record_of_every_method_is_what_a_plug_in_counts },
    { "compounds count what they wrap", compounds_count_what_they_wrap },
    { "the record of every method is what a child counts", the_record_of_every_method_is_what_a_child_counts },
    { "what a method reads off the field first is asked once, whatever the threads",
      what_a_method_reads_off_the_field_first_is_asked_once_whatever_the_threads },
    { "systems of one row, and pieces, count by depth and by asks",
      systems_of_one_row_and_pieces_count_by_depth_and_by_asks },
    { "a wrapper that asks twice shows twice, and one that asks less less",
      a_wrapper_that_asks_twice_shows_twice_and_one_that_asks_less_less },
    { "wrappers count at many levels too", wrappers_count_at_many_levels_too },
    { "every likelihood says what the field counted", every_likelihood_says_what_the_field_counted },
    { "bounds and paths say it too", bounds_and_paths_say_it_too },
    { "a serial reference run is counted by itself", a_serial_reference_run_is_counted_by_itself },
    { NULL, NULL } } };
