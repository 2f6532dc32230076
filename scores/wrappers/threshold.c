/*
 * threshold: dynamic thresholding (Saharia et al. 2022): with q the quantile of |D| over a sample's columns and s =
 * max(q, 1), at most `max`, the data prediction is kept within -s..s and, unless divide=no, divided by s.
 * The quantile is that of NumPy and PyTorch, linear between order statistics, which are found by bisection of the bits:
 * no memory.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "scores/wrap.h"

enum { QUANTILE, MOST, DIVIDE };

static double of_bits(uint64_t bits)
{
    double v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

/* How many of the n numbers are at most `limit` in size. */
static int within(int n, const double *x, double limit)
{
    int count = 0;

    for (int i = 0; i < n; i++)
        count += fabs(x[i]) <= limit;
    return count;
}

/* The k-th smallest |x|, from 0: the least number that k + 1 of them do not exceed.
 * Doubles that are not negative are ordered as their bits. */
static double order_statistic(int n, const double *x, int k)
{
    uint64_t low = 0, high = UINT64_C(0x7ff0000000000000);

    while (low < high) {
        uint64_t mid = low + (high - low) / 2;

        if (within(n, x, of_bits(mid)) > k)
            high = mid;
        else
            low = mid + 1;
    }
    return of_bits(low);
}

static double quantile(int n, const double *x, double q)
{
    double place = q * (n - 1), part = place - floor(place), low = order_statistic(n, x, (int)place);

    return part > 0 ? low + part * (order_statistic(n, x, (int)place + 1) - low) : low;
}

static int eval(wrapped *w, const batch *p, double *out)
{
    const double *v = w->given.v;
    int dim = w->inner->dim;

    if (field_eval(w->inner, p, PREDICTS_DATA, out))
        return -1;
    for (size_t i = 0; i < (size_t)p->groups * p->rows; i++) {
        double *x = out + i * dim, s = fmin(fmax(quantile(dim, x, v[QUANTILE]), 1), v[MOST]), scale = v[DIVIDE] ? 1 / s
            : 1;

        for (int d = 0; d < dim; d++) {                     /* in this order a NaN stays one */
            x[d] = x[d] < -s ? -s : x[d];
            x[d] = (x[d] > s ? s : x[d]) * scale;
        }
    }
    return 0;
}

static const wrapping how = { .name = "threshold", .eval = eval };

static score *open(score *inner, const process *proc, const args *given)
{
    return wrap_open(&how, inner, PREDICTS_DATA, proc, given);
}

const wrapper wrapper_threshold = {
    .name = "threshold", .about = "dynamic thresholding of the data prediction",
    .cite = "Saharia et al. 2022, arXiv:2205.11487",
    .par = { [QUANTILE] = { "quantile", "of the columns' sizes", NULL, 0.995, 0, 1 },
             [MOST] = { "max", "largest bound", NULL, 1e300, 1, 1e300 },
             [DIVIDE] = { "divide", "whether what was cut is brought back to -1..1", "no yes", 1 } },
    .open = open,
};
