/*
 * Triangular Anderson acceleration of the windowed fixed point (ParaTAA).
 * The equations of order k: with phi_m the inner method's solve of slice m, h_j is the state j that the solves of the
 * last k slices give when changes are carried on from one to the next (picard.c), and R_j = h_j - x_j.
 * From the last m iterations' differences dX, dR of states and residuals
 *
 *   x_j <- x_j + R_j - sum_l gamma_l (dX_l + dR_l)_j,
 *   gamma = argmin |sum_{i<=j} R_i - gamma dR_i|^2 + ridge |gamma|^2,
 *
 * over the states i of the window up to j alone: a state depends on those before it, as it must.
 * The states that have settled, and the first that has not, take h_j itself.  A state has settled when
 * |R_j|^2/dim <= tol^2 s_j^2 and all before it have (the paper looks at k = 1 there, but then small residuals of
 * many states may add up).
 * ridge is relative to the mean diagonal of the normal equations (the paper's is absolute).
 */
#include <math.h>
#include <string.h>
#include "solvers/methods/parallel/window.h"

enum { MEMORY = WINDOW_OWN, ORDER, RIDGE };
enum { MOST = 8 };
/* arrays of the window: the last states and residuals, then dX and dR of each iteration */
enum { BEFORE_X, BEFORE_R, PAIRS };

static double *kept(const window *w, int which, int row, int j, int dim)
{
    return window_at(w, w->more + which * w->size, row, j, dim);
}

/* h of all states: the changes of the last `order` - 1 of them carried on. */
static void chain(const run *r, const window *w, int row, int len)
{
    int dim = r->dim, order = r->par[ORDER] > 0 ? (int)r->par[ORDER] : len;

    for (int j = 0; j < len; j++) {
        double *h = window_at(w, w->fresh, row, j, dim);
        /* all slices: h of the state before is the first part of this one's */
        const double *before = order >= len && j ? h - dim : h;
        int first = j - order + 1 > 0 ? j - order + 1 : 0, m = before == h ? first + 1 : j;

        if (before == h)
            memcpy(h, window_at(w, w->answer, row, first, dim), dim * sizeof *h);
        for (; m <= j; m++, before = h)
            window_carry(w, w->begin[row] + m, dim, window_at(w, w->answer, row, m, dim), before,
                         window_at(w, w->x, row, m, dim), h);
    }
}

/* How many states, from the first on, their equations leave where they are. */
static int settled(const run *r, const window *w, int row, int len)
{
    int j = 0;

    while (j < len && window_passes(r, w, w->begin[row] + j + 1, window_at(w, w->fresh, row, j, r->dim),
                                    window_at(w, w->x, row, j + 1, r->dim)))
        j++;
    return j;
}

/* The differences of this iteration, where the state was there in the last one, go to its place in the ring. */
static void remember(const run *r, const window *w, int row, int j, int ring)
{
    int dim = r->dim;
    const double *x = window_at(w, w->x, row, j + 1, dim), *h = window_at(w, w->fresh, row, j, dim);
    double *x0 = kept(w, BEFORE_X, row, j + 1, dim), *r0 = kept(w, BEFORE_R, row, j + 1, dim);
    double *dx = kept(w, PAIRS + 2 * ring, row, j + 1, dim), *dr = kept(w, PAIRS + 2 * ring + 1, row, j + 1, dim);

    for (int d = 0; d < dim; d++) {
        double residual = h[d] - x[d];

        dx[d] = x[d] - x0[d], dr[d] = residual - r0[d];
        x0[d] = x[d], r0[d] = residual;
    }
}

