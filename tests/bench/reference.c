/* The reference is the exact flow map, and rms is the distance from it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/metrics/reference.h"
#include "solvers/engine/recipe.h"
#include "bench/experiment/split.h"
#include "base/fail.h"
#include "tests/support/gauss.h"
#include "tests/support/nets.h"
#include "tests/suite.h"

/* Linear VP, beta 0.1..20, and flow matching, alpha = 1 - t. */
static void vp_at(const process *p, int n, level *l)
{
    for (int i = 0; i < n; i++) {
        double t = l[i].t, log_alpha = -19.9 * t * t / 4 - 0.05 * t, beta = 0.1 + 19.9 * t;

        l[i].alpha = exp(log_alpha), l[i].sigma = sqrt(-expm1(2 * log_alpha));
        l[i].dalpha = -beta / 2 * l[i].alpha, l[i].dsigma = beta / 2 * l[i].alpha * l[i].alpha / l[i].sigma;
        l[i].lambda = log(l[i].alpha / l[i].sigma);
    }
}

static double vp_t(const process *p, double lambda)
{
    double L = log1p(exp(-2 * lambda)) / 2, t = 2 * L / (0.05 + sqrt(0.0025 + 19.9 * L));

    return t > 1 ? 1 : t;
}

static void line_at(const process *p, int n, level *l)
{
    for (int i = 0; i < n; i++) {
        l[i].alpha = 1 - l[i].t, l[i].sigma = l[i].t, l[i].dalpha = -1, l[i].dsigma = 1;
        l[i].lambda = log(l[i].alpha / l[i].sigma);
    }
}

static double line_t(const process *p, double lambda)
{
    double t = 1 / (1 + exp(lambda));

    return t < p->t_low ? p->t_low : t;
}

/* x moves in proportion to its standard deviation: x_to = alpha_to m + (x - alpha_from m) sd_to/sd_from. */
static void the_reference_is_the_flow_map_of_a_gaussian(void)
{
    enum { N = 45, D = 2 };
    static const process vp = { .name = "vp", .t_low = 0, .t_high = 1, .at = vp_at, .t_of_lambda = vp_t },
                         line = { .name = "line", .t_low = 0, .t_high = 1, .at = line_at, .t_of_lambda = line_t },
                         stops = { .name = "stops", .t_low = 1e-3, .t_high = 1, .at = line_at, .t_of_lambda = line_t };
    static const struct { const process *p; double from, to; } cases[] = {
        { &vp, 1, 1e-3 }, { &vp, 0.5, 1e-3 }, { &vp, 1, 0 }, { &vp, 0.1, 0.9 }, { &line, 1, 0.01 }, { &line, 1, 0 },
        { &stops, 1, 0 } };
    gauss g = gauss_law(D, 0.7, 0.2);
    score *field = exact_open(&g.law);

    for (unsigned c = 0; c < sizeof cases / sizeof *cases; c++) {
        const process *p = cases[c].p;
        level from = { .t = cases[c].from }, to = { .t = cases[c].to };
        double x[N * D], y[N * D], worst = 0, before, after;

        p->at(p, 1, &from);
        p->at(p, 1, &to);
        normals((stream){ 3, USE_PRIOR }, 0, 0, 0, N, D, x);
        must(reference_flow(field, p, &from, &to, N, NULL, x, y));
        before = hypot(0.2 * from.alpha, from.sigma), after = hypot(0.2 * to.alpha, to.sigma);
        for (int i = 0; i < N * D; i++)
            worst = fmax(worst, fabs(y[i] - to.alpha * 0.7 - (x[i] - from.alpha * 0.7) * after / before));
        if (getenv("SHOW"))
            printf("\n    %s from %g to %g: %g", p->name, cases[c].from, cases[c].to, worst);
        below(worst, 1e-11);
    }
    field_close(field);
}

