/*
 * Model statistics: trajectories u = x/alpha, du/dlambda = D - u, from the prior by DPM-Solver++(2M), and
 * at each of their levels
 *
 *   l = 1 - alpha mean_i v_i (D(x_i + d v_i) - D(x_i - d v_i))/2d,
 *   v_i signs, one draw a trajectory, so that l is smooth in lambda,
 *   f' = -l' u + (1 - l)(D - u) - dD/dlambda,   dD/dlambda by a central difference along the flow,
 *   s = cov(f, f')/var f,   b = E f' - s E f.
 */
#include <math.h>
#include <stdlib.h>
#include "base/random.h"
#include "solvers/tools/statistics.h"

enum { CELLS = 64 };
/* means of f, f^2, u, f u, rest, f rest (f' = rest - l' u), dD/dx, D^2 */
enum { F, FF, U, FU, R, FR, JACOBIAN, DATUM, SUMS };

static const double reach = 0.01;                           /* of differences: in sigma, and in lambda */
static const double ridge = 1e-8;                           /* where f hardly varies, s -> 0 */
static const double farthest = -6;                          /* lambda where trajectories start if alpha(t_max) = 0 */

/* All arrays paths x dim. */
typedef struct walk { int n, dim; double *u, *d, *before, *sign, *x, *up, *down; } walk;

static statistics *make(int cells, int dim, double from, double to)
{
    statistics *q = calloc(1, sizeof *q);
    double *c = calloc((size_t)cells * dim * STATS * 4, sizeof *c);

    if (!q || !c)
        return free(q), free(c), fail("out of memory for model statistics of %d columns", dim), NULL;
    *q = (statistics){ cells, dim, from, (to - from) / cells, c };
    return q;
}

void statistics_free(statistics *q)
{
    if (q)
        free(q->c);
    free(q);
}

static double *piece(const statistics *q, int cell, int column, int which)
{
    return q->c + (((size_t)cell * q->dim + column) * STATS + which) * 4;
}

statistics *statistics_constant(int dim, double l, double s, double b)
{
    statistics *q = make(1, dim, 0, 1);

    for (int j = 0; q && j < dim; j++)
        *piece(q, 0, j, STAT_L) = l, *piece(q, 0, j, STAT_S) = s, *piece(q, 0, j, STAT_B) = b;
    return q;
}

void statistics_at(const statistics *q, int column, double lambda, double out[STATS])
{
    double at = (lambda - q->from) / q->width;
    int cell = at < 0 ? 0 : at >= q->cells ? q->cells - 1 : (int)at;
    const double *c = piece(q, cell, column, 0);

    at -= cell;
    for (int k = 0; k < STATS; k++, c += 4)
        out[k] = fma(fma(fma(c[3], at, c[2]), at, c[1]), at, c[0]);
}

/* The natural spline through cells + 1 values v, `stride` apart: second differences m from (m_(i-1) + 4 m_i +
 * m_(i+1))/6 by elimination. */
static void spline(statistics *q, int column, int which, const double *v, size_t stride)
{
    double m[CELLS + 1] = { 0 }, upper[CELLS + 1] = { 0 };

    for (int i = 1; i < q->cells; i++) {
        double d = 6 * (v[(i + 1) * stride] - 2 * v[i * stride] + v[(i - 1) * stride]), pivot = 4 - upper[i - 1];

        upper[i] = 1 / pivot;
        m[i] = (d - m[i - 1]) / pivot;
    }
    for (int i = q->cells - 1; i > 0; i--)
        m[i] -= upper[i] * m[i + 1];
    for (int i = 0; i < q->cells; i++) {
        double *c = piece(q, i, column, which), rise = v[(i + 1) * stride] - v[i * stride];

        c[0] = v[i * stride], c[1] = rise - (2 * m[i] + m[i + 1]) / 6, c[2] = m[i] / 2, c[3] = (m[i + 1] - m[i]) / 6;
    }
}

/* Data predictions at the points of u shifted in x by `by` sigma along the signs, or along the flow to a
 * level by `by` farther. */
static int shifted(run *r, walk *w, const level *l, double by, int along, double *d)
{
    const process *p = r->proc;
    size_t N = (size_t)w->n * w->dim;
    level to = *l;

    if (along) {
        to.t = p->t_of_lambda(p, l->lambda + by);
        p->at(p, 1, &to);
    }
    for (size_t i = 0; i < N; i++)
        w->x[i] = along ? to.alpha * (w->u[i] + (to.lambda - l->lambda) * (w->d[i] - w->u[i]))
            : l->alpha * w->u[i] + by * l->sigma * w->sign[i];
    return consult(r, &to, w->n, w->x, d);
}

