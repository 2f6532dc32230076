/* Time grids: plain arrays of levels from noise to data. */
#ifndef FOKKER_GRID_H
#define FOKKER_GRID_H
#include "models/process.h"

/* A grid: steps + 1 times from t_max to t_min, in the order visited.  One descriptor, one line in the table of grid.c. */
typedef struct grid {
    const char *name, *about, *cite;
    param par[MAX_PARAM];
    int (*times)(const process *, const args *, int steps, double *t);      /* t[0] = t_max, t[steps] = t_min, strictly monotone; 0 or -1 */
    int (*steps)(const process *, const args *);                            /* the number of steps that a file fixes; NULL: any */
} grid;

int grids(void);
const grid *grid_at(int i);

/* What was asked for: a grid, its parameters, its interval (NAN: the process's), and whether a last step to sigma = 0 is added. */
typedef struct schedule { const grid *kind; args given; double t_from, t_to; int denoise; } schedule;

/* From an item; NULL or "" is the process's default (edm: karras, else lambda).  0 or -1. */
int schedule_parse(schedule *, const char *where, const char *item, const process *, int denoise);
void schedule_free(schedule *);

/* The levels for `steps` steps, the denoising step included, steps + 1 of them; owned by the caller.  NULL on failure. */
level *schedule_levels(const schedule *, const process *, int steps);

/* The number of steps that the grid fixes (with the denoising step), or 0 where any will do. -1 on failure. */
int schedule_fixed(const schedule *, const process *);

#endif
