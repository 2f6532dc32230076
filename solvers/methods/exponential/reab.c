/*
 * REAB-n: exponential Rosenbrock Adams-Bashforth.  The part of the flow that a Gaussian N(m, c I) of the data's size
 * would have is solved exactly; the rest of the data prediction, N = D - m - J (x - alpha m) with J = alpha c/S^2, S^2
 * = alpha^2 c + sigma^2, by Adams-Bashforth.  With theta = asinh(sqrt(c) alpha/sigma)/sqrt(c) the flow is d((x - alpha
 * m)/S) = N dtheta:
 *
 *   y = alpha_b m + (S_b/S_a) (x - alpha_a m) + S_b int N dtheta
 *
 * m and c are read off the field itself, once, far out (lambda = -3), where every data law looks Gaussian:
 * D = m + J (x - alpha m).
 * Whatever they are, the order is n; where the data are that Gaussian, N = 0.
 * The first step of reab-3 is a midpoint step in theta.
 */
#include <math.h>
#include <stdlib.h>
#include "base/random.h"
#include "solvers/tools/phi.h"
#include "solvers/tools/statistics.h"

enum { STD };
enum { PAIRS = 16 };
enum { NOW, MEAN = 3, MID };                                /* arrays: w[0..2] turn */

static const int points[] = { 1, 2, 3 };

static double spread(double c, const level *l) { return sqrt(l->alpha * l->alpha * c + l->sigma * l->sigma); }

static double theta(double c, const level *l)
{
    double v = l->alpha / l->sigma, u = sqrt(c) * v;

    return u > 1e-9 ? v * (asinh(u) / u) : v;
}

static double variance(const run *r) { return *(const double *)r->own; }   /* what find found is c, then m */

/* From answers d at the points x = sigma z and -sigma z: J, c and (1 - alpha J) m, the mean answer. */
static double fit(const level *l, int dim, const double *x, const double *d, double given, double *m)
{
    double up = 0, down = 0, J, c;
    size_t half = (size_t)PAIRS * dim;

    for (size_t i = 0; i < half; i++)
        up += (d[i] - d[half + i]) * x[i], down += 2 * x[i] * x[i];
    J = up / down;
    c = J * l->sigma * l->sigma / (l->alpha * (1 - l->alpha * J));
    for (int j = 0; j < dim; j++) {
        double sum = 0;

        for (int i = 0; i < 2 * PAIRS; i++)
            sum += d[(size_t)i * dim + j];
        m[j] = sum / (2 * PAIRS) / (1 - l->alpha * J);
    }
    return given > 0 ? given * given : c > 0 && isfinite(c) ? c : 0;
}

/* c and m, 1 + dim numbers; x: room for two PAIRS of points and their answers. */
static int estimate(run *r, double *x, double *found)
{
    const process *p = r->proc;
    size_t half = (size_t)PAIRS * r->dim;
    double *d = x + 2 * half;
    level l = { .t = p->t_of_lambda(p, -3) };

    p->at(p, 1, &l);
    normals((stream){ 0, USE_PRIOR }, 0, 0, 0, PAIRS, r->dim, x);
    for (size_t i = 0; i < half; i++)
        x[i] *= l.sigma, x[half + i] = -x[i];
    if (consult(r, &l, 2 * PAIRS, x, d))
        return -1;
    *found = fit(&l, r->dim, x, d, r->par[STD], found + 1);
    return 0;
}

static void *find(run *r)
{
    double *x = malloc((size_t)4 * PAIRS * r->dim * sizeof *x), *found = malloc((1 + (size_t)r->dim) * sizeof *found);

    if (x && found ? estimate(r, x, found) : fail("out of memory"))
        free(found), found = NULL;
    free(x);
    return found;
}

static int open(run *r)
{
    const double *found = find_once(r, find, free);

    if (!found)
        return -1;
    r->own = (void *)found;
    for (size_t i = 0; i < (size_t)r->groups * r->rows * r->dim; i++)
        r->w[MEAN][i] = found[1 + i % r->dim];
    return 0;
}

/* n = N(x), in place of the answer D. */
static int eval_rest(run *r, const level *l, const double *x, double *n)
{
    if (eval_data(r, l, x, n))
        return -1;
    EACH_GROUP(r, g) {
        double c = variance(r), S = spread(c, l + g), J = l[g].alpha * c / (S * S);

        combine(r, g, n, {1, n}, {-J, x}, {l[g].alpha * J - 1, r->w[MEAN]});
    }
    return 0;
}

/* From a to b over n known values at the angles at[0] (of a), at[1], ... */
static void integrate(const run *r, int g, const level *a, const level *b, int n, const double *at,
                      double *const *rest, const double *x, double *y)
{
    double c = variance(r), S = spread(c, b), keep = S / spread(c, a), h = theta(c, b) - at[0],
        part[MAX_NODES] = { 0 }, w[MAX_NODES];
    term sum[MAX_NODES + 2] = { { keep, x }, { b->alpha - keep * a->alpha, r->w[MEAN] } };

    for (int j = 0; j < n; j++)
        part[j] = (at[j] - at[0]) / h;
    exp_weights(n, part, 0, w);
    for (int j = 0; j < n; j++)
        sum[j + 2] = (term){ S * h * w[j], rest[j] };
    sum_terms(r, g, y, n + 2, sum);
}

static int midpoint(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *rest[] = { r->w[NOW], r->w[MID] }, c = variance(r);

    between(r, a, b, 0.5, r->mid);
    EACH_GROUP(r, g) {
        double at = theta(c, a + g);

        integrate(r, g, a + g, r->mid + g, 1, &at, rest, x, y);
    }
    if (eval_rest(r, r->mid, y, rest[1]))
        return -1;
    EACH_GROUP(r, g) {
        double at[] = { theta(c, a + g), theta(c, r->mid + g) };

        integrate(r, g, a + g, b + g, 2, at, rest, x, y);
    }
    return 0;
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    int most = *(const int *)r->sol->data, n = r->k + 1 < most ? r->k + 1 : most;

    if (eval_rest(r, a, x, r->w[NOW]))
        return -1;
    if (most == 3 && r->k == 0)
        return midpoint(r, a, b, x, y);
    EACH_GROUP(r, g) {
        double c = variance(r), at[MAX_NODES] = { theta(c, a + g) };

        for (int j = 1; j < n; j++)
            at[j] = theta(c, r->past[j - 1] + g);
        integrate(r, g, a + g, b + g, n, at, r->w, x, y);
    }
    return 0;
}

#define REAB(n, what) { \
    .name = "reab-" #n, .about = what, \
    .cite = "Hochbruck, Ostermann 2010, section 2.5: exponential Rosenbrock and Adams methods", \
    .data = &points[n - 1], .order = n, .evals = 1, .work = n == 3 ? 5 : 4, .history = 2, .never = SIGMA_0, \
    .open = open, .step = step, \
    .par = { [STD] = { "std", "of the Gaussian part; 0: read off the field", NULL, 0, 0, 1e6, 0 } } }

const solver solver_reab_1 = REAB(1, "exact Gaussian part, the rest by Euler");
const solver solver_reab_2 = REAB(2, "exact Gaussian part, the rest by Adams-Bashforth of order 2");
const solver solver_reab_3 = REAB(3, "exact Gaussian part, the rest by Adams-Bashforth of order 3");
