/* Points that a user gives: the rows of a file, or those of a model's data set. */
#ifndef FOKKER_POINTS_H
#define FOKKER_POINTS_H
#include "base/files/array.h"
#include "models/model.h"

/* option: what a sentence begins with (`--data`).  text: a file of dim columns (columns 0: any), or a model whose law
 * is a data set.  0 or -1. */
int points_read(const char *option, const char *text, int dim, array *);

/* scale and shift of a law that is a data set, out[2]; NAN of any other, or of none (NULL). */
void scaling_of(const law *, double *out);

/* The same of what points_read reads: numbers of a file stand as they are, 1 and 0.  0 or -1. */
int points_scaling(const char *option, const char *text, double *out);

#endif
