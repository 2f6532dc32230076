/*
 * Exact inversion: explicit two-step methods that can be solved for either end, so that a run back undoes a run forth
 * to round-off.  With E = noise at (x, a), p the level before a, x_p the state there:
 *
 *   y = u x_p + v x + w E
 *
 * BDIA:  u = gamma,  v = (alpha_b - gamma alpha_p)/alpha_a,  w = sigma_b - gamma sigma_p - v sigma_a:
 *        y - DDIM(a to b) = gamma (x_p - DDIM(a to p))
 * BELM:  u = q^2 alpha_b/alpha_p,  v = (1 - q^2) alpha_b/alpha_a,  w = alpha_b h (1 + q),
 *        in s = sigma/alpha: h = s_b - s_a, q = h/(s_a - s_p)
 *
 * The state of these methods is the pair (x_p, x).  A run from x alone makes the other half by DDIM; a run back
 * must be given it: the state that the run forth had one step before its end, by `second=`, as such (n x dim) or
 * as its whole trajectory.
 * Then the same formula (BDIA: with 1/gamma) leads back to the start: BDIA gamma = 1 to round-off, BELM with its
 * growth (s_first/s_last)^2.
 * gamma < 1 loses the pair:
 * the way back multiplies round-off by 1/gamma every step.
 * As integrators from data to noise (without `second`) they do not do: two-step formulas of this kind are unstable
 * where the flow contracts, as it does on the way to noise.
 */
#include <math.h>
#include <stdlib.h>
#include "base/files/array.h"
#include "solvers/step.h"

typedef struct weights { double u, v, w; } weights;
typedef struct pair_rule { weights (*at)(const run *, const level *p, const level *a, const level *b); } pair_rule;
enum { SECOND, GAMMA };

static const double MOST_GROWTH = 1e6;              /* of round-off by BDIA's way back, with gamma < 1 */

static weights bdia(const run *r, const level *p, const level *a, const level *b)
{
    double gamma = b->sigma < a->sigma ? r->par[GAMMA] : 1 / r->par[GAMMA],
        v = (b->alpha - gamma * p->alpha) / a->alpha;

    return (weights){ gamma, v, b->sigma - gamma * p->sigma - v * a->sigma };
}

static weights belm(const run *r, const level *p, const level *a, const level *b)
{
    double s = a->sigma / a->alpha, h = b->sigma / b->alpha - s, q = h / (s - p->sigma / p->alpha);

    return (weights){ q * q * b->alpha / p->alpha, (1 - q) * (1 + q) * b->alpha / a->alpha, b->alpha * h * (1 + q) };
}

/* The first step: the other half of the pair as it was given, or by DDIM. */
static int start(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *e = r->w[2];
    const array *given = r->own;

    if (given) {
        long parts = array_rows(given) * array_cols(given) / (r->n * r->dim), skip = parts > 1 ? parts - 2 : 0;

        EACH_GROUP(r, g) {
            size_t o = (size_t)g * r->rows * r->dim;
            /* combine adds o */
            const double *from = given->v + ((size_t)skip * r->n + r->group[g].row) * r->dim - o;

            combine(r, g, y, {1, from});
        }
        return 0;
    }
    if (eval_noise(r, a, x, e))
        return -1;
    EACH_GROUP(r, g) {
        double v = b[g].alpha / a[g].alpha;

        combine(r, g, y, {v, x}, {b[g].sigma - v * a[g].sigma, e});
    }
    return 0;
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    const pair_rule *m = r->sol->data;
    double *now = r->w[0], *before = r->w[1], *e = r->w[2];

    EACH_GROUP(r, g)
        combine(r, g, now, {1, x});
    if (r->k == 0)
        return start(r, a, b, x, y);
    if (eval_noise(r, a, x, e))
        return -1;
    EACH_GROUP(r, g) {
        weights c = m->at(r, &r->past[0][g], &a[g], &b[g]);

        combine(r, g, y, {c.u, before}, {c.v, x}, {c.w, e});
    }
    return 0;
}

static int open_pair(run *r)
{
    array *given;
    long total, state = r->n * r->dim;
    const char *path = r->how->text;

    if (!path || !*path)
        return 0;
    if (!(r->own = given = calloc(1, sizeof *given)))
        return fail("%s: out of memory", r->sol->name);
    if (array_read(path, given))
        return -1;
    total = array_rows(given) * array_cols(given);
    if (total % state || (state > 1 && given->shape[given->dims - 1] != r->dim))
        return fail("%s: %s holds %ld numbers in rows of %ld, and the state has %ld samples of %d columns; give the "
                    "state before the end of the "
                    "run forth, or its trajectory", r->sol->name, path, total, given->shape[given->dims - 1], r->n,
                    r->dim);
    return 0;
}

static void close_pair(run *r)
{
    if (r->own)
        array_free(r->own);
    free(r->own);
}

static int check_second(const method *m, const plan *p)
{
    if (p->grid->sigma == 0 && !(m->text && *m->text))
        return fail("%s: nothing is known of the noise at sigma = 0, where the grid starts; give the other half of the "
                    "pair by second=FILE",
                    m->sol->name);
    return 0;
}

static int check_bdia(const method *m, const plan *p)
{
    double growth = pow(m->par[GAMMA], -p->steps);

    if (p->grid->sigma < p->grid[p->steps].sigma && growth > MOST_GROWTH)
        return fail("bdia: the way back with gamma = %g multiplies round-off by 1/gamma a step, %.1g in %d steps; only "
                    "gamma = 1 can be inverted",
                    m->par[GAMMA], growth, p->steps);
    return check_second(m, p);
}

static void claims_bdia(const method *m, double *order, int *stochastic)
{
    *order = m->par[GAMMA] < 1 ? 1 : 2, *stochastic = 0;
}

#define PAIR(name) .data = &(const pair_rule){ name }, .order = 2, .evals = 1, .work = 3, .history = 1, \
    .never = ALPHA_0, \
    .step = step, \
                   .open = open_pair, .close = close_pair
#define SECOND_PARAM [SECOND] = { "second", \
                                  "the state after the first step, for a run back: n x dim, or the trajectory of the " \
                                  "run forth", PATH, 0 }

const solver solver_bdia = {
    .name = "bdia", .about = "DDIM made exactly invertible by the step before",
    .cite = "Zhang, Lewis, Kleijn 2023 (2307.10829)",
    PAIR(bdia), .claims = claims_bdia, .check = check_bdia,
    .par = { SECOND_PARAM,
             [GAMMA] = { "gamma", "share of the step before; below 1 the order is 1 and the way back explodes", 0, 1,
                         0.01, 1 } },
};

const solver solver_belm = {
    .name = "belm", .about = "two-step method of order 2 that is exactly invertible",
    .cite = "Wang et al. 2024 (2410.07273)",
    PAIR(belm), .check = check_second,
    .par = { SECOND_PARAM },
};
