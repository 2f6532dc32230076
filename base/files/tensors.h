/*
 * Named tensors in files: what a trained network leaves behind.
 * .safetensors (base/files/safetensors.c) and NumPy's .npz (base/files/npz.c).
 * No more memory is taken than a constant times the size of the file, whatever its header says.
 */
#ifndef FOKKER_TENSORS_H
#define FOKKER_TENSORS_H
#include "base/files/array.h"

/* row-major; a scalar has dims 1, shape 1.  unread: NULL, or the sentence that says why its numbers are not read, v is
 * NULL then: what nobody asks for may be of any type. */
typedef struct tensor { char *name; int dims; long shape[MAX_DIMS]; float *v; char *unread; } tensor;
/* metadata, a value that is no text as JSON writes it; .npz has none */
typedef struct note { char *key, *value; } note;
typedef struct tensors { char *path; int count, notes; tensor *tensor; note *note; } tensors;

/* Reads by what the file is (its first bytes).  float64, float16, bfloat16, integers and bool become float.
 * A tensor of another type, without numbers, with more than MAX_DIMS axes, or with NaN or Inf stays unread.
 * Tensors are sorted by name.  0, or -1 with everything freed. */
int tensors_read(const char *path, tensors *);

/* A .safetensors of float32, beside the path and renamed.  0 or -1. */
int tensors_write(const char *path, const tensors *);
void tensors_free(tensors *);

/* NULL where there is none whose numbers were read.  tensors_find wants tensors sorted, as they are after
 * tensors_read and tensors_sort. */
const tensor *tensors_find(const tensors *, const char *name);
const char *tensors_note(const tensors *, const char *key);

/* -1 with a sentence where one of that name is there whose numbers were not read; else 0. */
int tensors_refused(const tensors *, const char *name);

/* The tensor nearest in name, for a sentence; "" where there is none at all. */
const char *tensors_nearest(const tensors *, const char *name);

/* Those who make tensors: starting from { 0 } or { .path = strdup(...) }, one more tensor with room for its numbers
 * (not set), or a note.  NULL, -1: no memory. */
tensor *tensors_add(tensors *, const char *name, int dims, const long *shape);
int tensors_add_note(tensors *, const char *key, const char *value);

/* By name; -1 where a name stands twice. */
int tensors_sort(tensors *);
long tensor_size(const tensor *);
#endif
