/*
 * DEIS, Adams-Bashforth with a weight:  u_b = u_a + sum_j E_j int_(s_a)^(s_b) L_j(v) ds, u = x/alpha, s = sigma/alpha,
 * L_j the Lagrange basis in a variable v of one's choice, in which E is close to a polynomial:
 *
 *   v = t            deis-tab        the paper's t-AB of order n - 1
 *   v = lambda       deis-logrhoab   what diffusers calls DEIS
 *   v = s            deis-rhoab      in closed form, ab.c
 *
 * The integrals by Gauss and Legendre in lambda, ds = -s dlambda, where everything is smooth.
 * The authors' code takes a left Riemann sum of 10,000 points in t or s, wrong by 2e-7 to 1e-4 of a weight: `-shipped`.
 * Its order falls from 2, a ramp's, to 1 where the error of the sum takes over: none is claimed.
 */
#include <math.h>
#include "solvers/tools/lagrange.h"
#include "solvers/tools/multi.h"

enum { MOST = 64, RIEMANN = 10000 };

static double time_of(const process *p, double lambda) { return p->t_of_lambda(p, lambda); }
static double itself(const process *p, double lambda) { return lambda; }

static void gauss(const run *r, int n, const double *node, const level *a, const level *b,
                  double (*variable)(const process *, double), double *w)
{
    const stock *s = r->own;
    int points = (int)s->rule->n;
    double v[MOST], c[MOST];

    for (int q = 0; q < points; q++) {
        double lambda;

        gsl_integration_glfixed_point(a->lambda, b->lambda, q, &lambda, &c[q], s->rule);
        c[q] *= -exp(-lambda);
        v[q] = variable(r->proc, lambda);
    }
    for (int j = 0; j < n; j++)
        w[j] = 0;
    lagrange_sum(n, node, points, v, c, w);
}

static void tab_weights(const run *r, int n, const level *const *at, const level *b, double *w)
{
    double t[MULTI_POINTS];

    for (int j = 0; j < n; j++)
        t[j] = at[j]->t;
    gauss(r, n, t, at[0], b, time_of, w);
}

static void log_weights(const run *r, int n, const level *const *at, const level *b, double *w)
{
    double lambda[MULTI_POINTS];

    for (int j = 0; j < n; j++)
        lambda[j] = at[j]->lambda;
    gauss(r, n, lambda, at[0], b, itself, w);
}

/* The left ends of equal parts of the step. */
static double left_ends(double from, double to, int first, int points, double *v)
{
    for (int q = 0; q < points; q++)
        v[q] = from + (first + q) * ((to - from) / RIEMANN);
    return (to - from) / RIEMANN;
}

/* In t, where ds/dt = g2/(2 sigma alpha). */
static void tab_riemann(const run *r, int n, const level *const *at, const level *b, double *w)
{
    const process *p = r->proc;
    double t[MULTI_POINTS] = { at[0]->t };

    for (int j = 0; j < n; j++)
        t[j] = at[j]->t, w[j] = 0;
    for (int first = 0; first < RIEMANN; first += MOST) {
        int points = RIEMANN - first < MOST ? RIEMANN - first : MOST;
        level l[MOST];
        double v[MOST], c[MOST], part = left_ends(t[0], b->t, first, points, v);

        levels(p, points, v, l);
        for (int q = 0; q < points; q++)
            c[q] = part * l[q].g2 / (2 * l[q].sigma * l[q].alpha);
        lagrange_sum(n, t, points, v, c, w);
    }
}

/* In s. */
static void rhoab_riemann(const run *r, int n, const level *const *at, const level *b, double *w)
{
    double s[MULTI_POINTS] = { ratio(at[0]) };

    for (int j = 0; j < n; j++)
        s[j] = ratio(at[j]), w[j] = 0;
    for (int first = 0; first < RIEMANN; first += MOST) {
        int points = RIEMANN - first < MOST ? RIEMANN - first : MOST;
        double v[MOST], c[MOST], part = left_ends(s[0], ratio(b), first, points, v);

        for (int q = 0; q < points; q++)
            c[q] = part;
        lagrange_sum(n, s, points, v, c, w);
    }
}

#define DEIS(id, title, n, reads, what, rule, ramp, ...) \
    const solver solver_deis_##id = { \
        .name = "deis-" title, .about = what, .cite = "Zhang and Chen 2022", \
        .data = &(const multi){ .points = n, .ramps = ramp, .weights = rule }, \
        .order = reads, .never = ALPHA_0 | SIGMA_0, .par = { __VA_ARGS__ }, .open = multi_open, .close = multi_close, \
        MULTI(n), \
    };
DEIS(tab1, "tab1", 1, 1, "DEIS, E a constant over the step: DDIM", tab_weights, 0, { 0 })
DEIS(tab2, "tab2", 2, 2, "DEIS, E a line in t", tab_weights, 0, { 0 })
DEIS(tab3, "tab3", 3, 3, "DEIS, E a parabola in t", tab_weights, 0, RUNGE_OR_RAMP)
DEIS(tab4, "tab4", 4, 4, "DEIS, E a cubic in t", tab_weights, 0, RUNGE_OR_RAMP)
DEIS(logrhoab1, "logrhoab1", 1, 1, "DEIS in log(sigma/alpha), E a constant: DDIM", log_weights, 0, { 0 })
DEIS(logrhoab2, "logrhoab2", 2, 2, "DEIS in log(sigma/alpha) as in diffusers, E a line", log_weights, 0, LAST_STEPS)
DEIS(logrhoab3, "logrhoab3", 3, 3, "DEIS in log(sigma/alpha) as in diffusers, E a parabola", log_weights, 0,
     RUNGE_OR_RAMP, LAST_STEPS)
DEIS(tab1_shipped, "tab1-shipped", 1, 1, "deis-tab1 with the authors' left Riemann sums", tab_riemann, 1, { 0 })
DEIS(tab2_shipped, "tab2-shipped", 2, 0, "deis-tab2 with the authors' left Riemann sums", tab_riemann, 1, { 0 })
DEIS(tab3_shipped, "tab3-shipped", 3, 0, "deis-tab3 with the authors' left Riemann sums", tab_riemann, 1, { 0 })
DEIS(tab4_shipped, "tab4-shipped", 4, 0, "deis-tab4 with the authors' left Riemann sums", tab_riemann, 1, { 0 })
DEIS(rhoab2_shipped, "rhoab2-shipped", 2, 0, "deis-rhoab2 with the authors' left Riemann sums", rhoab_riemann, 1, { 0 })
DEIS(rhoab3_shipped, "rhoab3-shipped", 3, 0, "deis-rhoab3 with the authors' left Riemann sums", rhoab_riemann, 1, { 0 })
DEIS(rhoab4_shipped, "rhoab4-shipped", 4, 0, "deis-rhoab4 with the authors' left Riemann sums", rhoab_riemann, 1, { 0 })