/* gamma of n normal equations, by Cholesky; all 0 where they are singular. */
static void solve_small(int n, double a[MOST][MOST], const double *b, double ridge, double *gamma)
{
    double l[MOST][MOST] = { { 0 } }, trace = 0;

    for (int i = 0; i < n; i++)
        trace += a[i][i], gamma[i] = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k <= i; k++) {
            double sum = a[i][k] + (i == k ? ridge * trace / n : 0);

            for (int q = 0; q < k; q++)
                sum -= l[i][q] * l[k][q];
            if (i == k && !(sum > 0))
                return;
            l[i][k] = i == k ? sqrt(sum) : sum / l[k][k];
        }
    for (int i = 0; i < n; i++) {
        gamma[i] = b[i];
        for (int q = 0; q < i; q++)
            gamma[i] -= l[i][q] * gamma[q];
        gamma[i] /= l[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int q = i + 1; q < n; q++)
            gamma[i] -= l[q][i] * gamma[q];
        gamma[i] /= l[i][i];
    }
}

static double dot(int dim, const double *a, const double *b)
{
    double sum = 0;

    for (int d = 0; d < dim; d++)
        sum += a[d] * b[d];
    return sum;
}

/* The states behind the first `plain` ones are accelerated. */
static void accelerate(const run *r, const window *w, int row, int len, int plain)
{
    int dim = r->dim, memory = (int)r->par[MEMORY];
    const int *age = w->age + row * (w->width + 1);
    double a[MOST][MOST] = { { 0 } }, b[MOST] = { 0 }, gamma[MOST];

    for (int j = 0; j < len; j++) {
        int n = age[j + 1] < memory ? age[j + 1] : memory;
        const double *dx[MOST], *dr[MOST], *residual = kept(w, BEFORE_R, row, j + 1, dim);
        double *fresh = window_at(w, w->fresh, row, j, dim);

        for (int k = 0; k < n; k++) {
            int ring = (w->iteration - k) % memory;

            dx[k] = kept(w, PAIRS + 2 * ring, row, j + 1, dim), dr[k] = kept(w, PAIRS + 2 * ring + 1, row, j + 1, dim);
            b[k] += dot(dim, dr[k], residual);
            for (int q = 0; q <= k; q++)
                a[k][q] += dot(dim, dr[k], dr[q]);      /* NOLINT: dr[q] was set, q <= k */
        }
        if (j < plain || !n)
            continue;
        solve_small(n, a, b, r->par[RIDGE], gamma);
        for (int k = 0; k < n; k++)
            for (int d = 0; d < dim; d++)
                fresh[d] -= gamma[k] * (dx[k][d] + dr[k][d]);
    }
}

static int guess(const run *r, window *w, int row, int len)
{
    int passed, memory = (int)r->par[MEMORY];

    chain(r, w, row, len);
    passed = settled(r, w, row, len);
    for (int j = 0; j < len && memory; j++)
        remember(r, w, row, j, w->iteration % memory);
    if (memory)
        accelerate(r, w, row, len, passed + 1);
    return passed;
}

static int open(run *r) { return window_open(r, r->par[MEMORY] > 0 ? PAIRS + 2 * (int)r->par[MEMORY] : 0); }
static int whole(drive *v, int steps, const level *grid, double *x) { return window_whole(v, steps, grid, x, guess); }

const solver solver_anderson = {
    .name = "anderson", .about = "Picard iteration with triangular Anderson acceleration, parallel in time",
    .cite = "Tang et al. 2024, arXiv:2402.09970",
    .evals = 1, .inners = 1, .serial_reference = 1, .shape = window_shape, .claims = window_claims,
    .check = window_check,
    .open = open, .whole = whole,
    .close = window_close,
    .par = { WINDOW_PARAMS,
             [MEMORY] = { "memory", "iterations that are remembered; 0: none", NULL, 1, 0, MOST, 1 },
             [ORDER] = { "order", "slices over which a change is carried on at once; 0: all", NULL, 0, 0, 1e6, 1 },
             [RIDGE] = { "ridge", "regularisation of the least squares, relative to its mean diagonal", NULL, 1e-3,
                         0, 1 } },
};
