/*
 * Grids in s = sigma/alpha, for every process: s is the noise level of x/alpha, so a grid made for edm means
 * the same on any other.
 *   karras          s^(1/rho) evenly spaced (Karras et al. 2022, eq. 5)
 *   lambda          log s = -lambda evenly spaced: uniform in the log-SNR (Lu et al. 2022); `exponential` is its other
 *                   name
 *   polyexponential log s = log smin + (1 - i/(n-1))^rho (log smax - log smin)
 *   shift           the flow time tau = s/(1 + s) evenly spaced, then s multiplied by the shift (Esser et al. 2024, eq.
 *                   23)
 * Where an end of the interval has an infinite log-SNR (alpha = 0 or sigma = 0), that end is kept and the other times
 * are spaced from the level with lambda = -limit (+limit), which lies before it: log s knows no other first step.
 * karras needs that at alpha = 0 only, shift never.
 */
#include <math.h>
#include <stddef.h>
#include "base/fail.h"
#include "solvers/grids/grid.h"

/* n values of s, from `first` to `last`, by one of the laws above. */
typedef void spacing(const args *, double first, double last, int n, double *s);

enum { LIMIT, SMIN, SMAX, OWN };                            /* where the parameters stand */
#define RATIO_PAR { "limit", "|lambda| from which to space where an end's is infinite", NULL, 5, 0.1, 50, 0 }, \
                  { "smin", "sigma/alpha to end at, instead of t_min's", NULL, 0, 0, 1e15, 0 }, \
                  { "smax", "sigma/alpha to begin at, instead of t_max's", NULL, 0, 0, 1e15, 0 }

/* An end moved to a given s. */
static int move(const process *p, const args *a, int which, double *t)
{
    double s = a->v[which], there;
    level l;

    if (!(a->given >> which & 1))
        return 0;
    there = p->t_of_lambda(p, -log(s));
    levels(p, 1, &there, &l);
    if (!(fabs(l.sigma - s * l.alpha) <= 1e-9 * (s * l.alpha + l.sigma)))
        return fail("grid: %s = %g is no level of %s, whose nearest sigma/alpha is %g; bring it inside", which == SMIN
                    ? "smin" : "smax", s, p->name,
                    l.sigma / l.alpha);
    *t = there;
    return 0;
}

/* The ends of the grid and their levels, which fall. */
static int find_ends(const process *p, const args *a, double *ends, level *l)
{
    if (move(p, a, SMAX, &ends[0]) || move(p, a, SMIN, &ends[1]))
        return -1;
    if (!(ends[0] > ends[1]))
        return fail("grid: it begins at t = %g and ends at %g; give smin below smax", ends[0], ends[1]);
    levels(p, 2, ends, l);
    return 0;
}

/* The ends are kept as they are; those between come from t_of_lambda.  zero: whether the law can end at s = 0. */
static int space(const process *p, const args *a, spacing *law, int zero, int n, double *t)
{
    double ends[2] = { p->t_max, p->t_min }, first, last, limit = a->v[LIMIT];
    int from = 0, to = n;
    level l[2];

    if (find_ends(p, a, ends, l))
        return -1;
    first = l[0].sigma / l[0].alpha, last = l[1].sigma / l[1].alpha;
    if (n > 1 && l[0].alpha == 0)
        from = 1, first = fmax(exp(limit), last * exp(1));
    if (n > 1 && l[1].sigma == 0 && !zero)
        to = n - 1, last = fmin(exp(-limit), first * exp(-1));
    if (to - from == 1 && from && to < n)
        first = sqrt(first * last);
    if (to > from)
        law(a, first, last, to - from, t + from);
    for (int i = from; i < to; i++)
        t[i] = p->t_of_lambda(p, -log(t[i]));
    if (n > 1)
        t[n - 1] = ends[1];
    t[0] = ends[0];
    return 0;
}

static void log_powers(double rho, double first, double last, int n, double *s)
{
    for (int i = 0; i < n; i++) {
        double part = n > 1 ? pow((n - 1. - i) / (n - 1), rho) : 1;

        s[i] = exp(log(last) + part * (log(first) - log(last)));
    }
}

static void lambda_law(const args *a, double first, double last, int n, double *s) { log_powers(1, first, last, n, s); }

