/* Ctrl-C, and progress on a terminal. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "bench/watch.h"

volatile sig_atomic_t watch_stopped;
static volatile sig_atomic_t held;

/* Two lines, one of them being written: which one counts is set last. */
static char farewell[2][4400] = { "fokker: interrupted\n", "" };
static volatile sig_atomic_t which;

/* Nothing here but what a signal handler may call. */
static void leave(void)
{
    const char *line = farewell[which];
    ssize_t written = *line ? write(STDERR_FILENO, line, strlen(line)) : 0;

    (void)written;
    _exit(130);
}

void watch_hold(int yes)
{
    held = yes;
    if (!yes && watch_stopped)
        leave();
}

void watch_farewell(const char *line)
{
    snprintf(farewell[!which], sizeof *farewell, "%s", line);
    which = !which;
}

static void stop(int sig)
{
    if (!held)
        leave();
    if (watch_stopped)
        _exit(128 + sig);
    watch_stopped = 1;
}

void watch_signals(void)
{
    struct sigaction a = { .sa_handler = stop, .sa_flags = SA_RESTART };     /* a write under way goes on */

    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    signal(SIGPIPE, SIG_IGN);                       /* a closed pipe is a failed write */
    signal(SIGXFSZ, SIG_IGN);
}

struct watch { pthread_t thread; pthread_mutex_t lock; pthread_cond_t wake; int over; const char *what; long total;
               const long *done; struct timespec began; };

static double since(const struct timespec *t)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - t->tv_sec) + 1e-9 * (now.tv_nsec - t->tv_nsec);
}

/* 75 s as 1:15 */
static const char *clock_text(double s, char *buf, size_t size)
{
    if (s < 3600)
        snprintf(buf, size, "%d:%02d", (int)s / 60, (int)s % 60);
    else
        snprintf(buf, size, "%d:%02d:%02d", (int)(s / 3600), (int)s / 60 % 60, (int)s % 60);
    return buf;
}

static void show(const watch *w)
{
    struct winsize size = { .ws_col = 80 };
    long done;
    double s = since(&w->began);
    char line[256], left[32] = "-", spent[32];

    #pragma omp atomic read
    done = *w->done;
    if (done > 0 && done <= w->total)
        clock_text(s * (w->total - done) / done, left, sizeof left);
    ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
    snprintf(line, sizeof line, "%s: %ld/%ld (%d %%), %.3g/s, %s, %s left", w->what, done, w->total,
             (int)(100. * done / w->total), done / (s > 0 ? s : 1),
             clock_text(s, spent, sizeof spent), left);
    fprintf(stderr, "\r\033[K%.*s", size.ws_col > 1 && size.ws_col < 256 ? size.ws_col - 1 : 79, line);
    fflush(stderr);
}

static void *tick(void *self)
{
    watch *w = self;

    pthread_mutex_lock(&w->lock);
    while (!w->over) {
        struct timespec until;

        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 250000000;
        if (until.tv_nsec >= 1000000000)
            until.tv_sec++, until.tv_nsec -= 1000000000;
        pthread_cond_timedwait(&w->wake, &w->lock, &until);
        if (!w->over && since(&w->began) > 0.5)
            show(w);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

watch *watch_open(const char *what, long total, const long *done, int quiet)
{
    watch *w;

    if (quiet || !isatty(STDERR_FILENO) || !(w = calloc(1, sizeof *w)))
        return NULL;
    *w = (watch){ .what = what, .total = total > 0 ? total : 1, .done = done };
    clock_gettime(CLOCK_MONOTONIC, &w->began);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    if (pthread_create(&w->thread, NULL, tick, w))
        return free(w), NULL;
    return w;
}

void watch_close(watch *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->over = 1;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    fprintf(stderr, "\r\033[K");
    fflush(stderr);
    free(w);
}
