/* The factors around a raw network F: D(x) = skip x + out F(in x; noise), for wrappers and for training. */
#ifndef FOKKER_PRECOND_H
#define FOKKER_PRECOND_H
#include "models/processes/process.h"

typedef struct factors { double skip, out, in, noise; } factors;

/* given: of the wrapper precond. */
factors precond_at(const args *given, const level *);

/* The keys of an item "precond:data=0.5".  0 or -1. */
int precond_parse(args *given, const char *where, const char *item);
#endif
