/*
 * DPM-Solver and DPM-Solver++, multistep: exponential Adams-Bashforth through 2 or 3 predictions of the noise or (++)
 * of the data.  dpm-solver-2m weighs the change of the prediction by 1/2 (taylor: exactly).
 *
 * 3m needs D'' h^2 = 2 (D1_0 - D1_1)/(r0 + r1) and a first step of order 2.
 * What is shipped everywhere leaves out the 2 and starts with order 1: order 2, whatever the paper says.
 */
#include "solvers/tools/adams_exp.h"

enum { TYPE };

static const double half[] = { 0.5, 1 };                    /* r1 and type of the start: its exact weight */

static const adams noise_2m = { .points = 2, .form = NOISE };
static const adams noise_3m = { .points = 3, .form = NOISE, .rule = EXACT, .start = &exprk_2s, .starts = 1,
                                .start_par = half };
static const adams data_3m = { .points = 3, .form = DATA, .rule = EXACT, .start = &exprk_2s, .starts = 1,
                               .start_par = half };
static const adams noise_3m_shipped = { .points = 3, .form = NOISE, .halved = 1 };
static const adams data_3m_shipped = { .points = 3, .form = DATA, .halved = 1 };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    return adams_step(r, r->sol->data, a, b, x, y);
}

static int step_typed(run *r, const level *a, const level *b, const double *x, double *y)
{
    adams m = *(const adams *)r->sol->data;

    m.rule = r->par[TYPE] ? EXACT : HALF;
    return adams_step(r, &m, a, b, x, y);
}

#define TYPES { [TYPE] = { "type", "how the change of the prediction is weighted in steps of order 2", \
                           "dpmsolver taylor", 0 }, LAST_STEPS }

const solver solver_dpm_solver_2m = {
    .name = "dpm-solver-2m", .about = "DPM-Solver of order 2, multistep; taylor: its exact weight",
    .cite = "Lu et al. 2022b, arXiv:2211.01095, authors' code",
    .data = &noise_2m, .order = 2, .evals = 1, .work = ADAMS_WORK(2, 0, 1), .history = ADAMS_HISTORY(2, 0),
    .never = ALPHA_0 | SIGMA_0,
    .step = step_typed, .par = TYPES,
};
const solver solver_dpm_solver_3m = {
    .name = "dpm-solver-3m", .about = "DPM-Solver of order 3, multistep, with the right factor and start",
    .cite = "Lu et al. 2022b, arXiv:2211.01095, authors' code, mended",
    .data = &noise_3m, .order = 3, .evals = 1, .work = ADAMS_WORK(3, 0, 2), .history = ADAMS_HISTORY(3, 0),
    .never = ALPHA_0 | SIGMA_0, .step = step,
    .par = { LAST_STEPS },
};
const solver solver_dpmpp_3m = {
    .name = "dpmpp-3m", .about = "DPM-Solver++ of order 3, multistep, with the right factor and start",
    .cite = "Lu et al. 2022b, arXiv:2211.01095, authors' code, mended",
    .data = &data_3m, .order = 3, .evals = 1, .work = ADAMS_WORK(3, 0, 2), .history = ADAMS_HISTORY(3, 0),
    .step = step,
    .par = { LAST_STEPS },
};
const solver solver_dpm_solver_3m_shipped = {
    .name = "dpm-solver-3m-shipped",
    .about = "what libraries ship as 3M: half of D'' and a first-order start; order 2, not 3",
    .cite = "Lu et al. 2022b, arXiv:2211.01095, authors' code; diffusers",
    .data = &noise_3m_shipped, .order = 2, .evals = 1, .work = ADAMS_WORK(3, 0, 1), .history = ADAMS_HISTORY(3, 0),
    .never = ALPHA_0 | SIGMA_0,
    .step = step_typed, .par = TYPES,
};
const solver solver_dpmpp_3m_shipped = {
    .name = "dpmpp-3m-shipped",
    .about = "what libraries ship as 3M: half of D'' and a first-order start; order 2, not 3",
    .cite = "Lu et al. 2022b, arXiv:2211.01095, authors' code; diffusers",
    .data = &data_3m_shipped, .order = 2, .evals = 1, .work = ADAMS_WORK(3, 0, 1), .history = ADAMS_HISTORY(3, 0),
    .step = step_typed, .par = TYPES,
};
