/* What samplers, metrics of their samples and likelihoods share. */
#ifndef FOKKER_SAMPLER_H
#define FOKKER_SAMPLER_H
#include <signal.h>
#include "library/handle.h"
#include "solvers/engine/recipe.h"
#include "solvers/engine/start.h"

/* label: the class of every row, or one of these. */
enum { LABEL_NONE = -1, LABEL_EACH = -2 };
struct fokker_sampler {
    fokker_score *of;
    recipe how;
    start_rule start;
    char warning[256];
    uint64_t seed;
    long label;
    int threads;
    double time_limit;
    int (*progress)(void *with, long done, long all);
    void *with;
};

/* Whoever watches a call: the caller's progress function, asked by the caller's own thread some times a
 * second, and what it said. */
typedef struct watcher {
    int (*progress)(void *with, long done, long all);
    void *with;
    pthread_t caller;
    long done, all;
    double next;
    volatile sig_atomic_t stop;
} watcher;

/* all: the work to be done.  look: what the engine calls before each step (plan.watch): not 0 stops it. */
void watcher_open(watcher *, int (*progress)(void *, long, long), void *with, long all);
int watcher_look(void *watcher);

/* The labels of rows first, first + 1, ...: the caller's, which are looked at, or those of the request in *own, which
 * the caller frees; *out: NULL where there are none.  0 or -1. */
int labels_of(const char *where, const fokker_sampler *, long first, long n, const int *given, int **own,
              const int **out);

#endif
