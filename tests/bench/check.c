/* fokker check: whatever a field does wrong in its calls or says wrong of itself is named, and
 * what it does right is not. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <time.h>
#include "tests/support/fixture.h"
#include "tests/support/remarks.h"
#include "tests/suite.h"

/* A field of the test's own on a model's law and process. */
typedef struct odd_field { const score *exact; enum predicts kind; double sign, unit; int dim; int inside; } odd_field;

static int answer(void *self, const batch *p, double *out)
{
    const odd_field *o = self;
    level *at = malloc(p->groups * sizeof *at);
    batch q = *p;
    int status;

    for (int g = 0; g < p->groups; g++)
        at[g] = p->at[g];
    q.at = at;
    status = field_eval(o->exact, &q, o->kind, out);
    for (int i = 0; i < p->groups * p->rows * o->dim; i++)
        out[i] *= o->sign;
    free(at);
    return status;
}

/* The mean of the batch is taken off. */
static int by_neighbours(void *self, const batch *p, double *out)
{
    int n = p->groups * p->rows, dim = ((odd_field *)self)->dim;

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
    int n = p->groups * p->rows * ((odd_field *)self)->dim;

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
    odd_field *o = self;
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
    out[p->groups * p->rows * ((odd_field *)self)->dim] = 0;
    return 0;
}

/* Not finite in little noise. */
static int not_finite(void *self, const batch *p, double *out)
{
    if (answer(self, p, out))
        return -1;
    for (int g = 0; g < p->groups; g++)
        for (int i = 0; i < p->rows * ((odd_field *)self)->dim && p->at[g].t < 0.02; i++)
            out[g * p->rows * ((odd_field *)self)->dim + i] = INFINITY;
    return 0;
}

/* The law's own mean by t in other units: it believes that alpha and sigma are those of its time. */
static int by_time_alone(void *self, const batch *p, double *out)
{
    const odd_field *o = self;
    process *own = process_open("test", "vp-linear");

    for (int g = 0; g < p->groups; g++) {
        size_t at = (size_t)g * p->rows * o->dim;
        double t = p->at[g].t / o->unit;
        level l = { .t = fmin(fmax(t, 0), 1) };

        own->at(own, 1, &l);
        if (field_eval(o->exact, &(batch){ 1, p->rows, &l, p->x + at, NULL }, o->kind, out + at))
            return process_close(own), -1;
    }
    process_close(own);
    return 0;
}

/* Whether the parts are to be tried; each test wants few of them. */
enum { CALLS = 1, KIND_ = 2, LEVELS_ = 4 };

/* Runs parts on a field that answers by `eval`; the check stays open. */
static int examine(check *c, subject *s, odd_field *o, int (*answers)(void *, const batch *, double *),
                   enum predicts says_,
                   int parts)
{
    static score own;

    o->exact = s->field, o->dim = s->field->dim;
    own = (score){ .abi = SCORE_ABI, .name = "odd", .dim = o->dim, .predicts = says_, .eval = answers, .self = o };
    static subject with;
    with = (subject){ s->model, &own };
    if (must(check_open(c, &with, ROWS, 1, NULL, -1)))
        return -1;
    return (parts & CALLS && must(check_calls(c))) || (parts & KIND_ && must(check_kind(c)))
        || (parts & LEVELS_ && must(check_levels(c))) ? -1 : 0;
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
                odd_field o = { .kind = (enum predicts)true_kind, .sign = 1 };
                char word[64];
                check c;

                if (k == 2 && (true_kind == PREDICTS_VELOCITY || said == PREDICTS_VELOCITY))
                    continue;                       /* where sigma is t, dx/dt is the noise */
                snprintf(word, sizeof word, "predicts = %s", predicts_name(true_kind));
                if (!examine(&c, &s, &o, answer, (enum predicts)said, KIND_))
                    has_mark(&c, "prediction", said == true_kind ? MARK_FINE : MARK_WRONG, said == true_kind ? ""
                             : word);
                check_close(&c);
            }
        subject_close(&s);
    }
}

static void a_velocity_that_runs_the_other_way_is_named(void)
{
    odd_field o = { .kind = PREDICTS_VELOCITY, .sign = -1 };
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
    odd_field o = { .kind = PREDICTS_NOISE, .sign = 1, .unit = 1000 };
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
            has_mark(&c, "prediction", said[k] == PREDICTS_NOISE ? MARK_FINE : MARK_WRONG, said[k] == PREDICTS_NOISE
                     ? "" : "predicts = noise");
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

    if (must(subject_open(&s, built("bell.so,3 0.5 0.4", "plugin:", name),
                          "vp-discrete:T=200,beta_min=1e-4,beta_max=0.02", "predicts:as=data")))
        return;
    if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_kind(&c)))
        has_mark(&c, "prediction", MARK_ODD, "Give data");
    check_close(&c), subject_close(&s);
}

static void what_calls_do_wrong_is_named(void)
{
    static const struct { int (*eval)(void *, const batch *, double *); const char *what, *word; } wrong[] = {
        { by_neighbours, "rows", "neighbours" }, { by_first_time, "rows", "one time for the whole batch" },
        { by_chance, "repeatable", "net.eval()" },
        { alone, "threads", "not safe for threads" }, { beyond_its_end, "repeatable", "writes where it must not" },
        { not_finite, "finite", "t_min" } };
    subject s;

    if (must(subject_open(&s, "three", NULL, NULL)))
        return;
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        odd_field o = { .kind = PREDICTS_DATA, .sign = 1 };
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
        if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_calls(&c)) && !must(check_kind(&c))
            && !must(check_levels(&c)))
            for (int i = 0; i < c.remarks; i++)
                CU_ASSERT(c.remark[i].mark <= MARK_FINE && !*c.remark[i].advice);
        CU_ASSERT(!check_errs(&c));
        check_close(&c), subject_close(&s);
    }
}

static const test_case tests[] = {
    { "every wrong declaration is named and no right one", every_wrong_declaration_is_named_and_no_right_one },
    { "a velocity that runs the other way is named", a_velocity_that_runs_the_other_way_is_named },
    { "a network that counts time otherwise is named", a_network_that_counts_time_otherwise_is_named },
    { "without data a wrong declaration is named too", without_data_a_wrong_declaration_is_named_too },
    { "without data an open start is no witness", without_data_an_open_start_is_no_witness },
    { "what calls do wrong is named", what_calls_do_wrong_is_named },
    { "the law's own field is fine in every part", the_law_s_own_field_is_fine_in_every_part },
    { 0, 0 },
};
const test_table table_check = { "check", tests };
