/* Methods for those who use them: what a method is, what a plan asks, and what runs it.  Who writes methods
 * includes solvers/step.h. */
#ifndef FOKKER_SOLVER_H
#define FOKKER_SOLVER_H
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include "base/fail.h"
#include "models/processes/process.h"
#include "scores/score.h"

enum { MAX_INNER = 2 };

/* Ends of a process at which a method's own step would not be finite or not mean anything.
 * ALPHA_0: refused before the run.  SIGMA_0: a start there is refused; a step to it is the driver's, y = alpha_b D(x,
 * a), the denoising step. */
enum { ALPHA_0 = 1, SIGMA_0 = 2 };

/* What became of a run: FAILED (a reason), DIVERGED (rows that are not finite), STOPPED (Ctrl-C or out of time). */
enum { FAILED = -1, DIVERGED = -2, STOPPED = -3 };

/*
 * What a run took.
 *   calls    asks of the field in sequence, as the method sees it (NFE): of the row that needs most.  What rows, or
 *            parts of a method that is parallel in time, could ask at once counts once, even if it is asked in turns
 *   rows     points that the method asked for, of all blocks
 *   asks     times that the network was asked, by all blocks; a call that threads share counts once
 *   network  what the network was asked: calls in sequence as above, evaluations and products of all blocks.  Beside
 *            calls and rows it has what wrappers ask more or less, and setup
 *   setup    the part of network that methods took before their first step (find_once)
 *   iterations: of a window, the most of any row; bytes: memory of the states, over all threads; score_seconds: in the
 *   field, over all threads, if asked for
 */
typedef struct tally {
    long steps, rejected, calls, rows, asks, draws, diverged, iterations, bytes;
    usage network, setup;
    double score_seconds;
} tally;

/* What one sample had a part in, one call after another as they were made: calls and points of the field, and its share
 * of what the network was asked.  last: for the engine. */
typedef struct bill { long calls, rows, last; usage network; } bill;

typedef struct solver solver;
typedef struct method method;
typedef struct run run;                     /* what a step may touch: solvers/step.h */
typedef struct drive drive;                 /* a run with what its drivers need: solvers/engine/drive.h */

/* Unit normals by interval: the increments of the Brownian path of samples row, row + 1, ... over the clock
 * c = (sigma/alpha)^2 between from and to (t between t_from and t_to), divided by sqrt|to - from|.
 * part 1: instead of the increment dW the standardised part of its time integral dZ = int (W(s) - W(t_from)) ds that is
 * independent of it:  dZ = h^(3/2) (z0/2 + z1/sqrt(12)), h = |t_to - t_from|.
 * A counter-based source keys on (row, step, draw), a replay on nth: draws since the start.
 * Noise that is no part of the path (Langevin, churn) is drawn for an interval of no length. */
typedef struct draw { long row, step, nth; int draw, part, rows, dim; double from, to, t_from, t_to; } draw;
typedef struct noise noise;
struct noise { void (*fill)(const noise *, const draw *, double *z); uint64_t seed; const void *data; };

/* What a parameter is to the drivers and to who reports (param.role), whatever its name:
 * tolerances of own steps and how those are chosen; whether rows share what the method takes norms of (1: they do);
 * slots of a row that run at once, the steps in one, and the change that passes there; how the last steps go. */
enum role { ROLE_RTOL = 1, ROLE_ATOL, ROLE_CONTROL, ROLE_COUPLES, ROLE_WINDOW, ROLE_SLICE, ROLE_TOL, ROLE_LAST };

/* A method is a solver with its parameters and inner methods (`picard:window=8/ddim`); given:
 * bit i: par[i] was named. */
struct method { const solver *sol; double par[MAX_PARAM]; unsigned given; char *text; method *inner[MAX_INNER]; };

/* Other processes that run the same plan: each takes every parts-th block, then all have all.
 * share: each brings the states of its own rows, the bytes of the others 0, and gets all; join(into, one) is called
 * with what each process has made.
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
    bill *bill;                             /* one a sample, which grows; or NULL */
    struct findings *found;                 /* solve's own */
    int block;                              /* rows a block; 0: solve_block chooses.  Changes no bit: for tests */
    const peers *peers;                     /* or NULL: alone */
    /* windows: the largest change of any row in each iteration, steps + 1 zeros that are raised; or NULL */
    double *residual;
} plan;

/* The descriptor of a method: one at the foot of its file, one line SOLVER(name) in solvers/list.h. */
struct solver {
    const char *name, *about, *cite;
    /* its constants, where several methods share one step: a tableau, a number of points */
    const void *data;
    /* claimed: ODE order, or weak order if stochastic; strong order or 0; order 0: no claim */
    double order, strong;
    /* evals: calls a step after the start; work: arrays w; history: how many of them turn besides w[0] */
    int stochastic, evals, work, history;
    int embedded;                           /* fills err, y less the embedded state, and may adapt */
    /* its own steps control the error of the state that it keeps, not of a lesser one:
     * tol^(order/(order + 1)) is left */
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
    int  (*whole)(drive *, int steps, const level *grid, double *x);
    void (*close)(run *);                                   /* after open, also when it failed */
};

/* Whose serial run a method that is parallel in time must equal on so many steps: its inner one; where that needs the
 * steps before, one that restarts in each slice, made in *room.  Any other method is its own. */
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
 * method that is parallel in time, whose rounds are known to the field alone, those of its serial twin.  0 or -1. */
int dry_run(const plan *, tally *out);

/* `outer:key=value/inner:...` to a method.  where: what a sentence of failure begins with.  NULL on failure. */
method *method_parse(const char *where, const char *text);
void method_free(method *);                 /* NULL is fine */

/* Its name without parameters, with inner ones: `rx/heun`.  In buf. */
const char *method_name(const method *, char *buf, unsigned long size);

/* The order and kind that the method claims with these parameters and inners. */
double method_order(const method *);
int method_stochastic(const method *);

/* The parameter of a method that has this role, or `otherwise` where none has. */
double method_role(const method *, enum role, double otherwise);

/* Whether the user named it. */
int method_given(const method *, enum role);

/* Whether it, or what it wraps, takes norms over the whole batch, which is then never cut into blocks. */
int method_couples(const method *);

int solvers(void);
const solver *solver_at(int i);
const solver *solver_named(const char *name);       /* NULL where there is none; no reason is set */

/* The family under which list.h names it; NULL for a solver that is not there. */
const char *solver_family(const solver *);

#endif
