/* fokker logp: what is run, and how it is written. */
#ifndef FOKKER_LOGP_H
#define FOKKER_LOGP_H
#include <stdio.h>
#include "bench/options.h"
#include "bench/setup.h"
#include "models/array.h"
#include "solvers/likelihood.h"

/* One combination of what was asked, as it was named, and what it gave. */
typedef struct logp_cell {
    const char *solver, *grid, *trace, *rtol, *atol;        /* NULL: the default */
    long steps, nfe, probes, seed;
    long budget; double predicted_steps, predicted_trace;       /* rows a point, split by logp_split; 0: steps and probes were given */
    int status; char reason[512];           /* as of likelihood */
    double seconds;
    answer *out;                            /* n, owned */
} logp_cell;

typedef struct logp_job {
    const request *r;
    subject of;
    law *fit;                               /* owned; or NULL */
    array points, recorded;
    int n, dim, exact_prior, control, unchecked;
    int *label;
    logp_cell *cell; int cells;
    char **kept[8]; int keeps;              /* words that the cells point into */
} logp_job;

/* Everything that was asked, checked.  0 or -1; close either way. */
int  logp_open(logp_job *, const request *);
void logp_close(logp_job *);

/* The recipe and the inquiry of one cell, which point into one another and into the job.  0 or -1. */
typedef struct logp_plan { recipe how; args given; inquiry q; } logp_plan;
int  logp_plan_open(logp_plan *, const logp_job *, const logp_cell *, enum course);
void logp_plan_close(logp_plan *);

/* Sets steps and probes of a cell from its budget, by short runs of its first points; says how.  0 or -1. */
int logp_split(const logp_job *, logp_cell *, FILE *say);

/* Averages over the points that were finished: of sizes root mean squares.  NAN where nothing is known. */
typedef struct logp_summary {
    int good, inside, known;                /* finished; whose interval holds the exact value; whose exact value is known */
    double mean, mean_se, se_trace, err_solver, err_prior, prior_bias, err_trunc, realised, calls, rows, calls_sd;
} logp_summary;
logp_summary logp_sum(int n, const answer *);

/* The table of points: a header, and one line each; cell >= 0: in a first column.  0 or -1. */
int logp_write_rows(FILE *, int header, int cell, int n, const answer *);

/* The table of cells. */
void logp_write_head(FILE *);
void logp_write_cell(FILE *, const logp_job *, const logp_cell *);

/* In words. */
void logp_say(FILE *, const logp_job *, const logp_cell *);

#endif
