/* What stands behind the opaque types of include/fokker.h. */
#ifndef FOKKER_HANDLE_H
#define FOKKER_HANDLE_H
#include <pthread.h>
#include <stdatomic.h>
#include "include/fokker.h"
#include "library/guest.h"
#include "models/model.h"
#include "scores/score.h"

/* holds: the caller's handle and the scores of it.  lock: while a score is opened. */
struct fokker_model { model *is; atomic_int holds; pthread_mutex_t lock; };

/* lock: of a field that must not be asked by two threads at once. */
struct fokker_score { fokker_model *of; score *field; atomic_int holds; pthread_mutex_t lock; };

/* A struct of the caller's into one of ours: *size, its first member, is how much of it the caller knows; what is
 * behind that is 0.  -1 where it asks for what a later version offers.  where: the function's name. */
int struct_read(const char *where, void *ours, size_t our_size, const void *theirs);

/* That the caller's struct says its size. */
int struct_check(const char *where, const void *theirs);

/* Ours into the caller's, as much of it as the caller knows. */
int struct_write(const char *where, void *theirs, const void *ours, size_t our_size);

/* Of a recursive lock. */
void lock_open(pthread_mutex_t *);

/* A score that is not owned here: one more, one less. */
fokker_model *model_hold(fokker_model *);
fokker_score *score_hold(fokker_score *);

/* The callback as a field; *owned, which is 0 at first: whether self is closed with it.  NULL on failure. */
score *callback_open(const fokker_callback *, int **owned);

/* That n rows of samples first, first + 1, ... can be. */
int rows_check(const char *where, long first, long n);

/* -1 for a handle that is NULL, with the failure before, which is most likely why. */
int missing(const char *where, const char *what);

/* That n times are within the process's reach, or NAN. */
int times_check(const char *where, const process *, long n, const double *t);

/* The levels at n times, NAN: the data's. */
void levels_at(const process *, long n, const double *t, level *out);

#endif
