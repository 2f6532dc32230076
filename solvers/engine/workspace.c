/* The memory of a run: one workspace a thread, laid out by one recursive function that is called twice,
 * to measure and to cut. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/engine/drive.h"

enum { LINE = 64, PAGE = 4096 };

/* Large arrays are moved against one another, so that equal places in them do not share the low
 * bits of their addresses. */
static void *cut(char *base, size_t *used, size_t bytes)
{
    size_t at = *used;

    *used += ((bytes + LINE - 1) & ~(size_t)(LINE - 1)) + (bytes >= PAGE ? 5 * LINE : 0);
    return base ? base + at : NULL;
}

static void lay(drive *v, char *base, size_t *used)
{
    run *r = &v->step;
    int groups = r->groups, rows = r->rows;

    if (r->sol->shape)
        r->sol->shape(r, &groups, &rows);
    r->w = cut(base, used, (r->sol->work + 1) * sizeof *r->w);
    for (int i = 0; i < r->sol->work; i++) {
        double *w = cut(base, used, (size_t)groups * rows * r->dim * sizeof *w);

        if (base)
            r->w[i] = w;
    }
    r->group = v->group = cut(base, used, r->groups * sizeof *v->group);
    v->label = cut(base, used, v->plan->label ? (size_t)r->groups * r->rows * sizeof *v->label : 0);
    r->mid = cut(base, used, 2 * r->groups * sizeof *r->mid);
    v->a = cut(base, used, r->groups * sizeof *v->a);
    v->b = cut(base, used, r->groups * sizeof *v->b);
    for (int i = 0; i < r->sol->inners; i++)
        lay(drive_inner(v, i), base, used);
}

/* What only the outermost run has: the driver's states. */
static void lay_driver(drive *v, char *base, size_t *used)
{
    run *r = &v->step;
    size_t N = (size_t)r->groups * r->rows * r->dim;
    int own = adaptive(v->plan) ? r->groups : 0;

    v->y = cut(base, used, N * sizeof *v->y);
    if (own) {
        r->err = cut(base, used, N * sizeof *r->err);
        v->x = cut(base, used, N * sizeof *v->x);
        v->embedded = cut(base, used, N * sizeof *v->embedded);
        v->h = cut(base, used, own * sizeof *v->h);
        v->e = cut(base, used, own * sizeof *v->e);
        v->e_now = cut(base, used, own * sizeof *v->e_now);
        v->factor = cut(base, used, own * sizeof *v->factor);
    }
}

void resize_as(drive *v, int groups, int rows)
{
    run *r = &v->step;

    r->groups = groups, r->rows = rows;
    if (r->sol->shape)
        r->sol->shape(r, &groups, &rows);
    for (int i = 0; i < r->sol->inners; i++)
        resize_as(drive_inner(v, i), groups, rows);
}

void resize(drive *v, int rows)
{
    if (adaptive(v->plan))
        resize_as(v, rows, 1);
    else
        resize_as(v, 1, rows);
}

/* The tree of runs without their arrays; what was made is in *out, on failure too. */
static int grow(run **out, const plan *p, const method *how, const score *field, tally *count, long n)
{
    drive *v = calloc(1, sizeof *v);

    if (!v)
        return fail("out of memory");
    *out = &v->step;
    v->step = (run){ .how = how, .sol = how->sol, .par = how->par, .proc = p->proc, .steps = p->steps, .grid = p->grid,
                     .n = n, .dim = field->dim,
                     .tol = { p->rtol, p->atol, p->normed ? p->normed : field->dim } };
    v->plan = p, v->field = field, v->count = count, v->found = p->found, v->left = INT_MAX / 2;
    v->last = (enum last)method_role(how, ROLE_LAST, LAST_FULL);
    v->control = (enum control)method_role(how, ROLE_CONTROL, CONTROL_PI);
    for (int i = 0; i < how->sol->inners; i++)
        if (grow(&v->step.inner[i], p, how->inner[i], field, count, n))
            return FAILED;
    return 0;
}

static void prune(run *r)
{
    if (!r)
        return;
    for (int i = 0; i < MAX_INNER; i++)
        prune(r->inner[i]);
    free(drive_of(r)->workspace);
    free(drive_of(r));
}

/* A drive without solve keeps its findings itself. */
static void keep_findings(drive *v, findings *f)
{
    v->found = f;
    for (int i = 0; i < v->step.sol->inners; i++)
        keep_findings(drive_inner(v, i), f);
}

static void forget(drive *v)
{
    if (!v->plan->found) {
        findings_close(v->found);
        free(v->found);
    }
    prune(&v->step);
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

drive *drive_open(const plan *p, const score *field, tally *count, long n, int rows)
{
    run *r = NULL;
    drive *v;
    size_t used = 0;

    if (grow(&r, p, p->how, field, count, n))
        return prune(r), NULL;
    v = drive_of(r);
    if (!p->found) {
        findings *own = calloc(1, sizeof *own);

        if (!own)
            return prune(r), fail("out of memory"), NULL;
        keep_findings(v, own);
    }
    resize(v, rows);
    lay(v, NULL, &used);
    lay_driver(v, NULL, &used);
    v->bytes = used;
    if (!(v->workspace = aligned_alloc(LINE, used + LINE)))
        return forget(v), fail("out of memory: %zu bytes a block of %d samples", used, rows), NULL;
    used = 0;
    lay(v, v->workspace, &used);
    lay_driver(v, v->workspace, &used);
    if (open_all(r))
        return drive_close(v), NULL;
    return v;
}

void drive_close(drive *v)
{
    if (!v)
        return;
    shut(&v->step);
    forget(v);
}
