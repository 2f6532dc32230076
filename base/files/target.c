/* A file that is written beside its place and then renamed. */
#define _XOPEN_SOURCE 700           /* realpath */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/files/target.h"

static int refuse(const target *t, int error)
{
    const char *cure = error == ENOSPC || error == EDQUOT ? "free some space" : error == ENOENT || error == ENOTDIR
        ? "make its folder first"
                     : error == EISDIR ? "name a file" : "choose another path";

    return fail("%s: cannot be written (%s); %s", t->path, strerror(error), cure);
}

static FILE *create(target *t, mode_t mode)
{
    size_t size = strlen(t->real) + 40;
    FILE *f;
    int fd = -1;

    if (!(t->temp = malloc(size)))
        return NULL;
    for (int i = 0; i < 1000 && fd < 0; i++) {
        snprintf(t->temp, size, "%s.%ld-%d.tmp", t->real, (long)getpid(), i);
        fd = open(t->temp, O_WRONLY | O_CREAT | O_EXCL, mode);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0) {
        free(t->temp);
        t->temp = NULL;
        return NULL;
    }
    if (!(f = fdopen(fd, "wb")))
        close(fd);
    return f;
}

/* Links are followed, so that the file behind them is replaced and they stay. */
int target_open(target *t, const char *path)
{
    struct stat st;
    int there;

    *t = (target){ .path = path };
    t->real = realpath(t->path, NULL);
    if (!t->real && !(t->real = strdup(t->path)))
        return refuse(t, ENOMEM);
    there = !stat(t->real, &st);
    if (there && S_ISDIR(st.st_mode))
        return refuse(t, EISDIR);
    if (there && access(t->real, W_OK))
        return refuse(t, errno);
    t->file = there && !S_ISREG(st.st_mode) ? fopen(t->real, "wb") : create(t, there ? st.st_mode & 0777 : 0666);
    if (!t->file)
        return refuse(t, errno);
    errno = 0;
    return 0;
}

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
    return error ? refuse(t, error) : 0;
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
