/*
 * Langevin dynamics at one level:  x <- x + e score(x) + sqrt(2 e) z,  with a size e of its own each.
 *
 *   langevin            e = c sigma^2, c = 2 a snr^2, by the level alone: the walk keeps N(0, V) up to V/(1 - e/(2 V));
 *                       norm=row|batch: e = 2 a (snr |z|/|score|)^2 by the norms of each row, or means over the batch
 *                       (score_sde), which depends on the state: from exact p_t of few columns it leaves the law
 *                       (20 kicks take a variance from 1 to 9.5), and its variances miss the level's by design;
 *                       or fixed: size
 *   ald                 the same size by the level                                                     (score_sde)
 *   annealed-langevin   e = size sigma^2/2, and x moves with alpha between levels
 *                       (Song and Ermon 2019)
 *
 * a is 1, or with scale = song the 1 - beta of score_sde's chain.
 * As correctors in pc they work at the level that they are given; alone they run at the level where a step ends or
 * starts, or (at = last) all at the last level: sampling from one energy.
 * The noise is no part of the reverse path: it is drawn for an interval of no length.
 */
#include <math.h>
#include "base/clones.h"
#include "solvers/tools/chain.h"
#include "solvers/methods/stochastic/langevin.h"

enum { SCALE = CORRECT_OWN, AT, NORM, SIZE };
enum { ANNEALED_SIZE, ANNEALED_STEPS };
enum { LEVEL, BATCH, ROW };                 /* BATCH is 1: rows share it (ROLE_COUPLES) */
enum { END, START, LAST };

static double length(int dim, const double *v)
{
    double sum = 0;

    for (int d = 0; d < dim; d++)
        sum += v[d] * v[d];
    return sqrt(sum);
}

/* y = x + e s + sqrt(2 e) z, n numbers */
CLONES static void kick(int n, double e, const double *x, const double *s, const double *z, double *y)
{
    double root = sqrt(2 * e);

    #pragma omp simd
    for (int i = 0; i < n; i++)
        y[i] = fma(root, z[i], fma(e, s[i], x[i]));
}

/* Sizes by the norms of score and noise: every row's own, or the group's means. */
static void kick_rows(run *r, int g, double snr2, const double *x, const double *s, const double *z, double *y)
{
    size_t at = (size_t)g * r->rows * r->dim;
    double mean_s = 0, mean_z = 0;

    for (int i = 0; i < r->rows && r->par[NORM] == BATCH; i++) {
        mean_s += length(r->dim, s + at + (size_t)i * r->dim);
        mean_z += length(r->dim, z + at + (size_t)i * r->dim);
    }
    for (int i = 0; i < r->rows; i++, at += r->dim) {
        double ls = r->par[NORM] == BATCH ? mean_s : length(r->dim, s + at), lz = r->par[NORM] == BATCH ? mean_z
            : length(r->dim, z + at);

        kick(r->dim, ls > 0 ? 2 * snr2 * lz * lz / (ls * ls) : 0, x + at, s + at, z + at, y + at);
    }
}

/* 1 - beta of score_sde's link to level `at` in this step, or 1. */
static double shrink(const run *r, int g, const level *at)
{
    chain c = chain_of(r, CHAIN_SONG);
    double ratio = r->par[SCALE] ? chain_link(&c, r->group[g].step, at, at).ratio : 1;

    return ratio * ratio;
}

/* The levels at which a step from a to b works. */
static const level *levels_of(run *r, const level *a, const level *b)
{
    const level *last = r->grid + r->steps;

    if (r->par[AT] != LAST)
        return r->par[AT] == START ? a : b;
    EACH_GROUP(r, g)
        r->mid[g] = last->sigma > 0 ? *last : last[-1];
    return r->mid;
}

