/* Means of weights that are known by their logarithms. */
#include <math.h>
#include "solvers/likelihood/importance.h"

importance importance_of(int k, const double *logw, double *weight)
{
    double top = logw[0], sum = 0, square = 0, spread = 0;

    for (int j = 1; j < k; j++)
        top = logw[j] > top || isnan(logw[j]) ? logw[j] : top;      /* NAN stays */
    for (int j = 0; j < k; j++)
        sum += top > -INFINITY ? exp(logw[j] - top) : 1;
    for (int j = 0; j < k; j++) {
        double share = (top > -INFINITY ? exp(logw[j] - top) : 1) / sum;

        square += share * share;
        spread += (share - 1. / k) * (share - 1. / k);
        if (weight)
            weight[j] = share;
    }
    spread *= k > 1 ? k / (k - 1.) : NAN;
    return (importance){ top + log(sum / k), sqrt(spread), spread / 2, 1 / square };
}

double importance_independent(int k, const double *weight, const double *se)
{
    double sum = 0;

    for (int j = 0; j < k; j++)
        sum += weight[j] * weight[j] * se[j] * se[j];
    return sqrt(sum);
}

double importance_common(int k, const double *weight, const double *bound)
{
    double sum = 0;

    for (int j = 0; j < k; j++)
        sum += weight[j] * bound[j];
    return sum;
}

double importance_lift(int k, const double *weight, const double *se)
{
    double sum = 0;

    for (int j = 0; j < k; j++)
        sum += weight[j] * (1 - weight[j]) * se[j] * se[j];
    return sum / 2;
}
