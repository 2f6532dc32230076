/* Arrays to files: .npy version 1, or text with 17 digits; into a file beside the path, which is then renamed. */
#include <stdio.h>
#include <string.h>
#include "base/files/array.h"
#include "base/files/target.h"

static long product(int n, const long *shape)
{
    long p = 1;

    for (int i = 0; i < n; i++)
        p *= shape[i];
    return p;
}

/* Magic, version and length take 10 bytes; the whole is padded to a multiple of 64, newline last. */
static void write_npy(FILE *f, int dims, const long *shape, const double *v)
{
    char text[256] = "";
    int n = snprintf(text, sizeof text, "{'descr': '<f8', 'fortran_order': False, 'shape': ("), total;

    for (int i = 0; i < dims; i++)
        n += snprintf(text + n, sizeof text - n, "%ld,%s", shape[i], i + 1 < dims ? " " : "");
    n += snprintf(text + n, sizeof text - n, "), }");
    total = (10 + n + 1 + 63) / 64 * 64;
    fwrite("\x93NUMPY\1\0", 1, 8, f);
    fputc((total - 10) & 0xff, f);
    fputc((total - 10) >> 8, f);
    fprintf(f, "%-*s\n", total - 11, text);
    fwrite(v, sizeof *v, product(dims, shape), f);
}

static void write_text(FILE *f, int dims, const long *shape, const double *v)
{
    long cols = dims ? shape[dims - 1] : 1, rows = product(dims - 1, shape), part = dims > 2
        ? rows / (shape[0] ? shape[0] : 1) : 0;

    for (long i = 0; i < rows && !ferror(f); i++) {
        if (part && i && i % part == 0)
            fputc('\n', f);
        for (long j = 0; j < cols; j++)
            fprintf(f, "%.17g%c", v[i * cols + j], j + 1 < cols ? ' ' : '\n');
    }
}

static int is_npy(const char *path)
{
    size_t n = strlen(path);

    return n >= 4 && !strcmp(path + n - 4, ".npy");
}

int array_write(const char *path, int dims, const long *shape, const double *v)
{
    target t;
    int status = target_open(&t, path);

    if (!status)
        (is_npy(path) ? write_npy : write_text)(t.file, dims, shape, v);
    return target_close(&t, status);
}
