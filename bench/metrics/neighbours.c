/*
 * Improved precision and recall (Kynkaanniemi et al. 2019): a set covers a point that lies within the distance of one
 * of its members to that member's k-th neighbour in the set.  precision: samples covered by exact samples; recall:
 * exact samples covered by samples.  Whether a point is covered depends on its near neighbours alone, so the share's
 * variance falls as 1/n (Penrose and Yukich 2001, for sums over neighbours), and the spread over groups alone tells it.
 * (A jackknife errs by up to a factor 2: most of the variance is of second order.)
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/metrics/estimate.h"
#include "base/fail.h"

enum { MAX_K = 10, LEAST = 120, BATCHES = 8, WORTH = 256 };

/* n points of the covering set, in tiles, with their squared radii; n points to be covered. */
typedef struct cover { int n, dim, k; const double *set, *points; double *tiles, *radius; char *covered; } cover;

static void radius_of(const cover *c, int j)
{
    double near[MAX_K], d2[TILE];

    for (int i = 0; i < c->k; i++)
        near[i] = INFINITY;
    for (int first = 0; first < c->n; first += TILE) {
        tile_distance2(c->dim, c->set + (long)j * c->dim, c->tiles + (long)first * c->dim, d2);
        for (int i = 0; i < TILE && first + i < c->n; i++) {
            int at = c->k - 1;

            if (first + i == j || !(d2[i] < near[at]))
                continue;
            for (; at > 0 && near[at - 1] > d2[i]; at--)    /* NOLINT: k > 0 */
                near[at] = near[at - 1];
            near[at] = d2[i];
        }
    }
    c->radius[j] = near[c->k - 1];
}

static int covers(const cover *c, const double *point)
{
    double d2[TILE];

    for (int first = 0; first < c->n; first += TILE) {
        tile_distance2(c->dim, point, c->tiles + (long)first * c->dim, d2);
        for (int i = 0; i < TILE && first + i < c->n; i++)
            if (d2[i] <= c->radius[first + i])
                return 1;
    }
    return 0;
}

/* The share of the n points that the n of the set cover. */
static double share(const cover *c)
{
    double hits = 0;

    for (int first = 0; first < c->n; first += TILE)
        tile_fill(c->n, c->dim, c->set, first, c->tiles + (long)first * c->dim);
    #pragma omp parallel for schedule(dynamic, TILE) if (c->n > WORTH)
    for (int j = 0; j < c->n; j++)
        radius_of(c, j);
    #pragma omp parallel for schedule(dynamic, TILE) if (c->n > WORTH)
    for (int i = 0; i < c->n; i++)
        c->covered[i] = covers(c, c->points + (long)i * c->dim);
    for (int i = 0; i < c->n; i++)
        hits += c->covered[i];
    return hits / c->n;
}

/* The rows of group g, one after the other. */
static int gather(int n, int dim, const unsigned char *fold, int g, const double *x, double *out)
{
    int count = 0;

    for (int i = 0; i < n; i++)
        if (fold[i] == g)
            memcpy(out + (long)count++ * dim, x + (long)i * dim, dim * sizeof *x);
    return count;
}

static void share_and_spread(const cover *all, const unsigned char *fold, double *rows, quality *q)
{
    cover c = *all;
    double mean = 0, square = 0;

    q->value = share(all);
    c.set = rows, c.points = rows + (long)all->n * all->dim;
    for (int g = 0; g < BATCHES; g++) {
        double gap;

        c.n = gather(all->n, all->dim, fold, g, all->set, rows);
        gather(all->n, all->dim, fold, g, all->points, rows + (long)all->n * all->dim);
        gap = share(&c) - mean;
        mean += gap / (g + 1);
        square += gap * gap * g / (g + 1);
    }
    q->se = sqrt(square / (BATCHES - 1) / BATCHES);
}

static int coverage(int n, int dim, int k, const double *set, const double *points, quality *q)
{
    size_t padded = (size_t)(n + TILE) * dim;
    double *workspace = malloc((padded + n + 2 * (size_t)n * dim) * sizeof *workspace);
    unsigned char *fold = malloc(2 * (size_t)n);

    if (workspace && fold) {
        cover c = { n, dim, k, set, points, workspace, workspace + padded, (char *)fold + n };

        fold_draw(n, BATCHES, fold);
        share_and_spread(&c, fold, workspace + padded + n, q);
    }
    free(workspace), free(fold);
    return workspace && fold ? 0 : fail("precision and recall: out of memory for %d samples; use a smaller rows=", n);
}

static const char *needs_many(const truth *true, int n, int dim)
{
    return n < LEAST ? "needs at least 120 samples" : needs_law(true, n, dim);
}

static int measure_either(const truth *true, const args *a, int n, int dim, const double *x, int recall, quality *q)
{
    int m = n < a->v[1] ? n : (int)a->v[1], status;
    double *y = exact_sample(true, m, dim);

    if (!y)
        return -1;
    status = coverage(m, dim, (int)a->v[0], recall ? x : y, recall ? y : x, q);
    free(y);
    return status;
}

static int measure_precision(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    return measure_either(true, a, n, dim, x, 0, q);
}

static int measure_recall(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    return measure_either(true, a, n, dim, x, 1, q);
}

#define NEIGHBOURS { { "k", "the neighbour that gives the radius", NULL, 3, 1, MAX_K, 1 }, \
                     { "rows", "samples used, the first ones", NULL, 4000, LEAST, 20000, 1 } }

const metric metric_precision = {
    .name = "precision",
    .about = "share of the samples that lie within the k-th neighbour's distance of one of as many exact samples; "
             "exact samples give the floor",
    .cite = "Kynkaanniemi et al. 2019", .par = NEIGHBOURS, .relative = 0, .refuses = needs_many,
    .measure = measure_precision };

const metric metric_recall = {
    .name = "recall", .about = "share of as many exact samples that lie within the k-th neighbour's distance of one of "
                               "the samples; exact samples give the floor",
    .cite = "Kynkaanniemi et al. 2019", .par = NEIGHBOURS, .relative = 0, .refuses = needs_many,
    .measure = measure_recall };
