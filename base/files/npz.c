/*
 * NumPy's .npz: a zip archive of .npy files, stored (numpy.savez) or deflated (numpy.savez_compressed), of any size.
 * The central directory at its end says what there is: sizes are taken from there, since local headers may leave them
 * to what follows the bytes.  What 32 bits cannot hold stands in zip64's records.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "base/files/tensors_read.h"

enum { END = 22, ENTRY = 46, LOCAL = 30, LOCATOR = 20, END64 = 56, COMMENT = 65535, STORED = 0, DEFLATED = 8,
       NAME = 1024, EXTRA64 = 1 };
enum { RATIO = 1032 };                              /* no deflated byte becomes more */
#define IN_EXTRA 0xffffffffUL                       /* instead of a number: it stands in zip64's extra field */

/* list: the central directory, `size` bytes of memory. */
typedef struct archive { tensors *all; const bytes *file; unsigned char *list; long size; } archive;
typedef struct member { char name[NAME]; int method, flags; unsigned long crc, packed, plain, at; } member;

static unsigned long little(const unsigned char *p, int n)
{
    unsigned long v = 0;

    while (n--)
        v = v << 8 | p[n];
    return v;
}

static int broken(const archive *a)
{
    return fail("%s: the zip archive is broken or cut off; write it again with numpy.savez", a->all->path);
}

/* ---- the directory ---- */

/* Of the record at `end`: how many entries the directory has, its size and where it begins. */
static int read_end(const archive *a, const unsigned char *p, long end, unsigned long of[3])
{
    unsigned char locator[LOCATOR], more[END64];
    unsigned long at;

    of[0] = little(p + 10, 2), of[1] = little(p + 12, 4), of[2] = little(p + 16, 4);
    if (of[0] != 0xffff && of[1] != IN_EXTRA && of[2] != IN_EXTRA)
        return 0;
    if (end < LOCATOR || bytes_at(a->file, end - LOCATOR, locator, LOCATOR))
        return broken(a);
    if (memcmp(locator, "PK\6\7", 4))
        return 0;                                   /* no zip64: 65535 entries */
    at = little(locator + 8, 8);
    if (at > (unsigned long)end || end - (long)at < END64 || bytes_at(a->file, (long)at, more, END64)
        || memcmp(more, "PK\6\6", 4))
        return broken(a);
    of[0] = little(more + 32, 8), of[1] = little(more + 40, 8), of[2] = little(more + 48, 8);
    return 0;
}

/* The directory into memory, *n its entries. */
static int read_directory(archive *a, unsigned long *n)
{
    long size = a->file->size, tail = size < END + COMMENT ? size : END + COMMENT, at = tail - END;
    unsigned char *last = malloc(tail + 1);
    unsigned long of[3] = { 0 };
    int status = last ? bytes_at(a->file, size - tail, last, tail) : fail("%s: out of memory", a->all->path);

    while (!status && at >= 0 && memcmp(last + at, "PK\5\6", 4))
        at--;
    if (!status)
        status = at < 0 ? broken(a) : read_end(a, last + at, size - tail + at, of);
    free(last);
    if (status)
        return -1;
    *n = of[0], a->size = (long)of[1];
    if (of[1] > (unsigned long)size || of[2] > (unsigned long)size - of[1])
        return broken(a);
    if (!(a->list = malloc(of[1] + 1)))
        return fail("%s: no memory for its directory", a->all->path);
    return bytes_at(a->file, (long)of[2], a->list, a->size);
}

/* The numbers that stand in zip64's extra field, in this order where they are there. */
static int read_extra(const archive *a, const unsigned char *p, long n, member *m)
{
    unsigned long *const wanted[] = { &m->plain, &m->packed, &m->at };

    while (n >= 4) {
        long size = (long)little(p + 2, 2), at = 4;

        if (size > n - 4)
            break;
        for (int i = 0; little(p, 2) == EXTRA64 && i < 3; i++)
            if (*wanted[i] == IN_EXTRA) {
                if (at + 8 > size + 4)
                    return broken(a);
                *wanted[i] = little(p + at, 8), at += 8;
            }
        p += size + 4, n -= size + 4;
    }
    return 0;
}

