/* The public face: calls of any size give the bits of one, handles close in any order, failures are sentences, and the
 * host's process is as it was. */
#include <cblas.h>
#include <gsl/gsl_errno.h>
#include <locale.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "include/fokker.h"
#include "include/fokker_field.h"
#include "tests/suite.h"

enum { N = 1000, DIM = 2 };

static fokker_sampler *open_sampler(const char *solver, long steps, fokker_score **score)
{
    fokker_model *m = fokker_model_open("gmm8ring", NULL, 0);
    fokker_request ask = FOKKER_REQUEST;
    fokker_sampler *s;

    *score = fokker_score_of(m, NULL);
    ask.solver = solver, ask.steps = steps, ask.seed = 5;
    s = fokker_sampler_open(*score, &ask);
    fokker_model_close(m);                          /* what still needs it keeps it */
    fokker_score_close(*score);
    must(s ? 0 : -1);
    return s;
}

static void calls_of_any_size_give_the_bits_of_one(void)
{
    static const struct { const char *solver; long steps; } ways[] = {
        { "ancestral", 8 }, { "sde-dpmpp-2m", 8 }, { "edm-churn", 8 }, { "dpmpp-2m", 8 }, { "dopri5:rtol=1e-3", 0 },
        { "gotta-go-fast:rtol=0.5,atol=0.5", 0 }, { "picard:window=4,tol=0/ddim:eta=1", 8 } };
    static const long chunks[] = { 1, 7, 992 };
    double *x = malloc(2 * N * DIM * sizeof *x), *y = x + N * DIM;

    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        fokker_score *score;
        fokker_sampler *s = open_sampler(ways[w].solver, ways[w].steps, &score);

        must(fokker_start(s, 0, N, NULL, x) || fokker_run(s, 0, N, x, NULL, NULL));
        for (int k = 0; k < 3; k++) {
            for (long first = 0, n; first < N; first += n) {
                n = N - first < chunks[k] ? N - first : chunks[k];
                must(fokker_start(s, first, n, NULL, y + first * DIM)
                     || fokker_run(s, first, n, y + first * DIM, NULL, NULL));
            }
            CU_ASSERT(!memcmp(x, y, N * DIM * sizeof *x));
        }
        fokker_sampler_close(s);
    }
    free(x);
}

static void likelihoods_in_parts_are_those_of_the_whole(void)
{
    fokker_model *m = fokker_model_open("gmm5-aniso16", NULL, 0);
    fokker_score *score = fokker_score_of(m, NULL);
    fokker_question ask = FOKKER_QUESTION;
    fokker_answer to = FOKKER_ANSWER;
    fokker_facts f = FOKKER_FACTS;
    double x[12 * 16], whole[12], part[12], exact[12];

    ask.trace = "hutchinson", ask.steps = 10, ask.solver = "heun", ask.unchecked = 1;
    must(fokker_model_facts(m, &f) || fokker_law_sample(m, f.t_min, 3, 0, 12, NULL, x));
    CU_ASSERT_EQUAL(f.dim, 16);
    to.logp = whole, to.exact = exact;
    must(fokker_logp(score, &ask, 0, 12, x, NULL, &to));
    for (long first = 0; first < 12; first += 5) {
        to.logp = part + first, to.exact = NULL;
        must(fokker_logp(score, &ask, first, first < 10 ? 5 : 2, x + 16 * first, NULL, &to));
    }
    CU_ASSERT(!memcmp(whole, part, sizeof whole));
    must(fokker_law_logp(m, f.t_min, 12, x, NULL, part));
    for (int i = 0; i < 12; i++)
        near(part[i], exact[i], 1e-12);
    fokker_model_close(m), fokker_score_close(score);
}

static int stop_soon(void *calls, long done, long all) { return ++*(int *)calls == 2 || done > all; }

static void progress_is_told_by_the_caller_s_thread_and_can_stop_a_run(void)
{
    fokker_model *m = fokker_model_open("gmm8ring", NULL, 0);
    fokker_score *score = fokker_score_of(m, NULL);
    fokker_request ask = FOKKER_REQUEST;
    fokker_sampler *s;
    double x[DIM];
    int calls = 0;

    ask.solver = "heun", ask.steps = 3000000, ask.progress = stop_soon, ask.with = &calls;
    s = fokker_sampler_open(score, &ask);
    must(fokker_start(s, 0, 1, NULL, x));
    CU_ASSERT_EQUAL(fokker_run(s, 0, 1, x, NULL, NULL), FOKKER_STOPPED);
    CU_ASSERT(calls == 2 && isnan(x[0]));
    fokker_sampler_close(s), fokker_score_close(score), fokker_model_close(m);
}