/* Two legs are the whole way, and there and back is nothing: on eight modes, whose flow map stretches between them. */
static void the_reference_composes_on_a_mixture(void)
{
    enum { N = 40, D = 2 };
    model *ring = model_open("gmm8ring", NULL);

    if (!ring)
        must(-1);
    if (!ring)
        return;
    score *field = field_open(ring, NULL);
    double t[3] = { 1, 0.4, 1e-3 }, x[N * D], whole[N * D], part[N * D], legs[N * D], back[N * D], worst = 0, home = 0;
    level at[3];

    levels(ring->process, 3, t, at);
    normals((stream){ 3, USE_PRIOR }, 0, 0, 0, N, D, x);
    must(reference_flow(field, ring->process, &at[0], &at[2], N, NULL, x, whole));
    must(reference_flow(field, ring->process, &at[0], &at[1], N, NULL, x, part));
    must(reference_flow(field, ring->process, &at[1], &at[2], N, NULL, part, legs));
    must(reference_flow(field, ring->process, &at[1], &at[0], N, NULL, part, back));
    for (int i = 0; i < N * D; i++)
        worst = fmax(worst, fabs(whole[i] - legs[i])), home = fmax(home, fabs(back[i] - x[i]));
    if (getenv("SHOW"))
        printf("\n    legs %g, there and back %g", worst, home);
    below(worst, 1e-10);
    below(home, 1e-10);
    field_close(field);
    model_close(ring);
}

/* A network computes in float32; its flow is that of its weights in float64, with which legs compose to 1e-9, and so is
 * that of one in a wrapper. */
static void the_reference_of_a_network_is_in_double(void)
{
    enum { N = 40, D = 2 };
    static const shape shapes[] = { { "a.weight", 16, 3, 0.8 }, { "a.bias", 0, 16, 0.5 }, { "b.weight", D, 16, 0.3 },
                                    { "b.bias", 0, D, 0.1 }, { 0 } };
    made m;
    subject s, w;
    double t[3] = { 1, 0.3, 1e-3 }, x[N * D], whole[N * D], part[N * D], legs[N * D], wrapped[N * D], worst = 0,
        other = 0, apart = 0;
    level at[3];
    score *fine;

    if (must(made_open(&m, "predicts = noise\ndim = 2\nlayers = concat linear:a tanh linear:b\n", NULL, shapes)))
        return;
    if (must(subject_open(&s, m.ini, NULL, NULL)) || must(subject_open(&w, m.ini, NULL, "clamp:lo=-1e6,hi=1e6")))
        return;
    levels(s.model->process, 3, t, at);
    normals((stream){ 3, USE_PRIOR }, 0, 0, 0, N, D, x);
    must(reference_flow(s.field, s.model->process, &at[0], &at[2], N, NULL, x, whole));
    must(reference_flow(s.field, s.model->process, &at[0], &at[1], N, NULL, x, part));
    must(reference_flow(s.field, s.model->process, &at[1], &at[2], N, NULL, part, legs));
    must(reference_flow(w.field, w.model->process, &at[0], &at[2], N, NULL, x, wrapped));
    fine = s.field->precise(s.field->self);
    must(field_eval(fine, &(batch){ 1, N, &at[1], x }, PREDICTS_NOISE, part)),
        must(field_eval(s.field, &(batch){ 1, N, &at[1], x }, PREDICTS_NOISE, x));
    for (int i = 0; i < N * D; i++)
        worst = fmax(worst, fabs(whole[i] - legs[i])), other = fmax(other, fabs(whole[i] - wrapped[i])),
            apart = fmax(apart, fabs(part[i] - x[i]));
    below(worst, 1e-9);
    below(other, 1e-9);
    below(apart, 1e-6);
    CU_ASSERT(apart > 0);
    field_close(fine), subject_close(&w), subject_close(&s), made_close(&m);
}

