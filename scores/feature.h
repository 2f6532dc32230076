/*
 * A feature space: what a network that the user names makes of points, so that samples are judged by what it
 * sees (bench/metrics/space.h).  Either an .onnx file by itself, which sees the samples as they are, or a
 * model file with a section
 *     [features]
 *     kind = onnx         or mlp; file and the other keys as in [score], but `predicts`: its answer may have any number
 *     of columns
 *     output = NAME       onnx: any tensor within the model
 *     channels = 1        onnx: the axis behind the batch that is kept, the mean is taken over the others; without it
 *     all numbers are columns
 *     at = 0.1            the t of its [process] that a network is asked at which wants one; default t_min
 *     scale, shift        it sees scale u + shift, u the raw numbers of the samples' model, as in that model's [data];
 *                         default: the samples as they are
 */
#ifndef FOKKER_FEATURE_H
#define FOKKER_FEATURE_H
#include "models/model.h"
#include "scores/score.h"

typedef struct features {
    score *net; model *of;                  /* of: NULL for an .onnx by itself */
    int dim, cols;                          /* of the points, of what becomes of them */
    level at;
    int raw; double scale, shift;           /* raw: it sees scale u + shift */
} features;

/* NULL on failure. */
features *features_open(const char *path);
void features_close(features *);            /* NULL is fine */

/* Points in their units: x = scale u + shift. */
typedef struct units { double scale, shift; } units;

/* out: n x cols, of n x dim points; the same bits whatever the threads, as far as the network keeps them.  0 or -1. */
int features_of(const features *, units, int n, const double *x, double *out);
#endif
