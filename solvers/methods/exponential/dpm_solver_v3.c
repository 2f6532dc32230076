/*
 * DPM-Solver-v3: exponential Adams steps in lambda on what is left of the flow when model statistics l, s, b
 * (statistics.h) have taken their linear part out.  With f = (sigma E - l x)/alpha and, relative to the level
 * a where a step begins,
 *
 *   L = int_a l,   S = int_a s,   B = int_a e^-S b,   g = e^-S f - B,
 *   x_b = alpha_b e^-L(b) (x_a/alpha_a - int_a^b e^(L+S) (g + B) dlambda)
 *
 * g is the polynomial through its last n values; its integral and those of l, s, b are taken by Gauss quadrature, so
 * the order is n for any l, s, b.  The authors' code takes the trapezoidal rule on its table of statistics, and rounds
 * the levels of the grid to that table.
 *
 * pseudo=yes  the authors' second derivative, the divided difference without its shift: order 3 becomes 2.
 * corrector   the call at b also corrects the state there: yes: from n values with the new one, pseudo: n + 1 and the
 *             divided differences.
 * statistics  data: l = 1, s = b = 0, DPM-Solver++;  noise: l = b = 0, s = -1, DPM-Solver.
 * The first step of order 3 is RES-2s.
 */
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include "solvers/tools/by_column.h"
#include "solvers/tools/exprk.h"
#include "solvers/tools/statistics.h"

enum { STATISTICS, PATHS, PSEUDO, CORRECTOR };
enum { FIELD, BY_DATA, BY_NOISE };                          /* statistics= */
enum { CORRECTS_NOT, CORRECTS, CORRECTS_PSEUDO };
/* points of the quadrature; values of g in a step, at most */
enum { Q = 8, VALUES = 4 };
enum { INTO = 3, MOST_STEP = INTO + 2 * (VALUES + 2) };     /* rows of coefficients that make f; of a whole step */

static const double piece = 0.5;                            /* the longest interval of one quadrature */
static const size_t table_most = (size_t)1 << 24;           /* doubles; beyond, coefficients are found at each step */
static const double half[] = { 0.5, 1 };                     /* of the start: r1, and its exact weight */
static const int orders[] = { 1, 2, 3 };

/* Gauss-Legendre on [0, 1]; a[q][p]: the integral of p's Lagrange polynomial up to c[q]. */
typedef struct v3_rule { double c[Q], w[Q], a[Q][Q]; } v3_rule;

/* A step of k steps' past has `size` coefficients in rows: of f, y, the corrected state. */
typedef struct v3_stock { const statistics *stat; v3_rule rule; int size; double *table, *row; } v3_stock;

/* Integrals from one level to another: L, S, B, C = int e^(L+S) B, M[m] = int e^(L+S) r^m, r the part of the way. */
typedef struct v3_exp_step { double L, S, B, C, M[VALUES]; } v3_exp_step;

static int order_of(const solver *s) { return *(const int *)s->data; }

/* How many values of g step k uses, and its correction, which has the new one besides; 0: none. */
static int points_at(const solver *s, int k) { return k + 1 < order_of(s) ? k + 1 : order_of(s); }
static int started(const solver *s, int k) { return order_of(s) == 3 && k == 0; }

static int corrected(const solver *s, const double *par, int k)
{
    int n = k > 0 && !started(s, k - 1) ? points_at(s, k - 1) + (par[CORRECTOR] == CORRECTS_PSEUDO) : 0;

    return par[CORRECTOR] != CORRECTS_NOT && n > 1 ? n : 0;
}

static int make_rule(v3_rule *q)
{
    gsl_integration_glfixed_table *t = gsl_integration_glfixed_table_alloc(Q);

    if (!t)
        return fail("out of memory");
    for (int i = 0; i < Q; i++)
        gsl_integration_glfixed_point(0, 1, i, &q->c[i], &q->w[i], t);
    gsl_integration_glfixed_table_free(t);
    for (int i = 0; i < Q; i++) {
        double moment[Q], power = q->c[i];

        for (int m = 0; m < Q; m++, power *= q->c[i])
            moment[m] = power / (m + 1);
        node_weights(Q, q->c, moment, q->a[i]);
    }
    return 0;
}

/* From `start` on: at the points into at[], to the end of an interval of length h; returns the end. */
static double run_up(const v3_rule *q, double h, double start, const double *v, double *at)
{
    double whole = 0;

    for (int i = 0; i < Q; i++) {
        double sum = 0;

        for (int p = 0; p < Q; p++)
            sum += q->a[i][p] * v[p];
        at[i] = start + h * sum;
        whole += q->w[i] * v[i];
    }
    return start + h * whole;
}

