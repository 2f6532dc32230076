/* What drivers need besides the step's view: run.c, adapt.c, workspace.c, solve.c, and methods that drive steps
 * themselves (`whole`: windows, outside libraries). */
#ifndef FOKKER_DRIVE_H
#define FOKKER_DRIVE_H
#include "solvers/step.h"

/* A run with what its drivers need.  The step's view comes first: a run is where its drive begins. */
struct drive {
    run step;
    const plan *plan; const score *field; tally *count;
    struct findings *found;                 /* the plan's, or its own where solve has none */
    group *group;                           /* as step.group */
    int *label;                             /* room for the labels of groups x rows samples, or NULL */
    int draws;                              /* of this step */
    /* steps left in the driver of fixed steps, this one included; how the last ones go (LAST_STEPS) */
    int left; enum last last;
    double *x, *y;                          /* own steps' state; next state */
    /* own steps, a group each: where it stands and where its step ends; its step, its last accepted error, its error
     * now, the growth of its step, the embedded state of its last step */
    level *a, *b;
    double *h, *e, *e_now, *factor, *embedded;
    enum control control;
    /* fields for the threads among which a costly call is shared; members 0: it is not */
    score *const *team; int members;
    double pace;                            /* seconds a point, as last seen; 0: not yet */
    void *workspace; size_t bytes;          /* memory of the whole tree, what open took included */
};

static inline drive *drive_of(const run *r) { return (drive *)r; }
static inline drive *drive_inner(const drive *d, int i) { return drive_of(d->step.inner[i]); }

/* A drive for blocks of up to `rows` of n samples, with all its memory in one workspace, its inner ones in it.
 * NULL on failure. */
drive *drive_open(const plan *, const score *field, tally *count, long n, int rows);
void drive_close(drive *);                  /* NULL is fine */

/* Groups and rows of it and its inner ones for a block of `rows` rows. */
void resize(drive *, int rows);
void resize_as(drive *, int groups, int rows);

/* All steps of the grid, x in place (1 group); own steps, row by row.  0, FAILED or STOPPED. */
int fixed(drive *, int steps, const level *grid, double *x);
int adapt(drive *, double *x);

/* One step (draws restart). */
int advance(drive *, const level *a, const level *b, const double *x, double *y);

/* The step to sigma = 0 of a method that does not take it itself: y = alpha_b D(x, a).  0 or FAILED. */
int denoise(drive *, const level *a, const level *b, const double *x, double *y);

/* After a step that began at a: history turns. */
void shift_history(drive *, const level *a);

/* What methods found out by find_once, and what that took; zeros to begin with. */
typedef struct finding finding;
typedef struct findings { finding *first; usage used; long asks; } findings;
void findings_close(findings *);

/* Calls in sequence so far.  Of parts that need nothing of one another each begins where the first one did, and the
 * deeper one's stand in the end. */
typedef struct depth { long calls, network; } depth;
static inline depth depth_of(const drive *v) { return (depth){ v->count->calls, v->count->network.calls }; }
static inline void depth_set(drive *v, depth d) { v->count->calls = d.calls, v->count->network.calls = d.network; }
static inline depth deeper(depth a, depth b)
{
    return (depth){ a.calls > b.calls ? a.calls : b.calls, a.network > b.network ? a.network : b.network };
}

/* Whether the run was told to stop, with the reason. */
int told_to_stop(const plan *);

/* The last level of the grid that has noise: where own steps and outside libraries end. */
static inline const level *last_noisy(const plan *p)
{
    const level *l = p->grid + p->steps;

    return l->sigma == 0 ? l - 1 : l;
}

/* Rows of the plan that are stepped one by one: its own steps, or an outside library. */
static inline int adaptive(const plan *p) { return p->rtol > 0 && !p->how->sol->whole; }

#endif
