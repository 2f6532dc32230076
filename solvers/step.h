/*
 * For who writes methods: what one step may touch, and what it may ask.
 *
 * A step sees the parameters, the levels, its states and its work arrays, and asks the field by `eval`.  The plan, the
 * field itself, the counts and the clock are the drivers' (solvers/engine/drive.h): a step cannot reach them.
 */
#ifndef FOKKER_STEP_H
#define FOKKER_STEP_H
#include "solvers/solver.h"

enum { MAX_PAST = 6 };

/* A group: rows that share a level.  Index of its first sample in the batch and of its step, with plan->first the key
 * of its noise; draws before the step. */
typedef struct group { long row, step, nth; } group;

/* What an error is measured in: atol + rtol |x|, over the first `cols` columns. */
typedef struct tolerance { double rtol, atol; int cols; } tolerance;

/* One block on one thread.  States are groups x rows x dim: a plain run is 1 group of n rows; adaptive rows and window
 * slots are groups of 1 row. */
struct run {
    const method *how; const solver *sol;
    const double *par;                      /* its parameters: how->par, or what wraps it put in their place */
    const process *proc;
    int steps; const level *grid;           /* the plan's levels, steps + 1 in the order visited */
    long n;                                 /* samples of the whole batch, of which this block has some */
    int groups, rows, dim; const group *group;
    /* steps since the start; past[j][g]: where group g's last step but j began (pointers into the grid) */
    int k; const level *past[MAX_PAST];
    /* work arrays: w[0..history] turn after a step: what it leaves in w[j] the next finds in w[j+1]; the others stay */
    double **w;
    double *err; tolerance tol;             /* where the local error is wanted, or NULL; its unit, with own steps */
    level *mid;                             /* levels for the step's own use, 2 x groups */
    void *own;                              /* the method's own state: made by open, freed by close */
    run *inner[MAX_INNER];
};

/* Ask the field: ONE call for all groups, and what the network used for it is counted.  Nothing is asked or counted
 * where every level has sigma = 0 (data = x/alpha, noise = 0). 0 or -1. */
int eval(run *, const level *a, const double *x, enum predicts want, double *out);
static inline int eval_data (run *r, const level *a, const double *x,
                             double *out) { return eval(r, a, x, PREDICTS_DATA, out); }
static inline int eval_noise(run *r, const level *a, const double *x,
                             double *out) { return eval(r, a, x, PREDICTS_NOISE, out); }
static inline int eval_score(run *r, const level *a, const double *x,
                             double *out) { return eval(r, a, x, PREDICTS_SCORE, out); }
static inline int eval_drift(run *r, const level *a, const double *x,
                             double *out) { return eval(r, a, x, PREDICTS_VELOCITY, out); }

/* In `open`: what the method has to find out from the field before the first step.  `find` is called once a plan, for
 * the first run of it that comes here; all its runs have the answer, which `drop` frees at the end.  NULL where find
 * failed, with its reason. */
const void *find_once(run *, void *(*find)(run *), void (*drop)(void *));

/* In `find`: data predictions at n points of one level, as many at a time as the field was made for; counted as setup.
 * 0 or -1. */
int consult(run *, const level *, int n, const double *x, double *d);

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
 * the arrays; terms with a coefficient of 0 are not read. */
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
                          "k-diffusion's", "pi power atan", usual, .role = ROLE_CONTROL }
#define RTOL_PARAM(text, usual, least) { "rtol", text, NULL, usual, least, 1, .role = ROLE_RTOL }
#define ATOL_PARAM(usual) { "atol", "absolute tolerance of own steps", NULL, usual, 1e-15, 1e3, .role = ROLE_ATOL }
#define BOUNDS RTOL_PARAM("relative tolerance of own steps", 1e-5, 1e-15), ATOL_PARAM(1e-5)
#define TOLERANCES BOUNDS, CONTROLS(CONTROL_PI)

/* Last parameter of multistep methods: conventions of libraries for few steps, kept by the driver. */
enum last { LAST_FULL, LAST_LOWER, LAST_EULER, LAST_NOISY };
#define LAST_STEPS { "last", "order of the last steps: as before; 3, 2, 1 (lower_order_final); 1 in the last " \
                             "(euler_at_final); 3, 2, 1 before the step to sigma = 0", \
                     "full lower euler noisy", LAST_FULL, .role = ROLE_LAST }

/* How many predictions the step (back = 0) or the one before it (1) is made from: those that are known, `most` at most,
 * fewer in last steps. */
int predictions(const run *, int back, int most);

/* The same of step k of the plan's own grid: what open can prepare. */
int predictions_at(const run *, int k, int most);

/* Whether this step, of one group, is step k of the plan's own grid: then what open prepared for that holds. */
int on_grid(const run *, const level *a, const level *b);

/* Every method by its name in C: solver_ddim, ... */
#define FAMILY(name)
#define SOLVER(id) extern const solver solver_##id;
#include "solvers/list.h"
#undef SOLVER
#undef FAMILY
#endif
