/* What many suites need: shipped models, grids, plans and fields that misbehave. */
#ifndef FOKKER_FIXTURE_H
#define FOKKER_FIXTURE_H
#include "solvers/engine/recipe.h"

/* A subject and a recipe on `steps` steps of the process's default grid, with fresh noise of seed 1; the test
 * fails where that fails. */
typedef struct rig { subject of; recipe how; noise noise; int dim; } rig;
int  rig_open(rig *, const char *model, const char *process, const char *solver, const char *grid, int steps,
              int denoise);
void rig_close(rig *);

/* n states of the prior, seed 3; owned by the caller. */
double *rig_start(const rig *, int n);

/* solve on a copy of x; owned by the caller. *status, *cost may be NULL. */
double *rig_run(const rig *, int n, const double *x, int *status, tally *cost);

/* PREFIX + the path of a file in the program's own folder + what follows the file's name, in
 * buf of 5000; returns buf. */
const char *built(const char *file, const char *prefix, char *buf);

/* A file of the tests' own with this text; the name lasts as long as the program, the text until the next call.
 * unlink it. */
const char *temporary(const char *text);

#endif
