/*
 * A training step of the network 64-512-512-512-64 (64 columns and 512 of the time's embedding, itself 32-512-512) on a batch of 1024: its time against
 * the bare matrix products of the step over the whole batch, y = x W', dx = dy W and dW = dy' x of every layer.  In turns, best of repeats.
 */
#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "bench/fit.h"
#include "models/fail.h"
#include "tests/nets.h"
#include "tests/speed.h"

enum { ROWS = 1024, DIM = 64, WIDTH = 512, LAYERS = 6, ROUNDS = 20 };
static const struct { int in, out; } size[LAYERS] = { { 32, WIDTH }, { WIDTH, WIDTH }, { DIM + WIDTH, WIDTH }, { WIDTH, WIDTH }, { WIDTH, WIDTH }, { WIDTH, DIM } };

/* The products alone: each thread its share of the rows.  The first layer's input is fixed: it has no dx. */
static void bare(int threads, const float *x, const float *dy, const float *w, float *y, float *grad)
{
    #pragma omp parallel for num_threads(threads)
    for (int i = 0; i < threads; i++) {
        int n = ROWS / threads;
        size_t at = (size_t)i * n * (DIM + WIDTH);

        for (int l = 0; l < LAYERS; l++) {
            int in = size[l].in, out = size[l].out;
            float *dw = grad + (size_t)(i * LAYERS + l) * (DIM + WIDTH) * WIDTH;

            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, out, in, 1, x + at, in, w, in, 0, y + at, out);
            cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, n, 1, dy + at, out, x + at, in, 0, dw, in);
            if (l)
                cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, in, out, 1, dy + at, out, w, in, 0, y + at, in);
        }
    }
}

static float *waves(size_t n)
{
    float *v = need(n * sizeof *v);

    for (size_t i = 0; i < n; i++)
        v[i] = (float)sin((double)i) / 16;
    return v;
}

static double flops(void)
{
    double sum = 0;

    for (int l = 0; l < LAYERS; l++)
        sum += (l ? 6. : 4.) * ROWS * size[l].in * size[l].out;
    return sum;
}

static void measure(int threads, const made *m)
{
    size_t tile = (size_t)ROWS * (DIM + WIDTH), square = (size_t)(DIM + WIDTH) * WIDTH;
    float *x = waves(tile), *dy = waves(tile), *w = waves(square), *y = waves(tile), *grad = waves(2 * LAYERS * square);
    double products = 1e9, steps = 1e9;
    char what[128];
    fit f;

    omp_set_num_threads(threads);
    if (fit_open(&f, m->ini, m->weights, 0)) {
        fprintf(stderr, "speed: %s\n", why());
        return;
    }
    for (int k = 0; k < ROUNDS; k++) {
        BEST(products, 1, bare(threads, x, dy, w, y, grad));
        BEST(steps, 1, if (fit_step(&f)) fprintf(stderr, "speed: %s\n", why()));
    }
    snprintf(what, sizeof what, "training 64-512-512-512-64, batch 1024, %s: a step", threads == 1 ? "one core" : "two cores");
    row(what, steps / products, "of products", "at most 1.43");
    if (threads == 1)
        row("its matrix products, one core", 1e-9 * flops() / products, "GFlop/s", openblas_get_corename());
    fit_close(&f);
    free(x), free(dy), free(w), free(y), free(grad);
}

void train_speed(void)
{
    static const char head[] = "[process]\nkind = vp-linear\n[data]\nkind = mixture\nweights = 1 2\nmean.1 =%s\nmean.2 =%s\nstd = 0.3\n"
                               "[net]\nkind = mlp\nwidth = 512\ndepth = 3\npredicts = noise\ntime = lambda\n[train]\nsteps = 1000\nbatch = 1024\n";
    char ones[2][4 * DIM + 1] = { "" }, text[4096];
    made m;

    for (int i = 0; i < DIM; i++)
        snprintf(ones[0] + 2 * i, 3, " 1"), snprintf(ones[1] + 3 * i, 4, " -1");
    snprintf(text, sizeof text, head, ones[0], ones[1]);
    if (made_folder(&m) || made_text(&m, text)) {
        fprintf(stderr, "speed: %s\n", why());
        return;
    }
    for (int threads = 1; threads <= 2 && threads <= omp_get_num_procs(); threads++)
        measure(threads, &m);
    made_close(&m);
}
