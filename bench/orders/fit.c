/*
 * The slope of a ladder: least squares of log|error| on log h over the finest rungs.
 *
 * Its interval adds in quadrature what the two sources of doubt give at 95 %: the residuals of the fit (Student's t
 * with n - 2), which grow where the rungs are not yet on a line, and a jackknife over parts of the rows (Student's t
 * with parts - 1), which says how far another draw of the starts would move the slope.
 *
 * Beside them stands what the finest octave says alone and how far it moved from the one before: error = C h^p (1 + a h
 * + ...) has local slopes whose distance to p halves with h.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include <math.h>
#include "bench/orders/order.h"

enum { FEWEST = 3, AHEAD = 3 };            /* rungs of a fit; octaves that a moving slope is carried on */

const char *const kind_names[] = { "ode", "tol", "weak", "strong" };
const char *const verdict_names[] = { "holds", "refuted", "unclear" };

void ladder_add(ladder *l, double h, int n, int dim, const double *a, const double *b)
{
    double sum[PARTS] = { 0 }, all = 0;
    int size[PARTS] = { 0 }, i = l->count++;

    l->parts = n < PARTS ? 0 : PARTS;
    for (int row = 0; row < n; row++) {
        int j = (int)((long)row * PARTS / n);

        size[j] += dim;
        for (int d = row * dim; d < (row + 1) * dim; d++)
            sum[j] += (a[d] - b[d]) * (a[d] - b[d]);
    }
    for (int j = 0; j < PARTS; j++) {
        all += sum[j];
        l->part[i][j] = size[j] ? sum[j] / size[j] : 0;
    }
    l->h[i] = h;
    l->error[i] = sqrt(all / ((double)n * dim));
    l->used[i] = 0;
}

/* Marks the rungs to fit, from the finest on: how many.
 * Where the error changes its sign on the way, those that still rise after it are left out: they
 * are far from asymptotic. */
static int choose(ladder *l, double floor, int octaves)
{
    double finest = 0, sign = 0;
    int turned = 0, n = 0, i = l->count - 1;

    for (; i >= 0 && !(n && l->h[i] > 1.1 * ldexp(finest, octaves)); i--) {
        double e = l->error[i];

        if (!n && !(fabs(e) > floor && isfinite(e)))
            continue;
        turned = n && e * sign < 0;
        if (turned || !(fabs(e) > floor) || !isfinite(e))
            break;
        if (!n)
            finest = l->h[i], sign = e;
        l->used[i] = 1, n++;
    }
    for (i++; turned && n > 1 && fabs(l->error[i]) <= fabs(l->error[i + 1]); i++)
        l->used[i] = 0, n--;
    return n;
}

/* The slope of the octave from rung i on, by the rung nearest to 2 h; NAN where none was used. */
static double local(const ladder *l, int i, int *next)
{
    for (*next = i - 1; *next >= 0 && l->used[*next]; --*next)
        if (fabs(log2(l->h[*next] / l->h[i]) - 1) < 0.1)
            return log(fabs(l->error[*next] / l->error[i])) / log(l->h[*next] / l->h[i]);
    return NAN;
}

/* The slope of the finest octave, and what it moved since the one before. */
static void settle(const ladder *l, slope *s)
{
    int i = l->count - 1, next, last;

    while (!l->used[i])
        i--;
    s->last = local(l, i, &next);
    s->drift = isnan(s->last) ? NAN : s->last - local(l, next, &last);
}

/* The fit without one part of the rows (none: without = -1), and the standard error of its slope from the residuals. */
static double fit(const ladder *l, int without, double *se)
{
    double x[MAX_RUNGS], y[MAX_RUNGS], c0, c1, v00, v01, v11, rest;
    int n = 0;

    for (int i = 0; i < l->count; i++) {
        double e = fabs(l->error[i]), sum = 0;

        if (!l->used[i])
            continue;
        for (int j = 0; j < l->parts && without >= 0; j++)
            sum += j == without ? 0 : l->part[i][j];
        x[n] = log(l->h[i]), y[n++] = without >= 0 ? 0.5 * log(sum / (l->parts - 1)) : log(e);
    }
    gsl_fit_linear(x, 1, y, 1, n, &c0, &c1, &v00, &v01, &v11, &rest);
    if (se)
        *se = sqrt(v11);
    return c1;
}

