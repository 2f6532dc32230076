/* Pictures of samples, 8 bits of grey. */
#include <gsl/gsl_statistics_double.h>
#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/report/contact_sheet.h"
#include "base/fail.h"
#include "base/files/png.h"

enum { MOST_IMAGES = 200, CELL = 64, GAP = 2, PLANE = 512 };

static int side_of(int dim)
{
    int side = (int)lround(sqrt(dim));

    return side * side == dim && dim >= 16 ? side : 0;
}

int sheet_refuses(int dim)
{
    return dim == 2 || side_of(dim) ? 0
        : fail("--png: samples of %d columns are neither square images nor points of the plane; leave --png out", dim);
}

/* The values below which lie 1 % and 99 % of N numbers. */
static int range(size_t N, const double *x, double *low, double *high)
{
    double *sorted = malloc(N * sizeof *sorted);

    if (!sorted)
        return fail("--png: not enough memory");
    memcpy(sorted, x, N * sizeof *sorted);
    gsl_sort(sorted, 1, N);
    *low = gsl_stats_quantile_from_sorted_data(sorted, 1, N, 0.01);
    *high = gsl_stats_quantile_from_sorted_data(sorted, 1, N, 0.99);
    free(sorted);
    if (!(*high > *low))
        *high = *low + 1;
    return 0;
}

static unsigned char grey(double v, double low, double high)
{
    double g = 255 * (v - low) / (high - low);

    return g > 0 ? g < 255 ? (unsigned char)lround(g) : 255 : 0;
}

/* Images side by side, each pixel a square of whole pixels. */
static void images(picture *p, int n, int side, int across, int zoom, const double *x, double low, double high)
{
    int cell = side * zoom + GAP;

    for (int i = 0; i < n; i++)
        for (int v = 0; v < side * zoom; v++)
            for (int u = 0; u < side * zoom; u++)
                p->grey[(size_t)(i / across * cell + v + GAP) * p->width + i % across * cell + u + GAP] =
                    grey(x[(size_t)i * side * side + v / zoom * side + u / zoom], low, high);
}

/* A histogram of points, the square root of counts so that thin tails show, dark on white. */
static int plane(picture *p, long n, const double *x)
{
    double low[2], high[2], most = 1;
    double *column = malloc(n * sizeof *column);
    unsigned *count = calloc((size_t)PLANE * PLANE, sizeof *count);
    int status = column && count ? 0 : fail("--png: not enough memory");

    for (int d = 0; d < 2 && !status; d++) {
        for (long i = 0; i < n; i++)
            column[i] = x[2 * i + d];
        status = range(n, column, &low[d], &high[d]);
        double margin = 0.15 * (high[d] - low[d]);    /* NOLINT: range() set both */
        low[d] -= margin, high[d] += margin;
    }
    for (long i = 0; i < n && !status; i++) {
        double u = PLANE * (x[2 * i] - low[0]) / (high[0] - low[0]),
               v = PLANE * (high[1] - x[2 * i + 1]) / (high[1] - low[1]);

        if (u >= 0 && u < PLANE && v >= 0 && v < PLANE)
            most = fmax(most, ++count[(int)v * PLANE + (int)u]);
    }
    for (long i = 0; i < PLANE * PLANE && !status; i++)
        p->grey[i] = (unsigned char)(255 - lround(255 * sqrt(count[i] / most)));
    free(column);
    free(count);
    return status;
}

int sheet_write(const char *path, long n, int dim, const double *x)
{
    int side = side_of(dim), status;
    picture p = { PLANE, PLANE, NULL };
    double low = 0, high = 1;
    int shown = n < MOST_IMAGES ? (int)n : MOST_IMAGES, across = (int)ceil(sqrt(shown * 2)), zoom = side < CELL && side
        ? CELL / side : 1;

    if (sheet_refuses(dim))
        return -1;
    if (side) {
        int cell = side * zoom + GAP, down = (shown + across - 1) / across;

        p.width = across * cell + GAP, p.height = down * cell + GAP;
    }
    if (!(p.grey = malloc((size_t)p.width * p.height)))
        return fail("--png: not enough memory");
    memset(p.grey, 255, (size_t)p.width * p.height);
    status = side ? range((size_t)shown * dim, x, &low, &high) : plane(&p, n, x);
    if (side && !status)
        images(&p, shown, side, across, zoom, x, low, high);
    if (!status)
        status = picture_write(path, &p);
    free(p.grey);
    return status;
}
