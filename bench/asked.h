/* The model that a command line is about. */
#ifndef FOKKER_ASKED_H
#define FOKKER_ASKED_H
#include "bench/options.h"
#include "scores/open.h"

/* The first word as a model, with its field, under --process, --wrap and --trust.  0 or -1 */
int asked_open(subject *, const request *);

#endif
