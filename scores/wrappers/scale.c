/*
 * scale: a network that was trained on u_0 in other units, x_0 = scale u_0 + shift.
 * The same noise stands on both sides:
 *   x = alpha x_0 + sigma eps,   (x - alpha shift)/scale = alpha u_0 + (sigma/scale) eps
 * which is, up to a factor k, a point of the process at the level where alpha'/sigma' = scale alpha/sigma:
 * there the network is asked.
 */
#include <math.h>
#include "scores/wrap.h"

enum { SCALE, SHIFT };

/* k: the length of (alpha', sigma') over that of (alpha, sigma/scale), finite at both ends. */
static double level_ratio(const wrapped *w, int g, const level *l)
{
    return hypot(w->at[g].alpha, w->at[g].sigma) / hypot(l->alpha, l->sigma / w->given.v[SCALE]);
}

/* The levels and points at which the network is asked; their memory is w's. */
static int ask_there(wrapped *w, const batch *p, batch *q)
{
    double scale = w->given.v[SCALE], shift = w->given.v[SHIFT];
    size_t each = (size_t)p->rows * w->inner->dim;

    if (wrap_room(w, p))
        return -1;
    *q = *p;
    q->at = w->at, q->x = w->work[0];
    for (int g = 0; g < p->groups; g++) {
        const level *l = &p->at[g];
        double k, t = scale == 1 ? l->t : w->proc->t_of_lambda(w->proc, l->lambda + log(scale));

        w->at[g] = *l;
        if (scale != 1)
            levels(w->proc, 1, &t, &w->at[g]);
        k = level_ratio(w, g, l);
        for (size_t i = g * each; i < (g + 1) * each; i++)
            w->work[0][i] = (p->x[i] - l->alpha * shift) / scale * k;
    }
    return 0;
}

/* Data come back to the units of x; the noise is the same. */
static void bring_back(const wrapped *w, const batch *p, double shift, double *out)
{
    size_t N = (size_t)p->groups * p->rows * w->inner->dim;

    for (size_t i = 0; i < N && w->predicts == PREDICTS_DATA; i++)
        out[i] = fma(w->given.v[SCALE], out[i], shift);
}

static int eval(wrapped *w, const batch *p, double *out)
{
    batch q;

    if (ask_there(w, p, &q) || field_eval(w->inner, &q, w->predicts, out))
        return -1;
    bring_back(w, p, w->given.v[SHIFT], out);
    return 0;
}

static int jvp(wrapped *w, const batch *p, const double *v, double *out, double *jv)
{
    size_t each = (size_t)p->rows * w->inner->dim;
    double *there;
    batch q;

    if (ask_there(w, p, &q))
        return -1;
    there = w->work[1];
    for (int g = 0; g < p->groups; g++)
        for (size_t i = g * each; i < (g + 1) * each; i++)
            there[i] = v[i] / w->given.v[SCALE] * level_ratio(w, g, &p->at[g]);
    if (field_jvp(w->inner, &q, there, w->predicts, out, jv))
        return -1;
    bring_back(w, p, w->given.v[SHIFT], out);
    bring_back(w, p, 0, jv);
    return 0;
}

static int divergence(wrapped *w, const batch *p, double *out, double *div)
{
    double back = w->predicts == PREDICTS_DATA ? 1 : 1 / w->given.v[SCALE];
    batch q;

    if (ask_there(w, p, &q) || field_divergence(w->inner, &q, w->predicts, out, div))
        return -1;
    bring_back(w, p, w->given.v[SHIFT], out);
    for (int i = 0; i < p->groups * p->rows; i++)
        div[i] *= back * level_ratio(w, i / p->rows, &p->at[i / p->rows]);
    return 0;
}

static const wrapping how = { .name = "scale", .eval = eval, .jvp = jvp, .divergence = divergence, .work = 2 };

static score *open(score *inner, const process *proc, const args *given)
{
    return wrap_open(&how, inner, inner->predicts == PREDICTS_NOISE ? PREDICTS_NOISE : PREDICTS_DATA, proc, given);
}

const wrapper wrapper_scale = {
    .name = "scale", .about = "a network trained in other units: x = scale u + shift",
    .par = { [SCALE] = { "scale", "units of x per unit of the network's data", NULL, 1, 1e-12, 1e12 },
             [SHIFT] = { "shift", "x where the network's data are 0", NULL, 0, -1e12, 1e12 } },
    .open = open,
};
