/* What every trained network needs besides itself. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "scores/networks/network.h"

enum { CLOCK_T, CLOCK_INDEX, CLOCK_PART, CLOCK_SIGMA, CLOCK_RATIO, CLOCK_LOG_SIGMA, CLOCK_LAMBDA };

/* In this order: the indices are those of enum predicts and of the clocks. */
static const param keys[] = {
    { "predicts", "what the network was trained to predict", PREDICTS_WORDS, NAN },
    { "time", "what it is told of the noise level", "t index i/T sigma ratio log-sigma lambda", CLOCK_T },
    { "T", "indices of the network on a continuous process", NULL, 1000, 1, 1e9, 1 },
    { "time_scale", "of that", NULL, 1, -1e12, 1e12, 0 },
    { "time_shift", "is added", NULL, 0, -1e12, 1e12, 0 },
    { "input_scale", "of the state that it sees", NULL, 1, -1e12, 1e12, 0 },
    { "output_scale", "of its answer", NULL, 1, -1e12, 1e12, 0 },
    { 0 },
};

const char *network_key(section *s, const tensors *weights, const char *key)
{
    const char *own = s ? section_get(s, key) : NULL;

    return own || !weights ? own : tensors_note(weights, key);
}

int network_read(network *n, const model *m, const process *proc, section *s, const tensors *weights)
{
    args given;
    char where[512];

    args_default(&given, keys);
    if (section_judges(s))                          /* nobody asks for a prediction */
        given.v[0] = PREDICTS_DATA, given.given |= 1;
    for (int i = section_judges(s); keys[i].name; i++) {
        const char *value = network_key(s, weights, keys[i].name);

        snprintf(where, sizeof where, "%s", section_get(s, keys[i].name) || !weights ? field_where(m, s, keys[i].name)
                 : weights->path);
        if (value && args_set(&given, where, "the network", keys, keys[i].name, value))
            return -1;
    }
    if (args_complete(&given, field_where(m, s, NULL), "the network", keys))
        return -1;
    *n = (network){ (enum predicts)given.v[0], (int)given.v[1], given.v[2], given.v[3], given.v[4], given.v[5],
                    given.v[6] };
    if (n->clock == CLOCK_PART)
        n->time_scale /= proc->T ? proc->T : n->T;
    n->T = proc->T ? 0 : n->T;                      /* the t of a chain is the index already */
    return 0;
}

int network_dim(const model *m, section *s, const tensors *weights)
{
    const char *text = network_key(s, weights, "dim");
    double dim;

    if (!text)
        return m->law ? m->law->dim
            : fail("%s: the state's columns are not known; give dim = ..., or a [data] section",
                   field_where(m, s, NULL));
    if (number(field_where(m, s, "dim"), "dim", text, &dim))
        return -1;
    if (dim < 1 || dim > 1e6 || dim != floor(dim))
        return fail("%s: dim is %s; it is the number of columns, a whole number from 1 on", field_where(m, s, "dim"),
                    text);
    if (m->law && m->law->dim != dim)
        return fail("%s: dim is %s, but the data have %d columns", field_where(m, s, "dim"), text, m->law->dim);
    return (int)dim;
}

double network_time(const network *n, const level *l)
{
    double v = l->t;

    switch (n->clock) {
    case CLOCK_INDEX:
    case CLOCK_PART:      v = n->T ? n->T * l->t - 1 : l->t; break;
    case CLOCK_SIGMA:     v = l->sigma; break;
    case CLOCK_RATIO:     v = l->sigma / l->alpha; break;
    case CLOCK_LOG_SIGMA: v = log(l->sigma); break;
    case CLOCK_LAMBDA:    v = l->lambda; break;
    }
    return fma(n->time_scale, v, n->time_shift);
}

int network_labels(const char *who, const batch *p, int classes)
{
    for (long i = 0, n = (long)p->groups * p->rows; p->label && i < n; i++)
        if (p->label[i] < -1 || p->label[i] >= classes)
            return classes ? fail("%s: label %d of sample %ld is none of 0 to %d (-1: none)", who, p->label[i], i,
                                  classes - 1)
                           : p->label[i] < 0 ? 0 : fail("%s: the network takes no label", who);
    return 0;
}
