/* Wrappers against fields that are known in closed form: other units, preconditioning, mixed times, declared
 * predictions, known errors. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/random.h"
#include "scores/wrap.h"
#include "tests/suite.h"
#include "tests/support/wrapped.h"

/* ---- units ---- */

static void a_network_of_other_units_is_the_field_of_the_law_in_these(void)
{
    static const char *const on[] = { "vp-linear", "edm", "flow" };
    static const char *const text =
        "[process]\nkind = %s\n[data]\nkind = mixture\nweights = 1 2\nmean.1 = %g %g\nmean.2 = %g %g\nstd = %g\n";

    for (int k = 0; k < 3; k++) {
        char here[500], there[500];
        double right[N * DIM];
        subject own, other;
        points q;

        snprintf(here, sizeof here, text, on[k], 3 * -1 + 0.5, 3 * 0 + 0.5, 3 * 1 + 0.5, 3 * 0.5 + 0.5, 3 * 0.4);
        snprintf(there, sizeof there, text, on[k], -1., 0., 1., 0.5, 0.4);
        if (wrapped_open(&own, here, NULL))
            return;
        if (!wrapped_open(&other, there, "scale:scale=3,shift=0.5")) {
            points_place(&q, own.model->process);
            must(field_eval(own.field, &q.p, PREDICTS_DATA, right));
            must(field_eval(other.field, &q.p, PREDICTS_DATA, q.out));
            for (int i = 0; i < N * DIM; i++)
                near(q.out[i], right[i], 1e-11 * (1 + fabs(q.x[i])));
            derivatives_agree(other.field, &q);
            subject_close(&other);
        }
        subject_close(&own);
    }
}

/* The same around a network of noise, whose noise is the same. */
static void so_it_is_around_a_noise_prediction(void)
{
    subject s;
    points q;

    if (wrapped_open(&s, "[score]\nkind = plugin\nfile = bell.so\nargs = 2 0.5 0.4\nwrap = scale:scale=2,shift=-3\n",
                     NULL))
        return;
    CU_ASSERT_EQUAL(s.field->predicts, PREDICTS_NOISE);
    points_place(&q, s.model->process);
    must(field_eval(s.field, &q.p, PREDICTS_NOISE, q.out));
    for (int i = 0; i < N * DIM; i++) {
        const level *l = &q.at[i / (N / G * DIM)];
        double var = 4 * 0.16 * l->alpha * l->alpha + l->sigma * l->sigma;

        near(q.out[i], l->sigma * (q.x[i] - l->alpha * (2 * 0.5 - 3)) / var, 1e-12);
    }
    derivatives_agree(s.field, &q);
    subject_close(&s);
}

/* ---- preconditioning ---- */

/* The raw network of data N(0, 0.3^2): F of (c_in x, log(s)/4), so that D = 0.09
 * x/(0.09 + s^2) for sigma_data = 0.5. */
static double raw(double log_s, double in)
{
    double s = exp(4 * log_s), r2 = s * s + 0.25, x = in * sqrt(r2);

    return (0.09 * x / (0.09 + s * s) - 0.25 / r2 * x) / (s * 0.5 / sqrt(r2));
}

static int raw_eval(void *self, const batch *p, double *out)
{
    for (int i = 0; i < p->groups * p->rows * DIM; i++)
        out[i] = raw(p->at[i / (p->rows * DIM)].t, p->x[i]);
    return 0;
}

static int raw_jvp(void *self, const batch *p, const double *v, double *out, double *jv)
{
    for (int i = 0; i < p->groups * p->rows * DIM; i++)
        jv[i] = raw(p->at[i / (p->rows * DIM)].t, v[i]);
    return raw_eval(self, p, out);
}

static int raw_divergence(void *self, const batch *p, double *out, double *div)
{
    for (int i = 0; i < p->groups * p->rows; i++)
        div[i] = DIM * raw(p->at[i / p->rows].t, 1);
    return raw_eval(self, p, out);
}

/* A field of the test's own with a wrapper around it; on the process of p. */
static score *around(score like, const char *name, const process *p, const char *list)
{
    score *own = malloc(sizeof *own);
    args given;

    *own = like;
    for (int i = 0; i < wrappers(); i++)
        if (!strcmp(wrapper_at(i)->name, name) && !must(args_parse(&given, "test", name, wrapper_at(i)->par, list)))
            return wrapper_at(i)->open(own, p, &given);
    field_close(own);
    return NULL;
}

