/*
 * Richardson extrapolation of any one-step method of order p: a whole step y_1, two halves y_2, and
 * what both say together:
 *
 *   y = y_2 + (y_2 - y_1)/(2^p - 1)
 *
 * The halves meet in the middle in lambda; for a method in another variable they are equal up to O(h^2), which
 * the order p + 1 can bear.
 * A step costs three of the inner method's.  The step to sigma = 0 has no middle in lambda: it is the driver's.
 */
#include <math.h>
#include "solvers/step.h"

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *whole = r->w[0], *half = r->w[1], c = 1 / (exp2(method_order(r->how->inner[0])) - 1);

    between(r, a, b, 0.5, r->mid);
    if (inner_step(r, 0, a, b, x, whole) || inner_step(r, 0, a, r->mid, x, half)
        || inner_step(r, 0, r->mid, b, half, y))
        return -1;
    EACH_GROUP(r, g)
        combine(r, g, y, {1 + c, y}, {-c, whole});
    return 0;
}

static void claims(const method *m, double *order, int *stochastic)
{
    *order = method_order(m->inner[0]) + 1, *stochastic = method_stochastic(m->inner[0]);
}

static int check(const method *m, const plan *p)
{
    const method *in = m->inner[0];
    const char *name = in->sol->name;

    if (method_stochastic(in))
        return fail("rx: %s is stochastic, and extrapolation would cancel its noise wrongly; wrap a method of the "
                    "flow", name);
    if (!in->sol->step || !(method_order(in) > 0))
        return fail("rx: %s claims no order that could be extrapolated; wrap a one-step method such as heun", name);
    if (in->sol->history && !in->sol->embedded)
        return fail("rx: %s needs the steps before, and each step that rx takes stands alone; wrap a one-step method "
                    "such as heun", name);
    return 0;
}

const solver solver_rx = {
    .name = "rx", .about = "Richardson extrapolation of a one-step method (calls: in steps of that)",
    .cite = "Choi et al. 2025, arXiv 2504.01855",
    .inners = 1, .evals = 3, .work = 2, .never = SIGMA_0, .claims = claims, .check = check, .step = step,
};
