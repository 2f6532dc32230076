/*
 * vp-discrete: a chain of T steps x_i = sqrt(1 - beta_i) x_{i-1} + sqrt(beta_i) eps, i = 0..T-1 (Ho et al. 2020), made
 * continuous: t is the fractional index, log alpha(t) is linear between log alpha(i) = sum_{j <= i} log(1 - beta_j)/2,
 * with log alpha(-1) = 0, the data.  So alpha is continuous, beta(t) = -log(1 - beta_i) for i - 1 < t <= i
 * (at an index the slope is that of the step towards the data), and t of log alpha is exact, segment by segment.  Betas
 * (defaults of diffusers in brackets):
 *   linear         beta_min to beta_max evenly [1e-4, 0.02] (Ho et al. 2020)
 *   scaled-linear  the square roots evenly [0.00085, 0.012 in Stable Diffusion] (Rombach et al. 2022)
 *   cosine         1 - abar(i + 1)/abar(i) with abar(i) = cos^2((pi/2) (i/T + 0.008)/1.008), at most 0.999 (Nichol and
 *                  Dhariwal 2021)
 *   file           numbers in a text file
 */
#include <stdlib.h>
#include "base/files/columns.h"
#include "base/fail.h"
#include "models/processes/kind.h"

enum { BETAS, STEPS, BETA_MIN, BETA_MAX, PAR_FILE };        /* in par */
enum { LINEAR, SCALED, COSINE, BETA_FILE };

/* Segment j, from index j - 1 to j: log alpha where it begins, and its slope (below 0). */
typedef struct segment { double start, slope; } segment;

static double cosine(double part) { return cos(1.57079632679489661923 * (part + 0.008) / 1.008); }

static double beta(const double *v, int i)
{
    double T = v[STEPS], part = T > 1 ? i / (T - 1) : 0, low = v[BETA_MIN], high = v[BETA_MAX];

    if (v[BETAS] == COSINE)
        return fmin(1 - pow(cosine((i + 1) / T) / cosine(i / T), 2), 0.999);
    if (v[BETAS] == SCALED)
        return pow(sqrt(low) + part * (sqrt(high) - sqrt(low)), 2);
    return low + part * (high - low);
}

/* The table from the betas; line: where each stands in a file, or NULL. */
static int tabulate(process *p, const char *where, const columns *file)
{
    segment *s = malloc(p->T * sizeof *s);
    double start = 0;

    if (!(p->table = s))
        return fail("%s: out of memory for %d betas", where, p->T);
    for (int i = 0; i < p->T; i++) {
        double b = file ? file->v[i] : beta(p->given.v, i);

        if (!(b > 0 && b < 1) && file)
            return fail("%s:%d: beta %d is %g; every beta must lie between 0 and 1", p->given.text, file->line[i], i,
                        b);
        if (!(b > 0 && b < 1))
            return fail("%s: beta %d is %g; every beta must lie between 0 and 1: change beta_min or beta_max", where,
                        i, b);
        s[i] = (segment){ start, 0.5 * log1p(-b) };
        start += s[i].slope;
    }
    return 0;
}

static int open_discrete(process *p, const char *where)
{
    double *v = p->given.v;
    columns file = { 0 };
    int status;

    if (p->given.text && !(p->given.given >> BETAS & 1))
        v[BETAS] = BETA_FILE;
    if (!p->given.text != (v[BETAS] != BETA_FILE))
        return fail(p->given.text
                    ? "%s: the betas are a formula and a file at once; give betas=file or leave out file" :
                                    "%s: betas=file needs the file; give file=PATH", where);
    if (v[BETA_MIN] > v[BETA_MAX])
        return fail("%s: beta_min = %g is above beta_max = %g; give them in order", where, v[BETA_MIN], v[BETA_MAX]);
    if (p->given.text) {
        if (columns_read(p->given.text, "betas, one for every step of the chain", 1, &file))
            return -1;
        if (p->given.given >> STEPS & 1 && file.rows != v[STEPS]) {
            status = fail("%s: T is %g, but %s holds %d betas; leave out T", where, v[STEPS], p->given.text, file.rows);
            columns_free(&file);
            return status;
        }
        v[STEPS] = file.rows;
    }
    p->T = v[STEPS];
    p->t_high = p->t_max = p->T - 1;
    status = tabulate(p, where, file.v ? &file : NULL);
    columns_free(&file);
    return status;
}

static void at(const process *p, int n, level *l)
{
    const segment *s = p->table;

    for (int first = 0; first < n; first += TILE, l += TILE) {
        int m = n - first < TILE ? n - first : TILE;
        vp_tile tile;

        for (int i = 0; i < m; i++) {
            double t = l[i].t, up = ceil(t);
            int j = up > 0 ? up < p->T ? (int)up : p->T - 1 : 0;

            tile.t[i] = t;
            tile.log_alpha[i] = fma(t - (j - 1), s[j].slope, s[j].start);
            tile.beta[i] = -2 * s[j].slope;
        }
        vp_levels(m, &tile, l);
    }
}

/* The last segment that begins at or above log alpha = -softplus(-2 lambda)/2. */
static double t_of_lambda(const process *p, double lambda)
{
    const segment *s = p->table;
    double log_alpha = -0.5 * softplus(-2 * lambda);
    int low = 0, high = p->T;

    while (high - low > 1) {
        int mid = (low + high) / 2;

        if (s[mid].start >= log_alpha)
            low = mid;
        else
            high = mid;
    }
    return inside(p, (log_alpha - s[low].start) / s[low].slope + (low - 1));
}

const process process_vp_discrete = {
    .name = "vp-discrete", .about = "variance preserving chain, t the fractional index",
    .cite = "Ho et al. 2020, arXiv:2006.11239",
    .t_min = 0, .t_max = 999, .prior_std = 1, .t_low = -1, .t_high = 999, .T = 1000,
    .par = { { "betas", "how they are made", "linear scaled-linear cosine file", LINEAR, 0, 0, 0 },
             { "T", "number of betas", NULL, 1000, 2, 1e6, 1 },
             { "beta_min", "the first", NULL, 1e-4, 0, 1, 0 },
             { "beta_max", "the last", NULL, 0.02, 0, 1, 0 },
             { "file", "file of betas", PATH, 0, 0, 0, 0 } },
    .at = at, .t_of_lambda = t_of_lambda, .open = open_discrete,
};
