/*
 * fokker.h: a solver workbench for diffusion samplers, as a library.  This file is the whole contract.
 *
 *     cc program.c $(pkg-config --cflags --libs fokker)              or, with --static, the static library
 *
 * A model says what is true (a noise process, and unless the field is a black box the law of the data), a score answers
 * for points at noise levels, a sampler is a method on a grid of times under a budget:
 *
 *     fokker_model *model = fokker_model_open("gmm8ring", NULL, 0);
 *     fokker_score *score = fokker_score_of(model, NULL);
 *     fokker_request ask = FOKKER_REQUEST;
 *     ask.solver = "dpmpp-2m", ask.nfe = 20;
 *     fokker_sampler *sampler = fokker_sampler_open(score, &ask);
 *     if (!sampler || fokker_start(sampler, 0, 1000, NULL, x) || fokker_run(sampler, 0, 1000, x, NULL, NULL))
 *         puts(fokker_error());
 *
 * Rules that hold everywhere
 *   Arrays      row-major, float64, rows x columns: point i of dim columns begins at x + i * dim.  They are the
 *               caller's, are read or filled during the call, and are never kept.
 *   Texts       solvers, grids, processes, wrappers, metrics and trace estimators are named as on the command line,
 *               `dpmpp-2m`, `karras:rho=7`, `vp-linear:beta_max=10` (`fokker list` shows them all).  They are copied;
 *               NULL is the default.  What the library returns as a text is its own.
 *   Structs     with a `size` first may grow in later versions: begin with the FOKKER_... initialiser of their name.
 *   Handles     belong to the caller and are closed once, in any order: what still needs one keeps it alive.
 *               NULL where a handle is wanted is a failure that quotes the one before; closing NULL is fine.
 *   Failure     int functions return FOKKER_OK or a negative fokker_status, pointers NULL; fokker_error() then says in
 *               one sentence what is wrong and what to do.
 *   Bits        results depend on the arguments alone: not on the number of threads, on how a batch is cut into calls
 *               (but see fokker_run), or on what runs beside them.  The program `fokker` gives the same ones.
 *   Threads     every function may be called from any number of threads at once, on the same handles too, as long as
 *               nobody closes what another is using.  Work is shared out by OpenMP, within the calling thread's own
 *               parallel regions only where nesting is enabled.
 *   Process     nothing is printed, no signal handler is set, the program is never ended.  While a call is under way
 *               the calling thread's locale is "C" and its number of OpenMP threads the one asked for, and, for the
 *               whole process, GSL's error handler is off, OpenBLAS uses one thread and inih's options are ours; the
 *               last call to return puts everything back.  Models that say so start a program, or load a shared object
 *               or ONNX Runtime.
 */
#ifndef FOKKER_H
#define FOKKER_H
#include <stddef.h>
#include <stdint.h>

#define FOKKER_VERSION "0.1.0"
#define FOKKER_VERSION_MAJOR 0
#define FOKKER_VERSION_MINOR 1
#define FOKKER_VERSION_PATCH 0
/* for comparisons: 100 for 0.1.0, 10203 for 1.2.3 */
#define FOKKER_VERSION_NUMBER (FOKKER_VERSION_MAJOR * 10000 + FOKKER_VERSION_MINOR * 100 + FOKKER_VERSION_PATCH)

#if defined __GNUC__
#define FOKKER_API __attribute__((visibility("default")))
#else
#define FOKKER_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* FAILED: nothing can be said of the output; DIVERGED: rows that are not finite, all others are whole; STOPPED: by the
 * caller's progress function or the time limit, rows that were not finished are NaN, all others whole. */
enum fokker_status { FOKKER_OK = 0, FOKKER_FAILED = -1, FOKKER_DIVERGED = -2, FOKKER_STOPPED = -3 };

/* ---- the library itself ---- */

/* The version that the program runs with (the macros: that it was compiled with), as a text and as a number. */
FOKKER_API const char *fokker_version(void);
FOKKER_API int fokker_version_number(void);

/* Why this thread's last call that failed did; "" before the first.  Valid until the thread's next call. */
FOKKER_API const char *fokker_error(void);

/* The i-th name of a topic, i = 0, 1, ...: "solvers" "grids" "processes" "wrappers" "metrics" "traces"; NULL behind the
 * last and for another topic. */
FOKKER_API const char *fokker_name(const char *topic, int i);

