/*
 * Judging in a feature space (scores/feature.h): samples and truth are seen through a network, and any metric
 * compares what comes out.  The law of what exact samples become is one that only samples; its moments are those of
 * MOMENT_ROWS of them, drawn once.
 */
#ifndef FOKKER_SPACE_H
#define FOKKER_SPACE_H
#include "bench/metrics/metric.h"
#include "solvers/engine/recipe.h"
#include "scores/feature.h"

enum { MOMENT_ROWS = 8192 };

typedef struct space space;

/* What a network makes of the samples of a field, whose columns it must take.  Both must outlive it.
 * NULL on failure. */
space *space_open(const features *, const subject *);
void space_close(space *);                  /* NULL is fine */

/* The truth as the network sees it; its law lives until the next call. */
truth space_truth(space *, const truth *);

/* n samples as it sees them, n x cols: owned by the space until the next call.  NULL on failure. */
const double *space_see(space *, int n, const double *x);
#endif
