/* Distilled training: students learn where the flow ends, begin and go on as they should, and a teacher that
 * does not fit is refused. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/training/fit.h"
#include "base/fail.h"
#include "tests/support/fixture.h"
#include "tests/support/nets.h"
#include "tests/suite.h"

enum { N = 60, DIM = 2 };

static const char head[] =
    "[process]\nkind = vp-linear\n[data]\nkind = mixture\nmean.1 = 1 -0.5\ncov.1 = 1.5 0.9  0.9 0.8\nlabels = 0\n"
                           "[score]\nkind = mlp\nfile = net.safetensors\n[net]\ndepth = 2\n%s\ntime = "
                           "lambda\n[train]\n%s"
                           "teacher = gauss2\nsteps = %d\nbatch = 128\nrate = 1e-2\nwarmup = 20\nema = 0.98\n";

static int spec_of(made *m, const char *what, const char *train, int steps)
{
    char text[1024];

    snprintf(text, sizeof text, head, what, train, steps);
    return must(made_folder(m)) || must(made_text(m, text)) ? -1 : 0;
}

/* Root mean square distance of a student's first answer from the end of the teacher's flow, by 2000 steps of heun. */
static double one_call(const char *what, const char *train)
{
    double error = NAN, *x, *y, *z;
    made m;
    fit f;
    rig student, exact;

    if (spec_of(&m, what, train, 500) || must(fit_open(&f, m.ini, m.weights, 0)))
        return NAN;
    while (f.step < f.steps && !must(fit_step(&f)))
        ;
    must(fit_save(&f));
    fit_close(&f);
    if (!rig_open(&student, m.ini, NULL, "ddim", "ddpm-trailing", 1, 1)) {
        if (!rig_open(&exact, "gauss2", NULL, "heun", NULL, 500, 1)) {
            x = rig_start(&exact, N), y = rig_run(&student, N, x, NULL, NULL), z = rig_run(&exact, N, x, NULL, NULL);
            error = 0;
            for (int k = 0; k < N * DIM; k++)
                error += (y[k] - z[k]) * (y[k] - z[k]) / (N * DIM);
            free(x), free(y), free(z), rig_close(&exact);
        }
        rig_close(&student);
    }
    made_close(&m);
    return sqrt(error);
}

/* Data are 0.9 to 1.2 wide; the prediction of the data at t_max, their mean, is off by 1.07. */
static void students_learn_where_the_flow_ends(void)
{
    below(one_call("width = 32\npredicts = v",
                   "objective = progressive\nstudent_steps = 1\nteacher_steps = 32\nweighting = trunc-snr\n"), 0.1);
    below(one_call("width = 32\npredicts = data",
                   "objective = progressive\nstudent_steps = 1\nteacher_steps = 32\nweighting = snr+1\n"), 0.1);
    below(one_call("width = 32\npredicts = v",
                   "objective = consistency\nstudent_steps = 8\nteacher_steps = 4\nweighting = trunc-snr\n"), 0.15);
    below(one_call("width = 32\npredicts = data\nwrap = precond:data=1",
                   "objective = consistency\nstudent_steps = 8\nteacher_steps = 4\nweighting = edm\ndata_std = 1\n"),
        0.15);
}

static const char two_classes[] =
    "[process]\nkind = vp-linear\n[data]\nkind = mixture\nweights = 1 1\nmean.1 = -2 0\nmean.2 = 2 0\nstd = "
    "0.3\nlabels = 0 1\n";

/* The largest distance of a student's first answers from the mean of the class that it is told. */
static double one_call_of_a_class(const char *student, int class)
{
    double worst = NAN, *x, *y;
    int label[N];
    rig r;

    if (rig_open(&r, student, NULL, "ddim", "ddpm-trailing", 1, 1))
        return NAN;
    for (int i = 0; i < N; i++)
        label[i] = class;
    x = rig_start(&r, N);
    r.how.plan.label = label;
    y = rig_run(&r, N, x, NULL, NULL);
    worst = 0;
    for (int i = 0; i < N; i++)
        worst = fmax(worst, hypot(y[2 * i] - (class ? 2 : -2), y[2 * i + 1]));
    free(x), free(y), rig_close(&r);
    return worst;
}

/* A student of `data` whose teacher is the law of two classes. */
static int spec_of_classes(made *teaches, made *m, const char *data, const char *train)
{
    char text[1024];

    if (must(made_folder(teaches)) || must(made_text(teaches, two_classes)) || must(made_folder(m)))
        return -1;
    snprintf(text, sizeof text,
             "%s[score]\nkind = mlp\nfile = net.safetensors\n[net]\nwidth = 32\ndepth = 2\npredicts = v\ntime = "
             "lambda\nlabels = yes\n[train]\n"
             "%steacher = %s\nsteps = 400\nbatch = 128\nrate = 1e-2\nwarmup = 20\nema = 0.98\nweighting = trunc-snr\n",
             data, train, teaches->ini);
    return must(made_text(m, text));
}

