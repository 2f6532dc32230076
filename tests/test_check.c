/* fokker check: whatever a field does wrong is named, and what it does right is not. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "bench/check.h"
#include "models/random.h"
#include "tests/fixture.h"
#include "tests/suite.h"

enum { ROWS = 400 };

/* A remark of a kind, or NULL. */
static const remark *found(const check *c, const char *what)
{
    for (int i = 0; i < c->remarks; i++)
        if (!strcmp(c->remark[i].what, what))
            return &c->remark[i];
    return NULL;
}

static void has_mark(const check *c, const char *what, enum mark mark, const char *word)
{
    const remark *r = found(c, what);

    CU_ASSERT_PTR_NOT_NULL_FATAL(r);
    if (r->mark != mark || !strstr(r->advice, word))
        printf("\n    %s %s: %s: %s\n", what, mark_names[r->mark], r->said, r->advice);
    CU_ASSERT_EQUAL(r->mark, mark);
    CU_ASSERT_PTR_NOT_NULL(strstr(r->advice, word));
}

/* A field of the test's own on a model's law and process. */
typedef struct odd { const score *exact; enum predicts kind; double sign, unit; int dim; int inside; } odd;

static int answer(void *self, const batch *p, double *out)
{
    const odd *o = self;
    level *at = malloc(p->groups * sizeof *at);
    batch q = *p;
    int status;

    for (int g = 0; g < p->groups; g++)
        at[g] = p->at[g];
    q.at = at;
    status = ask(o->exact, &q, o->kind, out);
    for (int i = 0; i < p->groups * p->rows * o->dim; i++)
        out[i] *= o->sign;
    free(at);
    return status;
}

/* The mean of the batch is taken off. */
static int by_neighbours(void *self, const batch *p, double *out)
{
    int n = p->groups * p->rows, dim = ((odd *)self)->dim;

    if (answer(self, p, out))
        return -1;
    for (int d = 0; d < dim; d++)
        for (int i = 0; i < n; i++)
            out[i * dim + d] -= 0.01 * p->x[(n - 1) * dim + d];
    return 0;
}

/* The first level stands for all. */
static int by_first_time(void *self, const batch *p, double *out)
{
    batch q = { 1, p->groups * p->rows, p->at, p->x, p->label };

    return answer(self, &q, out);
}

/* Dropout: no two calls are equal. */
static int by_chance(void *self, const batch *p, double *out)
{
    static long calls;
    int n = p->groups * p->rows * ((odd *)self)->dim;

    if (answer(self, p, out))
        return -1;
    #pragma omp atomic
    calls++;
    for (int i = calls % 7; i < n; i += 7)
        out[i] = 0;
    return 0;
}

/* Two at once spoil each other's answers. */
static int alone(void *self, const batch *p, double *out)
{
    odd *o = self;
    int others, n = p->groups * p->rows * o->dim;

    if (answer(self, p, out))
        return -1;
    #pragma omp atomic capture
    others = o->inside++;
    nanosleep(&(struct timespec){ 0, 200000 }, NULL);
    #pragma omp atomic
    o->inside--;
    for (int i = 0; others && i < n; i++)
        out[i] += 1;
    return 0;
}

/* In its first call, where there is a guard: it will not be asked again. */
static int beyond_its_end(void *self, const batch *p, double *out)
{
    if (answer(self, p, out))
        return -1;
    out[p->groups * p->rows * ((odd *)self)->dim] = 0;
    return 0;
}

/* Not finite in little noise. */
static int not_finite(void *self, const batch *p, double *out)
{
    if (answer(self, p, out))
        return -1;
    for (int g = 0; g < p->groups; g++)
        for (int i = 0; i < p->rows * ((odd *)self)->dim && p->at[g].t < 0.02; i++)
            out[g * p->rows * ((odd *)self)->dim + i] = INFINITY;
    return 0;
}

/* The law's own mean by t in other units: it believes that alpha and sigma are those of its time. */
static int by_time_alone(void *self, const batch *p, double *out)
{
    const odd *o = self;
    process *own = process_open("test", "vp-linear");

    for (int g = 0; g < p->groups; g++) {
        size_t at = (size_t)g * p->rows * o->dim;
        double t = p->at[g].t / o->unit;
        level l = { .t = fmin(fmax(t, 0), 1) };

        own->at(own, 1, &l);
        if (ask(o->exact, &(batch){ 1, p->rows, &l, p->x + at, NULL }, o->kind, out + at))
            return process_close(own), -1;
    }
    process_close(own);
    return 0;
}

