/*
 * DPM-Solver-fast: single steps of order 3, and a last one or two of lower order, so that N calls are used exactly.
 *
 *   N = 3 m:  m - 1 steps of order 3, one of 2, one of 1;   N = 3 m + 1: m of 3, one of 1;   N = 3 m + 2: m of 3, one of 2
 *
 * A grid of N steps is N calls: a step of order q covers q of its intervals, and its stages lie at the levels between.
 * On the lambda grid that is k-diffusion's dpm_fast but for the lengths of the last steps.  The last step to sigma = 0 is exponential Euler.
 */
#include <string.h>
#include "solvers/drive.h"
#include "solvers/exprk.h"

static void nodes_1(const double *par, double *c) { c[0] = 0; }
static void row_1(const double *par, int i, double z, double *a) { }

static const exprk exprk_1 = { 1, nodes_1, row_1 };
static const exprk *const of_order[] = { NULL, &exprk_1, &exprk_2s, &exprk_3s };

/* Order of the step that begins when `left` intervals are left. */
static int order_at(int left) { return left > 3 ? 3 : left == 3 ? 2 : left; }

static int whole(run *r, int steps, const level *grid, double *x)
{
    double *from = x, *to = r->y, *swap;
    int status = 0, noisy = grid[steps].sigma > 0 ? steps : steps - 1;

    for (int k = 0, q; k < steps && !status; k += q) {
        const level *a = grid + k;
        double par[3] = { 0 };

        if (told_to_stop(r->plan))
            return STOPPED;
        q = k < noisy ? order_at(noisy - k) : 1;
        for (int i = 1; i < q; i++)
            par[i - 1] = (a[i].lambda - a->lambda) / (a[q].lambda - a->lambda);
        status = k < noisy ? exprk_step(r, of_order[q], NOISE, par, r->w, a, a + q, from, to) : denoise(r, a, a + 1, from, to);
        r->count->steps++;
        swap = from, from = to, to = swap;
    }
    if (from != x)
        memcpy(x, from, (size_t)r->rows * r->dim * sizeof *x);
    return status ? FAILED : 0;
}

const solver solver_dpm_solver_fast = {
    .name = "dpm-solver-fast", .about = "DPM-Solver, single steps of order 3 and a lower last one: N calls on a grid of N steps",
    .cite = "Lu et al. 2022a, arXiv:2206.00927, section 3.4", .order = 2, .evals = 1, .work = 3, .never = ALPHA_0 | SIGMA_0, .whole = whole,
};
