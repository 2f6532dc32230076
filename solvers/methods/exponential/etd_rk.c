/*
 * Exponential time differencing Runge-Kutta on the data prediction, phi_k = phi_k(-h).
 *   etd-rk2, etd-rk3  Cox and Matthews 2002, eq. 22 and 23-25
 *   etd-rk4           Krogstad 2005, eq. 51 (Cox and Matthews' own has stiff order 2 only)
 */
#include "solvers/tools/exprk.h"

static void nodes_2(const double *par, double *c) { c[0] = 0, c[1] = 1; }
static void nodes_3(const double *par, double *c) { c[0] = 0, c[1] = 0.5, c[2] = 1; }
static void nodes_4(const double *par, double *c) { c[0] = 0, c[1] = c[2] = 0.5, c[3] = 1; }

static void row_2(const double *par, int i, double z, double *a)
{
    if (i == 2)
        a[1] = phi(2, z);
}

static void row_3(const double *par, int i, double z, double *a)
{
    double p[4];

    phis(3, z, p);
    if (i == 2)
        a[1] = 2 * p[1];
    if (i == 3)
        a[1] = 4 * p[2] - 8 * p[3], a[2] = 4 * p[3] - p[2];
}

static void row_4(const double *par, int i, double z, double *a)
{
    double p[4];

    phis(3, i == 2 ? z / 2 : z, p);
    if (i == 2)
        a[1] = p[2];
    if (i == 3)
        a[2] = 2 * p[2];
    if (i == 4)
        a[1] = a[2] = 2 * p[2] - 4 * p[3], a[3] = 4 * p[3] - p[2];
}

static const exprk etd_2 = { 2, nodes_2, row_2 }, etd_3 = { 3, nodes_3, row_3 };
const exprk exprk_krogstad = { 4, nodes_4, row_4 };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    return exprk_step(r, r->sol->data, DATA, r->par, r->w, a, b, x, y);
}

const solver solver_etd_rk2 = {
    .name = "etd-rk2", .about = "exponential time differencing, trapezium", .cite = "Cox, Matthews 2002, eq. 22",
    .data = &etd_2, .order = 2, .evals = 2, .work = 2, .never = SIGMA_0, .step = step,
};
const solver solver_etd_rk3 = {
    .name = "etd-rk3", .about = "exponential time differencing after Kutta's third order",
    .cite = "Cox, Matthews 2002, eq. 23-25",
    .data = &etd_3, .order = 3, .evals = 3, .work = 3, .never = SIGMA_0, .step = step,
};
const solver solver_etd_rk4 = {
    .name = "etd-rk4", .about = "Krogstad's exponential Runge-Kutta", .cite = "Krogstad 2005, eq. 51",
    .data = &exprk_krogstad, .order = 4, .evals = 4, .work = 4, .never = SIGMA_0, .step = step,
};
