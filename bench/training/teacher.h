/* What a student has from others: the teacher that it is distilled from, and first weights.
 * Keys of [train]: teacher, grid, start. */
#ifndef FOKKER_TEACHER_H
#define FOKKER_TEACHER_H
#include "scores/open.h"
#include "base/files/tensors.h"
#include "scores/training/distil.h"

#define TEACHER_KEYS "teacher", "grid", "start"

typedef struct teacher { model *model; score *field; } teacher;

/* Opens `by`, whose given is set, where the section names a teacher: the field of a model
 * (a shipped one, or a path from the SPEC's folder), on the process of the student's model, over the grid
 * (default ddpm-trailing) to sigma = 0.
 * classes: labels that it will be told, 0: none.  0 or -1. */
int  teacher_open(teacher *, const model *student, section *train, int classes, distil *by);
void teacher_close(teacher *);

/* start = FILE.safetensors: the weights of a network of the same layers that predicts the same, into `file`.
 * 0 or -1. */
int  teacher_start(const model *student, section *train, tensors *file);
#endif
