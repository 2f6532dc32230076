/*
 * Arrays in files: which format it is, and its numbers.
 * They are read and converted in blocks, so that the peak is the array itself (twice that in Fortran's order); a shape
 * that the file cannot hold is refused before any allocation.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/fail.h"
#include "base/files/bom.h"
#include "base/files/source.h"

enum { GZ_BLOCK = 1 << 16 };

int gz_broken(const gz_source *g)
{
    int code = Z_OK;
    const char *text = gzerror(g->file, &code);

    if (code == Z_OK || code == Z_STREAM_END)
        return 0;
    if (code == Z_BUF_ERROR)
        return fail("%s: the compressed file is cut off; copy it again", g->s.path);
    return fail("%s: cannot be read (%s); copy it again", g->s.path, code == Z_ERRNO ? strerror(errno) : text);
}

static long read_gz(source *s, void *to, long n)
{
    gz_source *g = (gz_source *)s;
    int got = gzread(g->file, to, (unsigned)n);

    if (got < n && gz_broken(g))
        return -1;
    s->at += got > 0 ? got : 0;
    return got > 0 ? got : 0;
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

static int all_finite(const source *s, const array *a, long n)
{
    long cols = array_cols(a);

    for (long i = 0; i < n; i++)
        if (!isfinite(a->v[i]))
            return fail("%s: row %ld, column %ld (counted from 1) is %g; remove or mend such rows", s->path,
                        i / cols + 1, i % cols + 1, a->v[i]);
    return 0;
}

static int no_room(const source *s, long n)
{
    return fail("%s: no memory for its %ld numbers; use a smaller file", s->path, n);
}

/* From Fortran's order into ours. */
static int last_index_fastest(const source *s, const layout *l, array *a, long n)
{
    double *v = malloc(n * sizeof *v);
    fortran_walk to;

    if (!v)
        return no_room(s, n);
    fortran_begin(&to, l);
    for (long i = 0; i < n; i++, fortran_next(&to))
        v[to.at] = a->v[i];
    free(a->v);
    a->v = v;
    return 0;
}

int source_values(source *s, const layout *l, array *a)
{
    long n = source_elements(s, l), have = 0;

    if (n < 0)
        return -1;
    a->dims = l->dims;
    memcpy(a->shape, l->shape, sizeof l->shape);
    if (s->size >= 0 && room_for(a, n, &have, n))
        return no_room(s, n);
    for (long done = 0, part; done < n; done += part) {
        part = n - done < NUMBERS_BLOCK / l->type->size ? n - done : NUMBERS_BLOCK / l->type->size;
        if (room_for(a, done + part, &have, n))
            return no_room(s, n);
        if (source_numbers(s, l, part, a->v + done))
            return -1;
    }
    if (source_ends(s))
        return -1;
    if (l->fortran && l->dims > 1 && last_index_fastest(s, l, a, n))
        return -1;
    return all_finite(s, a, n);
}

static int read_npy(source *s, array *a)
{
    layout l;

    return npy_header(s, &l) || source_values(s, &l, a) ? -1 : 0;
}

/* By the first byte: \x93NUMPY, an IDX magic number begins with 0, all else must be text. */
static int read_source(gz_source *g, array *a)
{
    int first = gzgetc(g->file);

    if (first < 0)
        return gz_broken(g) ? -1 : fail("%s: the file is empty; give at least one row of numbers", g->s.path);
    gzungetc(first, g->file);
    if (!gzdirect(g->file))
        g->s.size = -1;
    if (first >= 0xfe)                              /* what neither UTF-8 nor any other format begins with */
        return fail("%s: " SAVE_AS_UTF8, g->s.path);
    return first == 0x93 ? read_npy(&g->s, a) : first == 0 ? read_idx(&g->s, a) : read_text(g, a);
}

int array_read(const char *path, array *a)
{
    struct stat st;
    gz_source g = { .s = { .path = path, .read = read_gz } };
    int status;

    *a = (array){ 0 };
    if (stat(path, &st))
        return fail("%s: %s; check the path of the array", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return fail("%s: is a folder; name a file of numbers", path);
    g.s.size = S_ISREG(st.st_mode) ? (long)st.st_size : -1;
    errno = 0;
    g.file = gzopen(path, "rb");
    if (!g.file)
        return fail("%s: cannot be opened (%s); check its permissions", path, errno ? strerror(errno)
                    : "out of memory");
    gzbuffer(g.file, GZ_BLOCK);
    status = read_source(&g, a);
    gzclose(g.file);
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