static void what_is_wrong_is_one_sentence_and_a_missing_handle_quotes_the_failure_before(void)
{
    fokker_request ask = FOKKER_REQUEST;
    fokker_cost cost = FOKKER_COST;
    fokker_score *score;
    fokker_sampler *s;
    double x[DIM];

    CU_ASSERT_PTR_NULL(fokker_sampler_open(fokker_score_of(fokker_model_open("gmm8rng", NULL, 0), NULL), &ask));
    says("fokker_sampler_open", "did you mean gmm8ring");
    s = open_sampler("heun", 4, &score);
    CU_ASSERT_EQUAL(fokker_run(s, -1, 1, x, NULL, NULL), FOKKER_FAILED);
    says("first = -1");
    cost.size = 0;
    CU_ASSERT_EQUAL(fokker_run(s, 0, 1, x, NULL, &cost), FOKKER_FAILED);
    says("FOKKER_REQUEST");
    CU_ASSERT_EQUAL(fokker_run(s, 0, 1, x, (const int[]){ 99 }, NULL), FOKKER_FAILED);
    says("label");
    fokker_sampler_close(s);
}

/* As a program that was built for an earlier, and for a later version. */
static void structs_may_be_shorter_and_longer_than_ours(void)
{
    struct { fokker_cost is; long more; } cost = { FOKKER_COST, 77 };
    struct { fokker_request is; long more; } ask = { FOKKER_REQUEST, 0 };
    fokker_model *m = fokker_model_open("gmm8ring", NULL, 0);
    fokker_score *score = fokker_score_of(m, NULL);
    fokker_sampler *s;
    double x[DIM];

    ask.is.size = sizeof ask, ask.is.solver = "heun", ask.is.steps = 4;
    s = fokker_sampler_open(score, &ask.is);
    must(s ? 0 : -1);
    cost.is.size = offsetof(fokker_cost, draws), cost.is.draws = -5;
    must(fokker_start(s, 0, 1, NULL, x) || fokker_run(s, 0, 1, x, NULL, &cost.is));
    CU_ASSERT(cost.is.steps == 4 && cost.is.calls == 8 && cost.is.draws == -5 && cost.more == 77);
    ask.more = 1;
    CU_ASSERT_PTR_NULL(fokker_sampler_open(score, &ask.is));
    says("later");
    fokker_sampler_close(s), fokker_score_close(score), fokker_model_close(m);
}

static void own_handler(const char *reason, const char *file, int line, int code) { (void)reason; }

static void the_host_s_process_is_as_it_was(void)
{
    gsl_error_handler_t *before = gsl_set_error_handler(own_handler);
    locale_t own = newlocale(LC_ALL_MASK, "C", (locale_t)0), was = uselocale(own);
    int threads = omp_get_max_threads(), blas = openblas_get_num_threads();
    fokker_score *score;
    fokker_sampler *s;

    omp_set_num_threads(3);
    s = open_sampler("heun", 4, &score);
    CU_ASSERT_EQUAL(omp_get_max_threads(), 3);
    CU_ASSERT_EQUAL(openblas_get_num_threads(), blas);
    CU_ASSERT(uselocale(was) == own);
    CU_ASSERT(gsl_set_error_handler(before) == own_handler);
    omp_set_num_threads(threads);
    freelocale(own);
    fokker_sampler_close(s);
}

static void samples_are_measured_where_the_sampler_ends(void)
{
    double *x = malloc(2 * N * DIM * sizeof *x), *from = x + N * DIM;
    fokker_quality q = FOKKER_QUALITY;
    fokker_score *score;
    fokker_sampler *s = open_sampler("dpmpp-2m", 30, &score);

    must(fokker_start(s, 0, N, NULL, from));
    memcpy(x, from, N * DIM * sizeof *x);
    must(fokker_run(s, 0, N, x, NULL, NULL));
    must(fokker_measure(s, "sw2", N, x, NULL, NULL, &q));
    CU_ASSERT(q.value > 0 && q.value < 3 * q.floor && q.se > 0);
    CU_ASSERT_EQUAL(fokker_measure(s, "rms", 50, x, NULL, NULL, &q), FOKKER_FAILED);
    says("start of the run");
    must(fokker_measure(s, "rms", 50, x, from, NULL, &q));
    CU_ASSERT(q.value > 0 && q.value < 0.1 && q.floor == 0);
    fokker_sampler_close(s);
    free(x);
}

static const test_case tests[] = {
    { "calls of any size give the bits of one", calls_of_any_size_give_the_bits_of_one },
    { "likelihoods in parts are those of the whole", likelihoods_in_parts_are_those_of_the_whole },
    { "progress is told by the caller's thread and can stop a run",
      progress_is_told_by_the_caller_s_thread_and_can_stop_a_run },
    { "what is wrong is one sentence, and a missing handle quotes the failure before",
      what_is_wrong_is_one_sentence_and_a_missing_handle_quotes_the_failure_before },
    { "structs may be shorter and longer than ours", structs_may_be_shorter_and_longer_than_ours },
    { "the host's process is as it was", the_host_s_process_is_as_it_was },
    { "samples are measured where the sampler ends", samples_are_measured_where_the_sampler_ends },
    { 0, 0 },
};
const test_table table_door = { "door", tests };
