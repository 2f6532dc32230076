/* Divergences of likelihoods: every estimator's error against what it says of itself, and
 * differences in place of products. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/laws/gaussian.h"
#include "base/random.h"
#include "scores/tangents.h"
#include "tests/support/logrig.h"
#include "tests/suite.h"

/* The share of intervals that hold the truth, and the standard error against the realised one. */
static void trace_alone(const char *model_item, const char *trace, int probes, int n, double *inside, double *ratio,
                        double *bias)
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
        { "gmm5-aniso16", "hutchpp", 9 }, { "gmm5-aniso16", "xtrace", 8 }, { "gmm5-aniso16", "xtrace", 16 },
        { "gmm10-64", "xtrace", 8 },
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
static int eval_plain(void *self, const batch *p, double *out)
{
    const law *l = self;

    return l->denoise(l, p, out, NULL);
}

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
        for (unsigned p = 0; p < PROCESSES; p++) {
            score s = { .abi = SCORE_ABI, .name = "plain", .dim = 2, .predicts = PREDICTS_DATA, .single = single,
                        .eval = single ? eval_single : eval_plain };
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
        score plain = { .abi = SCORE_ABI, .name = "plain", .dim = 16, .predicts = PREDICTS_DATA, .eval = eval_plain,
                        .self = (void *)r.of.model->law };
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

static const test_case tests[] = {
    { "Hutchinson's intervals hold the truth as often as they say",
      hutchinsons_intervals_hold_the_truth_as_often_as_they_say },
    { "Hutch++ and XTrace say their error within a quarter, and are not biased",
      hutchpp_and_xtrace_say_their_error_within_a_quarter_and_are_not_biased },
    { "an estimator with twice dim products is exact", an_estimator_with_twice_dim_products_is_exact },
    { "a Gaussian is its own control variate", a_gaussian_is_its_own_control_variate },
    { "differences serve a field without products, in double and in float32",
      differences_serve_a_field_without_products },
    { "products by differences are those of the law", products_by_differences_are_those_of_the_law },
    { 0, 0 },
};
const test_table table_trace = { "trace", tests };
