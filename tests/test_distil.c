/* Distillation: the teacher's walk is the library's own ddim, its end is what one step of the student reaches, and students learn the flow. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/fit.h"
#include "models/fail.h"
#include "tests/fixture.h"
#include "tests/nets.h"
#include "tests/suite.h"

enum { N = 60, DIM = 2 };

/* ---- targets ---- */

/* A distillation of a rig's field with K steps for each of `steps`; levels are the rig's. */
static int open_by(distil *by, rig *r, const char *name, const char *proc, int steps, int K)
{
    rig coarse;
    int bad;

    *by = (distil){ .given = { .v = { steps, K } } };
    if (rig_open(r, name, proc, "ddim", "ddpm-trailing", steps * K, 1))
        return -1;
    if (rig_open(&coarse, name, proc, "ddim", "ddpm-trailing", steps, 1))
        return rig_close(r), -1;
    bad = must(distil_open(by, "test", r->of.field, coarse.how.grid, r->how.grid));
    rig_close(&coarse);
    return bad ? (rig_close(r), -1) : 0;
}

/* Points about a level: the law's, noised. */
static void place(const rig *r, const level *l, int n, double *x)
{
    double *e = malloc((size_t)n * DIM * sizeof *e);
    const law *truth = r->of.model->law;

    must(truth->sample(truth, (stream){ 4, USE_LAW }, 0, n, NULL, x));
    normals((stream){ 4, USE_PROBE }, 0, 0, 0, n, DIM, e);
    for (int i = 0; i < n * DIM; i++)
        x[i] = l->alpha * x[i] + l->sigma * e[i];
    free(e);
}

/* A field that says the same data whatever it is asked. */
typedef struct fixed { const double *data; } fixed;
static int eval_fixed(void *self, const batch *p, double *out)
{
    const fixed *f = self;

    memcpy(out, f->data, (size_t)p->groups * p->rows * DIM * sizeof *out);
    return 0;
}

/* From every level of the student's. */
static void a_walk_is_ddim_and_a_target_reaches_its_end_in_one_step(void)
{
    static const struct { const char *model, *process; int steps, K; } ways[] = {
        { "gmm8ring", "vp-linear", 4, 3 }, { "gmm8ring", "flow:t_max=0.999", 5, 2 }, { "gauss2", "edm", 2, 4 }, { "gmm8ring", "vp-discrete", 4, 2 }, { "gmm8ring", NULL, 1, 8 } };

    for (unsigned w = 0; w < sizeof ways / sizeof *ways; w++) {
        rig r;
        distil by;
        int K = ways[w].K, at[N];
        double x[N * DIM], z[N * DIM], D[N * DIM], error = 0, reached = 0;

        if (open_by(&by, &r, ways[w].model, ways[w].process, ways[w].steps, K))
            continue;
        const level *all = r.how.grid;
        score *field = (score *)r.how.plan.field, still = *field;

        for (int i = 0; i < ways[w].steps; i++) {
            const level *from = all + (ways[w].steps - 1 - i) * K;
            double *end, *again;

            for (int k = 0; k < N; k++)
                at[k] = i;
            place(&r, from, N, x);
            must(distil_walk(&by, field, N, at, NULL, x, z, D));
            r.how.plan.grid = from, r.how.plan.steps = K, r.how.plan.block = N;
            end = rig_run(&r, N, x, NULL, NULL);
            CU_ASSERT_EQUAL(distil_next(&by, i)->lambda, from[K].lambda);
            for (int k = 0; k < N * DIM; k++)
                error = fmax(error, fabs(z[k] - end[k]) / fmax(1, fabs(end[k])));
            for (int k = 0; k < N; k++)
                distil_invert(&by, i, DIM, x + k * DIM, z + k * DIM);
            level two[2] = { from[0], from[K] };
            fixed f = { z };
            still.eval = eval_fixed, still.self = &f, still.predicts = PREDICTS_DATA, still.twin = NULL, still.process = NULL;
            r.how.plan.field = &still, r.how.plan.grid = two, r.how.plan.steps = 1;
            again = rig_run(&r, N, x, NULL, NULL);
            for (int k = 0; k < N * DIM; k++)
                reached = fmax(reached, fabs(again[k] - end[k]) / fmax(1, fabs(end[k])));
            r.how.plan.field = field, r.how.plan.grid = all;
            free(end), free(again);
        }
        below(error, 1e-12), below(reached, 1e-10);
        distil_close(&by), rig_close(&r);
    }
}

/* One Gaussian column: the flow to the data is m + s (x - alpha m)/sqrt(alpha^2 s^2 + sigma^2), and twice the teacher's steps halve its distance. */
static double from_the_flow(int K)
{
    enum { STEPS = 2, MEAN = 1 };
    const double s = 0.5;
    made m;
    rig r;
    distil by;
    double worst = NAN;

    if (must(made_folder(&m)) || must(made_text(&m, "[process]\nkind = vp-linear\n[data]\nkind = mixture\nweights = 1\nmean.1 = 1 1\nstd = 0.5\n")))
        return NAN;
    if (!open_by(&by, &r, m.ini, NULL, STEPS, K)) {
        int at[N] = { 0 };
        const level *l = &by.own[0];
        double x[N * DIM], z[N * DIM], D[N * DIM];

        place(&r, l, N, x);
        must(distil_walk(&by, r.of.field, N, at, NULL, x, z, D));
        worst = 0;
        for (int k = 0; k < N; k++)
            distil_invert(&by, 0, DIM, x + k * DIM, z + k * DIM);
        for (int k = 0; k < N * DIM; k++)
            worst = fmax(worst, fabs(z[k] - (MEAN + s * (x[k] - l->alpha * MEAN) / hypot(l->alpha * s, l->sigma))));
        distil_close(&by), rig_close(&r);
    }
    made_close(&m);
    return worst;
}

