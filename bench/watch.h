/* Long work: Ctrl-C, and progress on a terminal. */
#ifndef FOKKER_WATCH_H
#define FOKKER_WATCH_H
#include <signal.h>

/* Set by the first SIGINT or SIGTERM; a second one ends the program at once. */
extern volatile sig_atomic_t watch_stopped;
void watch_signals(void);

/* A line on stderr that shows what is done of a total, the rate and the time left, redrawn a few times a second by a
 * thread of its own; nothing at all unless stderr is a terminal and quiet is 0. */
typedef struct watch watch;
watch *watch_open(const char *what, long total, const long *done, int quiet);       /* NULL: nothing is shown */
void watch_close(watch *);                  /* NULL is fine; wipes the line */

#endif
