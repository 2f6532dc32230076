/* Langevin correctors: what pc.c passes on to them. */
#ifndef FOKKER_LANGEVIN_H
#define FOKKER_LANGEVIN_H
#include "solvers/step.h"

/* The parameters that every corrector begins with; a step from b to b corrects at b. */
enum { CORRECT_SNR, CORRECT_STEPS, CORRECT_OWN };
#define CORRECT_PARAMS [CORRECT_SNR] = { "snr", "signal to noise ratio that sets the size of a step", NULL, 0.16, \
                                         1e-6, 100 }, \
    [CORRECT_STEPS] = { "steps", "Langevin steps at a level", NULL, 1, 0, 1000, 1 }

/* Whether this solver is one. */
int corrector(const solver *);
#endif
