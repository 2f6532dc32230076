/*
 * Refined exponential solvers, multistep: exponential Adams-Bashforth with exact weights through 2 or 3 data
 * predictions.  The first step of res-3m is res-2s.  res-2m is dpmpp-2m but for the weight phi_2/phi_1 in place of 1/2
 * (other programs: its type heun or taylor).
 */
#include "solvers/tools/adams_exp.h"

static const double half[] = { 0.5, 1 };
static const adams two = { .points = 2, .form = DATA, .rule = EXACT };
static const adams three = { .points = 3, .form = DATA, .rule = EXACT, .start = &exprk_2s, .starts = 1,
                             .start_par = half };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    return adams_step(r, r->sol->data, a, b, x, y);
}

const solver solver_res_2m = {
    .name = "res-2m", .about = "refined exponential solver, 2 points", .cite = "Zhang et al. 2023, arXiv:2308.02157",
    .data = &two, .order = 2, .evals = 1, .work = ADAMS_WORK(2, 0, 1), .history = ADAMS_HISTORY(2, 0), .step = step,
    .par = { LAST_STEPS },
};
const solver solver_res_3m = {
    .name = "res-3m", .about = "refined exponential solver, 3 points", .cite = "Zhang et al. 2023, arXiv:2308.02157",
    .data = &three, .order = 3, .evals = 1, .work = ADAMS_WORK(3, 0, 2), .history = ADAMS_HISTORY(3, 0), .step = step,
    .par = { LAST_STEPS },
};
