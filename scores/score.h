/* A score field: the black box that answers for a batch of points, and the one place where
 * predictions are converted. */
#ifndef FOKKER_SCORE_H
#define FOKKER_SCORE_H
#include <stddef.h>
#include "base/fail.h"
#include "models/processes/process.h"

enum { SCORE_ABI = 1 };
enum predicts { PREDICTS_SCORE, PREDICTS_NOISE, PREDICTS_DATA, PREDICTS_V, PREDICTS_VELOCITY, PREDICTIONS };

/* Their names in order, as one text for a table of parameters; the name of one; which one a name
 * is, -1 with a sentence. */
#define PREDICTS_WORDS "score noise data v velocity"
const char *predicts_name(enum predicts);
int predicts_named(const char *where, const char *name);

/* What a prediction is made of at a level with sigma > 0: x0 x_0 + eps times the noise. */
typedef struct ingredients { double x0, eps; } ingredients;
ingredients predicts_mixes(enum predicts, const level *);

/*
 * What an answer took of the network, whatever stands around it:
 *   calls        asks in sequence: each of them could only begin when the one before was answered
 *   evaluations  rows that it was asked for; a row that is asked with and without its label is two
 *   products     products of its Jacobian with a vector
 * An ask for n rows is 1 call and n evaluations; with m directions a row it is n m products besides.  A divergence that
 * a field knows by itself is no product: what it takes is the field's own business.  Pieces of one ask that need
 * nothing of one another (for memory, among threads) are one call.
 * Whoever asks brings a usage in the batch, batch.used; the functions below add to it where a field is the network
 * itself, and wrappers, which ask by the same functions, pass it on.
 */
typedef struct usage { long calls, evaluations, products; } usage;

/* all = all, then one; or both at once: the deeper one's calls. */
static inline void usage_then(usage *all, const usage *one)
{
    all->calls += one->calls, all->evaluations += one->evaluations, all->products += one->products;
}
static inline void usage_beside(usage *all, const usage *one)
{
    all->calls = one->calls > all->calls ? one->calls : all->calls;
    all->evaluations += one->evaluations, all->products += one->products;
}

typedef struct score score;
struct score {
    int abi;                                /* SCORE_ABI */
    const char *name;
    int dim;
    int cols;                               /* of its answer where that is no prediction (scores/feature.h); 0: dim */
    enum predicts predicts;
    int serial;                             /* 1: not from two threads at once; gets the whole batch */
    int block;                              /* rows that it likes in one call; 0: no wish */
    const char *process;                    /* the process that it was made for, an item, where it says so; or NULL */
    /* classes that it can be told, 0..labels - 1; 0: it does not say; -1: none */
    int labels;
    int single;                             /* 1: its answers are those of float32 arithmetic */
    int wraps;                              /* 1: it answers by asking other fields, and those are what is counted */

    /* out: groups x rows x dim, at levels with sigma > 0.  0, or -1 with a reason. */
    int (*eval)(void *self, const batch *, double *out);

    /* Besides out the product jv of its Jacobian with v (both groups x rows x dim); or NULL. */
    int (*jvp)(void *self, const batch *, const double *v, double *out, double *jv);

    /* The same with m directions a point, v and jv groups x rows x m x dim, where that is less work; or NULL. */
    int (*jvps)(void *self, const batch *, int m, const double *v, double *out, double *jv);

    /* Besides out its divergence, groups x rows; or NULL. */
    int (*divergence)(void *self, const batch *, double *out, double *div);

    /* The same weights with own scratch for batches of up to `rows` points: one a thread.  NULL: eval is reentrant. */
    score *(*thread_copy)(void *self, int rows);

    /* The same field in float64, for references, where this one computes in less; it must be closed before this one.
     * NULL: there is none. */
    score *(*precise)(void *self);
    void   (*close)(void *self);            /* frees self, not this struct (field_close does both); or NULL */
    void   *self;
};

void field_close(score *);                  /* NULL is fine */

/* A field that answers zero and costs nothing: for dry runs that count calls.  dim columns. */
score *zero_open(int dim);

/* What the field says at p, as the prediction `want`.
 * Where sigma = 0 nothing is asked: the point is the data, data = x/alpha. 0 or -1. */
int field_eval(const score *, const batch *p, enum predicts want, double *out);
/* of a field with a divergence */
int field_divergence(const score *, const batch *p, enum predicts want, double *out, double *div);
/* of a field with a jvp; tangents.h: any */
int field_jvp(const score *, const batch *p, const double *v, enum predicts want, double *out, double *jv);
/* of a field with jvps */
int field_jvps(const score *, const batch *p, int m, const double *v, enum predicts want, double *out, double *jv);

/* The same without conversion, as the field itself answers, at levels with sigma > 0: for wrappers that pass it on. */
int ask_eval(const score *, const batch *p, double *out);
int ask_divergence(const score *, const batch *p, double *out, double *div);
int ask_jvp(const score *, const batch *p, const double *v, double *out, double *jv);

/* sigma = 0 at every level: nothing would be asked. */
int only_data(const batch *);

/* A wrapper: a score that wraps a score.  One descriptor at the foot of its file, one line
 * WRAPPER(name) in scores/wrappers.h. */
typedef struct wrapper {
    const char *name, *about, *cite;
    param par[MAX_PARAM];
    /* owns inner from then on, on failure too; NULL on failure */
    score *(*open)(score *inner, const process *, const args *);
} wrapper;
int wrappers(void);
const wrapper *wrapper_at(int i);

#endif
