/* The program's own folder, and who may have put a file near it. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/beside.h"

static const char self[] = "/proc/self/exe";

const char *program_folder(void)
{
    static _Thread_local char folder[4096];
    ssize_t n = readlink(self, folder, sizeof folder - 1);
    char *slash;

    folder[n > 0 ? n : 0] = 0;
    if ((slash = strrchr(folder, '/')))
        *slash = 0;
    return folder;
}

int program_vouches(const char *path)
{
    struct stat is, own;

    if (stat(path, &is) || stat(self, &own))
        return 0;
    return (!is.st_uid || is.st_uid == own.st_uid || is.st_uid == geteuid())
        && (!(is.st_mode & S_IWOTH) || own.st_mode & S_IWOTH);
}
