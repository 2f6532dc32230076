/*
 * Improved precision and recall (Kynkaanniemi et al. 2019): a set covers a point that lies within the distance of one of its members
 * to that member's k-th neighbour in the set.  precision: samples covered by exact samples; recall: exact samples covered by samples.
 * Standard errors by leaving out groups of both sets: each member keeps enough neighbours to know its radius without any one group.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include "bench/estimate.h"
#include "models/fail.h"

enum { MAX_K = 10, SPARE = 14, LIST = MAX_K + SPARE, WHOLE = FOLDS, LEAST = 80 };

/* The nearest so far, nearest first. */
typedef struct near { double d2; int fold; } near;

/* n points of both sets; tiles of the covering one; radius[j][g]: squared, without group g, [WHOLE] with all; widest[j]: the largest of them. */
typedef struct cover { int n, dim, k, folds; const unsigned char *fold; const double *set, *points; double *tiles, (*radius)[FOLDS + 1], *widest;
                       uint32_t *covered; } cover;

static void keep(near *list, int length, double d2, int fold)
{
    int at = length - 1;

    if (!(d2 < list[at].d2))
        return;
    for (; at > 0 && list[at - 1].d2 > d2; at--)
        list[at] = list[at - 1];
    list[at] = (near){ d2, fold };
}

static void radii(const cover *c, int j)
{
    int length = c->k + SPARE;
    near list[LIST];

    for (int i = 0; i < length; i++)
        list[i] = (near){ INFINITY, -1 };
    for (int first = 0; first < c->n; first += TILE) {
        double d2[TILE];

        tile_distance2(c->dim, c->set + (long)j * c->dim, c->tiles + (long)first * c->dim, d2);
        for (int i = 0; i < TILE && first + i < c->n; i++)
            if (first + i != j)
                keep(list, length, d2[i], c->fold[first + i]);
    }
    c->widest[j] = 0;
    for (int g = 0; g <= WHOLE; g++) {
        int found = 0, i = 0;

        for (; i < length - 1; i++)
            if (list[i].fold != g && ++found == c->k)
                break;
        c->radius[j][g] = list[i].d2;
        c->widest[j] = list[i].d2 > c->widest[j] ? list[i].d2 : c->widest[j];
    }
}

/* Bit g: covered when group g is left out of the set. */
static uint32_t covers(const cover *c, const double *point)
{
    uint32_t bits = 0;

    for (int first = 0; first < c->n; first += TILE) {
        double d2[TILE];

        tile_distance2(c->dim, point, c->tiles + (long)first * c->dim, d2);
        for (int i = 0, j = first; i < TILE && j < c->n; i++, j++)
            for (int g = 0; g <= WHOLE && d2[i] <= c->widest[j]; g++)
                bits |= (uint32_t)(c->fold[j] != g && d2[i] <= c->radius[j][g]) << g;
    }
    return bits;
}

static void shares(const cover *c, folded *f)
{
    f->folds = c->folds, f->all = 0, f->only[0] = NAN;
    for (int g = 0; g <= WHOLE; g++) {
        double hit = 0, of = 0;

        for (int i = 0; i < c->n; i++)
            if (c->fold[i] != g)
                of++, hit += c->covered[i] >> g & 1;
        *(g == WHOLE ? &f->all : &f->but[g]) = hit / of;
    }
}

static int coverage(int n, int dim, int k, const double *set, const double *points, quality *q)
{
    int tiles = (n + TILE - 1) / TILE, status = 0;
    unsigned char *fold = malloc(n);
    cover c = { n, dim, k, folds_of(n), fold, set, points, malloc((size_t)tiles * TILE * dim * sizeof(double)), malloc(n * sizeof *c.radius),
                malloc(n * sizeof *c.widest), malloc(n * sizeof *c.covered) };
    folded f;

    if (!fold || !c.tiles || !c.radius || !c.widest || !c.covered) {
        status = fail("precision and recall: out of memory for %d samples; use a smaller rows=", n);
    } else {
        fold_draw(n, c.folds, fold);
        for (int I = 0; I < tiles; I++)
            tile_fill(n, dim, set, I * TILE, c.tiles + (long)I * TILE * dim);
        #pragma omp parallel for schedule(dynamic, TILE)
        for (int j = 0; j < n; j++)
            radii(&c, j);
        #pragma omp parallel for schedule(dynamic, TILE)
        for (int i = 0; i < n; i++)
            c.covered[i] = covers(&c, points + (long)i * dim);
        shares(&c, &f);
        folded_plain(&f, q);
    }
    free(fold), free(c.tiles), free(c.radius), free(c.widest), free(c.covered);
    return status;
}

static const char *needs_many(const truth *true, int n, int dim)
{
    return n < LEAST ? "needs at least 80 samples" : needs_law(true, n, dim);
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

#define NEIGHBOURS { { "k", "the neighbour that gives the radius", NULL, 3, 1, MAX_K, 1 }, { "rows", "samples used, the first ones", NULL, 4000, LEAST, 20000, 1 } }

const metric metric_precision = {
    .name = "precision", .about = "share of the samples that lie within the k-th neighbour's distance of one of as many exact samples; exact samples give the floor",
    .cite = "Kynkaanniemi et al. 2019", .par = NEIGHBOURS, .relative = 0, .refuses = needs_many, .measure = measure_precision };

const metric metric_recall = {
    .name = "recall", .about = "share of as many exact samples that lie within the k-th neighbour's distance of one of the samples; exact samples give the floor",
    .cite = "Kynkaanniemi et al. 2019", .par = NEIGHBOURS, .relative = 0, .refuses = needs_many, .measure = measure_recall };
