/* Finding names among many: an index of an array of structs whose first member is the name, in constant time. */
#ifndef FOKKER_NAMES_H
#define FOKKER_NAMES_H
#include <stddef.h>

typedef struct name_index { int *slot, slots; } name_index;             /* { 0 }: none yet; slot is owned: free it */

/* Which of the n structs (base, of `size` bytes each) has that name; -1: none.  Without an index all are looked at. */
int name_find(const name_index *, int n, const void *base, size_t size, const char *name);

/* The last of the n structs is new and of a name of its own.  0; -1: out of memory. */
int name_add(name_index *, int n, const void *base, size_t size);

#endif
