/* Root-mean-square trajectory error: end points against the exact flow map of the same starts. */
#include <math.h>
#include <stdlib.h>
#include "bench/estimate.h"
#include "bench/reference.h"
#include "models/fail.h"

static const char *needs_flow(const truth *true, int n, int dim)
{
    (void)n;
    if (!true->deterministic)
        return "needs a deterministic solver";
    if (!true->field || !true->proc || !true->start || !true->from)
        return "needs the start of the run";
    return true->field->dim == dim ? NULL : "needs samples of the field's dimension";
}

static int measure_rms(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    int m = n < a->v[0] ? n : (int)a->v[0];
    double *y = malloc((size_t)m * dim * sizeof *y), mean = 0, square = 0;

    if (!y)
        return fail("rms: out of memory for %d samples", m);
    if (reference_cached(true->cache, true->field, true->proc, true->start, &true->at, m, true->label, true->from, y)) {
        free(y);
        return -1;
    }
    for (int i = 0; i < m; i++) {
        double e2 = 0, gap;

        for (int d = 0; d < dim; d++)
            e2 += pow(x[(long)i * dim + d] - y[(long)i * dim + d], 2) / dim;
        gap = e2 - mean;
        mean += gap / (i + 1);
        square += gap * gap * i / (i + 1);
    }
    q->value = sqrt(mean);
    q->se = mean > 0 ? sqrt(square / (m - 1) / m) / (2 * q->value) : 0;
    free(y);
    return 0;
}

const metric metric_rms = {
    .name = "rms", .about = "root-mean-square error a coordinate of the end points against the exact flow from the same starts (1e-12), in units of the data",
    .par = { { "rows", "samples used, the first ones", NULL, 64, 4, 100000, 1 } },
    .relative = 1, .refuses = needs_flow, .measure = measure_rms, .no_floor = 1 };
