/*
 * The layers of built-in networks.  A layer is a const descriptor at the foot of its file and one line LAYER(name)
 * in scores/networks/layers.h; a network (scores/networks/net.h) is a list of them.  A layer works on a tile of
 * rows; its arrays are rows x padded columns, and what lies in the padding is never looked at.  Nothing of a row
 * depends on another one.
 *
 * These files are compiled in float, and by the tests once more in double (FOKKER_DOUBLE), so that derivatives can be
 * held against differences.
 */
#ifndef FOKKER_LAYER_H
#define FOKKER_LAYER_H
#include <stddef.h>
#include "base/item.h"
#include "base/files/tensors.h"
#include "scores/networks/product.h"

enum { MAX_WEIGHTS = 5 };
/* the most rows of a tile: weights are read from the caches often enough, arrays stay in them */
enum { TILE_ROWS = 128 };

/* Columns as they lie in memory: whole panels of a product, whole vectors of a loop. */
static inline int padded(int n) { return (n + PANEL - 1) / PANEL * PANEL; }

/* A tensor of the file, rows x cols there; here with padded columns of zeros, or packed for products
 * (scores/networks/product.h).  In training (scores/networks/back.h) also: where it begins among all parameters;
 * its transpose, packed. */
typedef struct weight { const char *name; int rows, cols, packed; real *v; long at; real *back; } weight;

/* A tile on its way through a network.  slot[i]: the array behind layer i - 1, slot[0] the input; dslot:
 * the same of a tangent. */
typedef struct pass {
    int rows;
    const double *time;                     /* rows: what the network is told of the level */
    const int *label;                       /* rows: a class, -1: none */
    const real *c;                          /* rows x padded(cond): the embedding of time and label */
    real **slot, **dslot, *work;            /* work: TILE_ROWS x the layer's work */
    /* backward: the gradients of all parameters, that of c, and room (scores/networks/back.h) */
    real *grad, *dc, *spare;
    /* to what grad has of packed weights; that of the others is always added to */
    int add;
} pass;

typedef struct layer layer;
typedef struct opening { const char *where; const tensors *file; int in, cond; } opening;

typedef struct layer_kind {
    const char *name, *about;
    param par[MAX_PARAM];
    int free;                               /* 1: no module of its own, it is not counted in unnamed lists */
    int in_place;                           /* 1: y may be x, dy may be dx */
    /* Finds the weights, sets out and work (l->in is known).  0 or -1. */
    int  (*open)(layer *l, const opening *);
    void (*forward)(const layer *l, const pass *p, const real *x, real *y);
    /* dy = Jacobian times dx; x is what forward was given.
     * NULL: the answer does not depend on the state (embeddings). */
    void (*tangent)(const layer *l, const pass *p, const real *x, const real *dx, real *dy);
    /* dx = transposed Jacobian times dy, which are arrays apart; what belongs to the weights is added to grad
     * (but for back_product with pass.add 0), to c to dc.  NULL: an embedding of time, whose weights are fixed. */
    void (*backward)(const layer *l, const pass *p, const real *x, const real *dy, real *dx);
} layer_kind;

struct layer {
    const layer_kind *kind;
    args given;
    char *name;                             /* owned: the module's in the file, `net.2` */
    int in, out, cond, from, to, skip;      /* columns; slots */
    int work;                               /* columns of pass.work that it wants */
    int weights;
    weight weight[MAX_WEIGHTS];
    int bare;                               /* linear: the activation behind it adds the bias */
    const real *bias;                       /* activation: added to x before; NULL: none */
};

/* The tensor NAME + suffix of rows x cols (0: as many as there are; a vector is 1 x cols).
 * NULL with a sentence; where `maybe` is 1 and the file has no such tensor, no weight (0 columns) without a failure. */
weight *REAL(weight_open)(layer *l, const opening *o, const char *suffix, int rows, int cols, int packed, int maybe);

/* y = W x + beta y of every row, beta 0 or 1. */
static inline void multiply(const pass *p, const real *x, int in, const weight *w, int beta, real *y, int out)
{
    REAL(product)(&(extent){ p->rows, in, padded(in), 1, padded(out) }, x, w->v, beta, y);
}

/* For backward (scores/networks/back.c), y = W x or y = x + b.  dW = dy x' + pass.add dW;  dx = W' dy + add dx;
 * db += dy, summed over rows. */
void REAL(back_product)(const pass *p, const weight *w, const real *x, const real *dy, int add, real *dx);
void REAL(back_bias)(const pass *p, const weight *b, const real *dy);

#ifndef FOKKER_DOUBLE
int layers(void);
const layer_kind *layer_at(int i);
#endif
#endif
