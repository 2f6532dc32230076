/* A data distribution and what is known of it in closed form, at every noise level.
 * What a law does not know is NULL. */
#ifndef FOKKER_LAW_H
#define FOKKER_LAW_H
#include <signal.h>
#include "models/processes/process.h"
#include "base/random.h"
#include "base/files/ini.h"

typedef struct law law;
struct law {
    const char *name;                       /* the kind: mixture, dataset */
    int dim, labels;                        /* columns; number of classes 0..labels-1, 0: none */
    int modes;                              /* mixtures: K; else 0 */

    /* n exact draws x_0, n x dim, of samples row, row + 1, ...: a sample depends on the stream and its number alone.
     * label: n labels (as in batch) to condition on, or NULL. */
    int (*sample)(const law *, stream, long row, int n, const int *label, double *x);

    /* x0 = E[x_0 | x_t], groups x rows x dim, and unless div is NULL the divergence of that map by x_t, groups x rows.
     * Every level of the batch has alpha > 0 or sigma > 0; sigma = 0 gives x/alpha, dim/alpha.
     * Here and in jvp what is written shares no memory with what is read. */
    int (*denoise)(const law *, const batch *, double *x0, double *div);

    /* Besides x0 the product J v of its Jacobian with v, both groups x rows x dim. */
    int (*jvp)(const law *, const batch *, const double *v, double *x0, double *jv);

    /* The same with m directions a point, v and jv groups x rows x m x dim, for less than m times as much; or NULL. */
    int (*jvps)(const law *, const batch *, int m, const double *v, double *x0, double *jv);

    /* log p_t(x), exact, groups x rows. */
    int (*logpdf)(const law *, const batch *, double *logp);

    /* Mean (dim) and covariance (dim x dim) of x_0; at a level: alpha mean, alpha^2 cov + sigma^2 I.
     * Either may be NULL. */
    int (*moments)(const law *, double *mean, double *cov);

    /* Mean and variances alone, dim numbers each: what needs no covariance should not pay for one. */
    int (*variances)(const law *, double *mean, double *var);

    /* Mixtures: the mode most responsible for each point (groups x rows), and the modes' probabilities (modes). */
    int (*mode_of)(const law *, const batch *, int *mode);
    const double *mode_weight;
    const double *label_weight;             /* the probability of each class; NULL where there are none */

    /* Data sets: the points x_0 of the law, points x dim; NULL otherwise.  They are scale v + shift of the numbers v
     * that were read; scale 0: the law was made from no such numbers. */
    long points;
    const double *point;
    double scale, shift;

    void (*close)(law *);
};

/* A kind of [data]: the keys that such a section may have besides `kind`, as section_known takes them, and what makes a
 * law of it, NULL on failure.  One file each, a line in models/laws/kinds.h. */
typedef struct law_kind {
    const char *name;
    const char *const *keys;
    law *(*open)(const sections *, section *);
} law_kind;

/* A law from the [data] section of a model file; paths in it are relative to the file.  NULL on failure. */
law *law_open(const sections *, section *data);
void law_close(law *);                      /* NULL is fine */

/* log p of n points (n x dim, labels or NULL) at one level, on all threads; the same bits whatever their number.
 * NAN where the law has no density (or is NULL), where x is not finite, and where *stop, unless stop is NULL,
 * became 1 before.  0 or -1. */
int law_logp(const law *, const level *, long n, const double *x, const int *label, const volatile sig_atomic_t *stop,
             double *out);

#endif
