/* Mode mass error of mixtures: the total variation  sum_k |p_k - w_k| / 2 between the modes'
 * frequencies and their weights. */
#include <math.h>
#include <stdlib.h>
#include "bench/metrics/estimate.h"
#include "base/fail.h"

enum { DRAWS = 2000 };

static const char *needs_modes(const truth *true, int n, int dim)
{
    const char *no = needs_law(true, n, dim);

    if (no)
        return no;
    if (!true->law->mode_of || true->law->modes < 1)
        return "needs a mixture";
    return true->label ? "needs samples without labels" : NULL;
}

/* Frequencies drawn towards the weights by their own noise: |c - w|^2 = |p - w|^2 - p (1 - p)/n where that
 * is positive, else c = w. */
static void shrink(int modes, int n, const double *weight, const double *p, double *c)
{
    double sum = 0;

    for (int k = 0; k < modes; k++) {
        double gap = p[k] - weight[k], left = gap * gap - weight[k] * (1 - weight[k]) / n;

        c[k] = weight[k] + (left > 0 ? copysign(sqrt(left), gap) : 0);
        c[k] = c[k] > 0 ? c[k] : 0;
        sum += c[k];
    }
    for (int k = 0; k < modes; k++)
        c[k] /= sum;
}

/* Spread of the total variation over normal redraws of the counts, c_k + (sqrt(c_k) z_k - c_k sum_j sqrt(c_j)
 * z_j)/sqrt(n): |.| has no derivative where p = w, and there a jackknife would err by two thirds. */
static double redraw(int modes, int n, const double *weight, const double *c, double *z)
{
    double mean = 0, square = 0;

    for (int d = 0; d < DRAWS; d++) {
        double total = 0, gap = 0;

        normals((stream){ 0x6d6f646573, USE_METRIC }, d, 0, 0, 1, modes, z);
        for (int k = 0; k < modes; k++)
            total += sqrt(c[k]) * z[k];
        for (int k = 0; k < modes; k++)
            gap += fabs(c[k] - weight[k] + (sqrt(c[k]) * z[k] - c[k] * total) / sqrt(n)) / 2;
        gap -= mean;
        mean += gap / (d + 1);
        square += gap * gap * d / (d + 1);
    }
    return sqrt(square / (DRAWS - 1));
}

static int measure_modes(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    const law *l = true->law;
    const batch points = { 1, n, &true->at, x, NULL };
    int *mode = malloc(n * sizeof *mode), status = 0;
    double *p = calloc(3 * l->modes, sizeof *p);

    (void)a, (void)dim;
    if (!mode || !p)
        status = fail("modemass: out of memory for %d samples", n);
    if (!status)
        status = l->mode_of(l, &points, mode);
    if (!status) {
        for (int i = 0; i < n; i++)
            p[mode[i]] += 1. / n;
        q->value = 0;
        for (int k = 0; k < l->modes; k++)
            q->value += fabs(p[k] - l->mode_weight[k]) / 2;
        shrink(l->modes, n, l->mode_weight, p, p + l->modes);
        q->se = redraw(l->modes, n, l->mode_weight, p + l->modes, p + 2 * l->modes);
    }
    free(mode), free(p);
    return status;
}

const metric metric_modemass = {
    .name = "modemass", .about = "total variation between the frequencies of a mixture's modes among the samples and "
                                 "the modes' weights, 0 to 1",
    .relative = 1, .refuses = needs_modes, .measure = measure_modes };
