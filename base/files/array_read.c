/*
 * Arrays in files: which format it is, and the payload that .npy and IDX have in common.
 * It is read and converted in blocks, so that the peak is the array itself; a shape that the file cannot hold is
 * refused before any allocation.
 */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/files/source.h"
#include "base/fail.h"

enum { BLOCK = 1 << 16 };

#define CONVERT(name, ctype)                                                            \
    static void name(const unsigned char *raw, long n, double *v)                       \
    {                                                                                   \
        for (long i = 0; i < n; i++) {                                                  \
            ctype x;                                                                    \
                                                                                        \
            memcpy(&x, raw + i * sizeof x, sizeof x);                                   \
            v[i] = (double)x;                                                           \
        }                                                                               \
    }
CONVERT(from_f8, double)   CONVERT(from_f4, float)
CONVERT(from_i1, int8_t)   CONVERT(from_i2, int16_t)  CONVERT(from_i4, int32_t)  CONVERT(from_i8, int64_t)
CONVERT(from_u1, uint8_t)  CONVERT(from_u2, uint16_t) CONVERT(from_u4, uint32_t) CONVERT(from_u8, uint64_t)

static const type types[] = {
    { "f8", 0x0e, 8, from_f8 }, { "f4", 0x0d, 4, from_f4 },
    { "i1", 0x09, 1, from_i1 }, { "i2", 0x0b, 2, from_i2 }, { "i4", 0x0c, 4, from_i4 }, { "i8", 0, 8, from_i8 },
    { "u1", 0x08, 1, from_u1 }, { "u2", 0,    2, from_u2 }, { "u4", 0,    4, from_u4 }, { "u8", 0, 8, from_u8 },
    { "b1", 0,    1, from_u1 },
};
enum { TYPES = sizeof types / sizeof *types };

const type *type_named(const char *descr)
{
    for (int i = 0; i < TYPES; i++)
        if (!strcmp(types[i].descr, descr))
            return &types[i];
    return NULL;
}

const type *type_coded(int code)
{
    for (int i = 0; i < TYPES; i++)
        if (code && types[i].code == code)
            return &types[i];
    return NULL;
}

int source_broken(source *s)
{
    int code = Z_OK;
    const char *text = s->file ? gzerror(s->file, &code) : NULL;

    if (code == Z_OK || code == Z_STREAM_END)
        return 0;
    if (code == Z_BUF_ERROR)
        return fail("%s: the compressed file is cut off; copy it again", s->path);
    return fail("%s: cannot be read (%s); copy it again", s->path, code == Z_ERRNO ? strerror(errno) : text);
}

/* As gzread does; 0 at the end. */
static int read_some(source *s, void *to, unsigned n)
{
    if (s->file)
        return gzread(s->file, to, n);
    n = n < (unsigned long)(s->size - s->at) ? n : (unsigned)(s->size - s->at);
    memcpy(to, s->memory + s->at, n);
    s->at += n;
    return (int)n;
}

int source_bytes(source *s, const char *part, void *to, unsigned n)
{
    int got = read_some(s, to, n);

    if (got == (int)n)
        return 0;
    if (source_broken(s))
        return -1;
    return fail("%s: the file ends within %s; it is truncated, write it again", s->path, part);
}

/* The number of elements of the shape; -1 where it is none, or more than the rest of the file has room for. */
static long elements(source *s, const type *t, const array *a)
{
    long n = 1, rest = s->size < 0 ? LONG_MAX / 2 : s->size - (s->file ? gztell(s->file) : s->at),
        room = rest / t->size;

    room = room < LONG_MAX / 16 ? room : LONG_MAX / 16;
    for (int i = 0; i < a->dims; i++) {
        if (a->shape[i] == 0)
            return fail("%s: the array is empty (axis %d has length 0); give at least one row and one column", s->path,
                        i + 1);
        if (a->shape[i] > room / n)
            return fail("%s: is truncated, or its header wrong: the shape asks for more numbers than the file holds; "
                        "write it again", s->path);
        n *= a->shape[i];
    }
    if (s->size >= 0 && n * t->size != rest)
        return fail("%s: %ld bytes follow the header where the shape needs %ld; write the file again", s->path, rest,
                    n * t->size);
    return n;
}

