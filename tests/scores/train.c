/* Training: what is learned by every prediction and weighting, the same weights from a
 * checkpoint, and what is refused. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bench/training/fit.h"
#include "solvers/engine/recipe.h"
#include "base/fail.h"
#include "tests/support/nets.h"
#include "tests/suite.h"

static const char head[] =
    "[process]\nkind = %s\n[data]\nkind = mixture\nweights = 1 2\nmean.1 = -1 0.5\nmean.2 = 1 0\nstd = 0.4\nlabels = 0 "
    "1\n"
    "[score]\nkind = mlp\nfile = net.safetensors\n[net]\nkind = %s\nwidth = 32\ndepth = 1\npredicts = %s\ntime = "
    "lambda\n"
    "[train]\nsteps = %d\nbatch = 96\nrate = 1e-2\nwarmup = 20\nema = 0.98\nweighting = %s\n%s";

static int spec_of(made *m, const char *proc, const char *kind, const char *predicts, int steps, const char *weighting,
                   const char *more)
{
    char text[1024];

    snprintf(text, sizeof text, head, proc, kind, predicts, steps, weighting, more);
    return made_folder(m) || made_text(m, text) ? -1 : 0;
}

/* Root mean square distance of noise predictions from the law's own, of a label, over levels of lambda from -2 to 1. */
static double noise_error(const char *ini, int label)
{
    enum { N = 200, DIM = 2 };
    subject s;
    int labels[N];
    double x[N * DIM], net_eps[N * DIM], eps[N * DIM], sum = 0;
    score *exact;

    if (must(subject_open(&s, ini, NULL, NULL)))
        return NAN;
    exact = exact_open(s.model->law);
    for (int i = 0; i < N; i++)
        labels[i] = label;
    for (int k = 0; k < 4; k++) {
        double t = s.model->process->t_of_lambda(s.model->process, k - 2);
        level l;
        batch b = { 1, N, &l, x, labels };

        levels(s.model->process, 1, &t, &l);
        s.model->law->sample(s.model->law, (stream){ 11, USE_LAW }, 0, N, labels, x);
        normals((stream){ 11, USE_PROBE }, 0, k, 0, N, DIM, eps);
        for (int i = 0; i < N * DIM; i++)
            x[i] = l.alpha * x[i] + l.sigma * eps[i];
        must(field_eval(s.field, &b, PREDICTS_NOISE, net_eps)), must(field_eval(exact, &b, PREDICTS_NOISE, eps));
        for (int i = 0; i < N * DIM; i++)
            sum += (net_eps[i] - eps[i]) * (net_eps[i] - eps[i]) / (4 * N * DIM);
    }
    field_close(exact);
    subject_close(&s);
    return sqrt(sum);
}

static int steps_of(fit *f, long n)
{
    for (long i = 0; i < n; i++)
        if (fit_step(f))
            return -1;
    return 0;
}

/* The error of what a spec learns: of no label, and of both where it is told them. */
static double learned(const char *proc, const char *kind, const char *predicts, const char *weighting, const char *more)
{
    int labels = strstr(kind, "labels") != NULL;
    made m;
    fit f;
    double error = NAN;

    if (must(spec_of(&m, proc, kind, predicts, 400, weighting, more)) || must(fit_open(&f, m.ini, m.weights, 0)))
        return NAN;
    if (!must(steps_of(&f, f.steps)) && !must(fit_save(&f)))
        error = fmax(noise_error(m.ini, -1), labels ? fmax(noise_error(m.ini, 0), noise_error(m.ini, 1)) : 0);
    fit_close(&f);
    made_close(&m);
    return error;
}

static void every_prediction_weighting_and_process_learns_the_noise(void)
{
    static const struct { const char *proc, *kind, *predicts, *weighting, *more; } ways[] = {
        { "vp-linear\nt_min = 0.02", "mlp", "noise", "sigma2", "" },
        { "vp-linear\nt_min = 0.02", "mlp", "data", "min-snr", "" },
        { "vp-linear\nt_min = 0.02", "residual", "v", "snr", "spread = random\n" },
        { "vp-linear\nt_min = 0.02", "mlp", "score", "sigma2", "times = lambda\n" },
        { "flow\nt_min = 0.05\nt_max = 0.99", "mlp", "velocity", "plain", "" },
        { "vp-cosine\nt_min = 0.1\nt_max = 0.95", "mlp", "noise", "uniform", "" },
        { "edm\nt_min = 0.2\nt_max = 10", "mlp", "data", "edm", "times = lambda\n" },
        { "vp-discrete", "mlp", "noise", "likelihood", "" },
        { "vp-linear\nt_min = 0.02\nt_max = 0.4", "mlp", "noise", "data", "" },
        { "vp-discrete", "mlp", "noise", "vlb", "times = importance\n" },
        { "vp-linear\nt_min = 0.02", "mlp", "noise", "sigma2", "objective = explicit\n" },
        { "vp-linear\nt_min = 0.02", "mlp", "v", "sigma2", "objective = implicit\n" },
        { "vp-linear\nt_min = 0.02", "mlp", "noise", "sigma2", "objective = sliced\n" },
        { "vp-linear\nt_min = 0.02", "squash", "noise", "likelihood", "times = importance\n" },
        { "ve\nsigma_max = 10", "mlp\nwrap = precond:data=1", "data", "edm", "times = lognormal\nlog_mean = 0\n" },
        { "vp-linear\nt_min = 0.02", "mlp\nlabels = yes", "noise", "sigma2", "label_dropout = 0.3\n" } };

    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++)
        check_below(learned(ways[i].proc, ways[i].kind, ways[i].predicts, ways[i].weighting, ways[i].more), 0.25,
                    ways[i].weighting, __FILE__, __LINE__);
}

