/* What metrics share: the delete-a-group jackknife with its second-order part, squared distances by tiles,
 * kernel sums over pairs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/metrics/estimate.h"
#include "base/clones.h"
#include "base/fail.h"

const char *needs_law(const truth *true, int n, int dim)
{
    (void)n;
    if (!true->law)
        return "needs a model whose data are known";
    return true->law->dim == dim ? NULL : "needs samples of the law's dimension";
}

double *exact_sample(const truth *true, int n, int dim)
{
    double *y = malloc((size_t)n * dim * sizeof *y);

    if (!y) {
        fail("metrics: out of memory for %d exact samples of dimension %d; use fewer samples", n, dim);
        return NULL;
    }
    if (truth_sample(true, 0, n, dim, y)) {
        free(y);
        return NULL;
    }
    return y;
}

int folds_of(int n) { return n / 2 < FOLDS ? n / 2 : FOLDS; }

/* Fisher and Yates, from the back. */
void fold_draw(int n, int folds, unsigned char *fold)
{
    enum { STRIP = 256 };
    const stream s = { 0x666f6c64, USE_METRIC };
    double u[STRIP];

    for (int i = 0; i < n; i++)
        fold[i] = i % folds;
    for (int i = n - 1, k = 0; i > 0; i--, k++) {
        unsigned char last = fold[i];
        int j;

        if (k % STRIP == 0)
            uniforms(s, k / STRIP, 0, 0, 1, STRIP, u);
        j = u[k % STRIP] * (i + 1);
        fold[i] = fold[j], fold[j] = last;
    }
}

/* Sum of squares about the mean. */
static double scatter(int n, const double *v, double *mean)
{
    double sum = 0;

    *mean = 0;
    for (int i = 0; i < n; i++)
        *mean += v[i] / n;
    for (int i = 0; i < n; i++)
        sum += (v[i] - *mean) * (v[i] - *mean);
    return sum;
}

double folded_variance(const folded *f)
{
    double mean, G = f->folds, jack = (G - 1) / G * scatter(f->folds, f->but, &mean), alone, second;

    if (isnan(f->only[0]) || G < 4)
        return jack;
    alone = scatter(f->folds, f->only, &mean) / (G * (G - 1));
    second = (alone - jack) / (G - 2);
    second = second < 0 ? 0 : second;
    return second < jack / 2 ? jack - second : jack / 2;
}

void folded_plain(const folded *f, quality *q)
{
    q->value = f->all;
    q->se = sqrt(folded_variance(f));
}

/* d sqrt(T) = dT / (2 sqrt(T)), with T no smaller than its own bias: a T that is small by luck has
 * no larger error for it. */
void folded_root(const folded *f, quality *q)
{
    double mean, bias, T = f->all > 0 ? f->all : 0;

    scatter(f->folds, f->but, &mean);
    bias = (f->folds - 1) * (mean - f->all);
    q->value = sqrt(T);
    q->se = T > 0 || bias > 0 ? sqrt(folded_variance(f)) / (2 * sqrt(T > bias ? T : bias)) : 0;
}

void tile_fill(int n, int dim, const double *x, int first, double *tile)
{
    for (int j = 0; j < TILE; j++) {
        const double *point = x + (long)(first + j < n ? first + j : n - 1) * dim;

        for (int d = 0; d < dim; d++)
            tile[d * TILE + j] = point[d];
    }
}

CLONES static void distances_to_tile(int dim, const double *point, const double *tile, double *d2)
{
    double sum[TILE] = { 0 };

    for (int d = 0; d < dim; d++) {
        double p = point[d];

        #pragma omp simd
        for (int j = 0; j < TILE; j++) {
            double e = p - tile[d * TILE + j];

            sum[j] = fma(e, e, sum[j]);
        }
    }
    memcpy(d2, sum, sizeof sum);
}

void tile_distance2(int dim, const double *point, const double *tile, double *d2)
{
    distances_to_tile(dim, point, tile, d2);
}

/* row[J n + i] = sum over the j of tile J, j != i, of H_ij;
 * H is symmetric, so tile pair (I, J > I) fills row[J n + i] and row[I n + j].
 * square[I]: the sum of H_ij^2, i in tile I, j in tiles from I on, off the diagonal twice. */