static double jackknife(const ladder *l)
{
    double s[PARTS], mean = 0, var = 0;
    int n = l->parts;

    for (int j = 0; j < n; j++)
        mean += (s[j] = fit(l, j, NULL)) / n;
    for (int j = 0; j < n; j++)
        var += (s[j] - mean) * (s[j] - mean) * (n - 1) / n;
    return sqrt(var);
}

slope ladder_fit(ladder *l, double floor, int octaves)
{
    slope s = NO_SLOPE;
    double se, wide;
    int n;

    for (int i = 0; i < l->count; i++)
        l->used[i] = 0;
    n = choose(l, floor, octaves);
    if (n < FEWEST)
        return s;
    s.value = fit(l, -1, &se);
    wide = gsl_cdf_tdist_Pinv(0.975, n - 2) * se;
    if (l->parts)
        wide = hypot(wide, gsl_cdf_tdist_Pinv(0.975, l->parts - 1) * jackknife(l));
    s.lo = s.value - wide, s.hi = s.value + wide;
    settle(l, &s);
    return s;
}

/* Where rungs are not asymptotic their slopes still move from octave to octave.
 * What leaves the range refutes a claim only if, at that pace, it would stay outside for octaves to come; it upholds
 * one only if the finest octave has not left the range. */
enum verdict judge(slope s, double least, double most)
{
    double last = isnan(s.last) ? s.value : s.last, ahead = isnan(s.drift) ? last : last + AHEAD * s.drift;

    if (s.lo >= least && s.hi <= most)
        return last >= least && last <= most ? VERDICT_HOLDS : VERDICT_UNCLEAR;
    if (s.hi < least)
        return fmax(last, ahead) < least ? VERDICT_REFUTED : VERDICT_UNCLEAR;
    return s.lo > most && fmin(last, ahead) > most ? VERDICT_REFUTED : VERDICT_UNCLEAR;
}

void claim_range(finding *f, double claimed, int two_sided)
{
    f->claimed = claimed;
    f->least = claimed - 0.25, f->most = two_sided ? claimed + 0.25 : INFINITY;
}

void finding_worse(finding *f, slope s, const ladder *l, const start *from, double t_from, double t_to)
{
    int first = !f->ladder.count, none = isnan(s.value);

    if (!first && (isnan(f->slope.value) || (!none && s.value >= f->slope.value)))
        return;
    f->slope = s, f->ladder = *l, f->t_from = t_from, f->t_to = t_to;
    snprintf(f->from, sizeof f->from, "%s from t = %g", from->model, t_from);
}

int finding_apart(finding *f, const span *on)
{
    f->slope = NO_SLOPE, f->verdict = VERDICT_UNCLEAR;
    f->t_from = f->t_to = NAN;
    snprintf(f->note, sizeof f->note,
             "%s has steps of %.2g in lambda on %s even at 2048 steps: no rung is asymptotic; ask on another grid",
        f->grid,
             on->step, f->arena->proc->name);
    return 0;
}

int finding_close(finding *f, int status)
{
    if (status) {
        f->slope = NO_SLOPE;
        snprintf(f->note, sizeof f->note, "%s", last_error());
    }
    f->verdict = judge(f->slope, f->least, f->most);
    if (f->verdict == VERDICT_REFUTED && f->arena->kinks) {
        f->verdict = VERDICT_UNCLEAR;
        snprintf(f->note, sizeof f->note,
                 "the levels of %s have kinks in t: no order can be told there; ask on vp-linear",
            f->arena->proc->name);
    }
    return status;
}