static v3_exp_step integrals(const v3_stock *s, int column, double from, double to)
{
    const v3_rule *q = &s->rule;
    int pieces = (int)fmax(1, ceil(fabs(to - from) / piece));
    double h = (to - from) / pieces;
    v3_exp_step o = { 0 };

    for (int k = 0; k < pieces; k++) {
        double v[STATS], l[Q], rate[Q], b[Q], L[Q], S[Q], B[Q];

        for (int i = 0; i < Q; i++) {
            statistics_at(s->stat, column, from + (k + q->c[i]) * h, v);
            l[i] = v[STAT_L], rate[i] = v[STAT_S], b[i] = v[STAT_B];
        }
        o.L = run_up(q, h, o.L, l, L);
        o.S = run_up(q, h, o.S, rate, S);
        for (int i = 0; i < Q; i++)
            b[i] *= exp(-S[i]);
        o.B = run_up(q, h, o.B, b, B);
        for (int i = 0; i < Q; i++) {
            double e = h * q->w[i] * exp(L[i] + S[i]), r = (k + q->c[i]) / pieces;

            o.C += e * B[i];
            for (int m = 0; m < VALUES; m++, e *= r)
                o.M[m] += e;
        }
    }
    return o;
}

/* The weights of n values at the parts r of the way: of the polynomial through them, or (pseudo) of
 * sum_i M_i g[r_0..r_i]. */
static void value_weights(int n, const double *r, const double *M, int pseudo, double *w)
{
    if (!pseudo) {
        node_weights(n, r, M, w);
        return;
    }
    for (int j = 0; j < n; j++)
        w[j] = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double share = M[i];

            for (int k = 0; k <= i; k++)
                share /= k == j ? 1 : r[j] - r[k];
            w[j] += share;
        }
}

/* Rows of y = c_0 + keep x + sum c_j f_j from the level at[0] to `to`, the values known at at[0..n-1]. */
static void step_rows(const v3_stock *s, int n, const level *const *at, const level *to, int pseudo, double *c)
{
    int dim = s->stat->dim, wide = columns_wide(dim);
    const level *a = at[0];
    double h = to->lambda - a->lambda, r[VALUES], w[VALUES];

    for (int j = 0; j < n; j++)
        r[j] = (at[j]->lambda - a->lambda) / h;
    for (int d = 0; d < dim; d++) {
        v3_exp_step whole = integrals(s, d, a->lambda, to->lambda);
        double scale = to->alpha * exp(-whole.L), rest = -whole.C;

        value_weights(n, r, whole.M, pseudo, w);
        for (int j = 0; j < n; j++) {
            v3_exp_step back = j ? integrals(s, d, a->lambda, at[j]->lambda) : (v3_exp_step){ 0 };

            rest += w[j] * back.B;
            c[(j + 2) * wide + d] = -scale * w[j] * exp(-back.S);
        }
        c[d] = scale * rest;
        c[wide + d] = scale / a->alpha;
    }
    for (int j = 0; j < n + 2; j++)
        columns_repeat(dim, c + (ptrdiff_t)j * wide);
}

/* All rows of step k from at[0] (at[1], ...: where the steps before began) to `to`. */
static void find(const v3_stock *s, const solver *sol, const double *par, int k, const level *const *at,
                 const level *to,
                 double *c)
{
    int dim = s->stat->dim, wide = columns_wide(dim), n = points_at(sol, k), m = corrected(sol, par, k),
        by_noise = par[STATISTICS] == BY_NOISE;
    const level *a = at[0], *node[VALUES];

    for (int d = 0; d < dim; d++) {
        double v[STATS];

        statistics_at(s->stat, d, a->lambda, v);
        c[d] = 0;
        c[wide + d] = by_noise ? a->sigma / a->alpha : -1;
        c[2 * wide + d] = ((by_noise ? 0 : 1) - v[STAT_L]) / a->alpha;
    }
    for (int j = 0; j < INTO; j++)
        columns_repeat(dim, c + (ptrdiff_t)j * wide);
    c += INTO * wide;
    if (!started(sol, k))
        step_rows(s, n, at, to, par[PSEUDO] != 0, c);
    if (!m)
        return;
    node[0] = at[1], node[1] = a;
    for (int j = 2; j < m; j++)
        node[j] = at[j];
    step_rows(s, m, node, a, par[CORRECTOR] == CORRECTS_PSEUDO, c + (ptrdiff_t)(n + 2) * wide);
}

