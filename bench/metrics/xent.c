/* Cross-entropy  -E log p_t(x)  of the samples under the exact density; its floor is the entropy of the law. */
#include <math.h>
#include <stdlib.h>
#include "bench/metrics/estimate.h"
#include "base/fail.h"

static const char *needs_density(const truth *true, int n, int dim)
{
    const char *no = needs_law(true, n, dim);

    return no ? no : true->law->logpdf ? NULL : "needs a law with a density";
}

static int measure_xent(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    const batch points = { 1, n, &true->at, x, true->label };
    double *logp = malloc(n * sizeof *logp), mean = 0, square = 0;

    (void)a, (void)dim;
    if (!logp)
        return fail("xent: out of memory for %d samples", n);
    if (true->law->logpdf(true->law, &points, logp)) {
        free(logp);
        return -1;
    }
    for (int i = 0; i < n; i++)
        mean -= logp[i] / n;
    for (int i = 0; i < n; i++)
        square += (logp[i] + mean) * (logp[i] + mean);
    q->value = mean;
    q->se = sqrt(square / (n - 1) / n);
    free(logp);
    return 0;
}

const metric metric_xent = {
    .name = "xent", .about = "cross-entropy of the samples under the exact density, in nats; the floor is the law's "
                             "entropy, and below it samples are too tame",
    .relative = 0, .refuses = needs_density, .measure = measure_xent };
