/*
 * A plug-in that counts what it is asked: two columns, each with half its data around 1 and half around -1; the noise.
 *   x_0 = +-1 with a normal deviation of 0.3;  S^2 = alpha^2 0.09 + sigma^2,
 *   D = (0.09 alpha x + sigma^2 tanh(alpha x/S^2))/S^2,   E = (x - alpha D)/sigma
 * Its argument names a file that gets the counts at the end.  -DJVP: it has products, -DDIVERGENCE: a divergence.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "include/fokker_field.h"

enum { DIM = 2 };

/* Calls, rows and products so far, for whoever loads the object. */
__attribute__((visibility("default"))) long counted[3];

static void count(const fokker_batch *p, int products)
{
    long rows = (long)p->groups * p->rows;

    __atomic_fetch_add(&counted[0], 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&counted[1], rows, __ATOMIC_RELAXED);
    __atomic_fetch_add(&counted[2], products * rows, __ATOMIC_RELAXED);
}

static const char *open(const char *args, fokker_about *about)
{
    size_t size = 1;
    char *file;

    while (args[size - 1])
        size++;
    if (!(file = malloc(size)))
        return "out of memory";
    while (size--)
        file[size] = args[size];
    *about = (fokker_about){ .dim = DIM, .predicts = FOKKER_NOISE, .self = file };
    return NULL;
}

/* E and dE/dx. */
static double noise(const fokker_level *l, double x, double *slope)
{
    double v = 0.09, a = l->alpha, s = l->sigma, S2 = a * a * v + s * s, t = tanh(a * x / S2);
    double D = (v * a * x + s * s * t) / S2, dD = (v * a + s * s * a / S2 * (1 - t * t)) / S2;

    *slope = s > 0 ? (1 - a * dD) / s : 0;
    return s > 0 ? (x - a * D) / s : 0;
}

static void answer(const fokker_batch *p, const double *v, double *out, double *jv, double *div)
{
    for (long i = 0; i < (long)p->groups * p->rows; i++) {
        double sum = 0;

        for (long j = i * DIM; j < (i + 1) * DIM; j++) {
            double slope;

            out[j] = noise(&p->at[i / p->rows], p->x[j], &slope);
            if (jv)
                jv[j] = slope * v[j];
            sum += slope;
        }
        if (div)
            div[i] = sum;
    }
}

static const char *eval(void *self, const fokker_batch *p, double *out)
{
    count(p, 0);
    answer(p, NULL, out, NULL, NULL);
    return NULL;
}

#ifdef JVP
static const char *jvp(void *self, const fokker_batch *p, const double *v, double *out, double *jv)
{
    count(p, 1);
    answer(p, v, out, jv, NULL);
    return NULL;
}
#else
#define jvp NULL
#endif

#ifdef DIVERGENCE
static const char *divergence(void *self, const fokker_batch *p, double *out, double *div)
{
    count(p, 0);
    answer(p, NULL, out, NULL, div);
    return NULL;
}
#else
#define divergence NULL
#endif

static void close(void *self)
{
    FILE *f = *(char *)self ? fopen(self, "w") : NULL;

    if (f) {
        fprintf(f, "%ld %ld %ld\n", counted[0], counted[1], counted[2]);
        fclose(f);
    }
    free(self);
}

FOKKER_EXPORT_FIELD = { FOKKER_PLUGIN_ABI, open, eval, jvp, divergence, .close = close };
