/*
 * A window of slices of each row at once.  Each round solves all of them from the states as they are guessed now; the
 * method (`update`) makes new guesses; the window slides to the first state that changed by more than the tolerance,
 * which has become exact: its predecessor had settled.
 * States that enter begin as copies of the last one (Shih et al. 2023, algorithm 1).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/methods/parallel/window.h"

enum { STEP, SIGMA, ONE };

static int slice_of(const method *m) { return (int)m->par[SLOTS_SLICE]; }
static int count(int steps, int slice) { return (steps + slice - 1) / slice; }

/* Slots of a row: no more than there are slices. */
static int width_of(const method *m, int steps)
{
    int all = count(steps, slice_of(m));

    return m->par[SLOTS_WINDOW] < all ? (int)m->par[SLOTS_WINDOW] : all;
}

void window_shape(const run *r, int *groups, int *rows) { *groups *= *rows * width_of(r->how, r->steps), *rows = 1; }

void window_claims(const method *m, double *order, int *stochastic)
{
    *order = m->par[SLOTS_TOL] == 0 ? method_order(m->inner[0]) : 0, *stochastic = method_stochastic(m->inner[0]);
}

int window_check(const method *m, const plan *p) { return slots_check(m, p, 0, slice_of(m), ""); }

int window_open(run *r, int extras)
{
    drive *v = drive_of(r);
    window *w = r->own = calloc(1, sizeof *w);
    size_t places, bytes;
    char *at;
    int n = r->rows;

    if (!w)
        return fail("out of memory");
    w->slice = slice_of(r->how), w->width = width_of(r->how, r->steps),
        w->total = count(r->steps, w->slice), w->extras = extras;
    places = (size_t)n * (w->width + 1), w->size = places * r->dim;
    bytes = (3 + extras) * w->size * sizeof *w->x + (2 * w->total + 1) * sizeof *w->scale
            + (places + 3 * n) * sizeof *w->of;
    if (!(at = w->workspace = malloc(bytes)))
        return fail("%s: out of memory: %zu bytes for windows of %d; take a smaller one", r->sol->name, bytes,
                    w->width);
    v->bytes += bytes;
    w->x = (double *)at, w->answer = w->x + w->size, w->fresh = w->answer + w->size, w->more = w->fresh + w->size;
    w->scale = w->more + extras * w->size, w->carry = w->scale + w->total + 1;
    w->of = (int *)(w->carry + w->total), w->begin = w->of + n, w->ahead = w->begin + n, w->age = w->ahead + n;
    return slots_open(&w->run, v, 0, n * w->width) || team_open(&w->team, v, n * w->width) ? FAILED : 0;
}

void window_close(run *r)
{
    window *w = r->own;

    if (!w)
        return;
    team_close(&w->team);
    slots_close(&w->run);
    free(w->workspace), free(w);
}

/* Where state k stands on the grid. */
static int step_of(const window *w, int k) { return k * w->slice < w->taken ? k * w->slice : w->taken; }

/* Standard deviation of the noise of an ancestral step from a to b. */
static double ancestral(const level *a, const level *b)
{
    double ratio = a->alpha * b->sigma / (b->alpha * a->sigma);

    return b->sigma * sqrt(fmax(0, 1 - ratio * ratio));
}

static void set_scales(const run *r, window *w, const level *grid)
{
    int how = (int)r->par[WINDOW_SCALE], carry = (int)r->par[WINDOW_CARRY];

    for (int k = 0; k <= w->total; k++) {
        const level *a = grid + step_of(w, k), *b = grid + step_of(w, k + 1);

        w->scale[k] = how == ONE ? 1 : how == SIGMA ? a->sigma : k < w->total ? ancestral(a, b) : 0;
        if (k < w->total) {
            double ratio = carry == 0 ? 1 : carry == 1 ? b->alpha / a->alpha : b->sigma / a->sigma;

            w->carry[k] = isfinite(ratio) ? ratio : 1;
        }
    }
}

static void start(const run *r, window *w, int steps, const level *grid, const double *x)
{
    w->taken = slots_steps(r->how->inner[0]->sol, steps, grid), w->total = count(w->taken, w->slice);
    w->rows = w->total ? r->rows : 0, w->iteration = 0, w->together = method_role(r->how, ROLE_COUPLES, 0) > 0;
    set_scales(r, w, grid);
    for (int i = 0; i < w->rows; i++) {
        w->of[i] = i, w->begin[i] = 0;
        for (int j = 0; j <= w->width; j++) {
            memcpy(window_at(w, w->x, i, j, r->dim), x + (size_t)i * r->dim, r->dim * sizeof *x);
            w->age[i * (w->width + 1) + j] = 0;
        }
    }
}

static int length(const window *w, int row)
{
    return w->total - w->begin[row] < w->width ? w->total - w->begin[row] : w->width;
}

