/* Fields with wrappers, and points to ask them at. */
#ifndef FOKKER_WRAPPED_H
#define FOKKER_WRAPPED_H
#include "scores/wrap.h"
#include "tests/support/fixture.h"

enum { N = 60, DIM = 2, G = 3 };

extern const char two_classes[];            /* a model file: a mixture of three modes in two classes */

/* A model of a file's text in the folder of the tests, with wrappers; a test fails where that fails.  0 or -1. */
int wrapped_open(subject *, const char *text, const char *wrap);

/* N points at G levels of a process. */
typedef struct points {
    level at[G];
    double x[N * DIM], v[N * DIM], out[N * DIM], jv[N * DIM], div[N];
    int label[N];
    batch p;
} points;
void points_place(points *, const process *);

/* A test fails unless jvp and divergence of a field of data predictions are those of its answers, by differences. */
void derivatives_agree(const score *, points *);
#endif
