/* Own steps are chosen as the papers say: their rules written out once more, on single rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/fixture.h"
#include "tests/suite.h"

enum { DIM = 2 };

/* A row on its way, by the rule written out: a step tried leaves y and its embedded state. */
typedef struct step_trial { rig *r; double tol, y[DIM], low[DIM]; } step_trial;

static level at(const rig *r, double t)
{
    level l;

    levels(r->of.model->process, 1, &t, &l);
    return l;
}

/* DPM-Solver-2 and, embedded, the first-order step from a to b, in the noise prediction. */
static void try_dpm_12(step_trial *k, level a, level b, const double *x)
{
    level m = at(k->r, k->r->of.model->process->t_of_lambda(k->r->of.model->process, (a.lambda + b.lambda) / 2));
    batch first = { .groups = 1, .rows = 1, .at = &a, .x = x }, second = { .groups = 1, .rows = 1, .at = &m };
    double e[DIM], f[DIM], u[DIM], h = b.lambda - a.lambda;

    must(field_eval(k->r->of.field, &first, PREDICTS_NOISE, e));
    for (int d = 0; d < DIM; d++)
        u[d] = m.alpha / a.alpha * x[d] - m.sigma * expm1(h / 2) * e[d];
    second.x = u;
    must(field_eval(k->r->of.field, &second, PREDICTS_NOISE, f));
    for (int d = 0; d < DIM; d++) {
        k->low[d] = b.alpha / a.alpha * x[d] - b.sigma * expm1(h) * e[d];
        k->y[d] = k->low[d] - b.sigma * (expm1(h) - h) / (h / 2) * (f[d] - e[d]);
    }
}

/* Euler-Maruyama, embedded, and its improved form, where all increments are 0. */
static void try_improved_euler(step_trial *k, level a, level b, const double *x)
{
    batch first = { .groups = 1, .rows = 1, .at = &a, .x = x },
        second = { .groups = 1, .rows = 1, .at = &b, .x = k->low };
    double s[DIM], h = b.t - a.t, other[DIM];

    must(field_eval(k->r->of.field, &first, PREDICTS_SCORE, s));
    for (int d = 0; d < DIM; d++)
        k->low[d] = x[d] + h * (a.f * x[d] - a.g2 * s[d]);
    must(field_eval(k->r->of.field, &second, PREDICTS_SCORE, s));
    for (int d = 0; d < DIM; d++)
        other[d] = x[d] + h * (b.f * k->low[d] - b.g2 * s[d]), k->y[d] = (k->low[d] + other[d]) / 2;
}

/* The rules: the error in units of max(atol, rtol max(|y^|, |y^ before|)); then h' = 0.9 h E^-power, or h' = h
 * (1 + atan(1/E^power - 1)). */
static int judge(const step_trial *k, const double *before, double power, int bent, double *h)
{
    double sum = 0, e, f;

    for (int d = 0; d < DIM; d++) {
        double unit = fmax(k->tol, k->tol * fmax(fabs(k->low[d]), fabs(before[d])));

        sum += pow((k->y[d] - k->low[d]) / unit, 2) / DIM;
    }
    e = sqrt(sum);
    f = bent ? 1 + atan(pow(e + 1e-8, -power) - 1) : 0.9 * pow(e, -power);
    *h *= f;
    return bent ? f >= 0.81 : e <= 1;
}

/* The row's end and the steps it took, accepted ones and others. */
static long walk(step_trial *k, void (*step)(step_trial *, level, level, const double *), int in_lambda, double power,
                 int bent,
                 double *x)
{
    const process *p = k->r->of.model->process;
    level a = at(k->r, p->t_max), end = at(k->r, p->t_min);
    double h = in_lambda ? 0.05 : 0.01, before[DIM];
    long tried = 0;

    memcpy(before, x, sizeof before);
    for (; a.t > end.t && tried < 10000; tried++) {
        double left = in_lambda ? end.lambda - a.lambda : a.t - end.t;
        level b = h < left * (1 - 1e-12) ? at(k->r, in_lambda ? p->t_of_lambda(p, a.lambda + h) : a.t - h) : end;

        h = fmin(h, left);
        step(k, a, b, x);
        if (judge(k, before, power, bent, &h))
            memcpy(x, k->y, sizeof k->y), memcpy(before, k->low, sizeof before), a = b;
    }
    return tried;
}

static void no_noise(const noise *w, const draw *d, double *z) { memset(z, 0, (size_t)d->rows * d->dim * sizeof *z); }

