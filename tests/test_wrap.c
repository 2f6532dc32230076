/* Wrappers against fields that are known in closed form: guidance, other units, preconditioning, mixed times, declared predictions, known errors. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/random.h"
#include "scores/wrap.h"
#include "tests/fixture.h"
#include "tests/suite.h"

enum { N = 60, DIM = 2, G = 3 };

/* A model of a file's text in the folder of the tests, with wrappers. */
static int open_text(subject *s, const char *text, const char *wrap)
{
    char path[5000];
    FILE *f = fopen(built("wrapped.ini", "", path), "w");

    fputs(text, f);
    fclose(f);
    return must(subject_open(s, path, NULL, wrap));
}

/* N points at G levels of a process. */
typedef struct points { level at[G]; double x[N * DIM], v[N * DIM], out[N * DIM], jv[N * DIM], div[N]; int label[N]; batch p; } points;

static void place(points *q, const process *p)
{
    for (int g = 0; g < G; g++)
        q->at[g].t = p->t_min + (p->t_max - p->t_min) * (0.2 + 0.3 * g);
    p->at(p, G, q->at);
    normals((stream){ 1, USE_PRIOR }, 0, 0, 0, N, DIM, q->x);
    normals((stream){ 2, USE_PRIOR }, 0, 0, 0, N, DIM, q->v);
    for (int i = 0; i < N; i++)
        q->label[i] = i % 2;
    for (int i = 0; i < N * DIM; i++)
        q->x[i] = q->at[i / (N / G * DIM)].alpha + q->at[i / (N / G * DIM)].sigma * q->x[i];
    q->p = (batch){ G, N / G, q->at, q->x, NULL };
}

/* jvp and divergence of a field of data predictions are those of its answers, by differences. */
static void derivatives_agree(const score *s, points *q)
{
    static const double h = 1e-6;
    double there[N * DIM], *x = malloc(N * DIM * sizeof *x), sum[N] = { 0 };
    batch p = q->p;

    CU_ASSERT_PTR_NOT_NULL_FATAL(s->jvp);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s->divergence);
    must(ask_divergence(s, &q->p, PREDICTS_DATA, q->out, q->div));
    must(ask_jvp(s, &q->p, q->v, PREDICTS_DATA, q->out, q->jv));
    p.x = x;
    for (int d = -1; d < DIM; d++) {
        for (int i = 0; i < N * DIM; i++)
            x[i] = q->x[i] + h * (d < 0 ? q->v[i] : i % DIM == d);
        must(ask(s, &p, PREDICTS_DATA, there));
        for (int i = 0; i < N * DIM; i++) {
            double slope = (there[i] - q->out[i]) / h;

            if (d < 0)
                near(q->jv[i], slope, 1e-5 * (1 + fabs(slope)));
            else
                sum[i / DIM] += i % DIM == d ? slope : 0;
        }
    }
    for (int i = 0; i < N; i++)
        near(q->div[i], sum[i], 1e-5 * (1 + fabs(sum[i])));
    free(x);
}

/* ---- guidance ---- */

static const char two_classes[] = "[process]\nkind = vp-linear\n[data]\nkind = mixture\nweights = 1 3 2\nmean.1 = -1 0\nmean.2 = 1 0.5\nmean.3 = 0 2\n"
                                  "std = 0.4\nlabels = 0 1 1\n";

/* E[x_0 | x] of its modes with this label (-1: all), written out. */
static void denoise_by_hand(const level *l, const double *x, int label, double *out)
{
    static const double mean[3][2] = { { -1, 0 }, { 1, 0.5 }, { 0, 2 } }, weight[3] = { 1, 3, 2 };
    double var = l->alpha * l->alpha * 0.16 + l->sigma * l->sigma, sum = 0, top[2] = { 0 };

    for (int k = 0; k < 3; k++) {
        double u[2] = { x[0] - l->alpha * mean[k][0], x[1] - l->alpha * mean[k][1] };
        double p = (label < 0 || label == (k > 0)) * weight[k] * exp(-(u[0] * u[0] + u[1] * u[1]) / (2 * var));

        sum += p;
        for (int d = 0; d < 2; d++)
            top[d] += p * (mean[k][d] + l->alpha * 0.16 / var * u[d]);
    }
    out[0] = top[0] / sum, out[1] = top[1] / sum;
}

