/* Exact inversion: runs there and back again. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "models/array.h"
#include "tests/fixture.h"
#include "tests/suite.h"

enum { ROWS = 50, STEPS = 100 };

/* Forth with `solver`, keeping the trajectory, and back over the same grid; `pair`: what the way back is given.  The largest relative difference. */
typedef enum pair { NOTHING, STATE, TRAJECTORY } pair;
typedef struct trip { const char *model, *process, *solver, *grid; int steps, denoise; pair pair; } trip;

static method *way_back(const trip *t, const char *path)
{
    char text[512];

    snprintf(text, sizeof text, "%s%ssecond=%s", t->solver, strchr(t->solver, ':') ? "," : ":", path);
    return method_parse("back", t->pair ? text : t->solver);
}

static double round_trip(const trip *t)
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

    x = rig_start(&r, ROWS), trace = malloc((t->steps + 1) * N * sizeof *trace), back = malloc((t->steps + 1) * sizeof *back);
    r.how.plan.trace = trace;
    y = rig_run(&r, ROWS, x, NULL, NULL);
    if (t->pair == TRAJECTORY)
        must(array_write(path, 3, shape, trace));
    else
        must(array_write(path, 2, shape + 1, trace + (t->steps - 1) * N));
    for (int k = 0; k <= t->steps; k++)
        back[k] = r.how.plan.grid[t->steps - k];
    how = way_back(t, path);
    r.how.plan.how = how, r.how.plan.grid = back, r.how.plan.trace = NULL;
    if (!how || must(solve(&r.how.plan, ROWS, y, NULL)))
        worst = NAN;
    for (size_t i = 0; i < N && worst == worst; i++)
        worst = fmax(worst, fabs(y[i] - x[i]) / fmax(1, fabs(x[i])));
    unlink(path);
    free(x), free(y), free(trace), free(back), method_free(how), rig_close(&r);
    return worst;
}

static void bdia_returns_to_its_start(void)
{
    static const trip trips[] = {
        { "gmm8ring", NULL, "bdia", "lambda", STEPS, 0, STATE }, { "gmm8ring", NULL, "bdia", "uniform", STEPS, 0, TRAJECTORY },
        { "gmm5-aniso16", NULL, "bdia", "lambda", STEPS, 0, STATE }, { "gmm8ring", "vp-cosine", "bdia", "lambda", STEPS, 1, TRAJECTORY },
        { "gmm8ring", "ve", "bdia", "karras", STEPS, 0, STATE }, { "gmm8ring", "edm", "bdia", "karras", STEPS, 1, TRAJECTORY } };

    for (int i = 0; i < 6; i++) {
        double e = round_trip(&trips[i]);
        if (getenv("SHOW")) printf("%s %s %g\n", trips[i].solver, trips[i].grid, e);
        below(e, 1e-12);
    }
}

static void belm_returns_to_its_start_within_the_growth_of_round_off(void)
{
    static const trip trips[] = {
        { "gmm8ring", NULL, "belm", "lambda", STEPS, 0, STATE }, { "gmm8ring", NULL, "belm", "uniform", STEPS, 0, TRAJECTORY },
        { "gmm5-aniso16", NULL, "belm", "lambda", STEPS, 0, STATE }, { "gmm8ring", "edm", "belm", "karras", STEPS, 0, TRAJECTORY } };

    for (int i = 0; i < 4; i++) {
        double e = round_trip(&trips[i]);
        if (getenv("SHOW")) printf("%s %s %g\n", trips[i].solver, trips[i].grid, e);
        below(e, 1e-9);
    }
}

const test_table table_pair = { "pair", (const test_case[]){
    { "bdia returns to its start", bdia_returns_to_its_start },
    { "belm returns to its start within the growth of round-off", belm_returns_to_its_start_within_the_growth_of_round_off },
    { NULL, NULL } } };
