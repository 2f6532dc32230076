/* Networks for tests: weights of known shapes filled with normals, and a model file beside them. */
#ifndef FOKKER_NETS_H
#define FOKKER_NETS_H
#include "base/files/tensors.h"

/* rows 0: a vector. The numbers are normals of standard deviation `scale`. */
typedef struct shape { const char *name; int rows, cols; double scale; } shape;

/* A folder of its own with net.ini and net.safetensors. */
typedef struct made { char folder[64], ini[96], weights[96]; } made;

/* The folder alone, and the paths of what is not there yet.  0 or -1. */
int  made_folder(made *);

/* score: what stands in [score] besides kind and file; notes: metadata in pairs, ends with NULL, or NULL; shapes end
 * with { 0 }.  0, or -1 with a reason. */
int  made_open(made *, const char *score, const char *const *notes, const shape *);
void made_close(made *);

/* Another net.ini: the whole text. */
int made_text(const made *, const char *text);
#endif
