/* The archive of arrays that other programs were given and returned: tests/golden/arrays.txt.gz (README.md there). */
#ifndef FOKKER_GOLDEN_H
#define FOKKER_GOLDEN_H
#include <stddef.h>
#include "base/files/array.h"

typedef struct golden golden;

/* Where a file of the folder is: beside the models. */
void golden_path(const char *file, char *path, size_t size);

/* From tests/golden in the folder above $FOKKER_MODELS.  NULL on failure. */
golden *golden_open(void);
void golden_close(golden *);

/* A block by its name; owned by the archive.  NULL, with a reason, where there is none. */
const array *golden_find(const golden *, const char *name);

/* A table of the folder, tab-separated: calls f with each row's cells, the header left out.
 * The number of rows, or -1. */
int golden_table(const char *name, int cells, void (*f)(char *const *cell, void *with), void *with);

#endif
