/* A rig for log-likelihoods. */
#ifndef FOKKER_LOGRIG_H
#define FOKKER_LOGRIG_H
#include "solvers/likelihood/likelihood.h"
#include "tests/support/fixture.h"

/* A rig from data to noise with exact points at t_min and an inquiry: exact trace and prior, to be changed. */
typedef struct logrig {
    subject of;
    recipe how;
    args given;
    inquiry q;
    int n;
    double *x;
    answer *out;
    law *fit;
} logrig;
int logrig_open(logrig *, const char *model, const char *process, const char *solver, const char *trace, int probes,
                double rtol, int n);
void logrig_close(logrig *);
/* Those that laws are tried on. */
enum { PROCESSES = 6 };
extern const char *const processes[PROCESSES];
#endif
