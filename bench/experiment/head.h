/*
 * What stands above the rows of results: the program and the machine that made them, and the spec, `# KEY VALUE` and
 * `# spec KEY = VALUE` lines.  Whoever goes on with a file asks here whether that is meant.
 */
#ifndef FOKKER_HEAD_H
#define FOKKER_HEAD_H
#include "bench/experiment/record.h"
#include "bench/experiment/spec.h"

/* Of this program, here, for a spec; owned, NULL: out of memory. */
char *head_text(const spec *);

/*
 * Whether results that were read may be gone on with under this head.  Another spec, or a row that was changed since it
 * was written, is refused.  So are another version, commit, build, processor or BLAS, with which rows may differ in
 * their last digits, unless *anyway; then `note`, where it is not NULL, is the lines that are other now (owned; NULL:
 * none).  Of heads that were noted before, the last counts.
 * 0, or -1 with a sentence.
 */
int head_fits(const char *path, const results *old, const char *head, int anyway, char **note);

/* Puts such lines into the file's head: rows from here on were made by another program.  0 or -1. */
int head_note(const char *path, const results *old, const char *note);

#endif