typedef struct pairs {
    int n, dim, tiles;
    const double *x, *y, *tx, *ty;
    const kernel *k;
    double *row, *square, *own;
} pairs;

static void tile_pair(const pairs *p, int I, int J)
{
    long block = (long)p->dim * TILE;
    const double *tx = p->tx + J * block, *ty = p->ty + J * block;
    int rows = p->n - I * TILE < TILE ? p->n - I * TILE : TILE, cols = p->n - J * TILE < TILE ? p->n - J * TILE : TILE;
    double down[TILE] = { 0 }, squares = 0;

    for (int r = 0; r < rows; r++) {
        double xx[TILE], yy[TILE], xy[TILE], yx[TILE], across = 0;
        int i = I * TILE + r;
        const double *x = p->x + (long)i * p->dim, *y = p->y + (long)i * p->dim;

        tile_distance2(p->dim, x, tx, xx), tile_distance2(p->dim, y, ty, yy);
        tile_distance2(p->dim, x, ty, xy), tile_distance2(p->dim, y, tx, yx);
        p->k->of(p->k, xx), p->k->of(p->k, yy), p->k->of(p->k, xy), p->k->of(p->k, yx);
        if (I == J)
            p->own[i] = 2 * (p->k->k0 - xy[r]);
        for (int c = 0; c < cols; c++) {
            double H = I == J && r == c ? 0 : xx[c] + yy[c] - xy[c] - yx[c];

            across += H;
            down[c] += H;
            squares = fma(H, H, squares);
        }
        p->row[(long)J * p->n + i] = across;
    }
    for (int c = 0; c < cols && I < J; c++)
        p->row[(long)I * p->n + J * TILE + c] = down[c];
    p->square[I] += I < J ? 2 * squares : squares;
}

/* Observations' mean H with the others (in row[0..n)) and the sum of all H_ij^2, i != j. */
static double pair_sums(const pairs *p)
{
    double squares = 0;

    #pragma omp parallel for schedule(dynamic)
    for (int I = 0; I < p->tiles; I++) {
        p->square[I] = 0;
        for (int J = I; J < p->tiles; J++)
            tile_pair(p, I, J);
    }
    for (int i = 0; i < p->n; i++) {
        for (int J = 1; J < p->tiles; J++)
            p->row[i] += p->row[(long)J * p->n + i];
        p->row[i] /= p->n - 1;
    }
    for (int I = 0; I < p->tiles; I++)
        squares += p->square[I];
    return squares;
}

/* zeta1 from the variance of the rows' means, which holds `noise` = zeta2/n besides.
 * Near the noise twice as much is taken off: cutting a fluctuating estimate at 0 would leave it too large (standard
 * errors at the floor would be 1.4 times too large in 1-D). */
static double first_order(double rows, double noise)
{
    double left = rows > 0 ? rows - noise * (1 + noise / rows) : 0;

    return left > 0 ? left : 0;
}

int pair_quality(int n, int dim, const double *x, const double *y, const kernel *k, int unbiased, quality *q)
{
    int tiles = (n + TILE - 1) / TILE;
    long block = (long)dim * TILE;
    double *workspace = malloc((2 * tiles * block + (long)tiles * n + tiles + n) * sizeof *workspace), mean, one, two,
        own = 0;
    double *tx = workspace, *ty = tx + tiles * block, *row = ty + tiles * block, *square = row + (long)tiles * n;
    pairs p = { n, dim, tiles, x, y, tx, ty, k, row, square, square + tiles };

    if (!workspace)
        return fail("metrics: out of memory for the pairs of %d samples; use a smaller rows=", n);
    for (int I = 0; I < tiles; I++)
        tile_fill(n, dim, x, I * TILE, tx + I * block), tile_fill(n, dim, y, I * TILE, ty + I * block);
    two = pair_sums(&p) / ((double)n * (n - 1));
    one = scatter(n, row, &mean) / (n - 1);
    two -= mean * mean + 2 * one;
    two = two > 0 ? two : 0;
    one = first_order(one, two / n);
    for (int i = 0; i < n; i++)
        own += p.own[i] / n;
    q->value = unbiased ? mean : mean + (own - mean) / n;
    q->se = sqrt(4 * one / n + 2 * two / ((double)n * n));
    free(workspace);
    return 0;
}
