/* Log-likelihoods against closed forms: every law on every process, every estimator's error against what it says of itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/gaussian.h"
#include "scores/tangents.h"
#include "solvers/likelihood.h"
#include "tests/fixture.h"
#include "tests/golden.h"
#include "tests/suite.h"

/* A rig from data to noise with exact points at t_min and an inquiry: exact trace and prior, to be changed. */
typedef struct logrig { subject of; recipe how; args given; inquiry q; int n; double *x; answer *out; law *fit; } logrig;

static int logrig_open(logrig *r, const char *model_item, const char *process_item, const char *solver_item, const char *trace, int probes, double rtol, int n)
{
    level at;

    *r = (logrig){ .n = n };
    if (must(subject_open(&r->of, model_item, process_item, NULL)) || must(recipe_open(&r->how, &r->of, solver_item, NULL, TO_NOISE, (budget){ 0, 0 })))
        return subject_close(&r->of), -1;
    r->q = (inquiry){ .how = r->how.how, .proc = r->of.model->process, .field = r->of.field, .law = r->of.model->law, .steps = r->how.plan.steps, .grid = r->how.plan.grid,
                      .rtol = rtol, .atol = rtol, .trace = estimator_parse(&r->given, "test", trace), .given = &r->given, .probes = probes, .seed = 5, .exact_prior = 1 };
    r->x = malloc((size_t)n * r->of.field->dim * sizeof *r->x), r->out = malloc(n * sizeof *r->out);
    levels(r->of.model->process, 1, &r->of.model->process->t_min, &at);
    must(r->of.model->law->sample(r->of.model->law, (stream){ 3, USE_LAW }, 0, n, NULL, r->x));
    for (long i = 0; i < (long)n * r->of.field->dim; i++) {
        double z;

        normals((stream){ 3, USE_PRIOR }, i, 0, 0, 1, 1, &z);
        r->x[i] = at.alpha * r->x[i] + at.sigma * z;
    }
    return 0;
}

static void logrig_close(logrig *r)
{
    law_close(r->fit);
    free(r->x), free(r->out);
    recipe_close(&r->how);
    subject_close(&r->of);
}

static const char *const processes[] = { "vp-linear", "vp-cosine", "sub-vp", "ve", "edm", "flow" };

static void every_law_on_every_process_agrees_to_1e_7(void)
{
    static const struct { const char *model; int n; } models[] = {
        { "gauss2", 16 }, { "gmm8ring", 16 }, { "three", 16 }, { "gmm5-aniso16", 4 }, { "gmm10-64", 4 }, { "two-moons", 2 }, { "checkerboard", 2 }, { "swiss-roll", 2 }, { "digits", 2 },
    };

    for (unsigned m = 0; m < sizeof models / sizeof *models; m++)
        for (unsigned p = 0; p < sizeof processes / sizeof *processes; p++) {
            logrig r;

            if (logrig_open(&r, models[m].model, processes[p], p % 2 ? "dopri5" : "dop853", "exact", 8, 1e-10, models[m].n))
                continue;
            r.q.unchecked = 1;
            must(likelihood(&r.q, r.n, r.x, NULL, r.out));
            for (int i = 0; i < r.n; i++)
                near(r.out[i].logp, r.out[i].exact, 1e-7);
            logrig_close(&r);
        }
}

static void the_normal_prior_errs_by_what_err_prior_says(void)
{
    for (int p = 0; p < 4; p += 3) {                    /* vp-linear, ve */
        logrig r;
        double most = 0;

        if (logrig_open(&r, "gmm8ring", processes[p], "dopri5", "exact", 8, 1e-10, 200))
            continue;
        r.q.exact_prior = 0;
        must(likelihood(&r.q, r.n, r.x, NULL, r.out));
        for (int i = 0; i < r.n; i++) {
            near(r.out[i].logp - r.out[i].err_prior, r.out[i].exact, 1e-7);
            most = fmax(most, fabs(r.out[i].err_prior));
        }
        below(most, p ? 3e-2 : 3e-3);
        below(p ? 3e-3 : 3e-4, most);
        logrig_close(&r);
    }
}

