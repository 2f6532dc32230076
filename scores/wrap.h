/* What every wrapper shares: a score that holds another, and scratch of its own for a batch. */
#ifndef FOKKER_WRAP_H
#define FOKKER_WRAP_H
#include "scores/score.h"

typedef struct wrapped wrapped;

/* What a wrapper does.  jvp and divergence: NULL, or what it answers where the inner field has the same. */
typedef struct wrapping {
    const char *name;
    int (*eval)(wrapped *, const batch *, double *out);
    int (*jvp)(wrapped *, const batch *, const double *v, double *out, double *jv);
    int (*divergence)(wrapped *, const batch *, double *out, double *div);
    /* how many arrays as large as the batch's state it needs: w->work[] after wrap_room */
    int work;
} wrapping;

struct wrapped {
    const wrapping *how;
    enum predicts predicts;
    score *inner; int owned;                /* a thread copy of a field that has none asks the same one */
    const process *proc;
    args given;
    double *work[4]; level *at; int *label; /* after wrap_room; at: one a group; label: one a point */
    size_t room;                            /* doubles an array, points and groups */
    void *memory;
};

/* A score of the inner one's dim that predicts `predicts`; it is serial where the inner one is and
 * has its thread copies.
 * Owns inner, on failure too.  NULL: out of memory. */
score *wrap_open(const wrapping *, score *inner, enum predicts, const process *, const args *);

/* Scratch for this batch; a thread copy has it from its start and the others grow it at their first call.  0 or -1. */
int wrap_room(wrapped *, const batch *);

/* What the inner field says at the batch as it predicts, unconverted, and told to predict something else. */
score *declare(score *inner, enum predicts);

/* The field inside a wrapper; NULL where s is none. */
const score *wrap_inner(const score *s);

#endif
