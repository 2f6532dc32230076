/* CVODE (SUNDIALS) as a method: shared by cvode_adams.c and cvode_bdf.c. */
#ifndef FOKKER_CVODE_H
#define FOKKER_CVODE_H
#include "solvers/engine/drive.h"

/* `open` of the two: lmm is CV_ADAMS (functional iteration) or CV_BDF (Newton with matrix-free GMRES). 0 or -1. */
int  cvode_open(run *, int lmm);
int  cvode_whole(drive *, int steps, const level *grid, double *x);
void cvode_close(run *);

enum { CVODE_BATCH = 2 };

/* Its step control is its own. */
#define CVODE_PARAMS BOUNDS, [CVODE_BATCH] = { "batch", "one system of the whole batch instead of one a sample", \
                                               "no yes", 0, .role = ROLE_COUPLES }
#endif
