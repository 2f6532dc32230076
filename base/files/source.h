/* What the readers of models/array*.c share: the file that is being read, and a payload of numbers of one type. */
#ifndef FOKKER_SOURCE_H
#define FOKKER_SOURCE_H
#include <zlib.h>
#include "base/files/array.h"

/* gzopen reads plain files and pipes too.  size: bytes of a plain regular file; -1: not known before the end
 * (compressed, pipe).  file NULL: the source is the `size` bytes of memory, of which `at` are read. */
typedef struct source { const char *path; gzFile file; long size; const unsigned char *memory; long at; } source;

/* How a number lies in the file: descr as NumPy names it, without the byte order; code as IDX numbers it (0: it does
 * not). */
typedef struct type {
    const char *descr;
    int code, size;
    void (*convert)(const unsigned char *raw, long n, double *v);
} type;

const type *type_named(const char *descr);          /* NULL: there is none */
const type *type_coded(int code);

/* n bytes; 0, or -1 where the file ends or breaks before, with `part` as what is missing. */
int source_bytes(source *, const char *part, void *to, unsigned n);

/* The rest of the file: exactly the numbers of a->shape, converted as they come into a->v; memory grows no faster than
 * what was read.  swap: big endian. */
int source_values(source *, const type *, int swap, array *a);

/* An error of zlib (a broken .gz, a read error) as a sentence; 0 where there was none. */
int source_broken(source *);

int read_npy(source *, array *);
int read_idx(source *, array *);
int read_text(source *, array *);

#endif
