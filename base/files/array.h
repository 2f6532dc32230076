/* Arrays in files: NumPy .npy (written in float64 and C's order; read in float64, float32, float16, integers and bool,
 * in either byte order and in Fortran's order too), text or CSV, IDX, each also as .gz. */
#ifndef FOKKER_ARRAY_H
#define FOKKER_ARRAY_H

enum { MAX_DIMS = 4 };
typedef struct array { int dims; long shape[MAX_DIMS]; double *v; } array;      /* row-major; v is owned */

/* Reads by what the file is (its first bytes), not by its name.
 * Text: one row a line, separated by blanks, commas or tabs, `#` comments, a header line of words is skipped; a single
 * row or column has dims 2 all the same.
 * NaN and Inf are refused with their place. 0 or -1. */
int array_read(const char *path, array *);

/* .npy where the path ends so, else text with 17 digits (dims 3: a blank line between the first index's parts).
 * Written beside the path and renamed: a reader never sees half a file, and a failure (disk full) leaves
 * what was there. 0 or -1. */
int array_write(const char *path, int dims, const long *shape, const double *v);

/* rows = shape[0], or 1 where dims is 1; columns = the product of the rest. */
long array_rows(const array *);
long array_cols(const array *);
void array_free(array *);

#endif
