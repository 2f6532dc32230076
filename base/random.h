/*
 * Random numbers as functions of what they are for: Philox4x32-10 (Salmon et al. 2011) keyed by the seed, its counter
 * made of use, sample, step, draw and column.
 * No state; any order, any thread, any block gives the same bits.
 */
#ifndef FOKKER_RANDOM_H
#define FOKKER_RANDOM_H
#include <stdint.h>

/* What numbers are for: streams of different uses are independent. */
enum use { USE_PRIOR, USE_NOISE, USE_TREE, USE_LAW, USE_METRIC, USE_PROBE, USE_TRAIN, USE_LEVELS, USE_FORWARD,
           USE_ERROR, USE_START };
typedef struct stream { uint64_t seed; enum use use; } stream;

/* Standard normals, rows x dim: sample row + i, column d of draw `draw` in step `step`.
 * Limits: 0 <= row < 2^48, 0 <= step < 2^44, 0 <= draw < 256, dim <= 2^21. */
void normals(stream, long row, long step, int draw, int rows, int dim, double *z);

/* Uniforms in the open interval (0, 1), indexed as normals are. */
void uniforms(stream, long row, long step, int draw, int rows, int dim, double *u);

#endif
