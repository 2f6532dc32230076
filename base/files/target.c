/* A file that is written beside its place and then renamed. */
#define _XOPEN_SOURCE 700           /* realpath */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/files/target.h"

enum { LINKS = 40 };

/* ---- why not ---- */

int target_lost(const char *path, int error)
{
    const char *cure = error == ENOSPC || error == EDQUOT ? "free some space"
                     : error == EFBIG ? "raise the limit on the size of files" : "choose another path";

    return fail_write("%s: cannot be written (%s); %s", path, strerror(error), cure);
}

/* A path that will not do is bad input; a disk that takes no file is none. */
static int refuse(const char *path, int error)
{
    const char *cure = error == ENOENT || error == ENOTDIR ? "make its folder first"
                     : error == EISDIR ? "name a file" : "choose another path";

    if (error == ENOSPC || error == EDQUOT || error == EFBIG || error == EIO || error == ENOMEM)
        return target_lost(path, error);
    return fail("%s: cannot be written (%s); %s", path, strerror(error), cure);
}

/* ---- where a path leads ---- */

/* The part of `path` before its name, without links, and `name` in it; owned, NULL with errno. */
static char *in_real_folder(const char *path, const char *name)
{
    char folder[PATH_MAX], *real, *all;
    size_t size;

    if ((size_t)(name - path) >= sizeof folder)
        return errno = ENAMETOOLONG, NULL;
    snprintf(folder, sizeof folder, "%.*s", (int)(name - path), path);
    if (!(real = realpath(*folder ? folder : ".", NULL)))
        return NULL;
    size = strlen(real) + strlen(name) + 2;
    if ((all = malloc(size)))
        snprintf(all, size, "%s/%s", real, name);
    free(real);
    return all;
}

/* N, where the place is /proc/self/fd/N: this program's own descriptor; else -1. */
static int own_descriptor(const char *place)
{
    char *own = realpath("/proc/self/fd", NULL);
    size_t size = own ? strlen(own) : 0;
    int its = own && !strncmp(place, own, size) && place[size] == '/' && isdigit((unsigned char)place[size + 1]);

    free(own);
    return its ? atoi(place + size + 1) : -1;
}

/* What a link at `place` says, as a path: 1; 0: there is no link. */
static int follow(const char *place, char to[PATH_MAX])
{
    char text[PATH_MAX];
    ssize_t size = readlink(place, text, sizeof text - 1);
    int folder = (int)(strrchr(place, '/') + 1 - place);

    if (size < 0)
        return 0;
    text[size] = 0;
    return snprintf(to, PATH_MAX, "%.*s%s", *text == '/' ? 0 : folder, place, text) < PATH_MAX;
}

/* The place at the end of all links, though nothing may be there yet, and which descriptor of ours that is, or -1.
 * Owned; NULL with errno. */
static char *lead(const char *path, int *descriptor)
{
    char at[PATH_MAX], *place, *slash;

    if (snprintf(at, sizeof at, "%s", path) >= (int)sizeof at)
        return errno = ENAMETOOLONG, NULL;
    for (int links = 0; links < LINKS; links++) {
        slash = strrchr(at, '/');
        if (!*(slash ? slash + 1 : at))
            return errno = EISDIR, NULL;
        if (!(place = in_real_folder(at, slash ? slash + 1 : at)))
            return NULL;
        if ((*descriptor = own_descriptor(place)) >= 0 || !follow(place, at))
            return place;
        free(place);
    }
    return errno = ELOOP, NULL;
}

/* ---- opening ---- */

static FILE *stream_of(int fd)
{
    FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;

    if (fd >= 0 && !f)
        close(fd);
    return f;
}

/* Another descriptor for the same open file: what was written to it before stays. */
static FILE *duplicate(int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);

    if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY)
        errno = EBADF, flags = -1;
    if (flags < 0)
        return NULL;
    if (descriptor == STDOUT_FILENO)
        fflush(stdout);
    return stream_of(fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
}

