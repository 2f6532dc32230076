/*
 * NumPy's .npy, versions 1 to 3: "\x93NUMPY", major, minor, the header's length (2 bytes, from version 2 on 4, little
 * endian), and a Python dict {'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }.
 * Strings, True, False, integers and tuples of them are all that is parsed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/files/source.h"
#include "base/fail.h"

enum { LONGEST = 65536, WORD = 32 };
typedef struct header {
    const char *path, *at;
    char descr[WORD];
    int fortran, dims, seen;
    long shape[MAX_DIMS];
} header;

static int garbage(const header *h)
{
    int n = 0;

    while (n < 20 && h->at[n] >= 32 && h->at[n] < 127)
        n++;
    return fail("%s: the .npy header is garbage near \"%.*s\"; write the file again with numpy.save", h->path, n,
                h->at);
}

static void blanks(header *h) { h->at += strspn(h->at, " \t\r\n"); }

static int accept(header *h, const char *token)
{
    size_t n = strlen(token);

    blanks(h);
    if (strncmp(h->at, token, n))
        return 0;
    h->at += n;
    return 1;
}

static int quoted(header *h, char word[WORD])
{
    const char *end;

    blanks(h);
    end = *h->at == '\'' || *h->at == '"' ? strchr(h->at + 1, *h->at) : NULL;
    if (!end || end - h->at > WORD)
        return garbage(h);
    snprintf(word, WORD, "%.*s", (int)(end - h->at - 1), h->at + 1);
    h->at = end + 1;
    return 0;
}

static int descr(header *h)
{
    blanks(h);
    if (*h->at == '[')
        return fail("%s: holds records (a structured dtype); save one float64 array", h->path);
    return quoted(h, h->descr);
}

static int fortran(header *h)
{
    h->fortran = accept(h, "True");
    return h->fortran || accept(h, "False") ? 0 : garbage(h);
}

static int shape(header *h)
{
    if (!accept(h, "("))
        return garbage(h);
    while (!accept(h, ")")) {
        char *end;

        blanks(h);
        if (*h->at < '0' || *h->at > '9')
            return garbage(h);
        if (h->dims == MAX_DIMS)
            return fail("%s: has more than %d axes; reshape it to rows x columns", h->path, MAX_DIMS);
        errno = 0;
        h->shape[h->dims++] = strtol(h->at, &end, 10);
        if (errno)
            return fail("%s: an axis is longer than any memory (%.24s); the header is wrong, write the file again",
                        h->path, h->at);
        h->at = end + (*end == 'L');                /* Python 2 wrote 3L */
        if (!accept(h, ",") && (blanks(h), *h->at != ')'))
            return garbage(h);
    }
    return 0;
}

static int entries(header *h)
{
    static const struct { const char *key; int (*parse)(header *); } part[] = {
        { "descr", descr }, { "fortran_order", fortran }, { "shape", shape } };
    enum { PARTS = sizeof part / sizeof *part };

    if (!accept(h, "{"))
        return garbage(h);
    while (!accept(h, "}")) {
        char key[WORD];
        int i = 0;

        if (quoted(h, key) || !accept(h, ":"))
            return garbage(h);
        while (i < PARTS && strcmp(key, part[i].key))
            i++;
        if (i == PARTS || h->seen & 1 << i)
            return garbage(h);
        h->seen |= 1 << i;
        if (part[i].parse(h))
            return -1;
        if (!accept(h, ",") && (blanks(h), *h->at != '}'))
            return garbage(h);
    }
    blanks(h);
    return *h->at || h->seen != (1 << PARTS) - 1 ? garbage(h) : 0;
}

/* The type of '<f8' and the like, or why it is not read. */
static const type *known(const header *h)
{
    const char *d = h->descr;
    const type *t = *d ? type_named(d + 1) : NULL;

    if (t && (t->size == 1 || *d == '<' || *d == '>'))
        return t;
    if (strchr(d, 'O'))
        fail("%s: holds Python objects (%s); save numbers, a.astype(float)", h->path, d);
    else if (strchr(d, 'c'))
        fail("%s: is complex (%s); save its real part", h->path, d);
    else
        fail("%s: dtype %s is not read; save float64, float32, float16, integers or bool (a.astype(float))", h->path,
             d);
    return NULL;
}

static int read_header(source *s, char **text)
{
    unsigned char magic[8], size[4] = { 0 };
    unsigned long n;

    if (source_bytes(s, "the .npy header", magic, sizeof magic))
        return -1;
    if (memcmp(magic, "\x93NUMPY", 6) || magic[6] < 1 || magic[6] > 3)
        return fail("%s: begins neither as .npy of version 1 to 3 nor as text; write it again with numpy.save",
                    s->path);
    if (source_bytes(s, "the .npy header", size, magic[6] == 1 ? 2 : 4))
        return -1;
    n = size[0] | size[1] << 8 | size[2] << 16 | (unsigned long)size[3] << 24;
    if (n > LONGEST)
        return fail("%s: the .npy header claims %lu bytes, more than any array needs; write the file again with "
                    "numpy.save", s->path, n);
    if (!(*text = calloc(n + 1, 1)))
        return fail("%s: no memory for the header", s->path);
    return source_bytes(s, "the .npy header", *text, n);
}

int npy_header(source *s, layout *l)
{
    char *text = NULL;
    header h = { .path = s->path };
    int status = read_header(s, &text);

    *l = (layout){ 0 };
    h.at = text;
    if (!status)
        status = entries(&h);
    if (!status)
        status = (l->type = known(&h)) ? 0 : -1;
    free(text);
    l->big_endian = *h.descr == '>', l->fortran = h.fortran, l->dims = h.dims ? h.dims : 1;
    memcpy(l->shape, h.shape, sizeof h.shape);
    if (!h.dims)
        l->shape[0] = 1;
    return status;
}
