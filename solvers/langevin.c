/*
 * Langevin dynamics at one level:  x <- x + e score(x) + sqrt(2 e) z,  with a size e of its own each.
 *
 *   langevin            e = 2 a (snr |z|/|score|)^2, norms of each row or means over the batch (score_sde); or fixed: size
 *   ald                 e = 2 a (snr sigma)^2                                                          (score_sde)
 *   annealed-langevin   e = size sigma^2/2, and x moves with alpha between levels                      (Song and Ermon 2019)
 *
 * a is 1, or with chain = song the sqrt-free 1 - beta of score_sde's chain.  As correctors in pc they work at the level that they are given; alone
 * they run at the level where a step ends, or (at = end) all at the last level: sampling from one energy.
 * The noise is no part of the reverse path: it is drawn for an interval of no length.
 */
#include <math.h>
#include "models/clones.h"
#include "solvers/chain.h"
#include "solvers/langevin.h"

enum { NORM = CORRECT_OWN, SIZE, AT, CHAIN };               /* langevin's */
enum { ALD_CHAIN = CORRECT_OWN };
enum { ANNEALED_SIZE, ANNEALED_STEPS };
enum { ROW, BATCH };

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
        double ls = r->par[NORM] == BATCH ? mean_s : length(r->dim, s + at), lz = r->par[NORM] == BATCH ? mean_z : length(r->dim, z + at);

        kick(r->dim, ls > 0 ? 2 * snr2 * lz * lz / (ls * ls) : 0, x + at, s + at, z + at, y + at);
    }
}

/* 1 - beta of the link to level b in this step, or 1. */
static double shrink(const run *r, int g, int kind, const level *b)
{
    link l;

    if (kind != CHAIN_SONG)
        return 1;
    l = chain_link(r->plan, CHAIN_SONG, r->group[g].step, b, b);
    return l.ratio * l.ratio;
}

static int langevin(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *s = r->w[0], *z = r->w[1], snr2 = r->par[CORRECT_SNR] * r->par[CORRECT_SNR];
    const level *end = r->plan->grid + r->plan->steps, *at = b;

    if (r->par[AT]) {
        EACH_GROUP(r, g)
            r->mid[g] = end->sigma > 0 ? *end : end[-1];
        at = r->mid;
    }
    EACH_GROUP(r, g)
        combine(r, g, y, {1, x});
    for (int i = 0; i < r->par[CORRECT_STEPS]; i++) {
        if (eval_score(r, at, y, s))
            return -1;
        draw_noise(r, at, at, z);
        EACH_GROUP(r, g) {
            size_t N = (size_t)r->rows * r->dim, o = g * N;

            if (r->par[SIZE] > 0)
                kick((int)N, r->par[SIZE], y + o, s + o, z + o, y + o);
            else
                kick_rows(r, g, snr2 * shrink(r, g, (int)r->par[CHAIN], at + g), y, s, z, y);
        }
    }
    return 0;
}

/* `steps` Langevin steps of size e[g] = unit(...) sigma^2 at b, from y. */
static int ald(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *s = r->w[0], *z = r->w[1];
    int annealed = r->sol == &solver_annealed_langevin, steps = (int)r->par[annealed ? ANNEALED_STEPS : CORRECT_STEPS];

    EACH_GROUP(r, g)
        combine(r, g, y, {annealed ? b[g].alpha / a[g].alpha : 1, x});
    for (int i = 0; i < steps; i++) {
        if (eval_score(r, b, y, s))
            return -1;
        draw_noise(r, b, b, z);
        EACH_GROUP(r, g) {
            double snr = r->par[CORRECT_SNR], unit = annealed ? r->par[ANNEALED_SIZE] / 2 : 2 * snr * snr * shrink(r, g, (int)r->par[ALD_CHAIN], b + g);
            size_t N = (size_t)r->rows * r->dim, o = g * N;

            kick((int)N, unit * b[g].sigma * b[g].sigma, y + o, s + o, z + o, y + o);
        }
    }
    return 0;
}

int corrector(const solver *s) { return s == &solver_langevin || s == &solver_ald; }

#define ALPHAS { "chain", "whose 1 - beta scales a step (score_sde); exact: none", "exact song", 0 }

const solver solver_langevin = {
    .name = "langevin", .about = "Langevin dynamics, as a corrector or on one energy", .cite = "Song et al. 2021, algorithms 4 and 5",
    .stochastic = 1, .evals = 1, .work = 2, .never = SIGMA_0, .step = langevin,
    .par = { CORRECT_PARAMS, [NORM] = { "norm", "the norms that set its size", "row batch", ROW },
             [SIZE] = { "size", "a fixed size instead of snr; 0: by snr", NULL, 0, 0, 1e6 },
             [AT] = { "at", "the level: where each step ends, or the end of the grid", "step end", 0 }, [CHAIN] = ALPHAS },
};

const solver solver_ald = {
    .name = "ald", .about = "annealed Langevin dynamics as a corrector", .cite = "Song et al. 2021, score_sde",
    .stochastic = 1, .evals = 1, .work = 2, .never = SIGMA_0, .step = ald, .par = { CORRECT_PARAMS, [ALD_CHAIN] = ALPHAS },
};

const solver solver_annealed_langevin = {
    .name = "annealed-langevin", .about = "annealed Langevin dynamics down the grid", .cite = "Song and Ermon 2019, algorithm 1",
    .stochastic = 1, .evals = 1, .work = 2, .never = ALPHA_0 | SIGMA_0, .step = ald,
    .par = { [ANNEALED_SIZE] = { "size", "of a step, over sigma^2", NULL, 0.2, 1e-9, 2 }, [ANNEALED_STEPS] = { "steps", "Langevin steps at a level", NULL, 10, 1, 100000, 1 } },
};