static void karras_law(const args *a, double first, double last, int n, double *s)
{
    double rho = a->v[OWN], top = pow(first, 1 / rho), end = pow(last, 1 / rho);

    for (int i = 0; i < n; i++)
        s[i] = pow(n > 1 ? top + i / (n - 1.) * (end - top) : top, rho);
}

static void poly_law(const args *a, double first, double last, int n, double *s)
{
    log_powers(a->v[OWN], first, last, n, s);
}

/*
 * tau -> shift tau/(1 + (shift - 1) tau) is s -> shift s; the ends are where they are, so tau runs between those of
 * first and last unshifted, or from and to the tau that were given, of which the first level is at most t_max.
 */
enum { FROM = OWN + 1, TO, SKIP };

static int shift_times(const process *p, const args *a, int n, double *t)
{
    double ends[2] = { p->t_max, p->t_min }, shift = a->v[OWN], s[2], top, end;
    int moved = a->given >> FROM & 1, all = n + (int)a->v[SKIP];
    level l[2];

    if (find_ends(p, a, ends, l))
        return -1;
    for (int k = 0; k < 2; k++)
        s[k] = l[k].sigma / l[k].alpha;
    top = moved ? a->v[FROM] : 1 / (1 + shift / s[0]), end = a->given >> TO & 1 ? a->v[TO] : s[1] / (shift + s[1]);
    if (!(top > end))
        return fail("grid: it begins at %g and ends at %g, before the shift; give to below from", top, end);
    for (int i = 0; i < n; i++) {
        double tau = all > 1 ? top + i / (all - 1.) * (end - top) : top;

        t[i] = p->t_of_lambda(p, -log(shift * tau / (1 - tau)));
    }
    if (n > 1 && n == all && !(a->given >> TO & 1))
        t[n - 1] = ends[1];
    t[0] = moved ? fmin(t[0], ends[0]) : ends[0];
    return 0;
}

static int lambda_times(const process *p, const args *a, int n, double *t) { return space(p, a, lambda_law, 0, n, t); }
static int karras_times(const process *p, const args *a, int n, double *t) { return space(p, a, karras_law, 1, n, t); }
static int poly_times(const process *p, const args *a, int n, double *t) { return space(p, a, poly_law, 0, n, t); }

const grid grid_lambda = {
    .name = "lambda", .about = "uniform in the log-SNR", .cite = "Lu et al. 2022, arXiv:2206.00927",
    .par = { RATIO_PAR },
    .times = lambda_times,
};
const grid grid_exponential = {
    .name = "exponential", .about = "uniform in log(sigma/alpha): lambda by its other name",
    .cite = "Crowson 2022, k-diffusion",
    .par = { RATIO_PAR },
    .times = lambda_times,
};
const grid grid_polyexponential = {
    .name = "polyexponential", .about = "a power of the way in log(sigma/alpha)", .cite = "Crowson 2022, k-diffusion",
    .par = { RATIO_PAR,
             { "rho", "power; above 1: denser near the data", NULL, 1, 0.01, 100, 0 } },
    .times = poly_times,
};
const grid grid_karras = {
    .name = "karras", .about = "uniform in (sigma/alpha)^(1/rho)",
    .cite = "Karras et al. 2022, arXiv:2206.00364, eq. 5",
    .par = { RATIO_PAR,
             { "rho", "power", NULL, 7, 0.1, 100, 0 } },
    .times = karras_times,
};
const grid grid_shift = {
    .name = "shift", .about = "uniform in sigma/(alpha + sigma), shifted towards noise",
    .cite = "Esser et al. 2024, arXiv:2403.03206, eq. 23",
    .par = { RATIO_PAR,
             { "s", "factor of sigma/alpha", NULL, 3, 1e-3, 1e3, 0 },
             [FROM] = { "from", "flow time, before the shift, to space from, instead of t_max's", NULL, 1, 0, 1, 0 },
             [TO] = { "to", "flow time, before the shift, to space to, instead of t_min's", NULL, 0, 0, 1, 0 },
             [SKIP] = { "skip", "how many of the last times are left out", NULL, 0, 0, 1, 1 } },
    .times = shift_times,
};
