/*
 * Restart: EDM's Heun, and where the grid comes nearest to s = min, `times` times over: noise up to s = max at once and
 * Heun back down in `steps` steps, on Karras levels (rho 7).  s = sigma/alpha.
 * The noise is no part of the reverse path: it is drawn for an interval of no length.
 */
#include <math.h>
#include "solvers/step.h"

enum { MIN, MAX, STEPS, TIMES, S_NOISE };

static double ratio_of(const level *l) { return l->sigma / l->alpha; }

/* Whether b is the level of the grid that lies nearest to min. */
static int turning(const run *r, const level *b)
{
    int best = 0;

    for (int i = 1; i <= r->steps; i++)
        if (fabs(ratio_of(r->grid + i) - r->par[MIN]) < fabs(ratio_of(r->grid + best) - r->par[MIN]))
            best = i;
    return b->sigma > 0 && b->t == r->grid[best].t;
}

/* Levels j of n from max down to b. */
static void rungs(run *r, const level *b, int j, int n, level *out)
{
    const process *p = r->proc;

    EACH_GROUP(r, g) {
        double top = pow(r->par[MAX], 1. / 7), low = pow(ratio_of(b + g), 1. / 7);

        out[g].t = p->t_of_lambda(p, -7 * log(top + (low - top) * j / n));
    }
    p->at(p, r->groups, out);
    if (j == n)
        EACH_GROUP(r, g)
            out[g] = b[g];
}

/* Once up and down from y at b, in place, for the groups that turn there; of the others no result is kept. */
static int again(run *r, const level *b, double *y)
{
    level *at = r->mid, *next = r->mid + r->groups, *swap;
    double *z = r->w[2], *from = r->w[3], *to = r->w[4], *turn;
    int n = (int)r->par[STEPS];

    draw_noise(r, b, b, z);
    rungs(r, b, 0, n, at);
    EACH_GROUP(r, g) {
        double up = ratio_of(at + g), s = ratio_of(b + g);

        combine(r, g, from, {at[g].alpha / b[g].alpha, y},
                {r->par[S_NOISE] * at[g].alpha * sqrt((up - s) * (up + s)), z});
    }
    for (int j = 1; j <= n; j++) {
        rungs(r, b, j, n, next);
        if (solver_edm_heun.step(r, at, next, from, to))
            return -1;
        turn = from, from = to, to = turn;
        swap = at, at = next, next = swap;
    }
    EACH_GROUP(r, g)
        if (turning(r, b + g))
            combine(r, g, y, {1, from});
    return 0;
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    int turns = 0;

    EACH_GROUP(r, g)
        turns |= turning(r, b + g);
    turns *= (int)r->par[TIMES];
    if (solver_edm_heun.step(r, a, b, x, y))
        return -1;
    for (int i = 0; i < turns; i++)
        if (again(r, b, y))
            return -1;
    return 0;
}

static int check(const method *m, const plan *p)
{
    if (m->par[MIN] >= m->par[MAX])
        return fail("restart: min = %g is not below max = %g; it goes from min up to max", m->par[MIN], m->par[MAX]);
    return 0;
}

const solver solver_restart = {
    .name = "restart", .about = "Heun that goes back up and down again", .cite = "Xu et al. 2023, arXiv:2306.14878",
    .stochastic = 1, .evals = 2, .work = 5, .never = ALPHA_0 | SIGMA_0, .check = check, .step = step,
    .par = { [MIN] = { "min", "s = sigma/alpha where it turns", NULL, 0.06, 1e-9, 1e9 },
             [MAX] = { "max", "s up to which it goes back", NULL, 0.3, 1e-9, 1e9 },
             [STEPS] = { "steps", "Heun steps back down", NULL, 3, 1, 1000, 1 },
             [TIMES] = { "times", "how often", NULL, 2, 0, 1000, 1 },
             [S_NOISE] = { "s_noise", "factor of the noise", NULL, 1, 0, 10 } },
};
