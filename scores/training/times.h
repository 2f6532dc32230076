/*
 * Times of training: where on [t_min, t_max] the points of a batch stand.
 * A place u in (0, 1) becomes a time so that times are
 *     uniform      in t
 *     lambda       uniform in lambda
 *     lognormal    log(sigma/alpha) ~ N(log_mean, log_std^2), cut off at the ends (Karras et al. 2022)
 *     importance   by a density in proportion to the loss's weighting, the loss divided by it: the mean of uniform
 *                  times with less variance (Song et al. 2021, appendix B)
 * The places of a batch are evenly spaced from a common random start (low-discrepancy: Kingma et al. 2021), or each by
 * itself (random).  own: times are one of the levels of a grid.
 * levels = L: times are one of L, t_i = t_min + i (t_max - t_min)/(L - 1) or the same in lambda: indices of a chain
 * (DDPM), geometric sigmas on ve (NCSN).
 */
#ifndef FOKKER_TIMES_H
#define FOKKER_TIMES_H
#include "models/processes/process.h"
#include "base/random.h"

/* What the steps of the stream USE_TRAIN are for; laws draw in step 0, first weights in those from 4 on. */
enum { NOISE_STEP = 1, TIME_STEP = 2, SHIFT_STEP = 3, WEIGHTS_STEP = 4 };

enum { TIMES_HOW, TIMES_SPREAD, TIMES_LEVELS, TIMES_MEAN, TIMES_STD };
extern const param times_keys[];            /* times spread levels log_mean log_std */

typedef struct times {
    const process *proc;
    args given;                             /* of times_keys */
    uint64_t seed;
    const level *own;                       /* as many as given says, from data to noise, the caller's; or NULL */
    int batch, levels;                      /* rows of a step; L, 0: any time */
    double high, low;                       /* lambda at t_min and t_max */
    int cells;                              /* importance: cells of t (of a level each), */
    /* cells + 1 ends of them and sums of the probabilities before; the density relative to uniform times */
    double *edge, *cum, *ratio;
} times;

/* The weighting at a level; index: of the level, where times have levels. */
typedef double weigh(const void *self, const level *, int index);

/* proc, given, seed, own and batch are set.  The weighting is asked where importance wants it.
 * 0, or -1 with a sentence and nothing to close. */
int  times_open(times *, const char *where, weigh *, const void *self);
void times_close(times *);

/* Level i of L; of any process. */
level times_level(const times *, int i);

/* Where a row stands: its level, which of L that is, and by what its loss is divided. */
typedef struct moment { level at; int index; double density; } moment;

/* Rows first, first + 1, ... of a step: functions of seed, step and row alone. */
void times_draw(const times *, long step, int first, int n, moment *);
#endif
