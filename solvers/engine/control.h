/* How own steps are chosen, row by row, from the error of the step just tried: for the driver in adapt.c. */
#ifndef FOKKER_CONTROL_H
#define FOKKER_CONTROL_H
#include "solvers/step.h"

/* The step to begin with, on the axis of the method's own steps whose whole length is span. */
double control_start(const drive *, const level *from, double span);

/* Fills e_now, every group's error in units of its tolerance, and factor, by which its step grows or shrinks. */
void control_judge(drive *);

/* Whether group g's step stands. */
int control_accepts(const drive *, int g);

/* What the next step's judgement needs to know of group g's step that stands. */
void control_keep(drive *, int g);
#endif
