/* Grids from items on processes from items. */
#ifndef FOKKER_VISITS_H
#define FOKKER_VISITS_H
#include "solvers/grids/grid.h"

enum { DENOISE = 1 };

/* The levels of an item over an interval; *steps of 0 is filled with what the file fixes.  Owned; NULL on failure. */
level *visit_from(const char *process_item, const char *item, int *steps, int denoise, double from, double to);

/* Over that of the process. */
level *visit(const char *process_item, const char *item, int steps, int denoise);

/* A test fails unless there are none; or unless the first n times are these. */
void visit_refused(const char *process_item, const char *item, int steps, int denoise);
void times_are(const char *process_item, const char *item, int steps, int denoise, int n, const double *t);
#endif