/* Modes are 4 apart and 0.3 wide. */
static void a_student_of_classes_learns_each_from_its_own(void)
{
    static const char *const ways[] = { "objective = progressive\nstudent_steps = 1\nteacher_steps = 16\n",
                                        "objective = consistency\nstudent_steps = 4\nteacher_steps = 4\n" };

    for (int k = 0; k < 2; k++) {
        made teaches, m;
        fit f;

        if (spec_of_classes(&teaches, &m, two_classes, ways[k]) || must(fit_open(&f, m.ini, m.weights, 0)))
            return;
        while (f.step < f.steps && !must(fit_step(&f)))
            ;
        must(fit_save(&f));
        fit_close(&f);
        below(one_call_of_a_class(m.ini, 0), 1.5), below(one_call_of_a_class(m.ini, 1), 1.5);
        made_close(&m), made_close(&teaches);
    }
}

/* ---- bits, files, sentences ---- */

static void the_same_weights_by_any_threads_and_from_a_checkpoint(void)
{
    static const char *const objectives[] = { "objective = progressive\n",
                                              "objective = consistency\nstudent_steps = 8\n" };

    for (int k = 0; k < 2; k++) {
        int before = omp_get_max_threads();
        made m;
        fit f, g;

        if (spec_of(&m, "width = 96\npredicts = v", objectives[k], 12))
            return;
        for (int threads = 1; threads <= 3; threads += 2) {
            omp_set_num_threads(threads);
            if (must(fit_open(threads == 1 ? &f : &g, m.ini, m.weights, 0)))
                return;
        }
        for (int i = 0; i < 7; i++)
            must(fit_step(&f)), must(fit_step(&g));
        CU_ASSERT(!memcmp(f.workspace, g.workspace, 4 * f.run.n * sizeof *f.workspace));
        must(fit_save(&f)), fit_close(&g);
        if (!must(fit_open(&g, m.ini, m.weights, 1))) {
            for (int i = 0; i < 5; i++)
                must(fit_step(&f)), must(fit_step(&g));
            CU_ASSERT(f.step == 12 && g.step == 12
                      && !memcmp(f.workspace, g.workspace, 4 * f.run.n * sizeof *f.workspace));
            fit_close(&g);
        }
        fit_close(&f), made_close(&m);
        omp_set_num_threads(before);
    }
}

/* The first weights of a run with `start` are the last EMA of the other. */
static void a_student_starts_where_another_ended(void)
{
    made m, n;
    fit f, g;
    char train[300];

    if (spec_of(&m, "width = 32\npredicts = v", "objective = progressive\n", 5)
        || must(fit_open(&f, m.ini, m.weights, 0)))
        return;
    for (int i = 0; i < 5; i++)
        must(fit_step(&f));
    must(fit_save(&f));
    snprintf(train, sizeof train, "objective = progressive\nstart = %s\n", m.weights);
    if (!spec_of(&n, "width = 32\npredicts = v", train, 5) && !must(fit_open(&g, n.ini, n.weights, 0))) {
        CU_ASSERT(!memcmp(f.run.mean, g.run.now, f.run.n * sizeof *g.run.now));
        fit_close(&g), made_close(&n);
    }
    if (!spec_of(&n, "width = 32\npredicts = data", train, 5)) {
        CU_ASSERT_EQUAL(fit_open(&g, n.ini, n.weights, 0), -1);
        says("has predicts = v, and this network data");
        made_close(&n);
    }
    if (!spec_of(&n, "width = 16\npredicts = v", train, 5)) {
        CU_ASSERT_EQUAL(fit_open(&g, n.ini, n.weights, 0), -1);
        says("of another size");
        made_close(&n);
    }
    fit_close(&f), made_close(&m);
}

static void refused(const char *what, const char *train, const char *word)
{
    made m;
    fit f;

    if (spec_of(&m, what, train, 5))
        return;
    CU_ASSERT_EQUAL(fit_open(&f, m.ini, m.weights, 0), -1);
    says(word);
    made_close(&m);
}

static void what_cannot_be_distilled_gets_a_sentence(void)
{
    refused("width = 32\npredicts = noise", "objective = progressive\n", "choose predicts = v or data");
    refused("width = 32\npredicts = v", "", "nothing asks it");
    refused("width = 32\npredicts = v", "objective = progressive\nstudent_steps = 0\n", "must lie between");
    refused("width = 32\npredicts = v", "objective = progressive\ngrid = lambda\n", "does not go over the levels");
    refused("width = 32\npredicts = v", "objective = consistency\ngrid = lamda\n", "did you mean lambda");
    refused("width = 32\npredicts = v", "objective = progressive\ntimes = lognormal\n", "those of the student's grid");
    refused("width = 32\npredicts = v", "objective = progressive\nlevels = 10\n", "leave levels out");
    refused("width = 32\npredicts = v", "objective = progressive\nstart = nowhere.safetensors\n",
            "nowhere.safetensors");
}

