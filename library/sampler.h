/* What samplers, metrics of their samples and likelihoods share. */
#ifndef FOKKER_SAMPLER_H
#define FOKKER_SAMPLER_H
#include <signal.h>
#include "library/handle.h"
#include "solvers/engine/recipe.h"

/* label: the class of every row, or one of these. */
enum { LABEL_NONE = -1, LABEL_EACH = -2 };
struct fokker_sampler {
    fokker_score *of;
    recipe how;
    uint64_t seed;
    long label;
    int threads;
    double time_limit;
    int (*progress)(void *with, long done, long all);
    void *with;
};

/* Whoever watches a call: the caller's progress function, asked by the caller's own thread some times a second, and
 * what it said. */
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

#endif
