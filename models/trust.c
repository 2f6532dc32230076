/* The shipped folder is the one beside the program; $FOKKER_MODELS says where to look, not whom to trust. */
#include <stdio.h>
#include "base/fail.h"
#include "base/files/inside.h"
#include "models/folders.h"
#include "models/trust.h"

/* Links are followed on both sides: a link out of the shipped folder leads to a file that is not shipped. */
static int is_shipped(const char *file)
{
    char folder[4600];

    snprintf(folder, sizeof folder, "%smodels/shipped", shared_folder());
    return *shared_folder() && path_inside(folder, file);
}

enum trust trust_in(const char *file, enum trust given)
{
    return given == TRUST_FILES || is_shipped(file) ? TRUST_FILES : TRUST_NONE;
}

int trust_allows(const sections *file, const section *in, const char *key, const char *what, enum trust given)
{
    return trust_in(file->path, given) == TRUST_FILES ? 0
        : fail("%s: this file wants to run \"%.200s\", and a file alone may not start programs or load objects; read "
               "it, then allow it with --trust", section_where(file, in, key), what);
}
