/*
 * The example and its header as they were first given out: not to be edited, since what was built from them must load.
 *
 * A score field as a plug-in: the noise prediction of data that are N(mean, std^2) in every column,
 *   eps(x) = sigma (x - alpha mean) / (alpha^2 std^2 + sigma^2).
 * plugin:bell.so,DIM MEAN STD; a network of yours would load its weights in `open` and compute in `eval`.
 */
#include <stdio.h>
#include <stdlib.h>
#include "fokker_plugin.h"

typedef struct bell { int dim; double mean, std; } bell;

static const char *open(const char *args, fokker_about *about)
{
    bell *b = malloc(sizeof *b);

    if (!b)
        return "out of memory";
    *b = (bell){ 2, 0, 1 };
    about->self = b;                        /* from here on `close` is called, on failure too */
    if (*args && sscanf(args, "%d %lf %lf", &b->dim, &b->mean, &b->std) != 3)
        return "takes DIM MEAN STD, such as 2 0.5 0.1";
    about->dim = b->dim;
    about->predicts = FOKKER_NOISE;
    about->process = "vp-linear";
    return NULL;
}

static double slope(const bell *b, const fokker_level *l)
{
    return l->sigma  / (l->alpha * l->alpha * b->std * b->std + l->sigma * l->sigma);
}

static const char *eval(void *self, const fokker_batch *p, double *out)
{
    const bell *b = self;
    long each = (long)p->rows * b->dim;

    for (int g = 0; g < p->groups; g++)
        for (long i = g * each; i < (g + 1) * each; i++)
            out[i] = slope(b, &p->at[g]) * (p->x[i] - p->at[g].alpha * b->mean);
    return NULL;
}

static const char *jvp(void *self, const fokker_batch *p, const double *v, double *out, double *jv)
{
    const bell *b = self;
    long each = (long)p->rows * b->dim;

    for (int g = 0; g < p->groups; g++)
        for (long i = g * each; i < (g + 1) * each; i++)
            jv[i] = slope(b, &p->at[g]) * v[i];
    return eval(self, p, out);
}

static const char *divergence(void *self, const fokker_batch *p, double *out, double *div)
{
    const bell *b = self;

    for (int i = 0; i < p->groups * p->rows; i++)
        div[i] = b->dim * slope(b, &p->at[i / p->rows]);
    return eval(self, p, out);
}

static void close(void *self) { free(self); }

const fokker_plugin fokker_field = { FOKKER_PLUGIN_ABI, open, eval, jvp, divergence, NULL, close };
