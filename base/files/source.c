/* Bytes one after the other: from a file that may be compressed, from a part of one; and numbers among them. */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/files/source.h"

/* ---- a part of a file ---- */

int bytes_at(const bytes *b, long at, void *to, long n)
{
    char *out = to;

    while (n > 0) {
        ssize_t got = pread(b->fd, out, n, at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail("%s: cannot be read (%s); copy it again", b->path, got ? strerror(errno)
                        : "it became shorter meanwhile");
        out += got, at += got, n -= got;
    }
    return 0;
}

static int spoilt(const source *s)
{
    return fail("%s: its compressed bytes are broken; the file was damaged, copy it again", s->path);
}

static long read_stored(source *s, void *to, long n)
{
    part_source *p = (part_source *)s;

    n = n < p->left ? n : p->left;
    if (bytes_at(p->of, p->at, to, n))
        return -1;
    p->at += n, p->left -= n;
    return n;
}

static long read_deflated(source *s, void *to, long n)
{
    part_source *p = (part_source *)s;

    n = n < s->size - s->at ? n : s->size - s->at;
    p->z.next_out = to, p->z.avail_out = (unsigned)n;
    while (p->z.avail_out && !p->ended) {
        int code;

        if (!p->z.avail_in) {
            long more = p->left < PART_BLOCK ? p->left : PART_BLOCK;

            if (bytes_at(p->of, p->at, p->in, more))
                return -1;
            p->at += more, p->left -= more;
            p->z.next_in = p->in, p->z.avail_in = (unsigned)more;
        }
        code = inflate(&p->z, Z_NO_FLUSH);
        p->ended = code == Z_STREAM_END;
        if (code != Z_OK && !p->ended)
            return spoilt(s);
    }
    return n - p->z.avail_out;
}

/* In pieces that zlib can count. */
static long read_part(source *s, void *to, long n)
{
    part_source *p = (part_source *)s;
    long done = 0, got = 1;

    while (done < n && got > 0) {
        long piece = n - done < 1 << 30 ? n - done : 1 << 30;

        got = (p->deflated ? read_deflated : read_stored)(s, (char *)to + done, piece);
        if (got < 0)
            return -1;
        p->crc = crc32(p->crc, (unsigned char *)to + done, (unsigned)got);
        done += got, s->at += got;
    }
    return done;
}

int part_open(part_source *p, const bytes *of, const char *path, long at, long packed, long size, int deflated)
{
    memset(p, 0, offsetof(part_source, in));
    p->s = (source){ .path = path, .size = size, .read = read_part };
    p->of = of, p->at = at, p->left = packed, p->deflated = deflated;
    return deflated && inflateInit2(&p->z, -MAX_WBITS) != Z_OK ? fail("%s: no memory to unpack it", path) : 0;
}

void part_close(part_source *p)
{
    if (p->deflated)
        inflateEnd(&p->z);
}

/* ---- any source ---- */

int source_bytes(source *s, const char *part, void *to, long n)
{
    long got = s->read(s, to, n);

    if (got < 0)
        return -1;
    return got == n ? 0 : fail("%s: the file ends within %s; it is truncated, write it again", s->path, part);
}

int source_ends(source *s)
{
    char more;
    long got = s->read(s, &more, 1);

    if (got > 0)
        return fail("%s: bytes follow the last number of the shape; the file is broken, write it again", s->path);
    return got < 0 ? -1 : 0;
}

long source_elements(source *s, const layout *l)
{
    long n = 1, size = l->type->size, rest = s->size < 0 ? LONG_MAX / 2 : s->size - s->at, room = rest / size;

    room = room < LONG_MAX / 16 ? room : LONG_MAX / 16;
    for (int i = 0; i < l->dims; i++) {
        if (l->shape[i] == 0)
            return fail("%s: the array is empty (axis %d has length 0); give at least one row and one column", s->path,
                        i + 1);
        if (l->shape[i] > room / n)
            return fail("%s: is truncated, or its header wrong: the shape asks for more numbers than the file holds; "
                        "write it again", s->path);
        n *= l->shape[i];
    }
    if (s->size >= 0 && n * size != rest)
        return fail("%s: %ld bytes follow the header where the shape needs %ld; write the file again", s->path, rest,
                    n * size);
    return n;
}

static int machine_is_big_endian(void)
{
    const unsigned short one = 1;
    unsigned char first;

    memcpy(&first, &one, 1);
    return !first;
}

static void swap_bytes(unsigned char *raw, long n, int size)
{
    for (long i = 0; i < n; i++, raw += size)
        for (int j = 0; j < size / 2; j++) {
            unsigned char c = raw[j];

            raw[j] = raw[size - 1 - j], raw[size - 1 - j] = c;
        }
}

int source_numbers(source *s, const layout *l, long n, double *v)
{
    unsigned char raw[NUMBERS_BLOCK];

    if (source_bytes(s, "its numbers", raw, n * l->type->size))
        return -1;
    if (l->big_endian != machine_is_big_endian())
        swap_bytes(raw, n, l->type->size);
    l->type->convert(raw, n, v);
    return 0;
}

/* ---- Fortran's order ---- */

void fortran_begin(fortran_walk *w, const layout *of)
{
    *w = (fortran_walk){ .of = of };
    for (long d = of->dims - 1, n = 1; d >= 0; n *= of->shape[d--])
        w->stride[d] = n;
}

void fortran_next(fortran_walk *w)
{
    for (int d = 0; d < w->of->dims; d++) {
        w->at += w->stride[d];
        if (++w->index[d] < w->of->shape[d])
            return;
        w->at -= w->stride[d] * w->index[d];
        w->index[d] = 0;
    }
}
