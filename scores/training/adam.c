/*
 * m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,  w -= rate (m/(1 - b1^k) / (sqrt(v/(1 - b2^k)) + 1e-8) + decay w),
 * b1 = 0.9, b2 = 0.999,  k = 1, 2, ...
 * g is scaled down to the norm `clip`.  EMA: mean += (1 - d)(w - mean), d = min(ema, k/(k + 9)).
 */
#include <math.h>
#include <stdlib.h>
#include "base/clones.h"
#include "scores/training/adam.h"

enum { PIECE = 4096, LANES = 16 };                  /* n is a multiple of LANES */
#define B1 0.9f
#define B2 0.999f

const param adam_keys[] = {
    [RUN_STEPS] = { "steps", "of the optimiser", NULL, 10000, 1, 1e7, 1 },
        [RUN_BATCH] = { "batch", "points a step", NULL, 256, 1, 65536, 1 },
    [RUN_RATE] = { "rate", "largest learning rate", NULL, 1e-3, 1e-9, 10, 0 },
        [RUN_WARMUP] = { "warmup", "steps until it is reached", NULL, 100, 0, 1e7, 1 },
    [RUN_DECAY] = { "decay", "of weights", NULL, 0, 0, 1, 0 },
        [RUN_CLIP] = { "clip", "largest norm of a gradient", NULL, 1, 1e-9, 1e9, 0 },
    [RUN_EMA] = { "ema", "decay of the running mean", NULL, 0.999, 0, 0.999999, 0 },
        [RUN_SEED] = { "seed", "of everything random", NULL, 0, 0, 0x1p53, 1 } };

/* What an update is made with, one step. */
typedef struct adam_factors { float rate, decay, per_m, per_v, scale, mean; } adam_factors;

/* The first array becomes the sum; its squares, in lanes. */
CLONES static double sum_parts(long n, long apart, int parts, float *grad)
{
    double lane[LANES] = { 0 }, squares = 0;

    for (int k = 1; k < parts; k++) {
        const float *g = grad + k * apart;

        #pragma omp simd
        for (long i = 0; i < n; i++)
            grad[i] += g[i];
    }
    for (long i = 0; i < n; i += LANES) {
        #pragma omp simd
        for (int j = 0; j < LANES; j++)
            lane[j] += (double)grad[i + j] * grad[i + j];
    }
    for (int j = 0; j < LANES; j++)
        squares += lane[j];
    return squares;
}

CLONES static void update_piece(long n, adam_factors f, const float *grad, float *w, float *mean, float *m, float *v)
{
    #pragma omp simd
    for (long i = 0; i < n; i++) {
        float g = f.scale * grad[i];

        m[i] = B1 * m[i] + (1 - B1) * g;
        v[i] = B2 * v[i] + (1 - B2) * (g * g);
        w[i] -= f.rate * (f.per_m * m[i] / (sqrtf(f.per_v * v[i]) + 1e-8f) + f.decay * w[i]);
        mean[i] += f.mean * (w[i] - mean[i]);
    }
}

static adam_factors factors_of(const double *v, long step, double norm)
{
    double warm = step + 1 < v[RUN_WARMUP] ? (step + 1) / v[RUN_WARMUP] : 1, k = step + 1.;
    double rate = v[RUN_RATE] * warm * (1 + cos(3.14159265358979323846 * step / v[RUN_STEPS])) / 2;

    return (adam_factors){ (float)rate, (float)v[RUN_DECAY], (float)(1 / (1 - pow(0.9, k))),
                      (float)(1 / (1 - pow(0.999, k))),
                      norm > v[RUN_CLIP] ? (float)(v[RUN_CLIP] / norm) : 1,
                          (float)(1 - fmin(v[RUN_EMA], k / (k + 9))) };
}

double adam_step(adam *a, long step, int parts, float *grad)
{
    long pieces = (a->n + PIECE - 1) / PIECE;
    double norm = 0, square[pieces];
    adam_factors f;

    #pragma omp parallel for schedule(static) num_threads(a->threads)
    for (long p = 0; p < pieces; p++)
        square[p] = sum_parts(p < pieces - 1 ? PIECE : a->n - p * PIECE, a->n, parts, grad + p * PIECE);
    for (long p = 0; p < pieces; p++)
        norm += square[p];
    norm = sqrt(norm);
    if (!isfinite(norm))
        return norm;
    f = factors_of(a->given.v, step, norm);
    #pragma omp parallel for schedule(static) num_threads(a->threads)
    for (long p = 0; p < pieces; p++) {
        long at = p * PIECE;

        update_piece(p < pieces - 1 ? PIECE : a->n - at, f, grad + at, a->now + at, a->mean + at, a->first + at,
                     a->second + at);
    }
    return norm;
}
