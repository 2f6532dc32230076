/* stdin, stdout and stderr. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "bench/options.h"
#include "bench/streams.h"

void streams_begin(void)
{
    static const int ways[] = { O_RDONLY, O_RDONLY, O_WRONLY };     /* of stdout the wrong one: writing says so */

    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", ways[fd]) != fd)
            _exit(FAILED_RUN);                      /* and there is nowhere to say it */
}

/* A failed write may have been long ago, and errno another's since. */
static int reader_has_gone(void)
{
    struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

    return poll(&out, 1, 0) > 0 && out.revents & POLLERR;
}

int streams_end(int code)
{
    int gone, bad, error;

    errno = 0;
    bad = fflush(stdout) || ferror(stdout);
    error = errno;
    gone = bad && reader_has_gone();
    if (fclose(stdout) && !bad)
        bad = 1, error = errno;
    if (!bad)
        return code;
    if (gone && code == OK) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    } else if (!gone) {
        fprintf(stderr, "fokker: stdout: cannot be written (%s); what was to be read there is lost\n",
                error ? strerror(error) : "is the disk full?");
    }
    return code ? code : FAILED_RUN;
}
