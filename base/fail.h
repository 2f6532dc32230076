/* Failure: `return fail("where: what is wrong; what to do")`, all the way up; main prints last_error(). */
#ifndef FOKKER_FAIL_H
#define FOKKER_FAIL_H

/* Keeps the sentence as this thread's reason, one line without control characters.  Always -1, so that
 * a caller can return it. */
int fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same where a disk, a pipe or a device did not take what was written: a run that failed, not a question that was
 * wrong.  write_failed: whether the last reason is one of those. */
int fail_write(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int write_failed(void);
#ifdef __clang_analyzer__
#define fail(...) (fail(__VA_ARGS__), -1)           /* which clang-tidy cannot see from here */
#define fail_write(...) (fail_write(__VA_ARGS__), -1)
#endif

/* This thread's last reason; "" before the first. */
const char *last_error(void);

/* Levenshtein's distance of two short words. */
int word_distance(const char *a, const char *b);

/* The one of n names (base of an array of structs of `size` bytes whose first member is the name) that is nearest to
 * `name` by edit distance; never NULL for n > 0. */
const char *nearest(const char *name, int n, const void *base, unsigned long size);

/* Which of the n names that name_of(0..n-1) gives is `name`; -1 with a sentence that offers the nearest where none is.
 * topic: what they are, as in `fokker list TOPIC`: solvers, grids, ... */
int look_up(const char *where, const char *topic, const char *name, int n, const char *(*name_of)(int));

#endif
