/* Fields as plug-ins: the example answers what its formula says, with exact products and divergences, and keeps
 * every promise of a run. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/engine/start.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

enum { N = 700, DIM = 3 };

static const char *example(void)
{
    static char name[5000];

    return built("bell.so,3 0.5 0.4", "plugin:", name);
}

/* The same law as a mixture of one mode: its file is written beside the tests. */
static model *bell_model(void)
{
    char path[5000];
    FILE *f = fopen(built("bell.ini", "", path), "w");

    fputs("[data]\nkind = mixture\nweights = 1\nmean.1 = 0.5 0.5 0.5\nstd = 0.4\n", f);
    fclose(f);
    return model_open(path, NULL);
}

static void the_example_is_the_exact_field_of_its_law(void)
{
    model *m = bell_model();
    score *exact = field_open(m, NULL);
    double x[2][N * DIM];
    rig r;

    if (rig_open(&r, example(), NULL, "dpmpp-2m", NULL, 12, 0))
        return;
    for (int own = 0; own < 2; own++) {
        plan p = r.how.plan;

        p.field = own ? r.of.field : exact;
        start_states(r.of.model->process, p.grid, DIM, 3, 0, N, x[own]);
        must(solve(&p, N, x[own], NULL));
    }
    for (int i = 0; i < N * DIM; i++)
        near(x[0][i], x[1][i], 1e-13);
    field_close(exact), model_close(m), rig_close(&r);
}

static void its_products_and_divergence_are_those_of_its_answers(void)
{
    rig r;
    double x[N * DIM], v[N * DIM], out[N * DIM], jv[N * DIM], div[N], moved[N * DIM], there[N * DIM], h = 1e-6;
    level at[2];

    if (rig_open(&r, example(), NULL, "dpmpp-2m", NULL, 12, 0))
        return;
    levels(r.of.model->process, 2, (double[]){ 0.3, 0.7 }, at);
    normals((stream){ 1, USE_PRIOR }, 0, 0, 0, N, DIM, x);
    normals((stream){ 2, USE_PRIOR }, 0, 0, 0, N, DIM, v);
    for (int i = 0; i < N * DIM; i++)
        moved[i] = x[i] + h * v[i];
    batch p = { 2, N / 2, at, x, NULL }, q = { 2, N / 2, at, moved, NULL };
    const score *s = r.of.field;

    must(s->jvp(s->self, &p, v, out, jv));
    must(s->eval(s->self, &q, there));
    for (int i = 0; i < N * DIM; i++)
        near((there[i] - out[i]) / h, jv[i], 1e-8);
    must(field_divergence(s, &p, PREDICTS_DATA, out, div));
    for (int i = 0; i < N; i++) {
        const level *l = &at[i / (N / 2)];
        double var = 0.16;                          /* D = ... + alpha var/(alpha^2 var + sigma^2) x */

        near(div[i], DIM * l->alpha * var / (l->alpha * l->alpha * var + l->sigma * l->sigma), 1e-12);
    }
    rig_close(&r);
}

static void one_with_scratch_has_a_twin_for_every_thread(void)
{
    static const int threads[] = { 1, 2, 5 };
    char name[5000];
    double *x, *first = NULL;
    int before = omp_get_max_threads();
    rig r;

    if (rig_open(&r, built("odd.so", "plugin:", name), NULL, "heun:rtol=1e-3,atol=1e-3", NULL, 0, 0))
        return;
    x = rig_start(&r, N);
    for (int i = 0; i < 3; i++) {
        double *y;

        omp_set_num_threads(threads[i]);
        y = rig_run(&r, N, x, NULL, NULL);
        CU_ASSERT(isfinite(y[0]));
        CU_ASSERT(!first || !memcmp(y, first, N * sizeof *y));
        if (first)
            free(y);
        else
            first = y;
    }
    omp_set_num_threads(before);
    free(x), free(first), rig_close(&r);
}

/* Windows ask for several states of a row at once. */
static void a_twin_is_asked_for_no_more_rows_than_it_was_made_for(void)
{
    static const char *const items[] = { "picard:window=8/heun", "parareal:window=5/ddim/heun", "anderson/rx/ddim",
                                         "heun:rtol=1e-3,atol=1e-3", "dpm-solver-v3-2" };
    static const int rows[] = { 1, 5, 300 };
    char name[5000];

    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 3; k++) {
            double *x, *y;
            rig r;

            if (rig_open(&r, built("odd.so", "plugin:", name), NULL, items[i], NULL, i == 3 ? 0 : 16, 0))
                return;
            x = rig_start(&r, rows[k]), y = rig_run(&r, rows[k], x, NULL, NULL);
            for (int j = 0; j < rows[k]; j++)
                CU_ASSERT(isfinite(y[j]));
            free(x), free(y), rig_close(&r);
        }
}

