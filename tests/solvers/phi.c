/* phi functions, the weights of exponential integrators, and the tables of exponential Runge-Kutta methods, against
 * independent computations. */
#include <math.h>
#include <gsl/gsl_integration.h>
#include "solvers/tools/adams_exp.h"
#include "tests/suite.h"

/* phi_k(-h) = e^-h/(k-1)! sum h^j/(j! (j + k)),   phi_k(h) = sum h^j/(j + k)!: all terms positive. */
static long double phi_by_series(int k, long double z)
{
    long double h = fabsl(z), next = 1, sum = 0, down = 1;

    for (int j = 1; j < k; j++)
        down *= j;
    if (!k)
        return expl(z);
    if (z >= 0)
        next = 1 / (down * k);
    for (int j = 0; j < 400; j++) {
        sum += z < 0 ? next / (j + k) : next;
        next *= z < 0 ? h / (j + 1) : h / (j + 1 + k);
    }
    return z < 0 ? expl(-h) / down * sum : sum;
}

static void phi_is_right_to_1e_15_from_1e_12_to_50(void)
{
    for (int k = 0; k <= MAX_PHI; k++)
        for (int i = 0; i <= 2000; i++)
            for (int sign = -1; sign <= 1; sign += 2) {
                double z = sign * 1e-12 * pow(50e12, i / 2000.), all[MAX_PHI + 1];
                long double exact = phi_by_series(k, z);

                below(fabs((double)(phi(k, z) / exact - 1)), 1e-15);
                phis(MAX_PHI, z, all);
                below(fabs((double)(all[k] / exact - 1)), 1e-15);
            }
    near(phi(0, 0), 1, 0), near(phi(3, 0), 1 / 6., 1e-17);
}

typedef struct basis { int n, j; const double *at; double z; } basis;

static double weighted(double r, void *p)
{
    const basis *b = p;
    double y = exp(b->z * (1 - r));

    for (int i = 0; i < b->n; i++)
        if (i != b->j)
            y *= (r - b->at[i]) / (b->at[b->j] - b->at[i]);
    return y;
}

/* The mean of the j-th Lagrange polynomial under the weight, by Gauss and Legendre. */
static double by_quadrature(int n, int j, const double *at, double z)
{
    gsl_integration_glfixed_table *t = gsl_integration_glfixed_table_alloc(64);
    basis b = { n, j, at, z }, one = { 0, 0, at, z };
    gsl_function f = { weighted, &b }, g = { weighted, &one };
    double mean = gsl_integration_glfixed(&f, 0, 1, t) / gsl_integration_glfixed(&g, 0, 1, t);

    gsl_integration_glfixed_table_free(t);
    return mean;
}

static void exponential_weights_are_integrals_of_the_lagrange_basis(void)
{
    static const double nodes[][MAX_NODES] = { { 0, -1, -2, -3, 1 }, { 0, -0.3, -1.7, -1.9, 1 },
                                               { 0, 1. / 3, 2. / 3, 1, -4 }, { 0.2, 1, -0.5, -1, -6 } };
    static const double zs[] = { -20, -3, -0.4, -1e-5, 0, 1e-9, 0.02, 1, 8 };

    for (int s = 0; s < 4; s++)
        for (int q = 0; q < 9; q++)
            for (int n = 1; n <= MAX_NODES; n++) {
                double w[MAX_NODES], sum = 0, size = 1;

                exp_weights(n, nodes[s], zs[q], w);
                for (int j = 0; j < n; j++)
                    size = fmax(size, fabs(w[j]));
                for (int j = 0; j < n; j++) {
                    near(w[j], by_quadrature(n, j, nodes[s], zs[q]), 4e-14 * size);
                    sum += w[j];
                }
                near(sum, 1, 1e-13 * size);
            }
}

static level level_at(double lambda)
{
    double s = 1 / sqrt(1 + exp(2 * lambda));

    return (level){ .alpha = s * exp(lambda), .sigma = s, .lambda = lambda };
}

static void adams_weights_look_back_in_lambda_and_from_alpha_0_in_its_exponential(void)
{
    adams m = { .points = 3, .rule = EXACT, .form = DATA };
    level a = level_at(0.3), p = level_at(-0.5), q = level_at(-2), b = level_at(1.1),
        none = { .alpha = 0, .sigma = 1, .lambda = -INFINITY };
    const level *node[] = { &a, &p, &q };
    double at[] = { 0, -1, -2.3 / 0.8 }, w[3], v = exp(0.3),
        far[] = { 0, (exp(-0.5) - v) / (exp(1.1) - v), -v / (exp(1.1) - v) };

    adams_weights(&m, 3, 0, node, &b, w);
    for (int j = 0; j < 3; j++)
        near(w[j], by_quadrature(3, j, at, -0.8), 1e-13);
    m.form = NOISE;
    adams_weights(&m, 3, 0, node, &b, w);
    for (int j = 0; j < 3; j++)
        near(w[j], by_quadrature(3, j, at, 0.8), 1e-13);
    m.form = DATA, node[2] = &none;
    adams_weights(&m, 3, 0, node, &b, w);
    for (int j = 0; j < 3; j++)
        near(w[j], by_quadrature(3, j, far, 0), 1e-13);
}

