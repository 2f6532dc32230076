/* What a method is, and all that one of its steps may touch. */
#ifndef FOKKER_SOLVER_H
#define FOKKER_SOLVER_H
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include "base/fail.h"
#include "models/processes/process.h"
#include "scores/score.h"

enum { MAX_PAST = 6, MAX_INNER = 2 };

/* Ends of a process at which a method's own step would not be finite or not mean anything.
 * ALPHA_0: refused before the run.  SIGMA_0: a start there is refused; a step to it is the driver's, y = alpha_b D(x,
 * a), the denoising step. */
enum { ALPHA_0 = 1, SIGMA_0 = 2 };

/* What became of a run: FAILED (a reason), DIVERGED (rows that are not finite), STOPPED (Ctrl-C or out of time). */
enum { FAILED = -1, DIVERGED = -2, STOPPED = -3 };

/* calls: the sequential depth (NFE), the largest over blocks; asks: field calls that were made, of all blocks; rows:
 * the work; iterations: of a window, the most of any row; bytes: memory of the states, over all threads; score_seconds:
 * in the field, over all threads, if asked for */
typedef struct tally {
    long steps, rejected, calls, asks, rows, draws, diverged, iterations, bytes;
    double score_seconds;
} tally;

typedef struct solver solver;
typedef struct run run;
typedef struct method method;

/* Unit normals by interval: the increments of the Brownian path of samples row, row + 1, ... over the clock c =
 * (sigma/alpha)^2 between
 * from and to (t between t_from and t_to), divided by sqrt|to - from|.
 * part 1: instead of the increment dW the standardised part of its
 * time integral dZ = int (W(s) - W(t_from)) ds that is independent of it:  dZ = h^(3/2) (z0/2 + z1/sqrt(12)),
 * h = |t_to - t_from|.
 * A counter-based source keys on (row, step, draw), a replay on nth: draws since the start.
 * Noise that is no part of the path (Langevin, churn) is drawn for an interval of no length. */
typedef struct draw { long row, step, nth; int draw, part, rows, dim; double from, to, t_from, t_to; } draw;
typedef struct noise noise;
struct noise { void (*fill)(const noise *, const draw *, double *z); uint64_t seed; const void *data; };

/* A method is a solver with its parameters and inner methods (`picard:window=8/ddim`). */
/* given: bit i: par[i] was named */
struct method { const solver *sol; double par[MAX_PARAM]; unsigned given; char *text; method *inner[MAX_INNER]; };

/* Other processes that run the same plan: each takes every parts-th block, then all have all.
 * share: each brings the states of its own rows, the
 * bytes of the others 0, and gets all; join(into, one) is called with what each process has made.
 * most: the largest of each of n numbers.  0 or -1. */
typedef struct peers peers;
struct peers {
    int part, parts;
    int (*share)(const peers *, double *x, size_t N, const void *mine, size_t size,
                 void (*join)(void *into, const void *one), void *into);
    int (*most) (const peers *, double *v, size_t n);
};

/* All that the user asked for. */
typedef struct plan {
    const method *how;
    const process *proc;
    const score *field;
    const noise *noise;                     /* may be NULL for deterministic methods */
    int steps; const level *grid;           /* steps + 1 levels in the order visited, made once, shared by all blocks */
    long first;                             /* the number of the batch's first sample: noise is that of first + row */
    /* rtol > 0: own steps from grid[0] to grid[steps]; normed: columns in the error norm, 0: all */
    double rtol, atol; int normed;
    const int *label;                       /* one a sample, or NULL */
    double *trace;                          /* (steps + 1) x n x dim, every state; or NULL.  Fixed steps only */
    const volatile sig_atomic_t *stop;      /* not NULL and not 0: STOPPED before the next step */
    double deadline;                        /* > 0: STOPPED when omp_get_wtime() is past it */
    int (*watch)(void *watcher);            /* called before each step by whoever takes it; not 0: STOPPED; or NULL */
    void *watcher;
    int timed;                              /* fill tally.score_seconds */
    /* rows x steps done so far, of fixed steps, or rows; or NULL: for whoever watches */
    long *done;
    long *asked;                            /* one a sample: field calls that it had a part in are added; or NULL */
    int block;                              /* rows a block; 0: solve_block chooses.  Changes no bit: for tests */
    const peers *peers;                     /* or NULL: alone */
    /* windows: the largest change of any row in each iteration, steps + 1 zeros that are raised; or NULL */
    double *residual;
} plan;

/* index of its first sample in the batch and of its step, with plan->first the key of its noise; draws before the
 * step */
typedef struct group { long row, step, nth; } group;

/* One block on one thread.  States are groups x rows x dim: a plain run is 1 group of n rows; adaptive rows and window
 * slots are groups of 1 row. */
