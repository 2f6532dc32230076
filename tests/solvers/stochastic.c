/* Stochastic methods: which of them are the same, what they become without noise, their noise as one
 * path, what they refuse. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/random.h"
#include "solvers/tools/exp_step.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

enum { N = 200, STEPS = 12 };

/* One method's samples on N rows, from the prior, with the noise of seed 1; NULL where it fails. */
static double *samples(const char *where, const char *item, const char *times, int steps, int denoise)
{
    rig r;
    double *x, *y;

    if (rig_open(&r, where, NULL, item, times, steps, denoise))
        return NULL;
    x = rig_start(&r, N);
    y = rig_run(&r, N, x, NULL, NULL);
    free(x), rig_close(&r);
    return y;
}

/* The largest difference between two methods' samples of a 2-D model, over 1 + size. */
static double gap(const char *one, const char *other, const char *times, int denoise)
{
    double *a = samples("gmm8ring", one, times, STEPS, denoise), *b = samples("gmm8ring", other, times, STEPS, denoise);
    double worst = a && b ? 0 : INFINITY;

    for (int i = 0; a && b && i < 2 * N; i++)
        worst = fmax(worst, fabs(a[i] - b[i]) / (1 + fabs(b[i])));
    free(a), free(b);
    return worst;
}

static void methods_of_one_formula_agree(void)
{
    static const char *const same[][2] = {
        { "ddim:eta=1", "exp-em" }, { "ddim:eta=1", "ancestral" }, { "ddim:eta=0.7", "euler-ancestral:eta=0.7" },
        { "sde-dpmpp-2m:kind=heun", "sa-solver:p=2,c=0" }, { "sde-dpmpp-3m", "sa-solver:p=3,c=0" },
        { "sde-dpmpp-2m:kind=heun,eta=0.25", "sa-solver:p=2,c=0,tau=0.5" },
        { "seeds-2", "dpmpp-sde" }, { "seeds-2:r=0.3", "dpmpp-sde:r=0.3" }, { "exp-em", "sa-solver:p=1,c=0" },
        { "seeds-1", "sa-solver:p=1,c=0,predict=noise" },
        { "dpm-adaptive-12:predict=data", "seeds-2:eta=0,weight=phi2" },
        { "sa-solver:p=3,c=4,tau=0", "unipc-3:start=ramp,variant=vary-coeff" },
        { "dpmpp-2s-ancestral:eta=0", "dpmpp-2s" },
        { "dpm-2-ancestral:eta=0", "dpm-2" }, { "dpm-adaptive-23", "dpm-solver-3s" },
        { "sde-dpmpp-3m:eta=0", "sa-solver:p=3,c=0,tau=0" },
        { "seeds-3:eta=0", "dpmpp-3s" },
    };

    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        below(gap(same[i][0], same[i][1], "lambda", 0), 1e-13);
        below(gap(same[i][0], same[i][1], "karras", 0), 1e-13);
        below(gap(same[i][0], same[i][1], "lambda", 1), 1e-13);
    }
}

static void without_noise_or_correction_the_bits_are_the_deterministic_methods(void)
{
    static const char *const same[][2] = {
        { "edm-churn:churn=0", "edm-heun" }, { "restart:times=0", "edm-heun" }, { "pc:steps=0/em/langevin", "em" },
        { "pc:steps=0/sde-dpmpp-2m/ald", "exp-em" },
        { "exp-em:eta=0", "ddim" }, { "sde-dpmpp-2m:eta=0", "dpmpp-2m" }, { "euler-ancestral:eta=0", "ddim" },
        { "sa-solver:p=1,c=0,tau=0", "ddim" },
        { "edm-churn:s_min=1e8", "edm-heun" }, { "edm-churn:churn=0,kind=euler", "edm-euler" },
        { "edm-churn:churn=0,kind=dpm-2", "dpm-2" },
    };

    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        for (int denoise = 0; denoise < 2; denoise++)
            CU_ASSERT(gap(same[i][0], same[i][1], "lambda", denoise) == 0);
}

