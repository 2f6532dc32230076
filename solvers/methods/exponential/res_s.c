/*
 * Refined exponential solvers, single step: explicit exponential Runge-Kutta methods that meet the stiff order
 * conditions, on the data prediction.  With phi_k = phi_k(-h), phi_k,i = phi_k(-c_i h):
 *
 *   res-2s  b_2 = phi_2/c2
 *   res-3s  a_32 = gamma c2 phi_2,2 + (c3^2/c2) phi_2,3,   b_2 = gamma b_3,   b_3 = phi_2/(gamma c2 + c3),
 *           gamma = (3 c3 - 2) c3/((2 - 3 c2) c2)
 *   res-5s  Hochbruck and Ostermann's method of stiff order 4, eq. 5.19
 */
#include "solvers/tools/exprk.h"

enum { C2, C3 };

static void nodes_2(const double *par, double *c) { c[0] = 0, c[1] = par[C2]; }
static void nodes_3(const double *par, double *c) { c[0] = 0, c[1] = par[C2], c[2] = par[C3]; }
static void nodes_5(const double *par, double *c) { c[0] = 0, c[1] = c[2] = c[4] = 0.5, c[3] = 1; }

static double gamma_of(double c2, double c3) { return (3 * c3 - 2) * c3 / ((2 - 3 * c2) * c2); }

static void row_2(const double *par, int i, double z, double *a)
{
    if (i == 2)
        a[1] = phi(2, z) / par[C2];
}

static void row_3(const double *par, int i, double z, double *a)
{
    double c2 = par[C2], c3 = par[C3], gamma = gamma_of(c2, c3);

    if (i == 2)
        a[1] = gamma * c2 * phi(2, c2 * z) + c3 * c3 / c2 * phi(2, c3 * z);
    if (i == 3) {
        a[2] = phi(2, z) / (gamma * c2 + c3);
        a[1] = gamma * a[2];
    }
}

static void row_5(const double *par, int i, double z, double *a)
{
    double p[4], half[4];

    phis(3, z, p);
    phis(3, z / 2, half);
    switch (i) {
    case 2: a[1] = half[2]; break;
    case 3: a[1] = a[2] = p[2]; break;
    case 4: a[1] = a[2] = half[2] / 2 - p[3] + p[2] / 4 - half[3] / 2, a[3] = half[2] / 4 - a[1]; break;
    case 5: a[3] = 4 * p[3] - p[2], a[4] = 4 * p[2] - 8 * p[3]; break;
    }
}

static const exprk res_2 = { 2, nodes_2, row_2 }, res_3 = { 3, nodes_3, row_3 }, res_5 = { 5, nodes_5, row_5 };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    return exprk_step(r, r->sol->data, DATA, r->par, r->w, a, b, x, y);
}

static int check_3(const method *m, const plan *p)
{
    double c2 = m->par[C2], c3 = m->par[C3], off = c2 - 2. / 3, bottom = c2 == c3 ? 0 : gamma_of(c2, c3) * c2 + c3;

    if (off * off < 1e-12 || bottom * bottom < 1e-12)
        return fail("%s: c2 = %g with c3 = %g has no weights of order 3; c2 may not be 2/3 nor c3", m->sol->name, c2,
                    c3);
    return 0;
}

#define PART(name, part) { name, "part of the step in lambda at which a stage lies", NULL, part, 1e-3, 1 }

const solver solver_res_2s = {
    .name = "res-2s", .about = "refined exponential solver, 2 stages",
    .cite = "Zhang et al. 2023, arXiv:2308.02157; Hochbruck, Ostermann 2010, eq. 2.39",
    .data = &res_2, .order = 2, .evals = 2, .work = 2, .never = SIGMA_0, .step = step,
    .par = { [C2] = PART("c2", 0.5) },
};
const solver solver_res_3s = {
    .name = "res-3s", .about = "refined exponential solver, 3 stages",
    .cite = "Zhang et al. 2023, arXiv:2308.02157; Hochbruck, Ostermann 2005, eq. 5.9",
    .data = &res_3, .order = 3, .evals = 3, .work = 3, .never = SIGMA_0, .check = check_3, .step = step,
    .par = { [C2] = PART("c2", 1. / 3), [C3] = PART("c3", 2. / 3) },
};
const solver solver_res_5s = {
    .name = "res-5s", .about = "exponential Runge-Kutta of stiff order 4, 5 stages",
    .cite = "Hochbruck, Ostermann 2005, eq. 5.19",
    .data = &res_5, .order = 4, .evals = 5, .work = 5, .never = SIGMA_0, .step = step,
};
