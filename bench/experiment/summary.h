/*
 * Results over seeds.  A trial is a run but for its seed; over its m seeds it has a mean and a 95 % interval by
 * Student's t with m - 1 degrees of freedom (one seed: the metric's own standard error and the normal law).
 * Two trials are compared on the seeds that they share, which start from the same states: the mean of the differences
 * against its own standard error, one-sided.
 */
#ifndef FOKKER_SUMMARY_H
#define FOKKER_SUMMARY_H
#include "bench/experiment/record.h"

/* rows first .. first + runs - 1; good: with status ok */
typedef struct trial { const record *first; int runs, good; } trial;
typedef struct summary { const results *of; int trials; trial *trial; } summary;

/* 0 or -1. */
int  summary_open(summary *, const results *);
void summary_close(summary *);

/* mean, its 95 % interval, and the floor; se: of the mean, from the metric's own standard errors.
 * NAN where no run has a number. */
typedef struct estimate { double mean, low, high, se, floor; int seeds; } estimate;
estimate trial_estimate(const trial *, int what);

/* The mean of the calls and of the field evaluations a sample (more where guesses are evaluated too), and the least of
 * the times, over the good runs; NAN where there is none. */
double trial_calls(const trial *);
double trial_work(const trial *);
double trial_seconds(const trial *);

/* How far from the truth a value is: itself, or its distance to the floor where nearness to the floor is better
 * (`relative` of metric.h). */
double shortfall(const quality *, int relative);
double trial_shortfall(const trial *, int what, int relative);

/* Mean difference of the shortfalls, a - b, on shared seeds, and the probability of one as large were there none.
 * NAN without shared seeds. */
typedef struct contrast { double mean, p; int seeds; } contrast;
contrast trial_contrast(const trial *a, const trial *b, int what, int relative);

/* Holm's procedure: rejects[i] is 1 where p[i] is significant at level alpha among n tests.  NAN counts as no test.
 * 0 or -1. */
int holm(int n, const double *p, double alpha, int *rejects);

/* Whether smaller values of a metric of the header are better (and not nearness to the floor). */
int metric_relative(const char *name);
const char *metric_about(const char *name); /* "" where the metric is not known */

/* Trials over seeds as a file for plots: one row a trial and metric.  0 or -1. */
int summary_write(const summary *, const char *path);

#endif