static void a_density_integrates_to_one(void)
{
    enum { SIDE = 64 };
    double step = 0.2, sum = 0;
    logrig r;

    if (logrig_open(&r, "gmm8ring", "vp-linear", "dopri5", "exact", 8, 1e-8, SIDE * SIDE))
        return;
    for (int i = 0; i < r.n; i++)
        r.x[2 * i] = step * (i % SIDE - SIDE / 2 + 0.5), r.x[2 * i + 1] = step * (i / SIDE - SIDE / 2 + 0.5);
    r.q.unchecked = 1;
    must(likelihood(&r.q, r.n, r.x, NULL, r.out));
    for (int i = 0; i < r.n; i++)
        sum += exp(r.out[i].logp) * step * step;
    near(sum, 1, 1e-6);
    logrig_close(&r);
}

/* The share of intervals that hold the truth, and the standard error against the realised one. */
static void trace_alone(const char *model_item, const char *trace, int probes, int n, double *inside, double *ratio, double *bias)
{
    double said = 0, realised = 0, sum = 0;
    logrig r;

    *inside = *ratio = *bias = NAN;
    if (logrig_open(&r, model_item, NULL, "dopri5", trace, probes, 1e-5, n))
        return;
    r.q.unchecked = 1, *inside = 0;
    must(likelihood(&r.q, r.n, r.x, NULL, r.out));
    for (int i = 0; i < n; i++) {
        double e = r.out[i].logp - r.out[i].exact;

        *inside += (r.out[i].lo <= r.out[i].exact && r.out[i].exact <= r.out[i].hi) / (double)n;
        said += r.out[i].se_trace * r.out[i].se_trace, realised += e * e, sum += e;
    }
    *ratio = sqrt(said / realised), *bias = sum / sqrt(realised);
    logrig_close(&r);
}

static void hutchinsons_intervals_hold_the_truth_as_often_as_they_say(void)
{
    static const char *const models[] = { "gmm5-aniso16", "gmm10-64" };
    static const char *const traces[] = { "hutchinson", "hutchinson:probe=gaussian", "hutchinson:probe=sphere" };

    for (int m = 0; m < 2; m++)
        for (int k = 0; k < 3; k++)
            for (int probes = 8; probes <= 16; probes *= 2) {
                double inside, ratio, bias;

                trace_alone(models[m], traces[k], probes, 2000, &inside, &ratio, &bias);
                near(inside, 0.95, 0.02);
                below(fabs(bias), 4);
            }
}

static void hutchpp_and_xtrace_say_their_error_within_a_quarter_and_are_not_biased(void)
{
    static const struct { const char *model, *trace; int probes; } rows[] = {
        { "gmm5-aniso16", "hutchpp", 9 }, { "gmm5-aniso16", "xtrace", 8 }, { "gmm5-aniso16", "xtrace", 16 }, { "gmm10-64", "xtrace", 8 },
    };

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        double inside, ratio, bias;

        trace_alone(rows[i].model, rows[i].trace, rows[i].probes, 400, &inside, &ratio, &bias);
        near(ratio, 1, 0.25);
        below(fabs(bias), 4);
    }
}

static void an_estimator_with_twice_dim_products_is_exact(void)
{
    static const char *const traces[] = { "hutchpp", "xtrace" };

    for (int i = 0; i < 2; i++) {
        logrig r;

        if (logrig_open(&r, "gmm8ring", NULL, "dopri5", traces[i], 4, 1e-10, 32))
            continue;
        must(likelihood(&r.q, r.n, r.x, NULL, r.out));
        for (int k = 0; k < r.n; k++) {
            near(r.out[k].logp, r.out[k].exact, 1e-7);
            CU_ASSERT(r.out[k].se_trace == 0);
        }
        logrig_close(&r);
    }
}

