/*
 * Time grids: from an item to the levels that a sampler visits.
 * The kinds are in grid_*.c; here is what holds for all of them: the interval, the last step, and that the times fall.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "solvers/grids/grid.h"

#define GRID(name) extern const grid grid_##name;
#include "solvers/grids/grids.h"
#undef GRID

static const grid *const all[] = {
#define GRID(name) &grid_##name,
#include "solvers/grids/grids.h"
#undef GRID
};
enum { GRIDS = sizeof all / sizeof *all };

int grids(void) { return GRIDS; }
const grid *grid_at(int i) { return all[i]; }

static const char *name_of(int i) { return all[i]->name; }

int schedule_parse(schedule *s, const char *where, const char *item, const process *p, int denoise)
{
    const char *list;
    int which;

    *s = (schedule){ .t_from = NAN, .t_to = NAN, .denoise = denoise };
    if (!item || !*item)
        item = strcmp(p->name, "edm") ? "lambda" : "karras";
    if ((which = item_which(where, item, "grids", GRIDS, name_of, &list)) < 0)
        return -1;
    s->kind = all[which];
    return args_parse(&s->given, where, s->kind->name, s->kind->par, list);
}

void schedule_free(schedule *s) { args_free(&s->given); }

/* The process with the schedule's interval for its own, noise to data. */
static int narrow(const schedule *s, const process *p, process *out)
{
    double from = isnan(s->t_from) ? p->t_max : s->t_from, to = isnan(s->t_to) ? p->t_min : s->t_to;
    double high = from > to ? from : to, low = from > to ? to : from;

    *out = *p;
    if (low < p->t_low || high > p->t_high)
        return fail("grid %s: the interval from t = %g to %g leaves %s, which is defined for t from %g to %g; bring it "
                    "inside",
                    s->kind->name, from, to, p->name, p->t_low, p->t_high);
    if (from == to)
        return fail("grid %s: the interval begins and ends at t = %g; give two different times", s->kind->name, from);
    if (from < to && s->denoise)
        return fail("grid %s: from t = %g up to %g is the way to noise, where no denoising step can follow; leave it "
                    "out (--final none)",
                    s->kind->name, from, to);
    if (s->kind->points && !(isnan(s->t_from) && isnan(s->t_to)))
        return fail("grid %s: its file fixes the interval; leave out the times from and to, or cut the file",
                    s->kind->name);
    out->t_max = high, out->t_min = low;
    return 0;
}

static int is_clean(const process *p, double t)
{
    level l;

    levels(p, 1, &t, &l);
    return l.sigma == 0;
}

/* What follows the n times of a grid: nothing, a clean level, or t_min. */
enum more { NO_MORE, CLEAN, T_MIN };

static enum more wanted(const schedule *s, const process *p)
{
    return s->denoise && !is_clean(p, p->t_min) ? CLEAN : NO_MORE;
}

/* The n times of a file. */
static int from_file(const schedule *s, const process *p, int room, double *t, enum more *more)
{
    int clean, n = s->kind->points(&s->given, &clean);

    if (n > room)
        return fail("grid %s: its file grew while it was read; try again", s->kind->name);
    if (n < 0 || s->kind->times(p, &s->given, n, t))
        return -1;
    *more = s->denoise && !clean && !is_clean(p, t[n - 1]) ? CLEAN : NO_MORE;
    if (n + (*more != NO_MORE) < 2)
        return fail("grid %s: %s holds 1 time, which makes no step; give 2 or more", s->kind->name, s->given.text);
    return n;
}

/* The n times for which n - 1 + (one more) = steps. */
static int from_law(const schedule *s, const process *p, int steps, double *t, enum more *more)
{
    int n = steps + 1;

    *more = wanted(s, p);
    if (*more == CLEAN || s->kind->open_end)
        n = steps;
    if (s->kind->times(p, &s->given, n, t))
        return -1;
    if (*more == CLEAN || !s->kind->open_end)
        return n;
    if (t[n - 1] > p->t_min) {
        *more = T_MIN;
        return n;
    }
    return s->kind->times(p, &s->given, n + 1, t) ? -1 : n + 1;
}

/* That the times are times of the process and fall; NAN, the clean level, may only be the last. */
static int check(const schedule *s, const process *p, int n, const double *t)
{
    for (int i = 0; i < n; i++) {
        if (isnan(t[i]) && i == n - 1 && s->kind->points)
            break;
        if (!(t[i] >= p->t_low && t[i] <= p->t_high))
            return fail("grid %s: time %d is %g, outside %s, which is defined for t from %g to %g; correct it",
                        s->kind->name, i, t[i], p->name,
                        p->t_low, p->t_high);
        if (i && !(t[i] < t[i - 1]))
            return fail("grid %s: time %d is %.17g, not below time %d, %.17g; ask for fewer steps or a wider interval",
                        s->kind->name, i, t[i],
                        i - 1, t[i - 1]);
    }
    return 0;
}

static level *make(const schedule *s, const process *p, int n, enum more more, double *t)
{
    int N = n + (more != NO_MORE);
    level *l = malloc(N * sizeof *l);

    if (!l) {
        fail("grid %s: out of memory for %d levels", s->kind->name, N);
        return NULL;
    }
    if (more == T_MIN)
        t[n] = p->t_min;
    if (more == CLEAN)
        t[n] = NAN;
    levels(p, N, t, l);
    if (isnan(t[N - 1]))
        l[N - 1] = level_clean(p);
    if (s->back || (!isnan(s->t_from) && s->t_from < (isnan(s->t_to) ? p->t_min : s->t_to)))
        for (int i = 0; i < N / 2; i++) {
            level swap = l[i];

            l[i] = l[N - 1 - i], l[N - 1 - i] = swap;
        }
    return l;
}

level *schedule_levels(const schedule *s, const process *p, int steps)
{
    int fixed = schedule_fixed(s, p), n;
    level *l = NULL;
    enum more more = NO_MORE;
    process part;
    double *t;

    if (fixed < 0 || narrow(s, p, &part))
        return NULL;
    if (steps < 1 || (fixed && steps != fixed)) {
        if (fixed)
            fail("grid %s: its file makes %d steps, not %d; ask for %d or none", s->kind->name, fixed, steps, fixed);
        else
            fail("grid %s: %d steps are too few; ask for at least 1", s->kind->name, steps);
        return NULL;
    }
    if (!(t = malloc((steps + 2) * sizeof *t))) {
        fail("grid %s: out of memory for %d steps", s->kind->name, steps);
        return NULL;
    }
    n = fixed ? from_file(s, &part, steps + 1, t, &more) : from_law(s, &part, steps, t, &more);
    if (n > 0 && !check(s, &part, n, t))
        l = make(s, &part, n, more, t);
    free(t);
    return l;
}

int schedule_fixed(const schedule *s, const process *p)
{
    enum more more = NO_MORE;
    double *t;
    int clean, n;

    if (!s->kind->points)
        return 0;
    if ((n = s->kind->points(&s->given, &clean)) < 0)
        return -1;
    if (!(t = malloc((n + 1) * sizeof *t)))
        return fail("grid %s: out of memory for %d times", s->kind->name, n);
    n = from_file(s, p, n, t, &more);
    free(t);
    return n < 0 ? -1 : n - 1 + (more != NO_MORE);
}