/* A spec without the teacher of the head, and with another. */
static void refused_teacher(const char *line, const char *word)
{
    made m;
    fit f;
    char text[1024];

    snprintf(text, sizeof text,
             "[process]\nkind = vp-cosine\n[data]\nkind = mixture\nmean.1 = 1 -0.5\nstd = 1\n[net]\nwidth = "
             "16\npredicts = v\ntime = lambda\n"
             "[train]\nobjective = progressive\n%s", line);
    if (must(made_folder(&m)) || must(made_text(&m, text)))
        return;
    CU_ASSERT_EQUAL(fit_open(&f, m.ini, m.weights, 0), -1);
    says(word);
    made_close(&m);
}

static void a_teacher_must_fit_its_student(void)
{
    refused_teacher("", "need a teacher");
    refused_teacher("grid = ddpm-trailing\n", "there is no teacher");
    refused_teacher("teacher = gmm9ring\n", "did you mean gmm8ring");
    refused_teacher("teacher = nowhere.ini\n", "nowhere.ini");
    refused_teacher("teacher = gmm10-64\n", "has 64 columns, and the data 2");
    refused_teacher("teacher = gauss2\n", "give both the same process");
}

static void a_teacher_must_know_all_of_its_students_classes(void)
{
    made teaches, m;
    fit f;

    if (spec_of_classes(&teaches, &m,
                        "[process]\nkind = vp-linear\n[data]\nkind = mixture\nweights = 1 1 1\nmean.1 = -2 0\nmean.2 = "
                        "2 0\nmean.3 = 0 2\nstd = 0.3\n"
                        "labels = 0 1 2\n", "objective = progressive\n"))
        return;
    CU_ASSERT_EQUAL(fit_open(&f, m.ini, m.weights, 0), -1);
    says("does not answer"), says("label 2");
    made_close(&m), made_close(&teaches);
}

/* A teacher that answers for a while. */
static int eval_failing(void *self, const batch *p, double *out) { return fail("come back tomorrow"); }

static int eval_nan(void *self, const batch *p, double *out)
{
    for (int i = 0; i < p->groups * p->rows * DIM; i++)
        out[i] = NAN;
    return 0;
}

static void a_teacher_that_fails_on_the_way_is_named(void)
{
    static int (*const evals[])(void *, const batch *, double *) = { eval_failing, eval_nan };
    static const char *const words[] = { "come back tomorrow", "run fokker check on the teacher" };

    for (int k = 0; k < 2; k++) {
        score odd = { .dim = DIM, .predicts = PREDICTS_DATA, .eval = evals[k] };
        made m;
        fit f;

        if (spec_of(&m, "width = 32\npredicts = v", "objective = progressive\n", 5)
            || must(fit_open(&f, m.ini, m.weights, 0)))
            return;
        must(fit_step(&f));
        for (int i = 0; i < f.desks; i++)
            f.desk[i].teacher = &odd;
        CU_ASSERT_EQUAL(fit_step(&f), -1);
        says("step 1"), says(words[k]);
        CU_ASSERT_EQUAL(f.step, 1);
        fit_close(&f), made_close(&m);
    }
}

/* Where alpha is 0, a weight of 1/SNR is no number. */
static void a_loss_without_a_weight_is_refused(void)
{
    static const char flow[] = "[process]\nkind = flow\n[data]\nkind = like\nmodel = gauss2\n";
    made teaches, m;
    fit f;
    char text[512];

    if (must(made_folder(&teaches)) || must(made_text(&teaches, flow)) || must(made_folder(&m)))
        return;
    snprintf(text, sizeof text,
             "%s[net]\nwidth = 16\npredicts = velocity\ntime = t\n[train]\nobjective = progressive\nteacher = "
             "%s\nweighting = data\n", flow, teaches.ini);
    must(made_text(&m, text));
    CU_ASSERT_EQUAL(fit_open(&f, m.ini, m.weights, 0), -1);
    says("no weight at t = 1");
    made_close(&m), made_close(&teaches);
}

static const test_case tests[] = {
    { "students learn where the flow ends", students_learn_where_the_flow_ends },
    { "a student of classes learns each from its own", a_student_of_classes_learns_each_from_its_own },
    { "the same weights by any threads and from a checkpoint", the_same_weights_by_any_threads_and_from_a_checkpoint },
    { "a student starts where another ended", a_student_starts_where_another_ended },
    { "what cannot be distilled gets a sentence", what_cannot_be_distilled_gets_a_sentence },
    { "a teacher must fit its student", a_teacher_must_fit_its_student },
    { "a teacher must know all of its student's classes", a_teacher_must_know_all_of_its_students_classes },
    { "a teacher that fails on the way is named", a_teacher_that_fails_on_the_way_is_named },
    { "a loss without a weight is refused", a_loss_without_a_weight_is_refused },
    { 0, 0 },
};
const test_table table_students = { "students", tests };
