/*
 * What every trained network needs besides itself: what it predicts, how it is told the noise level, in which units it
 * works.  Keys of [score]:
 *     predicts      noise data v velocity score
 *     time          t index i/T sigma ratio log-sigma lambda: what it is told of a level, then times time_scale plus
 *                   time_shift
 *     T             of index and i/T on a continuous process (a chain has its own): index = T t - 1
 *     input_scale   the network sees input_scale x and answers; output_scale times that is the prediction
 * A key that the file does not have may stand in the metadata of the weights.
 */
#ifndef FOKKER_NETWORK_H
#define FOKKER_NETWORK_H
#include "base/files/tensors.h"
#include "scores/field.h"
#include "scores/networks/product.h"

typedef struct network {
    enum predicts predicts;
    int clock;
    double T, time_scale, time_shift, input_scale, output_scale;
} network;

/* proc: which the network was made for, or is run on.  weights: NULL where there is no metadata.  0 or -1. */
int network_read(network *, const model *, const process *proc, section *, const tensors *weights);

/* The value of a key, in [score] or else in the metadata; NULL. */
const char *network_key(section *, const tensors *weights, const char *key);

/* Those keys besides `predicts`, among a kind's own. */
#define NETWORK_KEYS "time", "time_scale", "time_shift", "T", "input_scale", "output_scale"

/* The columns of the state: of the law, else the key dim.  -1 with a sentence. */
int network_dim(const model *, section *, const tensors *weights);

/* What it is told of a level. */
double network_time(const network *, const level *);

/* To the network's numbers and back, n rows of dim columns; on the network's side `stride` of them lie apart,
 * zeros behind the columns. */
void REAL(network_in)(double scale, long n, int dim, const double *x, int stride, real *out);
void REAL(network_out)(double scale, long n, int dim, int stride, const real *y, double *out);

/* Where row `row` of a batch stands. */
static inline const level *level_at(const batch *p, long row) { return &p->at[row / p->rows]; }

/* Labels of a batch must lie in -1..classes - 1.  who: the network, for the sentence.  0 or -1. */
int network_labels(const char *who, const batch *p, int classes);
#endif
