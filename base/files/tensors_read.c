/* Named tensors out of a file: which format it is, and what the two formats share. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/files/tensors_read.h"

enum { CHUNK = 4096 };

/* NaN and Inf make the tensor unread. */
static int check_finite(const tensors *all, tensor *t)
{
    for (long i = 0, n = tensor_size(t); i < n; i++)
        if (!isfinite(t->v[i])) {
            fail("%s: number %ld of %s is %g; the network was saved after it had diverged, take an earlier checkpoint",
                 all->path, i + 1, t->name, t->v[i]);
            free(t->v), t->v = NULL;
            t->unread = strdup(last_error());
            return t->unread ? 0 : fail("%s: out of memory", all->path);
        }
    return 0;
}

int tensors_leave(tensors *all, const char *name)
{
    tensor *t = tensors_add(all, name, 0, NULL);

    if (!t)
        return -1;
    free(t->v), t->v = NULL;
    t->unread = strdup(last_error());
    return t->unread ? 0 : fail("%s: out of memory", all->path);
}

int tensors_take(tensors *all, const char *name, source *s, const layout *l)
{
    long n = source_elements(s, l);
    fortran_walk to;
    double v[CHUNK];
    tensor *t;

    if (n < 0)
        return tensors_leave(all, name);
    if (!(t = tensors_add(all, name, l->dims, l->shape)))
        return -1;
    fortran_begin(&to, l);
    for (long done = 0, part; done < n; done += part) {
        part = n - done < CHUNK ? n - done : CHUNK;
        if (source_numbers(s, l, part, v))
            return -1;
        for (long i = 0; i < part; i++)
            if (l->fortran)
                t->v[to.at] = (float)v[i], fortran_next(&to);
            else
                t->v[done + i] = (float)v[i];
    }
    return source_ends(s) ? -1 : check_finite(all, t);
}

static int read_open(tensors *all, const bytes *file)
{
    char magic[2] = "";

    if (file->size > 1 && bytes_at(file, 0, magic, 2))
        return -1;
    if (magic[0] == 'P' && magic[1] == 'K' ? read_npz(all, file) : read_safetensors(all, file))
        return -1;
    return all->count ? tensors_sort(all) : fail("%s: holds no tensor", all->path);
}

int tensors_read(const char *path, tensors *all)
{
    bytes file = { .path = path, .fd = open(path, O_RDONLY | O_NONBLOCK) };
    struct stat st;
    int status = -1;

    *all = (tensors){ 0 };
    if (file.fd < 0 || fstat(file.fd, &st))
        fail("%s: %s; check the path of the weights", path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        fail("%s: is no file; name a .safetensors or .npz", path);
    else if (!(all->path = strdup(path)))
        fail("%s: out of memory", path);
    else
        file.size = st.st_size, status = read_open(all, &file);
    if (file.fd >= 0)
        close(file.fd);
    if (status)
        tensors_free(all);
    return status;
}
