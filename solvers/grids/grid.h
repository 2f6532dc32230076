/* Time grids: plain arrays of levels from noise to data. */
#ifndef FOKKER_GRID_H
#define FOKKER_GRID_H
#include "models/processes/process.h"

/*
 * A grid: n times from t_max to t_min of a process (a schedule narrows them to its interval
 * first), in the order visited.
 * One descriptor, one line in the table of grid.c.  `times`: t[0] = t_max and, for n > 1, t[n-1] = t_min, strictly
 * falling.  Two kinds of exception say so: `open_end`: the last of the n times is where the grid likes, and a step from
 * there follows, to t_min or to the clean level (the DDPM spacings);  `points`: a file fixes n and the ends; a last
 * time of NAN stands for the clean level.
 */
typedef struct grid {
    const char *name, *about, *cite;
    param par[MAX_PARAM];
    int (*times)(const process *, const args *, int n, double *t);          /* 0 or -1 */
    /* n that a file fixes, whether its last is clean; -1; NULL: any n */
    int (*points)(const args *, int *clean);
    int open_end;
} grid;

int grids(void);
const grid *grid_at(int i);

/* What was asked for: a grid, its parameters, its interval (NAN: the process's), and whether a last step to sigma = 0
 * is added (nothing is added where the grid ends there anyway).  The way back, from data to noise, is the same times
 * reversed: t_from < t_to, or back. */
typedef struct schedule { const grid *kind; args given; double t_from, t_to; int denoise, back; } schedule;

/* From an item; NULL or "" is the process's default (edm: karras, else lambda); the interval is the process's.
 * 0 or -1. */
int schedule_parse(schedule *, const char *where, const char *item, const process *, int denoise);
void schedule_free(schedule *);

/* The levels for `steps` steps, the denoising step included, steps + 1 of them; owned by the caller.  NULL on failure.
 * A single step with denoise goes from t_max to the clean level at once. */
level *schedule_levels(const schedule *, const process *, int steps);

/* The number of steps that the grid fixes (with the denoising step), or 0 where any will do. -1 on failure. */
int schedule_fixed(const schedule *, const process *);

#endif
