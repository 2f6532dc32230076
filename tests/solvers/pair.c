/* Exact inversion: runs there and back again. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/files/array.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

enum { ROWS = 50, STEPS = 100 };

/* What the way back is given: nothing, the state before the last, the trajectory, or a state of too few rows. */
typedef enum pair { NOTHING, STATE, TRAJECTORY, SHORT } pair;
typedef struct pair_trip { const char *model, *process, *solver, *grid; int steps, denoise; pair pair; } pair_trip;

static method *way_back(const pair_trip *t, const char *path)
{
    char text[512];

    snprintf(text, sizeof text, "%s%ssecond=%s", t->solver, strchr(t->solver, ':') ? "," : ":", path);
    return method_parse("back", t->pair ? text : t->solver);
}

/* Forth, keeping the trajectory, and back over the same grid: the largest relative difference, or NAN where the way
 * back is refused; *growth: (s_first/s_last)^2. */
static double round_trip(const pair_trip *t, double *growth)
{
    rig r;
    double *x, *y, *trace, worst = 0;
    char path[] = "/tmp/fokker-pair-XXXXXX";
    int fd = mkstemp(path);
    level *back;
    method *how;

    if (fd < 0 || rig_open(&r, t->model, t->process, t->solver, t->grid, t->steps, t->denoise))
        return NAN;
    close(fd);
    size_t N = (size_t)ROWS * r.dim;
    long shape[] = { t->steps + 1, ROWS, r.dim };

    x = rig_start(&r, ROWS), trace = malloc((t->steps + 1) * N * sizeof *trace),
        back = malloc((t->steps + 1) * sizeof *back);
    r.how.plan.trace = trace;
    y = rig_run(&r, ROWS, x, NULL, NULL);
    shape[1] = t->pair == SHORT ? ROWS - 1 : ROWS;
    if (t->pair == TRAJECTORY)
        must(array_write(path, 3, shape, trace));
    else
        must(array_write(path, 2, shape + 1, trace + (t->steps - 1) * N));
    for (int k = 0; k <= t->steps; k++)
        back[k] = r.how.plan.grid[t->steps - k];
    how = way_back(t, path);
    r.how.plan.how = how, r.how.plan.grid = back, r.how.plan.trace = NULL;
    r.how.plan.block = 7;                           /* the other half is found by row, however the batch is cut */
    if (growth)
        *growth = exp(2 * (back[0].lambda - back[t->steps].lambda));
    if (!how || solve(&r.how.plan, ROWS, y, NULL))
        worst = NAN;
    for (size_t i = 0; i < N && worst == worst; i++)
        worst = fmax(worst, fabs(y[i] - x[i]) / fmax(1, fabs(x[i])));
    unlink(path);
    free(x), free(y), free(trace), free(back), method_free(how), rig_close(&r);
    return worst;
}

static void bdia_returns_to_its_start(void)
{
    static const pair_trip trips[] = {
        { "gmm8ring", NULL, "bdia", "lambda", STEPS, 0, STATE },
        { "gmm8ring", NULL, "bdia", "uniform", STEPS, 0, TRAJECTORY },
        { "gmm5-aniso16", NULL, "bdia", "lambda", STEPS, 0, STATE },
        { "gmm8ring", "vp-cosine", "bdia", "lambda", STEPS, 1, TRAJECTORY },
        { "gmm8ring", "ve", "bdia", "karras", STEPS, 0, STATE },
        { "gmm8ring", "edm", "bdia", "karras", STEPS, 1, TRAJECTORY },
        { "gmm8ring", NULL, "bdia:gamma=0.9", "lambda", 20, 0, STATE } };

    for (int i = 0; i < 7; i++)
        below(round_trip(&trips[i], NULL), 1e-12);
}

static void belm_returns_to_its_start_within_the_growth_of_round_off(void)
{
    static const pair_trip trips[] = {
        { "gmm8ring", NULL, "belm", "lambda", STEPS, 0, STATE },
        { "gmm8ring", NULL, "belm", "uniform", STEPS, 0, TRAJECTORY },
        { "gmm5-aniso16", NULL, "belm", "lambda", STEPS, 0, STATE },
        { "gmm8ring", "edm", "belm", "karras", STEPS, 0, TRAJECTORY },
        { "gmm8ring", "ve", "belm", "karras", STEPS, 0, TRAJECTORY } };

    for (int i = 0; i < 5; i++) {
        double growth, e = round_trip(&trips[i], &growth);

        below(e, fmin(1e-8, growth * 2.3e-16));
    }
}

static void half_a_pair_does_not_return(void)
{
    static const pair_trip alone[] = { { "gmm8ring", NULL, "bdia", "lambda", STEPS, 0, NOTHING },
                                  { "gmm8ring", NULL, "belm", "lambda", STEPS, 0, NOTHING } };

    for (int i = 0; i < 2; i++)
        CU_ASSERT(!(round_trip(&alone[i], NULL) < 1e-6));
}

static void what_cannot_be_inverted_is_refused_in_one_sentence(void)
{
    static const pair_trip fading = { "gmm8ring", NULL, "bdia:gamma=0.5", "lambda", STEPS, 0, STATE },
                      clean = { "gmm8ring", "edm", "belm", "karras", STEPS, 1, NOTHING },
                      missing = { "gmm8ring", NULL, "belm", "lambda", STEPS, 0, SHORT };

    CU_ASSERT(isnan(round_trip(&fading, NULL)));
    says("bdia", "gamma = 0.5", "100 steps", "gamma = 1");
    CU_ASSERT(isnan(round_trip(&clean, NULL)));
    says("belm", "sigma = 0", "second=FILE");
    CU_ASSERT(isnan(round_trip(&missing, NULL)));
    says("belm", "fokker-pair", "98 numbers", "50 samples of 2 columns");
}

const test_table table_pair = { "pair", (const test_case[]){
    { "bdia returns to its start", bdia_returns_to_its_start },
    { "belm returns to its start within the growth of round-off",
      belm_returns_to_its_start_within_the_growth_of_round_off },
    { "half a pair does not return", half_a_pair_does_not_return },
    { "what cannot be inverted is refused in one sentence", what_cannot_be_inverted_is_refused_in_one_sentence },
    { NULL, NULL } } };
