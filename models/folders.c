/* Folders found from the library's and the program's own place, and the one that the environment names.
 * FOKKER_SHARE: PREFIX/share/fokker of the build, which is all that a program with the static library can go by. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/beside.h"
#include "models/folders.h"

enum { LONGEST = 4096 };

/* Whether the folder that `place` leads to from `from` holds what is shared; it stands in `folder` then. */
static int holds(const char *from, const char *place, char *folder, size_t size)
{
    char probe[LONGEST + 200];

    snprintf(probe, sizeof probe, "%.*s%splots", LONGEST, from, place);
    if (!*from || !program_vouches(probe))
        return 0;
    snprintf(folder, size, "%.*s%s", LONGEST, from, place);
    snprintf(probe, sizeof probe, "%splots/style.gp", folder);
    return program_vouches(probe);
}

const char *shared_folder(void)
{
    static _Thread_local char folder[LONGEST + 100];
    /* from build/, build/tests/, build/asan/tests/; PREFIX/bin/, PREFIX/lib/; PREFIX/lib/ARCHITECTURE/ */
    static const char *const places[] = { "/../", "/../../", "/../../../", "/../share/fokker/",
                                          "/../../share/fokker/" };
    const char *const from[] = { library_folder(), program_folder() };

    for (size_t k = 0; k < sizeof from / sizeof *from; k++)
        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
            if (holds(from[k], places[i], folder, sizeof folder))
                return folder;
    return holds(FOKKER_SHARE, "/", folder, sizeof folder) ? folder : "";
}

const char *models_folder(void)
{
    static _Thread_local char folder[4600];
    const char *asked = getenv("FOKKER_MODELS"), *shared = shared_folder(), *slash;

    if (!asked || !*asked) {
        snprintf(folder, sizeof folder, "%s%s", shared, *shared ? "models/shipped/" : "");
        return folder;
    }
    slash = asked[strlen(asked) - 1] == '/' ? "" : "/";
    snprintf(folder, sizeof folder, "%s%sshipped/", asked, slash);          /* a checkout's models/ */
    if (access(folder, R_OK))
        snprintf(folder, sizeof folder, "%s%s", asked, slash);
    return folder;
}
