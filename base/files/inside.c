/* Folders compared by where they really are. */
#define _XOPEN_SOURCE 700
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/files/inside.h"

int path_inside(const char *folder, const char *path)
{
    char *home = realpath(folder, NULL), *there = realpath(path, NULL);
    size_t size = home ? strlen(home) : 0;
    int yes = home && there && (size == 1 || (!strncmp(home, there, size) && there[size] == '/'));

    free(home), free(there);
    return yes;
}

int link_leaves(const char *folder, const char *path)
{
    struct stat is;

    return !lstat(path, &is) && S_ISLNK(is.st_mode) && !path_inside(folder, path);
}
