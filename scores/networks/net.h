/*
 * A built-in network: two lists of layers (scores/networks/layers.h) over the weights of a file.
 *     embed    from what the network is told of time (and the label) to its embedding c:
 *              sinusoidal:dim=64 linear:time.0 silu linear:time.2 label:emb
 *     layers   from the state to the answer:
 *              concat linear silu ( norm linear silu linear ) linear
 * An item is name:key=value,...,NAME; NAME is the module's in the file.
 * Without it layers.N or embed.N, N counted as in nn.Sequential.  An empty embed: c is the time itself.
 */
#ifndef FOKKER_NET_H
#define FOKKER_NET_H
#include "scores/networks/layer.h"

typedef struct chain {
    int n, slots;                           /* slots = n + 1 */
    layer *layer;
    int *cols;                              /* of each slot */
    int *place, places;                     /* which of so many arrays a slot takes where nothing is kept */
} chain;

typedef struct net {
    chain embed, body;
    int dim, cond, cols;                    /* columns of the state, of c, of the answer */
    int classes;                            /* labels 0..classes - 1; 0: it takes none */
    int widest, work;                       /* columns of the widest slot of body, and of a layer's work */
} net;

/* What it is made of: where for sentences ("a.ini:7"), the lists, the file; any: the answer may have other
 * columns than the state. */
typedef struct net_text { const char *where, *embed, *layers; int dim; const tensors *file; int any; } net_text;

/* NULL on failure.  The file may be freed afterwards. */
net *REAL(net_open)(const net_text *);
void REAL(net_close)(net *);                /* NULL is fine */

/* One tile's memory: one a thread.  Set pass.rows (up to TILE_ROWS), fill x, time and label of
 * so many rows, then ask. */
typedef struct tape {
    pass pass;
    /* rows x padded(dim): the state, the answer, a tangent and its image; y is valid until the next call */
    real *x, *y, *dx, *dy;
    double *time;
    int *label;
    double *last_time;                      /* what c was made for, */
    int *last_label, made;                  /* made: rows */
    real **fast, **kept, **embed;           /* slots: of eval, of a pass that keeps all, of the embedding */
    void *workspace;
} tape;

tape *REAL(tape_open)(const net *);         /* NULL: out of memory */
void REAL(tape_close)(tape *);              /* NULL is fine */

/* y from x.  keep: every layer's input is kept for the derivatives that follow. */
void REAL(net_forward)(const net *, tape *, int keep);

/* dy = J dx at the x of the last net_forward that kept. */
void REAL(net_tangent)(const net *, tape *);
#endif