static int solve_slots(drive *v, window *w, const level *grid)
{
    int dim = v->step.dim;

    for (int i = 0; i < w->rows; i++)
        for (int row = w->of[i], j = 0; j < length(w, row); j++) {
            int first = step_of(w, w->begin[row] + j), last = step_of(w, w->begin[row] + j + 1);

            w->run.s[w->run.n++] = (slot){ row, first, last, last - first, window_at(w, w->x, row, j, dim),
                                           window_at(w, w->answer, row, j, dim) };
        }
    return slots_run(&w->run, v, 0, grid);
}

void window_carry(const window *w, int k, int dim, const double *answer, const double *now, const double *before,
                  double *out)
{
    double c = w->carry[k];

    if (!memcmp(now, before, dim * sizeof *now))            /* adding 0 would lose the sign of a zero */
        memmove(out, answer, dim * sizeof *out);
    else
        for (int d = 0; d < dim; d++)
            out[d] = answer[d] + c * (now[d] - before[d]);
}

int window_passes(const run *r, const window *w, int k, const double *now, const double *before)
{
    double tol = r->par[SLOTS_TOL];

    if (!memcmp(now, before, r->dim * sizeof *now))
        return 1;
    return tol > 0 && w->scale[k] > 0 && rms_apart(r->dim, now, before) <= tol * w->scale[k];
}

/* The largest rms change of any state of the row. */
static double change(const run *r, const window *w, int row, int len)
{
    double most = 0;

    for (int j = 0; j < len; j++) {
        double d = rms_apart(r->dim, window_at(w, w->fresh, row, j, r->dim), window_at(w, w->x, row, j + 1, r->dim));

        most = d > most ? d : most;
    }
    return most;
}

/* The places of one array move down by `ahead`; those that become free repeat the last one. */
static void slide_array(const window *w, double *array, int row, int ahead, int dim)
{
    double *at = window_at(w, array, row, 0, dim);
    int kept = w->width + 1 - ahead;

    memmove(at, at + (size_t)ahead * dim, (size_t)kept * dim * sizeof *at);
    for (int j = kept; j <= w->width; j++)
        memcpy(at + (size_t)j * dim, at + (size_t)(kept - 1) * dim, dim * sizeof *at);
}

static void slide(const run *r, window *w, int row, int len)
{
    int ahead = w->ahead[row], *age = w->age + row * (w->width + 1), dim = r->dim;

    memcpy(window_at(w, w->x, row, 1, dim), window_at(w, w->fresh, row, 0, dim), (size_t)len * dim * sizeof *w->x);
    slide_array(w, w->x, row, ahead, dim);
    for (int i = 0; i < w->extras; i++)
        slide_array(w, w->more + i * w->size, row, ahead, dim);
    for (int j = 0; j <= w->width; j++)
        age[j] = j + ahead <= len ? age[j + ahead] + 1 : 0;
    w->begin[row] += ahead;
}

/* All windows slide; rows at their end leave. */
static void slide_all(const run *r, window *w, double *x)
{
    int kept = 0, least = w->width, len;

    for (int i = 0; i < w->rows; i++)
        least = w->ahead[w->of[i]] < least ? w->ahead[w->of[i]] : least;
    for (int i = 0; i < w->rows; i++) {
        int row = w->of[i];

        if (w->together)
            w->ahead[row] = least;
        len = length(w, row);
        slide(r, w, row, len);
        if (w->begin[row] < w->total)
            w->of[kept++] = row;
        else
            memcpy(x + (size_t)row * r->dim, window_at(w, w->x, row, 0, r->dim), r->dim * sizeof *x);
    }
    w->rows = kept;
}

static void progress(const plan *p, const window *w)
{
    long steps = 0;

    for (int i = 0; i < w->rows && p->done; i++)
        steps += (long)w->ahead[w->of[i]] * w->slice;
    if (steps) {
        #pragma omp atomic
        *p->done += steps;
    }
}

int window_whole(drive *v, int steps, const level *grid, double *x, update *f)
{
    const run *r = &v->step;
    window *w = r->own;

    for (start(r, w, steps, grid, x); w->rows; w->iteration++) {
        double most = 0;

        if (told_to_stop(v->plan))
            return STOPPED;
        if (solve_slots(v, w, grid))
            return FAILED;
        for (int i = 0; i < w->rows; i++) {
            int row = w->of[i], len = length(w, row), passed = f(r, w, row, len);
            double moved = v->plan->residual ? change(r, w, row, len) : 0;

            w->ahead[row] = passed < len ? passed + 1 : len;
            most = moved > most ? moved : most;
        }
        slots_residual(v, w->iteration, most);
        progress(v->plan, w);
        slide_all(r, w, x);
    }
    v->count->iterations = w->iteration;
    v->count->steps = steps;
    v->count->draws = w->run.draws * w->taken;
    return slots_finish(v, w->taken, steps, grid, x);
}
