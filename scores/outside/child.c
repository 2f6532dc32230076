/* A child process on two pipes, with a third for its stderr and a fourth as its leash. */
#define _GNU_SOURCE                                 /* F_SETPIPE_SZ */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/fail.h"
#include "scores/outside/child.h"

extern char **environ;

enum { TAIL = 512, LEASH = 9, HIGH = 10, PIPE_BYTES = 1 << 20 };

/* tail: the end of its stderr */
struct child { const char *name; pid_t pid; int to, from, err, leash; char tail[TAIL]; size_t said; };

/* $1 the command, $2 the folder.  The watchdog reads until our end of the leash closes. */
static const char script[] = "cd -- \"$2\" || exit 126\n"
    "{ read -r x <&9; kill -KILL 0; } </dev/null >/dev/null 2>&1 &\n"
    "exec /bin/sh -c \"$1\" 9<&-\n";

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* Milliseconds until then, for poll: at least 0, at most a minute. */
static int until(double then)
{
    double left = (then - now()) * 1e3 + 1;

    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

/* ---- start ---- */

/* A pipe whose ends lie above all that the child uses and are no one else's. */
static int open_pipe(int end[2])
{
    int raw[2];

    end[0] = end[1] = -1;
    if (pipe(raw))
        return -1;
    for (int i = 0; i < 2; i++) {
        end[i] = fcntl(raw[i], F_DUPFD_CLOEXEC, HIGH);
        close(raw[i]);
    }
    fcntl(end[1], F_SETPIPE_SZ, PIPE_BYTES);        /* fewer wakings; what the system refuses stays as it is */
    return end[0] < 0 || end[1] < 0 ? -1 : 0;
}

static void close_pipes(int (*end)[2])
{
    for (int i = 0; i < 8; i++)
        if (end[i / 2][i % 2] >= 0)
            close(end[i / 2][i % 2]);
}

/* pipes: its stdin, stdout, stderr and leash. */
static int spawn(pid_t *pid, const char *command, const char *folder, int (*end)[2])
{
    char *argument[] = { "sh", "-c", (char *)script, "fokker", (char *)command,
                         (char *)(folder && *folder ? folder : "."), NULL };
    posix_spawn_file_actions_t to;
    posix_spawnattr_t how;
    sigset_t none, usual;
    int error;

    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    posix_spawn_file_actions_init(&to);
    posix_spawnattr_init(&how);
    posix_spawn_file_actions_adddup2(&to, end[0][0], 0);
    for (int i = 1; i < 3; i++)
        posix_spawn_file_actions_adddup2(&to, end[i][1], i);
    posix_spawn_file_actions_adddup2(&to, end[3][0], LEASH);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &usual);
    error = posix_spawn(pid, "/bin/sh", &to, &how, argument, environ);
    posix_spawn_file_actions_destroy(&to);
    posix_spawnattr_destroy(&how);
    return error;
}

child *child_start(const char *name, const char *command, const char *folder)
{
    int end[4][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } }, error = 0;
    child *c = calloc(1, sizeof *c);

    for (int i = 0; i < 4 && c && !error; i++)
        error = open_pipe(end[i]) ? errno : 0;
    if (!c || error || (error = spawn(&c->pid, command, folder, end))) {
        fail("%s: the child cannot be started (%s)", name, c ? strerror(error) : "out of memory");
        close_pipes(end);
        return free(c), NULL;
    }
    c->name = name, c->to = end[0][1], c->from = end[1][0], c->err = end[2][0], c->leash = end[3][1];
    end[0][1] = end[1][0] = end[2][0] = end[3][1] = -1;
    close_pipes(end);
    for (int i = 0; i < 3; i++)
        fcntl((const int[]){ c->to, c->from, c->err }[i], F_SETFL, O_NONBLOCK);
    return c;
}

/* ---- what it says on stderr, and how it ended ---- */

