/*
 * A child process that is spoken to by its stdin and stdout.
 * It is never left behind: it and all that it starts form a group of their own, which ends with us however we end,
 * since a watchdog in it holds the end of a pipe that only our death or child_end closes.
 */
#ifndef FOKKER_CHILD_H
#define FOKKER_CHILD_H
#include <stddef.h>

typedef struct child child;

/* Runs a command of sh in a folder (NULL: ours).  name: what a sentence of failure begins with; it must outlive the
 * child.  NULL on failure. */
child *child_start(const char *name, const char *command, const char *folder);

/* The next line of its stdout without its end, within so many seconds; nothing may follow it.
 * 0, or -1 with what became of the child. */
int child_line(child *, char *line, size_t size, double seconds);

/* Sends one message and receives another of known length.
 * 0, or -1: dead, silent for so many seconds, or what it wrote before it was asked. */
int child_talk(child *, const void *message, size_t size, void *answer, size_t wanted, double seconds);

/* Closes its stdin, gives it so many seconds to end by itself, and ends its group.  NULL is fine. */
void child_end(child *, double seconds);

#endif
