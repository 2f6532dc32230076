/*
 * tabulated: alpha and sigma from a file with rows `t alpha sigma`.
 * Two monotone cubics (Steffen 1990, slopes by GSL) run through
 *     lambda = log(alpha/sigma)  and  u = log(alpha^2 + sigma^2),
 * so that alpha, sigma > 0, lambda falls strictly between rows that fall, and a table that preserves the variance keeps
 * preserving it: alpha^2 = e^u/(1 + e^{-2 lambda}), sigma^2 = e^u/(1 + e^{2 lambda}), f = u'/2 + lambda' sigma^2
 * e^{-u}, g2 = -2 sigma^2 lambda'.
 */
#include <stdlib.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_interp.h>
#include "base/files/columns.h"
#include "base/fail.h"
#include "models/processes/kind.h"

/* A knot: time, and the value and slope of both curves. */
typedef struct knot { double t, lambda, dlambda, u, du; } knot;
typedef struct level_table { int n; knot k[]; } level_table;

/* Value and slope of the Hermite cubic between two knots. */
static double cubic(double h, double part, double y0, double d0, double y1, double d1, double *slope)
{
    double rise = y1 - y0, c2 = 3 * rise - h * (2 * d0 + d1), c3 = h * (d0 + d1) - 2 * rise;

    *slope = (h * d0 + part * (2 * c2 + part * 3 * c3)) / h;
    return part < 1 ? y0 + part * (h * d0 + part * (c2 + part * c3)) : y1;
}

static double curve(const knot *k, double t, double *dlambda)
{
    double h = k[1].t - k[0].t;

    return cubic(h, (t - k[0].t) / h, k[0].lambda, k[0].dlambda, k[1].lambda, k[1].dlambda, dlambda);
}

/* The segment that holds t, or lambda. */
static const knot *segment(const level_table *b, double t, double lambda)
{
    int low = 0, high = b->n - 1;

    while (high - low > 1) {
        int mid = (low + high) / 2;

        if (isnan(t) ? b->k[mid].lambda >= lambda : b->k[mid].t <= t)
            low = mid;
        else
            high = mid;
    }
    return &b->k[low];
}

static void at(const process *p, int n, level *l)
{
    const level_table *b = p->table;

    for (int i = 0; i < n; i++) {
        const knot *k = segment(b, l[i].t, 0);
        double t = l[i].t, h = k[1].t - k[0].t, dlambda, du;
        double lambda = curve(k, t, &dlambda), u = cubic(h, (t - k[0].t) / h, k[0].u, k[0].du, k[1].u, k[1].du, &du);
        double signal = 1 / (1 + exp(-2 * lambda)), noise = 1 / (1 + exp(2 * lambda)), total = exp(0.5 * u);
        double alpha = total * sqrt(signal), sigma = total * sqrt(noise), f = fma(dlambda, noise, 0.5 * du);

        l[i] = (level){ .t = t, .alpha = alpha, .sigma = sigma, .dalpha = f * alpha,
                        .dsigma = sigma * fma(-dlambda, signal, 0.5 * du),
                        .lambda = lambda, .f = f, .g2 = -2 * sigma * sigma * dlambda };
    }
}

/* Newton's method kept inside a bracket that shrinks. */
static double t_of_lambda(const process *p, double lambda)
{
    const level_table *b = p->table;
    const knot *k = segment(b, NAN, lambda);
    double low = k[0].t, high = k[1].t, t;

    if (!(lambda < b->k[0].lambda))
        return isnan(lambda) ? lambda : b->k[0].t;
    if (lambda <= b->k[b->n - 1].lambda)
        return b->k[b->n - 1].t;
    t = low + (high - low) * (lambda - k[0].lambda) / (k[1].lambda - k[0].lambda);
    for (int i = 0; i < 100 && high > low; i++) {
        double slope, miss = curve(k, t, &slope) - lambda, next = t - miss / slope;

        if (miss > 0)
            low = t;
        else
            high = t;
        if (!(next >= low && next <= high))
            next = 0.5 * (low + high);
        if (next == t)
            break;
        t = next;
    }
    return t;
}

