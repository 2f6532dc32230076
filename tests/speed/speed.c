/*
 * make speed: every speed as a ratio to a limit of this machine that is measured in the same run; the best of repeats.
 * It judges nothing: machines differ and are noisy.  The third column is what to expect.
 */
#define _DEFAULT_SOURCE
#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "solvers/engine/recipe.h"
#include "solvers/step.h"
#include "base/clones.h"
#include "base/random.h"
#include "solvers/engine/start.h"
#include "tests/speed/speed.h"

void row(const char *what, double value, const char *unit, const char *expect)
{
    printf("%-66s %8.3g %-10s %s\n", what, value, unit, expect);
    fflush(stdout);
}

void *need(size_t bytes)
{
    void *p = aligned_alloc(64, (bytes + 63) & ~(size_t)63);

    if (!p)
        exit((fprintf(stderr, "speed: not enough memory\n"), 1));
    memset(p, 0, bytes);
    return p;
}

/* y = a x + b u: the limit of combine. */
CLONES static void triad(int n, double *y, double a, const double *x, double b, const double *u)
{
    #pragma omp simd
    for (int i = 0; i < n; i++)
        y[i] = fma(b, u[i], a * x[i]);
}

static void combine_speed(void)
{
    static const int sizes[] = { 1024, 4096, 65536, 4000000 };

    for (int k = 0; k < 4; k++) {
        int n = sizes[k], calls = n > 100000 ? 4 : 20000000 / n / 4;
        double *m = need(3 * (size_t)n * sizeof *m), *y = m, *u = m + n, *v = m + 2 * n;
        run r = { .rows = n / 2, .dim = 2, .groups = 1 };
        char what[128];
        double ours = 1e9, limit = 1e9;

        for (int i = 0; i < 5; i++) {               /* in turns, so that both see the same noise */
            BEST(ours, 5, for (int c = 0; c < calls; c++) combine(&r, 0, y, {.5, u}, {.4, v}));
            BEST(limit, 5, for (int c = 0; c < calls; c++) triad(n, y, .5, u, .4, v));
        }
        snprintf(what, sizeof what, "combine of %d doubles against triad (%.0f GB/s)", n,
                 24. * n * calls / limit / 1e9);
        row(what, limit / ours, "of triad", "at least 0.8");
        free(m);
    }
}

static void normals_speed(void)
{
    enum { ROWS = 512, CALLS = 500 };
    double *z = need(2 * ROWS * sizeof *z), best = 1e9;

    BEST(best, 15, for (long i = 0; i < CALLS; i++) normals((stream){ 1, USE_NOISE }, i * ROWS, 3, 0, ROWS, 2, z));
    row("normals, one core", best / (CALLS * 2. * ROWS) * 1e9, "ns each", "at most 6");
    free(z);
}

/* Seconds of the best run of a recipe on n samples; *rows gets the evaluations. */
static double best_run(const char *model_name, const char *solver_item, int steps, int n, int threads, long *rows)
{
    subject s;
    recipe r;
    noise quiet = noise_philox(1);
    tally t = { 0 };
    double best = 1e9;

    omp_set_num_threads(threads);
    if (!subject_open(&s, model_name, NULL, NULL)) {
        if (!recipe_open(&r, &s, solver_item, NULL, 0, (budget){ steps, 0 })) {
            double *x0 = need((size_t)n * s.field->dim * sizeof *x0), *x = need((size_t)n * s.field->dim * sizeof *x);

            r.plan.noise = &quiet;
            start_states(s.model->process, r.plan.grid, s.field->dim, 1, 0, n, x0);
            for (int k = 0; k < 9; k++) {
                memcpy(x, x0, (size_t)n * s.field->dim * sizeof *x);
                BEST(best, 1, if (solve(&r.plan, n, x, &t)) fprintf(stderr, "speed: %s\n", last_error()));
            }
            free(x0), free(x);
            recipe_close(&r);
        }
        subject_close(&s);
    }
    *rows = t.rows;
    return best;
}

static void sampler_speed(void)
{
    static const struct { const char *model, *solver; int steps, n; const char *expect; } table[] = {
        { "gmm8ring", "dpmpp-2m", 20, 100000, "at most 12" },
        { "gmm8ring", "dopri5:rtol=1e-5,atol=1e-5", 0, 20000, "at most 50" },
        { "gmm8ring", "sde-dpmpp-2m", 20, 100000, "" }, { "gmm5-aniso16", "dpmpp-2m", 20, 5000, "" },
        { "gmm10-64", "dpmpp-2m", 20, 2000, "" },
        { "digits", "dpmpp-2m", 5, 1000, "" } };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        long rows;
        char what[128];
        double one = best_run(table[i].model, table[i].solver, table[i].steps, table[i].n, 1, &rows), two;

        snprintf(what, sizeof what, "%s, %s: a row and evaluation, one core", table[i].model, table[i].solver);
        row(what, one / rows * 1e9, "ns", table[i].expect);
        if (omp_get_num_procs() < 2)
            continue;
        two = best_run(table[i].model, table[i].solver, table[i].steps, table[i].n, 2, &rows);
        snprintf(what, sizeof what, "%s, %s: two cores", table[i].model, table[i].solver);
        row(what, one / two, "times", i ? "" : "at least 1.8");
    }
}

/* Peak memory of the command beside it in the folder, above its state. */
static void memory(const char *self)
{
    enum { ROWS = 8000000 };
    char command[4096], rows[32], file[4096];
    const char *end = strrchr(self, '/');
    int folder = end ? (int)(end - self + 1) : 0, status;
    struct rusage use;
    pid_t child;

    snprintf(command, sizeof command, "%.*sfokker", folder, self);
    snprintf(file, sizeof file, "%.*sspeed.npy", folder, self);
    snprintf(rows, sizeof rows, "%d", ROWS);
    if (!(child = fork())) {
        execl(command, command, "sample", "gauss2", "--solver", "dpmpp-2m", "--steps", "2", "-n", rows, "-o", file,
              "-q", (char *)NULL);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &use) < 0 || status) {
        fprintf(stderr, "speed: %s could not be run\n", command);
        return;
    }
    remove(file);
    row("sample, 8,000,000 x 2: peak memory less 64 MB", (use.ru_maxrss * 1024. - 64e6) / (ROWS * 2 * sizeof (double)),
        "of state", "at most 2.5");
}

int main(int argc, char **argv)
{
    memory(argv[0]);
    printf("%d cores; best of repeats\n", omp_get_num_procs());
    openblas_set_num_threads(1);
    combine_speed();
    normals_speed();
    sampler_speed();
    pipe_speed();
    steps_speed();
    net_speed();
    train_speed();
    return 0;
}
