/* The networks in the box: what is claimed of gmm8ring-mlp, and that the digits know their classes. */
#include <math.h>
#include <stdlib.h>
#include "solvers/engine/recipe.h"
#include "solvers/engine/start.h"
#include "tests/support/gauss.h"
#include "tests/suite.h"

/* The error of the score relative to its size at sigma/alpha = ratio, over points of the exact x_t. */
static double relative_error(const subject *s, const score *exact, double ratio)
{
    enum { N = 1000, DIM = 2 };
    double t = s->model->process->t_of_lambda(s->model->process, -log(ratio)), x[N * DIM], eps[N * DIM], ours[N * DIM],
        error = 0, size = 0;
    level l;
    batch b = { 1, N, &l, x };

    levels(s->model->process, 1, &t, &l);
    s->model->law->sample(s->model->law, (stream){ 21, USE_LAW }, 0, N, NULL, x);
    normals((stream){ 21, USE_PROBE }, 0, 0, 0, N, DIM, eps);
    for (int i = 0; i < N * DIM; i++)
        x[i] = l.alpha * x[i] + l.sigma * eps[i];
    must(field_eval(s->field, &b, PREDICTS_SCORE, ours)), must(field_eval(exact, &b, PREDICTS_SCORE, eps));
    for (int i = 0; i < N * DIM; i++)
        error += (ours[i] - eps[i]) * (ours[i] - eps[i]), size += eps[i] * eps[i];
    return sqrt(error / size);
}

static void the_score_of_gmm8ring_is_within_5_percent_above_twice_the_modes_width(void)
{
    subject s;
    score *exact;

    if (must(subject_open(&s, "gmm8ring-mlp", NULL, NULL)))
        return;
    exact = exact_open(s.model->law);
    for (double ratio = 0.6; ratio < 152; ratio *= 1.2)
        below(relative_error(&s, exact, ratio), 0.05);
    field_close(exact);
    subject_close(&s);
}

/* sw2 of samples over the floor, both means over seeds. */
static double over_the_floor(const char *name, const char *solver_item, const char *grid_item, int steps)
{
    enum { N = 2000, DIM = 2, SEEDS = 3 };
    subject s;
    recipe r;
    double *x = malloc(N * DIM * sizeof *x), sum = 0, floor = 0;

    if (must(subject_open(&s, name, NULL, NULL)))
        return NAN;
    if (!must(recipe_open(&r, &s, solver_item, grid_item, TO_DATA, (budget){ steps, 0 }))) {
        for (int seed = 1; seed <= SEEDS; seed++) {
            truth t = { .law = s.model->law, .at = r.plan.grid[steps], .seed = (uint64_t)seed };
            noise z = noise_philox((uint64_t)seed);
            measure m;
            double one;

            start_states(s.model->process, r.plan.grid, DIM, (uint64_t)seed, 0, N, x);
            r.plan.noise = &z;
            must(solve(&r.plan, N, x, NULL));
            sum += value_of("sw2", &t, N, DIM, x).value;
            must(measure_parse(&m, "--metric", "sw2")), must(measure_floor(&m, &t, N, DIM, &one));
            floor += one;
        }
        recipe_close(&r);
    }
    free(x);
    subject_close(&s);
    return sum / floor;
}

static void samples_of_gmm8ring_by_100_ddim_steps_are_within_twice_the_floor(void)
{
    below(over_the_floor("gmm8ring-mlp", "ddim", NULL, 100), 2);
}

/* One call of ddim on their teacher is at 6.5 floors, four are at 2 or more. */
static void students_of_gmm8ring_are_within_twice_the_floor_with_their_few_calls(void)
{
    below(over_the_floor("gmm8ring-mlp-8", "ddim", "ddpm-trailing", 8), 2);
    below(over_the_floor("gmm8ring-mlp-4", "ddim", "ddpm-trailing", 4), 2);
    below(over_the_floor("gmm8ring-mlp-2", "ddim", "ddpm-trailing", 2), 2);
    below(over_the_floor("gmm8ring-mlp-1", "ddim", "ddpm-trailing", 1), 2);
    below(over_the_floor("gmm8ring-mlp-c", "lcm", "ddpm-trailing", 1), 2);
    below(over_the_floor("gmm8ring-mlp-c", "lcm", "ddpm-trailing", 4), 2);
    CU_ASSERT(over_the_floor("gmm8ring-mlp", "ddim", "ddpm-trailing", 1) > 2);
}

/* At sigma/alpha = 2 a network that is told the class of its points denoises them better than without, and much better
 * than of another class. */
static void denoises_by_class(const char *name)
{
    enum { N = 500, DIM = 64, CLASSES = 10 };
    subject s;
    double *x0 = malloc(3 * N * DIM * sizeof *x0), *x = x0 + N * DIM, *out = x + N * DIM, loss[3] = { 0 }, t;
    int right[N], other[N];
    level l;

    if (must(subject_open(&s, name, NULL, NULL)))
        return;
    for (int i = 0; i < N; i++)
        right[i] = i % CLASSES, other[i] = (i + 1) % CLASSES;
    t = s.model->process->t_of_lambda(s.model->process, -log(2));
    levels(s.model->process, 1, &t, &l);
    must(s.model->law->sample(s.model->law, (stream){ 22, USE_LAW }, 0, N, right, x0));
    normals((stream){ 22, USE_PROBE }, 0, 0, 0, N, DIM, x);
    for (int i = 0; i < N * DIM; i++)
        x[i] = l.alpha * x0[i] + l.sigma * x[i];
    for (int k = 0; k < 3; k++) {
        batch b = { 1, N, &l, x, k == 0 ? right : k == 1 ? NULL : other };

        must(field_eval(s.field, &b, PREDICTS_DATA, out));
        for (int i = 0; i < N * DIM; i++)
            loss[k] += (out[i] - x0[i]) * (out[i] - x0[i]) / (N * DIM);
    }
    below(loss[0] / loss[1], 0.95), below(loss[1] / loss[2], 0.8);
    free(x0);
    subject_close(&s);
}

static void digits_are_denoised_by_their_class(void)
{
    denoises_by_class("digits-mlp");
    denoises_by_class("digits-mixer");
}

static const test_case tests[] = {
    { "the score of gmm8ring is within 5 % above twice the modes' width",
      the_score_of_gmm8ring_is_within_5_percent_above_twice_the_modes_width },
    { "samples of gmm8ring by 100 ddim steps are within twice the floor",
      samples_of_gmm8ring_by_100_ddim_steps_are_within_twice_the_floor },
    { "students of gmm8ring are within twice the floor with their few calls",
      students_of_gmm8ring_are_within_twice_the_floor_with_their_few_calls },
    { "digits are denoised by their class", digits_are_denoised_by_their_class },
    { 0, 0 },
};
const test_table table_trained = { "trained", tests };
