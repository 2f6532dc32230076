/* phi functions: the highest by its series near 0, the others downwards; upwards from expm1 elsewhere.
 * In long double, since each turn of the recurrence loses a bit. */
#include <math.h>
#include "solvers/tools/phi.h"

/* 1/j! */
enum { LAST = 25 };
static const long double inverse[LAST + 1] = {
    1 / 1.L, 1 / 1.L, 1 / 2.L, 1 / 6.L, 1 / 24.L, 1 / 120.L, 1 / 720.L, 1 / 5040.L, 1 / 40320.L, 1 / 362880.L,
        1 / 3628800.L,
    1 / 39916800.L, 1 / 479001600.L, 1 / 6227020800.L, 1 / 87178291200.L, 1 / 1307674368000.L, 1 / 20922789888000.L,
        1 / 355687428096000.L,
    1 / 6402373705728000.L, 1 / 121645100408832000.L, 1 / 2432902008176640000.L, 1 / 51090942171709440000.L,
        1 / 1124000727777607680000.L,
    1 / 25852016738884976640000.L, 1 / 620448401733239439360000.L, 1 / 15511210043330985984000000.L,
};
static const double factorial[MAX_NODES] = { 1, 1, 2, 6, 24 };

/* sum_j z^j/(k + j)!, |z| <= 1 */
static long double series(int k, long double z)
{
    long double sum = inverse[LAST];

    for (int j = LAST - 1; j >= k; j--)
        sum = inverse[j] + sum * z;
    return sum;
}

void phis(int n, double z, double *out)
{
    if (fabs(z) > 1) {
        long double now = expm1l(z) / z;

        out[0] = exp(z);
        for (int k = 1; k <= n; k++, now = (now - inverse[k - 1]) / z)
            out[k] = (double)now;
    } else {
        long double now = series(n, z);

        for (int k = n; k >= 0; k--) {
            out[k] = (double)now;
            if (k)
                now = now * z + inverse[k - 1];
        }
    }
}

double phi(int k, double z)
{
    double all[MAX_PHI + 1];

    phis(k, z, all);
    return all[k];
}

void exp_moments(int n, double z, double *mu)
{
    double p[MAX_NODES + 1];

    mu[0] = 1;
    if (n == 1)
        return;
    if (isfinite(z))
        phis(n, z, p);
    for (int m = 1; m < n; m++)
        mu[m] = isfinite(z) ? factorial[m] * p[m + 1] / p[1] : z < 0;
}

void node_weights(int n, const double *r, const double *mu, double *w)
{
    for (int m = 0; m < n; m++)
        w[m] = mu[m];
    for (int k = 0; k < n - 1; k++)
        for (int i = n - 1; i > k; i--)
            w[i] -= r[k] * w[i - 1];
    for (int k = n - 2; k >= 0; k--) {
        for (int i = k + 1; i < n; i++)
            w[i] /= r[i] - r[i - k - 1];
        for (int i = k; i < n - 1; i++)
            w[i] -= w[i + 1];
    }
}

void exp_weights(int n, const double *r, double z, double *w)
{
    double mu[MAX_NODES];

    exp_moments(n, z, mu);
    node_weights(n, r, mu, w);
}

double exp_keep(enum form f, const level *a, const level *b)
{
    return f == DATA ? b->sigma / a->sigma : b->alpha / a->alpha;
}

double exp_gain(enum form f, const level *a, const level *b)
{
    double h = b->lambda - a->lambda;

    if (f == DATA)
        return b->alpha > 0 ? -b->alpha * expm1(-h) : -b->sigma * a->alpha / a->sigma;
    return b->sigma > 0 ? -b->sigma * expm1(h) : -b->alpha * a->sigma / a->alpha;
}