static void a_gaussian_is_its_own_control_variate(void)
{
    static const char *const traces[] = { "hutchinson", "hutchpp", "xtrace" };

    for (int i = 0; i < 3; i++) {
        double mean[2], cov[4];
        logrig r;

        if (logrig_open(&r, "gauss2", NULL, "dopri5", traces[i], 4, 1e-9, 16))
            continue;
        must(r.of.model->law->moments(r.of.model->law, mean, cov));
        r.q.fit = r.fit = gaussian_open(2, mean, cov), r.q.control = 1;
        must(likelihood(&r.q, r.n, r.x, NULL, r.out));
        for (int k = 0; k < r.n; k++)
            near(r.out[k].logp, r.out[k].exact, 1e-7);
        logrig_close(&r);
    }
}

/* A field without products or a divergence, and the same in float32. */
static int eval_plain(void *self, const batch *p, double *out) { const law *l = self; return l->denoise(l, p, out, NULL); }

static int eval_single(void *self, const batch *p, double *out)
{
    const law *l = self;
    size_t N = (size_t)p->groups * p->rows * l->dim;
    double *x = malloc(N * sizeof *x);
    batch q = *p;
    int status;

    for (size_t i = 0; i < N; i++)
        x[i] = (float)p->x[i];
    q.x = x;
    status = l->denoise(l, &q, out, NULL);
    for (size_t i = 0; i < N; i++)
        out[i] = (float)out[i];
    free(x);
    return status;
}

static void differences_serve_a_field_without_products(void)
{
    for (int single = 0; single < 2; single++)
        for (unsigned p = 0; p < sizeof processes / sizeof *processes; p++) {
            score s = { .abi = SCORE_ABI, .name = "plain", .dim = 2, .predicts = PREDICTS_DATA, .single = single, .eval = single ? eval_single : eval_plain };
            logrig r;

            if (logrig_open(&r, "gmm8ring", processes[p], "dopri5", "exact", 8, single ? 1e-4 : 1e-9, 32))
                continue;
            s.self = (void *)r.of.model->law;
            r.q.field = &s, r.q.unchecked = single;
            must(likelihood(&r.q, r.n, r.x, NULL, r.out));
            for (int i = 0; i < r.n; i++)
                near(r.out[i].logp, r.out[i].exact, single ? 3e-2 : 1e-6);
            logrig_close(&r);
        }
}

static void products_by_differences_are_those_of_the_law(void)
{
    logrig r;
    double t[] = { 2e-3, 0.3, 0.9 }, v[5 * 16], d[16], e[16], jv[5 * 16], kv[5 * 16];

    if (logrig_open(&r, "gmm5-aniso16", NULL, "dopri5", "exact", 8, 1e-5, 4))
        return;
    normals((stream){ 1, USE_PROBE }, 0, 0, 0, 5, 16, v);
    memset(v, 0, 16 * sizeof *v);                       /* a direction of no length */
    for (int k = 0; k < 3; k++) {
        score plain = { .abi = SCORE_ABI, .name = "plain", .dim = 16, .predicts = PREDICTS_DATA, .eval = eval_plain, .self = (void *)r.of.model->law };
        tangents *a = tangents_open(r.of.field, 1, 5), *b = tangents_open(&plain, 1, 5);
        level at;
        batch p = { .groups = 1, .rows = 1, .at = &at, .x = r.x + 16 };

        levels(r.of.model->process, 1, &t[k], &at);
        must(tangents_ask(a, &p, 5, v, d, jv));
        must(tangents_ask(b, &p, 5, v, e, kv));
        for (int i = 0; i < 16; i++)
            near(e[i], d[i], 1e-12);
        for (int i = 0; i < 5 * 16; i++)
            near(kv[i], jv[i], 1e-7);
        tangents_close(a), tangents_close(b);
    }
    logrig_close(&r);
}

