/*
 * Runge-Kutta methods of strong order 1.5 for additive noise, on the reverse SDE  dx = F dt + g(t) dW,  F = f x - g^2 score:
 *
 *   u_i = x + h sum_j A_ij F_j + B_a,i g_a Z + B_b,i g_b Z + V_i g_a dW,    Z = I10/h
 *   y   = x + h sum_i w_i F_i + g_b dW + (g_a - g_b) Z
 *
 * The last line is exact for g linear in t; g_a dW alone would drop the weak and the strong order to 1.
 */
#include <math.h>
#include "solvers/solver.h"

enum { MOST = 3 };
typedef struct table { int stages; double c[MOST], A[MOST][MOST], Ba[MOST], Bb[MOST], V[MOST], w[MOST]; } table;

static const table sra1 = { 2, .c = { 0, 3. / 4 }, .A = { { 0 }, { 3. / 4 } }, .Bb = { 0, 3. / 2 }, .w = { 1. / 3, 2. / 3 } };
static const table sra3 = { 3, .c = { 0, 1, 1. / 2 }, .A = { { 0 }, { 1 }, { 1. / 4, 1. / 4 } }, .Ba = { 0, 0, 1. / 2 }, .Bb = { 0, 0, 1 },
                            .w = { 1. / 6, 1. / 6, 2. / 3 } };

/* The stages are shifted by g (Z - dW/2), the area between the path and its chord. */
static const table shark = { 2, .c = { 0, 5. / 6 }, .A = { { 0 }, { 5. / 6 } }, .Ba = { 1, 1 }, .V = { -1. / 2, -1. / 2 + 5. / 6 }, .w = { 2. / 5, 3. / 5 } };

/* out = x + sum_j c_j h F_j + p dW + q Z,  the F_j in w[1 ..]: scores that were asked at time c_j, and u_j by way of f. */
static void assemble(const run *r, int g, double h, const double *x, int n, const double *c, double p, double q, double *out)
{
    term sum[MOST + 3] = { { 1, x } };
    int terms = 1;

    for (int j = 0; j < n; j++)
        if (c[j])
            sum[terms++] = (term){ h * c[j], r->w[2 + j] };
    if (p)
        sum[terms++] = (term){ p, r->w[0] };
    if (q)
        sum[terms++] = (term){ q, r->w[1] };
    sum_terms(r, g, out, terms, sum);
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    const table *T = r->sol->data;
    double *dw = r->w[0], *area = r->w[1];

    draw_pair(r, a, b, dw, area);
    EACH_GROUP(r, g) {
        double root = sqrt(fabs(b[g].t - a[g].t));

        combine(r, g, area, {root / 2, dw}, {root / sqrt(12), area});
        combine(r, g, dw, {root, dw});
    }
    for (int i = 0; i < T->stages; i++) {
        double *slope = r->w[2 + i];

        between_t(r, a, b, T->c[i], r->mid);
        EACH_GROUP(r, g) {
            double ga = sqrt(a[g].g2), gb = sqrt(b[g].g2);

            assemble(r, g, b[g].t - a[g].t, x, i, T->A[i], T->V[i] * ga, T->Ba[i] * ga + T->Bb[i] * gb, y);
        }
        if (eval_score(r, r->mid, y, slope))
            return -1;
        EACH_GROUP(r, g)
            combine(r, g, slope, {r->mid[g].f, y}, {-r->mid[g].g2, slope});
    }
    EACH_GROUP(r, g) {
        double ga = sqrt(a[g].g2), gb = sqrt(b[g].g2);

        assemble(r, g, b[g].t - a[g].t, x, T->stages, T->w, gb, ga - gb, y);
    }
    return 0;
}

const solver solver_sra1 = {
    .name = "sra1", .about = "strong order 1.5 for additive noise, two stages", .cite = "Roessler 2010, SRA1", .data = &sra1,
    .order = 2, .strong = 1.5, .stochastic = 1, .evals = 2, .work = 4, .never = ALPHA_0 | SIGMA_0, .step = step,
};

const solver solver_sra3 = {
    .name = "sra3", .about = "strong order 1.5 for additive noise, three stages", .cite = "Roessler 2010, SRA3", .data = &sra3,
    .order = 2, .strong = 1.5, .stochastic = 1, .evals = 3, .work = 5, .never = ALPHA_0 | SIGMA_0, .step = step,
};

const solver solver_shark = {
    .name = "shark", .about = "strong order 1.5 for additive noise, shifted stages", .cite = "Foster et al. 2024, ShARK", .data = &shark,
    .order = 2, .strong = 1.5, .stochastic = 1, .evals = 2, .work = 4, .never = ALPHA_0 | SIGMA_0, .step = step,
};
