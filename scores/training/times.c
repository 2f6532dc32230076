/* Times of training: places, the map from a place to a time, and the table of importance. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include "base/fail.h"
#include "scores/training/times.h"

enum { UNIFORM, LAMBDA, LOGNORMAL, IMPORTANCE };
enum { LOW, RANDOM };
enum { HALF = 512 };

const param times_keys[] = {
    [TIMES_HOW] = { "times", "density of times", "uniform lambda lognormal importance", UNIFORM },
    [TIMES_SPREAD] = { "spread", "how a batch is spread over it", "low-discrepancy random", LOW },
    [TIMES_LEVELS] = { "levels", "how many noise levels there are; 0: all", NULL, 0, 0, 1e6, 1 },
    [TIMES_MEAN] = { "log_mean", "of log(sigma/alpha), lognormal", NULL, -1.2, -100, 100, 0 },
    [TIMES_STD] = { "log_std", "of log(sigma/alpha), lognormal", NULL, 1.2, 1e-6, 100, 0 },
    { 0 },
};

/* The time at the part v of the interval. */
static double time_of(const times *w, double v)
{
    const process *p = w->proc;
    double mean = w->given.v[TIMES_MEAN], std = w->given.v[TIMES_STD];

    if (w->given.v[TIMES_HOW] == LAMBDA)
        return p->t_of_lambda(p, w->high + v * (w->low - w->high));
    if (w->given.v[TIMES_HOW] == LOGNORMAL) {
        double from = gsl_cdf_ugaussian_P((-w->high - mean) / std), to = gsl_cdf_ugaussian_P((-w->low - mean) / std);

        return p->t_of_lambda(p, -(mean + std * gsl_cdf_ugaussian_Pinv(from + v * (to - from))));
    }
    return p->t_min + v * (p->t_max - p->t_min);
}

static level level_of(const times *w, double t)
{
    level l;

    t = t < w->proc->t_min ? w->proc->t_min : t > w->proc->t_max ? w->proc->t_max : t;
    levels(w->proc, 1, &t, &l);
    return l;
}

level times_level(const times *w, int i) { return w->own ? w->own[i] : level_of(w, time_of(w, i / (w->levels - 1.))); }

/* ---- importance ---- */

static int by_size(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* Ends of cells: evenly in t and, where it is finite, in lambda too, since weightings rise steeply towards t_min. */
static void cut_cells(times *w)
{
    const process *p = w->proc;
    double low = isfinite(w->low) ? w->low : -20;

    for (int i = 0; i <= HALF; i++)
        w->edge[i] = p->t_min + (double)i / HALF * (p->t_max - p->t_min);
    for (int i = 0; i < HALF; i++)
        w->edge[HALF + 1 + i] = fmin(fmax(p->t_of_lambda(p, w->high + (i + 0.5) / HALF * (low - w->high)), p->t_min),
                                     p->t_max);
    qsort(w->edge, w->cells + 1, sizeof *w->edge, by_size);
}

static int make_table(times *w, const char *where, weigh *weight, const void *self)
{
    double mean = 0, share;
    int L = w->levels;

    w->cells = L ? L : 2 * HALF;
    if (!(w->edge = calloc(3 * (size_t)w->cells + 2, sizeof *w->edge)))
        return fail("%s: out of memory: importance of %d noise levels", where, w->cells);
    w->cum = w->edge + w->cells + 1, w->ratio = w->cum + w->cells + 1;
    if (!L)
        cut_cells(w);
    for (int k = 0; k < w->cells; k++) {
        level l = L ? times_level(w, k) : level_of(w, (w->edge[k] + w->edge[k + 1]) / 2);

        w->ratio[k] = weight(self, &l, k);
        share = L ? 1. / L : (w->edge[k + 1] - w->edge[k]) / (w->proc->t_max - w->proc->t_min);
        w->cum[k + 1] = mean += share * w->ratio[k];
    }
    for (int k = 0; k < w->cells; k++)
        w->ratio[k] /= mean, w->cum[k + 1] /= mean;
    return isfinite(mean) && mean > 0 ? 0
        : (times_close(w), fail("%s: times = importance, but the weighting has no finite mean; choose another", where));
}

static int cell_of(const times *w, double u)
{
    int low = 0, high = w->cells;

    while (high - low > 1) {
        int middle = low + (high - low) / 2;

        *(u < w->cum[middle] ? &high : &low) = middle;
    }
    return low;
}

/* ---- all of it ---- */

int times_open(times *w, const char *where, weigh *weight, const void *self)
{
    int how = (int)w->given.v[TIMES_HOW];
    level low = level_of(w, w->proc->t_max);

    w->high = level_of(w, w->proc->t_min).lambda, w->low = low.lambda;
    w->levels = (int)w->given.v[TIMES_LEVELS];
    w->edge = NULL;
    if (w->own && (how == LAMBDA || how == LOGNORMAL))
        return fail("%s: times = %s, but the levels are those of the student's grid; leave times out, or choose "
                    "importance", where, how == LAMBDA ? "lambda" : "lognormal");
    if (how == LAMBDA && !isfinite(w->high - w->low))
        return fail("%s: times = lambda, but lambda is infinite at an end of the process; choose uniform, or another "
                    "t_max", where);
    if ((w->levels == 1 && !w->own) || (w->levels && how == LOGNORMAL))
        return fail("%s: %s; leave levels out, or give 2 or more with times = uniform, lambda or importance", where,
                    w->levels == 1 ? "levels = 1 is no range of noise levels" : "times = lognormal has no levels");
    return how == IMPORTANCE ? make_table(w, where, weight, self) : 0;
}

void times_close(times *w)
{
    free(w->edge);
    w->edge = NULL;
}

/* The moment at place u. */
static moment moment_of(const times *w, double u)
{
    moment m = { .density = 1 };

    if (w->edge) {
        m.index = cell_of(w, u);
        m.density = w->ratio[m.index];
        u = (u - w->cum[m.index]) / (w->cum[m.index + 1] - w->cum[m.index]);
        m.at = w->levels ? times_level(w, m.index)
            : level_of(w, w->edge[m.index] + u * (w->edge[m.index + 1] - w->edge[m.index]));
    } else if (w->levels) {
        m.index = (int)(u * w->levels);
        m.at = times_level(w, m.index);
    } else {
        m.at = level_of(w, time_of(w, u));
    }
    return m;
}

void times_draw(const times *w, long step, int first, int n, moment *m)
{
    stream s = { w->seed, USE_TRAIN };
    double u, shift;

    uniforms(s, step, SHIFT_STEP, 1, 1, 1, &shift);
    for (int i = 0; i < n; i++) {
        u = fmod(shift + (double)(first + i) / w->batch, 1);
        if (w->given.v[TIMES_SPREAD] == RANDOM)
            uniforms(s, step * w->batch + first + i, TIME_STEP, 0, 1, 1, &u);
        m[i] = moment_of(w, u);
    }
}
