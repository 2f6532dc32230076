/* Points that a user gives: the rows of a file, or those of a model's data set. */
#ifndef FOKKER_POINTS_H
#define FOKKER_POINTS_H
#include "models/array.h"

/* option: what a sentence begins with (`--data`).  text: a file of dim columns (columns 0: any), or a model whose law is a data set.  0 or -1. */
int points_read(const char *option, const char *text, int dim, array *);

#endif
