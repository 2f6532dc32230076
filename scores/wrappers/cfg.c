/*
 * cfg: classifier-free guidance (Ho, Salimans 2022): with the answer of the label, E_c, and the one of no label, E,
 *   E + w (E_c - E)       for from <= t <= to;  E_c elsewhere (guidance in an interval: Kynkaanniemi et al. 2024)
 * w = 1 is the labelled answer alone, w = 0 the unlabelled one.  Linear in the answer, so any prediction will do.
 * A call inside the interval is two of the network, one after the other (w = 0 too); a batch of which any level lies
 * inside is asked twice as a whole.
 */
#include <math.h>
#include "scores/wrap.h"

enum { WEIGHT, FROM, TO, NONE };

static double weight(const wrapped *w, const level *l)
{
    return l->t >= w->given.v[FROM] && l->t <= w->given.v[TO] ? w->given.v[WEIGHT] : 1;
}

/* The batch without labels; 0 where nothing of it needs that, -1 on failure. */
static int unlabelled(wrapped *w, const batch *p, batch *q)
{
    int guided = 0;

    if (!p->label)
        return fail("cfg: guides towards a class, and none was given; give --label L");
    for (int g = 0; g < p->groups; g++)
        guided |= weight(w, &p->at[g]) != 1;
    if (!guided)
        return 0;
    if (wrap_room(w, p))
        return -1;
    for (int i = 0; i < p->groups * p->rows; i++)
        w->label[i] = (int)w->given.v[NONE];
    *q = *p;
    q->label = w->label;
    return 1;
}

/* each numbers a group: out = without + w (out - without) */
static void guide(const wrapped *w, const batch *p, size_t each, const double *without, double *out)
{
    for (int g = 0; g < p->groups; g++) {
        double strength = weight(w, &p->at[g]);

        for (size_t i = g * each; i < (g + 1) * each && strength != 1; i++)
            out[i] = without[i] + strength * (out[i] - without[i]);
    }
}

static int eval(wrapped *w, const batch *p, double *out)
{
    batch q;
    int both = unlabelled(w, p, &q);

    if (both < 0 || field_eval(w->inner, p, w->predicts, out)
        || (both && field_eval(w->inner, &q, w->predicts, w->work[0])))
        return -1;
    if (both)
        guide(w, p, (size_t)p->rows * w->inner->dim, w->work[0], out);
    return 0;
}

static int jvp(wrapped *w, const batch *p, const double *v, double *out, double *jv)
{
    size_t each = (size_t)p->rows * w->inner->dim;
    batch q;
    int both = unlabelled(w, p, &q);

    if (both < 0 || field_jvp(w->inner, p, v, w->predicts, out, jv)
        || (both && field_jvp(w->inner, &q, v, w->predicts, w->work[0], w->work[1])))
        return -1;
    if (both)
        guide(w, p, each, w->work[0], out), guide(w, p, each, w->work[1], jv);
    return 0;
}

static int divergence(wrapped *w, const batch *p, double *out, double *div)
{
    batch q;
    int both = unlabelled(w, p, &q);

    if (both < 0 || field_divergence(w->inner, p, w->predicts, out, div)
        || (both && field_divergence(w->inner, &q, w->predicts, w->work[0], w->work[1])))
        return -1;
    if (both)
        guide(w, p, (size_t)p->rows * w->inner->dim, w->work[0], out), guide(w, p, p->rows, w->work[1], div);
    return 0;
}

static const wrapping how = { .name = "cfg", .eval = eval, .jvp = jvp, .divergence = divergence, .work = 2 };

static score *open(score *inner, const process *proc, const args *given)
{
    if (given->v[FROM] <= given->v[TO])
        return wrap_open(&how, inner, inner->predicts, proc, given);
    field_close(inner);
    return fail("cfg: from = %g is above to = %g; give the smaller time as from", given->v[FROM], given->v[TO]), NULL;
}

const wrapper wrapper_cfg = {
    .name = "cfg", .about = "classifier-free guidance in an interval of t",
    .cite = "Ho, Salimans 2022, arXiv:2207.12598; Kynkaanniemi et al. 2024, arXiv:2404.07724",
    .par = { [WEIGHT] = { "w", "strength; 1: the labelled answer alone", NULL, NAN, -1e6, 1e6 },
             [FROM] = { "from", "least t that is guided", NULL, -1e15, -1e15, 1e15 },
             [TO] = { "to", "largest t that is guided", NULL, 1e15, -1e15, 1e15 },
             [NONE] = { "none", "the network's label of no class", NULL, -1, -1, 1e6, 1 } },
    .open = open,
};
