/* Energy distance  2 E|X - Y| - E|X - X'| - E|Y - Y'|  (Szekely and Rizzo 2013): the kernel statistic of k = -|x - y|,
 *                  over all pairs. */
#include <math.h>
#include <stdlib.h>
#include "bench/metrics/estimate.h"
#include "base/clones.h"

CLONES static void minus_distance(const kernel *k, double *d2)
{
    #pragma omp simd
    for (int j = 0; j < TILE; j++)
        d2[j] = -sqrt(d2[j]);
}

static int measure_energy(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    const kernel k = { minus_distance, 1, 0 };
    int m = n < a->v[0] ? n : (int)a->v[0], status;
    double *y = exact_sample(true, m, dim);

    if (!y)
        return -1;
    status = pair_quality(m, dim, x, y, &k, 0, q);
    free(y);
    return status;
}

const metric metric_energy = {
    .name = "energy", .about = "energy distance 2E|X-Y| - E|X-X'| - E|Y-Y'| to as many exact samples, over all pairs "
                               "(never negative), in units of the data",
    .cite = "Szekely and Rizzo 2013",
    .par = { { "rows", "samples used, the first ones", NULL, 4000, 4, 20000, 1 } },
    .relative = 1, .against = AGAINST_SAMPLE, .few = 1, .refuses = needs_law, .measure = measure_energy };
