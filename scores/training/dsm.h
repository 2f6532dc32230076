/*
 * Denoising score matching (Vincent 2011; Song and Ermon 2019; Ho et al. 2020): with x = alpha
 * x_0 + sigma eps at a random time
 *     loss = E w(t) |eps(x, t) - eps|^2 / dim
 * in terms of the noise prediction that the network's answer F amounts to, whatever it predicts: |eps(x) - eps| = |c|
 * |F - target|, target = p0 x_0 + p1 eps, c = alpha/(alpha p1 - sigma p0).
 * With preconditioning F is the raw network (scores/wrappers/precond.h).  In place of eps (objective) may stand
 *     explicit          the law's own noise prediction at x, the mean of eps that is left when x is known (Vincent
 *                       2011: score matching to a kernel density)
 *     implicit, sliced  nothing but x: |eps(x)|^2 - 2 sigma div eps(x), that loss less a constant (Hyvarinen 2005), the
 *                       divergence by central differences 2 v.(eps(x + h sigma v) - eps(x - h sigma v))/2h along all
 *                       axes v, or one random v of signs (Song et al. 2019; Pang et al. 2020)
 *     progressive, consistency   what a teacher makes of x (distil.h), at the levels of the student's grid
 * A network with labels is told those of its points, but for a part of them that is told none (Ho and Salimans 2022).
 */
#ifndef FOKKER_DSM_H
#define FOKKER_DSM_H
#include "base/random.h"
#include "scores/networks/back.h"
#include "scores/training/distil.h"
#include "scores/networks/network.h"
#include "scores/training/times.h"

/* A batch is cut into slices, each with a gradient of its own, and a slice into micro-batches: all by the batch's size
 * alone, whatever the number of threads. */
enum { MICRO = 128, SLICES = 8 };           /* the most rows of a micro-batch; the most slices */

enum { GOAL_OBJECTIVE, GOAL_WEIGHTING, GOAL_GAMMA, GOAL_STD, GOAL_DROPOUT, GOAL_APART };
extern const param dsm_keys[];              /* objective weighting gamma data_std label_dropout apart */

typedef struct dsm {
    const process *proc;
    const law *law;
    network how;
    const args *precond;                    /* of the wrapper precond, where the answer is its raw F; or NULL */
    args given;                             /* of dsm_keys */
    distil by;                              /* opened where there is a teacher, else zero but for given */
    times when;                             /* its given is set */
    uint64_t seed;
    int batch, slice, slices;               /* points of it, of a slice (the last may have fewer); how many slices */
    int copies;                             /* rows of the network a point: 1, and two a direction */
} dsm;

/* That the network can be told every time of the interval, that no level has sigma = 0, and that objective and teacher
 * belong together; sets slice, slices and copies, opens when.  0 or -1. */
int  dsm_open(dsm *, const char *where);
void dsm_close(dsm *);                      /* by too */

/* w at a level, the i-th where times have levels. */
double dsm_weight(const void *self, const level *, int i);

/* What a micro-batch needs: one a thread.  v: directions, a point each, or where a teacher leads; teacher: the
 * thread's; failed: 1 where the law or the teacher failed in the last slice, and last_error() says how. */
typedef struct desk {
    tape *tape;
    back *back;
    double *x0, *eps, *x, *v;
    const score *teacher;
    score *thread_copy;
    int failed;
} desk;
int  desk_open(desk *, const dsm *, const net *);
void desk_close(desk *);

/* One slice of a step: grad (all parameters) becomes its part of the gradient of the mean loss; returns
 * its part of that loss.
 * Everything is a function of seed, step and row.  NAN where the law does not draw. */
double dsm_slice(const dsm *, const net *, desk *, long step, int slice, float *grad);
#endif