static void the_parts_of_a_leg_add_up_to_its_noise(void)
{
    process *p = process_open("test", "vp-linear");
    const double t[] = { 0.7, 0.5, 0.3 }, etas[] = { 0.2, 1, 3 };
    level l[3];

    levels(p, 3, t, l);
    for (int form = DATA; form <= NOISE; form++)
        for (int i = 0; i < 3; i++) {
            double early = exp_step_part((enum form)form, etas[i], l[0].lambda, l[1].lambda, l + 2);
            double late = exp_step_part((enum form)form, etas[i], l[1].lambda, l[2].lambda, l + 2);

            near(hypot(early, late), exp_step_of((enum form)form, l, l + 2, etas[i]).std, 1e-14);
            near(early, exp_step_of((enum form)form, l + 1, l + 2, etas[i]).keep * exp_step_of((enum form)form, l,
                    l + 1,
                    etas[i]).std, 1e-14);
        }
    {
        double w[2];

        exp_step_join(l, l + 1, l + 2, w);
        near(hypot(w[0], w[1]), 1, 1e-15);
        near(w[0] * exp_step_of(DATA, l, l + 2, 1).std, exp_step_part(DATA, 1, l[0].lambda, l[1].lambda, l + 2), 1e-15);
    }
    process_close(p);
}

/* One path whatever the method asks of it: pairs of steps, or one step with its stage in the middle. */
static void sub_steps_share_one_path(void)
{
    rig two, one;
    double *x, *a, *b, worst = 0;
    tree path;
    noise over;

    if (rig_open(&two, "gmm8ring", NULL, "dpmpp-2s-sde", "lambda", 16, 0)
        || rig_open(&one, "gmm8ring", NULL, "dpmpp-sde", "lambda", 8, 0))
        return;
    path = tree_over(one.how.grid, one.how.grid + 8), over = noise_tree(2, &path);
    one.how.plan.noise = two.how.plan.noise = &over;
    x = rig_start(&one, N), a = rig_run(&two, N, x, NULL, NULL), b = rig_run(&one, N, x, NULL, NULL);
    for (int i = 0; i < 2 * N; i++)
        worst = fmax(worst, fabs(a[i] - b[i]));
    below(worst, 1e-9);
    free(x), free(a), free(b), rig_close(&two), rig_close(&one);
}

/* Noise that is fresh for every end of a step that is tried. */
static void redraw(const noise *w, const draw *d, double *z)
{
    normals((stream){ w->seed, USE_NOISE }, d->row, d->step, d->draw + 2 * (int)(1e3 * fabs(d->t_to)) % 256, d->rows,
            d->dim, z);
}

static double spread_of(const noise *source, double tol)
{
    enum { MANY = 4000 };
    char item[64];
    rig r;
    double *x, *y, sum = 0, square = 0;

    snprintf(item, sizeof item, "gotta-go-fast:rtol=%g,atol=%g", tol, tol);
    if (rig_open(&r, "gauss2", "vp-linear", item, NULL, 0, 0))
        return NAN;
    if (source)
        r.how.plan.noise = source;
    x = rig_start(&r, MANY), y = rig_run(&r, MANY, x, NULL, NULL);
    for (int i = 0; i < MANY; i++)
        sum += y[2 * i] / MANY, square += y[2 * i] * y[2 * i] / MANY;
    free(x), free(y), rig_close(&r);
    return square - sum * sum;
}

static void a_rejected_step_is_tried_again_on_the_same_path(void)
{
    noise other = { .fill = redraw, .seed = 1 };
    subject s;
    double cov[4], exact, kept, redrawn;

    if (must(subject_open(&s, "gauss2", "vp-linear", NULL)))
        return;
    must(s.model->law->moments(s.model->law, NULL, cov));
    exact = cov[0];
    kept = spread_of(NULL, 0.05), redrawn = spread_of(&other, 0.05);
    below(fabs(kept / exact - 1), 0.05);
    below(0.15, fabs(redrawn / exact - 1));
    subject_close(&s);
}

/* On one path the sampling error is common to all tolerances. */
static void own_steps_through_noise_err_in_proportion_to_the_tolerance(void)
{
    double best = spread_of(NULL, 0.025), coarse = spread_of(NULL, 0.4) - best, fine = spread_of(NULL, 0.1) - best;

    near(log(coarse / fine) / log(4), 1, 0.35);
}

static void fill(const noise *w, int part, double from, double to, double *z)
{
    w->fill(w, &(draw){ .row = 0, .rows = N, .dim = 2, .part = part, .t_from = from, .t_to = to }, z);
}

