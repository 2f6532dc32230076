/* The exact flow map of a field, by an integrator that shares nothing with the solvers. */
#ifndef FOKKER_REFERENCE_H
#define FOKKER_REFERENCE_H
#include "scores/score.h"

/* y = where the probability flow takes x from one level to the other (n x dim each; label: n, or NULL), by Prince and
 * Dormand's 8(9): to 1e-12; a network that has a thread copy in float64 (precise), by that thread copy to 1e-10; other
 * answers in float32 to 1e-6, below which their round-off begins.
 * The start may have alpha = 0, the end sigma = 0; between sigma(t_low) and 0 a field is asked at t_low's time with the
 * alpha and sigma meant.
 * Rows go in tiles of 32, each one system: a row's steps depend on its tile, its result by less than the tolerance.
 * 0 or -1. */
int reference_flow(const score *, const process *, const level *from, const level *to, int n, const int *label,
                   const double *x, double *y);

/* Remembers flow maps for equal (field, process, ends, labels, start), since many runs share a start.
 * Must not outlive the fields and processes it has seen; not from two threads at once.  NULL: out of memory. */
typedef struct reference_cache reference_cache;
reference_cache *reference_cache_open(void);
void reference_cache_close(reference_cache *);      /* NULL is fine */

/* As reference_flow, by way of a cache, which may be NULL. */
int reference_cached(reference_cache *, const score *, const process *, const level *from, const level *to, int n,
                     const int *label,
                     const double *x, double *y);
#endif
