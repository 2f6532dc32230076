/* How own steps are chosen, row by row, from the error of the step just tried: for the driver in adapt.c. */
#ifndef FOKKER_CONTROL_H
#define FOKKER_CONTROL_H
#include "solvers/solver.h"

/* The controller of the run's method, its `control`. */
enum control control_of(const run *);

/* The step to begin with, on the axis of the method's own steps whose whole length is span. */
double control_start(const run *, const level *from, double span);

/* Fills r->e_now, every group's error in units of its tolerance, and r->factor, by which its step grows or shrinks. */
void control_judge(run *);

/* Whether group g's step stands. */
int control_accepts(const run *, int g);

/* What the next step's judgement needs to know of group g's step that stands. */
void control_keep(run *, int g);
#endif
