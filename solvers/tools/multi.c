/* The step of every multistep method in s = sigma/alpha, and its starts. */
#include <math.h>
#include <stdlib.h>
#include "solvers/tools/multi.h"

const double multi_even[MULTI_POINTS][MULTI_POINTS] = {
    { 1 },
    { 3. / 2, -1. / 2 },
    { 23. / 12, -16. / 12, 5. / 12 },
    { 55. / 24, -59. / 24, 37. / 24, -9. / 24 },
};

void multi_even_weights(const run *r, int n, const level *const *at, const level *b, double *w)
{
    for (int j = 0; j < n; j++)
        w[j] = (ratio(b) - ratio(at[0])) * multi_even[n - 1][j];
}

static int points_of(const multi *m, const double *par) { return m->points ? m->points : (int)par[ORDER]; }

static int ramps(const multi *m, const double *par) { return m->ramps || par[START] != 0; }

void multi_sum(const run *r, int g, const level *a, const level *b, int n, const double *w, const double *x, double *y)
{
    term s[1 + MULTI_POINTS] = { { b->alpha / a->alpha, x } };

    for (int j = 0; j < n; j++)
        s[1 + j] = (term){ b->alpha * w[j], r->w[j] };
    sum_terms(r, g, y, 1 + n, s);
}

/* Weights for group g, from the stock where the step is one of the plan's own. */
static void find(const run *r, int g, int n, const level *a, const level *b, double *w)
{
    const multi *m = r->sol->data;
    const stock *s = r->own;
    const level *at[MULTI_POINTS] = { a };

    for (int j = 1; j < n; j++)
        at[j] = r->past[j - 1] + g;
    if (s && on_grid(r, a, b))
        for (int j = 0; j < n; j++)
            w[j] = s->w[r->k][j];
    else
        m->weights(r, n, at, b, w);
}

/* Runge-Kutta of order 2 (midpoint) and 3 (Heun) in s: stage i uses stage i - 1 alone, and every
 * node lies inside the step. */
static const struct runge { int stages; double c[3], b[3]; } runges[] = {
    { 2, { 0, 1. / 2 }, { 0, 1 } },
    { 3, { 0, 1. / 3, 2. / 3 }, { 1. / 4, 0, 3. / 4 } },
};

/* One step of order 2 or 3; the first stage is known, in w[0]. */
static int runge(run *r, const level *a, const level *b, const double *x, double *y, int order)
{
    const struct runge *t = &runges[order - 2];
    const process *p = r->proc;
    double *e = r->w[0], *stage_e = r->w[r->sol->history + 1];

    for (int i = 1; i < t->stages; i++, e = stage_e) {
        EACH_GROUP(r, g)
            r->mid[g].t = p->t_of_lambda(p, -log(ratio(a + g) + t->c[i] * (ratio(b + g) - ratio(a + g))));
        p->at(p, r->groups, r->mid);
        EACH_GROUP(r, g) {
            double alpha = r->mid[g].alpha;

            combine(r, g, y, {alpha / a[g].alpha, x}, {alpha * (ratio(r->mid + g) - ratio(a + g)), e});
        }
        if (eval_noise(r, r->mid, y, stage_e))
            return -1;
    }
    EACH_GROUP(r, g) {
        double h = b[g].alpha * (ratio(b + g) - ratio(a + g));

        combine(r, g, y, {b[g].alpha / a[g].alpha, x}, {h * t->b[0], r->w[0]}, {h * t->b[t->stages - 1], e});
    }
    return 0;
}

int multi_step(run *r, const level *a, const level *b, const double *x, double *y)
{
    const multi *m = r->sol->data;
    int points = points_of(m, r->par), n = predictions(r, 0, points);

    if (eval_noise(r, a, x, r->w[0]))
        return -1;
    if (r->k + 2 < points && !ramps(m, r->par))
        return runge(r, a, b, x, y, points - 1);
    EACH_GROUP(r, g) {
        double w[MULTI_POINTS];

        find(r, g, n, a + g, b + g, w);
        multi_sum(r, g, a + g, b + g, n, w, x, y);
    }
    return 0;
}

void multi_claims(const method *how, double *order, int *stochastic)
{
    const multi *m = how->sol->data;
    int points = points_of(m, how->par);

    *stochastic = 0;
    *order = m->ramps ? how->sol->order : points > 2 && ramps(m, how->par) ? 2 : points;
}

int multi_check(const method *how, const plan *p)
{
    if (p->grid->sigma == 0)
        return fail("%s: cannot start at sigma = 0, where the noise prediction has no value; start at t_min",
                    how->sol->name);
    return 0;
}

int multi_open(run *r)
{
    const multi *m = r->sol->data;
    int points = points_of(m, r->par);
    stock *s = r->own = calloc(1, sizeof *s);

    if (!s || !(s->rule = gsl_integration_glfixed_table_alloc(32)) || !(s->w = malloc(r->steps * sizeof *s->w)))
        return fail("%s: out of memory for the weights of %d steps", r->sol->name, r->steps);
    for (int k = 0; k < r->steps; k++) {
        const level *at[MULTI_POINTS];
        int n = predictions_at(r, k, points);

        for (int j = 0; j < n; j++)
            at[j] = r->grid + k - j;
        m->weights(r, n, at, r->grid + k + 1, s->w[k]);
    }
    return 0;
}

void multi_close(run *r)
{
    stock *s = r->own;

    if (!s)
        return;
    if (s->rule)
        gsl_integration_glfixed_table_free(s->rule);
    free(s->w);
    free(s);
}
