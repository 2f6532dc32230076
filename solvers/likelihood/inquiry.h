/* What is asked of a log-likelihood (likelihood.h). */
#ifndef FOKKER_INQUIRY_H
#define FOKKER_INQUIRY_H
#include "models/laws/law.h"
#include "solvers/likelihood/trace.h"
#include "solvers/solver.h"

typedef struct inquiry {
    const method *how;                      /* deterministic */
    const process *proc;
    const score *field;
    const law *law;                         /* the truth that the field stands for, or NULL */
    /* a Gaussian near it: for the prior where there is no law, and as control variate; or NULL */
    const law *fit;
    int steps; const level *grid;           /* from data to noise */
    const level *finer;                     /* its kind of grid with twice the steps; NULL: halved in t */
    double rtol, atol;                      /* rtol > 0: own steps */
    const estimator *trace; const args *given; int probes; uint64_t seed;
    const double *recorded;                 /* n x drawn x dim directions in place of random ones, or NULL */
    int control;                            /* the Jacobian of the fit is taken off and its exact trace added */
    int exact_prior;                        /* the law's own density at t_max instead of N(0, prior_std^2 I) */
    int unchecked;                          /* no second run for the solver's error */
    const int *label;                       /* one a point, or NULL */
    long first;                             /* the number of the first point: its directions are those of first + i */
    int (*watch)(void *watcher); void *watcher;             /* as in plan */
    const volatile sig_atomic_t *stop; double deadline; long *done;            /* as in plan; done: rows of all runs */
    int block;                              /* as in plan: for tests */
    usage *setup;                           /* grows by what methods took before their first step; or NULL */
} inquiry;

/* -1 with a sentence where the inquiry makes no sense. */
int inquiry_check(const inquiry *);

/* Calls in sequence, and rows, that a point costs the field each time that the solver asks. */
int inquiry_rounds(const inquiry *);
int inquiry_rows(const inquiry *);

#endif