/* Keeps the end of it; 0 when there will be no more. */
static int listen_to_stderr(child *c)
{
    char text[4096];
    ssize_t n;

    while ((n = read(c->err, text, sizeof text)) > 0)
        for (ssize_t i = 0; i < n; i++)
            c->tail[c->said++ % TAIL] = text[i];
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* The last line that is not empty, cleaned of control characters. */
static void last_words(const child *c, char out[TAIL])
{
    size_t first = c->said > TAIL ? c->said - TAIL : 0, end = c->said, n = 0;

    while (end > first && strchr("\n\r\t ", c->tail[(end - 1) % TAIL]))
        end--;
    for (size_t i = first; i < end; i++) {
        char ch = c->tail[i % TAIL];

        if (ch == '\n' || ch == '\r')
            n = 0;
        else if (n < TAIL - 1)
            out[n++] = (unsigned char)ch < ' ' || ch == 127 ? ' ' : ch;
    }
    out[n] = 0;
}

/* Its stdout or stdin is closed: waits a moment for its last words and its end, and says both. */
static int report_death(child *c, const char *when)
{
    double then = now() + 0.5;
    char words[TAIL], how[64];
    siginfo_t end = { 0 };

    while (listen_to_stderr(c) && now() < then) {
        struct pollfd f = { c->err, POLLIN, 0 };

        poll(&f, 1, until(then));
    }
    while (!waitid(P_PID, (id_t)c->pid, &end, WEXITED | WNOHANG | WNOWAIT) && !end.si_pid && now() < then)
        nanosleep(&(struct timespec){ 0, 2000000 }, NULL);
    if (!end.si_pid)
        snprintf(how, sizeof how, "closed its stdout");
    else if (end.si_code == CLD_EXITED)
        snprintf(how, sizeof how, "ended with exit code %d", end.si_status);
    else
        snprintf(how, sizeof how, "was ended by signal %d", end.si_status);
    last_words(c, words);
    return fail("%.200s: the child %s %s; %s%.300s%s", c->name, how, when, *words ? "its last words: \""
                : "it left no word on stderr", words,
                *words ? "\"" : ", run its command by hand to see why");
}

static int report_babble(child *c, const char *text, size_t n, const char *when)
{
    char shown[64];
    size_t k = 0;

    for (; k < n && k < sizeof shown - 1 && text[k] != '\n'; k++)
        shown[k] = (unsigned char)text[k] >= ' ' && (unsigned char)text[k] < 127 ? text[k] : '?';
    shown[k] = 0;
    return fail("%.200s: the child wrote \"%s\" to its stdout %s; its stdout belongs to the protocol, let it print to "
                "stderr", c->name, shown, when);
}

/* ---- talk ---- */

/* Whatever lies in its stdout before it was asked. */
static int early(child *c)
{
    char text[64];
    ssize_t n = read(c->from, text, sizeof text);

    if (n > 0)
        return report_babble(c, text, n, "before it was asked");
    return n == 0 || (errno != EAGAIN && errno != EINTR) ? report_death(c, "between two calls") : 0;
}

/* what: is awaited */
typedef struct transfer { const char *out; size_t left; char *in; size_t wanted; const char *what; } transfer;

/* One go of whatever is possible.  0 or -1. */
static int exchange(child *c, transfer *t, int ms)
{
    struct pollfd f[3] = { { c->err, POLLIN, 0 }, { t->left ? c->to : -1, POLLOUT, 0 },
                           { t->wanted ? c->from : -1, POLLIN, 0 } };
    ssize_t n;

    if (poll(f, 3, ms) < 0)
        return errno == EINTR ? 0 : fail("%s: poll: %s", c->name, strerror(errno));
    if (f[0].revents && !listen_to_stderr(c) && !f[1].revents && !f[2].revents)
        nanosleep(&(struct timespec){ 0, 1000000 }, NULL);          /* it closed its stderr: no reason to spin */
    if (f[1].revents) {
        if ((n = write(c->to, t->out, t->left)) > 0)
            t->out += n, t->left -= n;
        else if (n < 0 && errno != EAGAIN && errno != EINTR)
            return report_death(c, "while it was asked");
    }
    if (f[2].revents) {
        if ((n = read(c->from, t->in, t->wanted)) > 0)
            t->in += n, t->wanted -= n;
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            return report_death(c, t->what);
    }
    return 0;
}

static int transfer_all(child *c, transfer *t, double seconds)
{
    double then = now() + seconds;
    size_t all = t->wanted;

    while (t->left || t->wanted) {
        if (exchange(c, t, until(then)))
            return -1;
        if (!(t->left || t->wanted) || now() <= then)
            continue;
        if (t->wanted < all)
            return fail("%.200s: the child gave %zu of the %zu bytes of its answer in %g s; it must send as many rows "
                        "and columns as it is asked for",
                        c->name, all - t->wanted, all, seconds);
        return fail("%.200s: the child gave no answer in %g s; raise timeout in [score], or give it fewer rows a call "
                    "with batch", c->name, seconds);
    }
    return 0;
}

/* A child that is dead must not end us: SIGPIPE is blocked in this thread meanwhile, and one that
 * came of it is taken away. */
int child_talk(child *c, const void *message, size_t size, void *answer, size_t wanted, double seconds)
{
    transfer t = { message, size, answer, wanted, "before its answer was whole" };
    sigset_t broken, before, waiting;
    int status, had;

    sigemptyset(&broken);
    sigaddset(&broken, SIGPIPE);
    had = !sigpending(&waiting) && sigismember(&waiting, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken, &before);
    status = early(c) || transfer_all(c, &t, seconds) ? -1 : 0;
    if (!had)
        while (sigtimedwait(&broken, NULL, &(struct timespec){ 0, 0 }) < 0 && errno == EINTR)
            ;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

int child_line(child *c, char *line, size_t size, double seconds)
{
    double then = now() + seconds;
    size_t n = 0;
    char *end = NULL;

    while (!end) {
        transfer t = { NULL, 0, line + n, size - 1 - n, "before its hello" };

        if (!t.wanted)
            return report_babble(c, line, n, "where a short line was expected");
        if (exchange(c, &t, until(then)))
            return -1;
        n = size - 1 - t.wanted;
        end = memchr(line, '\n', n);
        if (!end && now() > then)
            return fail("%.200s: the child said nothing in %g s; raise timeout in [score] if it needs longer to start",
                        c->name, seconds);
    }
    *end++ = 0;
    return end < line + n ? report_babble(c, end, line + n - end, "before it was asked") : 0;
}

/* ---- end ---- */

/* Until its stdout ends or the time is over. */
static void wait_for_end(child *c, double seconds)
{
    double then = now() + seconds;
    int over = 0;

    while (!over && now() < then) {
        struct pollfd f[2] = { { c->from, POLLIN, 0 }, { c->err, POLLIN, 0 } };
        char waste[4096];
        ssize_t n;

        if (poll(f, 2, until(then)) <= 0)
            continue;
        if (f[1].revents && !listen_to_stderr(c) && !f[0].revents)
            nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
        n = read(c->from, waste, sizeof waste);
        over = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
    }
}

void child_end(child *c, double seconds)
{
    if (!c)
        return;
    close(c->to);
    wait_for_end(c, seconds);
    /* its group, before it is waited for: until then no one else has its number */
    kill(-c->pid, SIGKILL);
    close(c->from), close(c->err), close(c->leash);
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    free(c);
}
