/*
 * A file that is written whole: beside its place, then renamed, so that a reader never sees half of it and a failure
 * (disk full) leaves what was there.  A link is followed and stays a link; the mode, and where that is allowed the
 * owner, of what was there is kept.  What is no regular file (a device, a pipe) and what this program has open already
 * (/dev/stdout, /dev/fd/N) is written straight, and is never removed or replaced.
 */
#ifndef FOKKER_TARGET_H
#define FOKKER_TARGET_H
#include <stdio.h>

/* real: where the path leads; temp: the file beside it, NULL where it is written straight */
typedef struct target { const char *path; char *real, *temp; FILE *file; } target;

/* t->file is ready to be written, or -1 with a reason; target_close follows in both cases. */
int target_open(target *, const char *path);

/* status 0: all is on the disk and in its place, or -1 with a reason; status -1: nothing is left behind.
 * Frees; gives the outcome. */
int target_close(target *, int status);

/* That a path can be written, found out before the work: 0, or -1 with a reason.  Leaves everything as it is; a pipe is
 * not opened, since its reader would see an end. */
int target_try(const char *path);

/* Whether two paths lead to one place, be a file there or not yet; devices are never the same. */
int target_same(const char *a, const char *b);

/* The sentence of a write that failed so (errno), and what to do: -1. */
int target_lost(const char *path, int error);

#endif
