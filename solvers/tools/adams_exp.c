/* The one step of all exponential multistep methods. */
#include <math.h>
#include "solvers/tools/adams_exp.h"

/* Nodes as parts of the way, and z.  A node at alpha = 0 (lambda = -infinity) has a place in v = e^lambda, where
 * dx/dv = sigma D: z = 0. */
static double places(enum form f, int n, const level *const *node, const level *to, double *at)
{
    const level *from = node[0];
    int far = 0;

    for (int j = 0; j < n; j++)
        far |= node[j]->alpha == 0;
    for (int j = 0; j < n; j++)
        if (far) {
            double v = from->alpha / from->sigma;

            at[j] = (node[j]->alpha / node[j]->sigma - v) / (to->alpha / to->sigma - v);
        } else {
            at[j] = (node[j]->lambda - from->lambda) / (to->lambda - from->lambda);
        }
    return far ? 0 : f == DATA ? from->lambda - to->lambda : to->lambda - from->lambda;
}

/* UniPC's vary_coeff as shipped: in the corrector's sum over derivatives the last one is left out, and the new value,
 * whose rows should all count, has the last but one with the phi of the last. */
static void cut_weights(int n, const double *at, const double *mu, double *w)
{
    double less[MAX_NODES] = { 0 }, last[MAX_NODES] = { 0 }, alone[MAX_NODES];

    for (int m = 0; m < n - 1; m++)
        less[m] = mu[m];
    last[n - 2] = mu[n - 1] / (n - 1);
    node_weights(n, at, less, w);
    node_weights(n, at, last, alone);
    w[n - 1] = alone[n - 1];
    w[0] = 1;
    for (int j = 1; j < n; j++)
        w[0] -= w[j];
}

void adams_weights(const adams *m, int n, int newest, const level *const *node, const level *to, double *w)
{
    double at[MAX_NODES], mu[MAX_NODES], z = places(m->form, n, node, to, at);

    exp_moments(n, z, mu);
    if (n == 2 && m->rule == HALF)
        mu[1] = 0.5;
    if (n == 2 && m->rule == BH1)
        mu[1] = z ? z / (2 * expm1(z)) : 0.5;
    if (n == 3 && m->halved)
        mu[2] /= 2;
    if (n > 2 && newest && m->rule == CUT)
        cut_weights(n, at, mu, w);
    else
        node_weights(n, at, mu, w);
}

/* y = keep x + gain sum w_j D_j over group g; a step of infinite h (to sigma = 0) has no use for
 * other nodes than its first. */
static void integrate(const run *r, const adams *m, int g, int n, int newest, const level *const *node,
                      const level *to, const double *x,
                      double *const *d, double *y)
{
    double w[MAX_NODES] = { 1 }, gain = exp_gain(m->form, node[0], to);
    term sum[MAX_NODES + 1] = { { exp_keep(m->form, node[0], to), x } };

    if (to->sigma == 0)
        n = 1;
    else if (n > 1)
        adams_weights(m, n, newest, node, to, w);
    for (int j = 0; j < n; j++)
        sum[j + 1] = (term){ gain * w[j], d[j] };
    sum_terms(r, g, y, n + 1, sum);
}

/* c, the corrected state of the step before, moves from past[0] to a, where the field has said `now`. */
static void correct(const run *r, const adams *m, int g, const level *a, double *c)
{
    const level *node[MAX_NODES];
    double *d[MAX_NODES];
    int n = predictions(r, 1, m->points);

    for (int j = 0; j < n; j++)
        node[j] = r->past[j] + g, d[j] = r->w[j + 1];
    node[n] = a, d[n] = r->w[0];
    integrate(r, m, g, n + 1, 1, node, a, c, d, c);
}

int adams_step(run *r, const adams *m, const level *a, const level *b, const double *x, double *y)
{
    const level *node[MAX_NODES];
    double **w = r->w, *c = w[r->sol->history + 1];
    int n = predictions(r, 0, m->points);

    if (r->k < m->starts) {
        double **stages = w + r->sol->history + m->corrects, *k[MAX_STAGES] = { w[0] };

        for (int i = 1; i < m->start->stages; i++)
            k[i] = stages[i];
        return exprk_step(r, m->start, m->form, m->start_par, k, a, b, x, y);
    }
    if ((m->form == DATA ? eval_data : eval_noise)(r, a, x, w[0]))
        return -1;
    EACH_GROUP(r, g) {
        const double *from = m->corrects ? c : x;

        node[0] = a + g;
        for (int j = 1; j < n; j++)
            node[j] = r->past[j - 1] + g;
        if (m->corrects && r->k <= m->starts)
            combine(r, g, c, {1, x});
        else if (m->corrects)
            correct(r, m, g, a + g, c);
        integrate(r, m, g, n, 0, node, b + g, from, w, y);
    }
    return 0;
}