/* Whether the parts are to be tried; each test wants few of them. */
enum { CALLS = 1, KIND_ = 2, LEVELS_ = 4 };

/* Runs parts on a field that answers by `eval`; the check stays open. */
static int examine(check *c, subject *s, odd *o, int (*answers)(void *, const batch *, double *), enum predicts says_, int parts)
{
    static score own;

    o->exact = s->field, o->dim = s->field->dim;
    own = (score){ .abi = SCORE_ABI, .name = "odd", .dim = o->dim, .predicts = says_, .eval = answers, .self = o };
    static subject with;
    with = (subject){ s->model, &own };
    if (must(check_open(c, &with, ROWS, 1, NULL, -1)))
        return -1;
    return (parts & CALLS && must(check_calls(c))) || (parts & KIND_ && must(check_kind(c))) || (parts & LEVELS_ && must(check_levels(c))) ? -1 : 0;
}

static void every_wrong_declaration_is_named_and_no_right_one(void)
{
    static const char *const on[] = { "vp-linear", "flow", "edm" };

    for (int k = 0; k < 3; k++) {
        subject s;

        if (must(subject_open(&s, "three", on[k], NULL)))
            return;
        for (int true_kind = 0; true_kind < PREDICTIONS; true_kind++)
            for (int said = 0; said < PREDICTIONS; said++) {
                odd o = { .kind = (enum predicts)true_kind, .sign = 1 };
                char word[64];
                check c;

                if (k == 2 && (true_kind == PREDICTS_VELOCITY || said == PREDICTS_VELOCITY))
                    continue;                       /* where sigma is t, dx/dt is the noise */
                snprintf(word, sizeof word, "predicts = %s", predicts_name(true_kind));
                if (!examine(&c, &s, &o, answer, (enum predicts)said, KIND_))
                    has_mark(&c, "prediction", said == true_kind ? MARK_FINE : MARK_WRONG, said == true_kind ? "" : word);
                check_close(&c);
            }
        subject_close(&s);
    }
}

static void a_velocity_that_runs_the_other_way_is_named(void)
{
    odd o = { .kind = PREDICTS_VELOCITY, .sign = -1 };
    subject s;
    check c;

    if (must(subject_open(&s, "three", "flow", NULL)))
        return;
    if (!examine(&c, &s, &o, answer, PREDICTS_VELOCITY, KIND_))
        has_mark(&c, "prediction", MARK_WRONG, "time running the other way");
    check_close(&c), subject_close(&s);
}

static void a_network_that_counts_time_otherwise_is_named(void)
{
    odd o = { .kind = PREDICTS_NOISE, .sign = 1, .unit = 1000 };
    subject s;
    check c;

    if (must(subject_open(&s, "three", NULL, NULL)))
        return;
    if (!examine(&c, &s, &o, by_time_alone, PREDICTS_NOISE, KIND_))
        has_mark(&c, "prediction", MARK_WRONG, "time:scale=1000");
    check_close(&c), subject_close(&s);
}

static void without_data_a_wrong_declaration_is_named_too(void)
{
    static const enum predicts said[] = { PREDICTS_DATA, PREDICTS_V, PREDICTS_SCORE, PREDICTS_NOISE };
    char name[5000], wrap[64];

    for (int k = 0; k < 4; k++) {
        subject s;
        check c;

        snprintf(wrap, sizeof wrap, "predicts:as=%s", predicts_name(said[k]));
        if (must(subject_open(&s, built("bell.so,3 0.5 0.4", "plugin:", name), NULL, wrap)))
            return;
        if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_kind(&c)))
            has_mark(&c, "prediction", said[k] == PREDICTS_NOISE ? MARK_FINE : MARK_WRONG, said[k] == PREDICTS_NOISE ? "" : "predicts = noise");
        CU_ASSERT(c.own);
        check_close(&c), subject_close(&s);
    }
}