static int breaks(void *self, const batch *p, double *out)
{
    memcpy(out, p->x, 2ul * p->rows * sizeof *out);
    return ++*(int *)self > 100 ? fail("the field broke at call 101; mend it") : 0;
}

static void rms_is_the_distance_from_the_flow_and_tells_why_not(void)
{
    enum { N = 40, D = 2 };
    static const process vp = { .name = "vp", .t_low = 0, .t_high = 1, .at = vp_at, .t_of_lambda = vp_t };
    gauss g = gauss_law(D, 0.7, 0.2);
    score *field = exact_open(&g.law),
        broken = { .abi = SCORE_ABI, .name = "broken", .dim = D, .predicts = PREDICTS_DATA, .serial = 1,
                   .eval = breaks };
    level from = { .t = 1 };
    double x[N * D], y[N * D];
    truth t = { .law = &g.law, .at = { .t = 1e-3 }, .field = field, .proc = &vp, .start = &from, .from = x,
                .deterministic = 1 };
    measure m;
    quality q;
    const char *reason;
    int calls = 0;

    broken.self = &calls;
    t.cache = reference_cache_open();
    vp_at(&vp, 1, &from), vp_at(&vp, 1, &t.at);
    normals((stream){ 3, USE_PRIOR }, 0, 0, 0, N, D, x);
    must(reference_flow(field, &vp, &from, &t.at, N, NULL, x, y));
    for (int twice = 0; twice < 2; twice++)
        near(value_of("rms", &t, N, D, y).value, 0, 1e-15);
    for (int i = 0; i < N * D; i++)
        y[i] += i % 2 ? 3e-3 : 4e-3;
    q = value_of("rms", &t, N, D, y);
    near(q.value, 5e-3 / sqrt(2), 1e-12);
    near(q.se, 0, 1e-12);
    x[0] += 1;                                          /* another start is another reference */
    CU_ASSERT(value_of("rms", &t, N, D, y).value > 2 * q.value);
    must(measure_parse(&m, "--metric", "rms"));
    t.field = &broken;
    CU_ASSERT(measure_value(&m, &t, N, D, y, &q, &reason) == -1);
    says("call 101");
    t.deterministic = 0;
    must(measure_value(&m, &t, N, D, y, &q, &reason));
    CU_ASSERT(isnan(q.value) && isnan(q.se) && reason && strstr(reason, "deterministic"));
    reference_cache_close(t.cache);
    field_close(field);
}

/* The flow of one Gaussian in the place of another's network: both flow maps are affine, so every part is known. */
static void an_error_and_its_parts_are_those_of_affine_flows(void)
{
    enum { N = 200, D = 2 };
    static const process vp = { .name = "vp", .t_low = 0, .t_high = 1, .at = vp_at, .t_of_lambda = vp_t };
    static const char *const parts[3] = { "rms:rows=200,to=law", "rms:rows=200", "rms:rows=200,of=field,to=law" };
    gauss g = gauss_law(D, 0.7, 0.2), net = gauss_law(D, 0.8, 0.3);
    score *field = exact_open(&net.law), *exact = exact_open(&g.law);
    level from = { .t = 1 };
    double x[N * D], y[N * D], flow[N * D], want[3] = { 0 }, got[3];
    truth t = { .law = &g.law, .at = { .t = 1e-3 }, .field = field, .exact = exact, .proc = &vp, .start = &from,
                .from = x, .deterministic = 1, .seed = 4 };

    t.cache = reference_cache_open();
    vp_at(&vp, 1, &from), vp_at(&vp, 1, &t.at);
    normals((stream){ 3, USE_PRIOR }, 0, 0, 0, N, D, x);
    for (int i = 0; i < N * D; i++) {
        double a = from.alpha, s = from.sigma, b = t.at.alpha, r = t.at.sigma;
        double law_end = b * 0.7 + (x[i] - a * 0.7) * hypot(0.2 * b, r) / hypot(0.2 * a, s);

        flow[i] = b * 0.8 + (x[i] - a * 0.8) * hypot(0.3 * b, r) / hypot(0.3 * a, s);
        y[i] = flow[i] + (i % 3 ? 0.01 : -0.03);
        want[0] += pow(y[i] - law_end, 2) / (N * D), want[1] += pow(y[i] - flow[i], 2) / (N * D),
            want[2] += pow(flow[i] - law_end, 2) / (N * D);
    }
    for (int k = 0; k < 3; k++)
        near(got[k] = value_of(parts[k], &t, N, D, y).value, sqrt(want[k]), 1e-10);
    CU_ASSERT(got[0] <= got[1] + got[2] && got[1] > 0.01 && got[2] > 0.05);
    near(value_of("sw2:of=field", &t, N, D, y).value, value_of("sw2", &t, N, D, flow).value, 1e-9);
    near(value_of("sw2:to=field", &t, N, D, flow).value, 0, 1e-9);
    below(value_of("sw2", &t, N, D, y).value, value_of("sw2:of=field", &t, N, D, y).value + value_of("sw2:to=field",
            &t, N, D, y).value + 1e-12);
    near(value_of("mean:of=field", &t, N, D, y).value, value_of("mean", &t, N, D, flow).value, 1e-9);
    reference_cache_close(t.cache);
    field_close(field), field_close(exact);
}

