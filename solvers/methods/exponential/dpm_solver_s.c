/*
 * DPM-Solver and DPM-Solver++, single step, with stages at r1 and r2 of the way in lambda.
 * Lu et al. integrate the noise prediction (DPM-Solver) or the data prediction (++); z = h or -h, phi_k = phi_k(z):
 *
 *   2s:  b_1 = phi_1/(2 r1),  or phi_2/r1 (taylor)
 *   3s:  a_21 = (r2^2/r1) phi_2(r2 z),  or with phi_1/2 for phi_2 (half: diffusers, whose stage is a step of 2s),
 *        b_2 = phi_2/r2,  or the quadratic through 0, r1, r2 (taylor)
 *
 * 3s is of order 3 at r2 = 2/3 only: the stage at r1 is exponential Euler, so that b_1 must vanish with h.
 */
#include "solvers/tools/exprk.h"

enum { R1, R2 };
enum { TYPE_2S = 1, TYPE_3S };
enum { TAYLOR = 1, HALF };

typedef struct dpm { enum form form; const exprk *rk; } dpm;

static void nodes(const double *par, double *c) { c[0] = 0, c[1] = par[R1], c[2] = par[R2]; }
static void nodes_2s(const double *par, double *c) { c[0] = 0, c[1] = par[R1]; }

static void row_2s(const double *par, int i, double z, double *a)
{
    if (i == 2)
        a[1] = par[TYPE_2S] == TAYLOR ? phi(2, z) / par[R1] : phi(1, z) / (2 * par[R1]);
}

static void row_3s(const double *par, int i, double z, double *a)
{
    double r1 = par[R1], r2 = par[R2];

    if (i == 2)
        a[1] = r2 * r2 / r1 * (par[TYPE_3S] == HALF ? phi(1, r2 * z) / 2 : phi(2, r2 * z));
    if (i == 3 && par[TYPE_3S] == TAYLOR) {
        double at[] = { 0, r1, r2 }, w[3], all = phi(1, z);

        exp_weights(3, at, z, w);
        a[1] = all * w[1], a[2] = all * w[2];
    } else if (i == 3) {
        a[2] = phi(2, z) / r2;
    }
}

const exprk exprk_2s = { 2, nodes_2s, row_2s };
const exprk exprk_3s = { 3, nodes, row_3s };

static const dpm noise_2s = { NOISE, &exprk_2s }, noise_3s = { NOISE, &exprk_3s }, data_2s = { DATA, &exprk_2s },
    data_3s = { DATA, &exprk_3s };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    const dpm *d = r->sol->data;

    return exprk_step(r, d->rk, d->form, r->par, r->w, a, b, x, y);
}

static int check_3s(const method *m, const plan *p)
{
    if (m->par[R1] == m->par[R2])
        return fail("%s: r1 and r2 are both %g; let them differ", m->sol->name, m->par[R1]);
    return 0;
}

static void claims_3s(const method *m, double *order, int *stochastic)
{
    double off = m->par[R2] - 2. / 3;

    *order = off * off < 1e-12 ? 3 : 2, *stochastic = 0;
}

#define PART(name, part) { name, "part of the step in lambda at which a stage lies", NULL, part, 1e-3, 1 }
#define TYPE { "type", "how the change of the prediction is weighted", "dpmsolver taylor", 0 }
#define TYPE_OF_3S { "type", "how the change of the prediction is weighted; half: in the middle stage as in 2s", \
                     "dpmsolver taylor half", 0 }

const solver solver_dpm_solver_2s = {
    .name = "dpm-solver-2s", .about = "DPM-Solver of order 2, single step; taylor: its exact weight",
    .cite = "Lu et al. 2022a, arXiv:2206.00927, algorithm 1",
    .data = &noise_2s, .order = 2, .evals = 2, .work = 2, .never = ALPHA_0 | SIGMA_0, .step = step,
    .par = { [R1] = PART("r1", 0.5), [TYPE_2S] = TYPE },
};
const solver solver_dpm_solver_3s = {
    .name = "dpm-solver-3s", .about = "DPM-Solver of order 3, single step",
    .cite = "Lu et al. 2022a, arXiv:2206.00927, algorithm 2",
    .data = &noise_3s, .order = 3, .evals = 3, .work = 3, .never = ALPHA_0 | SIGMA_0, .check = check_3s,
    .claims = claims_3s, .step = step,
    .par = { [R1] = PART("r1", 1. / 3), [R2] = PART("r2", 2. / 3), [TYPE_3S] = TYPE_OF_3S },
};
const solver solver_dpmpp_2s = {
    .name = "dpmpp-2s", .about = "DPM-Solver++ of order 2, single step",
    .cite = "Lu et al. 2022b, arXiv:2211.01095, algorithm 1",
    .data = &data_2s, .order = 2, .evals = 2, .work = 2, .never = SIGMA_0, .step = step,
    .par = { [R1] = PART("r1", 0.5), [TYPE_2S] = TYPE },
};
const solver solver_dpmpp_3s = {
    .name = "dpmpp-3s", .about = "DPM-Solver++ of order 3, single step",
    .cite = "Lu et al. 2022b, arXiv:2211.01095, authors' code",
    .data = &data_3s, .order = 3, .evals = 3, .work = 3, .never = SIGMA_0, .check = check_3s, .claims = claims_3s,
    .step = step,
    .par = { [R1] = PART("r1", 1. / 3), [R2] = PART("r2", 2. / 3), [TYPE_3S] = TYPE_OF_3S },
};
