/* time: the network is told scale T + shift for t, with T the level's t, sigma, log sigma or lambda: a network counts
 * its times as it was trained. */
#include <math.h>
#include "scores/wrap.h"

enum { OF, SCALE, SHIFT };
enum { TIME_T, TIME_SIGMA, TIME_LOG_SIGMA, TIME_LAMBDA };

static double told(const wrapped *w, const level *l)
{
    const double *v = w->given.v;
    double of = v[OF] == TIME_SIGMA ? l->sigma : v[OF] == TIME_LOG_SIGMA ? log(l->sigma) : v[OF] == TIME_LAMBDA
        ? l->lambda : l->t;

    return fma(v[SCALE], of, v[SHIFT]);
}

/* The batch with its times retold. */
static int retell(wrapped *w, const batch *p, batch *q)
{
    if (wrap_room(w, p))
        return -1;
    *q = *p;
    q->at = w->at;
    for (int g = 0; g < p->groups; g++) {
        w->at[g] = p->at[g];
        w->at[g].t = told(w, &p->at[g]);
    }
    return 0;
}

static int eval(wrapped *w, const batch *p, double *out)
{
    batch q;

    return retell(w, p, &q) || field_eval(w->inner, &q, w->predicts, out) ? -1 : 0;
}

static int jvp(wrapped *w, const batch *p, const double *v, double *out, double *jv)
{
    batch q;

    return retell(w, p, &q) || field_jvp(w->inner, &q, v, w->predicts, out, jv) ? -1 : 0;
}

static int divergence(wrapped *w, const batch *p, double *out, double *div)
{
    batch q;

    return retell(w, p, &q) || field_divergence(w->inner, &q, w->predicts, out, div) ? -1 : 0;
}

static const wrapping how = { .name = "time", .eval = eval, .jvp = jvp, .divergence = divergence, .work = 1 };

static score *open(score *inner, const process *proc, const args *given)
{
    return wrap_open(&how, inner, inner->predicts, proc, given);
}

const wrapper wrapper_time = {
    .name = "time", .about = "tells the network scale T + shift for its time",
    .par = { [OF] = { "of", "T: what of the level", "t sigma log-sigma lambda", TIME_T },
             [SCALE] = { "scale", "times T", NULL, 1, -1e15, 1e15 },
             [SHIFT] = { "shift", "added", NULL, 0, -1e15, 1e15 } },
    .open = open,
};