static void parts_that_there_are_not_get_a_sentence(void)
{
    static const process vp = { .name = "vp", .t_low = 0, .t_high = 1, .at = vp_at, .t_of_lambda = vp_t };
    static const char *const flows[] = { "rms:to=law", "sw2:to=field", "energy:of=field" };
    gauss g = gauss_law(1, 0.7, 0.2);
    score *field = exact_open(&g.law);
    double x[40] = { 0 };
    level from = { .t = 1 };
    truth t = { .law = &g.law, .at = { .t = 1e-3 }, .field = field, .proc = &vp, .start = &from, .from = x };
    const char *reason;
    char *all;
    measure m;
    quality q;

    for (int k = 0; k < 3; k++) {
        must(measure_parse(&m, "--metric", flows[k]));
        must(measure_value(&m, &t, 40, 1, x, &q, &reason));
        CU_ASSERT(isnan(q.value) && reason && strstr(reason, "deterministic"));
    }
    t.deterministic = 1;
    must(measure_parse(&m, "--metric", "rms:to=law"));
    must(measure_value(&m, &t, 40, 1, x, &q, &reason));
    CU_ASSERT(reason && strstr(reason, "data are known"));
    CU_ASSERT(measure_parse(&m, "--metric", "rms:of=field") == -1);
    says("to itself");
    CU_ASSERT(!split_items("--metric", "split:xent"));
    says("has no parts");
    CU_ASSERT(!split_items("--metric", "split:sw2:of=field"));
    says("a part already");
    all = split_items("--metric", "energy split:sw2:projections=9 split:rms");
    CU_ASSERT_STRING_EQUAL(all ? all : "", "energy sw2:projections=9 sw2:projections=9,to=field "
                                           "sw2:projections=9,of=field rms:to=law rms rms:of=field,to=law ");
    free(all), field_close(field);
}

static const test_case tests[] = {
    { "the reference is the flow map of a gaussian", the_reference_is_the_flow_map_of_a_gaussian },
    { "the reference composes on a mixture", the_reference_composes_on_a_mixture },
    { "the reference of a network is in double", the_reference_of_a_network_is_in_double },
    { "an error and its parts are those of affine flows", an_error_and_its_parts_are_those_of_affine_flows },
    { "parts that there are not get a sentence", parts_that_there_are_not_get_a_sentence },
    { "rms is the distance from the flow and tells why not", rms_is_the_distance_from_the_flow_and_tells_why_not },
    { 0, 0 },
};
const test_table table_reference = { "reference", tests };
