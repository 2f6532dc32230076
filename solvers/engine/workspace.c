/* The memory of a run: one workspace a thread, laid out by one recursive function that is called twice, to measure and
 * to cut. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/engine/drive.h"

enum { LINE = 64, PAGE = 4096 };

/* Large arrays are moved against one another, so that equal places in them do not share the low bits of their
 * addresses. */
static void *cut(char *base, size_t *used, size_t bytes)
{
    size_t at = *used;

    *used += ((bytes + LINE - 1) & ~(size_t)(LINE - 1)) + (bytes >= PAGE ? 5 * LINE : 0);
    return base ? base + at : NULL;
}

static void lay(run *r, char *base, size_t *used)
{
    int groups = r->groups, rows = r->rows;

    if (r->sol->shape)
        r->sol->shape(r, &groups, &rows);
    r->w = cut(base, used, (r->sol->work + 1) * sizeof *r->w);
    for (int i = 0; i < r->sol->work; i++) {
        double *w = cut(base, used, (size_t)groups * rows * r->dim * sizeof *w);

        if (base)
            r->w[i] = w;
    }
    r->group = cut(base, used, r->groups * sizeof *r->group);
    r->label = cut(base, used, r->plan->label ? (size_t)r->groups * r->rows * sizeof *r->label : 0);
    r->mid = cut(base, used, 2 * r->groups * sizeof *r->mid);
    r->a = cut(base, used, r->groups * sizeof *r->a);
    r->b = cut(base, used, r->groups * sizeof *r->b);
    for (int i = 0; i < r->sol->inners; i++)
        lay(r->inner[i], base, used);
}

/* What only the outermost run has: the driver's states. */
static void lay_driver(run *r, char *base, size_t *used)
{
    size_t N = (size_t)r->groups * r->rows * r->dim;
    int own = adaptive(r->plan) ? r->groups : 0;

    r->y = cut(base, used, N * sizeof *r->y);
    if (own) {
        r->err = cut(base, used, N * sizeof *r->err);
        r->x = cut(base, used, N * sizeof *r->x);
        r->embedded = cut(base, used, N * sizeof *r->embedded);
        r->h = cut(base, used, own * sizeof *r->h);
        r->e = cut(base, used, own * sizeof *r->e);
        r->e_now = cut(base, used, own * sizeof *r->e_now);
        r->factor = cut(base, used, own * sizeof *r->factor);
    }
}

static void resize_as(run *r, int groups, int rows)
{
    r->groups = groups, r->rows = rows;
    if (r->sol->shape)
        r->sol->shape(r, &groups, &rows);
    for (int i = 0; i < r->sol->inners; i++)
        resize_as(r->inner[i], groups, rows);
}

void resize(run *r, int rows)
{
    if (adaptive(r->plan))
        resize_as(r, rows, 1);
    else
        resize_as(r, 1, rows);
}

/* The tree of runs without their arrays; what was made is in *out, on failure too. */
static int grow(run **out, const plan *p, const method *how, const score *field, tally *count, long n)
{
    run *r = *out = calloc(1, sizeof *r);

    if (!r)
        return fail("out of memory");
    *r = (run){ .how = how, .sol = how->sol, .par = how->par, .text = how->text, .plan = p, .field = field,
                .dim = field->dim, .count = count, .n = n,
                .left = INT_MAX / 2, .last = (int)method_par(how, "last", LAST_FULL) };
    for (int i = 0; i < how->sol->inners; i++)
        if (grow(&r->inner[i], p, how->inner[i], field, count, n))
            return FAILED;
    return 0;
}

static void prune(run *r)
{
    if (!r)
        return;
    for (int i = 0; i < MAX_INNER; i++)
        prune(r->inner[i]);
    free(r->workspace);
    free(r);
}

static void shut(run *r)
{
    for (int i = 0; i < r->sol->inners; i++)
        shut(r->inner[i]);
    if (r->sol->close)
        r->sol->close(r);
}

static int open_all(run *r)
{
    if (r->sol->open && r->sol->open(r))
        return FAILED;
    for (int i = 0; i < r->sol->inners; i++)
        if (open_all(r->inner[i]))
            return FAILED;
    return 0;
}

run *run_open(const plan *p, const score *field, tally *count, long n, int rows)
{
    run *r;
    size_t used = 0;

    if (grow(&r, p, p->how, field, count, n))
        return prune(r), NULL;
    resize(r, rows);
    lay(r, NULL, &used);
    lay_driver(r, NULL, &used);
    r->bytes = used;
    if (!(r->workspace = aligned_alloc(LINE, used + LINE)))
        return prune(r), fail("out of memory: %zu bytes a block of %d samples", used, rows), NULL;
    used = 0;
    lay(r, r->workspace, &used);
    lay_driver(r, r->workspace, &used);
    if (open_all(r))
        return run_close(r), NULL;
    return r;
}

void run_close(run *r)
{
    if (!r)
        return;
    shut(r);
    prune(r);
}
