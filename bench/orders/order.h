/*
 * Orders of convergence, measured: a ladder of ever finer rungs, a slope with its interval, and a verdict on the claim.
 * Every measurement is of one kind: the flow at fixed steps (ode) or at own steps (tol), the law of samples (weak),
 * or their paths (strong).
 */
#ifndef FOKKER_ORDER_H
#define FOKKER_ORDER_H
#include <stdio.h>
#include "solvers/engine/recipe.h"

enum { MAX_RUNGS = 24, PARTS = 16 };
enum kind { KIND_ODE, KIND_TOL, KIND_WEAK, KIND_STRONG, KINDS };
enum verdict { VERDICT_HOLDS, VERDICT_REFUTED, VERDICT_UNCLEAR };
extern const char *const kind_names[], *const verdict_names[];

/* Errors at falling h (1/steps, or a tolerance); they may have a sign.
 * part: their mean square over each of `parts` parts of the rows;
 * parts = 0: no sampling error.  used: whether the fit took this rung. */
typedef struct ladder {
    int count, parts;
    double h[MAX_RUNGS], error[MAX_RUNGS], part[MAX_RUNGS][PARTS];
    int used[MAX_RUNGS];
} ladder;

/* Slope of log error against log h with its 95 % interval, NAN where fewer than three rungs serve; last: the slope of
 * the finest octave alone, drift: by how much it moved from the octave before (NAN: no such rungs). */
typedef struct slope { double value, lo, hi, last, drift; } slope;
#define NO_SLOPE ((slope){ NAN, NAN, NAN, NAN, NAN })

/* A rung: the root mean square of a - b, n x dim each. */
void ladder_add(ladder *, double h, int n, int dim, const double *a, const double *b);

/* Least squares over the finest rungs above the floor, so many halvings of h, as long as they are of one sign. */
slope ladder_fit(ladder *, double floor, int octaves);

/* Where [lo, hi] lies against [least, most]: inside, outside, or neither, or still on its way. */
enum verdict judge(slope, double least, double most);

/* What is measured on: two mixtures, in 2 and in 16 columns, and a Gaussian with a variance of its own in
 * each of three columns. */
enum { BELL_DIM = 3 };
typedef struct order_ground {
    model *model[2];
    score *field[2];
    sections *text;
    law *bell;
    score *bell_field;
} order_ground;
int  ground_open(order_ground *);                 /* 0 or -1 */
void ground_close(order_ground *);

/* Exact states x at `from` and where the flow takes them, `end` (both n x dim), known to `sure` of their size. */
typedef struct start {
    const char *model;
    const score *field;
    const law *law;
    level from, to;
    int n;
    double *x, *end, sure;
} start;

/* The interval of a grid on which its rungs are asymptotic: from exact states of each mixture in the middle and at
 * full noise, or as near to it as the grid's finest steps are short in lambda; full is NAN where there is none, and
 * step their longest there. */
enum { STARTS = 4, MAX_SPANS = 4, MAX_STARTS = 2 + 2 * MAX_SPANS };
typedef struct span { const char *grid; double full, step; int start[STARTS]; } span;

/* One process, its spans and their starts.  kinks: its levels are not smooth in t. */
typedef struct arena {
    const order_ground *ground; process *proc;
    double middle, full, low; int kinks;
    span span[MAX_SPANS]; int spans;
    start start[MAX_STARTS]; int starts;
} arena;

/* rows: in 2 columns, an eighth of them in 16; on: the grids, so many, that will be measured on besides own steps.
 * 0 or -1 */
int  arena_open(arena *, const order_ground *, const char *process_item, int rows, int many, const char *const *on);
const span *arena_span(const arena *, const char *on);      /* NULL where the grid was not named; no reason is set */
void arena_close(arena *);

/* The time at which sigma/alpha = s, or the nearest to it in the process's own interval. */
double arena_time(const arena *, double s);

/* How much work: the coarsest and finest rung, and how far finer ones may follow while the verdict is unclear; the
 * paths of strong orders and their finest rung. */
typedef struct effort { int least, most, limit, paths, path_steps; } effort;

/* One measured claim.  from: the model and the start that gave the least slope; note: why there is none. */
typedef struct finding {
    const char *solver; const arena *arena; const char *grid;
    enum kind kind;
    char from[64], note[256];
    double claimed, least, most, t_from, t_to;          /* least, most: the range in which the claim holds */
    slope slope; ladder ladder;
    enum verdict verdict;
} finding;

/* Fill slope, ladder, from, the interval and the verdict of a finding whose solver, arena, grid and kind are set.
 * 0, or -1 where a run failed: then the verdict is unclear and note says why. */
int order_ode(finding *, const method *, const effort *);
int order_tol(finding *, const method *, const effort *);
int order_weak(finding *, const method *, const effort *);
/* guard: of the weak order, by the same paths */
int order_strong(finding *, finding *guard, const method *, const effort *);

/* The range in which a claim holds: two-sided +-1/4, one-sided where only a bound is claimed. */
void claim_range(finding *, double claimed, int two_sided);

/* Takes over slope, ladder, place and interval of a measurement that is worse than what the finding has. */
void finding_worse(finding *, slope, const ladder *, const start *, double t_from, double t_to);

/* The verdict where the grid has no interval.  0 */
int finding_apart(finding *, const span *);

/* The verdict, and the reason where a run failed.  Returns status. */
int finding_close(finding *, int status);

/* The grid's levels between two times; owned by the caller, NULL on failure. */
level *order_levels(const process *, const char *item, double t_from, double t_to, int steps);
#endif
