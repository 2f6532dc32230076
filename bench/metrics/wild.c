/*
 * Samples that left the data: the share with a column further from the middle of the range of exact samples
 * (all columns together) than `far` times half its width.  One such sample can outweigh all others in a distance; its
 * share tells how many there are.
 *         The range is that of a constant stream.
 */
#include <math.h>
#include <stdlib.h>
#include "bench/metrics/estimate.h"

static int range_of(const truth *true, int dim, double *middle, double *half)
{
    enum { N = 512, RANGE_SEED = 0x72616e67 };
    truth fixed = *true;
    double *x, low = INFINITY, high = -INFINITY;

    fixed.seed = RANGE_SEED, fixed.label = NULL;
    if (!(x = exact_sample(&fixed, N, dim)))
        return -1;
    for (long i = 0; i < (long)N * dim; i++)
        low = fmin(low, x[i]), high = fmax(high, x[i]);
    *middle = (low + high) / 2, *half = (high - low) / 2;
    free(x);
    return 0;
}

static int measure_wild(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    double middle, half, share = 0;

    if (range_of(true, dim, &middle, &half))
        return -1;
    for (int i = 0; i < n; i++) {
        int out = 0;

        for (int d = 0; d < dim; d++)
            out |= fabs(x[(long)i * dim + d] - middle) > a->v[0] * half;
        share += (double)out / n;
    }
    q->value = share, q->se = sqrt(share * (1 - share) / (n - 1));
    return 0;
}

const metric metric_wild = {
    .name = "wild", .about =
    "share of the samples that left the data: with a number outside `far` times the range of exact samples",
    .par = { { "far", "how often half the width of that range", NULL, 2, 0, 1e6, 0 } },
    .relative = 1,
    .refuses = needs_law, .measure = measure_wild };
