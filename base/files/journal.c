/* A file that grows by whole lines. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/files/journal.h"
#include "base/files/target.h"

int journal_begin(journal *j, const char *path)
{
    *j = (journal){ .path = strdup(path), .fd = -1, .good = -1 };
    return j->path ? 0 : fail("%s: out of memory", path);
}

int journal_continue(journal *j, const char *path, long whole)
{
    if (journal_begin(j, path))
        return -1;
    if ((j->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)) < 0)
        return fail("%s: cannot be written (%s); choose another folder with -o", path, strerror(errno));
    if (ftruncate(j->fd, whole) && errno != EINVAL)             /* a device has no length */
        return fail_write("%s: cannot be cut behind its last whole line (%s)", path, strerror(errno));
    j->good = whole;
    return 0;
}

FILE *journal_draft(journal *j)
{
    if (!j->draft && !(j->draft = open_memstream(&j->text, &j->size)))
        fail("%s: out of memory", j->path);
    return j->draft;
}

static int drop(journal *j)
{
    int bad = j->draft && fclose(j->draft);

    free(j->text);
    j->draft = NULL, j->text = NULL;
    return bad;
}

/* A signal must not tear an addition. */
static int write_all(int fd, const char *text, size_t size)
{
    for (ssize_t some; size; text += some, size -= (size_t)some)
        if ((some = write(fd, text, size)) < 0) {
            if (errno != EINTR)
                return -1;
            some = 0;
        }
    return 0;
}

static int first(journal *j)
{
    target t;
    int status = target_open(&t, j->path);

    if (!status)
        fwrite(j->text, 1, j->size, t.file);
    if (target_close(&t, status))
        return -1;
    if ((j->fd = open(j->path, O_WRONLY | O_APPEND | O_CLOEXEC)) < 0)
        return target_lost(j->path, errno);
    j->good = (long)j->size;
    return 0;
}

static int append(journal *j)
{
    int bad = write_all(j->fd, j->text, j->size) || (!j->hasty && fsync(j->fd) && errno != EINVAL), error = errno;

    if (!bad)
        j->good += (long)j->size;
    else if (ftruncate(j->fd, j->good))
        errno = 0;                                  /* a torn line stays, which whoever goes on cuts off */
    return bad ? target_lost(j->path, error) : 0;
}

int journal_commit(journal *j)
{
    int status;

    if (fclose(j->draft))
        status = fail("%s: out of memory", j->path);
    else
        status = j->good < 0 ? first(j) : append(j);
    j->draft = NULL;
    drop(j);
    return status;
}

int journal_close(journal *j)
{
    int status = 0;

    drop(j);
    if (j->path && j->fd >= 0 && close(j->fd))
        status = target_lost(j->path, errno);
    free(j->path);
    *j = (journal){ .fd = -1 };
    return status;
}