static void a_model_file_names_one_and_declares_what_it_predicts(void)
{
    char path[5000];
    FILE *f = fopen(built("plugged.ini", "", path), "w");
    double x[4] = { 1, 2, 3, 4 }, out[4];
    level at;
    subject s;

    fputs("[process]\nkind = edm\n[score]\nkind = plugin\nfile = bell.so\nargs = 2 0 1\npredicts = data\n", f);
    fclose(f);
    if (must(subject_open_as(&s, &(naming){ path, NULL, NULL, TRUST_FILES })))
        return;
    levels(s.model->process, 1, (double[]){ 2 }, &at);
    must(field_eval(s.field, &(batch){ 1, 2, &at, x, NULL }, PREDICTS_DATA, out));
    for (int i = 0; i < 4; i++)
        near(out[i], 2 * x[i] / 5, 1e-15);          /* its noise prediction, taken for data as the file says */
    CU_ASSERT_STRING_EQUAL(s.model->process->name, "edm");
    subject_close(&s);
}

static void one_that_was_built_with_the_first_header_loads_and_gives_the_same_bits(void)
{
    static const char *const objects[] = { "bell.so,3 0.5 0.4", "first.so,3 0.5 0.4" };
    char name[5000];
    double *x = NULL, *y[2];
    rig r;

    for (int i = 0; i < 2; i++) {
        if (rig_open(&r, built(objects[i], "plugin:", name), NULL, "heun", NULL, 12, 0))
            return;
        x = x ? x : rig_start(&r, N);
        y[i] = rig_run(&r, N, x, NULL, NULL);
        rig_close(&r);
    }
    CU_ASSERT(isfinite(y[0][0]) && !memcmp(y[0], y[1], N * DIM * sizeof *x));
    free(x), free(y[0]), free(y[1]);
}

static void what_is_wrong_with_one_is_one_sentence(void)
{
    static const struct { const char *object, *word; } wrong[] = {
        { "none.so", "there is no such file" }, { "old.so", "was built for ABI 99" },
        { "bell.so,2 3", "takes DIM MEAN STD" },
        { "odd.so,dim0", "dim to at least 1" }, { "odd.so,kind9", "fokker_predicts" },
        { "odd.so,refuses", "bring flowers" },
        { "odd.so,process", "did you mean vp-linear" }, { "bell.ini", "cannot be loaded" } };
    char name[5000];
    subject s;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CU_ASSERT(subject_open(&s, built(wrong[i].object, "plugin:", name), NULL, NULL) != 0);
        says(wrong[i].word);
    }
}

static void one_that_fails_in_a_run_tells_its_own_reason(void)
{
    char name[5000];
    int status;
    double x = 0;
    rig r;

    if (rig_open(&r, built("odd.so,fails", "plugin:", name), NULL, "euler", NULL, 3, 0))
        return;
    status = solve(&r.how.plan, 1, &x, NULL);
    CU_ASSERT_EQUAL(status, FAILED);
    says("odd.so: is out of service; come back tomorrow");
    rig_close(&r);
}

static const test_case tests[] = {
    { "the example is the exact field of its law", the_example_is_the_exact_field_of_its_law },
    { "its products and divergence are those of its answers", its_products_and_divergence_are_those_of_its_answers },
    { "one with scratch has a twin for every thread", one_with_scratch_has_a_twin_for_every_thread },
    { "a twin is asked for no more rows than it was made for",
      a_twin_is_asked_for_no_more_rows_than_it_was_made_for },
    { "a model file names one and declares what it predicts", a_model_file_names_one_and_declares_what_it_predicts },
    { "one that was built with the first header loads and gives the same bits",
      one_that_was_built_with_the_first_header_loads_and_gives_the_same_bits },
    { "what is wrong with one is one sentence", what_is_wrong_with_one_is_one_sentence },
    { "one that fails in a run tells its own reason", one_that_fails_in_a_run_tells_its_own_reason },
    { 0, 0 },
};
const test_table table_plugin = { "plugin", tests };