/* The rows of this step: from the table where it is one of the plan's own. */
static const double *rows_of(run *r, int g, const level *a, const level *b)
{
    const v3_stock *s = r->own;
    const level *at[VALUES] = { a };

    if (s->table && on_grid(r, a, b))
        return s->table + (size_t)r->k * s->size;
    for (int j = 1; j < VALUES && j <= r->k; j++)
        at[j] = r->past[j - 1] + g;
    find(s, r->sol, r->par, r->k, at, b, s->row);
    return s->row;
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double **w = r->w, *c = w[r->sol->history + 1];
    int n = points_at(r->sol, r->k), m = corrected(r->sol, r->par, r->k), by_noise = r->par[STATISTICS] == BY_NOISE,
        starts = started(r->sol, r->k);

    if (starts) {
        double *k[] = { w[0], w[r->sol->history + 2] };

        if (exprk_step(r, &exprk_2s, by_noise ? NOISE : DATA, half, k, a, b, x, y))
            return -1;
    } else if ((by_noise ? eval_noise : eval_data)(r, a, x, w[0])) {
        return -1;
    }
    EACH_GROUP(r, g) {
        int wide = columns_wide(r->dim);
        const double *rows = rows_of(r, g, a + g, b + g), *from = r->par[CORRECTOR] ? c : x;

        sum_columns(r, g, w[0], 2, rows, (const double *[]){ w[0], x });
        rows += (ptrdiff_t)INTO * wide;
        if (m)
            sum_columns(r, g, c, m + 1, rows + (ptrdiff_t)(n + 2) * wide,
                        (const double *[]){ c, w[1], w[0], w[2], w[3] });
        else if (from == c)
            combine(r, g, c, {1, x});
        if (!starts)
            sum_columns(r, g, y, n + 1, rows, (const double *[]){ from, w[0], w[1], w[2] });
    }
    return 0;
}

static int fill_table(const run *r, v3_stock *s)
{
    s->size = MOST_STEP * columns_wide(r->dim);
    if (!(s->row = malloc(s->size * sizeof *s->row)))
        return fail("%s: out of memory", r->sol->name);
    if ((size_t)r->steps * s->size > table_most)
        return 0;
    if (!(s->table = malloc((size_t)r->steps * s->size * sizeof *s->table)))
        return fail("%s: out of memory for the coefficients of %d steps", r->sol->name, r->steps);
    for (int k = 0; k < r->steps; k++) {
        const level *at[VALUES] = { r->grid + k };

        for (int j = 1; j < VALUES && j <= k; j++)
            at[j] = r->grid + k - j;
        if (at[0][1].sigma > 0)
            find(s, r->sol, r->par, k, at, at[0] + 1, s->table + (size_t)k * s->size);
    }
    return 0;
}

static void *find_statistics(run *r)
{
    int kind = (int)r->par[STATISTICS];

    return kind == FIELD ? statistics_estimate(r, (int)r->par[PATHS])
        : statistics_constant(r->dim, kind == BY_DATA, kind == BY_DATA ? 0 : -1, 0);
}

static void drop_statistics(void *q) { statistics_free(q); }

static int open(run *r)
{
    v3_stock *s = r->own = calloc(1, sizeof *s);

    if (!s)
        return fail("%s: out of memory", r->sol->name);
    s->stat = find_once(r, find_statistics, drop_statistics);
    return !s->stat || make_rule(&s->rule) || fill_table(r, s) ? -1 : 0;
}

static void shut(run *r)
{
    v3_stock *s = r->own;

    if (!s)
        return;
    free(s->table);
    free(s->row);
    free(s);
}

static void claims(const method *how, double *order, int *stochastic)
{
    int n = order_of(how->sol), pseudo = how->par[PSEUDO] != 0, corrector = (int)how->par[CORRECTOR];

    *stochastic = 0;
    *order = corrector == CORRECTS_PSEUDO ? 2 : n == 3 && pseudo && corrector == CORRECTS_NOT ? 2 : n;
}

#define V3(n, what) { \
    .name = "dpm-solver-v3-" #n, .about = what, .cite = "Zheng et al. 2023, arXiv:2310.13268", \
    .data = &orders[n - 1], .order = n, .evals = 1, .work = n + 3, .history = n, .never = ALPHA_0 | SIGMA_0, \
    .claims = claims, .open = open, .close = shut, .step = step, \
    .par = { [STATISTICS] = { "statistics", \
                              "l, s, b read off the field (before the budget begins), or those of DPM-Solver++ or " \
                              "DPM-Solver", \
                              "field data noise", FIELD }, \
             [PATHS] = { "paths", "trajectories that the statistics are read off, of 325 evaluations each", NULL, 64, \
                         2, 1e6, 1 }, \
             [PSEUDO] = { "pseudo", "the second derivative of order 3 as its authors ship it: order 2", "no yes", 0 }, \
             [CORRECTOR] = { "corrector", \
                             "each call also corrects the state: from n values, or n + 1 and divided differences", \
                             "no yes pseudo", CORRECTS_NOT } } }

const solver solver_dpm_solver_v3_1 = V3(1, "DPM-Solver-v3 of order 1, its model statistics read off the field");
const solver solver_dpm_solver_v3_2 = V3(2, "DPM-Solver-v3 of order 2, its model statistics read off the field");
const solver solver_dpm_solver_v3_3 = V3(3, "DPM-Solver-v3 of order 3, its model statistics read off the field");
