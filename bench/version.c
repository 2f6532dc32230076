/* The one object that knows the version and the commit: it alone is made again when they change. */
#include <cblas.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include "bench/version.h"
#include "include/fokker.h"

const char *version_text(void)
{
    return FOKKER_VERSION;
}

const char *version_commit(void)
{
    return *FOKKER_COMMIT ? FOKKER_COMMIT : "unknown";
}

const char *version_blas(void)
{
    return openblas_get_config();
}

/* /proc/cpuinfo's first "model name : TEXT" into name. */
static int model_name(char *name, size_t size)
{
    FILE *f = fopen("/proc/cpuinfo", "r");
    int found = 0;

    while (f && !found && fgets(name, (int)size, f))
        found = !strncmp(name, "model name", 10) && strchr(name, ':');
    if (f)
        fclose(f);
    if (found) {
        char *text = strchr(name, ':') + 1;

        text += strspn(text, " \t");
        text[strcspn(text, "\n")] = 0;
        memmove(name, text, strlen(text) + 1);
    }
    return found && *name;
}

const char *version_cpu(void)
{
    static _Thread_local char name[256];
    struct utsname u;

    if (!model_name(name, sizeof name))
        snprintf(name, sizeof name, "%.200s", uname(&u) < 0 ? "unknown" : u.machine);
    return name;
}
