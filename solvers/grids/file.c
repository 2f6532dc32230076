/*
 * Grids from text files, one number after the other from noise to data, `#` comments: `file` holds times, `sigmas`
 * holds s = sigma/alpha, whose last may be 0, the denoising step to the clean level.  The file fixes the number of
 * steps and the interval.
 */
#include <math.h>
#include <stddef.h>
#include "base/files/columns.h"
#include "base/fail.h"
#include "solvers/grids/grid.h"

static int load(const args *a, const char *what, columns *c)
{
    if (columns_read(a->text, what, 1, c))
        return -1;
    for (int i = 1; i < c->rows; i++)
        if (!(c->v[i] < c->v[i - 1])) {
            fail("%s:%d: %.17g is not below the %.17g before it; list %s from noise to data, strictly falling",
                 a->text, c->line[i], c->v[i],
                 c->v[i - 1], what);
            columns_free(c);
            return -1;
        }
    return 0;
}

static int points(const args *a, const char *what, int *clean)
{
    columns c;
    int n;

    if (load(a, what, &c))
        return -1;
    n = c.rows;
    *clean = c.v[n - 1] == 0;
    columns_free(&c);
    return n;
}

static int file_points(const args *a, int *clean)
{
    int n = points(a, "times", clean);

    /* t = 0 is not sigma = 0 on every process: the schedule looks */
    *clean = 0;
    return n;
}

static int sigmas_points(const args *a, int *clean) { return points(a, "values of sigma/alpha", clean); }

/* A row as a time of the process. */
typedef int meaning(const process *, const char *path, int line, double v, double *t);

static int as_time(const process *p, const char *path, int line, double v, double *t)
{
    *t = v;
    if (v < p->t_low || v > p->t_high)
        return fail("%s:%d: t = %g lies outside %s, which is defined for t from %g to %g; correct it", path, line, v,
                    p->name, p->t_low, p->t_high);
    return 0;
}

static int as_ratio(const process *p, const char *path, int line, double v, double *t)
{
    level l;

    *t = NAN;
    if (v == 0)
        return 0;
    if (v < 0)
        return fail("%s:%d: sigma/alpha = %g is negative; give positive values, and 0 as the last for a denoising "
                    "step", path, line, v);
    *t = p->t_of_lambda(p, -log(v));
    levels(p, 1, t, &l);
    if (!(fabs(l.sigma - v * l.alpha) <= 1e-9 * (v * l.alpha + l.sigma)))
        return fail("%s:%d: sigma/alpha = %g is no level of %s, whose nearest is %g; correct it", path, line, v,
                    p->name, l.sigma / l.alpha);
    return 0;
}

static int times(const process *p, const args *a, const char *what, meaning *mean, int n, double *t)
{
    int status = 0;
    columns c;

    if (load(a, what, &c))
        return -1;
    if (c.rows != n)
        status = fail("%s: it changed while it was read; try again", a->text);
    for (int i = 0; i < n && !status; i++)
        status = mean(p, a->text, c.line[i], c.v[i], &t[i]);
    columns_free(&c);
    return status;
}

static int file_times(const process *p, const args *a, int n, double *t) { return times(p, a, "times", as_time, n, t); }

static int sigmas_times(const process *p, const args *a, int n, double *t)
{
    return times(p, a, "values of sigma/alpha", as_ratio, n, t);
}

const grid grid_file = {
    .name = "file", .about = "times from a file",
    .par = { { "path", "text file of times, falling", PATH, NAN, 0, 0, 0 } },
    .times = file_times, .points = file_points,
};
const grid grid_sigmas = {
    .name = "sigmas", .about = "sigma/alpha from a file; a last 0 is the denoising step",
    .par = { { "path", "text file of sigma/alpha, falling", PATH, NAN, 0, 0, 0 } },
    .times = sigmas_times, .points = sigmas_points,
};
