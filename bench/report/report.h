/* The answer of a benchmark in words. */
#ifndef FOKKER_REPORT_H
#define FOKKER_REPORT_H
#include <stdio.h>
#include "bench/experiment/summary.h"

/* For each model: which solver is best at each budget, with its 95 % interval, and which are not significantly worse;
 * which reaches the floor with the fewest calls; and warnings with their cure.
 * brief: a table of the first metric alone, a sentence for each of the others. */
void report_print(FILE *, const summary *, int brief);

#endif
