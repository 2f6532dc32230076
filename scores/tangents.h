/*
 * Directional derivatives of the data prediction D: J v, J = dD/dx, for any number of directions a point, in
 * one call of the field.
 *
 *   a field with a jvp:  a point costs it one row a direction, and D comes with them;
 *   any other:           J v = (D(x + e v) - D(x - e v))/2e, two rows a direction, and one for D itself.
 *
 * The step e.  D bends over lengths of about sigma, so a difference over eta sigma errs by eta^2; x and D are rounded
 * to u |x|, which makes an error of u |x|/(eta sigma).  Their sum is least near eta = cbrt(u |x|/sigma), u = 2^-52 or,
 * of a field in float32, 2^-23;
 * e |v| = eta sigma sqrt(dim).
 */
#ifndef FOKKER_TANGENTS_H
#define FOKKER_TANGENTS_H
#include "scores/score.h"

typedef struct tangents tangents;

/* Room for `points` points with `most` directions each, of a field that must outlive it.  NULL: out of memory. */
tangents *tangents_open(const score *, int points, int most);
void tangents_close(tangents *);                        /* NULL is fine */

/* d: groups x rows x dim;  v, jv: groups x rows x m x dim;  m from 1 to most; a direction may be 0.  0 or -1. */
int tangents_ask(tangents *, const batch *, int m, const double *v, double *d, double *jv);

/* Rows that a point with m directions costs the field. */
int tangents_rows(const score *, int m);

#endif
