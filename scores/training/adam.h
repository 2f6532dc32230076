/* AdamW (Loshchilov and Hutter 2019) with warm-up, cosine decay, clipping by the norm, and a running
 * mean of the weights (EMA). */
#ifndef FOKKER_ADAM_H
#define FOKKER_ADAM_H
#include "base/item.h"

enum { RUN_STEPS, RUN_BATCH, RUN_RATE, RUN_WARMUP, RUN_DECAY, RUN_CLIP, RUN_EMA, RUN_SEED };
extern const param adam_keys[];             /* steps batch rate warmup decay clip ema seed */

typedef struct adam {
    args given;
    int threads;
    long n;                                 /* parameters, a multiple of 16 */
    float *now, *mean, *first, *second;     /* n numbers each: weights, their EMA, the two moments */
} adam;

/* One step (counted from 0) by so many threads along the gradient: the sum of `parts` arrays of n, added
 * in their order.  Returns the norm of that sum; nothing is changed where it is not finite.  The bits do
 * not depend on threads. */
double adam_step(adam *, long step, int parts, float *grad);
#endif
