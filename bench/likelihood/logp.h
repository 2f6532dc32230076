/* fokker logp: what is run, and how it is written. */
#ifndef FOKKER_LOGP_H
#define FOKKER_LOGP_H
#include <stdio.h>
#include "bench/likelihood/levels.h"
#include "bench/options.h"
#include "solvers/engine/recipe.h"
#include "base/files/array.h"
#include "solvers/likelihood/importance.h"
#include "solvers/likelihood/likelihood.h"

enum route { FLOW, ELBO, PATHS };

/* A term of the bound, at the level where the field is asked: mean over rows and its standard error. */
typedef struct logp_term { double t, mean, se; } logp_term;

/* One combination of what was asked, as it was named, and what it gave. */
typedef struct logp_cell {
    int route;                              /* of another than the flow, `solver` is its item */
    const char *solver, *grid, *trace, *rtol, *atol;        /* NULL: the default */
    long steps, nfe, probes, seed;
    /* rows a point, split by logp_split; 0: steps and probes were given */
    long budget; double predicted_steps, predicted_trace;
    int status; char reason[512];           /* as of likelihood */
    double seconds;
    usage setup;                            /* of the flow: before the first step, of both runs */
    answer *out;                            /* n, owned */
    importance *many;                       /* of whole numbers, n, owned */
    logp_term *part; int terms;             /* of the bound, owned */
} logp_cell;

typedef struct logp_job {
    const request *r;
    subject of;
    law *fit;                               /* owned; or NULL */
    array points, recorded;
    int n, dim, exact_prior, control, unchecked;
    int *label;
    /* of whole numbers: n x dim, owned; points = scale whole + shift; random points of each row */
    bins bins; double *whole; int each;
    logp_cell *cell; int cells;
    char **kept[8]; int keeps;              /* words that the cells point into */
} logp_job;

/* Everything that was asked, checked.  0 or -1; close either way. */
int  logp_open(logp_job *, const request *);
void logp_close(logp_job *);

/* The recipe and the inquiry of one cell, which point into one another and into the job.  0 or -1. */
typedef struct logp_plan { recipe how; args given; inquiry q; level *finer; } logp_plan;
int  logp_plan_open(logp_plan *, const logp_job *, const logp_cell *, enum course);
void logp_plan_close(logp_plan *);

/* Sets steps and probes of a cell from its budget, by short runs of its first points; says how.  0 or -1. */
int logp_split(const logp_job *, logp_cell *, FILE *say);
/* The points of a combination by the flow: n of them, with labels or NULL.  As likelihood. */
int logp_flow(const logp_job *, logp_cell *, int n, const double *x, const int *label, double *latent, answer *,
              long *done);

/* Whole numbers: what was asked of them, and a combination by the flow.  0 or -1; as likelihood. */
int logp_levels_open(logp_job *);
int logp_levels(const logp_job *, logp_cell *, long *done);

/* The route of an item, -1 with a sentence; that a combination by another than the flow makes sense; the combination;
 * the table of its terms. */
int logp_route(const char *item);
int logp_bound_check(const logp_job *, const logp_cell *);
int logp_bound(const logp_job *, logp_cell *, long *done);
int logp_write_terms(FILE *, int header, int cell, const logp_job *, const logp_cell *);

/* Frees what a combination gave. */
void logp_cell_clear(logp_cell *);

/* Averages over the points that were finished: of sizes root mean squares.  NAN where nothing is known. */
typedef struct logp_summary {
    /* finished; whose interval holds the exact value; who have both; whose exact value is known */
    int good, inside, intervals, known;
    double mean, mean_se, se_trace, err_solver, err_prior, prior_bias, err_trunc, realised, below, calls, rows,
        calls_sd, network_calls, evaluations, products;
} logp_summary;
logp_summary logp_sum(int n, const answer *);

/* The table of points: a header, and one line each; cell >= 0: in a first column.  0 or -1. */
int logp_write_rows(FILE *, int header, int cell, const logp_job *, const logp_cell *);

/* The table of cells. */
void logp_write_head(FILE *);
void logp_write_cell(FILE *, const logp_job *, const logp_cell *);

/* In words. */
void logp_say(FILE *, const logp_job *, const logp_cell *);

#endif
