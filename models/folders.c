/* Folders found from the program's own place, and the one that the environment names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/beside.h"
#include "models/folders.h"

const char *shared_folder(void)
{
    static _Thread_local char folder[4500];
    /* from build/, build/tests/, build/asan/tests/, PREFIX/bin/ */
    static const char *const places[] = { "/../", "/../../", "/../../../", "/../share/fokker/" };
    const char *self = program_folder();
    char probe[4600];

    for (unsigned i = 0; *self && i < sizeof places / sizeof *places; i++) {
        snprintf(probe, sizeof probe, "%.4096s%splots", self, places[i]);
        if (!program_vouches(probe))
            continue;
        snprintf(folder, sizeof folder, "%.4096s%s", self, places[i]);
        snprintf(probe, sizeof probe, "%splots/style.gp", folder);
        if (program_vouches(probe))
            return folder;
    }
    return "";
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
