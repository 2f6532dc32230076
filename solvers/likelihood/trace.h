/*
 * The trace of a matrix A of dim x dim of which only products A v can be had, from few of them: estimators, one
 * descriptor each.  A point's products come in up to two rounds: A omega for random directions omega, then A q for
 * directions q that depend on the first answers.
 */
#ifndef FOKKER_TRACE_H
#define FOKKER_TRACE_H
#include <stddef.h>
#include <stdint.h>
#include "base/item.h"

/* What is known of one point.  omega: drawn x dim; y = A omega: first x dim; q, z = A q: second x dim;
 * work: trace_work doubles. */
typedef struct products { int probes, dim; const double *omega, *y, *z; double *q, *work; } products;

/* Distributions of omega, of mean 0 and covariance I. */
enum probe { RADEMACHER, GAUSSIAN, SPHERE };

typedef struct estimator {
    const char *name, *about, *cite;
    param par[MAX_PARAM];
    /* no estimator: all dim columns, or the field's own divergence */
    int exact;
    int least;                                              /* probes at least */
    int (*drawn)(int probes, int dim);                      /* random directions */
    enum probe (*law)(const args *, int i, int probes, int dim);               /* of omega i */
    /* products in the two rounds, at most `probes` together */
    int (*first)(int probes, int dim), (*second)(int probes, int dim);
    /* how many estimates: their mean is the answer, se their standard deviation/sqrt(their number) */
    int (*estimates)(int probes, int dim);
    int (*complete)(int probes, int dim);                   /* whether nothing is left to estimate */
    void (*turn)(const products *);                         /* q from omega and y; NULL where second is 0 */
    void (*conclude)(const products *, double *estimate);
} estimator;

int estimators(void);
const estimator *estimator_at(int i);

/* An estimator with its parameters, from an item (`hutchinson:probe=sphere`).  NULL on failure. */
const estimator *estimator_parse(args *, const char *where, const char *item);

/* The random directions of sample `row`, drawn x dim: the same whatever else is asked. */
void probes_draw(const estimator *, const args *, uint64_t seed, long row, int probes, int dim, double *omega);

/* Doubles of products.work. */
size_t trace_work(int probes, int dim);

#endif
