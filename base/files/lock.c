/* Locks on folders and files: POSIX record locks, which network file systems know too. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/files/lock.h"
#include "base/files/target.h"

int folder_make(const char *path)
{
    char part[PATH_MAX];
    struct stat is;

    if (strlen(path) >= sizeof part)
        return fail("-o: the path is longer than %zu characters", sizeof part - 1);
    for (const char *end = path; *end; ) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        snprintf(part, sizeof part, "%.*s", (int)(end - path), path);
        if (!mkdir(part, 0777) || (!stat(part, &is) && S_ISDIR(is.st_mode)))
            continue;
        if (errno == ENOSPC || errno == EDQUOT)
            return target_lost(path, errno);
        return fail("-o %s: the folder cannot be made (%s); choose another", path, strerror(errno));
    }
    return 0;
}

static int held(const char *what, int fd)
{
    struct flock by = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    char who[64] = "another program";

    if (!fcntl(fd, F_GETLK, &by) && by.l_type != F_UNLCK && by.l_pid > 0)
        snprintf(who, sizeof who, "process %ld", (long)by.l_pid);
    return fail("%s: is in use by %s; let it end, or choose another with -o", what, who);
}

/* Whether the file that was opened is still the one of that name: whoever held it before may have removed it. */
static int still_there(int fd, const char *path)
{
    struct stat mine, now;

    return !fstat(fd, &mine) && !stat(path, &now) && mine.st_dev == now.st_dev && mine.st_ino == now.st_ino;
}

static int take(lock *l, const char *what)
{
    do {
        struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

        if (l->fd >= 0)
            close(l->fd);
        if ((l->fd = open(l->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666)) < 0)
            return errno == ENOSPC || errno == EDQUOT ? target_lost(l->path, errno)
                : fail("%s: cannot be written (%s); choose another with -o", l->path, strerror(errno));
        if (!fcntl(l->fd, F_SETLK, &all))
            continue;
        if (errno == EACCES || errno == EAGAIN)
            return held(what, l->fd);
        return 1;                                   /* there are no locks here */
    } while (!still_there(l->fd, l->path));
    return 0;
}

static int named(lock *l, const char *path, const char *ending)
{
    size_t size = strlen(path) + strlen(ending) + 1;
    int status;

    *l = (lock){ .path = malloc(size), .fd = -1 };
    if (!l->path)
        return fail("%s: out of memory", path);
    snprintf(l->path, size, "%s%s", path, ending);
    if (!(status = take(l, path)))
        return 0;
    if (l->fd >= 0)
        close(l->fd);
    if (status > 0)
        unlink(l->path);
    free(l->path);
    *l = (lock){ .fd = -1 };
    return status < 0 ? -1 : 0;
}

int lock_folder(lock *l, const char *path)
{
    *l = (lock){ .fd = -1 };
    return folder_make(path) ? -1 : named(l, path, "/.lock");
}

int lock_file(lock *l, const char *path) { return named(l, path, ".lock"); }

/* Removed while it is held: whoever waits for it sees that it is gone. */
void lock_free(lock *l)
{
    if (l->path) {
        unlink(l->path);
        close(l->fd);
        free(l->path);
    }
    *l = (lock){ .fd = -1 };
}
