/* Root-mean-square trajectory error: end points against those of an exact flow from the same starts. */
#include <math.h>
#include "bench/metrics/estimate.h"

static int measure_rms(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    const double *y = true->ends;
    double mean = 0, square = 0;

    for (int i = 0; i < n; i++) {
        double e2 = 0, gap;

        for (int d = 0; d < dim; d++)
            e2 += pow(x[(long)i * dim + d] - y[(long)i * dim + d], 2) / dim;
        gap = e2 - mean;
        mean += gap / (i + 1);
        square += gap * gap * i / (i + 1);
    }
    q->value = sqrt(mean);
    q->se = mean > 0 ? sqrt(square / (n - 1) / n) / (2 * q->value) : 0;
    return 0;
}

const metric metric_rms = {
    .name = "rms", .about = "root-mean-square error a coordinate of the end points against an exact flow from the same "
                            "starts, in units of the data",
    .par = { { "rows", "samples used, the first ones", NULL, 64, 4, 100000, 1 } },
    .relative = 1, .against = AGAINST_FLOW, .few = 1, .measure = measure_rms };