/* The means at one level; w->d holds the predictions there.  sum: dim x SUMS. */
static int gather(run *r, walk *w, const level *l, double *sum)
{
    const process *p = r->proc;
    double up = p->t_of_lambda(p, l->lambda + reach), down = p->t_of_lambda(p, l->lambda - reach), apart;
    level ends[2] = { { .t = up }, { .t = down } };

    p->at(p, 2, ends);                                      /* times may be clamped at the ends of the process */
    apart = ends[0].lambda - ends[1].lambda;
    if (shifted(r, w, l, reach, 0, w->up) || shifted(r, w, l, -reach, 0, w->down))
        return -1;
    for (int i = 0; i < w->n; i++)
        for (int j = 0; j < w->dim; j++) {
            size_t e = (size_t)i * w->dim + j;

            sum[j * SUMS + JACOBIAN] += w->sign[e] * (w->up[e] - w->down[e]) / (2 * reach * l->sigma * w->n);
        }
    if (shifted(r, w, l, reach, 1, w->up) || shifted(r, w, l, -reach, 1, w->down))
        return -1;
    for (int i = 0; i < w->n; i++)
        for (int j = 0; j < w->dim; j++) {
            size_t e = (size_t)i * w->dim + j;
            double u = w->u[e], d = w->d[e], less = l->alpha * sum[j * SUMS + JACOBIAN], f = less * u - d;
            double rest = less * (d - u) - (w->up[e] - w->down[e]) / apart;
            double all[SUMS] = { [F] = f, [FF] = f * f, [U] = u, [FU] = f * u, [R] = rest, [FR] = f * rest,
                                 [DATUM] = d * d };

            for (int k = 0; k < SUMS; k++)
                sum[j * SUMS + k] += all[k] / w->n;
        }
    return 0;
}

/* From the means at all levels to the splines: l first, as f' needs its slope. */
static int regress(statistics *q, const level *at, double *sum)
{
    size_t stride = (size_t)q->dim * SUMS;

    for (int j = 0; j < q->dim; j++) {
        double l[CELLS + 1], s[CELLS + 1], b[CELLS + 1];

        for (int i = 0; i <= CELLS; i++)
            l[i] = 1 - at[i].alpha * sum[i * stride + j * SUMS + JACOBIAN];
        spline(q, j, STAT_L, l, 1);
        for (int i = 0; i <= CELLS; i++) {
            const double *m = sum + i * stride + j * SUMS, *c = piece(q, i < CELLS ? i : i - 1, j, STAT_L);
            double slope = (i < CELLS ? c[1] : c[1] + 2 * c[2] + 3 * c[3]) / q->width, rate = m[R] - slope * m[U];
            double variance = m[FF] - m[F] * m[F], scale = variance + ridge * (m[FF] + m[DATUM]);

            s[i] = scale > 0 ? (m[FR] - slope * m[FU] - m[F] * rate) / scale : 0;
            b[i] = rate - s[i] * m[F];
            if (!isfinite(l[i] + s[i] + b[i]))
                return fail("model statistics: the field is not finite near t = %g on trajectories from the prior; "
                            "look at it with `fokker check`",
                            at[i].t);
        }
        spline(q, j, STAT_S, s, 1);
        spline(q, j, STAT_B, b, 1);
    }
    return 0;
}

static int follow(run *r, walk *w, statistics *q, double *sum)
{
    const process *p = r->proc;
    size_t N = (size_t)w->n * w->dim;
    double keep = exp(-q->width), gain = -expm1(-q->width), *swap;
    level at[CELLS + 1];

    for (int i = 0; i <= CELLS; i++)
        at[i].t = p->t_of_lambda(p, q->from + i * q->width);
    p->at(p, CELLS + 1, at);
    normals((stream){ 0, USE_PRIOR }, 0, 0, 0, w->n, w->dim, w->sign);
    normals((stream){ 0, USE_PRIOR }, 0, 1, 0, w->n, w->dim, w->u);
    for (size_t i = 0; i < N; i++)
        w->sign[i] = w->sign[i] < 0 ? -1 : 1, w->u[i] *= at[0].sigma / at[0].alpha;
    for (int i = 0; i <= CELLS; i++) {
        if (shifted(r, w, at + i, 0, 0, w->d) || gather(r, w, at + i, sum + (size_t)i * w->dim * SUMS))
            return -1;
        for (size_t k = 0; k < N; k++)
            w->u[k] = keep * w->u[k] + gain * (i ? 1.5 * w->d[k] - 0.5 * w->before[k] : w->d[k]);
        swap = w->d, w->d = w->before, w->before = swap;
    }
    return regress(q, at, sum);
}

/* From the prior, or from the grid where that is farther out, to the cleanest noisy level of the grid. */
static void range(const run *r, double *from, double *to)
{
    level far = { .t = r->proc->t_max };

    r->proc->at(r->proc, 1, &far);
    *from = isfinite(far.lambda) ? far.lambda : farthest, *to = *from + 1;
    for (const level *l = r->grid; l <= r->grid + r->steps; l++)
        if (isfinite(l->lambda))
            *from = fmin(*from, l->lambda), *to = fmax(*to, l->lambda);
}

statistics *statistics_estimate(run *r, int paths)
{
    size_t N = (size_t)paths * r->dim, sums = (size_t)(CELLS + 1) * r->dim * SUMS;
    double from, to, *all = calloc(7 * N + sums, sizeof *all);
    walk w = { .n = paths, .dim = r->dim };
    double **part[] = { &w.u, &w.d, &w.before, &w.sign, &w.x, &w.up, &w.down };
    statistics *q;

    range(r, &from, &to);
    q = make(CELLS, r->dim, from, to);
    if (!all || !q)
        return free(all), statistics_free(q), fail("out of memory for model statistics of %d columns", r->dim), NULL;
    for (int i = 0; i < 7; i++)
        *part[i] = all + i * N;
    if (follow(r, &w, q, all + 7 * N))
        statistics_free(q), q = NULL;
    free(all);
    return q;
}
