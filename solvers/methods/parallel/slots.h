/* Many solves of an inner method at once, each of a row of the block from a level of its own: what the methods that are
 * parallel in time share. */
#ifndef FOKKER_SLOTS_H
#define FOKKER_SLOTS_H
#include "solvers/engine/drive.h"

/* Steps of one row from state `from` at grid[first] to grid[last], which `to` gets: levels
 * first + (last - first) j/steps. */
typedef struct slot { int row, first, last, steps; const double *from; double *to; } slot;

typedef struct slots {
    int n, room, rings;
    slot *s;
    double *x, *y;                          /* room x dim: states of the solves under way */
    level *ring[MAX_PAST + 2];              /* room levels each: where the last steps stood */
    long draws;                             /* of one step of the method */
    void *workspace;
} slots;

/* The first parameters of every such method. */
enum { SLOTS_WINDOW, SLOTS_SLICE, SLOTS_TOL, SLOTS_OWN };
#define WINDOW_PARAM(about, usual, least) { "window", about, NULL, usual, least, 1e6, 1, ROLE_WINDOW }
#define SLICE_PARAM(about) { "slice", about, NULL, 1, 1, 1e8, 1, ROLE_SLICE }
#define TOL_PARAM(about) { "tol", about, NULL, 1e-3, 0, 1e9, .role = ROLE_TOL }

/* Room for that many solves of its inner method; counts the memory.
 * 0 or FAILED, with everything freed by slots_close in any case. */
int  slots_open(slots *, drive *, int inner, int room);
void slots_close(slots *);

/* All of them in lockstep, ONE field call for all groups whenever the method asks; s.n is 0 afterwards.
 * Two lengths at most.  0 or FAILED. */
int slots_run(slots *, drive *, int inner, const level *grid);

/* Whether a step of the method needs those before: then it restarts in each slice. */
static inline int restarts(const solver *s) { return s->history && (!s->embedded || s->chained); }

/* The steps of the grid that windows take: all, or all but the one to sigma = 0 where the method
 * leaves that to the driver. */
int slots_steps(const solver *, int steps, const level *grid);

/* That step, for all rows of the block at once, where it is left.  0 or FAILED. */
int slots_finish(drive *, int taken, int steps, const level *grid, double *x);

/* Fields for the threads that share the calls of a lone block.  0 or FAILED. */
typedef struct team { score *of[64]; int n, own; } team;
int  team_open(team *, drive *, int rows);
void team_close(team *);

/* Raises plan.residual[iteration]. */
void slots_residual(const drive *, int iteration, double value);

/* Refuses what cannot stand inside, named `what` ("" or "coarse ").  0 or -1. */
int slots_check(const method *, const plan *, int inner, int slice, const char *what);

/* sqrt of the mean square of a - b. */
double rms_apart(int dim, const double *a, const double *b);
#endif