/* ---- models: what is true ---- */

typedef struct fokker_model fokker_model;

/*
 * name: of a model that is shipped ("gmm8ring"), the path of a model file, `plugin:FILE,ARGS`, or `pipe:COMMAND`; NULL:
 * a process alone, for a field of your own.  process: NULL, or an item that replaces the model's (`edm`).
 * flags: 0, or FOKKER_TRUST: what a model file names may be started (`kind = pipe`) and loaded (`kind = plugin`), which
 * a file of the shipped folder and the caller's own name may without it.
 * Shipped models are found in $FOKKER_MODELS if that is set; else beside the library (PREFIX/share/fokker for
 * PREFIX/lib/libfokker.so), beside the program, or under the prefix that the library was built for.
 */
enum { FOKKER_TRUST = 1 };
FOKKER_API fokker_model *fokker_model_open(const char *name, const char *process, unsigned flags);
FOKKER_API void fokker_model_close(fokker_model *);

/* dim, labels: columns and classes of the law, 0 where the model has none; process: its name; T: of a chain whose t is
 * an index 0 .. T-1, else 0; a run goes from t_max to t_min; prior_std: the standard deviation of x at t_max. */
typedef struct fokker_facts {
    size_t size;
    const char *name, *process;
    int dim, labels, T;
    double t_min, t_max, prior_std;
} fokker_facts;
#define FOKKER_FACTS { sizeof (fokker_facts), NULL, NULL, 0, 0, 0, 0, 0, 0 }

/* The texts live as long as the model.  A process that neither the model's file nor the caller names is the one that
 * the field was made for, and is known once the first score of the model is open. */
FOKKER_API int fokker_model_facts(const fokker_model *, fokker_facts *);

/* alpha and sigma of x_t = alpha x_0 + sigma eps at n times t; NAN is the data's own, alpha 1 and sigma 0.  Each n
 * numbers; either may be NULL. */
FOKKER_API int fokker_process_at(const fokker_model *, long n, const double *t, double *alpha, double *sigma);

/* n exact samples of the law, n x dim, at time t (NAN: of the data): numbers first .. first + n - 1 of the seed's.
 * label: n classes to be conditioned on (-1: none), or NULL. */
FOKKER_API int fokker_law_sample(const fokker_model *, double t, uint64_t seed, long first, long n, const int *label,
                                 double *x);

/* log p_t(x) of the law, in nats, at time t (NAN: of the data; -infinity off their support): n numbers for n x dim. */
FOKKER_API int fokker_law_logp(const fokker_model *, double t, long n, const double *x, const int *label, double *logp);

/* ---- scores: who answers ---- */

typedef struct fokker_score fokker_score;

/* The model's own field: exact where the file names no other.  wrappers: "clamp:lo=-1,hi=1 round:T=1000", applied from
 * left to right behind those of the file. */
FOKKER_API fokker_score *fokker_score_of(fokker_model *, const char *wrappers);

/*
 * A field of yours.
 *   predicts   "score" "noise" "data" "v" (alpha eps - sigma x_0) or "velocity" (dx/dt)
 *   time       what eval is told as t: "t" of the process (default), "sigma", or "lambda" = log(alpha/sigma)
 *   dim        columns
 *   labels     classes that it can be told, 0 .. labels - 1; 0: any; -1: none, label is NULL then
 *   serial     1: it is never called from two threads at once, and gets the whole batch of a call
 *   block      rows that it likes at a time; 0: no wish.  It may get fewer or more
 *   precision  bits of its arithmetic: 64, or 32 where its answers are those of float32; 0: 64
 *   eval       n points x (n x dim) at times t (n), all with sigma > 0, with classes label (n, -1 for none, or NULL),
 *              to out (n x dim).  A row's answer should not depend on the others.  NULL where all is well, else a
 *              sentence, which is copied
 *   jvp        optional: besides out the product jv (n x dim) of its Jacobian by x with v (n x dim)
 *   divergence optional: besides out the trace of that Jacobian, n numbers.  Without either, log-likelihoods take
 *              differences of eval
 *   thread_copy  optional, where eval needs memory of its own: a self for one more thread and up to `rows` rows, which
 *              close then gets; NULL: out of memory.  Without it, and unless serial, eval is called with the same self
 *              from many threads at once
 *   close      optional: of self, once the score and all that uses it are closed (not where fokker_score_from fails),
 *              and of its thread copies
 */
