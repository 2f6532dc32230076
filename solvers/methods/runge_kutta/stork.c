/*
 * STORK in t on the probability flow: a stabilised Runge-Kutta method whose inner stages do not ask the field but a
 * polynomial p(c), c = (t - t_a)/h, through its last answers ("virtual" calls), so that a step costs one call.
 *
 *   Y_1 = x + m_1 h p(0),   Y_j = mu_j Y_(j-1) + nu_j Y_(j-2) + (1 - mu_j - nu_j) x + m_j h p(c_(j-1)) + g_j h p(0)
 *   (RKG2, s stages)
 *
 *   b_0 = 1, b_1 = 1/3, b_j = 4(j-1)(j+4)/(3j(j+1)(j+2)(j+3)),  w_1 = 6/((s+4)(s-1)),  mu_j = (2j+1)b_j/(j b_(j-1)),
 *   nu_j = -(j+1)b_j/(j b_(j-2)),
 *   m_1 = w_1, m_j = mu_j w_1,  g_j = -m_j (1 - j(j+1)b_(j-1)/2),   c_1 = w_1, c_j = (j^2 + 3j - 4)/((s+4)(s-1))
 *
 * Since p knows c but not Y, all stages together are a quadrature y = x + h sum_j q_j p(c_j), made once a run;
 * nothing is left of the stability for the sake of which the stages are there.  With two points that is
 * Adams-Bashforth 2, for every s.
 * STORK-4's stages (ROCK4) are of order 4, exact for cubics, as the two points of Gauss are: with four points it is
 * Adams-Bashforth 4, whatever the table.  The authors' STORK-2 takes c_j of another method, RKL2: c_1 = 4/(3(s^2+s-2)),
 * c_j = (j^2+j-2)/(s^2+s-2): sum q_j c_j < 1/2, order 1.
 */
#include <math.h>
#include <stdlib.h>
#include "solvers/tools/lagrange.h"
#include "solvers/tools/tableau.h"

enum { STAGES, POINTS };
enum { MOST_STAGES = 200, MOST_POINTS = 4 };

typedef struct quadrature { int n; double c[MOST_STAGES], q[MOST_STAGES]; } quadrature;

/* The points of polynomials (0: the parameter POINTS), and the rule of the stages. */
typedef struct stork { int points; void (*rule)(const run *, quadrature *); } stork;

static double rkg2_time(int s, int j)
{
    return j == 1 ? 6. / ((s + 4) * (s - 1)) : (j * j + 3 * j - 4.) / ((s + 4) * (s - 1));
}

static double rkl2_time(int s, int j)
{
    return j == 1 ? 4. / (3 * (s * s + s - 2)) : (j * j + j - 2.) / (s * s + s - 2);
}

static double gegenbauer(int j)
{
    return j > 1 ? 4. * (j - 1) * (j + 4) / (3. * j * (j + 1) * (j + 2) * (j + 3)) : j ? 1. / 3 : 1;
}

/* The recurrence on the weights of p(c_0 = 0), p(c_1), ... in Y_j - x. */
static void rkg2(const run *r, quadrature *out, double (*time)(int s, int j))
{
    int s = r->par[STAGES];
    double last[MOST_STAGES] = { 0 }, before[MOST_STAGES] = { 0 }, w = 6. / ((s + 4) * (s - 1));

    out->n = s;
    for (int j = 0; j < s; j++)
        out->c[j] = j ? time(s, j) : 0, out->q[j] = 0;
    last[0] = w;
    for (int j = 2; j <= s; j++) {
        double mu = (2 * j + 1) * gegenbauer(j) / (j * gegenbauer(j - 1)),
            nu = -(j + 1) * gegenbauer(j) / (j * gegenbauer(j - 2));

        for (int i = 0; i < s; i++) {
            out->q[i] = mu * last[i] + nu * before[i];
            before[i] = last[i];
        }
        out->q[j - 1] += mu * w;
        out->q[0] -= mu * w * (1 - j * (j + 1) * gegenbauer(j - 1) / 2);
        for (int i = 0; i < s; i++)
            last[i] = out->q[i];
    }
}

static void right(const run *r, quadrature *out) { rkg2(r, out, rkg2_time); }
static void shipped(const run *r, quadrature *out) { rkg2(r, out, rkl2_time); }

static void gauss(const run *r, quadrature *out)
{
    double apart = sqrt(1. / 12);

    *out = (quadrature){ 2, { 0.5 - apart, 0.5 + apart }, { 0.5, 0.5 } };
}

static int open_stork(run *r)
{
    quadrature *rule = r->own = malloc(sizeof *rule);

    if (!rule)
        return fail("%s: out of memory", r->sol->name);
    ((const stork *)r->sol->data)->rule(r, rule);
    return 0;
}

static void close_stork(run *r) { free(r->own); }

/* Order 4 needs a start of order 3: Kutta's. */
static const tableau kutta3 = {
    3,
    .c = (const double[]){ 0, 1. / 2, 1 },
    .a = (const double[]){ 1. / 2,
                           -1, 2 },
    .b = (const double[]){ 1. / 6, 2. / 3, 1. / 6 },
};

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    const stork *m = r->sol->data;
    const quadrature *rule = r->own;
    int points = m->points ? m->points : (int)r->par[POINTS], n = r->k < points ? r->k + 1 : points;

    if (eval_drift(r, a, x, r->w[0]))
        return -1;
    if (points == MOST_POINTS && m->points && n < points)
        return rk_stages(r, &kutta3, a, b, x, y, (double *[]){ r->w[0], r->w[4], r->w[5] }, 1);
    EACH_GROUP(r, g) {
        double h = b[g].t - a[g].t, node[MOST_POINTS] = { 0 }, l[MOST_POINTS] = { 0 };
        term sum[MOST_POINTS + 1] = { { 1, x } };

        for (int j = 1; j < n; j++)
            node[j] = (r->past[j - 1][g].t - a[g].t) / h;
        lagrange_sum(n, node, rule->n, rule->c, rule->q, l);
        for (int j = 0; j < n; j++)
            sum[j + 1] = (term){ h * l[j], r->w[j] };
        sum_terms(r, g, y, n + 1, sum);
    }
    return 0;
}

#define STORK(p, stages) .data = &(const stork){ p, stages }, .evals = 1, .never = ALPHA_0 | SIGMA_0, \
                         .open = open_stork, .close = close_stork, .step = step
#define STAGES_PARAM [STAGES] = { "s", "virtual stages", 0, 50, 2, MOST_STAGES, 1 }

const solver solver_stork_2 = {
    .name = "stork-2", .about = "stabilised Runge-Kutta with virtual stages in t, which makes it Adams-Bashforth 2",
    .cite = "Tan et al. 2025, arXiv 2505.24210", .order = 2, .work = 4, .history = 3, STORK(0, right),
    .par = { STAGES_PARAM,
             [POINTS] = { "points", "answers that the virtual stages extrapolate", 0, 2, 2, MOST_POINTS, 1 } },
};

const solver solver_stork_2_shipped = {
    .name = "stork-2-shipped",
    .about = "stork-2 with the authors' stage times, which are another method's: order 1 (the right form is stork-2)",
    .cite = "github.com/ZT220501/STORK", .order = 1, .work = 2, .history = 1, STORK(2, shipped),
    .par = { STAGES_PARAM },
};

const solver solver_stork_4 = {
    .name = "stork-4", .about = "the same of order 4 through four answers, which makes it Adams-Bashforth 4 in t",
    .cite = "Tan et al. 2025, arXiv 2505.24210", .order = 4, .work = 6, .history = 3, STORK(MOST_POINTS, gauss),
};