static void guidance_is_the_guided_field_of_a_labelled_mixture(void)
{
    subject s;
    points q;

    if (open_text(&s, two_classes, "cfg:w=2.5,from=0.3,to=0.7"))
        return;
    place(&q, s.model->process);                    /* t = 0.2, 0.5, 0.8 */
    q.p.label = q.label;
    must(ask(s.field, &q.p, PREDICTS_DATA, q.out));
    for (int i = 0; i < N; i++) {
        const level *l = &q.at[i / (N / G)];
        double w = l->t > 0.3 && l->t < 0.7 ? 2.5 : 1, with[2], without[2];

        denoise_by_hand(l, q.x + 2 * i, q.label[i], with);
        denoise_by_hand(l, q.x + 2 * i, -1, without);
        for (int d = 0; d < 2; d++)
            near(q.out[2 * i + d], without[d] + w * (with[d] - without[d]), 1e-12);
    }
    derivatives_agree(s.field, &q);
    q.p.label = NULL;
    CU_ASSERT(ask(s.field, &q.p, PREDICTS_DATA, q.out) != 0);
    says("cfg", "--label");
    subject_close(&s);
}

static void guided_samples_have_the_same_bits_on_any_number_of_blocks(void)
{
    static const int blocks[] = { 1, 7, 64, 200 };
    int label[200];
    subject s;
    recipe r;

    if (open_text(&s, two_classes, "cfg:w=2 error:size=0.1 scale:scale=0.5"))
        return;
    if (!must(recipe_open(&r, &s, "dopri5:rtol=1e-2,atol=1e-2", NULL, 0, (budget){ 0, 0 }))) {
        double from[400], x[2][400];

        start_states(s.model->process, r.plan.grid, 2, 3, 200, from);
        for (int i = 0; i < 200; i++)
            label[i] = i % 2;
        r.plan.label = label;
        for (int k = 0; k < 4; k++) {
            memcpy(x[k > 0], from, sizeof from);
            r.plan.block = blocks[k];
            must(solve(&r.plan, 200, x[k > 0], NULL));
            CU_ASSERT(!k || !memcmp(x[0], x[1], sizeof from));
        }
        recipe_close(&r);
    }
    subject_close(&s);
}

/* ---- units ---- */

