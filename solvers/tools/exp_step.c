/* Exponential steps of the reverse SDE: see exp_step.h. */
#include <math.h>
#include "solvers/tools/exp_step.h"

exp_step exp_step_of(enum form form, const level *a, const level *b, double eta)
{
    double h = b->lambda - a->lambda, extra = eta > 0 ? eta * h : 0;

    if (form == NOISE)
        return (exp_step){ .h = h, .z = h, .keep = b->alpha / a->alpha, .gain = -(1 + eta) * b->sigma * expm1(h),
                           .std = b->sigma * sqrt(eta * expm1(2 * h)) };
    return (exp_step){ .h = h, .z = -(h + extra), .keep = exp(-extra) * b->sigma / a->sigma,
                       .gain = -b->alpha * expm1(-(h + extra)), .std = b->sigma * sqrt(-expm1(-2 * extra)) };
}

exp_step exp_step_split(const level *a, const level *b, double eta)
{
    double h = b->lambda - a->lambda, log_kappa = eta > 0 ? 0.5 * log1p(eta * eta * expm1(-2 * h)) : 0;

    return (exp_step){ .h = h, .z = log_kappa - h, .keep = exp(log_kappa) * b->sigma / a->sigma,
                       .gain = -b->alpha * expm1(log_kappa - h),
                       .std = eta > 0 ? eta * b->sigma * sqrt(-expm1(-2 * h)) : 0 };
}

int exp_step_begin(run *r, enum form form, const level *a, const level *b, const double *x, double *now, double *z)
{
    if (eval(r, a, x, form == DATA ? PREDICTS_DATA : PREDICTS_NOISE, now))
        return -1;
    if (r->par[ETA] > 0)
        draw_noise(r, a, b, z);
    return 0;
}

double exp_step_part(enum form form, double eta, double from, double until, const level *to)
{
    double scale = form == NOISE ? exp(to->lambda - until) * sqrt(eta * expm1(2 * (until - from)))
                                 : exp(-eta * (to->lambda - until)) * sqrt(-expm1(-2 * eta * (until - from)));

    return to->sigma * scale;
}

void exp_step_join(const level *a, const level *m, const level *b, double w[2])
{
    double first = m->lambda - a->lambda, last = b->lambda - m->lambda, all = expm1(-2 * (b->lambda - a->lambda));

    w[0] = exp(-last) * sqrt(expm1(-2 * first) / all);
    w[1] = sqrt(expm1(-2 * last) / all);
}

void exp_step_claims(const method *m, double *order, int *stochastic)
{
    *stochastic = m->par[ETA] > 0;
    *order = *stochastic && m->par[S_NOISE] != 1 ? 0 : m->sol->order;
}
