/* predicts: declares what a network predicts, where what it says of itself is missing or wrong.
 * Its numbers stay as they are. */
#include <math.h>
#include "scores/wrap.h"

enum { AS };

static int eval(wrapped *w, const batch *p, double *out) { return field_eval(w->inner, p, w->inner->predicts, out); }

static int jvp(wrapped *w, const batch *p, const double *v, double *out,
               double *jv) { return ask_jvp(w->inner, p, v, out, jv); }

static int divergence(wrapped *w, const batch *p, double *out, double *div)
{
    return ask_divergence(w->inner, p, out, div);
}

static const wrapping how = { .name = "predicts", .eval = eval, .jvp = jvp, .divergence = divergence };

score *declare(score *inner, enum predicts predicts)
{
    return wrap_open(&how, inner, predicts, NULL, &(args){ .given = 0 });
}

static score *open(score *inner, const process *proc, const args *given)
{
    return declare(inner, (enum predicts)given->v[AS]);
}

const wrapper wrapper_predicts = {
    .name = "predicts", .about = "declares what the network predicts, whatever it says of itself",
    .par = { [AS] = { "as", "what it predicts", PREDICTS_WORDS, NAN } },
    .open = open,
};
