/*
 * NumPy's .npz: a zip archive of .npy files, stored (numpy.savez) or deflated (numpy.savez_compressed).
 * The central directory at its end
 * says what there is: sizes are taken from there, since numpy's local headers leave them open.
 * No encryption, no archive above 4 GB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/files/source.h"
#include "base/fail.h"
#include "base/files/tensors.h"

enum { END = 22, ENTRY = 46, LOCAL = 30, COMMENT = 65535, STORED = 0, DEFLATED = 8, NAME = 1024 };
enum { RATIO = 1032 };                              /* no deflated byte becomes more */

typedef struct archive { tensors *all; const unsigned char *file; long size; } archive;
typedef struct member { char name[NAME]; int method, flags; unsigned long crc, packed, plain, at; } member;

static unsigned long little(const unsigned char *p, int n)
{
    unsigned long v = 0;

    while (n--)
        v = v << 8 | p[n];
    return v;
}

static int broken(const archive *a) { return fail("%s: the zip archive is broken or cut off; write it again with "
                                                  "numpy.savez", a->all->path); }

/* Where the directory begins, *n its entries; -1: there is none. */
static long directory(const archive *a, int *n)
{
    for (long at = a->size - END; at >= 0 && at >= a->size - END - COMMENT; at--) {
        const unsigned char *p = a->file + at;

        if (memcmp(p, "PK\5\6", 4))
            continue;
        *n = (int)little(p + 10, 2);
        return (long)little(p + 16, 4) > at ? -1 : (long)little(p + 16, 4);
    }
    return -1;
}

/* The entry at *at of the directory, which moves on. */
static int read_entry(const archive *a, long *at, member *m)
{
    const unsigned char *p = a->file + *at;
    long name, more;

    if (*at > a->size - ENTRY || memcmp(p, "PK\1\2", 4))
        return broken(a);
    name = (long)little(p + 28, 2), more = (long)(little(p + 30, 2) + little(p + 32, 2));
    if (*at > a->size - ENTRY - name - more)
        return broken(a);
    *m = (member){ .flags = (int)little(p + 8, 2), .method = (int)little(p + 10, 2), .crc = little(p + 16, 4),
                   .packed = little(p + 20, 4),
                   .plain = little(p + 24, 4), .at = little(p + 42, 4) };
    snprintf(m->name, sizeof m->name, "%.*s", (int)name, (const char *)p + ENTRY);
    *at += ENTRY + name + more;
    if (m->flags & 1)
        return fail("%s: %.80s is encrypted; write it again with numpy.savez", a->all->path, m->name);
    if (m->method != STORED && m->method != DEFLATED)
        return fail("%s: %.80s is packed by method %d; write it again with numpy.savez", a->all->path, m->name,
                    m->method);
    return 0;
}

/* The packed bytes of m; NULL with a sentence where the archive has no room for them. */
static const unsigned char *packed(const archive *a, const member *m)
{
    unsigned long size = a->size, from;
    const unsigned char *p = a->file + m->at;

    if (m->at > size || size - m->at < LOCAL || memcmp(p, "PK\3\4", 4))
        return broken(a), NULL;
    from = m->at + LOCAL + little(p + 26, 2) + little(p + 28, 2);
    if (from > size || m->packed > size - from || (m->method == STORED && m->plain != m->packed) || m->plain / RATIO
        > m->packed)
        return broken(a), NULL;
    return a->file + from;
}

static int inflate_all(const unsigned char *from, const member *m, unsigned char *to)
{
    z_stream z = { .next_in = (unsigned char *)from, .avail_in = (unsigned)m->packed, .next_out = to,
                   .avail_out = (unsigned)m->plain };
    int code;

    if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
        return -1;
    code = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    return code == Z_STREAM_END && z.total_out == m->plain ? 0 : -1;
}

static int add_array(const archive *a, const member *m, const unsigned char *plain)
{
    char path[2 * NAME];
    source s = { .path = path, .size = (long)m->plain, .memory = plain };
    array v = { 0 };
    tensor *t;
    int status;

    snprintf(path, sizeof path, "%s: %s", a->all->path, m->name);
    if (crc32(0, plain, (unsigned)m->plain) != m->crc)
        return fail("%s: its checksum does not fit; the file was damaged, copy it again", path);
    if (!(status = read_npy(&s, &v)) && (t = tensors_add(a->all, m->name, v.dims, v.shape)))
        for (long i = 0, n = tensor_size(t); i < n; i++)
            t->v[i] = (float)v.v[i];
    else
        status = -1;
    array_free(&v);
    return status;
}

static int read_member(const archive *a, member *m)
{
    const unsigned char *from = packed(a, m);
    size_t len = strlen(m->name);
    unsigned char *plain = NULL;
    int status;

    if (!from)
        return -1;
    if (len < 5 || strcmp(m->name + len - 4, ".npy"))
        return fail("%s: holds %.80s, which is no .npy; save the state dict alone, with numpy.savez", a->all->path,
                    m->name);
    m->name[len - 4] = 0;
    if (m->method == DEFLATED && !(plain = malloc(m->plain + 1)))
        return fail("%s: no memory for %.80s", a->all->path, m->name);
    status = plain && inflate_all(from, m, plain) ? broken(a) : add_array(a, m, plain ? plain : from);
    free(plain);
    return status;
}

/* Members share no byte, as in any archive that was written by a program: no more is unpacked than all there is. */
int read_npz(tensors *all, const unsigned char *file, long size)
{
    archive a = { all, file, size };
    int n = 0;
    long at = directory(&a, &n), sum = 0;

    if (at < 0)
        return broken(&a);
    for (int i = 0; i < n; i++) {
        member m;

        if (read_entry(&a, &at, &m))
            return -1;
        if ((sum += (long)m.packed) > size)
            return broken(&a);
        if (read_member(&a, &m))
            return -1;
    }
    return 0;
}
