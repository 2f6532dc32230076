/*
 * A training step of the network 64-512-512-512-64 (64 columns and 512 of the time's embedding, itself 32-512-512) on a
 * batch of 1024, and one of the mixer that models/shipped/nets/mnist-mixer.ini trains: its time against the bare matrix
 * products of the step over the whole batch, y = x W', dx = dy W and dW = dy' x of every map.
 * (A mixer makes the first product of each mixing again on its way back; that is not among them.)
 *       In turns, best of repeats.
 */
#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "bench/training/fit.h"
#include "base/fail.h"
#include "tests/support/nets.h"
#include "tests/speed/speed.h"

enum { ROWS = 1024, IMAGES = 64, DIM = 64, PIXELS = 784, WIDTH = 512, ROUNDS = 20, MOST = 24 };

/* A linear map of so many vectors a row. */
typedef struct map { int vectors, in, out; } map;

/* A network in training: its [net], the columns of its data, rows of a batch, and the maps of a step but for the
 * sums that are no products. */
typedef struct trained { const char *name, *net; int dim, rows, limit; map map[MOST]; } trained;

#define BLOCK { 1, 64, 64 }, { 64, 49, WIDTH }, { 64, WIDTH, 49 }, { 49, 64, WIDTH }, { 49, WIDTH, 64 }
static const trained nets[] = {
    { "64-512-512-512-64, batch 1024", "kind = mlp\nwidth = 512\ndepth = 3\n", DIM, ROWS, 1,
      { { 1, 32, WIDTH }, { 1, WIDTH, WIDTH }, { 1, DIM + WIDTH, WIDTH }, { 1, WIDTH, WIDTH }, { 1, WIDTH, WIDTH },
        { 1, WIDTH, DIM } } },
    { "the mixer of 28 x 28, batch 64", "kind = mixer\nactivation = gelu\nwidth = 64\ndepth = 4\n", PIXELS, IMAGES, 0,
      { { 1, 32, 64 }, { 1, 64, 64 }, { 49, 16, 64 }, BLOCK, BLOCK, BLOCK, BLOCK, { 49, 64, 16 } } },
};

/* The products alone: each thread its share of the rows.  The first map's input is fixed: it has no dx. */
static void bare(int threads, const trained *s, const float *x, const float *dy, const float *w, float *y, float *grad)
{
    #pragma omp parallel for num_threads(threads)
    for (int i = 0; i < threads; i++)
        for (const map *l = s->map; l->vectors; l++) {
            int in = l->in, out = l->out, n = s->rows / threads * l->vectors;
            size_t at = (size_t)i * n * (DIM + WIDTH);
            float *dw = grad + (size_t)i * (DIM + WIDTH) * WIDTH;

            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, out, in, 1, x + at, in, w, in, 0, y + at, out);
            cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, n, 1, dy + at, out, x + at, in, 0, dw, in);
            if (l != s->map)
                cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, in, out, 1, dy + at, out, w, in, 0, y + at,
                            in);
        }
}

static float *waves(size_t n)
{
    float *v = need(n * sizeof *v);

    for (size_t i = 0; i < n; i++)
        v[i] = (float)sin((double)i) / 16;
    return v;
}

static double flops(const trained *s)
{
    double sum = 0;

    for (const map *l = s->map; l->vectors; l++)
        sum += (l == s->map ? 4. : 6.) * s->rows * l->vectors * l->in * l->out;
    return sum;
}

static void measure(int threads, const trained *s, const made *m)
{
    size_t tile = (size_t)ROWS * 4 * (DIM + WIDTH), square = (size_t)(DIM + WIDTH) * WIDTH;
    float *x = waves(tile), *dy = waves(tile), *w = waves(square), *y = waves(tile), *grad = waves(2 * square);
    double products = 1e9, steps = 1e9;
    char what[128];
    fit f;

    omp_set_num_threads(threads);
    if (fit_open(&f, m->ini, m->weights, 0)) {
        fprintf(stderr, "speed: %s\n", last_error());
        return;
    }
    for (int k = 0; k < ROUNDS; k++) {
        BEST(products, 1, bare(threads, s, x, dy, w, y, grad));
        BEST(steps, 1, if (fit_step(&f)) fprintf(stderr, "speed: %s\n", last_error()));
    }
    snprintf(what, sizeof what, "training %s, %s: a step", s->name, threads == 1 ? "one core" : "two cores");
    row(what, steps / products, "of products", s->limit ? "at most 1.43" : "");
    if (threads == 1)
        row("its matrix products, one core", 1e-9 * flops(s) / products, "GFlop/s", openblas_get_corename());
    fit_close(&f);
    free(x), free(dy), free(w), free(y), free(grad);
}

/* 1, or -1, in every column. */
static int spec_of(const made *m, const trained *s)
{
    static const char head[] =
        "[process]\nkind = vp-linear\n[data]\nkind = mixture\nweights = 1 2\nmean.1 =%s\nmean.2 =%s\nstd = 0.3\n"
                               "[net]\n%spredicts = noise\ntime = lambda\n[train]\nsteps = 1000\nbatch = %d\n";
    char mean[2][4 * PIXELS + 1] = { "" }, text[8 * PIXELS + 512];

    for (int i = 0; i < s->dim; i++)
        snprintf(mean[0] + 2 * i, 3, " 1"), snprintf(mean[1] + 3 * i, 4, " -1");
    snprintf(text, sizeof text, head, mean[0], mean[1], s->net, s->rows);
    return made_text(m, text);
}

void train_speed(void)
{
    made m;

    if (made_folder(&m)) {
        fprintf(stderr, "speed: %s\n", last_error());
        return;
    }
    for (unsigned i = 0; i < sizeof nets / sizeof *nets; i++)
        for (int threads = 1; threads <= 2 && threads <= omp_get_num_procs(); threads++)
            if (spec_of(&m, &nets[i]))
                fprintf(stderr, "speed: %s\n", last_error());
            else
                measure(threads, &nets[i], &m);
    made_close(&m);
}