/* What the file that is there was: its mode, and its owner where that is allowed. */
static int alike(int fd, const struct stat *was)
{
    if (fchown(fd, was->st_uid, was->st_gid) && fchown(fd, (uid_t)-1, was->st_gid))
        errno = 0;                                  /* another's file becomes ours, as with every editor */
    return fchmod(fd, was->st_mode & 0777);
}

/* was: of the file that is there, or NULL. */
static FILE *create(target *t, const struct stat *was)
{
    size_t size = strlen(t->real) + 40;
    const char *name = strrchr(t->real, '/') + 1;
    int fd = -1, folder = (int)(name - t->real);

    if (!(t->temp = malloc(size)))
        return NULL;
    for (int i = 0; i < 1000 && fd < 0; i++) {
        snprintf(t->temp, size, "%.*s%.200s.%ld-%d.tmp", folder, t->real, name, (long)getpid(), i);
        fd = open(t->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, was ? 0600 : 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0) {
        free(t->temp);
        t->temp = NULL;
        return NULL;
    }
    if (was && alike(fd, was))
        return close(fd), NULL;
    return stream_of(fd);
}

int target_open(target *t, const char *path)
{
    struct stat st;
    int there, descriptor;

    *t = (target){ .path = path };
    if (!(t->real = lead(path, &descriptor)))
        return refuse(path, errno);
    there = !stat(t->real, &st);
    if (descriptor >= 0)
        t->file = duplicate(descriptor);
    else if (!there && errno != ENOENT)
        return refuse(path, errno);
    else if (there && S_ISDIR(st.st_mode))
        return refuse(path, EISDIR);
    else if (there && access(t->real, W_OK))
        return refuse(path, errno);
    else if (there && !S_ISREG(st.st_mode))
        t->file = stream_of(open(t->real, O_WRONLY | O_NOCTTY | O_CLOEXEC));
    else
        t->file = create(t, there ? &st : NULL);
    if (!t->file)
        return refuse(path, errno);
    errno = 0;
    return 0;
}

/* ---- closing ---- */

static int finish(target *t)
{
    int error = 0;

    if (fflush(t->file) || ferror(t->file) || (t->temp && fsync(fileno(t->file))))
        error = errno ? errno : EIO;
    if (fclose(t->file) && !error)
        error = errno;
    t->file = NULL;
    if (!error && t->temp && rename(t->temp, t->real))
        error = errno;
    return error ? target_lost(t->path, error) : 0;
}

int target_close(target *t, int status)
{
    if (t->file && !status)
        status = finish(t);
    if (t->file)
        fclose(t->file);
    if (status && t->temp)
        unlink(t->temp);
    free(t->temp);
    free(t->real);
    return status;
}

/* ---- before the work ---- */

int target_try(const char *path)
{
    int descriptor;
    char *place = lead(path, &descriptor);
    struct stat st;
    target t;
    int status;

    if (place && descriptor < 0 && !stat(place, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
        int error = access(place, W_OK) ? errno : 0;

        free(place);
        return error ? refuse(path, error) : 0;
    }
    free(place);
    status = target_open(&t, path);
    target_close(&t, -1);
    return status;
}

int target_same(const char *a, const char *b)
{
    int of_a, of_b, same;
    char *at_a = lead(a, &of_a), *at_b = lead(b, &of_b);
    struct stat is_a, is_b;

    if (!at_a || !at_b || of_a >= 0 || of_b >= 0)
        same = at_a && at_b && of_a == of_b && of_a >= 0;
    else if (stat(at_a, &is_a) || stat(at_b, &is_b))
        same = !strcmp(at_a, at_b);
    else
        same = is_a.st_dev == is_b.st_dev && is_a.st_ino == is_b.st_ino && !S_ISCHR(is_a.st_mode);
    free(at_a), free(at_b);
    return same;
}
