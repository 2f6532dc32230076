/* Runge-Kutta tables against the rooted-tree order conditions, and their step against itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/tools/tableau.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

/*
 * A rooted tree is a multiset of trees under a root: its children are earlier trees of the table, in falling order.
 * Condition of a method: sum_i b_i Phi_i(tree) = 1/gamma(tree),  Phi_i = prod_children sum_j a_ij Phi_j,
 * gamma = order prod_children gamma
 */
enum { TREES = 512, CHILDREN = 9, ORDER = 9 };
typedef struct tree_of { int order, children, child[CHILDREN]; double gamma; } tree_of;
typedef struct forest { int n; tree_of t[TREES]; } forest;

/* All trees whose last child so far may be at most `most`, with `left` vertices still to hang. */
static void grow_tree(forest *f, tree_of now, int most, int left)
{
    if (!left) {
        now.gamma = now.order;
        for (int i = 0; i < now.children; i++)
            now.gamma *= f->t[now.child[i]].gamma;
        f->t[f->n++] = now;
        return;
    }
    for (int c = 0; c <= most; c++)
        if (f->t[c].order <= left) {
            tree_of next = now;

            next.child[next.children++] = c;
            grow_tree(f, next, c, left - f->t[c].order);
        }
}

static void plant(forest *f)
{
    f->n = 0;
    for (int order = 1; order <= ORDER; order++)
        grow_tree(f, (tree_of){ .order = order }, f->n - 1, order - 1);
}

static double slope_of(const tableau *m, int i, int j) { return j < i ? m->a[i * (i - 1) / 2 + j] : 0; }

static double weight(const tableau *m, int i) { return m->b ? m->b[i] : slope_of(m, m->stages - 1, i); }

/* The worst residual of the conditions of one order, for the weights b - share e. */
static double residual(const forest *f, const tableau *m, int order, double share)
{
    static double phi[TREES][RK_STAGES];
    double worst = 0;

    for (int t = 0; t < f->n && f->t[t].order <= order; t++) {
        double sum = 0;

        for (int i = 0; i < m->stages; i++) {
            phi[t][i] = 1;
            for (int c = 0; c < f->t[t].children; c++) {
                double s = 0;

                for (int j = 0; j < i; j++)
                    s += slope_of(m, i, j) * phi[f->t[t].child[c]][j];
                phi[t][i] *= s;
            }
            sum += (weight(m, i) - (share ? share * m->e[i] : 0)) * phi[t][i];
        }
        if (f->t[t].order == order)
            worst = fmax(worst, fabs(sum - 1 / f->t[t].gamma));
    }
    return worst;
}

/* Every table, its order, and that of the weights its error estimate compares with. */
static const struct named_tableau { const char *name; int order, other; } tables[] = {
    { "midpoint", 2, 0 }, { "rk4", 4, 0 }, { "bosh3", 3, 2 }, { "dopri5", 5, 4 }, { "tsit5", 5, 4 },
    { "tsit5-shipped", 4, 0 }, { "fehlberg2", 2, 1 },
    { "adaptive-heun", 2, 1 }, { "dopri8", 8, 7 }, { "dop853", 8, 5 }, { "rho-euler", 1, 0 }, { "rho-heun", 2, 0 },
    { "rho-midpoint", 2, 0 },
    { "rho-kutta3", 3, 0 }, { "rho-houwen3", 3, 0 }, { "rho-rk4", 4, 0 },
};
enum { TABLES = sizeof tables / sizeof *tables };

static void the_forest_has_as_many_trees_as_cayley_counted(void)
{
    static const int known[ORDER + 1] = { 0, 1, 1, 2, 4, 9, 20, 48, 115, 286 };
    forest f;
    int n[ORDER + 1] = { 0 };

    plant(&f);
    for (int t = 0; t < f.n; t++)
        n[f.t[t].order]++;
    for (int p = 1; p <= ORDER; p++)
        CU_ASSERT_EQUAL(n[p], known[p]);
}

static void every_table_meets_all_conditions_of_its_order_and_not_of_the_next(void)
{
    forest f;

    plant(&f);
    for (int i = 0; i < TABLES; i++) {
        const solver *s = solver_named(tables[i].name);

        for (int p = 1; p <= tables[i].order; p++)
            below(residual(&f, s->data, p, 0), 2e-14);
        CU_ASSERT(residual(&f, s->data, tables[i].order + 1, 0) > 1e-6);
        CU_ASSERT_EQUAL(s->order, tables[i].order);
    }
}

static void every_error_estimate_compares_with_weights_of_the_order_said(void)
{
    forest f;

    plant(&f);
    for (int i = 0; i < TABLES; i++)
        if (tables[i].other) {
            const solver *s = solver_named(tables[i].name);

            for (int p = 1; p <= tables[i].other; p++)
                below(residual(&f, s->data, p, 1), 2e-14);
            CU_ASSERT(residual(&f, s->data, tables[i].other + 1, 1) > 1e-6);
            CU_ASSERT(s->embedded);
        }
}

static void the_abscissae_are_the_row_sums_and_the_weights_are_a_quadrature(void)
{
    for (int i = 0; i < TABLES; i++) {
        const tableau *m = solver_named(tables[i].name)->data;

        for (int s = 0; s < m->stages; s++) {
            double sum = 0;

            for (int j = 0; j < s; j++)
                sum += slope_of(m, s, j);
            near(sum, m->c[s], 2e-14);
        }
        for (int q = 1; q <= tables[i].order; q++) {
            double sum = 0;

            for (int s = 0; s < m->stages; s++)
                sum += weight(m, s) * pow(m->c[s], q - 1);
            near(sum, 1. / q, 2e-14);
        }
    }
}

const test_table table_tableau = { "tableau", (const test_case[]){
    { "the forest has as many trees of each order as Cayley counted", the_forest_has_as_many_trees_as_cayley_counted },
    { "every table meets all conditions of its order and not of the next",
      every_table_meets_all_conditions_of_its_order_and_not_of_the_next },
    { "every error estimate compares with weights of the order said",
      every_error_estimate_compares_with_weights_of_the_order_said },
    { "the abscissae are the row sums, and the weights are a quadrature",
      the_abscissae_are_the_row_sums_and_the_weights_are_a_quadrature },
    { NULL, NULL } } };
