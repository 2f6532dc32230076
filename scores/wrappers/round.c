/*
 * round: the network of a chain of T steps is asked at its own times only, as libraries do: at a level
 * between two of them it is told another time than the state's, and what it predicts there is taken for the
 * prediction at the state's level.
 * The times k are 0..T-1 on a chain and k/T, k = 1..T, elsewhere.  Between k and k + 1 the level's place is found by
 *   lambda   linearly in log(sigma/alpha), k-diffusion and diffusers for sigmas of their own (Karras et al.)
 *   ratio    linearly in sigma/alpha, diffusers for timesteps that are no indices
 *   time     in t itself
 * and then made whole: the nearest, the one below, or not at all (a fractional time that is not the level's); or the
 * network is asked at both neighbours, and its answers are mixed by the place between them.
 */
#include <math.h>
#include "scores/wrap.h"

enum { INDICES, PLACE, WHOLE, PREDICTS };
enum { BY_LAMBDA, BY_RATIO, BY_TIME };
enum { NEAREST, DOWN, NONE, BOTH };

static const enum predicts kinds[] = { PREDICTS_NOISE, PREDICTS_DATA, PREDICTS_V, PREDICTS_VELOCITY };

/* Unit and ends of the network's times. */
typedef struct time_chain { double unit, first, last; } time_chain;

static time_chain chain_of(const wrapped *w)
{
    return w->proc->T ? (time_chain){ 1, 0, w->proc->T - 1 }
        : (time_chain){ 1 / w->given.v[INDICES], 1, w->given.v[INDICES] };
}

/* The place of a level among the network's times, in units. */
static double place_of(const wrapped *w, const level *l)
{
    const process *p = w->proc;
    const double *v = w->given.v;
    time_chain c = chain_of(w);
    double k = floor(l->t / c.unit), place = l->t / c.unit;
    level end[2];

    k = fmin(fmax(k, c.first), c.last - 1);
    levels(p, 2, (double[]){ k * c.unit, (k + 1) * c.unit }, end);
    if (v[PLACE] == BY_LAMBDA)
        place = k + (l->lambda - end[0].lambda) / (end[1].lambda - end[0].lambda);
    if (v[PLACE] == BY_RATIO)
        place = k + (exp(-l->lambda) - exp(-end[0].lambda)) / (exp(-end[1].lambda) - exp(-end[0].lambda));
    return fmin(fmax(place, c.first), c.last);
}

/* The time of the network for a state at l; of both neighbours the one below, or the one above. */
static double network_time(const wrapped *w, const level *l, int above)
{
    const double *v = w->given.v;
    time_chain c = chain_of(w);
    double place = place_of(w, l);

    if (v[WHOLE] == NEAREST)
        place = rint(place);
    if (v[WHOLE] == DOWN || v[WHOLE] == BOTH)
        place = floor(place) + above;
    return c.unit * fmin(place, c.last);
}

/* What is asked for besides the answer: tangents and their images, or divergences; or nothing. */
typedef struct more { const double *v; double *jv, *div; } more;

/* The network's answers at the times below or above. */
static int ask_at(wrapped *w, const batch *p, int above, double *out, more m)
{
    batch there = *p;

    there.at = w->at;
    for (int g = 0; g < p->groups; g++)
        w->at[g].t = network_time(w, &p->at[g], above);
    w->proc->at(w->proc, p->groups, w->at);
    if (m.jv)
        return field_jvp(w->inner, &there, m.v, w->predicts, out, m.jv);
    if (m.div)
        return field_divergence(w->inner, &there, w->predicts, out, m.div);
    return field_eval(w->inner, &there, w->predicts, out);
}

/* each numbers a group: out += part (above - out) */
static void mix(const wrapped *w, const batch *p, size_t each, const double *above, double *out)
{
    for (int g = 0; g < p->groups; g++) {
        double place = place_of(w, &p->at[g]), part = place - floor(place);

        for (size_t i = g * each; i < (g + 1) * each && part > 0; i++)
            out[i] = fma(part, above[i] - out[i], out[i]);
    }
}

static int answer(wrapped *w, const batch *p, double *out, more m)
{
    size_t each = (size_t)p->rows * w->inner->dim;
    more other = m;

    if (wrap_room(w, p))
        return -1;
    if (w->given.v[WHOLE] != BOTH)
        return ask_at(w, p, 0, out, m);
    other.jv = m.jv ? w->work[1] : NULL, other.div = m.div ? w->work[1] : NULL;
    if (ask_at(w, p, 0, out, m) || ask_at(w, p, 1, w->work[0], other))
        return -1;
    mix(w, p, each, w->work[0], out);
    if (m.jv || m.div)
        mix(w, p, m.jv ? each : (size_t)p->rows, w->work[1], m.jv ? m.jv : m.div);
    return 0;
}

static int eval(wrapped *w, const batch *p, double *out) { return answer(w, p, out, (more){ NULL, NULL, NULL }); }

static int jvp(wrapped *w, const batch *p, const double *v, double *out, double *jv)
{
    return answer(w, p, out, (more){ v, jv, NULL });
}

static int divergence(wrapped *w, const batch *p, double *out, double *div)
{
    return answer(w, p, out, (more){ NULL, NULL, div });
}

/* work: of the one time it is asked at, the levels alone are needed */
static const wrapping how = { .name = "round", .eval = eval, .jvp = jvp, .divergence = divergence, .work = 1 };
static const wrapping how_both = { .name = "round", .eval = eval, .jvp = jvp, .divergence = divergence, .work = 2 };

static score *open(score *inner, const process *proc, const args *given)
{
    if (proc->T && given->given >> INDICES & 1 && given->v[INDICES] != proc->T) {
        field_close(inner);
        return fail("round: T = %g, but %s has %d indices; leave T out", given->v[INDICES], proc->name, proc->T), NULL;
    }
    return wrap_open(given->v[WHOLE] == BOTH ? &how_both : &how, inner, kinds[(int)given->v[PREDICTS]], proc, given);
}

const wrapper wrapper_round = {
    .name = "round", .about = "the network is asked at the times of its chain only", .cite = "diffusers, k-diffusion",
    .par = { [INDICES] = { "T", "times of the network, on a continuous process", NULL, 1000, 2, 1e6, 1 },
             [PLACE] = { "place", "in what a level's place between two times is found", "lambda ratio time",
                         BY_LAMBDA },
             [WHOLE] = { "whole", "how the place becomes a whole one; both: answers are mixed",
                         "nearest down none both", NEAREST },
             [PREDICTS] = { "predicts", "what the network predicts", "noise data v velocity", 0 } },
    .open = open,
};
