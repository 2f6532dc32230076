/*
 * Picard iteration over a sliding window (ParaDiGMS): with phi_k the inner method's solve of
 * slice k from the guess x_k,
 *
 *   x_{k+1} <- x_b + sum_{m=b..k} (phi_m(x_m) - x_m),   b the state that has settled,
 *
 * which is what a change of x_m does to x_{m+1}, carried on:  x_{k+1} <- phi_k(x_k) + c (x_k new - x_k),  c = 1.
 * In this form a state whose predecessor has settled takes the solve's own result, bit for bit.  The window slides
 * to the first state with
 *
 *   |x_k new - x_k|^2/dim > tol^2 s_k^2,   s_k the noise of the ancestral step that begins there.
 */
#include "solvers/methods/parallel/window.h"

static int guess(const run *r, window *w, int row, int len)
{
    int dim = r->dim, passed = 0;

    for (int j = 0; j < len; j++) {
        double *fresh = window_at(w, w->fresh, row, j, dim);
        const double *now = j ? fresh - dim : window_at(w, w->x, row, 0, dim);

        window_carry(w, w->begin[row] + j, dim, window_at(w, w->answer, row, j, dim), now,
                     window_at(w, w->x, row, j, dim), fresh);
        if (passed == j && window_passes(r, w, w->begin[row] + j + 1, fresh, window_at(w, w->x, row, j + 1, dim)))
            passed++;
    }
    return passed;
}

static int open(run *r) { return window_open(r, 0); }
static int whole(drive *v, int steps, const level *grid, double *x) { return window_whole(v, steps, grid, x, guess); }

const solver solver_picard = {
    .name = "picard", .about = "Picard iteration over a sliding window, parallel in time",
    .cite = "Shih et al. 2023, arXiv:2305.16317",
    .evals = 1, .inners = 1, .serial_reference = 1, .shape = window_shape, .claims = window_claims,
    .check = window_check,
    .open = open, .whole = whole,
    .close = window_close,
    .par = { WINDOW_PARAMS,
             [WINDOW_OWN] = { "norm", "every row has its own window, or all of the batch one", "row batch", 0,
                              .role = ROLE_COUPLES } },
};