static void equal(const answer *a, const answer *b)
{
    CU_ASSERT(!memcmp(&a->logp, &b->logp, sizeof a->logp) && !memcmp(&a->se_trace, &b->se_trace, sizeof a->se_trace));
    CU_ASSERT(!memcmp(&a->err_solver, &b->err_solver, sizeof a->logp) && a->calls == b->calls);
}

static void neighbours_and_blocks_change_no_bit(void)
{
    static const char *const traces[] = { "exact", "hutchinson", "hutchpp", "xtrace" };

    for (int i = 0; i < 8; i++) {
        enum { N = 60 };
        logrig r;
        answer whole[N], part[N];

        if (logrig_open(&r, i < 4 ? "gmm5-aniso16" : "digits", NULL, i % 2 ? "dopri5:rtol=1e-3,atol=1e-3" : "dop853", traces[i % 4], 7, 1e-3, i < 4 ? N : 9))
            continue;
        must(likelihood(&r.q, r.n, r.x, NULL, whole));
        r.q.block = 7;
        must(likelihood(&r.q, r.n, r.x, NULL, part));
        for (int k = 0; k < r.n; k++)
            equal(&whole[k], &part[k]);
        r.q.block = 0;
        must(likelihood(&r.q, r.n / 2, r.x, NULL, part));
        for (int k = 0; k < r.n / 2; k++)
            equal(&whole[k], &part[k]);
        logrig_close(&r);
    }
}

static int eval_breaks(void *self, const batch *p, double *out)
{
    const law *l = self;

    if (l->denoise(l, p, out, NULL))
        return -1;
    for (int g = 0; g < p->groups; g++)
        for (int i = 0; i < p->rows; i++) {
            double *o = out + ((size_t)g * p->rows + i) * 2;

            if (p->at[g].t > 0.3 && p->x[((size_t)g * p->rows + i) * 2] > 0.5)
                o[0] = NAN;
        }
    return 0;
}

static void a_field_that_breaks_half_way_loses_no_other_point(void)
{
    score s = { .abi = SCORE_ABI, .name = "breaks", .dim = 2, .predicts = PREDICTS_DATA, .eval = eval_breaks };
    int lost = 0;
    logrig r;

    if (logrig_open(&r, "gmm8ring", NULL, "dopri5", "exact", 8, 1e-6, 200))
        return;
    s.self = (void *)r.of.model->law, r.q.field = &s;
    CU_ASSERT_EQUAL(likelihood(&r.q, r.n, r.x, NULL, r.out), DIVERGED);
    says("dopri5", "diverged");
    for (int i = 0; i < r.n; i++)
        if (isfinite(r.out[i].logp))
            near(r.out[i].logp, r.out[i].exact, 1e-3);
        else
            lost++;
    CU_ASSERT(lost > 20 && lost < 180);
    logrig_close(&r);
}

static void truncation_is_estimated_where_the_law_is_unknown(void)
{
    answer known[64], unknown[64];
    double mean[2], cov[4];
    logrig r;

    if (logrig_open(&r, "gmm8ring", NULL, "dopri5", "exact", 8, 1e-5, 64))
        return;
    r.q.exact_prior = 0, r.q.unchecked = 1;
    must(likelihood(&r.q, r.n, r.x, NULL, known));
    must(r.q.law->moments(r.q.law, mean, cov));
    r.q.fit = r.fit = gaussian_open(2, mean, cov);
    r.q.law = NULL;
    must(likelihood(&r.q, r.n, r.x, NULL, unknown));
    for (int i = 0; i < r.n; i++) {
        near(unknown[i].err_trunc, known[i].err_trunc, 2e-5 + 0.05 * fabs(known[i].err_trunc));
        near(unknown[i].err_prior, known[i].err_prior, 1e-4);
        CU_ASSERT(isnan(unknown[i].exact));
    }
    logrig_close(&r);
}

