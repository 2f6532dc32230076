/*
 * iPNDM for uneven steps: ab-n written out in the last steps h (now), h1, h2, h3 of s = sigma/alpha, by
 * Newton's divided differences,
 *
 *   u_b = u_a + h (E_0 + p d1 + q (d1 - r d2) + c (d1 - (r + f) d2 + f (h2/h3) d3)),   dj = E_(j-1) - E_j,
 *   r = h1/h2,   f = h1 (h1 + h2)/(h2 (h2 + h3))
 *   p = h/(2 h1),   q = h (h + h1)/(h1 (h1 + h2)) * (1 - h/(3 (h + h1)))/2,
 *   c = h (h + h1) (h + h1 + h2)/(h1 (h1 + h2) (h1 + h2 + h3)) * ((1 - h/(3 (h + h1)))/2 - (1 - h/(2 (h + h1))) h/(6 (h
 *   + h1 + h2)))
 *
 * diff-sampler's code, `-shipped`, has a parenthesis of q misplaced,
 * (1 - h/(3 (h + h1)) * h (h + h1)/(h1 (h1 + h2)))/2, in c a plus for the minus, and for the weight of E_3
 * h1/h2 in place of h2/h3, so that the weights of 4 do not sum to h.
 * With 3 this is wrong by O(h): order 3 but for its Euler start, which leaves 2; with 4 it is order 2 by itself.  The
 * constants are large: on Karras grids of 64 and 128 steps the slope is still below 1.
 */
#include "solvers/tools/multi.h"

/* q and c; h[0] is the step from now on, h[j] the j-th before it. */
typedef struct newton { double q, c; } newton;

static newton right(const double *h)
{
    double up = h[0] + h[1], last = h[1] + h[2], part = (1 - h[0] / (3 * up)) / 2,
        more = (1 - h[0] / (2 * up)) * h[0] / (6 * (up + h[2]));

    return (newton){ part * h[0] * up / (h[1] * last),
                     (part - more) * h[0] * up * (up + h[2]) / (h[1] * last * (last + h[3])) };
}

static newton shipped(const double *h)
{
    double up = h[0] + h[1], last = h[1] + h[2], part = (1 - h[0] / (3 * up)) / 2,
        more = (1 - h[0] / (2 * up)) * h[0] / (6 * (up + h[2]));

    return (newton){ (1 - h[0] / (3 * up) * h[0] * up / (h[1] * last)) / 2,
                     (part + more) * h[0] * up * (up + h[2]) / (h[1] * last * (last + h[3])) };
}

/* The last steps in s, newest first. */
static void steps_of(int n, const level *const *at, const level *b, double *h)
{
    h[0] = ratio(b) - ratio(at[0]);
    for (int j = 1; j < n; j++)
        h[j] = ratio(at[j - 1]) - ratio(at[j]);
}

/* w[j] of E_j.  last: what stands for h2/h3 in the weight of E_3. */
static void spell(int n, const double *h, newton k, double last, double *w)
{
    double p = n > 1 ? h[0] / h[1] / 2 : 0, q = n > 2 ? k.q : 0, c = n > 3 ? k.c : 0;
    double r = n > 2 ? h[1] / h[2] : 0, f = n > 3 ? h[1] * (h[1] + h[2]) / (h[2] * (h[2] + h[3])) : 0;
    double all[MULTI_POINTS] = { 1 + p + q + c, -p - q - c - r * q - (r + f) * c,
                                 r * q + (r + f) * c + (n > 3 ? f * h[2] / h[3] * c : 0), -f * last * c };

    for (int j = 0; j < n; j++)
        w[j] = h[0] * all[j];
}

static void weights(const run *r, int n, const level *const *at, const level *b, double *w)
{
    double h[MULTI_POINTS] = { 0 };

    steps_of(n, at, b, h);
    spell(n, h, right(h), n > 3 ? h[2] / h[3] : 0, w);
}

static void shipped_weights(const run *r, int n, const level *const *at, const level *b, double *w)
{
    double h[MULTI_POINTS] = { 0 };

    steps_of(n, at, b, h);
    spell(n, h, shipped(h), n > 3 ? h[1] / h[2] : 0, w);
}

#define IPNDM_V(id, title, n, reads, what, rule, ramp, ...) \
    const solver solver_ipndm_v_##id = { \
        .name = "ipndm-v-" title, .about = what, .cite = "diff-sampler, ipndm_v", \
        .data = &(const multi){ .points = n, .ramps = ramp, .weights = rule }, \
        .order = reads, .never = ALPHA_0, .par = { __VA_ARGS__ }, MULTI(n), \
    };
IPNDM_V(1, "1", 1, 1, "iPNDM for uneven steps, 1 prediction: DDIM", weights, 0, LAST_STEPS)
IPNDM_V(2, "2", 2, 2, "iPNDM for uneven steps, 2 predictions", weights, 0, LAST_STEPS)
IPNDM_V(3, "3", 3, 3, "iPNDM for uneven steps, 3 predictions", weights, 0, RUNGE_OR_RAMP, LAST_STEPS)
IPNDM_V(4, "4", 4, 4, "iPNDM for uneven steps, 4 predictions", weights, 0, RUNGE_OR_RAMP, LAST_STEPS)
IPNDM_V(3_shipped, "3-shipped", 3, 2, "ipndm-v-3 as in diff-sampler: a misplaced parenthesis, an Euler start",
        shipped_weights, 1, LAST_STEPS)
IPNDM_V(4_shipped, "4-shipped", 4, 2, "ipndm-v-4 as in diff-sampler: a misplaced parenthesis, a wrong sign and ratio",
        shipped_weights, 1, LAST_STEPS)
