/* An INI file parsed into sections (inih): model files and bench specs. */
#ifndef FOKKER_SECTIONS_H
#define FOKKER_SECTIONS_H

typedef struct entry { char *key, *value; int line, used; } entry;
typedef struct section { char *name; int line, count; entry *entry; } section;
/* folder: of the path, with its '/', or "" */
typedef struct sections { char *path, *folder; int count; section *section; } sections;

/* NULL on failure (with path:line). */
sections *sections_read(const char *path);
void sections_free(sections *);

section *sections_find(const sections *, const char *name);             /* NULL where there is none */

/* The value of a key, marked as used; NULL where there is none.  A key given twice is refused when the file is read. */
const char *section_get(section *, const char *key);

/* "path:line" of a key, or of the section where there is no such key; in a buffer of this thread, until the next
 * call. */
const char *section_where(const sections *, const section *, const char *key);

/* That every key was used: -1 with the line of the first that was not, and the nearest of the known ones (ends with
 * NULL). */
int section_all_used(const sections *, const section *, const char *const *known);

/* n numbers of a value separated by blanks or commas; -1 where one is not a number or there are more than max. *n is
 * the count. */
int section_numbers(const sections *, section *, const char *key, int max, double *out, int *n);

/* A path in a file, relative to that file's folder unless absolute; ${NAME} at its beginning is a variable of the
 * environment.  Owned by the caller; NULL on failure. */
char *sections_path(const sections *, const char *name);

#endif
