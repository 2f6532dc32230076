/* The runs of a benchmark: what they share is opened once, what is true is computed once. */
#ifndef FOKKER_SWEEP_H
#define FOKKER_SWEEP_H
#include "bench/experiment/record.h"
#include "bench/metrics/reference.h"
#include "bench/metrics/space.h"
#include "bench/experiment/spec.h"
#include "solvers/engine/start.h"

/* A floor that was computed: of metric `what` for a model at the level where its samples end. */
typedef struct sweep_ground { int model, what; level at; double value; struct sweep_ground *next; } sweep_ground;

typedef struct sweep {
    const spec *of;
    subject *subject;                       /* one a model */
    start_rule *start;                           /* one a model */
    char **score;                           /* one a model: the field with its wrappers, `clamp(exact)` */
    score **exact;                          /* one a model: the law's own field; NULL without a law */
    features *features; space **space;      /* what metrics of a feature space see, one a model; NULL */
    recipe how; cell is;                    /* of the last cell; is.model -1: none */
    int refused; char reason[1024];         /* it has no plan, and why; or why the last run did not end well */
    double *x, *from; size_t room;          /* states and their starts */
    int *label;                             /* samples labels, or NULL */
    int together;                           /* all ranks work on each cell, and rank 0 alone judges it */
    account wide;                           /* of the last cell, where it ran in parallel windows */
    sweep_ground *ground;
    reference_cache *flows;
} sweep;

/* Opens every model and refuses what can be refused before the first run.  0 or -1. */
int  sweep_open(sweep *, const spec *);
void sweep_close(sweep *);

/* One cell into a row, whose texts live as long as the sweep and whose reason until the next call; r->q is the
 * caller's.  0, or STOPPED after Ctrl-C: there is no row then. */
int sweep_run(sweep *, const cell *, record *r);

/* Whether Ctrl-C was pressed; together, in any rank. */
int sweep_stopped(const sweep *);

/* The plan of a cell, open until the next call of this or sweep_run: 0, or -1 where the budget
 * or the grid will not do. */
int sweep_plan(sweep *, const cell *);

/* The states where the first n samples of a cell end, for pictures: n x dim, owned.
 * NULL where the run fails; columns of NaN diverged. */
double *sweep_samples(sweep *, const cell *, int n, tally *cost);

#endif
