/*
 * The results of a benchmark as a file of tab-separated values: `#` lines, a header row, one row a run.
 * Written row by row, each on disk before the next begins; read back to go on after a crash, to report, to plot.
 * Beside it, NAME.sums has a checksum of each row (seal.h).
 */
#ifndef FOKKER_RECORD_H
#define FOKKER_RECORD_H
#include <stdio.h>
#include "bench/metrics/metric.h"
#include "solvers/engine/recipe.h"
#include "base/files/journal.h"

enum status { RUN_OK, RUN_DIVERGED, RUN_FAILED, RUN_BUDGET };
const char *status_name(enum status);

const char *budget_name(enum budget_kind);  /* steps, nfe, own */

/* One row.  NAN where a number is not known; the texts are someone else's. */
typedef struct record {
    const char *model, *process, *score, *solver, *grid, *reason;
    double steps, nfe, calls, rows, dim, seconds, score_seconds;
    long seed, samples;
    enum budget_kind budget;                /* BY_OWN: the method chose its steps */
    enum status status;
    quality *q;                             /* one a metric */
} record;

/* A file that was read. */
typedef struct results {
    char *text;                             /* owned; what all others point into */
    int heads, metrics, count;
    unsigned has;                           /* bit i: it has column i of record.c; older files lack some */
    char **head, **metric;                  /* `#` lines; names of the metrics */
    record *row;
    quality *quality;
    unsigned long *seal;                    /* of the head and of each row, as they stand there (seal.h) */
    long whole;                             /* bytes up to the end of the last whole row: what follows is torn */
} results;

/* -1 with path:line where a file is not ours.  A last line that has no end is dropped. */
int  results_read(const char *path, results *);
void results_free(results *);

/* Whether a file that is there was never begun: it is empty, or a torn head. */
int  results_none(const char *path);

/* A file that grows by whole rows.  count: rows, with the head */
typedef struct recorder { journal rows, seals; int count, metrics; unsigned has; } recorder;

/* A new file that begins with `head` (lines that begin with `#`), in the place of what was there; or one that was read,
 * to be continued in its own columns behind its last whole row.  0 or -1; close either way. */
int recorder_create(recorder *, const char *path, const char *head, int metrics, char *const *names);
int recorder_continue(recorder *, const char *path, const results *old);

/* Writes a row and waits until it is on disk; where that fails (disk full) nothing of it stays.  0 or -1. */
int recorder_add(recorder *, const record *);
int recorder_close(recorder *);             /* 0 or -1 */

#endif