/* At t_max of this chain alpha is 0.36: what the samples are is what the start was. */
static void without_data_an_open_start_is_no_witness(void)
{
    char name[5000];
    subject s;
    check c;

    if (must(subject_open(&s, built("bell.so,3 0.5 0.4", "plugin:", name), "vp-discrete:T=200,beta_min=1e-4,beta_max=0.02", "predicts:as=data")))
        return;
    if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_kind(&c)))
        has_mark(&c, "prediction", MARK_ODD, "Give data");
    check_close(&c), subject_close(&s);
}

/* A noise prediction that is off by 0.1 throws the data at t_max, where alpha is 0.007; a data prediction that ends at 0.3 is off by more than the
 * point near the data. */
static void errors_at_the_ends_are_named_with_their_cures(void)
{
    static const struct { const char *wrap, *what, *word; } cases[] = { { "error:size=0.1", "start", "clamp:lo=" }, { "clamp:lo=-0.3,hi=0.3", "end", "t_min=" } };

    for (int k = 0; k < 2; k++) {
        subject s;
        check c;

        if (must(subject_open(&s, "gmm8ring", NULL, cases[k].wrap)))
            return;
        if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_levels(&c))) {
            has_mark(&c, cases[k].what, MARK_ODD, cases[k].word);
            CU_ASSERT(!found(&c, cases[!k].what));
        }
        check_close(&c), subject_close(&s);
    }
}

static void what_calls_do_wrong_is_named(void)
{
    static const struct { int (*eval)(void *, const batch *, double *); const char *what, *word; } wrong[] = {
        { by_neighbours, "rows", "neighbours" }, { by_first_time, "rows", "one time for the whole batch" }, { by_chance, "repeatable", "net.eval()" },
        { alone, "threads", "not safe for threads" }, { beyond_its_end, "repeatable", "writes where it must not" }, { not_finite, "finite", "t_min" } };
    subject s;

    if (must(subject_open(&s, "three", NULL, NULL)))
        return;
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        odd o = { .kind = PREDICTS_DATA, .sign = 1 };
        int before = omp_get_max_threads();
        check c;

        if (wrong[k].eval == alone)
            omp_set_num_threads(1);                 /* elsewhere it is asked in blocks, and would spoil these */
        if (!examine(&c, &s, &o, wrong[k].eval, PREDICTS_DATA, CALLS))
            has_mark(&c, wrong[k].what, MARK_WRONG, wrong[k].word);
        omp_set_num_threads(before);
        check_close(&c);
    }
    subject_close(&s);
}

static void the_law_s_own_field_is_fine_in_every_part(void)
{
    static const char *const names[] = { "gmm8ring", "gmm10-64", "two-moons" };

    for (int k = 0; k < 3; k++) {
        subject s;
        check c;

        if (must(subject_open(&s, names[k], NULL, NULL)))
            return;
        if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_calls(&c)) && !must(check_kind(&c)) && !must(check_levels(&c)))
            for (int i = 0; i < c.remarks; i++)
                CU_ASSERT(c.remark[i].mark <= MARK_FINE && !*c.remark[i].advice);
        CU_ASSERT(!check_errs(&c));
        check_close(&c), subject_close(&s);
    }
}

static void losses_are_those_in_closed_form(void)
{
    char name[5000];
    subject s;
    check c;
    double *data = malloc(3 * ROWS * sizeof *data);

    normals((stream){ 9, USE_LAW }, 0, 0, 0, ROWS, 3, data);
    for (int i = 0; i < 3 * ROWS; i++)
        data[i] = 0.5 + 0.4 * data[i];
    if (must(subject_open(&s, built("bell.so,3 0.5 0.4", "plugin:", name), NULL, "error:size=0.3")))
        return;
    if (!must(check_open(&c, &s, ROWS, 1, data, -1)) && !must(check_levels(&c)))
        for (int k = 0; k < SPOTS; k++) {
            const spot *p = &c.spot[k];
            double signal = p->at.alpha * p->at.alpha * 0.16, noise2 = p->at.sigma * p->at.sigma;

            near(p->noise, signal / (signal + noise2) + 0.09, 5 * p->noise_se);
            near(p->data, (signal / (signal + noise2) + 0.09) * noise2 / (p->at.alpha * p->at.alpha), 5 * p->data_se);
            near(p->gauss, signal / (signal + noise2), 0.02);
        }
    check_close(&c), subject_close(&s), free(data);
}

