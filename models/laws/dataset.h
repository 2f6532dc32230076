/* The data set law inside: what dataset_open.c makes of a file and dataset.c computes with. */
#ifndef FOKKER_DATASET_H
#define FOKKER_DATASET_H
#include "models/laws/law.h"

typedef struct dataset {
    law law;
    double width;                           /* standard deviation of the kernel */
    long K;
    int pad;                                /* columns of m: dim, or padded to a multiple of 16 for the gemms */
    double *m, *mean;                       /* K x pad points less their mean, sorted by label, and pad means */
    /* K: |m|^2 and log2 of the weight (they sum to 1); K + 1: sums of the weights before */
    double *norm, *lw, *cum;
    long *first;                            /* labels + 1: where the points of a label begin in m */
    double *share;                          /* labels: total weight of each */
    double *point;                          /* K x dim, as the file orders them */
} dataset;

/* What is asked of a batch; what is not is NULL. */
typedef struct data_job { const dataset *s; const batch *b; const double *v; double *x0, *div, *jv, *logp; } data_job;

/* DIRECT: up to so many columns distances are taken directly, beyond by gemm (a row of 1500 points: 5 us by gemm from 2
 * to 16 columns, directly 2.5, 3.1, 5.0 and 5.8 with 2, 4, 8 and 16); BLOCK points and CHUNK columns at a time. */
enum { DIRECT = 8, TILE = 32, BLOCK = 256, CHUNK = 256 };

/* Lanes past n repeat the first.  s[k][i] is the logit, then the weight of point k for lane i;
 * q the same times m'.v. */
typedef struct data_tile {
    int n;
    long row[TILE];
    double alpha[TILE], slope[TILE], half[TILE];        /* alpha log2(e)/v; log2(e)/2v, by gemm alpha^2 log2(e)/2v */
    double top[TILE], fall[TILE];                       /* running maximum, its last rise as a factor */
    double sum[TILE], square[TILE], turn[TILE];         /* of r, r |m'|^2, r m'.v */
    double s[BLOCK][TILE], q[BLOCK][TILE], part[TILE * CHUNK];
} data_tile;

/* Answers for the n rows of a tile from the points [first, last). */
void dataset_tile(const data_job *, data_tile *, long first, long last);

/* The points in m of a label (-1: of all), [first, last).  -1 where there is no such label, or no point of it. */
int dataset_range(const dataset *, int label, long *first, long *last);

/* The functions of the law, over points that are ready. */
void dataset_functions(law *);

#endif