/* The entry at *at of the directory, which moves on. */
static int read_entry(const archive *a, long *at, member *m)
{
    const unsigned char *p = a->list + *at;
    long name, extra, comment;

    if (*at > a->size - ENTRY || memcmp(p, "PK\1\2", 4))
        return broken(a);
    name = (long)little(p + 28, 2), extra = (long)little(p + 30, 2), comment = (long)little(p + 32, 2);
    if (*at > a->size - ENTRY - name - extra - comment)
        return broken(a);
    *m = (member){ .flags = (int)little(p + 8, 2), .method = (int)little(p + 10, 2), .crc = little(p + 16, 4),
                   .packed = little(p + 20, 4), .plain = little(p + 24, 4), .at = little(p + 42, 4) };
    snprintf(m->name, sizeof m->name, "%.*s", (int)name, (const char *)p + ENTRY);
    *at += ENTRY + name + extra + comment;
    return read_extra(a, p + ENTRY + name, extra, m);
}

/* ---- members ---- */

/* Where the packed bytes of m begin; -1 where the archive has no room for them. */
static long packed_at(const archive *a, const member *m)
{
    unsigned long size = a->file->size, from;
    unsigned char p[LOCAL];

    if (m->at > size || size - m->at < LOCAL || bytes_at(a->file, (long)m->at, p, LOCAL) || memcmp(p, "PK\3\4", 4))
        return broken(a);
    from = m->at + LOCAL + little(p + 26, 2) + little(p + 28, 2);
    if (from > size || m->packed > size - from || (m->method == STORED && m->plain != m->packed)
        || (m->method == DEFLATED && m->plain / RATIO > m->packed))
        return broken(a);
    return (long)from;
}

/* What is left, for the checksum. */
static int drain(source *s)
{
    char rest[4096];
    long got;

    while ((got = s->read(s, rest, sizeof rest)) > 0)
        ;
    return (int)got;
}

/* A header that is no .npy's leaves the tensor unread, unless it is the damage that the checksum shows. */
static int take_member(const archive *a, const member *m, part_source *from)
{
    layout l;
    int left = npy_header(&from->s, &l), status = left ? tensors_leave(a->all, m->name)
        : tensors_take(a->all, m->name, &from->s, &l);

    if (!status)
        status = drain(&from->s);
    if (!status && from->crc != m->crc)
        status = fail("%s: its checksum does not fit; the file was damaged, copy it again", from->s.path);
    return status;
}

/* A member that is no .npy has no numbers for us. */
static int read_member(const archive *a, member *m, part_source *from)
{
    char path[2 * NAME];
    size_t len = strlen(m->name);
    long at = packed_at(a, m);
    int status;

    if (at < 0)
        return -1;
    if (len < 5 || strcmp(m->name + len - 4, ".npy"))
        return 0;
    m->name[len - 4] = 0;
    snprintf(path, sizeof path, "%s: %s", a->all->path, m->name);
    if (m->flags & 1 || (m->method != STORED && m->method != DEFLATED)) {
        fail("%s: is encrypted or packed by another method than zip's own (%d); write it again with numpy.savez", path,
             m->method);
        return tensors_leave(a->all, m->name);
    }
    if (part_open(from, a->file, path, at, (long)m->packed, (long)m->plain, m->method == DEFLATED))
        return -1;
    status = take_member(a, m, from);
    part_close(from);
    return status;
}

/* Members share no byte, as in any archive that was written by a program: no more is unpacked than all there is. */
static int read_members(const archive *a, unsigned long n, part_source *from)
{
    unsigned long sum = 0;
    long at = 0;
    member m = { .name = "" };

    for (unsigned long i = 0; i < n; i++) {
        if (read_entry(a, &at, &m))
            return -1;
        if (m.packed > (unsigned long)a->file->size - sum)
            return broken(a);
        sum += m.packed;
        if (read_member(a, &m, from))
            return -1;
    }
    return a->all->count ? 0 : fail("%s: holds no .npy%s%.80s; save the state dict with numpy.savez or safetensors",
                                    a->all->path, n ? ", but " : "", m.name);
}

int read_npz(tensors *all, const bytes *file)
{
    archive a = { .all = all, .file = file };
    part_source *from = malloc(sizeof *from);
    unsigned long n = 0;
    int status = !from ? fail("%s: out of memory", all->path)
        : read_directory(&a, &n) || read_members(&a, n, from) ? -1 : 0;

    free(from), free(a.list);
    return status;
}
