/*
 * What a run that is parallel in time costs, beside its serial reference: in `sample`'s record, and in
 * a benchmark's folder as
 *   rounds.tsv      a row a run:        what it was, rounds, calls, rows, iterations, memory, seconds, its serial
 *                   reference's, speed-up, distance
 *   residuals.tsv   a row an iteration: the largest change of any state of any row
 */
#ifndef FOKKER_LEDGER_H
#define FOKKER_LEDGER_H
#include <stdio.h>
#include "bench/experiment/record.h"
#include "solvers/engine/recipe.h"

/* One run and its serial reference, which starts from the same states with the same noise.
 * The distance of their ends (rms over columns): of the median row, of that which 99 in 100 do not exceed, of the
 * furthest, and rms over all.  NAN where the serial reference did not end well. */
typedef struct account {
    int known;                              /* there is one: the method has a serial reference */
    tally wide, serial;
    double seconds, serial_seconds, rms, median, p99, worst;
    double *residual;                       /* steps + 1; 0 behind the last iteration */
    double per_window;                      /* iterations in which a window of slices was done */
    long n;
} account;

/* Room for the residuals, where p's method has a serial reference; p writes to it.  0 or -1. */
int  account_open(account *, plan *p);

/* Runs the serial reference: p's run took n states from `from` to x at a cost of `wide`.  0 or -1: out of memory. */
int  account_take(account *, const plan *p, int n, const double *from, const double *x, const tally *wide,
                  double seconds);
void account_close(account *);

/* A machine: seconds a round (latency) and a point, and how many points it works on at once. */
typedef struct machine { double round, row, workers; } machine;
double machine_seconds(const machine *, long calls, long rows);

/* Two lines for people. */
void account_print(const account *, FILE *);

/* The two files, or those of a rank (part >= 0: rounds.part-K.tsv); rows of runs that are not `had` (count of them) go.
 * Nothing is made before the first row.  ledger_merge brings the rows of the parts below `parts` into the two files, in
 * the order of the runs.
 *       0 or -1. */
typedef struct ledger { machine on; journal rounds, residuals; } ledger;
int  ledger_open(ledger *, const char *folder, int part, const char *had, long count, machine on);
int  ledger_merge(const char *folder, int parts);
int  ledger_add(ledger *, long cell, const record *, const method *, const account *);
int  ledger_close(ledger *);

#endif
