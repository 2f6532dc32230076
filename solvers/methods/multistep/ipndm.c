/*
 * iPNDM: the Adams-Bashforth weights of equal steps, in s = sigma/alpha, whatever the steps:
 * u_b = u_a + (s_b - s_a) sum_j c_j E_j, started by the ramp 1, 2, ... predictions.  On the uneven steps of every usual
 * grid order 2 is all that 3 and 4 predictions reach; ipndm-v is the cure.
 */
#include "solvers/tools/multi.h"

#define IPNDM(n, reads, what) \
    const solver solver_ipndm_##n = { \
        .name = "ipndm-" #n, .about = what, .cite = "Zhang and Chen 2022; diff-sampler, ipndm", .order = reads, \
        .never = ALPHA_0, \
        .data = &(const multi){ .points = n, .ramps = 1, .weights = multi_even_weights }, .par = { LAST_STEPS }, \
        MULTI(n), \
    };
IPNDM(1, 1, "iPNDM with 1 prediction: DDIM")
IPNDM(2, 2, "iPNDM with 2 predictions, weights for equal steps")
IPNDM(3, 2, "iPNDM with 3 predictions, weights for equal steps: order 2 on others")
IPNDM(4, 2, "iPNDM with 4 predictions, weights for equal steps: order 2 on others")
