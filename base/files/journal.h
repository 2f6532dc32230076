/*
 * A file that grows by whole lines.  It begins whole (written beside its place and renamed, in the place of what was
 * there), each addition is on the disk before the next begins, and one that fails (disk full) is cut off again: what
 * was added before stays, and whoever goes on finds whole lines alone.
 */
#ifndef FOKKER_JOURNAL_H
#define FOKKER_JOURNAL_H
#include <stdio.h>

/* good: bytes that are there, -1 before the file begins; draft: the addition under way; hasty: additions are not waited
 * for until they are on the disk */
typedef struct journal { char *path; int fd, hasty; long good; FILE *draft; char *text; size_t size; } journal;

/* A new file, which takes its place at the first commit; or one to be continued behind its first `whole` bytes, the
 * rest of which is cut off.  0 or -1; close either way. */
int journal_begin(journal *, const char *path);
int journal_continue(journal *, const char *path, long whole);

/* What is printed to the stream is an addition, all or nothing, once it is committed.  NULL: out of memory.
 * Commit: 0, or -1 with a reason, and nothing was added. */
FILE *journal_draft(journal *);
int   journal_commit(journal *);

/* 0, or -1 where the system says only now that something was not written.  A draft is dropped. */
int journal_close(journal *);

#endif
