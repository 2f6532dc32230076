/* Names in a table with open addressing: a slot holds one more than the number of its struct, 0 none. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/names.h"

static const char *name_at(const void *base, size_t size, int i)
{
    return *(const char *const *)((const char *)base + i * size);
}

/* FNV-1a. */
static int first_slot(const name_index *x, const char *name)
{
    uint64_t h = 0xcbf29ce484222325u;

    while (*name)
        h = (h ^ (unsigned char)*name++) * 0x100000001b3u;
    return (int)((h ^ h >> 32) & (uint64_t)(x->slots - 1));
}

int name_find(const name_index *x, int n, const void *base, size_t size, const char *name)
{
    if (!x->slots) {
        for (int i = 0; i < n; i++)
            if (!strcmp(name_at(base, size, i), name))
                return i;
        return -1;
    }
    for (int at = first_slot(x, name); x->slot[at]; at = (at + 1) & (x->slots - 1))
        if (!strcmp(name_at(base, size, x->slot[at] - 1), name))
            return x->slot[at] - 1;
    return -1;
}

static void put(name_index *x, int i, const char *name)
{
    int at = first_slot(x, name);

    while (x->slot[at])
        at = (at + 1) & (x->slots - 1);
    x->slot[at] = i + 1;
}

int name_add(name_index *x, int n, const void *base, size_t size)
{
    int first = n - 1;

    if (2L * n > x->slots) {                        /* at most half full */
        int slots = x->slots ? 2 * x->slots : 16, *slot = calloc(slots, sizeof *slot);

        if (!slot)
            return -1;
        free(x->slot);
        *x = (name_index){ slot, slots };
        first = 0;
    }
    for (int i = first; i < n; i++)
        put(x, i, name_at(base, size, i));
    return 0;
}