/* EDM's weight 1/c_out^2 before the data's error makes the first loss, of F = 0, the mean of |target|^2: 1 where data
 * have that standard deviation. */
static void the_target_of_a_preconditioned_network_has_variance_one(void)
{
    made m;
    fit f;

    if (must(spec_of(&m, "edm\nt_min = 0.1\nt_max = 10", "mlp\nwrap = precond:data=0.8376554", "data", 1, "edm",
                     "data_std = 0.8376554\ntimes = lambda\n")))
        return;
    if (!must(fit_open(&f, m.ini, m.weights, 0))) {
        double loss = 0;

        for (int k = 0; k < 100; k++)
            loss += dsm_slice(&f.goal, f.net, f.desk, k, 0, f.grad) / 100 * f.goal.batch / f.goal.slice;
        below(fabs(loss - 1), 0.05);
        fit_close(&f);
    }
    made_close(&m);
}

/* The mean loss of the network as it is, by another objective: sums over slices of so many
 * steps that it has not seen. */
static double mean_loss(fit *f, int objective)
{
    enum { STEPS = 300 };
    double sum = 0;

    f->goal.given.v[GOAL_OBJECTIVE] = objective;
    dsm_close(&f->goal), must(dsm_open(&f->goal, "test"));
    for (int k = 0; k < STEPS; k++)
        for (int i = 0; i < f->goal.slices; i++)
            sum += dsm_slice(&f->goal, f->net, f->desk, 1000 + k, i, f->grad) / STEPS;
    return sum;
}

/* Denoising: E|eps(x) - eps|^2 = E|eps(x)|^2 - 2 sigma E div eps(x) + 1; explicit: less than it by what is left
 * of eps where x is known. */
static void objectives_differ_by_constants(void)
{
    double denoising[2], explicit[2], implicit, sliced;
    made m;
    fit f;

    if (must(spec_of(&m, "vp-linear\nt_min = 0.02", "mlp", "v", 400, "sigma2", "")))
        return;
    if (!must(fit_open(&f, m.ini, m.weights, 0))) {
        for (int k = 0; k < 2; k++) {
            must(steps_of(&f, 150));
            denoising[k] = mean_loss(&f, 0), explicit[k] = mean_loss(&f, 1), implicit = mean_loss(&f, 2),
                sliced = mean_loss(&f, 3);
            below(fabs(implicit + 1 - denoising[k]), 0.01), below(fabs(sliced + 1 - denoising[k]), 0.02);
            f.goal.given.v[GOAL_OBJECTIVE] = 0;
            dsm_close(&f.goal), must(dsm_open(&f.goal, "test"));
        }
        below(fabs(denoising[1] - explicit[1] - denoising[0] + explicit[0]), 0.005);
        fit_close(&f);
    }
    made_close(&m);
}

static void a_checkpoint_goes_on_to_the_same_weights(void)
{
    made m;
    fit f, g;

    if (must(spec_of(&m, "vp-linear", "residual", "v", 30, "sigma2", "")) || must(fit_open(&f, m.ini, m.weights, 0)))
        return;
    must(steps_of(&f, 17)), must(fit_save(&f)), must(steps_of(&f, 13));
    if (!must(fit_open(&g, m.ini, m.weights, 1))) {
        CU_ASSERT_EQUAL(g.step, 17);
        must(steps_of(&g, 13));
        CU_ASSERT(!memcmp(f.workspace, g.workspace, 4 * f.run.n * sizeof *f.workspace)
                  && !memcmp(f.curve, g.curve, sizeof f.curve)
                  && f.run.n == g.run.n);
        fit_close(&g);
    }
    fit_close(&f);
    made_close(&m);
}

/* The sentence of a spec that is refused. */
static void refused(const char *proc, const char *predicts, const char *weighting, const char *more, const char *word)
{
    made m;
    fit f;

    if (must(spec_of(&m, proc, "mlp", predicts, 30, weighting, more)))
        return;
    CU_ASSERT_EQUAL(fit_open(&f, m.ini, m.weights, 0), -1);
    says(word);
    made_close(&m);
}

static void what_cannot_be_trained_gets_a_sentence(void)
{
    refused("vp-linear", "nois", "sigma2", "", "choose one of");
    refused("vp-linear", "noise", "sigma", "", "min-snr");
    refused("vp-linear", "noise", "sigma2", "stepz = 4\n", "steps");
    refused("vp-linear", "noise", "sigma2", "clip = 0\n", "must lie between");
    refused("flow", "velocity", "sigma2", "", "infinite at t = 1");
    refused("flow\nt_min = 0", "velocity", "sigma2", "", "no noise");
    refused("vp-linear", "noise", "vlb", "", "a term a noise level");
    refused("vp-linear", "noise\nwrap = precond:data=1", "sigma2", "", "predicts = data");
    refused("vp-linear", "data\nwrap = clamp:lo=0,hi=1", "sigma2", "", "precond alone");
}

static const test_case tests[] = {
    { "every prediction, weighting and process learns the noise",
      every_prediction_weighting_and_process_learns_the_noise },
    { "the target of a preconditioned network has variance one",
      the_target_of_a_preconditioned_network_has_variance_one },
    { "objectives differ by constants", objectives_differ_by_constants },
    { "a checkpoint goes on to the same weights", a_checkpoint_goes_on_to_the_same_weights },
    { "what cannot be trained gets a sentence", what_cannot_be_trained_gets_a_sentence },
    { 0, 0 },
};
const test_table table_train = { "train", tests };
