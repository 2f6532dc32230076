/* kind = mlp: a built-in network (scores/networks/net.h) as a field.
 * mlp_open.c reads what it is, mlp.c computes, in float and once more in double. */
#ifndef FOKKER_MLP_H
#define FOKKER_MLP_H
#include "scores/networks/net.h"
#include "scores/networks/network.h"

/* What a network is made from; the texts lie in the model's sections, in the notes of the file, or in `where`. */
typedef struct origin { network how; net_text text; tensors file; char where[512]; const char *process; } origin;
void origin_free(origin *);                 /* NULL is fine */

/* A field over it; owner: it frees the origin when it is closed, and here on failure; otherwise the origin must
 * outlive it.  NULL on failure. */
score *REAL(mlp_open)(origin *, int owner);
#endif
