/* A model: what is true.  A process, and unless the field is a black box, a law; the sections that
 * the other folders read. */
#ifndef FOKKER_MODEL_H
#define FOKKER_MODEL_H
#include "models/folders.h"
#include "models/laws/law.h"
#include "models/processes/process.h"
#include "base/files/ini.h"
#include "models/trust.h"

typedef struct model {
    char *name;                             /* as the user named it, without folder and .ini */
    process *process;
    int assumed;                            /* nobody named the process: vp-linear, or what the field was made for */
    law *law;                               /* NULL: nothing is known of the data */
    sections *file;                         /* with [score] for scores/open.c; NULL for `plugin:FILE` and the like */
    char *field;                            /* `plugin:FILE`, `pipe:COMMAND`: all of it; else NULL */
    enum trust trust;                       /* whether the file's [score] may start a program or load an object */
} model;

/* A name in the folder of models, a path to a model file, or a field.
 * process: an item that replaces the file's process, or NULL.  NULL on failure.
 * model_open takes the name for the user's own and trusts no file: TRUST_NAME. */
model *model_open(const char *name, const char *process);
model *model_open_by(const char *name, const char *process, enum trust);
void model_close(model *);

/* The text of a model file, whose sections are those of a model.  NULL on failure. */
sections *model_sections(const char *path);

/* The path of a model's file: of a name in the folder of models, or of a path.  Owned; NULL on failure. */
char *model_file(const char *name);

/* How a file names another model: a path.ini is relative to the file's folder, all else stays as it is.
 * Owned; NULL on failure. */
char *model_named(const sections *, const char *name);

#endif