static int langevin(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *s = r->w[0], *z = r->w[1], snr2 = r->par[CORRECT_SNR] * r->par[CORRECT_SNR];
    const level *at = levels_of(r, a, b);

    EACH_GROUP(r, g)
        combine(r, g, y, {1, x});
    for (int i = 0; i < r->par[CORRECT_STEPS]; i++) {
        if (eval_score(r, at, y, s))
            return -1;
        draw_noise(r, at, at, z);
        EACH_GROUP(r, g) {
            size_t N = (size_t)r->rows * r->dim, o = g * N;
            double e = r->par[SIZE], scaled = e > 0 ? 1 : snr2 * shrink(r, g, at + g);

            if (e > 0 || r->par[NORM] == LEVEL)
                kick((int)N, e > 0 ? e : 2 * scaled * at[g].sigma * at[g].sigma, y + o, s + o, z + o, y + o);
            else
                kick_rows(r, g, scaled, y, s, z, y);
        }
    }
    return 0;
}

/* Langevin steps of size unit sigma^2 at the levels `at`, on y. */
static int anneal(run *r, const level *at, int steps, double unit, int scaled, double *y)
{
    double *s = r->w[0], *z = r->w[1];
    size_t N = (size_t)r->rows * r->dim;

    for (int i = 0; i < steps; i++) {
        if (eval_score(r, at, y, s))
            return -1;
        draw_noise(r, at, at, z);
        EACH_GROUP(r, g)
            kick((int)N, unit * at[g].sigma * at[g].sigma * (scaled ? shrink(r, g, at + g) : 1), y + g * N, s + g * N,
                 z + g * N, y + g * N);
    }
    return 0;
}

static int ald(run *r, const level *a, const level *b, const double *x, double *y)
{
    double snr = r->par[CORRECT_SNR];

    EACH_GROUP(r, g)
        combine(r, g, y, {1, x});
    return anneal(r, levels_of(r, a, b), (int)r->par[CORRECT_STEPS], 2 * snr * snr, 1, y);
}

static int annealed(run *r, const level *a, const level *b, const double *x, double *y)
{
    EACH_GROUP(r, g)
        combine(r, g, y, {b[g].alpha / a[g].alpha, x});
    return anneal(r, b, (int)r->par[ANNEALED_STEPS], r->par[ANNEALED_SIZE] / 2, 0, y);
}

int corrector(const solver *s) { return s == &solver_langevin || s == &solver_ald; }

#define LEVEL_PARAMS [SCALE] = { "scale", "factor of a step's size: 1, or 1 - beta of score_sde's chain", "one song", \
                                 0 }, \
    [AT] = { "at", "the level where it works when alone: of a step's end, of its start, or the grid's last", \
             "end start last", END }

const solver solver_langevin = {
    .name = "langevin", .about = "Langevin dynamics, as a corrector or on one energy",
    .cite = "Song et al. 2021, algorithms 4 and 5",
    .stochastic = 1, .evals = 1, .work = 2, .never = SIGMA_0, .step = langevin,
    .par = { CORRECT_PARAMS, LEVEL_PARAMS,
             [NORM] = { .name = "norm", .about = "what sets its size: the level, e = c sigma^2 with c = 2 snr^2; or "
                        "norms of score and noise (score_sde), which keep another law", .choices = "level batch row",
                        .def = LEVEL, .role = ROLE_COUPLES },
             [SIZE] = { "size", "a fixed size instead of snr; 0: by snr", NULL, 0, 0, 1e6 } },
};

const solver solver_ald = {
    .name = "ald", .about = "annealed Langevin dynamics as a corrector", .cite = "Song et al. 2021, score_sde",
    .stochastic = 1, .evals = 1, .work = 2, .never = SIGMA_0, .step = ald,
    .par = { CORRECT_PARAMS, LEVEL_PARAMS },
};

const solver solver_annealed_langevin = {
    .name = "annealed-langevin", .about = "annealed Langevin dynamics down the grid",
    .cite = "Song and Ermon 2019, algorithm 1",
    .stochastic = 1, .evals = 1, .work = 2, .never = ALPHA_0 | SIGMA_0, .step = annealed,
    .par = { [ANNEALED_SIZE] = { "size", "of a step, over sigma^2", NULL, 0.2, 1e-9, 2 },
             [ANNEALED_STEPS] = { "steps", "Langevin steps at a level", NULL, 10, 1, 100000, 1 } },
};
