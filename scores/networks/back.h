/*
 * Reverse mode: the gradient of a loss by all parameters of a network and by its input.
 * Parameters lie in one array, tensor by tensor in the order of embed and layers, each rows x padded(cols); gradients
 * likewise.  What lies in the padding of parameters is zero, in that of gradients anything.
 */
#ifndef FOKKER_BACK_H
#define FOKKER_BACK_H
#include "scores/networks/net.h"

/* Makes a network trainable: the size of that array, or -1 with a sentence.
 * Frequencies of an embedding are no parameters. */
long REAL(net_trains)(net *);

/* The parameter tensor behind w (NULL: the first), or NULL; w->at is where it begins. */
const weight *REAL(net_weight)(const net *, const weight *w);

/* All parameters out of the network, and into it; not while a pass is under way.
 * A tape keeps c: set made = 0 of every tape behind net_set. */
void REAL(net_get)(const net *, real *all);
void REAL(net_set)(net *, const real *all);

/* What a pass back needs besides a tape: one a thread. */
typedef struct back {
    /* TILE_ROWS x padded(dim): set dy, rows as in the tape; dx is the gradient by the state */
    real *dy, *dx;
    real **body, **embed, *spare;           /* gradients of slots */
    void *workspace;
} back;

back *REAL(back_open)(const net *);         /* NULL: out of memory */
void REAL(back_close)(back *);              /* NULL is fine */

/* At the last net_forward that kept: dx from dy; grad = the gradient by the parameters, rows summed in their order;
 * add: grad += that. */
void REAL(net_backward)(const net *, tape *, back *, int add, real *grad);
#endif