typedef struct fokker_callback {
    size_t size;
    void *self;
    const char *name, *predicts, *time;             /* name: for sentences */
    int dim, labels, serial, block, precision;
    const char *(*eval)(void *self, long n, const double *x, const double *t, const int *label, double *out);
    const char *(*jvp)(void *self, long n, const double *x, const double *t, const int *label, const double *v,
                       double *out, double *jv);
    const char *(*divergence)(void *self, long n, const double *x, const double *t, const int *label, double *out,
                              double *div);
    void *(*thread_copy)(void *self, long rows);
    void (*close)(void *self);
} fokker_callback;
#define FOKKER_CALLBACK { sizeof (fokker_callback), NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, \
                          NULL }

/* model: for its process, and for its law where the field stands for one. */
FOKKER_API fokker_score *fokker_score_from(fokker_model *, const fokker_callback *, const char *wrappers);
FOKKER_API void fokker_score_close(fokker_score *);

/* Columns, and how many classes can be told: those that data and field both have; 0: neither says; -1: none. */
FOKKER_API int fokker_score_dim(const fokker_score *);
FOKKER_API int fokker_score_labels(const fokker_score *);

/* What the field says at n points x (n x dim) and their times t (n), converted to the prediction that is wanted (NULL:
 * as it predicts), to out (n x dim). */
FOKKER_API int fokker_score_eval(fokker_score *, const char *predicts, long n, const double *x, const double *t,
                                 const int *label, double *out);

/* ---- samplers: how x moves ---- */

typedef struct fokker_sampler fokker_sampler;

/*
 *   solver     default dpmpp-2m;  grid: default the process's
 *   start      where the grid begins below t_max: "law" (default), "prior", "normal:mean=M,std=S", "data:FILE"
 *   final      "none" (default): the samples stand at t_min; "denoise": a last step leads to the data, sigma = 0
 *   label      the class of every row, "3", or "each": row r has class r modulo their number; where fokker_run is given
 *              no labels.  Default: none
 *   steps, nfe one of them, or none of them for methods that choose their own steps: the number of steps, or the most
 *              field calls in sequence that a run may take
 *   seed       of the starts and of the noise
 *   threads    0: as many as OMP_NUM_THREADS says, or as there are processors
 *   time_limit seconds that a call of fokker_run may take; 0: any
 *   progress   optional: called some times a second by the thread that called fokker_run, with row-steps (rows, where a
 *              method chooses its own) that are done and their whole number; not 0: the run stops
 */
typedef struct fokker_request {
    size_t size;
    const char *solver, *grid, *start, *final, *label;
    long steps, nfe;
    uint64_t seed;
    int threads;
    double time_limit;
    int (*progress)(void *with, long done, long all);
    void *with;
} fokker_request;
#define FOKKER_REQUEST { sizeof (fokker_request), NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, NULL, NULL }

/* NULL where solver, grid and budget do not go together. */
FOKKER_API fokker_sampler *fokker_sampler_open(fokker_score *, const fokker_request *);
FOKKER_API void fokker_sampler_close(fokker_sampler *);

/* What should be known of the runs of a sampler, in one sentence; "" where all is well. */
FOKKER_API const char *fokker_warning(const fokker_sampler *);

/* The n starting states of samples first .. first + n - 1, n x dim.  label: as in fokker_run; it matters to the start
 * "law" alone. */
FOKKER_API int fokker_start(const fokker_sampler *, long first, long n, const int *label, double *x);

/*
 * What a run cost, filled by the library.
 *   steps, calls, draws   of the row that took the most: field calls in sequence (NFE); draws of noise
 *   rejected              own steps that were tried again, of all rows
 *   evaluations           rows that the field was asked for, inside its wrappers (guidance asks for two a row and
 *                         call), with what a method asks before its first step; a forecast leaves wrappers out
 *   diverged              rows that are not finite
 *   bytes                 memory of the states, over all threads
 *   seconds               of the call
 */
typedef struct fokker_cost {
    size_t size;
    long steps, calls, draws, rejected, evaluations, diverged, bytes;
    double seconds;
} fokker_cost;
#define FOKKER_COST { sizeof (fokker_cost), 0, 0, 0, 0, 0, 0, 0, 0 }

