/* The one loop of all explicit exponential Runge-Kutta methods. */
#include <math.h>
#include "solvers/tools/exprk.h"

/* Coefficients a[0..i-1] of stage i at c, divided by c phi_1(c z): their sum is then 1 and exp_gain is their factor.
 * In the limit of infinite h only the first counts. */
static void shares(const exprk *m, const double *par, int i, double c, double z, double *a)
{
    double per = isfinite(z) ? 1 / (c * phi(1, c * z)) : 0;

    for (int j = 1; j < i; j++)
        a[j] = 0;
    if (per > 0)
        m->row(par, i, z, a);
    a[0] = 1;
    for (int j = 1; j < i; j++) {
        a[j] *= per;
        a[0] -= a[j];
    }
}

/* Levels at the part c of the way: in lambda; from alpha = 0 in e^lambda; to sigma = 0 there is
 * none and none is needed. */
static void stage_levels(run *r, const level *a, const level *b, double c, level *mid)
{
    const process *p = r->proc;

    EACH_GROUP(r, g) {
        double lambda = a[g].alpha > 0 ? a[g].lambda + c * (b[g].lambda - a[g].lambda) : b[g].lambda + log(c);

        mid[g].t = b[g].sigma > 0 ? p->t_of_lambda(p, lambda) : a[g].t;
    }
    p->at(p, r->groups, mid);
}

int exprk_step(run *r, const exprk *m, enum form f, const double *par, double *const *k, const level *a,
               const level *b, const double *x, double *y)
{
    double c[MAX_STAGES + 1], w[MAX_STAGES];

    m->nodes(par, c);
    c[m->stages] = 1;
    for (int i = 0; i <= m->stages; i++) {
        const level *to = i == 0 ? a : c[i] == 1 ? b : r->mid;

        if (to == r->mid)
            stage_levels(r, a, b, c[i], r->mid);
        if (i)
            EACH_GROUP(r, g) {
                double h = b[g].lambda - a[g].lambda, z = a[g].alpha == 0 && b[g].sigma > 0 ? 0 : f == DATA ? -h : h,
                    gain = exp_gain(f, a + g, to + g);
                term sum[MAX_STAGES + 1] = { { exp_keep(f, a + g, to + g), x } };

                shares(m, par, i, c[i], z, w);
                for (int j = 0; j < i; j++)
                    sum[j + 1] = (term){ gain * w[j], k[j] };
                sum_terms(r, g, y, i + 1, sum);
            }
        if (i < m->stages && (f == DATA ? eval_data : eval_noise)(r, to, i ? y : x, k[i]))
            return -1;
    }
    return 0;
}
