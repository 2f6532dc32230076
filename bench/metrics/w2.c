/*
 * Exact Wasserstein-2 distance of samples by optimal assignment:
 * W2^2 = min over permutations p of mean_i |x_i - y_p(i)|^2, by shortest augmenting paths with dual prices (Jonker and
 * Volgenant 1987), O(rows^3), over disjoint batches of `rows` samples.
 */
#include <math.h>
#include <stdlib.h>
#include "bench/metrics/estimate.h"
#include "base/clones.h"
#include "base/fail.h"

enum { LEAST_BATCHES = 8, MOST_BATCHES = 40 };

/* n x n costs; prices u of rows and v of columns; columns' rows (-1: free); a search's distance, column before, and
 * columns that are done. */
typedef struct pairing { int n; double *cost, *u, *v, *far; int *row, *before, *done; } pairing;

/* far_j = min(far_j, base + cost - v_j) over the columns that are not done. */
CLONES static void relax(int n, const double *cost, const double *v, double base, int from, const int *done,
                         double *far, int *before)
{
    #pragma omp simd
    for (int j = 0; j < n; j++) {
        double d = base + cost[j] - v[j];
        int nearer = !done[j] & (d < far[j]);

        far[j] = nearer ? d : far[j];
        before[j] = nearer ? from : before[j];
    }
}

static int nearest_open(const pairing *p)
{
    int best = -1;

    for (int j = 0; j < p->n; j++)
        if (!p->done[j] && (best < 0 || p->far[j] < p->far[best]))
            best = j;
    return best;
}

/* The shortest path from row i to a free column, then prices that keep every assigned pair tight, then
 * the swaps along the path. */
static void augment(pairing *p, int i)
{
    int n = p->n, end = -1;

    for (int j = 0; j < n; j++)
        p->far[j] = INFINITY, p->before[j] = -1, p->done[j] = 0;
    for (int at = i, from = -1, last = 0; !last;) {
        double base = (from < 0 ? 0 : p->far[from]) - p->u[at];

        relax(n, p->cost + (long)at * n, p->v, base, from, p->done, p->far, p->before);
        from = nearest_open(p);
        p->done[from] = 1;
        last = p->row[from] < 0;
        end = from, at = p->row[from];
    }
    p->u[i] += p->far[end];
    for (int j = 0; j < n; j++)
        if (p->done[j] && j != end) {
            p->u[p->row[j]] += p->far[end] - p->far[j];
            p->v[j] -= p->far[end] - p->far[j];
        }
    for (int j = end; j >= 0; j = p->before[j])
        p->row[j] = p->before[j] < 0 ? i : p->row[p->before[j]];
}

static double assignment(pairing *p)
{
    double sum = 0;

    for (int j = 0; j < p->n; j++)
        p->row[j] = -1, p->u[j] = p->v[j] = 0;
    for (int i = 0; i < p->n; i++)
        augment(p, i);
    for (int j = 0; j < p->n; j++)
        sum += p->cost[(long)p->row[j] * p->n + j];
    return sum / p->n;
}

static int batch_distance(int n, int dim, const double *x, const double *y, double *distance)
{
    double *slab = malloc(((size_t)n * n + 3 * n + (size_t)dim * TILE) * sizeof *slab), *tile;
    int *counts = malloc(3 * n * sizeof *counts);
    pairing p = { n, slab, NULL, NULL, NULL, counts, NULL, NULL };

    if (slab && counts) {
        p.u = slab + (long)n * n, p.v = p.u + n, p.far = p.v + n, tile = p.far + n;
        p.before = counts + n, p.done = p.before + n;
        for (int first = 0; first < n; first += TILE) {
            tile_fill(n, dim, y, first, tile);
            for (int i = 0; i < n; i++) {
                double d2[TILE];

                tile_distance2(dim, x + (long)i * dim, tile, d2);
                for (int j = 0; j < TILE && first + j < n; j++)
                    p.cost[(long)i * n + first + j] = d2[j];
            }
        }
        *distance = sqrt(assignment(&p));
    }
    free(slab), free(counts);
    return slab && counts ? 0 : -1;
}

static const char *needs_batches(const truth *true, int n, int dim)
{
    return n < 4 * LEAST_BATCHES ? "needs at least 32 samples" : needs_law(true, n, dim);
}

static int measure_w2(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    int rows = n / LEAST_BATCHES < a->v[0] ? n / LEAST_BATCHES : (int)a->v[0], none = 0;    /* NOLINT: whole batches */
    int batches = n / rows < MOST_BATCHES ? n / rows : MOST_BATCHES;
    double *y = exact_sample(true, rows * batches, dim), d[MOST_BATCHES], mean = 0, square = 0;

    if (!y)
        return -1;
    #pragma omp parallel for schedule(dynamic) reduction(|:none)
    for (int b = 0; b < batches; b++)
        none |= batch_distance(rows, dim, x + (long)b * rows * dim, y + (long)b * rows * dim, &d[b]);
    free(y);
    if (none)
        return fail("w2: out of memory for batches of %d samples; use a smaller rows=", rows);
    for (int b = 0; b < batches; b++)
        mean += d[b] / batches;
    for (int b = 0; b < batches; b++)
        square += (d[b] - mean) * (d[b] - mean);
    q->value = mean;
    q->se = sqrt(square / (batches - 1) / batches);
    return 0;
}

const metric metric_w2 = {
    .name = "w2", .about = "exact Wasserstein-2 distance by assignment to exact samples, in units of the data: mean "
                           "over at most 40 disjoint batches of `rows` "
                           "(of n/8 where that is less); large in high dimension even for exact samples: compare with "
                           "the floor",
    .cite = "Jonker and Volgenant 1987",
    .par = { { "rows", "samples a batch", NULL, 256, 4, 4000, 1 } },
    .relative = 1, .against = AGAINST_SAMPLE, .refuses = needs_batches, .measure = measure_w2 };
