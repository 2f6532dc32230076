/* What a teacher makes of a point: its walk is the library's own ddim, and its end is what one step
 * of the student reaches. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "scores/training/distil.h"
#include "tests/support/fixture.h"
#include "tests/support/nets.h"
#include "tests/suite.h"

enum { N = 60, DIM = 2 };

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
        { "gmm8ring", "vp-linear", 4, 3 }, { "gmm8ring", "flow:t_max=0.999", 5, 2 }, { "gauss2", "edm", 2, 4 },
        { "gmm8ring", "vp-discrete", 4, 2 }, { "gmm8ring", NULL, 1, 8 } };

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
            still.eval = eval_fixed, still.self = &f, still.predicts = PREDICTS_DATA, still.thread_copy = NULL,
                still.process = NULL;
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

/* One Gaussian column: the flow to the data is m + s (x - alpha m)/sqrt(alpha^2 s^2 + sigma^2), and twice the teacher's
 * steps halve its distance. */
static double from_the_flow(int K)
{
    enum { STEPS = 2, MEAN = 1 };
    const double s = 0.5;
    made m;
    rig r;
    distil by;
    double worst = NAN;

    if (must(made_folder(&m))
        || must(made_text(&m,
                          "[process]\nkind = vp-linear\n[data]\nkind = mixture\nweights = 1\nmean.1 = 1 1\nstd = "
                          "0.5\n")))
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

static const test_case tests[] = {
    { "a walk is ddim, and a target reaches its end in one step",
      a_walk_is_ddim_and_a_target_reaches_its_end_in_one_step },
    { "the target tends to the end of the flow", the_target_tends_to_the_end_of_the_flow },
    { "a teacher is told the label", a_teacher_is_told_the_label },
    { 0, 0 },
};
const test_table table_distil = { "distil", tests };
