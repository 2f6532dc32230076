/* What the readers of arrays and of tensors share: bytes that come one after the other, whatever they lie in, and
 * numbers of one type among them. */
#ifndef FOKKER_SOURCE_H
#define FOKKER_SOURCE_H
#include <zlib.h>
#include "base/files/array.h"

/* read gives up to n bytes, fewer only before the end, 0 there, -1 with a sentence where the file is broken.
 * size: bytes in all; -1: not known before the end (compressed, pipe).  at: bytes read. */
typedef struct source source;
struct source {
    const char *path;
    long size, at;
    long (*read)(source *, void *to, long n);
};

/* A file, a pipe or a .gz. */
typedef struct gz_source { source s; gzFile file; } gz_source;

/* An open file in which one reads anywhere; no more of it is in memory than was asked for. */
typedef struct bytes { const char *path; int fd; long size; } bytes;

/* n bytes from `at` on.  0 or -1. */
int bytes_at(const bytes *, long at, void *to, long n);

/* A part of it, stored or deflated: `packed` bytes from `at` on, which give s.size. */
enum { PART_BLOCK = 1 << 16 };
typedef struct part_source {
    source s;
    const bytes *of;
    long at, left;                              /* the next packed byte, how many there are */
    int deflated, ended;
    unsigned long crc;                          /* of what was read */
    z_stream z;
    unsigned char in[PART_BLOCK];
} part_source;

/* path: for sentences, must live on.  part_close follows an open that gave 0. */
int part_open(part_source *, const bytes *, const char *path, long at, long packed, long size, int deflated);
void part_close(part_source *);

/* How a number lies in a file: descr as NumPy names it, without the byte order, dtype as .safetensors does (NULL: it
 * does not), code as IDX numbers it (0: it does not). */
typedef struct type {
    const char *descr, *dtype;
    int code, size;
    void (*convert)(const unsigned char *raw, long n, double *v);       /* in this machine's byte order */
} type;

const type *type_named(const char *descr);          /* NULL: there is none */
const type *type_of_dtype(const char *dtype);
const type *type_coded(int code);

/* An array in a file: shape has dims lengths, the first index fastest where `fortran`. */
typedef struct layout { const type *type; int big_endian, fortran, dims; long shape[MAX_DIMS]; } layout;

/* n bytes; 0, or -1 where the source ends or breaks before, with `part` as what is missing. */
int source_bytes(source *, const char *part, void *to, long n);

/* The next n numbers, which with their raw bytes fit into NUMBERS_BLOCK bytes. */
enum { NUMBERS_BLOCK = 1 << 16 };
int source_numbers(source *, const layout *, long n, double *v);

/* The number of elements, which are all that follows; -1: it is none, or more than the rest has room for. */
long source_elements(source *, const layout *);

/* That nothing follows. */
int source_ends(source *);

/* The rest of the source, which is exactly this array; memory grows no faster than what was read. */
int source_values(source *, const layout *, array *);

/* Where the elements of a Fortran array go in the order of the file. */
typedef struct fortran_walk { const layout *of; long stride[MAX_DIMS], index[MAX_DIMS], at; } fortran_walk;
void fortran_begin(fortran_walk *, const layout *);
void fortran_next(fortran_walk *);

/* The header of a .npy; its numbers follow. */
int npy_header(source *, layout *);

int read_idx(source *, array *);
int read_text(gz_source *, array *);

/* An error of zlib (a broken .gz, a read error) as a sentence; 0 where there was none. */
int gz_broken(const gz_source *);

#endif