static void preconditioning_makes_a_denoiser_of_a_raw_network(void)
{
    static const char *const on[] = { "edm", "vp-linear" };

    for (int k = 0; k < 2; k++) {
        process *p = process_open("test", on[k]);
        score *s = around((score){ .abi = SCORE_ABI, .name = "raw", .dim = DIM, .predicts = PREDICTS_NOISE,
                                   .eval = raw_eval, .jvp = raw_jvp,
                                   .divergence = raw_divergence }, "precond", p, "data=0.5");
        points q;

        points_place(&q, p);
        must(field_eval(s, &q.p, PREDICTS_DATA, q.out));
        for (int i = 0; i < N * DIM; i++) {
            const level *l = &q.at[i / (N / G * DIM)];
            double ratio = l->sigma / l->alpha;

            near(q.out[i], 0.09 * q.x[i] / l->alpha / (0.09 + ratio * ratio), 1e-11 * (1 + fabs(q.x[i])));
        }
        derivatives_agree(s, &q);
        field_close(s), process_close(p);
    }
}

/* ---- times ---- */

/* Its time in every column. */
static int tell_time(void *self, const batch *p, double *out)
{
    for (int i = 0; i < p->groups * p->rows * DIM; i++)
        out[i] = p->at[i / (p->rows * DIM)].t;
    return 0;
}

static void a_network_of_whole_times_is_asked_as_told(void)
{
    static const struct { const char *list; double time; } ways[] = { { "place=time,whole=nearest", 5 },
                                                                      { "place=time,whole=down", 4 },
                                                                      { "place=time,whole=none", 4.625 },
                                                                      { "place=time,whole=both", 4.625 } };
    process *p = process_open("test", "vp-discrete:T=20");
    double x[DIM] = { 0 }, out[DIM];
    level at;

    if (must(p ? 0 : -1))
        return;
    levels(p, 1, (double[]){ 4.625 }, &at);
    for (int k = 0; k < 4; k++) {
        score *s = around((score){ .abi = SCORE_ABI, .name = "clock", .dim = DIM, .predicts = PREDICTS_NOISE,
                                   .eval = tell_time }, "round", p, ways[k].list);

        must(field_eval(s, &(batch){ 1, 1, &at, x, NULL }, PREDICTS_NOISE, out));
        near(out[1], ways[k].time, 1e-12);
        field_close(s);
    }
    process_close(p);
}

static void answers_at_both_neighbours_are_mixed_by_the_place(void)
{
    subject s, plain;
    points q, low, high;

    if (wrapped_open(&s, two_classes, "round:T=10,place=time,whole=both"))
        return;
    if (!wrapped_open(&plain, two_classes, NULL)) {
        points_place(&q, s.model->process);
        for (int g = 0; g < G; g++)
            q.at[g].t = 0.2 + 0.3 * g + 0.025;      /* a quarter of the way */
        s.model->process->at(s.model->process, G, q.at);
        low = q, high = q;
        for (int g = 0; g < G; g++)
            low.at[g].t = 0.2 + 0.3 * g, high.at[g].t = 0.3 + 0.3 * g;
        s.model->process->at(s.model->process, G, low.at);
        s.model->process->at(s.model->process, G, high.at);
        low.p = high.p = (batch){ G, N / G, low.at, q.x, NULL };
        high.p.at = high.at, q.p.at = q.at, q.p.x = q.x;
        must(field_eval(plain.field, &low.p, PREDICTS_NOISE, low.out));
        must(field_eval(plain.field, &high.p, PREDICTS_NOISE, high.out));
        must(field_eval(s.field, &q.p, PREDICTS_NOISE, q.out));
        for (int i = 0; i < N * DIM; i++)
            near(q.out[i], 0.75 * low.out[i] + 0.25 * high.out[i], 1e-12);
        derivatives_agree(s.field, &q);
        subject_close(&plain);
    }
    subject_close(&s);
}

static void a_network_is_told_the_time_that_it_counts(void)
{
    static const char *const lists[] = { "scale=1000,shift=-1", "of=sigma,scale=2,shift=1", "of=log-sigma,scale=0.25",
                                         "of=lambda" };
    process *p = process_open("test", "vp-linear");
    double x[DIM] = { 0 }, out[DIM];
    level l;

    if (must(p ? 0 : -1))
        return;
    levels(p, 1, (double[]){ 0.4 }, &l);
    for (int k = 0; k < 4; k++) {
        const double right[] = { 399, 2 * l.sigma + 1, 0.25 * log(l.sigma), l.lambda };
        score *s = around((score){ .abi = SCORE_ABI, .name = "clock", .dim = DIM, .predicts = PREDICTS_V,
                                   .eval = tell_time }, "time", p, lists[k]);

        must(field_eval(s, &(batch){ 1, 1, &l, x, NULL }, PREDICTS_V, out));
        near(out[0], right[k], 1e-12);
        field_close(s);
    }
    process_close(p);
}

