/* Every kind of method in one list, for suites of what holds for whatever runs. */
#ifndef FOKKER_WAYS_H
#define FOKKER_WAYS_H
#include "tests/support/fixture.h"

enum { WAYS = 34, STEPS = 12 };

/* Fixed where it can and by its own steps where it must or may. */
typedef struct way { const char *solver; int own; } way;
extern const way ways[WAYS];

/* A rig of a way on a model's own process: STEPS steps, or its own. */
int way_open(rig *, const char *model, const way *);

/* Whether these are the same bits. */
int same(const double *, const double *, size_t count);
#endif
