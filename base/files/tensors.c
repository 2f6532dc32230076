/* Named tensors: the file as a whole, and what its two formats share. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/fail.h"
#include "base/files/tensors.h"

long tensor_size(const tensor *t)
{
    long n = 1;

    for (int i = 0; i < t->dims; i++)
        n *= t->shape[i];
    return n;
}

/* Room for one more of count elements, doubled at the powers of two. */
static void *grow(void *base, int count, size_t size)
{
    return count & (count - 1) ? base : realloc(base, (count ? 2 * (size_t)count : 1) * size);
}

tensor *tensors_add(tensors *all, const char *name, int dims, const long *shape)
{
    tensor *base = grow(all->tensor, all->count, sizeof *base), *t;

    if (!base)
        return fail("%s: out of memory", all->path), NULL;
    all->tensor = base;
    t = &base[all->count];
    *t = (tensor){ .name = strdup(name), .dims = dims ? dims : 1, .shape = { 1 } };
    memcpy(t->shape, shape, dims * sizeof *shape);
    t->v = malloc(tensor_size(t) * sizeof *t->v);
    all->count++;
    return t->name && t->v ? t : (fail("%s: no memory for %s", all->path, name), NULL);
}

int tensors_add_note(tensors *all, const char *key, const char *value)
{
    note *base = grow(all->note, all->notes, sizeof *base);

    if (!base)
        return fail("%s: out of memory", all->path);
    all->note = base;
    base[all->notes] = (note){ strdup(key), strdup(value) };
    all->notes++;
    return base[all->notes - 1].key && base[all->notes - 1].value ? 0 : fail("%s: out of memory", all->path);
}

static int by_name(const void *a, const void *b) { return strcmp(((const tensor *)a)->name, ((const tensor *)b)->name);
                                                   }

int tensors_sort(tensors *all)
{
    if (all->count)
        qsort(all->tensor, all->count, sizeof *all->tensor, by_name);
    for (int i = 1; i < all->count; i++)
        if (!by_name(&all->tensor[i - 1], &all->tensor[i]))
            return fail("%s: %s is there twice; write the file again", all->path, all->tensor[i].name);
    return 0;
}

const tensor *tensors_find(const tensors *all, const char *name)
{
    return all->count ? bsearch(&(tensor){ .name = (char *)name }, all->tensor, all->count, sizeof *all->tensor,
                                by_name) : NULL;
}

const char *tensors_note(const tensors *all, const char *key)
{
    for (int i = 0; i < all->notes; i++)
        if (!strcmp(all->note[i].key, key))
            return all->note[i].value;
    return NULL;
}

const char *tensors_nearest(const tensors *all, const char *name)
{
    return all->count ? nearest(name, all->count, all->tensor, sizeof *all->tensor) : "";
}

static int all_finite(const tensors *all)
{
    for (int i = 0; i < all->count; i++) {
        const tensor *t = &all->tensor[i];

        for (long j = 0, n = tensor_size(t); j < n; j++)
            if (!isfinite(t->v[j]))
                return fail("%s: number %ld of %s is %g; the network was saved after it had diverged, take an earlier "
                            "checkpoint", all->path, j + 1,
                            t->name, t->v[j]);
    }
    return 0;
}

/* The whole of a file, owned. */
static unsigned char *slurp(const char *path, long *size)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    unsigned char *file = NULL;

    if (!f || fstat(fileno(f), &st))
        fail("%s: %s; check the path of the weights", path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        fail("%s: is no file; name a .safetensors or .npz", path);
    else if (!(file = malloc(st.st_size + 1)))
        fail("%s: no memory for its %ld bytes", path, (long)st.st_size);
    else if (fread(file, 1, *size = st.st_size, f) != (size_t)st.st_size) {
        fail("%s: cannot be read; copy it again", path);
        free(file), file = NULL;
    }
    if (f)
        fclose(f);
    return file;
}

int tensors_read(const char *path, tensors *all)
{
    long size;
    unsigned char *file = slurp(path, &size);
    int status = -1;

    *all = (tensors){ .path = strdup(path) };
    if (file && all->path)
        status = size > 1 && file[0] == 'P' && file[1] == 'K' ? read_npz(all, file, size)
            : read_safetensors(all, file, size);
    free(file);
    if (!status && !all->count)
        status = fail("%s: holds no tensor", path);
    if (status || tensors_sort(all) || all_finite(all))
        return tensors_free(all), -1;
    return 0;
}

void tensors_free(tensors *all)
{
    for (int i = 0; i < all->count; i++)
        free(all->tensor[i].name), free(all->tensor[i].v);
    for (int i = 0; i < all->notes; i++)
        free(all->note[i].key), free(all->note[i].value);
    free(all->tensor), free(all->note), free(all->path);
    *all = (tensors){ 0 };
}