static void told_its_own_time_it_passes_derivatives_on(void)
{
    subject s;
    points q;

    if (wrapped_open(&s, two_classes, "time:scale=1"))
        return;
    points_place(&q, s.model->process);
    derivatives_agree(s.field, &q);
    subject_close(&s);
}

/* ---- declared predictions, and errors ---- */

static void what_is_declared_is_believed(void)
{
    for (int k = 0; k < PREDICTIONS; k++) {
        char wrap[64];
        double plain[N * DIM];
        subject s, own;
        points q;

        snprintf(wrap, sizeof wrap, "predicts:as=%s", predicts_name(k));
        if (wrapped_open(&own, two_classes, NULL))
            return;
        if (!wrapped_open(&s, two_classes, wrap)) {
            points_place(&q, s.model->process);
            must(field_eval(own.field, &q.p, PREDICTS_DATA, plain));
            must(field_eval(s.field, &q.p, (enum predicts)k, q.out));
            CU_ASSERT(!memcmp(plain, q.out, sizeof plain));
            if (k != PREDICTS_SCORE)
                derivatives_agree(s.field, &q);
            subject_close(&s);
        }
        subject_close(&own);
    }
    CU_ASSERT(predicts_named("a.ini:3", "noize") < 0);
    says("a.ini:3", "noize", PREDICTS_WORDS);
}

static void an_added_error_has_its_size_and_belongs_to_the_point(void)
{
    enum { MANY = 20000 };
    double *x = malloc(3 * MANY * DIM * sizeof *x), *plain = x + MANY * DIM, *out = plain + MANY * DIM, mean = 0,
        square = 0, shuffled[DIM];
    subject s, own;
    level at[2];

    if (wrapped_open(&s, two_classes, "error:size=0.3,seed=5") || wrapped_open(&own, two_classes, NULL))
        return;
    normals((stream){ 1, USE_PRIOR }, 0, 0, 0, MANY, DIM, x);
    levels(s.model->process, 2, (double[]){ 0.4, 0.6 }, at);
    must(field_eval(s.field, &(batch){ 1, MANY, at, x, NULL }, PREDICTS_NOISE, out));
    must(field_eval(own.field, &(batch){ 1, MANY, at, x, NULL }, PREDICTS_NOISE, plain));
    for (int i = 0; i < MANY * DIM; i++)
        mean += (out[i] - plain[i]) / (MANY * DIM), square += (out[i] - plain[i]) * (out[i] - plain[i]) / (MANY * DIM);
    near(mean, 0, 5 * 0.3 / sqrt(MANY * DIM));
    near(sqrt(square), 0.3, 5 * 0.3 / sqrt(2. * MANY * DIM));
    must(field_eval(s.field, &(batch){ 1, 1, at, x + 700 * DIM, NULL }, PREDICTS_NOISE, shuffled));
    CU_ASSERT(!memcmp(shuffled, out + 700 * DIM, sizeof shuffled));
    must(field_eval(s.field, &(batch){ 1, 1, at + 1, x + 700 * DIM, NULL }, PREDICTS_NOISE, shuffled));
    CU_ASSERT(fabs(shuffled[0] - out[700 * DIM]) > 1e-6);
    subject_close(&s), subject_close(&own);
    free(x);
}

static const test_case tests[] = {
    { "a network of other units is the field of the law in these",
      a_network_of_other_units_is_the_field_of_the_law_in_these },
    { "so it is around a noise prediction", so_it_is_around_a_noise_prediction },
    { "preconditioning makes a denoiser of a raw network", preconditioning_makes_a_denoiser_of_a_raw_network },
    { "a network of whole times is asked as told", a_network_of_whole_times_is_asked_as_told },
    { "answers at both neighbours are mixed by the place", answers_at_both_neighbours_are_mixed_by_the_place },
    { "a network is told the time that it counts", a_network_is_told_the_time_that_it_counts },
    { "told its own time it passes derivatives on", told_its_own_time_it_passes_derivatives_on },
    { "what is declared is believed", what_is_declared_is_believed },
    { "an added error has its size and belongs to the point", an_added_error_has_its_size_and_belongs_to_the_point },
    { 0, 0 },
};
const test_table table_wrap = { "wrap", tests };
