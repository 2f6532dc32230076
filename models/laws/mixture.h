/*
 * Gaussian mixture: x_t ~ sum_k w_k N(alpha m_k, V_k),  V_k = Q_k diag(v) Q_k^T,  v_d = alpha^2 l_kd + sigma^2.
 * What the parts of the mixture share: its parameters, a tile of rows turned into columns, and the sums over modes
 * that kernels make of it.
 */
#ifndef FOKKER_MIXTURE_H
#define FOKKER_MIXTURE_H
#include "base/lanes.h"
#include "models/laws/law.h"

/* TILE rows (16 where there are many columns) and BLOCK modes at a time; loops run over whole chunks of LANES
 * rows, the last ones padded. */
enum { LANES = 16, TILE = 64, BLOCK = 64, MAX_DIM = 4096, ABREAST = 4 };      /* ABREAST: directions at a time */

#define EACH_CHUNK(o, i) for (int i = 0; i < (o)->n; i += LANES)
#define EACH_LANE(j) _Pragma("omp simd") for (int j = 0; j < LANES; j++)
#define LOG2E 0x1.71547652b82fep0

typedef struct mixture mixture;

/* x[d * rows + i] is column d of row i.  same: all rows have one level, and only entry 0 of alpha, a2 = alpha^2, s2 =
 * sigma^2 counts.  inverse: 1/v of the block's modes, block x dim x rows, that logits leaves for the sums that follow;
 * or NULL. */
typedef struct mixture_tile {
    int rows, n, same;
    double *x, *inverse;
    _Alignas(64) double alpha[TILE], a2[TILE], s2[TILE];
} mixture_tile;

/* (Names of CLONES functions are unique in the library: clang makes their resolvers global.)
 * Sums over the modes from..to-1 (at most BLOCK) for all rows of a tile; e[k - from] is the mode's
 * weight, up to a factor a row. */
typedef struct kernels {
    /* e = log2 of w_k N(x; alpha m_k, V_k) but for the constant (2 pi)^(-dim/2). */
    void (*logits)(const mixture *, const mixture_tile *, int from, int to, double (*e)[TILE]);
    /* sum += sum_k e_k,  X += sum_k e_k D_k:  D_k = m_k + alpha L_k V_k^-1 (x - alpha m_k). */
    void (*means)(const mixture *, const mixture_tile *, int from, int to, double (*e)[TILE], double *sum, double *X);
    /* Q += sum_k e_k (tr J_k + (D_k - D) . g_k):  J_k = alpha L_k V_k^-1,  g_k = V_k^-1 (alpha m_k - x). */
    void (*traces)(const mixture *, const mixture_tile *, int from, int to, double (*e)[TILE], const double *D,
                   double *Q);
    /* Y += sum_k e_k (J_k v + (D_k - D) (g_k . v)), for `count` directions v, each dim x rows, one after another. */
    void (*tangents)(const mixture *, const mixture_tile *, int from, int to, double (*e)[TILE], const double *D,
                     int count,
                     const double *v, double *Y);
} kernels;

extern const kernels mixture_flat, mixture_full;
int mixture_sample(const law *, stream, long row, int n, const int *label, double *x);
int mixture_moments(const law *, double *mean, double *cov);
int mixture_variances(const law *, double *mean, double *var);
void mixture_close(law *);

/* That n labels (or NULL) are known to the law.  0 or -1. */
int mixture_labels(const law *, long n, const int *label);

extern const law mixture_law;           /* the functions; the rest is to be filled */

struct mixture {
    law law;
    const kernels *kernels;
    int K, iso;                     /* iso: every mode has one variance */
    double *weight, *logw;          /* K; logw in log2 */
    double *mean;                   /* K x dim */
    double *var;                    /* K (iso) or K x dim: the eigenvalues l of the covariances */
    double *basis;                  /* full: K x dim x dim, row d is the eigenvector of l_d; else NULL */
    int *shell;                     /* iso: behind the last mode of the run of equal variances that k is in */
    int *label;                     /* K, or NULL */
    double *share;                  /* labels: total weight of each */
};

/* A product that may leave the range of a double, times v: its mantissa in [1, 2) and its exponent. */
INLINE void lane_product(double *mantissa, double *exponent, double v)
{
    uint64_t b = lane_bits(*mantissa * v);

    *exponent += lane_double(b >> 52 | 0x4330000000000000) - (0x1p52 + 1023);
    *mantissa = lane_double((b & 0x000fffffffffffff) | 0x3ff0000000000000);
}
#endif
