/*
 * Controllers of own steps.  E = rms over the columns of err/weight; y^ = y - err, the embedded
 * state; p the method's order.
 *
 *   pi      weight = atol + rtol max(|x|, |y|);            h' = h 0.9 E^(0.03 - 1/p) E_before^0.04, from 0.2 h to 10 h;
 *           stands where E <= 1 (Hairer, Norsett, Wanner 1993, II.4 and Hairer, Wanner 1996, IV.2)
 *   power   weight = max(atol, rtol max(|y^|, |y^_before|));  h' = h 0.9 E^(-r);  stands where E <= 1;
 *           r = 1/p, or the method's own power (Jolicoeur-Martineau et al. 2021, algorithm 1, r = 0.9; Lu et al. 2022a,
 *           appendix C)
 *   atan    weight as of power;  f = 1 + atan(E^(-1/p) - 1),  h' = h f;  stands where f >= 0.81
 *           (k-diffusion's PID with its customary coefficients 0, 1, 0)
 *
 * pi begins with 1/64 of the way; the others, as published, with 0.05 in lambda or 0.01 in t.
 */
#include <math.h>
#include <string.h>
#include "base/lanes.h"
#include "solvers/engine/control.h"
#include "solvers/engine/drive.h"

/* PI: 1/64 of the way, but no further than a factor e^(1/2) of sigma/alpha, since on the way up from little noise the
 * flow bends over such lengths. */
double control_start(const drive *v, const level *from, double span)
{
    const run *r = &v->step;
    double near = span / 64, h = span / 64;

    if (v->control != CONTROL_PI)
        return copysign(fmin(fabs(span), r->sol->in_lambda ? 0.05 : 0.01), span);
    if (!r->sol->in_lambda && isfinite(from->lambda))
        near = r->proc->t_of_lambda(r->proc, from->lambda - copysign(0.5, span)) - from->t;
    return near != 0 && fabs(near) < fabs(h) ? near : h;
}

/* err becomes (err/(atol + rtol max(|x|, |y|)))^2, element by element. */
CLONES static void ratios(size_t N, double rtol, double atol, const double *x, const double *y, double *err)
{
    #pragma omp simd
    for (size_t i = 0; i < N; i++) {
        double ax = fabs(x[i]), ay = fabs(y[i]), e = err[i] / fma(rtol, ax > ay ? ax : ay, atol);

        err[i] = e * e;
    }
}

static void norms(drive *v)
{
    const run *r = &v->step;
    int dim = r->dim, cols = r->tol.cols;

    ratios((size_t)r->groups * dim, r->tol.rtol, r->tol.atol, v->x, v->y, r->err);
    EACH_GROUP(r, g) {
        double s = 0;

        for (int d = 0; d < cols; d++)
            s += r->err[(size_t)g * dim + d];
        v->e_now[g] = sqrt(s / cols);
    }
}

/* The norms with the greater of both tolerances; err becomes y^. */
static void norms_mixed(drive *v)
{
    const run *r = &v->step;
    int dim = r->dim, cols = r->tol.cols;

    EACH_GROUP(r, g) {
        double *err = r->err + (size_t)g * dim, s = 0;
        const double *y = v->y + (size_t)g * dim, *before = v->embedded + (size_t)g * dim;

        for (int d = 0; d < dim; d++) {
            double low = y[d] - err[d],
                e = err[d] / fmax(r->tol.atol, r->tol.rtol * fmax(fabs(low), fabs(before[d])));

            s += d < cols ? e * e : 0;
            err[d] = low;
        }
        v->e_now[g] = sqrt(s / cols);
    }
}

/* How much each step grows or shrinks after an error e, `before` the one of the last accepted step.  A NaN shrinks. */
CLONES static void pi_factors(int n, double root, const double *e, const double *before, double *factor)
{
    #pragma omp simd
    for (int g = 0; g < n; g++) {
        double floor = e[g] > 1e-10 ? e[g] : 1e-10, top = floor < 1e100 ? floor : 1e100, log_e = lane_log(top);
        double p = e[g] <= 1 ? fma(0.03 - root, log_e, 0.04 * lane_log(before[g])) : -root * log_e;
        double f = 0.9 * lane_exp(p), low = e[g] < 1e100 ? 0.2 : 0.1, most = e[g] <= 1 ? 10 : 1;

        f = f < low ? low : f;
        f = f > most ? most : f;
        factor[g] = e[g] < 1e100 ? f : 0.1;
    }
}

static void power_factors(int n, double power, int bent, const double *e, double *factor)
{
    for (int g = 0; g < n; g++) {
        double f = pow(bent ? e[g] + 1e-8 : e[g], -power);

        factor[g] = !(e[g] < 1e100) ? 0.1 : bent ? 1 + atan(f - 1) : 0.9 * f;
    }
}

void control_judge(drive *v)
{
    const solver *s = v->step.sol;
    int groups = v->step.groups;
    double root = 1 / s->order;

    if (v->control == CONTROL_PI) {
        norms(v);
        pi_factors(groups, root, v->e_now, v->e, v->factor);
    } else {
        norms_mixed(v);
        power_factors(groups, v->control == CONTROL_POWER && s->power > 0 ? s->power : root,
                      v->control == CONTROL_ATAN, v->e_now, v->factor);
    }
}

int control_accepts(const drive *v, int g)
{
    return v->control == CONTROL_ATAN ? v->factor[g] >= 0.81 : v->e_now[g] <= 1;
}

void control_keep(drive *v, int g)
{
    const run *r = &v->step;
    size_t o = (size_t)g * r->dim;

    v->e[g] = v->e_now[g] > 1e-4 ? v->e_now[g] : 1e-4;
    if (v->control != CONTROL_PI)
        memcpy(v->embedded + o, r->err + o, r->dim * sizeof *v->embedded);
}
