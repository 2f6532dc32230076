/* Whole numbers as points of a density: see levels.h. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <string.h>
#include "bench/likelihood/levels.h"
#include "base/fail.h"
#include "base/item.h"
#include "base/random.h"

static const param width[] = { { "std", "standard deviation before the ends are cut off, in levels", NULL, NAN, 1e-6,
                                 1e3, 0 }, { NULL } };

int bins_parse(bins *b, const char *where, const char *item, double own)
{
    char name[MAX_NAME] = "uniform";
    const char *list = "";
    args given = { .v = { own } };

    b->std = 0;
    if (item && item_split(where, item, name, &list))
        return -1;
    if (strcmp(name, "uniform") && strcmp(name, "normal"))
        return fail("%s: \"%s\" is neither uniform nor normal", where, name);
    if (!strcmp(name, "uniform"))
        return *list ? fail("%s: uniform takes no parameters; leave out %s", where, list) : 0;
    if (*list && args_parse(&given, where, name, width, list))
        return -1;
    b->std = given.v[0];
    args_free(&given);
    return b->std > 0 && b->std < INFINITY ? 0
        : fail("%s: the noise of the last level is %g levels wide, which is no width; give normal:std=S", where, own);
}

int bins_check(const bins *b, const char *where, long n, int dim, const double *v)
{
    for (long i = 0; i < n * dim; i++) {
        if (v[i] != floor(v[i]))
            return fail("%s: row %ld, column %ld (counted from 0) is %.10g, which is not whole; --levels is for whole "
                        "numbers", where, i / dim, i % dim, v[i]);
        if (!(v[i] >= 0 && v[i] < b->levels))
            return fail("%s: row %ld, column %ld (counted from 0) is %.10g, outside 0..%d; give --levels that hold it",
                        where, i / dim, i % dim, v[i],
                        b->levels - 1);
    }
    return 0;
}

int bins_unscale(const bins *b, const char *where, long n, int dim, double *x)
{
    for (long i = 0; i < n * dim; i++) {
        double v = (x[i] - b->shift) / b->scale, whole = rint(v);

        x[i] = fabs(v - whole) < 1e-9 * b->levels ? whole : v;
    }
    return bins_check(b, where, n, dim, x);
}

double bins_logq(const bins *b, double u)
{
    double z = u / b->std;

    if (!(fabs(u) <= 0.5))
        return -INFINITY;
    return b->std > 0 ? -z * z / 2 - log(b->std * sqrt(2 * M_PI)) - log(erf(sqrt(0.125) / b->std)) : 0;
}

/* The quantile at part in (0, 1): from the nearer tail, so that it is as exact above as below. */
static double quantile(const bins *b, double part)
{
    double tail = b->std > 0 ? gsl_cdf_ugaussian_P(-0.5 / b->std) : 0, near = part < 0.5 ? part : 1 - part, u;

    u = b->std > 0 ? b->std * gsl_cdf_ugaussian_Pinv(tail + near * (1 - 2 * tail)) : near - 0.5;
    u = u < -0.5 ? -0.5 : u;
    return part < 0.5 ? u : -u;
}

/* One point of one row, and the log density of its u. */
static double point(const bins *b, stream s, long row, int j, int dim, const double *v, double *x)
{
    double logq = 0;

    uniforms(s, row, j, 0, 1, dim, x);
    for (int d = 0; d < dim; d++) {
        double u = quantile(b, x[d]);

        logq += bins_logq(b, u);
        x[d] = fma(b->scale, v[d] + u, b->shift);
    }
    return logq;
}

void bins_points(const bins *b, uint64_t seed, long row, int n, int k, int dim, const double *v, double *x,
                 double *logq)
{
    stream s = { seed, USE_LEVELS };

    #pragma omp parallel for if ((long)n * k * dim > 4096)
    for (long i = 0; i < (long)n * k; i++)
        logq[i] = point(b, s, row + i / k, (int)(i % k), dim, v + i / k * dim, x + i * dim) - dim * log(fabs(b->scale));
}

double bits_per_dim(double logp, int dim) { return -logp / (dim * M_LN2); }

double bins_offset(const bins *b) { return -log2(fabs(b->scale)); }