static void the_distance_from_the_law_is_the_error_that_was_added(void)
{
    subject s;
    check c;

    if (must(subject_open(&s, "three", NULL, "error:size=0.2")))
        return;
    if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_levels(&c)))
        for (int k = 0; k < SPOTS; k++)
            near(c.spot[k].excess, 0.04, 5 * c.spot[k].excess_se);
    check_close(&c), subject_close(&s);
}

/* Of a Gaussian E|eps|^2 of a column is sigma^2/(alpha^2 v + sigma^2); the error makes 0.2^2 of it. */
static void the_score_is_off_by_the_share_that_was_added(void)
{
    static const double var[2] = { 1.5, 0.8 }, among = 0.9;         /* of gauss2.ini */
    subject s;
    check c;

    if (must(subject_open(&s, "gauss2", NULL, "error:size=0.2")))
        return;
    if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_levels(&c)))
        for (int k = 0; k < SPOTS; k++) {
            const spot *p = &c.spot[k];
            double a = p->at.alpha * p->at.alpha, n = p->at.sigma * p->at.sigma, u = a * var[0] + n, v = a * var[1] + n;

            near(p->fisher, 2 * 0.04 / n, 5 * p->fisher_se);
            near(p->share, sqrt(2 * 0.04 / (n * (u + v) / (u * v - a * a * among * among))), 5 * p->share_se);
            below(p->share_se, 0.1 * p->share);
        }
    CU_ASSERT(check_errs(&c));
    check_close(&c), subject_close(&s);
}

static void a_prior_that_is_not_the_data_s_is_named_with_its_nats(void)
{
    subject s;
    check c;
    char said[64];
    level top;
    double m, v, nats, std;
    const remark *r;

    if (must(subject_open(&s, "three", "vp-linear:beta_max=4", NULL)))
        return;
    if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_levels(&c))) {
        levels(s.model->process, 1, (double[]){ 1 }, &top);
        nats = 0, std = s.model->process->prior_std;
        for (int d = 0; d < 2; d++) {               /* modes of three.ini */
            static const double w[3] = { 0.5, 0.3, 0.2 }, mean[3][2] = { { -1, 0 }, { 1, 0.5 }, { 0, 2 } }, var[3][2] = { { 0.09, 0.25 }, { 0.16, 0.04 }, { 0.0625, 0.0625 } };

            m = v = 0;
            for (int k = 0; k < 3; k++)
                m += w[k] * mean[k][d], v += w[k] * (mean[k][d] * mean[k][d] + var[k][d]);
            v = (top.alpha * top.alpha * (v - m * m) + top.sigma * top.sigma) / (std * std), m *= top.alpha / std;
            nats += (v + m * m - 1 - log(v)) / 2;
        }
        snprintf(said, sizeof said, "%.2g nats", nats);
        r = found(&c, "prior");
        CU_ASSERT_PTR_NOT_NULL_FATAL(r);
        CU_ASSERT_PTR_NOT_NULL(strstr(r->said, said));
        CU_ASSERT(nats > 0.01);
    }
    check_close(&c), subject_close(&s);
}

static const test_case tests[] = {
    { "every wrong declaration is named and no right one", every_wrong_declaration_is_named_and_no_right_one },
    { "a velocity that runs the other way is named", a_velocity_that_runs_the_other_way_is_named },
    { "a network that counts time otherwise is named", a_network_that_counts_time_otherwise_is_named },
    { "without data a wrong declaration is named too", without_data_a_wrong_declaration_is_named_too },
    { "without data an open start is no witness", without_data_an_open_start_is_no_witness },
    { "errors at the ends are named with their cures", errors_at_the_ends_are_named_with_their_cures },
    { "what calls do wrong is named", what_calls_do_wrong_is_named },
    { "the law's own field is fine in every part", the_law_s_own_field_is_fine_in_every_part },
    { "losses are those in closed form", losses_are_those_in_closed_form },
    { "the distance from the law is the error that was added", the_distance_from_the_law_is_the_error_that_was_added },
    { "the score is off by the share that was added", the_score_is_off_by_the_share_that_was_added },
    { "a prior that is not the data's is named with its nats", a_prior_that_is_not_the_data_s_is_named_with_its_nats },
    { 0, 0 },
};
const test_table table_check = { "check", tests };
