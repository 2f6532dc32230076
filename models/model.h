/* A model: what is true.  A process, and unless the field is a black box, a law; the sections that the other folders
 * read. */
#ifndef FOKKER_MODEL_H
#define FOKKER_MODEL_H
#include "models/laws/law.h"
#include "models/processes/process.h"
#include "base/files/ini.h"

typedef struct model {
    char *name;                             /* as the user named it, without folder and .ini */
    process *process;
    int assumed;                            /* nobody named the process: vp-linear, or what the field was made for */
    law *law;                               /* NULL: nothing is known of the data */
    sections *file;                         /* with [score] for scores/open.c; NULL for `plugin:FILE` and the like */
    char *field;                            /* `plugin:FILE`, `pipe:COMMAND`: all of it; else NULL */
} model;

/* A name in the folder of models, a path to a model file, or a field.
 * process: an item that replaces the file's process, or NULL.  NULL on failure. */
model *model_open(const char *name, const char *process);
void model_close(model *);

/* The path of a model's file: of a name in the folder of models, or of a path.  Owned; NULL on failure. */
char *model_file(const char *name);

/* How a file names another model: a path.ini is relative to the file's folder, all else stays as it is.
 * Owned; NULL on failure. */
char *model_named(const sections *, const char *name);

/* The folder that holds models/shipped/ and plots/: found from $FOKKER_MODELS or from where the program stands; ends
 * with '/'.  "" if there is none. */
const char *shared_folder(void);

/* The folder of the models that are shipped: $FOKKER_MODELS (or shipped/ in it), or that of the shared folder; ends
 * with '/'.  "" if there is none. */
const char *models_folder(void);

#endif
