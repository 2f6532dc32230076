/*
 * DPM-Solver-fast: single steps of order 3, and a last one or two of lower order, so that N calls are used exactly.
 *
 *   N = 3 m:  m - 1 steps of order 3, one of 2, one of 1;   N = 3 m + 1: m of 3, one of 1;
 *   N = 3 m + 2: m of 3, one of 2
 *
 * and the same with steps of order 2 and a last one of 1.
 * A grid of N steps is N calls: a step of order q covers q of its intervals, and its stages lie at the levels between.
 * The last step to sigma = 0 is exponential Euler, and counts as the one of order 1.
 *
 * No order is claimed: where N = 3 m + 2 it is 3; else the last step, of order 1, costs h^2 D', which is order 2
 * where the grid ends in the middle and is not seen where it ends at the data, where D' vanishes.  With steps of
 * order 2 it is 2 for any N.
 */
#include <string.h>
#include "solvers/engine/drive.h"
#include "solvers/tools/exprk.h"

enum { ORDER, PREDICT, TYPE, END };

static void nodes_1(const double *par, double *c) { c[0] = 0; }
static void row_1(const double *par, int i, double z, double *a) { }

static const exprk exprk_1 = { 1, nodes_1, row_1 };
static const exprk *const of_order[] = { NULL, &exprk_1, &exprk_2s, &exprk_3s };

/* Order of the step that begins when `left` intervals are left, `noisy` of them above sigma = 0. */
static int order_at(const double *par, int left, int noisy)
{
    int most = (int)par[ORDER], q = left < most ? left : most;

    if (left == most && (most == 3 || par[END]))
        q--;
    return q < noisy ? q : noisy;
}

/* A step over q intervals from a, whose stages are at the levels between. */
static int over(run *r, int q, const level *a, const double *x, double *y)
{
    double par[3] = { 0 };

    for (int i = 1; i < q; i++)
        par[i - 1] = (a[i].lambda - a->lambda) / (a[q].lambda - a->lambda);
    par[q - 1] = r->par[TYPE];
    return exprk_step(r, of_order[q], r->par[PREDICT] == NOISE ? NOISE : DATA, par, r->w, a, a + q, x, y);
}

static int whole(drive *v, int steps, const level *grid, double *x)
{
    run *r = &v->step;
    double *from = x, *to = v->y, *swap;
    int status = 0, noisy = grid[steps].sigma > 0 ? steps : steps - 1;

    for (int k = 0, q; k < steps && !status; k += q) {
        if (told_to_stop(v->plan))
            return STOPPED;
        q = k < noisy ? order_at(r->par, steps - k, noisy - k) : 1;
        status = k < noisy ? over(r, q, grid + k, from, to) : denoise(v, grid + k, grid + k + 1, from, to);
        v->count->steps++;
        swap = from, from = to, to = swap;
    }
    if (from != x)
        memcpy(x, from, (size_t)r->rows * r->dim * sizeof *x);
    return status ? FAILED : 0;
}

static void claims(const method *m, double *order, int *stochastic)
{
    *order = m->par[ORDER] == 2 ? 2 : 0, *stochastic = 0;
}

const solver solver_dpm_solver_fast = {
    .name = "dpm-solver-fast",
    .about = "DPM-Solver, single steps of order 3 and a lower last one: N calls on a grid of N steps",
    .cite = "Lu et al. 2022a, arXiv:2206.00927, section 3.4", .evals = 1, .work = 3, .never = ALPHA_0 | SIGMA_0,
    .claims = claims,
    .whole = whole,
    .par = { [ORDER] = { "order", "of the steps before the last", NULL, 3, 2, 3, 1 },
             [PREDICT] = { "predict", "the prediction that is integrated", "data noise", NOISE },
             [TYPE] = { "type", "how the change of the prediction is weighted (dpm-solver-2s, -3s)",
                        "dpmsolver taylor half", 0 },
             [END] = { "end", "the last steps where N is even and order=2: one of order 2 or two of order 1 "
                              "(diffusers)", "full lower", 0 } },
};