/* One line of likelihoods.tsv: the numbers of other programs, with their probes; the tolerance is theirs, and they have one controller for all 16 rows. */
static void replay_likelihood(char *const *cell, void *with)
{
    enum { CASE, PEER, MODEL, PROCESS, INIT, PROBE, PRIOR, TOLERANCE };
    const golden *g = with;
    const array *x = golden_find(g, cell[INIT]), *want = golden_find(g, cell[CASE]), *z = strcmp(cell[PROBE], "-") ? golden_find(g, cell[PROBE]) : NULL;
    int both = !strcmp(cell[PRIOR], "both"), n = (int)array_rows(x);
    answer out[16];
    double apart = 0;
    logrig r;

    if (logrig_open(&r, cell[MODEL], cell[PROCESS], "dop853", z ? "hutchinson" : "exact", 1, 1e-11, 1))
        return;
    r.q.recorded = z ? z->v : NULL, r.q.unchecked = 1;
    for (int exact = 0; exact <= both; exact++) {
        r.q.exact_prior = exact;
        must(likelihood(&r.q, n, x->v, NULL, out));
        for (int i = 0; i < n; i++)
            apart = fmax(apart, fabs(out[i].logp - want->v[i * array_cols(want) + exact]));
    }
    if (getenv("FOKKER_SHOW"))
        printf("%s %g\n", cell[CASE], apart);
    check_below(apart, (z ? 300 : 1) * atof(cell[TOLERANCE]), cell[CASE], __FILE__, __LINE__);
    logrig_close(&r);
}

static void likelihoods_of_other_programs_are_ours_with_their_probes(void)
{
    golden *g = golden_open();

    if (!must(g ? 0 : -1))
        CU_ASSERT_EQUAL(golden_table("likelihoods.tsv", 8, replay_likelihood, g), 11);
    golden_close(g);
}

static void what_makes_no_sense_is_refused(void)
{
    logrig r;

    if (logrig_open(&r, "gmm8ring", NULL, "dopri5", "xtrace", 1, 1e-5, 4))
        return;
    CU_ASSERT_EQUAL(likelihood(&r.q, r.n, r.x, NULL, r.out), FAILED);
    says("xtrace", "at least 2");
    r.q.probes = 8, r.q.control = 1;
    CU_ASSERT_EQUAL(likelihood(&r.q, r.n, r.x, NULL, r.out), FAILED);
    says("control variate", "Gaussian");
    r.q.control = 0, r.q.law = NULL;
    CU_ASSERT_EQUAL(likelihood(&r.q, r.n, r.x, NULL, r.out), FAILED);
    says("exact prior", "normal prior");
    logrig_close(&r);
}

static const test_case tests[] = {
    { "every law on every process agrees with its closed form to 1e-7", every_law_on_every_process_agrees_to_1e_7 },
    { "the normal prior errs by what err_prior says", the_normal_prior_errs_by_what_err_prior_says },
    { "a density integrates to one", a_density_integrates_to_one },
    { "Hutchinson's intervals hold the truth as often as they say", hutchinsons_intervals_hold_the_truth_as_often_as_they_say },
    { "Hutch++ and XTrace say their error within a quarter, and are not biased", hutchpp_and_xtrace_say_their_error_within_a_quarter_and_are_not_biased },
    { "an estimator with twice dim products is exact", an_estimator_with_twice_dim_products_is_exact },
    { "a Gaussian is its own control variate", a_gaussian_is_its_own_control_variate },
    { "differences serve a field without products, in double and in float32", differences_serve_a_field_without_products },
    { "products by differences are those of the law", products_by_differences_are_those_of_the_law },
    { "neighbours and blocks change no bit", neighbours_and_blocks_change_no_bit },
    { "a field that breaks half-way loses no other point", a_field_that_breaks_half_way_loses_no_other_point },
    { "truncation and prior are estimated where the law is unknown", truncation_is_estimated_where_the_law_is_unknown },
    { "likelihoods of other programs are ours with their probes", likelihoods_of_other_programs_are_ours_with_their_probes },
    { "what makes no sense is refused", what_makes_no_sense_is_refused },
    { 0, 0 },
};
const test_table table_likelihood = { "likelihood", tests };
