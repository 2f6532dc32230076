/* Arrays to files: .npy version 1, or text with 17 digits; into a file beside the path, which is then renamed. */
#define _XOPEN_SOURCE 700           /* realpath */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "models/array.h"
#include "models/fail.h"

typedef struct target { const char *path; char *real, *temp; FILE *file; } target;      /* temp: NULL where the path is a device or a pipe */

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
    long cols = dims ? shape[dims - 1] : 1, rows = product(dims - 1, shape), part = dims > 2 ? rows / (shape[0] ? shape[0] : 1) : 0;

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

static int refuse(const target *t, int error)
{
    const char *cure = error == ENOSPC || error == EDQUOT ? "free some space" : error == ENOENT || error == ENOTDIR ? "make its folder first"
                     : error == EISDIR ? "name a file" : "choose another path";

    return fail("%s: cannot be written (%s); %s", t->path, strerror(error), cure);
}

static FILE *create(target *t, mode_t mode)
{
    size_t size = strlen(t->real) + 40;
    FILE *f;
    int fd = -1;

    if (!(t->temp = malloc(size)))
        return NULL;
    for (int i = 0; i < 1000 && fd < 0; i++) {
        snprintf(t->temp, size, "%s.%ld-%d.tmp", t->real, (long)getpid(), i);
        fd = open(t->temp, O_WRONLY | O_CREAT | O_EXCL, mode);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0) {
        free(t->temp);
        t->temp = NULL;
        return NULL;
    }
    if (!(f = fdopen(fd, "wb")))
        close(fd);
    return f;
}

/* Links are followed, so that the file behind them is replaced and they stay. */
static int open_target(target *t)
{
    struct stat st;
    int there;

    t->real = realpath(t->path, NULL);
    if (!t->real && !(t->real = strdup(t->path)))
        return refuse(t, ENOMEM);
    there = !stat(t->real, &st);
    if (there && S_ISDIR(st.st_mode))
        return refuse(t, EISDIR);
    if (there && access(t->real, W_OK))
        return refuse(t, errno);
    t->file = there && !S_ISREG(st.st_mode) ? fopen(t->real, "wb") : create(t, there ? st.st_mode & 0777 : 0666);
    return t->file ? 0 : refuse(t, errno);
}

static int finish(target *t)
{
    int error = 0;

    if (fflush(t->file) || ferror(t->file) || (t->temp && fsync(fileno(t->file))))
        error = errno ? errno : EIO;
    if (fclose(t->file) && !error)
        error = errno;
    t->file = NULL;
    if (!error && t->temp && rename(t->temp, t->real))
        error = errno;
    return error ? refuse(t, error) : 0;
}

int array_write(const char *path, int dims, const long *shape, const double *v)
{
    target t = { .path = path };
    int status = open_target(&t);

    if (!status) {
        errno = 0;
        (is_npy(path) ? write_npy : write_text)(t.file, dims, shape, v);
        status = finish(&t);
    }
    if (t.file)
        fclose(t.file);
    if (status && t.temp)
        unlink(t.temp);
    free(t.temp);
    free(t.real);
    return status;
}
