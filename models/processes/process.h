/*
 * A noise process x_t = alpha(t) x_0 + sigma(t) eps, as an SDE dx = f x dt + sqrt(g2) dW (Song et al. 2021);
 * the batch: points at levels of it, the only thing that laws and fields see.
 */
#ifndef FOKKER_PROCESS_H
#define FOKKER_PROCESS_H
#include "base/item.h"

/* All that a solver, a law or a field may ask about one time.
 * lambda = log(alpha/sigma), infinite where alpha = 0 (-) or sigma = 0 (+);
 * dalpha, dsigma are derivatives by t;  f = dalpha/alpha;  g2 = 2 sigma (dsigma - f sigma), infinite where alpha = 0.
 * Where sigma = 0, f and g2 are finite, but dsigma is +infinity on the variance preserving processes (sigma starts as
 * sqrt(t)): the drift dalpha x0 + dsigma eps has no value there that could be known without the score, so a method must
 * not ask for it (solver.h: SIGMA_0). */
typedef struct level { double t, alpha, sigma, dalpha, dsigma, lambda, f, g2; } level;

typedef struct process process;
struct process {
    const char *name, *about, *cite;
    /* the default interval of a grid; the standard deviation of x at t_max that a sampler starts with (in a descriptor
     * 0 stands for sigma(t_max)) */
    double t_min, t_max, prior_std;
    double t_low, t_high;                   /* where `at` is defined */
    /* the number of indices 0..T-1 of a chain whose t is a (fractional) index; 0: t is continuous */
    int T;
    param par[MAX_PARAM];                   /* its own keys; t_min, t_max and prior_std may be given besides */
    args given;                             /* their values */
    void *table;                            /* owned, what `open` made of them; or NULL */
    /* l[i].t is given, the rest is filled: n at once, so that it vectorises */
    void   (*at)(const process *, int n, level *l);
    /* inverse of lambda(t), to 1e-12 relative or as far as lambda's own rounding determines t;
     * clamped to [t_low, t_high] */
    double (*t_of_lambda)(const process *, double lambda);
    /* optional: checks given; makes table (one block), T, t_low, t_high and the default t_min,
     * t_max from it; 0 or -1 */
    int    (*open)(process *, const char *where);
};

/* groups x rows points of dim columns, row-major; one level a group.
 * A field reads at[g].t or at[g].sigma and never recomputes a level.
 * label: groups x rows class labels, or NULL; a label of -1 is none.
 * used: where what the answer took is added (scores/score.h), or NULL: nobody counts. */
typedef struct batch {
    int groups, rows;
    const level *at;
    const double *x;
    const int *label;
    struct usage *used;
} batch;

/* A process by its item (`vp-linear:beta_max=10,t_min=1e-4`).  where: as in item.h.  NULL on failure. */
process *process_open(const char *where, const char *item);

/* The same from a kind and n keys with values; wheres[i] is the place of key i. */
process *process_from(const char *where, const char *kind, int n, const char *const *keys, const char *const *values,
                      const char *const *wheres);
void process_close(process *);

/* n levels at the times t. */
void levels(const process *, int n, const double *t, level *out);

/* The level at sigma = 0: alpha = 1, lambda = +infinity; the process's own time of it if it has one in [t_low,
 * t_high], else t = NAN. */
level level_clean(const process *);

/* The kinds, for lists and tests. */
int process_kinds(void);
const process *process_kind(int i);

/* The keys that a kind takes, NULL at their end.  0; -1: there is no such kind. */
enum { PROCESS_KEYS = 16 };
int process_keys(const char *kind, const char *keys[PROCESS_KEYS]);

#endif