static void a_network_of_other_units_is_the_field_of_the_law_in_these(void)
{
    static const char *const on[] = { "vp-linear", "edm", "flow" };
    static const char *const text = "[process]\nkind = %s\n[data]\nkind = mixture\nweights = 1 2\nmean.1 = %g %g\nmean.2 = %g %g\nstd = %g\n";

    for (int k = 0; k < 3; k++) {
        char here[500], there[500];
        double right[N * DIM];
        subject own, other;
        points q;

        snprintf(here, sizeof here, text, on[k], 3 * -1 + 0.5, 3 * 0 + 0.5, 3 * 1 + 0.5, 3 * 0.5 + 0.5, 3 * 0.4);
        snprintf(there, sizeof there, text, on[k], -1., 0., 1., 0.5, 0.4);
        if (open_text(&own, here, NULL))
            return;
        if (!open_text(&other, there, "scale:scale=3,shift=0.5")) {
            place(&q, own.model->process);
            must(ask(own.field, &q.p, PREDICTS_DATA, right));
            must(ask(other.field, &q.p, PREDICTS_DATA, q.out));
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

    if (open_text(&s, "[score]\nkind = plugin\nfile = bell.so\nargs = 2 0.5 0.4\nwrap = scale:scale=2,shift=-3\n", NULL))
        return;
    CU_ASSERT_EQUAL(s.field->predicts, PREDICTS_NOISE);
    place(&q, s.model->process);
    must(ask(s.field, &q.p, PREDICTS_NOISE, q.out));
    for (int i = 0; i < N * DIM; i++) {
        const level *l = &q.at[i / (N / G * DIM)];
        double var = 4 * 0.16 * l->alpha * l->alpha + l->sigma * l->sigma;

        near(q.out[i], l->sigma * (q.x[i] - l->alpha * (2 * 0.5 - 3)) / var, 1e-12);
    }
    derivatives_agree(s.field, &q);
    subject_close(&s);
}

/* ---- preconditioning ---- */

/* The raw network of data N(0, 0.3^2): F of (c_in x, log(s)/4), so that D = 0.09 x/(0.09 + s^2) for sigma_data = 0.5. */
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
        score *s = around((score){ .abi = SCORE_ABI, .name = "raw", .dim = DIM, .predicts = PREDICTS_NOISE, .eval = raw_eval, .jvp = raw_jvp,
                                   .divergence = raw_divergence }, "precond", p, "data=0.5");
        points q;

        place(&q, p);
        must(ask(s, &q.p, PREDICTS_DATA, q.out));
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
    static const struct { const char *list; double time; } ways[] = { { "place=time,whole=nearest", 5 }, { "place=time,whole=down", 4 },
                                                                      { "place=time,whole=none", 4.625 }, { "place=time,whole=both", 4.625 } };
    process *p = process_open("test", "vp-discrete:T=20");
    double x[DIM] = { 0 }, out[DIM];
    level at;

    if (must(p ? 0 : -1))
        return;
    levels(p, 1, (double[]){ 4.625 }, &at);
    for (int k = 0; k < 4; k++) {
        score *s = around((score){ .abi = SCORE_ABI, .name = "clock", .dim = DIM, .predicts = PREDICTS_NOISE, .eval = tell_time }, "round", p, ways[k].list);

        must(ask(s, &(batch){ 1, 1, &at, x, NULL }, PREDICTS_NOISE, out));
        near(out[1], ways[k].time, 1e-12);
        field_close(s);
    }
    process_close(p);
}

static void answers_at_both_neighbours_are_mixed_by_the_place(void)
{
    subject s, plain;
    points q, low, high;

    if (open_text(&s, two_classes, "round:T=10,place=time,whole=both"))
        return;
    if (!open_text(&plain, two_classes, NULL)) {
        place(&q, s.model->process);
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
        must(ask(plain.field, &low.p, PREDICTS_NOISE, low.out));
        must(ask(plain.field, &high.p, PREDICTS_NOISE, high.out));
        must(ask(s.field, &q.p, PREDICTS_NOISE, q.out));
        for (int i = 0; i < N * DIM; i++)
            near(q.out[i], 0.75 * low.out[i] + 0.25 * high.out[i], 1e-12);
        derivatives_agree(s.field, &q);
        subject_close(&plain);
    }
    subject_close(&s);
}

static void a_network_is_told_the_time_that_it_counts(void)
{
    static const char *const lists[] = { "scale=1000,shift=-1", "of=sigma,scale=2,shift=1", "of=log-sigma,scale=0.25", "of=lambda" };
    process *p = process_open("test", "vp-linear");
    double x[DIM] = { 0 }, out[DIM];
    level l;

    if (must(p ? 0 : -1))
        return;
    levels(p, 1, (double[]){ 0.4 }, &l);
    for (int k = 0; k < 4; k++) {
        const double right[] = { 399, 2 * l.sigma + 1, 0.25 * log(l.sigma), l.lambda };
        score *s = around((score){ .abi = SCORE_ABI, .name = "clock", .dim = DIM, .predicts = PREDICTS_V, .eval = tell_time }, "time", p, lists[k]);

        must(ask(s, &(batch){ 1, 1, &l, x, NULL }, PREDICTS_V, out));
        near(out[0], right[k], 1e-12);
        field_close(s);
    }
    process_close(p);
}

static void told_its_own_time_it_passes_derivatives_on(void)
{
    subject s;
    points q;

    if (open_text(&s, two_classes, "time:scale=1"))
        return;
    place(&q, s.model->process);
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
        if (open_text(&own, two_classes, NULL))
            return;
        if (!open_text(&s, two_classes, wrap)) {
            place(&q, s.model->process);
            must(ask(own.field, &q.p, PREDICTS_DATA, plain));
            must(ask(s.field, &q.p, (enum predicts)k, q.out));
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
    double *x = malloc(3 * MANY * DIM * sizeof *x), *plain = x + MANY * DIM, *out = plain + MANY * DIM, mean = 0, square = 0, shuffled[DIM];
    subject s, own;
    level at[2];

    if (open_text(&s, two_classes, "error:size=0.3,seed=5") || open_text(&own, two_classes, NULL))
        return;
    normals((stream){ 1, USE_PRIOR }, 0, 0, 0, MANY, DIM, x);
    levels(s.model->process, 2, (double[]){ 0.4, 0.6 }, at);
    must(ask(s.field, &(batch){ 1, MANY, at, x, NULL }, PREDICTS_NOISE, out));
    must(ask(own.field, &(batch){ 1, MANY, at, x, NULL }, PREDICTS_NOISE, plain));
    for (int i = 0; i < MANY * DIM; i++)
        mean += (out[i] - plain[i]) / (MANY * DIM), square += (out[i] - plain[i]) * (out[i] - plain[i]) / (MANY * DIM);
    near(mean, 0, 5 * 0.3 / sqrt(MANY * DIM));
    near(sqrt(square), 0.3, 5 * 0.3 / sqrt(2. * MANY * DIM));
    must(ask(s.field, &(batch){ 1, 1, at, x + 700 * DIM, NULL }, PREDICTS_NOISE, shuffled));
    CU_ASSERT(!memcmp(shuffled, out + 700 * DIM, sizeof shuffled));
    must(ask(s.field, &(batch){ 1, 1, at + 1, x + 700 * DIM, NULL }, PREDICTS_NOISE, shuffled));
    CU_ASSERT(fabs(shuffled[0] - out[700 * DIM]) > 1e-6);
    subject_close(&s), subject_close(&own);
    free(x);
}

static const test_case tests[] = {
    { "guidance is the guided field of a labelled mixture", guidance_is_the_guided_field_of_a_labelled_mixture },
    { "guided samples have the same bits in blocks of any size", guided_samples_have_the_same_bits_on_any_number_of_blocks },
    { "a network of other units is the field of the law in these", a_network_of_other_units_is_the_field_of_the_law_in_these },
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
