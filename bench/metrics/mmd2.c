/*
 * Maximum mean discrepancy, squared, unbiased (Gretton et al. 2012):  mean over i != j of
 * k(x_i, x_j) + k(y_i, y_j) - k(x_i, y_j) - k(x_j, y_i), k the mean of five Gaussians whose widths are 1/4, 1/2, 1, 2,
 * 4 times the median distance of exact samples of a constant seed.
 */
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include "bench/metrics/estimate.h"
#include "base/fail.h"
#include "base/lanes.h"

enum { MEDIAN_ROWS = 512, MEDIAN_SEED = 0x6d656469 };

/* u = exp(-d^2 / (2 (4 median)^2)); the narrower ones are u^4, u^16, u^64, u^256. */
CLONES static void gaussians(const kernel *k, double *d2)
{
    double scale = k->scale;

    #pragma omp simd
    for (int j = 0; j < TILE; j++) {
        double u = lane_exp2(-d2[j] * scale), sum = u;

        u *= u, u *= u, sum += u;
        u *= u, u *= u, sum += u;
        u *= u, u *= u, sum += u;
        u *= u, u *= u, sum += u;
        d2[j] = sum / 5;
    }
}

/* The median distance of MEDIAN_ROWS exact samples, whatever the run's seed and labels. */
static int median_distance(const truth *true, int dim, double *median)
{
    enum { N = MEDIAN_ROWS };
    truth fixed = *true;
    double *tile = malloc(((size_t)dim * TILE + N * (N - 1) / 2) * sizeof *tile), *d = tile ? tile + dim * TILE : NULL,
        *x;
    long count = 0;

    fixed.seed = MEDIAN_SEED, fixed.label = NULL;
    x = tile ? exact_sample(&fixed, N, dim) : NULL;
    for (int first = 0; x && first < N; first += TILE) {
        tile_fill(N, dim, x, first, tile);
        for (int i = first + 1; i < N; i++) {
            double d2[TILE];

            tile_distance2(dim, x + (long)i * dim, tile, d2);
            for (int j = 0; j < TILE && first + j < i; j++)
                d[count++] = sqrt(d2[j]);
        }
    }
    if (x)
        *median = gsl_stats_median(d, 1, count);
    free(x), free(tile);
    if (!tile)
        return fail("mmd2: out of memory for the median distance");
    return !x ? -1 : *median > 0 ? 0
        : fail("mmd2: half of the exact samples are equal, so that there is no width for the kernel; use another "
               "metric");
}

static int measure_mmd2(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    int m = n < a->v[0] ? n : (int)a->v[0], status;
    kernel k = { gaussians, 0, 1 };
    double *y, median;

    if (median_distance(true, dim, &median) || !(y = exact_sample(true, m, dim)))
        return -1;
    k.scale = 0x1.71547652b82fep0 / (2 * 16 * median * median);       /* log2(e)/... : a power of 2 */
    status = pair_quality(m, dim, x, y, &k, 1, q);
    free(y);
    return status;
}

const metric metric_mmd2 = {
    .name = "mmd2", .about = "squared maximum mean discrepancy to as many exact samples, unbiased (0 on average for "
                             "exact samples, at times negative); "
                             "mean of five Gaussian kernels about the median distance",
    .cite = "Gretton et al. 2012",
    .par = { { "rows", "samples used, the first ones", NULL, 4000, 4, 20000, 1 } },
    .relative = 1, .refuses = needs_law, .measure = measure_mmd2 };
