/*
 * error: adds an error of known size to the noise prediction, for studies of what a sampler makes
 * of a network that errs:
 *   eps + size z(x, t),   z standard normals
 * that are a function of the point itself and of its time, by Philox with their bits as the counter: the same point
 * gets the same error in every batch, and near ones get unrelated ones.
 */
#include <math.h>
#include <string.h>
#include "base/random.h"
#include "scores/wrap.h"

enum { SIZE, SEED };

/* Mixes one more number into h (splitmix64). */
static uint64_t mix(uint64_t h, double v)
{
    uint64_t bits;

    v += 0.;                                        /* -0 is 0 */
    memcpy(&bits, &v, sizeof bits);
    h = (h ^ bits) + UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
    return h ^ h >> 31;
}

static int eval(wrapped *w, const batch *p, double *out)
{
    int dim = w->inner->dim;

    if (field_eval(w->inner, p, PREDICTS_NOISE, out) || wrap_room(w, p))
        return -1;
    for (int i = 0; i < p->groups * p->rows; i++) {
        const double *x = p->x + (size_t)i * dim;
        double *z = w->work[0], *y = out + (size_t)i * dim;
        uint64_t h = mix((uint64_t)w->given.v[SEED], p->at[i / p->rows].t), row, step;

        for (int d = 0; d < dim; d++)
            h = mix(h, x[d]);
        row = h & ((UINT64_C(1) << 48) - 1), step = mix(h, 0) & ((UINT64_C(1) << 44) - 1);
        normals((stream){ (uint64_t)w->given.v[SEED], USE_ERROR }, (long)row, (long)step, 0, 1, dim, z);
        for (int d = 0; d < dim; d++)
            y[d] = fma(w->given.v[SIZE], z[d], y[d]);
    }
    return 0;
}

static const wrapping how = { .name = "error", .eval = eval, .work = 1 };

static score *open(score *inner, const process *proc, const args *given)
{
    return wrap_open(&how, inner, PREDICTS_NOISE, proc, given);
}

const wrapper wrapper_error = {
    .name = "error", .about = "adds an error of known size to the noise prediction, the same at the same point",
    .par = { [SIZE] = { "size", "standard deviation in every column", NULL, NAN, 0, 1e6 },
             [SEED] = { "seed", "of the errors", NULL, 0, 0, 9e15, 1 } },
    .open = open,
};