/* Steffen's slopes of y at the n knots x. */
static int slopes(const char *where, int n, const double *x, const double *y, double *d)
{
    gsl_interp *spline;
    int status;

    gsl_set_error_handler_off();
    if (!(spline = gsl_interp_alloc(gsl_interp_steffen, n)))
        return fail("%s: out of memory for a spline of %d rows", where, n);
    status = gsl_interp_init(spline, x, y, n);
    for (int i = 0; i < n && !status; i++)
        status = gsl_interp_eval_deriv_e(spline, x, y, x[i], NULL, &d[i]);
    gsl_interp_free(spline);
    return status ? fail("%s: no spline through the table: %s", where, gsl_strerror(status)) : 0;
}

static int check(const char *path, const columns *c)
{
    if (c->rows < 3)
        return fail("%s: only %d rows; a spline needs at least 3 of `t alpha sigma`", path, c->rows);
    for (int i = 0; i < c->rows; i++) {
        const double *r = c->v + 3 * i, *before = r - 3;

        if (!(r[1] > 0 && r[2] > 0))
            return fail("%s:%d: alpha = %g and sigma = %g; both must be positive: leave out rows where one vanishes",
                        path, c->line[i], r[1], r[2]);
        if (i && !(r[0] > before[0]))
            return fail("%s:%d: t = %g does not rise above %g; sort the rows by t", path, c->line[i], r[0], before[0]);
        if (i && !(log(r[1] / r[2]) < log(before[1] / before[2])))
            return fail("%s:%d: alpha/sigma = %g does not fall below %g; the signal-to-noise ratio must fall strictly "
                        "with t", path, c->line[i],
                        r[1] / r[2], before[1] / before[2]);
    }
    return 0;
}

/* The rows made knots.  work: 5 columns of n. */
static int tabulate(process *p, const char *path, const columns *c, double *work)
{
    int n = c->rows;
    double *t = work, *lambda = t + n, *u = lambda + n, *dlambda = u + n, *du = dlambda + n;
    level_table *b;

    for (int i = 0; i < n; i++) {
        double alpha = c->v[3 * i + 1], sigma = c->v[3 * i + 2];

        t[i] = c->v[3 * i];
        lambda[i] = log(alpha / sigma);
        u[i] = log(fma(alpha, alpha, sigma * sigma));
    }
    if (slopes(path, n, t, lambda, dlambda) || slopes(path, n, t, u, du))
        return -1;
    if (!(p->table = b = malloc(sizeof *b + n * sizeof *b->k)))
        return fail("%s: out of memory for %d rows", path, n);
    b->n = n;
    for (int i = 0; i < n; i++)
        b->k[i] = (knot){ t[i], lambda[i], dlambda[i], u[i], du[i] };
    p->t_low = p->t_min = t[0];
    p->t_high = p->t_max = t[n - 1];
    return 0;
}

static int open_table(process *p, const char *where)
{
    const char *path = p->given.text;
    double *work = NULL;
    columns c;
    int status;

    if (!path || !*path)
        return fail("%s: tabulated has no file; give file=PATH, rows of t alpha sigma", where);
    if (columns_read(path, "rows of t, alpha, sigma", 3, &c))
        return -1;
    status = check(path, &c);
    if (!status && !(work = malloc(5 * c.rows * sizeof *work)))
        status = fail("%s: out of memory for %d rows", path, c.rows);
    if (!status)
        status = tabulate(p, path, &c, work);
    free(work);
    columns_free(&c);
    return status;
}

const process process_tabulated = {
    .name = "tabulated", .about = "alpha and sigma from a file, monotone splines", .cite = "Steffen 1990, A&A 239, 443",
    .t_min = 0, .t_max = 1, .prior_std = 0, .t_low = 0, .t_high = 1,
    .par = { { "file", "rows of t, alpha, sigma", PATH, NAN, 0, 0, 0 } },
    .at = at, .t_of_lambda = t_of_lambda, .open = open_table,
};