static void every_row_takes_the_steps_of_the_published_rules(void)
{
    static const struct { const char *solver, *control; void (*step)(step_trial *, level, level, const double *);
                          int in_lambda, bent, calls; double power, tol; } all[] = {
        { "dpm-adaptive-12", "power", try_dpm_12, 1, 0, 2, 1. / 2, 0.05 },
        { "dpm-adaptive-12", "power", try_dpm_12, 1, 0, 2, 1. / 2, 1e-3 },
        { "dpm-adaptive-12", "atan", try_dpm_12, 1, 1, 2, 1. / 2, 0.01 },
        { "gotta-go-fast", "power", try_improved_euler, 0, 0, 2, 0.9, 0.05 } };
    const noise silent = { .fill = no_noise };

    for (int i = 0; i < 4; i++) {
        char item[96];
        rig r;

        snprintf(item, sizeof item, "%s:rtol=%g,atol=%g,control=%s", all[i].solver, all[i].tol, all[i].tol,
                 all[i].control);
        if (rig_open(&r, "gmm8ring", "vp-linear", item, NULL, 0, 0))
            return;
        r.how.plan.noise = &silent;
        for (int row = 0; row < 5; row++) {
            double *all_x = rig_start(&r, row + 1), *x = all_x + row * DIM, *y;
            step_trial k = { .r = &r, .tol = all[i].tol };
            tally cost;
            long tried;

            y = rig_run(&r, 1, x, NULL, &cost);
            tried = walk(&k, all[i].step, all[i].in_lambda, all[i].power, all[i].bent, x);
            CU_ASSERT_EQUAL(cost.calls, all[i].calls * tried);
            CU_ASSERT(cost.rejected > 0 || all[i].tol > 0.01);
            near(y[0], x[0], 1e-8);
            near(y[1], x[1], 1e-8);
            free(all_x), free(y);
        }
        rig_close(&r);
    }
}

/* The rms error of own steps against a run at 1e-11, and the calls over all rows. */
static double work(const char *name, const char *control, double tol, double *error)
{
    enum { ROWS = 60 };
    char item[96];
    double *x, *y, *truth, sum = 0;
    tally cost = { 0 };
    rig r, best;

    *error = NAN;
    snprintf(item, sizeof item, "%s:rtol=%g,atol=%g,control=%s", name, tol, tol, control);
    if (rig_open(&r, "gmm8ring", "vp-linear", item, NULL, 0, 0))
        return NAN;
    if (!rig_open(&best, "gmm8ring", "vp-linear", "dop853:rtol=1e-11,atol=1e-11", NULL, 0, 0)) {
        x = rig_start(&r, ROWS), y = rig_run(&r, ROWS, x, NULL, &cost), truth = rig_run(&best, ROWS, x, NULL, NULL);
        for (int i = 0; i < DIM * ROWS; i++)
            sum += pow(y[i] - truth[i], 2) / (DIM * ROWS);
        free(x), free(y), free(truth), rig_close(&best);
    }
    rig_close(&r);
    *error = sqrt(sum);
    return (double)cost.rows;
}

/* What docs/methods/adaptive.md says of them: for the same error they cost the same. */
static void the_controllers_cost_the_same_for_the_same_error(void)
{
    static const char *const names[] = { "dpm-adaptive-12", "dpm-adaptive-23" }, *const other[] = { "power", "atan" };

    for (int i = 0; i < 4; i++) {
        double e, e_other, rows = work(names[i / 2], "pi", 1e-4, &e),
            rows_other = work(names[i / 2], other[i % 2], 1e-4, &e_other);

        near(rows_other / rows * pow(e_other / e, 1. / (2 + i / 2)), 1, 0.12);
    }
}

static void controllers_are_for_own_steps(void)
{
    rig r;
    budget b = { 5, 0 };
    subject s;
    recipe how;

    if (!rig_open(&r, "gmm8ring", NULL, "heun:control=power", NULL, 0, 0)) {
        CU_ASSERT(r.how.plan.rtol == 1e-5);
        rig_close(&r);
    }
    if (must(subject_open(&s, "gmm8ring", NULL, NULL)))
        return;
    CU_ASSERT(recipe_open(&how, &s, "heun:control=powr", NULL, 0, b) < 0);
    says("control", "pi power atan");
    subject_close(&s);
}

const test_table table_control = { "control", (const test_case[]){
    { "every row takes the steps of the published rules", every_row_takes_the_steps_of_the_published_rules },
    { "the controllers cost the same for the same error", the_controllers_cost_the_same_for_the_same_error },
    { "controllers are for own steps", controllers_are_for_own_steps },
    { NULL, NULL } } };
