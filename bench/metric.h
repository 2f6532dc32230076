/* Metrics: a number for a sample, its standard error, and its floor. */
#ifndef FOKKER_METRIC_H
#define FOKKER_METRIC_H
#include "models/law.h"
#include "scores/score.h"

typedef struct metric metric;

/* The truth that samples are compared with: the law at the level where the samples stand. */
typedef struct truth {
    const law *law;
    level at;                               /* x_t with t = at: exact samples are alpha x_0 + sigma eps */
    const int *label;                       /* n labels the samples were conditioned on, or NULL */
    uint64_t seed;                          /* of exact samples: equal seeds give equal ones, so runs are paired */

    /* for trajectory errors: the field, the process and the start of the run */
    const score *field; const process *proc; const level *start; const double *from;        /* from: n x dim, or NULL */
    int deterministic;                      /* the run was one of the probability flow */
    struct reference_cache *cache;          /* of bench/reference.h, or NULL: flow maps that were computed before */
} truth;

/* value +- se of one sample; floor: what two exact samples of this size give. */
typedef struct quality { double value, se, floor; } quality;

struct metric {
    const char *name, *about, *cite;
    param par[MAX_PARAM];
    int relative;                           /* 1: smaller is better, floor is where the truth lies; 0: nearer to the floor is better */

    /* NULL where it applies, else the reason why not (`needs a mixture`): the cell is nan. */
    const char *(*refuses)(const truth *, int n, int dim);

    /* x: n x dim samples.  Fills value and se.  0 or -1. */
    int (*measure)(const truth *, const args *, int n, int dim, const double *x, quality *);
    int no_floor;                           /* the floor is 0 by definition (rms) */
};

int metrics(void);
const metric *metric_at(int i);

/* Exact samples of the truth: n x dim, samples row..row+n-1 of the truth's seed.  0 or -1. */
int truth_sample(const truth *, long row, int n, int dim, double *x);

/* A metric with its parameters, from an item.  0 or -1. */
typedef struct measure { const metric *kind; args given; char name[MAX_NAME]; } measure;
int measure_parse(measure *, const char *where, const char *item);
void measure_free(measure *);

/* Value, standard error and floor of a sample.  nan, nan, nan where the metric refuses (*reason tells why, else NULL).  0 or -1.
 * The floor is the metric of exact samples against the same exact reference, averaged over seeds; it is remembered by the caller. */
int measure_value(const measure *, const truth *, int n, int dim, const double *x, quality *, const char **reason);
int measure_floor(const measure *, const truth *, int n, int dim, double *floor);

#endif
