/*
 * An error in its parts: from the run to the field's own flow from the same starts, which is the solver's; from that
 * flow to the law, which is the network's; and the whole.  Three items of a metric (of, to in metric.h), so that each
 * part is a column with its own standard error.
 */
#ifndef FOKKER_SPLIT_H
#define FOKKER_SPLIT_H
#include <stdio.h>
#include "bench/experiment/summary.h"

/* A list of metrics with each `split:ITEM` replaced by the items of the three parts; owned.
 * NULL with a sentence where an item has no parts. */
char *split_items(const char *where, const char *list);

/* The columns of the parts of one metric in a file of results; name: the metric's. */
typedef struct parted { const char *name; int column[PART_COUNT]; } parted;

/* The n-th of them: 1, or 0 where there are no more. */
int split_nth(const results *, int n, parted *);

/* Whether a column is the part of one of them that is the network's, which is the same for all solvers. */
int split_networks(const results *, int column);

/* A table of a model's trials, and with how many calls each solver's part falls below the network's;
 * brief: the latter alone. */
void split_print(FILE *, const summary *, const char *name, const parted *, int brief);
#endif
