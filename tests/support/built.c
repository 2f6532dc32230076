/* Where the files lie that were built beside the tests. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tests/support/fixture.h"

const char *built(const char *file, const char *prefix, char *buf)
{
    char self[4000];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    self[n > 0 ? n : 0] = 0;
    snprintf(buf, 5000, "%s%.*s%s", prefix, (int)(strrchr(self, '/') - self) + 1, self, file);
    return buf;
}
