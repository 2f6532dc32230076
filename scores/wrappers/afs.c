/*
 * afs: the analytic first step (Dockhorn, Vahdat, Kreis 2022; diff-sampler): near full noise the network's
 * answer is replaced by the one for data of N(0, 1) in every column, E = x/sqrt(alpha^2 + sigma^2), at levels
 * of sigma/alpha >= above.
 */
#include <math.h>
#include "scores/wrap.h"

enum { ABOVE };

static int is_first(const wrapped *w, const level *l) { return l->sigma >= w->given.v[ABOVE] * l->alpha; }

static int eval(wrapped *w, const batch *p, double *out)
{
    size_t each = (size_t)p->rows * w->inner->dim;
    int first = 1;

    for (int g = 0; g < p->groups; g++)
        first &= is_first(w, &p->at[g]);
    if (!first && field_eval(w->inner, p, PREDICTS_NOISE, out))
        return -1;
    for (int g = 0; g < p->groups; g++)
        for (size_t i = g * each; i < (g + 1) * each && is_first(w, &p->at[g]); i++)
            out[i] = p->x[i] / sqrt(p->at[g].alpha * p->at[g].alpha + p->at[g].sigma * p->at[g].sigma);
    return 0;
}

static const wrapping how = { .name = "afs", .eval = eval };

static score *open(score *inner, const process *proc, const args *given)
{
    return wrap_open(&how, inner, PREDICTS_NOISE, proc, given);
}

const wrapper wrapper_afs = {
    .name = "afs", .about = "analytic first step: no network near full noise",
    .cite = "Dockhorn et al. 2022, arXiv:2210.05475",
    .par = { [ABOVE] = { "above", "sigma/alpha from which on", NULL, NAN, 0, 1e300 } },
    .open = open,
};
