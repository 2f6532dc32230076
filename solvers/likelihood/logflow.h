/* The field of dim + K columns that likelihood.c gives to a solver: the flow's velocity and, K times, its divergence.
 * Its labels are numbers of samples. */
#ifndef FOKKER_LOGFLOW_H
#define FOKKER_LOGFLOW_H
#include "solvers/likelihood/inquiry.h"

/* Of an inquiry that must outlive it.  Only its thread copies answer.  NULL: out of memory. */
score *logflow_open(const inquiry *);

/* K of the head of likelihood.h. */
int logflow_estimates(const inquiry *);

#endif
