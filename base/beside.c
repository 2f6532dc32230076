/* The program's own folder, the library's, and who may have put a file near them. */
#define _GNU_SOURCE                                 /* dladdr1 */
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/beside.h"

static const char self[] = "/proc/self/exe";

/* A path without its last part. */
static char *without_name(char *path)
{
    char *slash = strrchr(path, '/');

    if (slash)
        *slash = 0;
    return path;
}

const char *program_folder(void)
{
    static _Thread_local char folder[4096];
    ssize_t n = readlink(self, folder, sizeof folder - 1);

    folder[n > 0 ? n : 0] = 0;
    return without_name(folder);
}

/* The program itself has no name in the list of loaded objects. */
const char *library_folder(void)
{
    static _Thread_local char folder[4096];
    static const char here;
    struct link_map *map = NULL;
    Dl_info at;

    *folder = 0;
    if (dladdr1(&here, &at, (void **)&map, RTLD_DL_LINKMAP) && map)
        snprintf(folder, sizeof folder, "%s", map->l_name);
    return without_name(folder);
}

int program_vouches(const char *path)
{
    struct stat is, own;

    if (stat(path, &is) || stat(self, &own))
        return 0;
    return (!is.st_uid || is.st_uid == own.st_uid || is.st_uid == geteuid())
        && (!(is.st_mode & S_IWOTH) || own.st_mode & S_IWOTH);
}
