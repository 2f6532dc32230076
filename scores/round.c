/*
 * round: the network of a chain of T steps is asked at its own times only, as libraries do: at a level between two of them it is told another
 * time than the state's, and what it predicts there is taken for the prediction at the state's level.
 * The times k are 0..T-1 on a chain and k/T, k = 1..T, elsewhere.  Between k and k + 1 the level's place is found by
 *   lambda   linearly in log(sigma/alpha), k-diffusion and diffusers for sigmas of their own (Karras et al.)
 *   ratio    linearly in sigma/alpha, diffusers for timesteps that are no indices
 *   time     in t itself
 * and then made whole: the nearest, the one below, or not at all (a fractional time that is not the level's).
 */
#include <math.h>
#include "scores/wrap.h"

enum { INDICES, PLACE, WHOLE, PREDICTS };
enum { BY_LAMBDA, BY_RATIO, BY_TIME };
enum { NEAREST, DOWN, NONE };
enum { CHUNK = 64 };

static const enum predicts kinds[] = { PREDICTS_NOISE, PREDICTS_DATA, PREDICTS_V, PREDICTS_VELOCITY };

/* The time of the network for a state at l. */
static double network_time(const wrapped *w, const level *l)
{
    const process *p = w->proc;
    const double *v = w->given.v;
    double unit = p->T ? 1 : 1 / v[INDICES], first = p->T ? 0 : 1, last = p->T ? p->T - 1 : v[INDICES];
    double k = floor(l->t / unit), place = l->t / unit;
    level end[2];

    k = fmin(fmax(k, first), last - 1);
    levels(p, 2, (double[]){ k * unit, (k + 1) * unit }, end);
    if (v[PLACE] == BY_LAMBDA)
        place = k + (l->lambda - end[0].lambda) / (end[1].lambda - end[0].lambda);
    if (v[PLACE] == BY_RATIO)
        place = k + (exp(-l->lambda) - exp(-end[0].lambda)) / (exp(-end[1].lambda) - exp(-end[0].lambda));
    if (v[WHOLE] != NONE)
        place = v[WHOLE] == DOWN ? floor(place) : rint(place);
    return unit * fmin(fmax(place, first), last);
}

static int eval(wrapped *w, const batch *p, double *out)
{
    size_t each = (size_t)p->rows * w->inner->dim;
    level at[CHUNK];

    for (int g = 0; g < p->groups; g += CHUNK) {
        int n = p->groups - g < CHUNK ? p->groups - g : CHUNK;
        batch part = { .groups = n, .rows = p->rows, .at = at, .x = p->x + g * each, .label = p->label ? p->label + (size_t)g * p->rows : NULL };

        for (int i = 0; i < n; i++)
            at[i].t = network_time(w, &p->at[g + i]);
        w->proc->at(w->proc, n, at);
        if (ask(w->inner, &part, w->predicts, out + g * each))
            return -1;
    }
    return 0;
}

static const wrapping how = { .name = "round", .eval = eval };

static score *open(score *inner, const process *proc, const args *given)
{
    if (proc->T && given->given >> INDICES & 1 && given->v[INDICES] != proc->T) {
        field_close(inner);
        return fail("round: T = %g, but %s has %d indices; leave T out", given->v[INDICES], proc->name, proc->T), NULL;
    }
    return wrap_open(&how, inner, kinds[(int)given->v[PREDICTS]], proc, given);
}

const wrapper wrapper_round = {
    .name = "round", .about = "the network is asked at the times of its chain only", .cite = "diffusers, k-diffusion",
    .par = { [INDICES] = { "T", "times of the network, on a continuous process", NULL, 1000, 2, 1e6, 1 },
             [PLACE] = { "place", "in what a level's place between two times is found", "lambda ratio time", BY_LAMBDA },
             [WHOLE] = { "whole", "how the place becomes a whole one", "nearest down none", NEAREST },
             [PREDICTS] = { "predicts", "what the network predicts", "noise data v velocity", 0 } }, .open = open,
};