static void a_mesh_is_one_path_with_its_time_integrals(void)
{
    const double t[] = { 1, 0.8, 0.5, 0.1 };
    const mesh m = { 3, t };
    const noise w = noise_mesh(4, &m);
    double z[2][3][2 * N], whole[2][2 * N];

    for (int part = 0; part < 2; part++) {
        for (int i = 0; i < 3; i++)
            fill(&w, part, t[i], t[i + 1], z[part][i]);
        fill(&w, part, 1, 0.1, whole[part]);
    }
    for (int k = 0; k < 2 * N; k++) {
        double W = 0, Z = 0;

        for (int i = 0; i < 3; i++) {
            double h = t[i] - t[i + 1];

            Z += W * h + pow(h, 1.5) * (z[0][i][k] / 2 + z[1][i][k] / sqrt(12));
            W += sqrt(h) * z[0][i][k];
        }
        near(whole[0][k], W / sqrt(0.9), 1e-13);
        near(pow(0.9, 1.5) * (whole[0][k] / 2 + whole[1][k] / sqrt(12)), Z, 1e-13);
    }
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            double sum = 0;

            for (int k = 0; k < 2 * N; k++)
                sum += whole[i][k] * whole[j][k] / (2 * N);
            near(sum, i == j, 0.35);
        }
}

static void norms_over_the_batch_keep_it_whole(void)
{
    rig r;

    if (rig_open(&r, "gmm8ring", NULL, "pc/em/langevin:norm=batch", NULL, 5, 0))
        return;
    CU_ASSERT_EQUAL(solve_block(&r.how.plan, 5000), 5000);
    rig_close(&r);
    if (rig_open(&r, "gmm8ring", NULL, "pc/em/langevin", NULL, 5, 0))
        return;
    CU_ASSERT(solve_block(&r.how.plan, 5000) < 5000);
    rig_close(&r);
}

/* Ten steps of Langevin dynamics at the end of the grid leave exact samples of that level what they are. */
static void langevin_keeps_the_law_of_its_level(void)
{
    enum { MANY = 4000 };
    rig r;
    double *x, *y, square = 0, exact;
    const level *end;
    double cov[4], mean[2];

    if (rig_open(&r, "gauss2", "vp-linear", "langevin:at=last,size=1e-3", NULL, 50, 0))
        return;
    end = r.how.grid + 50;
    x = malloc(2 * MANY * sizeof *x);
    must(r.of.model->law->sample(r.of.model->law, (stream){ 3, USE_LAW }, 0, MANY, NULL, x));
    must(r.of.model->law->moments(r.of.model->law, mean, cov));
    y = rig_run(&r, MANY, x, NULL, NULL);
    exact = cov[0] + end->sigma * end->sigma;
    for (int i = 0; i < MANY; i++)
        square += (y[2 * i] - mean[0]) * (y[2 * i] - mean[0]) / MANY;
    below(fabs(square / exact - 1), 0.1);
    free(x), free(y), rig_close(&r);
}

static void what_cannot_be_done_is_said(void)
{
    static const char *const bad[][3] = {
        { "reverse-diffusion:chain=beta", "beta", "more steps" },
        { "ancestral:chain=beta", "beta", "more steps" }, { "pc/em/ddim", "ddim", "corrector" },
        { "restart:min=2,max=1", "min", "max" },
    };
    subject s;

    if (must(subject_open(&s, "gmm8ring", "vp-linear", NULL)))
        return;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        recipe r;

        CU_ASSERT(recipe_open(&r, &s, bad[i][0], "uniform", 0, (budget){ 5, 0 }));
        says(bad[i][1], bad[i][2]);
    }
    subject_close(&s);
}

static const test_case tests[] = {
    { "methods of one formula agree", methods_of_one_formula_agree },
    { "without noise or correction the bits are the deterministic methods'",
      without_noise_or_correction_the_bits_are_the_deterministic_methods },
    { "the parts of a leg add up to its noise", the_parts_of_a_leg_add_up_to_its_noise },
    { "sub-steps share one path", sub_steps_share_one_path },
    { "a rejected step is tried again on the same path", a_rejected_step_is_tried_again_on_the_same_path },
    { "own steps through noise err in proportion to the tolerance",
      own_steps_through_noise_err_in_proportion_to_the_tolerance },
    { "a mesh is one path with its time integrals", a_mesh_is_one_path_with_its_time_integrals },
    { "norms over the batch keep it whole", norms_over_the_batch_keep_it_whole },
    { "Langevin dynamics keep the law of their level", langevin_keeps_the_law_of_its_level },
    { "what cannot be done is said", what_cannot_be_done_is_said },
    { NULL, NULL },
};
const test_table table_stochastic = { "stochastic", tests };
