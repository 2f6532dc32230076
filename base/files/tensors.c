/* Named tensors in memory. */
#include <stdlib.h>
#include <string.h>
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
    t = &base[all->count++];
    *t = (tensor){ .name = strdup(name), .dims = dims ? dims : 1, .shape = { 1 } };
    for (int i = 0; i < dims; i++)
        t->shape[i] = shape[i];
    t->v = malloc(tensor_size(t) * sizeof *t->v);
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

static int by_name(const void *a, const void *b)
{
    return strcmp(((const tensor *)a)->name, ((const tensor *)b)->name);
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

static const tensor *named(const tensors *all, const char *name)
{
    return all->count ? bsearch(&(tensor){ .name = (char *)name }, all->tensor, all->count, sizeof *all->tensor,
                                by_name) : NULL;
}

const tensor *tensors_find(const tensors *all, const char *name)
{
    const tensor *t = named(all, name);

    return t && t->v ? t : NULL;
}

int tensors_refused(const tensors *all, const char *name)
{
    const tensor *t = named(all, name);

    return t && !t->v ? fail("%s", t->unread) : 0;
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

void tensors_free(tensors *all)
{
    for (int i = 0; i < all->count; i++)
        free(all->tensor[i].name), free(all->tensor[i].v), free(all->tensor[i].unread);
    for (int i = 0; i < all->notes; i++)
        free(all->note[i].key), free(all->note[i].value);
    free(all->tensor), free(all->note), free(all->path);
    *all = (tensors){ 0 };
}
