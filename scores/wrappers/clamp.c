/* clamp: the data prediction is kept within [lo, hi] (the static thresholding of Ho et al. 2020). */
#include "scores/wrap.h"

enum { LO, HI };

static int eval(wrapped *w, const batch *p, double *out)
{
    double lo = w->given.v[LO], hi = w->given.v[HI];
    size_t N = (size_t)p->groups * p->rows * w->inner->dim;

    if (field_eval(w->inner, p, PREDICTS_DATA, out))
        return -1;
    for (size_t i = 0; i < N; i++) {                /* in this order a NaN stays one */
        out[i] = out[i] < lo ? lo : out[i];
        out[i] = out[i] > hi ? hi : out[i];
    }
    return 0;
}

static const wrapping how = { .name = "clamp", .eval = eval };

static score *open(score *inner, const process *proc, const args *given)
{
    if (given->v[LO] < given->v[HI])
        return wrap_open(&how, inner, PREDICTS_DATA, proc, given);
    field_close(inner);
    return fail("clamp: lo = %g is not below hi = %g", given->v[LO], given->v[HI]), NULL;
}

const wrapper wrapper_clamp = {
    .name = "clamp", .about = "keeps the data prediction within lo..hi", .cite = "Ho et al. 2020",
    .par = { [LO] = { "lo", "least value", 0, -1, -1e300, 1e300 },
             [HI] = { "hi", "largest value", 0, 1, -1e300, 1e300 } },
    .open = open,
};
