/* Metrics: a number for a sample, its standard error, and its floor. */
#ifndef FOKKER_METRIC_H
#define FOKKER_METRIC_H
#include "models/laws/law.h"
#include "scores/score.h"

typedef struct metric metric;

/* Whose end points: the run's; those of the field's own flow from the same starts; the law's, exact samples or, from
 * the same starts, its flow's. */
enum whose { OF_RUN, OF_FIELD, OF_LAW };

/* The truth that samples are compared with: the law at the level where the samples stand. */
typedef struct truth {
    const law *law;
    level at;                               /* x_t with t = at: exact samples are alpha x_0 + sigma eps */
    const int *label;                       /* n labels the samples were conditioned on, or NULL */
    uint64_t seed;                          /* of exact samples: equal seeds give equal ones, so runs are paired */

    /* for flows: the field, the law's own, the process and the start of the run */
    /* exact, from (n x dim): or NULL */
    const score *field, *exact; const process *proc; const level *start; const double *from;
    int deterministic;                      /* the run was one of the probability flow */
    /* of bench/metrics/reference.h, or NULL: flow maps that were computed before */
    struct reference_cache *cache;
    /* the points to compare with where those are the ends of a flow: n x dim, or NULL */
    const double *ends;
} truth;

/* value +- se of one sample; floor: what two exact samples of this size give. */
typedef struct quality { double value, se, floor; } quality;

struct metric {
    const char *name, *about, *cite;
    param par[MAX_PARAM];
    /* 1: smaller is better, floor is where the truth lies; 0: nearer to the floor is better */
    int relative;

    /* What it compares samples with: the law as such; n exact samples, in whose place the field's flow may stand
     * (to=field); the ends of a flow from the same starts, the field's or the law's (to=law).
     * All of them may judge the field's flow in place of the run (of=field). */
    enum against { AGAINST_LAW, AGAINST_SAMPLE, AGAINST_FLOW } against;
    int few;                                /* 1: its first parameter is how many samples it looks at, the first ones */

    /* NULL where it applies, else the reason why not (`needs a mixture`): the cell is nan.  NULL: always. */
    const char *(*refuses)(const truth *, int n, int dim);

    /* x: n x dim samples.  Fills value and se.  The floor is 0 between ends of the same starts.  0 or -1. */
    int (*measure)(const truth *, const args *, int n, int dim, const double *x, quality *);
};

int metrics(void);
const metric *metric_at(int i);

/* What an item begins with where it is measured in a feature space; the item behind that, or all of it. */
#define FEATURES_PREFIX "features/"
const char *metric_item(const char *item);

/* Exact samples of the truth: n x dim, samples row..row+n-1 of the truth's seed.  0 or -1. */
int truth_sample(const truth *, long row, int n, int dim, double *x);

/* All its parameters: its own, then `of` and, where there is a choice, `to`. */
void metric_params(const metric *, param out[MAX_PARAM]);

/* A metric with its parameters, from an item: the distance of one side's end points to another's.
 * `features/ITEM` is measured in a feature space (bench/metrics/space.h), which is the caller's affair.  0 or -1. */
typedef struct measure {
    const metric *kind;
    args given;
    char name[MAX_NAME];
    enum whose of, to;
    int features;
} measure;
int measure_parse(measure *, const char *where, const char *item);
void measure_free(measure *);

/* Parts of an error: run to law is the whole, run to field what the solver adds, field to law what the network is off.
 * They keep the triangle inequality, whole <= solver's + network's, where the metric is one (rms, sw2, w2). */
enum part { PART_WHOLE, PART_SOLVER, PART_NETWORK, PART_COUNT };
extern const char *const part_names[PART_COUNT];
enum part measure_part(const measure *);

/* Why it does not apply, or NULL. */
const char *measure_refuses(const measure *, const truth *, int n, int dim);

/* Value, standard error and floor of a sample.  nan, nan, nan where the metric refuses (*reason tells why, else NULL).
 * 0 or -1.  The floor is the metric of exact samples against the same exact reference, averaged over seeds; it is
 * remembered by the caller. */
int measure_value(const measure *, const truth *, int n, int dim, const double *x, quality *, const char **reason);
int measure_floor(const measure *, const truth *, int n, int dim, double *floor);

#endif