/*
 * Runs n states x (n x dim, from fokker_start or your own) in place from the first to the last level.  Row i is sample
 * first + i: its noise is keyed by that number, so that calls of any size give the bits of one for all, unless the
 * method takes norms over its batch (`norm=batch`, `batch=yes`).  label: n classes (-1: none), or NULL: as the request
 * says.  cost: or NULL.  FOKKER_DIVERGED and FOKKER_STOPPED leave the other rows whole.
 */
FOKKER_API int fokker_run(const fokker_sampler *, long first, long n, double *x, const int *label, fokker_cost *cost);

/* The levels that a run visits, from noise to data: how many there are, the steps and one; at most `room` of them into
 * t, alpha and sigma, each of which may be NULL.  t is NAN at a level of the data that the process has no time for.  Of
 * a method that chooses its own steps: the ends. */
FOKKER_API long fokker_levels(const fokker_sampler *, long room, double *t, double *alpha, double *sigma);

/* What one row costs on fixed steps, before any field is asked; steps and calls 0 where the method chooses its own. */
FOKKER_API int fokker_forecast(const fokker_sampler *, fokker_cost *);

/* ---- quality: how far samples are from the truth ---- */

/* value with its standard error, and floor: what exact samples of the same number give. */
typedef struct fokker_quality {
    size_t size;
    double value, se, floor;
} fokker_quality;
#define FOKKER_QUALITY { sizeof (fokker_quality), 0, 0, 0 }

/*
 * A metric ("sw2", "energy", "mmd2", ...) of n samples x (n x dim), which stand where the sampler's runs end.
 * from: the states that they began in (n x dim), which metrics of the flow ("rms", to=field) need, or NULL.
 * label: the classes that they were asked for, or NULL.
 * The exact samples to compare with are those of the sampler's seed.  FOKKER_FAILED where the metric does not apply;
 * fokker_error() says why.
 */
FOKKER_API int fokker_measure(const fokker_sampler *, const char *metric, long n, const double *x, const double *from,
                              const int *label, fokker_quality *);

/* ---- log-likelihoods ---- */

/*
 * How log p is found, by the probability flow from t_min to t_max.
 *   solver     default dopri5;  grid: default the process's
 *   trace      of the divergence: "exact" (default), "hutchinson", "hutchpp", "xtrace"
 *   prior      at t_max: "normal" (default), N(0, prior_std^2), or "exact", the law's own density
 *   steps, nfe one of them, or none of them for methods that choose their own steps
 *   probes     of a trace that is estimated; 0: 8
 *   rtol, atol of own steps; 0: the method's own, and atol as rtol where that alone is given
 *   unchecked  1: no second run for the solver's error, at less than half the cost
 *   seed       of the probes
 *   the others as in fokker_request; what is counted is rows
 */
typedef struct fokker_question {
    size_t size;
    const char *solver, *grid, *trace, *prior;
    long steps, nfe, probes;
    double rtol, atol;
    int unchecked;
    uint64_t seed;
    int threads;
    double time_limit;
    int (*progress)(void *with, long done, long all);
    void *with;
} fokker_question;
#define FOKKER_QUESTION { sizeof (fokker_question), NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL }

/*
 * Where the answers go: arrays of n numbers, or NULL for what is not wanted.  NAN is what is not known.
 *   logp        log p at t_min, in nats
 *   lo, hi      an interval of 95 %
 *   se_trace    the standard error of an estimated trace; 0 where it is exact
 *   err_solver  of the steps, by a second, finer run
 *   err_prior   what logp is too large by since the prior is not the law at t_max
 *   err_trunc   log p at t_min less log p of the data
 *   exact       the law's own log p at t_min, where there is one
 *   calls, evaluations  of the field, for each point
 */
typedef struct fokker_answer {
    size_t size;
    double *logp, *lo, *hi, *se_trace, *err_solver, *err_prior, *err_trunc, *exact;
    long *calls, *evaluations;
} fokker_answer;
#define FOKKER_ANSWER { sizeof (fokker_answer), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL }

/* log p of n points x (n x dim), numbers first .. first + n - 1 of their set: calls of any size give the same bits.
 * label: n classes to be conditioned on (-1: none), or NULL. */
FOKKER_API int fokker_logp(fokker_score *, const fokker_question *, long first, long n, const double *x,
                           const int *label, const fokker_answer *);

#ifdef __cplusplus
}
#endif
#endif