struct run {
    const method *how; const solver *sol; const double *par; const char *text; const plan *plan; const score *field;
    run *inner[MAX_INNER];
    int groups, rows, dim; group *group;
    long n;                                 /* samples of the whole batch, of which this block has some */
    /* steps since the start; past[j][g]: where group g's last step but j began (pointers into the grid) */
    int k; const level *past[MAX_PAST];
    /* work arrays; local error wanted here, or NULL; levels for the step's own use, 2 x groups; draws of this step */
    double **w, *err; level *mid; int draws;
    /* an outside library's; w[0..history] turn after a step: what it leaves in w[j] the next finds in w[j+1], the
     * others stay */
    void *ext; tally *count;
    level *a, *b; double *x, *y;            /* the drivers': own levels, state and next state */
    /* steps left in the driver of fixed steps, this one included; how the last ones go (LAST_STEPS) */
    int left, last;
    /* an adaptive group's step, its last accepted error, its error now, the growth of its step */
    double *h, *e, *e_now, *factor;
    double *embedded;                       /* its embedded state of its last step */
    int *label; void *workspace; size_t bytes;   /* memory of the whole tree, what open took included */
    /* fields for the threads among which a costly call is shared; members 0: it is not */
    score *const *team; int members;
    double pace;                            /* seconds a point, as last seen; 0: not yet */
};

struct solver {
    const char *name, *about, *cite;
    /* its constants, where several methods share one step: a tableau, a number of points */
    const void *data;
    /* claimed: ODE order, or weak order if stochastic; strong order or 0; order 0: no claim */
    double order, strong;
    /* evals: calls a step after the start; work: arrays w; history: how many of them turn besides w[0] */
    int stochastic, evals, work, history;
    int couples;                            /* needs norms over the whole batch: never cut into blocks */
    int embedded;                           /* fills err, y less the embedded state, and may adapt */
    /* its own steps control the error of the state that it keeps, not of a lesser one: tol^(order/(order + 1)) is
     * left */
    int bare;
    double power;                           /* of the error in its paper's step control (control=power); 0: 1/order */
    /* embedded, with a history that another first step would not give: a slope that is not its state's */
    int chained;
    int in_lambda;                          /* own steps are sized in lambda, not in t */
    int adapts;                             /* only adapts: no fixed steps */
    int inners;                             /* how many inner methods it wraps */
    /* parallel in time: 1 + the inner method whose serial run it must equal; 0: is none */
    int serial_reference;
    unsigned never;
    param par[MAX_PARAM];
    void (*shape)(const run *, int *groups, int *rows);     /* of inner runs and of w, given ours; NULL: the same */
    /* optional: where they depend on parameters or inner methods */
    void (*claims)(const method *, double *order, int *stochastic);
    /* optional: refuses what it cannot do, in one sentence; 0 or -1 */
    int  (*check)(const method *, const plan *);
    int  (*open) (run *);                                   /* optional: outside libraries, tables; 0 or -1 */
    /* a[g], b[g]: one level a group; never overwrites x */
    int  (*step) (run *, const level *a, const level *b, const double *x, double *y);
    /* instead of step: windows, outside libraries */
    int  (*whole)(run *, int steps, const level *grid, double *x);
    void (*close)(run *);                                   /* after open, also when it failed */
};

/* Ask the field: ONE call for all groups.  Nothing is asked or counted where every level has sigma = 0 (data = x/alpha,
 * noise = 0). 0 or -1. */
int eval(run *, const level *a, const double *x, enum predicts want, double *out);
static inline int eval_data (run *r, const level *a, const double *x,
                             double *out) { return eval(r, a, x, PREDICTS_DATA, out); }
static inline int eval_noise(run *r, const level *a, const double *x,
                             double *out) { return eval(r, a, x, PREDICTS_NOISE, out); }
static inline int eval_score(run *r, const level *a, const double *x,
                             double *out) { return eval(r, a, x, PREDICTS_SCORE, out); }
static inline int eval_drift(run *r, const level *a, const double *x,
                             double *out) { return eval(r, a, x, PREDICTS_VELOCITY, out); }

/* Unit normals for the step's interval from a to b, groups x rows x dim; each call of a step is another draw. */
void draw_noise(run *, const level *a, const level *b, double *z);

/* Besides z the independent part of the interval's dZ (see draw), for methods of strong order 1.5. */
void draw_pair(run *, const level *a, const level *b, double *z, double *z1);

/* The level part of the way from a to b, for every group: in lambda (in t where an end is infinite), or in t. */
void between  (run *, const level *a, const level *b, double part, level *mid);
void between_t(run *, const level *a, const level *b, double part, level *mid);

/* h/h0 of a multistep formula; 0 (first order) in the step to sigma = 0, whose h is infinite. */
static inline double step_ratio(double h, double h0) { return h - h == 0 ? h / h0 : 0; }

