/*
 * Who may start programs and load objects: what the user said, and what a file says.  `kind = pipe` and `kind = plugin`
 * run code of whoever wrote the file; a model file that came with a mail must not.  The rule is docs/trust.md's.
 */
#ifndef FOKKER_TRUST_H
#define FOKKER_TRUST_H
#include "base/files/ini.h"

enum trust {
    TRUST_NONE,                             /* the name stands in a file: neither it nor what it leads to starts code */
    TRUST_NAME,                             /* the user wrote the name: `pipe:` and `plugin:` in it are consent */
    TRUST_FILES                             /* besides, what files name may be started: --trust */
};

/* How a model is to be opened that a file names, when `given` is how that file was opened: a file of the shipped folder
 * is trusted as the program is. */
enum trust trust_in(const char *file, enum trust given);

/* That [section] of a file opened with `given` may start or load `what`, the value of its `key`.  -1 with a sentence
 * that names it and says how to allow it. */
int trust_allows(const sections *, const section *, const char *key, const char *what, enum trust given);

#endif
