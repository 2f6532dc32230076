/*
 * Align Your Steps: published noise levels of 10 steps, optimised for a model each, as a curve in log s over evenly
 * spaced places (s = sigma/alpha):
 *
 *   log s(u), u = i/N, i = 0..N, linear between the table's values, which stand at u = 0, 1/10, ..., 1
 *
 * N = 10 visits the table itself.  Kept inside the process: its first and last value give way to the process's own
 * ends (on the chain that the table was made for they are these; an infinite end keeps the table's value for those
 * between), and inner values outside are left out.  As published, a denoising step takes the place of the last value:
 * s = 0 behind i = N - 1.
 */
#include <math.h>
#include "base/fail.h"
#include "solvers/grids/grid.h"

enum { VALUES = 11 };

static const double published[][VALUES] = {
    { 14.6146412293, 6.4745760956, 3.8636745985, 2.6946151520, 1.8841921177, 1.3943805092, 0.9642583904, 0.6523686016,
      0.3977456272, 0.1515232662, 0.0291671582 },
    { 14.6146412293, 6.3184485287, 3.7681790315, 2.1811480769, 1.3405244945, 0.8620721141, 0.5550693289, 0.3798540708,
      0.2332364134, 0.1114188177, 0.0291671582 },
    { 700, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002 },
};

/* The values that lie within the process as log s, its ends first and last; how many. */
static int knots(const process *p, const double *s, double *y)
{
    double ends[2] = { p->t_max, p->t_min }, first, last;
    level l[2];
    int n = 1;

    levels(p, 2, ends, l);
    first = -l[0].lambda, last = -l[1].lambda;
    y[0] = isfinite(first) ? first : fmax(log(s[0]), last + 1);
    for (int i = 1; i < VALUES - 1; i++)
        if (log(s[i]) < first && log(s[i]) > last)
            y[n++] = log(s[i]);
    y[n++] = isfinite(last) ? last : fmin(log(s[VALUES - 1]), y[0] - 1);
    return n;
}

static int times(const process *p, const args *a, int n, double *t)
{
    double y[VALUES];
    int m = knots(p, published[(int)a->v[0]], y);

    t[0] = p->t_max;
    for (int i = 1; i < n; i++) {
        double place = (double)i * (m - 1) / n, part = place - floor(place);
        int k = (int)place;

        t[i] = p->t_of_lambda(p, -(part > 0 ? y[k] + part * (y[k + 1] - y[k]) : y[k]));
    }
    return 0;
}

const grid grid_ays = {
    .name = "ays", .about = "Align Your Steps: published levels of 10 steps, log-linear between",
    .cite = "Sabour et al. 2024, arXiv:2404.14507",
    .par = { { "table", "the model they were made for: Stable Diffusion 1.5, XL, Stable Video Diffusion",
               "sd15 sdxl svd", 0 } },
    .times = times, .open_end = 1,
};
