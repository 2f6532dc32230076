/*
 * The built-in network 128-512-512-512-64 (64 columns and 64 of the time) on a batch of 1024, float32: its time
 * against the bare matrix products of the same shapes over the whole batch; and a sampler's 20 steps on it
 * against 20 of its calls.
 * In turns, best of repeats, on one core and on two.
 */
#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/engine/recipe.h"
#include "solvers/engine/start.h"
#include "tests/support/nets.h"
#include "tests/speed/speed.h"

enum { ROWS = 1024, DIM = 64, LAYERS = 4, STEPS = 20, ROUNDS = 12 };
static const int size[LAYERS + 1] = { 128, 512, 512, 512, DIM };

/* The products alone: each thread its share of the rows. */
static void bare(int threads, const float *x, float *const *w, float *a, float *b)
{
    #pragma omp parallel for num_threads(threads)
    for (int i = 0; i < threads; i++) {
        int n = ROWS / threads;
        const float *in = x + (size_t)i * n * size[0];

        for (int l = 0; l < LAYERS; l++) {
            float *out = (l % 2 ? b : a) + (size_t)i * n * 512;

            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, size[l + 1], size[l], 1, in, size[l], w[l],
                        size[l + 1], 0, out, size[l + 1]);
            in = out;
        }
    }
}

static void call(int threads, score *const *s, const level *at, const double *x, double *out)
{
    #pragma omp parallel for num_threads(threads)
    for (int i = 0; i < threads; i++) {
        int n = ROWS / threads;
        batch p = { .groups = 1, .rows = n, .at = at, .x = x + (size_t)i * n * DIM };

        if (s[i]->eval(s[i]->self, &p, out + (size_t)i * n * DIM))
            fprintf(stderr, "speed: %s\n", last_error());
    }
}

static void measure(int threads, subject *of, const recipe *how)
{
    double *x = need(ROWS * DIM * sizeof *x), *y = need(ROWS * DIM * sizeof *y), products = 1e9, calls = 1e9,
        many = 1e9, sampler = 1e9;
    float *in = need(ROWS * 512 * sizeof *in), *a = need(ROWS * 512 * sizeof *a), *b = need(ROWS * 512 * sizeof *b),
        *w[LAYERS];
    score *s[2] = { of->field->thread_copy(of->field->self, ROWS), of->field->thread_copy(of->field->self, ROWS) };
    char what[128];

    for (int l = 0; l < LAYERS; l++) {
        w[l] = need((size_t)size[l] * size[l + 1] * sizeof **w);
        for (int i = 0; i < size[l] * size[l + 1]; i++)
            w[l][i] = (float)sin(i) / 16;
    }
    start_states(of->model->process, how->plan.grid, DIM, 1, 0, ROWS, x);
    for (int i = 0; i < ROWS * 512; i++)
        in[i] = (float)x[i % (ROWS * DIM)];
    omp_set_num_threads(threads);
    for (int k = 0; k < ROUNDS; k++) {
        BEST(products, 2, bare(threads, in, w, a, b));
        BEST(calls, 2, call(threads, s, how->plan.grid, x, y));
        BEST(many, 1, for (int i = 0; i < STEPS; i++) call(threads, s, how->plan.grid + i, x, y));
        memcpy(y, x, ROWS * DIM * sizeof *y);
        BEST(sampler, 1, if (solve(&how->plan, ROWS, y, NULL)) fprintf(stderr, "speed: %s\n", last_error()));
    }
    snprintf(what, sizeof what, "network 128-512-512-512-64, batch 1024, %s: a call", threads == 1 ? "one core"
             : "two cores");
    row(what, calls / products, "of products", "at most 1.15");
    snprintf(what, sizeof what, "dpmpp-2m, 20 steps on it, %s", threads == 1 ? "one core" : "two cores");
    row(what, sampler / many, "of 20 calls", "at most 1.05");
    if (threads == 1)
        row("its matrix products, one core", 2e-9 * 622592 * ROWS / products, "GFlop/s", openblas_get_corename());
    for (int i = 0; i < 2; i++)
        field_close(s[i]);
    for (int l = 0; l < LAYERS; l++)
        free(w[l]);
    free(x), free(y), free(in), free(a), free(b);
}

void net_speed(void)
{
    static const shape shapes[] = { { "layers.0.weight", 512, 128, 0.088 }, { "layers.0.bias", 0, 512, 0.1 },
                                    { "layers.2.weight", 512, 512, 0.044 },
        { "layers.2.bias", 0, 512, 0.1 }, { "layers.4.weight", 512, 512, 0.044 }, { "layers.4.bias", 0, 512, 0.1 },
        { "layers.6.weight", DIM, 512, 0.044 }, { "layers.6.bias", 0, DIM, 0.1 }, { 0 } };
    subject of;
    recipe how;
    made m;

    if (made_open(&m, "dim = 64\npredicts = noise\nembed = sinusoidal:dim=64\ntime_scale = 1000\n"
                      "layers = concat linear silu linear silu linear silu linear\n", NULL,
                      shapes) || subject_open(&of, m.ini, NULL, NULL)) {
        fprintf(stderr, "speed: %s\n", last_error());
        return;
    }
    if (!recipe_open(&how, &of, "dpmpp-2m", NULL, 0, (budget){ STEPS, 0 })) {
        for (int threads = 1; threads <= 2 && threads <= omp_get_num_procs(); threads++)
            measure(threads, &of, &how);
        recipe_close(&how);
    }
    subject_close(&of);
    made_close(&m);
}
