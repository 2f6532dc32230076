/* An INI file parsed into sections (inih): model files and bench specs. */
#ifndef FOKKER_SECTIONS_H
#define FOKKER_SECTIONS_H
#include "base/names.h"

typedef struct entry { char *key, *value; int line, used; } entry;
typedef struct section { char *name; int line, count; entry *entry; name_index keys; } section;
/* folder: of the path, with its '/', or "" */
typedef struct sections { char *path, *folder; int count; section *section; name_index names; } sections;

/* NULL on failure (with path:line). */
sections *sections_read(const char *path);
void sections_free(sections *);

section *sections_find(const sections *, const char *name);             /* NULL where there is none */

/* An entry by its key, as it stands; NULL where there is none. */
const entry *section_entry(const section *, const char *key);

/* The value of a key, marked as used; NULL where there is none.  A key given twice is refused when the file is read. */
const char *section_get(section *, const char *key);

/* The value of `kind`; NULL where there is none.  *meant: a key that looks like a misspelt `kind`, or NULL. */
const char *section_kind(section *, const char **meant);

/* "path:line" of a key, or of the section where there is no such key; in a buffer of this
 * thread, until the next call. */
const char *section_where(const sections *, const section *, const char *key);

/* That every section of the file has one of these names (NULL at the end): -1 with the line of the first that has not,
 * and the nearest name.  what: what the file is, for the sentence: "a model". */
int sections_known(const sections *, const char *what, const char *const *names);

/* What whoever reads a section calls first: that its keys are among `known` and `more` (each NULL at its end; more may
 * be NULL).  "mean.#" stands for mean.1, mean.2, ..., "input.*" for any that begins so.  -1 with the line of the first
 * that is none of them, and the nearest. */
int section_known(const sections *, const section *, const char *const *known, const char *const *more);

/* What whoever read it calls last: that each of its keys was read.  -1 with the line of the first that was not. */
int section_all_used(const sections *, const section *);

/* n numbers of a value separated by blanks or commas; -1 where one is not a number or there are more
 * than max. *n is the count. */
int section_numbers(const sections *, section *, const char *key, int max, double *out, int *n);

/* A path in a file, relative to that file's folder unless absolute; ${NAME} at its beginning is a variable of the
 * environment.  Owned by the caller; NULL on failure. */
char *sections_path(const sections *, const char *name);

#endif
