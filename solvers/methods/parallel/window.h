/* A window that slides along each row's trajectory: picard and anderson. */
#ifndef FOKKER_WINDOW_H
#define FOKKER_WINDOW_H
#include "solvers/methods/parallel/slots.h"

enum { WINDOW_SCALE = SLOTS_OWN, WINDOW_CARRY, WINDOW_OWN };
#define WINDOW_PARAMS \
    [SLOTS_WINDOW] = WINDOW_PARAM("slots of a row that run at once", 16, 1), \
    [SLOTS_SLICE] = SLICE_PARAM("steps in a slot"), \
    [SLOTS_TOL] = TOL_PARAM("rms change of a state, in units of scale, below which it counts as settled; 0: none, to " \
                            "the bit"), \
    [WINDOW_SCALE] = { "scale", "unit of tol: noise of the ancestral step that begins at the state, its sigma, 1", \
                       "step sigma one", 0 }, \
    [WINDOW_CARRY] = { "carry", \
                       "what a change of a state does to the next: the same, or times the ratio of alpha or sigma", \
        "one alpha sigma", 0 }

/* State begin + j of row i, j = 0..width, stands at place i (width + 1) + j of x: state begin is settled, the others
 * are guesses.  answer j is one slice's solve from state j; fresh j is the new guess of state j + 1. */
typedef struct window {
    slots run;
    team team;
    int width, slice, taken, total;         /* slots a row; steps a slice; steps and slices in all */
    int rows, iteration, together;          /* rows that still run; together: their windows slide as one */
    /* which rows they are; where their windows begin; how far they slide (all by row of the block) */
    int *of, *begin, *ahead;
    int *age;                               /* iterations that state j has been guessed in, as x */
    double *x, *answer, *fresh;
    double *more; int extras;               /* arrays like x that slide with it: array i of them at more + i size */
    size_t size;
    double *scale, *carry;                  /* a state; a slice */
    void *workspace;
} window;

/* New guesses of the len states behind the first; returns how many of them, from the first on, are settled (or, at the
 * end, pass) before one is not. */
typedef int update(const run *, window *, int row, int len);

int  window_open (run *, int extras);
int  window_whole(drive *, int steps, const level *grid, double *x, update *);
void window_close(run *);
int  window_check(const method *, const plan *);
void window_shape(const run *, int *groups, int *rows);
void window_claims(const method *, double *order, int *stochastic);

static inline double *window_at(const window *w, double *array, int row, int j, int dim)
{
    return array + ((size_t)row * (w->width + 1) + j) * dim;
}

/* out = answer of slice k + carry (now - before): what a state becomes when the one before it changes; the answer
 * itself where that does not. */
void window_carry(const window *, int k, int dim, const double *answer, const double *now, const double *before,
                  double *out);

/* Whether a change of state k passes: no bit, or rms within tol. */
int window_passes(const run *, const window *, int k, const double *now, const double *before);
#endif
