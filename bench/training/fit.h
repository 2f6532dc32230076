/* A training run: what a SPEC asks, the state of it, steps, checkpoints. */
#ifndef FOKKER_FIT_H
#define FOKKER_FIT_H
#include "bench/training/teacher.h"
#include "scores/training/adam.h"
#include "scores/training/dsm.h"

enum { CURVE = 200 };                       /* points of the curve of the loss */

typedef struct fit {
    model *model;
    const char *path;                       /* of the weights, the caller's */
    char *program;                          /* and the machine that make the weights, a line each */
    char *spec;                             /* all that decides the result, a line `section.key = value` each */
    /* the network as it began; the names and shapes, and what sampling needs as notes */
    tensors file;
    net *net;
    dsm goal;
    teacher teacher;                        /* of a distillation */
    args wrap;                              /* of precond around the net, where [net] has one */
    adam run;
    float *workspace, *grad;                     /* weights, EMA, two moments; a gradient a slice */
    desk *desk;
    int desks;
    /* done, of so many; between points of the curve; step of the last checkpoint, -1: none */
    long step, steps, every, saved;
    double loss, sum;                       /* of the last step; since the last point of the curve */
    float curve[CURVE + 1][2];              /* step, mean loss since the last point */
} fit;

/* Whether it begins, or goes on from the file; with another program or processor only where that is meant, since the
 * weights may then differ in their last digits. */
enum going_on { BEGIN, RESUME, RESUME_ANYWAY };

/* The SPEC (a model file with [net] and [train]) before its first step, or as the file at `path` has it.  0 or -1. */
int  fit_open(fit *, const char *spec, const char *path, enum going_on);
/* The same with a SPEC whose teacher may start a program or load an object: TRUST_FILES (models/trust.h). */
int  fit_open_by(fit *, const char *spec, const char *path, enum going_on, enum trust);
void fit_close(fit *);

/* One step; -1 where the law or the teacher fails, or the loss or the gradient is not finite. */
int  fit_step(fit *);

/* Points of the curve so far. */
long fit_points(const fit *);

/* The file at `path`: EMA weights and notes, and until the last step what is needed to go on.  0 or -1. */
int  fit_save(fit *);

#endif