/* A table at z: c, a, b as in the literature. */
typedef struct weight_table { int s; double c[MAX_STAGES], a[MAX_STAGES + 1][MAX_STAGES]; } weight_table;

static weight_table table_of(const exprk *m, const double *par, double z)
{
    weight_table t = { .s = m->stages };

    m->nodes(par, t.c);
    for (int i = 1; i <= t.s; i++) {
        double c = i < t.s ? t.c[i] : 1;

        m->row(par, i, z, t.a[i]);
        t.a[i][0] = c * phi(1, c * z);
        for (int j = 1; j < i; j++)
            t.a[i][0] -= t.a[i][j];
    }
    return t;
}

/* psi_{j,i} = c_i^j phi_j(c_i z) - sum_k a_ik c_k^(j-1)/(j-1)!;
 * i = s: of the weights (Hochbruck and Ostermann 2005, eq. 4.5 and 4.8). */
static double psi(const weight_table *t, int j, int i, double z)
{
    double c = i < t->s ? t->c[i] : 1, sum = pow(c, j) * phi(j, c * z);

    for (int k = 0; k < i; k++)
        sum -= t->a[i][k] * pow(t->c[k], j - 1) / tgamma(j);
    return sum;
}

static double weighed(const weight_table *t, int j, double z)
{
    double sum = 0;

    for (int i = 1; i < t->s; i++)
        sum += t->a[t->s][i] * psi(t, j, i, z);
    return sum;
}

/* weak: only at z = 0. */
static void condition(double value, double z, int weak)
{
    if (!weak || z == 0)
        near(value, 0, 1e-14);
}

static void runge_kutta_tables_meet_their_order_conditions(void)
{
    static const double half[] = { 0.5, 0 }, thirds[] = { 1. / 3, 2. / 3, 0 }, other[] = { 0.4, 0.9 };
    static const double zs[] = { -7, -1, -0.1, 0, 0.5, 2 };
    /* stiff: the order whose conditions hold at every z (those of the last order in the weak form);
     * all: the order at z = 0 */
    const struct { const exprk *m; const double *par; int stiff, all; } row[] = {
        { &exprk_2s, half, 1, 2 }, { &exprk_3s, thirds, 3, 3 }, { solver_etd_rk2.data, NULL, 2, 2 },
        { solver_etd_rk3.data, NULL, 2, 3 },
        { solver_etd_rk4.data, NULL, 3, 4 }, { solver_res_2s.data, other, 2, 2 }, { solver_res_3s.data, thirds, 3, 3 },
        { solver_res_3s.data, other, 3, 3 },
        { solver_res_5s.data, NULL, 4, 4 } };

    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        for (int q = 0; q < 6; q++) {
            weight_table t = table_of(row[i].m, row[i].par, zs[q]);
            double z = zs[q], tall = 0, both = 0;
            int p = row[i].all, stiff = row[i].stiff;

            if (p >= 2)
                condition(psi(&t, 2, t.s, z), z, stiff < 2);
            if (p >= 3) {
                condition(psi(&t, 3, t.s, z), z, stiff < 4);
                condition(weighed(&t, 2, z), z, stiff < 3);
            }
            if (p < 4)
                continue;
            condition(psi(&t, 4, t.s, z), z, 1);
            condition(weighed(&t, 3, z), z, 1);
            for (int k = 1; k < t.s; k++) {
                both += t.a[t.s][k] * t.c[k] * psi(&t, 2, k, z);
                for (int j = 1; j < k; j++)
                    tall += t.a[t.s][k] * t.a[k][j] * psi(&t, 2, j, z);
            }
            condition(both, z, 1), condition(tall, z, 1);
        }
}

static const test_case tests[] = {
    { "phi is right to 1e-15 from 1e-12 to 50", phi_is_right_to_1e_15_from_1e_12_to_50 },
    { "exponential weights are integrals of the Lagrange basis",
      exponential_weights_are_integrals_of_the_lagrange_basis },
    { "Adams weights look back in lambda, and from alpha = 0 in its exponential",
      adams_weights_look_back_in_lambda_and_from_alpha_0_in_its_exponential },
    { "Runge-Kutta tables meet their order conditions", runge_kutta_tables_meet_their_order_conditions },
    { 0, 0 },
};
const test_table table_phi = { "phi", tests };
