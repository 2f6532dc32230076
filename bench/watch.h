/* Long work: Ctrl-C, and progress on a terminal. */
#ifndef FOKKER_WATCH_H
#define FOKKER_WATCH_H
#include <signal.h>

/* Set by the first SIGINT or SIGTERM while work is held; a second one ends the program at once. */
extern volatile sig_atomic_t watch_stopped;
void watch_signals(void);

/* 1: what is under way shall be finished and written, and a signal only sets watch_stopped, which whoever works asks
 * often.  0, as at the start: nothing would be lost (reading, fitting, references), and a signal ends the program at
 * once with code 130, whatever library it is in; so does this call where one has come before. */
void watch_hold(int yes);

/* What the program says as it ends so: a whole line, cut at 4,400 characters; without it, that it was interrupted. */
void watch_farewell(const char *line);

/* A line on stderr that shows what is done of a total, the rate and the time left, redrawn a few times a second by a
 * thread of its own; nothing at all unless stderr is a terminal and quiet is 0. */
typedef struct watch watch;
watch *watch_open(const char *what, long total, const long *done, int quiet);       /* NULL: nothing is shown */
void watch_close(watch *);                  /* NULL is fine; wipes the line */

#endif