static int room_for(array *a, long want, long *have, long most)
{
    long n = want <= *have ? *have : want > 2 * *have ? want : 2 * *have;
    double *v;

    if (n == *have)
        return 0;
    n = n < most ? n : most;
    v = realloc(a->v, n * sizeof *v);
    if (!v)
        return -1;
    a->v = v, *have = n;
    return 0;
}

static void swap_bytes(unsigned char *raw, long n, int size)
{
    for (long i = 0; i < n; i++, raw += size)
        for (int j = 0; j < size / 2; j++) {
            unsigned char c = raw[j];

            raw[j] = raw[size - 1 - j], raw[size - 1 - j] = c;
        }
}

static int all_finite(const source *s, const array *a, long from, long n)
{
    long cols = array_cols(a);

    for (long i = from; i < from + n; i++)
        if (!isfinite(a->v[i]))
            return fail("%s: row %ld, column %ld (counted from 1) is %g; remove or mend such rows", s->path,
                        i / cols + 1, i % cols + 1, a->v[i]);
    return 0;
}

int source_values(source *s, const type *t, int swap, array *a)
{
    unsigned char raw[BLOCK];
    long n = elements(s, t, a), have = 0;

    if (n < 0)
        return -1;
    if (s->size >= 0 && room_for(a, n, &have, n))
        return fail("%s: no memory for its %ld numbers; use a smaller file", s->path, n);
    for (long done = 0, part; done < n; done += part) {
        part = n - done < BLOCK / t->size ? n - done : BLOCK / t->size;
        if (source_bytes(s, "its numbers", raw, part * t->size))
            return -1;
        if (room_for(a, done + part, &have, n))
            return fail("%s: no memory for its %ld numbers; use a smaller file", s->path, n);
        if (swap)
            swap_bytes(raw, part, t->size);
        t->convert(raw, part, a->v + done);
        if (all_finite(s, a, done, part))
            return -1;
    }
    if (read_some(s, raw, 1) > 0)
        return fail("%s: bytes follow the last number of the shape; the file is broken, write it again", s->path);
    return source_broken(s);
}

/* By the first byte: \x93NUMPY, an IDX magic number begins with 0, all else must be text. */
static int read_source(source *s, array *a)
{
    int first = gzgetc(s->file);

    if (first < 0)
        return source_broken(s) ? -1 : fail("%s: the file is empty; give at least one row of numbers", s->path);
    gzungetc(first, s->file);
    if (!gzdirect(s->file))
        s->size = -1;
    return first == 0x93 ? read_npy(s, a) : first == 0 ? read_idx(s, a) : read_text(s, a);
}

int array_read(const char *path, array *a)
{
    struct stat st;
    source s = { .path = path };
    int status;

    *a = (array){ 0 };
    if (stat(path, &st))
        return fail("%s: %s; check the path of the array", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return fail("%s: is a folder; name a file of numbers", path);
    s.size = S_ISREG(st.st_mode) ? (long)st.st_size : -1;
    errno = 0;
    s.file = gzopen(path, "rb");
    if (!s.file)
        return fail("%s: cannot be opened (%s); check its permissions", path, errno ? strerror(errno)
                    : "out of memory");
    gzbuffer(s.file, BLOCK);
    status = read_source(&s, a);
    gzclose(s.file);
    if (status)
        array_free(a);
    return status;
}

long array_rows(const array *a) { return a->dims == 1 ? 1 : a->shape[0]; }

long array_cols(const array *a)
{
    long n = 1;

    for (int i = a->dims > 1; i < a->dims; i++)
        n *= a->shape[i];
    return n;
}

void array_free(array *a)
{
    free(a->v);
    *a = (array){ 0 };
}