/* out = base + (b.t - a.t) sum_j c[j] k[j] over all groups, in one pass; base may be NULL (0).
 * n <= 32; terms with c = 0 are not read. */
void stage(const run *, const level *a, const level *b, double *out, const double *base, int n, const double *c,
           double *const *k);

/* y = sum of coefficient x array over group g:  combine(r, g, y, {p, x}, {q, u}, ...): 1 to 32 terms, y may be one of
 * the arrays. */
typedef struct term { double c; const double *v; } term;
void sum_terms(const run *, int g, double *y, int terms, const term *);
#define combine(r, g, y, ...) sum_terms(r, g, y, sizeof (term[]){ __VA_ARGS__ } / sizeof (term), \
                                        (term[]){ __VA_ARGS__ })
#define EACH_GROUP(r, g) for (int g = 0; g < (r)->groups; g++)

/* One step of an inner run, with no past: compound methods. 0 or -1. */
int inner_step(run *r, int inner, const level *a, const level *b, const double *x, double *y);

/* Parameters of every embedded method, first in its table: tolerances of its own steps, and how they are chosen
 * (control.c). */
enum control { CONTROL_PI, CONTROL_POWER, CONTROL_ATAN };
#define CONTROLS(usual) { "control", \
                          "how own steps are chosen: PI; power of the error (Lu, Jolicoeur-Martineau); " \
                          "k-diffusion's", "pi power atan", usual }
#define BOUNDS { "rtol", "relative tolerance of own steps", 0, 1e-5, 1e-15, 1 }, \
    { "atol", "absolute tolerance of own steps", 0, 1e-5, 1e-15, 1e3 }
#define TOLERANCES BOUNDS, CONTROLS(CONTROL_PI)

/* Last parameter of multistep methods: conventions of libraries for few steps, kept by the driver. */
enum last { LAST_FULL, LAST_LOWER, LAST_EULER, LAST_NOISY };
#define LAST_STEPS { "last", "order of the last steps: as before; 3, 2, 1 (lower_order_final); 1 in the last " \
                             "(euler_at_final); 3, 2, 1 before the step to sigma = 0", \
                     "full lower euler noisy", LAST_FULL }

/* How many predictions the step (back = 0) or the one before it (1) is made from: those that are known, `most` at most,
 * fewer in last steps. */
int predictions(const run *, int back, int most);

/* For drivers: one step of r itself (draws restart); the per-row adaptive driver; whether the run was told to stop. */
int advance(run *, const level *a, const level *b, const double *x, double *y);
int adapt(run *, double *x);
int told_to_stop(const plan *);

/* Whose serial run a method that is parallel in time must equal on so many steps: its inner one; where that needs the
 * steps before, one that
 * restarts in each slice, made in *room.  Any other method is its own. */
const method *method_serial(const method *, int steps, method *room);

/* What the plan's method cannot do on its grid or with its field: -1 with one sentence, else 0.
 * solve begins with it. */
int plan_check(const plan *);

/* Runs the plan on n samples of field->dim columns, x in place: OpenMP over blocks, the same bits whatever the threads.
 * 0, FAILED, DIVERGED or STOPPED, each with last_error(): rows that did not finish are NaN then, all others are whole.
 * out may be NULL. */
int solve(const plan *, int n, double *x, tally *out);

/* How many of n samples solve puts into one block: from n, dim and the field, never from the number of threads. */
int solve_block(const plan *, int n);

/* The calls (and draws) that the plan's method would take on its grid, by a dry run of one row on a zero field; of a
 * method that is parallel in
 * time, whose rounds are known to the field alone, those of its serial twin.  0 or -1. */
int dry_run(const plan *, tally *out);

/* `outer:key=value/inner:...` to a method.  where: what a sentence of failure begins with.  NULL on failure. */
method *method_parse(const char *where, const char *text);
void method_free(method *);                 /* NULL is fine */

/* Its name without parameters, with inner ones: `rx/heun`.  In buf. */
const char *method_name(const method *, char *buf, unsigned long size);

/* The order and kind that the method claims with these parameters and inners. */
double method_order(const method *);
int method_stochastic(const method *);

/* A parameter of a method by its name, or `otherwise` where it has no such parameter. */
double method_par(const method *, const char *name, double otherwise);

/* Whether the user named this parameter. */
int method_given(const method *, const char *name);

int solvers(void);
const solver *solver_at(int i);
const solver *solver_named(const char *name);       /* NULL where there is none; no reason is set */

/* The family under which list.h names it; NULL for a solver that is not there. */
const char *solver_family(const solver *);

#define FAMILY(name)
#define SOLVER(id) extern const solver solver_##id;
#include "solvers/list.h"
#undef SOLVER
#undef FAMILY
#endif
