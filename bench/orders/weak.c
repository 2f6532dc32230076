/*
 * Weak order without Monte-Carlo noise.  On a Gaussian with diagonal covariance a method with linear updates is an
 * affine map of its start and its normals, x = c + A x_0 + sum_j b_j z_j in every column, which one run of draws + 2
 * rows reads off: row 0 starts at 0, row 1 at 1, row 2 + j at 0 with the j-th normal 1.
 * Mean and variance of the law of x follow, and their errors without any sampling:
 *
 *   mean = c + A m_T,   variance = A^2 v_T + sum_j b_j^2
 *
 * An affine field flatters some methods: the mixtures of the strong order check the law once more (strong.c).
 */
#include <math.h>
#include <stdlib.h>
#include "bench/orders/order.h"
#include "bench/watch.h"

/* Errors below 1e-12 are round-off.  Starts at sigma/alpha = 2 and at full noise: near full noise, and on some grids,
 * methods superconverge. */
static const double ROUND_OFF = 1e-12, NEAR = 2;
enum { OCTAVES = 3, MOMENTS = 2, CURVES = MOMENTS * BELL_DIM };

/* The one row of each draw that gets 1. */
static void answer(const noise *n, const draw *d, double *z)
{
    for (int i = 0; i < d->rows; i++)
        for (int k = 0; k < d->dim; k++)
            z[(size_t)i * d->dim + k] = d->row + i == 2 + d->nth;
}

static const noise probe = { .fill = answer };

/* Errors of mean and variance of each column at the end of the grid. */
static int errors(const arena *a, const method *m, int steps, const level *l, double out[CURVES])
{
    const law *bell = a->ground->bell;
    plan p = { .how = m, .proc = a->proc, .field = a->ground->bell_field, .noise = &probe, .steps = steps, .grid = l,
               .stop = &watch_stopped };
    const level *b = l + steps;
    double mean[BELL_DIM], cov[BELL_DIM * BELL_DIM], *x;
    tally cost;
    int n;

    if (dry_run(&p, &cost) || bell->moments(bell, mean, cov))
        return -1;
    n = (int)cost.draws + 2;
    if (!(x = calloc((size_t)n * BELL_DIM, sizeof *x)))
        return fail("out of memory");
    for (int k = 0; k < BELL_DIM; k++)
        x[BELL_DIM + k] = 1;
    if (solve(&p, n, x, NULL))
        return free(x), -1;
    for (int k = 0; k < BELL_DIM; k++) {
        double c = x[k], A = x[BELL_DIM + k] - c, v = cov[k * BELL_DIM + k];
        double v_T = l->alpha * l->alpha * v + l->sigma * l->sigma, sum = A * A * v_T;

        for (int j = 2; j < n; j++)
            sum += (x[j * BELL_DIM + k] - c) * (x[j * BELL_DIM + k] - c);
        out[k] = c + A * l->alpha * mean[k] - b->alpha * mean[k];
        out[BELL_DIM + k] = sum - (b->alpha * b->alpha * v + b->sigma * b->sigma);
    }
    free(x);
    return 0;
}

/* The least slope of the curves that say something: one may lie below round-off or change its sign on the way down. */
static int least(ladder *l, slope *s)
{
    int best = -1;

    for (int i = 0; i < CURVES; i++) {
        slope here = ladder_fit(&l[i], ROUND_OFF, OCTAVES);

        if (isnan(here.value) || here.hi - here.lo > 0.5)
            continue;
        if (best < 0 || here.value < s->value)
            *s = here, best = i;
    }
    return best;
}

static int one_start(finding *f, const method *m, const effort *e, double t)
{
    const arena *a = f->arena;
    ladder l[CURVES] = { { 0 } };
    slope s = NO_SLOPE;
    start from = { .model = "Gaussian" };
    int best;

    for (int steps = e->least; steps <= e->limit; steps *= 2) {
        double error[CURVES];
        level *grid_levels;
        int status;

        if (steps > e->most && least(l, &s) >= 0 && judge(s, f->least, f->most) != VERDICT_UNCLEAR)
            break;
        grid_levels = order_levels(a->proc, f->grid, t, a->low, steps);
        status = grid_levels ? errors(a, m, steps, grid_levels, error) : -1;
        free(grid_levels);
        if (status)
            return -1;
        for (int i = 0; i < CURVES; i++)
            l[i].h[l[i].count] = 1. / steps, l[i].error[l[i].count++] = error[i];
    }
    best = least(l, &s);
    finding_worse(f, s, &l[best < 0 ? BELL_DIM : best], &from, t, a->low);
    return 0;
}

int order_weak(finding *f, const method *m, const effort *e)
{
    const span *on = arena_span(f->arena, f->grid);
    const double starts[2] = { arena_time(f->arena, NEAR), on ? on->full : NAN };
    int status = on ? 0 : fail("order: no starts were made for the grid %s", f->grid);

    claim_range(f, method_order(m), 1);
    if (on && isnan(on->full))
        return finding_apart(f, on);
    for (int i = 0; i < 2 && !status; i++)
        status = one_start(f, m, e, starts[i]);
    return finding_close(f, status);
}
