/* Sources of noise by interval. */
#ifndef FOKKER_NOISE_H
#define FOKKER_NOISE_H
#include "base/files/array.h"
#include "solvers/solver.h"

/* The clock of a level, c = (sigma/alpha)^2; infinite where alpha = 0. */
double noise_clock(const level *);

/* Fresh normals keyed by (seed, sample, step, draw, column); the interval is not looked at. */
noise noise_philox(uint64_t seed);

/* A Brownian path in the clock between the ends of the grid: increments of any intervals agree with one another, so a
 * refined grid and a rejected step see the same path.  Levels with alpha = 0 are taken at
 * sigma^2/(alpha^2 + sigma^2) = 1.  It knows no time integrals: part 1 is fresh, and so is an interval of no length.
 * `data` holds the ends and must outlive the noise. */
typedef struct tree { double from, to; } tree;
noise noise_tree(uint64_t seed, const tree *data);
tree tree_over(const level *first, const level *last);

/* A Brownian path over the cells between the n + 1 times t, with the independent part of its time integral: for strong
 * order 1.5.  Intervals begin and end at cells' ends (the nearest is taken); columns up to 256.  `data` and its times
 * must outlive the noise. */
typedef struct mesh { int n; const double *t; } mesh;
noise noise_mesh(uint64_t seed, const mesh *data);

/* Fresh normals of a draw's row, step and number alone.  A counter has room for 256 draws of a step; those behind them
 * stand at steps that no grid has. */
void noise_fresh(const noise *, const draw *, double *z);

/* Whether a source is noise_philox's: each question another answer. */
int noise_is_fresh(const noise *);

/* Recorded normals, draws x n x dim (or (draws n) x dim), used in the order in which the solver draws.
 * replay_open checks the shape for n rows of dim columns and counts the draws; a plan must not draw more often
 * (dry_run tells).  0 or -1. */
typedef struct replay { const array *z; long n; int dim; long draws; } replay;
int replay_open(replay *, const char *path, const array *z, long n, int dim);
noise noise_replay(const replay *);

#endif
