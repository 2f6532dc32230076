/* What every wrapper shares: a score that holds another, and scratch of its own for a batch. */
#ifndef FOKKER_WRAP_H
#define FOKKER_WRAP_H
#include "scores/score.h"

typedef struct wrapped wrapped;
struct wrapped {
    const char *name;
    enum predicts predicts;
    score *inner;                           /* owned */
    const process *proc;
    args given;
    int (*eval)(wrapped *, const batch *, double *out);
};

/* A score named `name` of the inner one's dim that predicts `predicts` by `eval`; it is serial where the inner one is and has its twins.
 * Owns inner, on failure too.  NULL: out of memory. */
score *wrap_open(const char *name, score *inner, enum predicts, const process *, const args *, int (*eval)(wrapped *, const batch *, double *));

/* The field inside a wrapper; NULL where s is none. */
const score *wrap_inner(const score *s);

#endif