static void the_target_tends_to_the_end_of_the_flow(void)
{
    double one = from_the_flow(16), two = from_the_flow(32);

    below(one, 0.2);
    below(fabs(log2(one / two) - 1), 0.25);
}

static void a_teacher_is_told_the_label(void)
{
    enum { LABEL = 2 };
    rig r;
    distil by;
    int at[N] = { 0 }, label[N];
    double x[N * DIM], z[N * DIM], D[N * DIM], worst = 0;

    if (open_by(&by, &r, "gmm8ring", NULL, 1, 16))
        return;
    for (int i = 0; i < N; i++)
        label[i] = LABEL;
    place(&r, by.own, N, x);
    must(distil_walk(&by, r.of.field, N, at, label, x, z, D));
    for (int i = 0; i < N; i++)
        worst = fmax(worst, hypot(z[2 * i], z[2 * i + 1] - 4));
    below(worst, 5 * 0.3);
    distil_close(&by), rig_close(&r);
}

/* ---- students ---- */

static const char head[] = "[process]\nkind = vp-linear\n[data]\nkind = mixture\nmean.1 = 1 -0.5\ncov.1 = 1.5 0.9  0.9 0.8\nlabels = 0\n"
                           "[score]\nkind = mlp\nfile = net.safetensors\n[net]\ndepth = 2\n%s\ntime = lambda\n[train]\n%s"
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
    below(one_call("width = 32\npredicts = v", "objective = progressive\nstudent_steps = 1\nteacher_steps = 32\nweighting = trunc-snr\n"), 0.1);
    below(one_call("width = 32\npredicts = data", "objective = progressive\nstudent_steps = 1\nteacher_steps = 32\nweighting = snr+1\n"), 0.1);
    below(one_call("width = 32\npredicts = v", "objective = consistency\nstudent_steps = 8\nteacher_steps = 4\nweighting = trunc-snr\n"), 0.15);
    below(one_call("width = 32\npredicts = data\nwrap = precond:data=1", "objective = consistency\nstudent_steps = 8\nteacher_steps = 4\nweighting = edm\ndata_std = 1\n"), 0.15);
}

static const char two_classes[] = "[process]\nkind = vp-linear\n[data]\nkind = mixture\nweights = 1 1\nmean.1 = -2 0\nmean.2 = 2 0\nstd = 0.3\nlabels = 0 1\n";

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
    snprintf(text, sizeof text, "%s[score]\nkind = mlp\nfile = net.safetensors\n[net]\nwidth = 32\ndepth = 2\npredicts = v\ntime = lambda\nlabels = yes\n[train]\n"
             "%steacher = %s\nsteps = 400\nbatch = 128\nrate = 1e-2\nwarmup = 20\nema = 0.98\nweighting = trunc-snr\n", data, train, teaches->ini);
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
    static const char *const objectives[] = { "objective = progressive\n", "objective = consistency\nstudent_steps = 8\n" };

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
        CU_ASSERT(!memcmp(f.slab, g.slab, 4 * f.run.n * sizeof *f.slab));
        must(fit_save(&f)), fit_close(&g);
        if (!must(fit_open(&g, m.ini, m.weights, 1))) {
            for (int i = 0; i < 5; i++)
                must(fit_step(&f)), must(fit_step(&g));
            CU_ASSERT(f.step == 12 && g.step == 12 && !memcmp(f.slab, g.slab, 4 * f.run.n * sizeof *f.slab));
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

    if (spec_of(&m, "width = 32\npredicts = v", "objective = progressive\n", 5) || must(fit_open(&f, m.ini, m.weights, 0)))
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
    refused("width = 32\npredicts = v", "objective = progressive\nstart = nowhere.safetensors\n", "nowhere.safetensors");
}

/* A spec without the teacher of the head, and with another. */
static void refused_teacher(const char *line, const char *word)
{
    made m;
    fit f;
    char text[1024];

    snprintf(text, sizeof text, "[process]\nkind = vp-cosine\n[data]\nkind = mixture\nmean.1 = 1 -0.5\nstd = 1\n[net]\nwidth = 16\npredicts = v\ntime = lambda\n"
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

    if (spec_of_classes(&teaches, &m, "[process]\nkind = vp-linear\n[data]\nkind = mixture\nweights = 1 1 1\nmean.1 = -2 0\nmean.2 = 2 0\nmean.3 = 0 2\nstd = 0.3\n"
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

        if (spec_of(&m, "width = 32\npredicts = v", "objective = progressive\n", 5) || must(fit_open(&f, m.ini, m.weights, 0)))
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
    snprintf(text, sizeof text, "%s[net]\nwidth = 16\npredicts = velocity\ntime = t\n[train]\nobjective = progressive\nteacher = %s\nweighting = data\n", flow, teaches.ini);
    must(made_text(&m, text));
    CU_ASSERT_EQUAL(fit_open(&f, m.ini, m.weights, 0), -1);
    says("no weight at t = 1");
    made_close(&m), made_close(&teaches);
}

static const test_case tests[] = {
    { "a walk is ddim, and a target reaches its end in one step", a_walk_is_ddim_and_a_target_reaches_its_end_in_one_step },
    { "the target tends to the end of the flow", the_target_tends_to_the_end_of_the_flow },
    { "a teacher is told the label", a_teacher_is_told_the_label },
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
const test_table table_distil = { "distil", tests };
