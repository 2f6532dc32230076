/*
 * A Brownian path over the cells of a mesh in t, with its time integral: every cell has an increment W and an
 * integral Z of its own,
 *
 *   W = h^(1/2) z0,   Z = h^(3/2) (z0/2 + z1/sqrt(12)),   and over neighbours   W = W_1 + W_2,
 *   Z = Z_1 + Z_2 + W_1 h_2.
 *
 * Queries go from one end of a cell to another, so that grids nested in the cells see one path to strong order 1.5.
 */
#include <math.h>
#include "base/random.h"
#include "solvers/noise/noise.h"

enum { WIDE = 256 };

/* The end of a cell that is nearest to t; the ends rise or fall. */
static int nearest_end(const mesh *c, double t)
{
    int low = 0, high = c->n, falls = c->t[c->n] < c->t[0];

    while (high - low > 1) {
        int mid = (low + high) / 2;

        *((t < c->t[mid]) == falls ? &low : &high) = mid;
    }
    return fabs(t - c->t[low]) <= fabs(t - c->t[high]) ? low : high;
}

/* W and Z from end i to end j of the cells, for rows x dim numbers. */
static void gather(const noise *w, int i, int j, long row, int rows, int dim, double *W, double *Z)
{
    const mesh *c = w->data;
    double z0[WIDE], z1[WIDE];

    for (int k = 0; k < rows * dim; k++)
        W[k] = Z[k] = 0;
    for (; i < j; i++) {
        double h = fabs(c->t[i + 1] - c->t[i]), root = sqrt(h);

        normals((stream){ w->seed, USE_TREE }, row, i, 0, rows, dim, z0);
        normals((stream){ w->seed, USE_TREE }, row, i, 1, rows, dim, z1);
        for (int k = 0; k < rows * dim; k++) {
            Z[k] += W[k] * h + h * root * (z0[k] / 2 + z1[k] / sqrt(12));
            W[k] += root * z0[k];
        }
    }
}

static void increments(const noise *w, const draw *d, double *z)
{
    const mesh *c = w->data;
    int i = nearest_end(c, d->t_from), j = nearest_end(c, d->t_to), tile = WIDE / d->dim > 0 ? WIDE / d->dim : 1;
    double h = fabs(c->t[j] - c->t[i]);

    if (i >= j || d->dim > WIDE) {
        noise_fresh(w, d, z);
        return;
    }
    for (int row = 0; row < d->rows; row += tile) {
        int rows = d->rows - row < tile ? d->rows - row : tile;
        double W[WIDE], Z[WIDE];

        gather(w, i, j, d->row + row, rows, d->dim, W, Z);
        for (int k = 0; k < rows * d->dim; k++)
            z[(size_t)row * d->dim + k] = d->part ? (Z[k] / h - W[k] / 2) * sqrt(12 / h) : W[k] / sqrt(h);
    }
}

noise noise_mesh(uint64_t seed, const mesh *data) { return (noise){ .fill = increments, .seed = seed, .data = data }; }
