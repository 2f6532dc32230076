/* What the readers of tensors share. */
#ifndef FOKKER_TENSORS_READ_H
#define FOKKER_TENSORS_READ_H
#include "base/files/source.h"
#include "base/files/tensors.h"

int read_safetensors(tensors *, const bytes *);
int read_npz(tensors *, const bytes *);

/* One more tensor, of the numbers that follow in the source.  It stays unread where they cannot be read.  0, or -1: no
 * memory, or the source is broken. */
int tensors_take(tensors *, const char *name, source *, const layout *);

/* One more tensor that stays unread, for the reason that last_error() gives.  0, or -1: no memory. */
int tensors_leave(tensors *, const char *name);
#endif
