/* Files as other programs write them. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "base/files/array.h"
#include "tests/suite.h"
#include "tests/support/packed.h"

static char box[64];

const char *in_box(const char *name)
{
    static char path[8][160];
    static int next;

    if (!*box) {
        strcpy(box, "/tmp/fokker-files-XXXXXX");
        CU_ASSERT_FATAL(mkdtemp(box) != NULL);
    }
    next = (next + 1) % 8;
    snprintf(path[next], sizeof *path, "%s/%s", box, name);
    return path[next];
}

const char *file_of(const char *name, const void *bytes, size_t n)
{
    const char *path = in_box(name);
    FILE *f = fopen(path, "wb");

    CU_ASSERT_FATAL(f != NULL);
    CU_ASSERT(fwrite(bytes, 1, n, f) == n);
    fclose(f);
    return path;
}

const char *text_of(const char *name, const char *text) { return file_of(name, text, strlen(text)); }

const char *gz_of(const char *name, const void *bytes, size_t n)
{
    const char *path = in_box(name);
    gzFile f = gzopen(path, "wb");

    CU_ASSERT_FATAL(f != NULL);
    CU_ASSERT(gzwrite(f, bytes, n) == (int)n);
    gzclose(f);
    return path;
}

void the_folder_is_left_clean(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -r %s", box);
    CU_ASSERT(system(command) == 0);
    *box = 0;
}

void expect(const char *path, int dims, const long *shape, const double *v)
{
    array a;
    long n = 1;

    if (must(array_read(path, &a)))
        return;
    CU_ASSERT_EQUAL_FATAL(a.dims, dims);
    for (int i = 0; i < dims; n *= shape[i++])
        CU_ASSERT_EQUAL_FATAL(a.shape[i], shape[i]);
    CU_ASSERT(!memcmp(a.v, v, n * sizeof *v));
    array_free(&a);
}

static char *little(char *to, int n, uint64_t v)
{
    for (int i = 0; i < n; i++)
        *to++ = (char)(v >> 8 * i);
    return to;
}

static char *copied(char *to, const void *from, size_t n)
{
    memcpy(to, from, n);
    return to + n;
}

size_t npy_of(char *out, int version, const char *header, const void *data, size_t n)
{
    char *to = copied(out, "\x93NUMPY", 6);

    to = little(to, 1, version), to = little(to, 1, 0), to = little(to, version == 1 ? 2 : 4, strlen(header));
    to = copied(to, header, strlen(header));
    return (n ? copied(to, data, n) : to) - out;
}

/* Of half precision: sign, 5 bits of exponent, 10 of fraction; v is a normal number of it. */
static uint64_t half_bits(double v)
{
    int e = 0;
    double m = frexp(fabs(v), &e);

    return v == 0 ? 0 : (v < 0 ? 0x8000 : 0) | (uint64_t)(e + 14) << 10 | (uint64_t)((2 * m - 1) * 1024);
}

int number_of(char *out, const char *type, int big, double v)
{
    int size = type[1] - '0';
    uint64_t bits = *type == 'f' && size == 2 ? half_bits(v) : (uint64_t)(int64_t)v;
    float f = (float)v;
    uint32_t of_float;

    memcpy(&of_float, &f, 4);
    if (*type == 'f' && size == 8)
        memcpy(&bits, &v, 8);
    if (*type == 'f' && size == 4)
        bits = of_float;
    for (int i = 0; i < size; i++)
        out[big ? size - 1 - i : i] = (char)(bits >> 8 * i);
    return size;
}

static size_t packed(char *to, const zip_member *m, int deflated)
{
    z_stream z = { .next_in = (unsigned char *)m->data, .avail_in = (unsigned)m->size, .next_out = (unsigned char *)to,
                   .avail_out = (unsigned)m->size + 100 };

    if (!deflated)
        return copied(to, m->data, m->size) - to;
    deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    deflateEnd(&z);
    return z.total_out;
}

/* What local headers and the directory have in common, from `version needed` to the length of the name. */
static char *facts(char *to, int how, uint64_t crc, uint64_t size[2], size_t name, int hidden)
{
    int wide = (how & ZIP_64) != 0;

    to = little(to, 2, wide ? 45 : 20), to = little(to, 2, how & ZIP_DESCRIPTOR ? 8 : 0);
    to = little(to, 2, how & ZIP_DEFLATED ? 8 : 0), to = little(to, 4, 0x00210000), to = little(to, 4, hidden ? 0
                                                                                                    : crc);
    for (int i = 0; i < 2; i++)
        to = little(to, 4, hidden ? 0 : wide ? 0xffffffff : size[i]);
    return little(to, 2, name);
}

size_t zip_of(char *out, int how, int n, const zip_member *m)
{
    char *to = out, list[8192], *entry = list;
    int wide = (how & ZIP_64) != 0, later = (how & ZIP_DESCRIPTOR) != 0;
    uint64_t begins;

    for (int i = 0; i < n; i++) {
        size_t name = strlen(m[i].name), at = to - out;
        uint64_t crc = crc32(0, m[i].data, (unsigned)m[i].size), size[2] = { 0, m[i].size };
        char *header = to;

        to += 30 + name + (wide ? 20 : 0);
        size[0] = packed(to, &m[i], how & ZIP_DEFLATED);
        header = facts(copied(header, "PK\3\4", 4), how, crc, size, name, later);
        header = copied(little(header, 2, wide ? 20 : 0), m[i].name, name);
        if (wide)
            little(little(little(little(header, 2, 1), 2, 16), 8, later ? 0 : size[1]), 8, later ? 0 : size[0]);
        to += size[0];
        if (later)
            to = little(copied(to, "PK\7\10", 4), 4, crc), to = little(to, wide ? 8 : 4, size[0]),
                to = little(to, wide ? 8 : 4, size[1]);

        entry = little(copied(entry, "PK\1\2", 4), 2, 0x0314);
        entry = facts(entry, how, crc, size, name, 0);
        /* an extra field of somebody else, before zip64's */
        entry = little(entry, 2, wide ? 6 + 28 : 6), entry = little(entry, 2, 0), entry = little(entry, 8, 0);
        entry = copied(little(entry, 4, wide ? 0xffffffff : at), m[i].name, name);
        entry = little(little(little(entry, 2, 0x7777), 2, 2), 2, 1);
        if (wide)
            entry = little(little(little(little(little(entry, 2, 1), 2, 24), 8, size[1]), 8, size[0]), 8, at);
    }
    begins = to - out;
    to = copied(to, list, entry - list);
    if (wide) {
        uint64_t end = to - out;

        to = little(little(little(copied(to, "PK\6\6", 4), 8, 44), 2, 45), 2, 45), to = little(to, 8, 0);
        to = little(little(little(little(to, 8, n), 8, n), 8, entry - list), 8, begins);
        to = little(little(little(copied(to, "PK\6\7", 4), 4, 0), 8, end), 4, 1);
    }
    to = little(copied(to, "PK\5\6", 4), 4, 0), to = little(little(to, 2, wide ? 0xffff : n), 2, wide ? 0xffff : n);
    to = little(little(to, 4, wide ? 0xffffffff : entry - list), 4, wide ? 0xffffffff : begins);
    return little(to, 2, 0) - out;
}
