/* A file that is written beside its place and then renamed: a reader never sees half of it, and a failure (disk full)
 * leaves what was there. */
#ifndef FOKKER_TARGET_H
#define FOKKER_TARGET_H
#include <stdio.h>

/* temp: NULL where the path is a device or a pipe */
typedef struct target { const char *path; char *real, *temp; FILE *file; } target;

/* t->file is ready to be written, or -1 with a reason; target_close follows in both cases. */
int target_open(target *, const char *path);

/* status 0: all is on the disk and in its place, or -1 with a reason; status -1: nothing is left behind.
 * Frees; gives the outcome. */
int target_close(target *, int status);

#endif
