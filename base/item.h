/*
 * An item of the command line or of a model file: `name:key=value,key=value`.
 * Its keys are checked against the table of parameters that every descriptor
 * (process, grid, solver, metric, wrapper) carries.
 */
#ifndef FOKKER_ITEM_H
#define FOKKER_ITEM_H

enum { MAX_PARAM = 8, MAX_NAME = 64 };

/* A table ends with a parameter without a name, or after MAX_PARAM.
 * choices: NULL, a number in [min, max]; "a b c", one of these words, its index is the value; PATH, a text, at
 * most one a table: in an item it may stand without its key (`file:times.txt`), and everything up to the
 * item's end belongs to it.
 * whole: 1, integers only.  def: NAN means that there is no default and the key must be given (PATH: "" is then
 * refused).  role: what it is to others than its owner, a fact that they name (solver.h); 0: nothing. */
typedef struct param { const char *name, *about, *choices; double def, min, max; int whole, role; } param;
#define PATH "<path>"

/* What was given: v[i] belongs to table[i]; bit i of given is set where the user named it; text is the
 * PATH's, owned, or NULL. */
typedef struct args { double v[MAX_PARAM]; unsigned given; char *text; } args;

/* All parameters of the table at their defaults; text is NULL. */
void args_default(args *, const param *table);

/* One key, which is refused where it was given before.
 * where: what the sentence of failure begins with (`mine.ini:12`, `--grid`); owner: whose table it is.  0 or -1. */
int args_set(args *, const char *where, const char *owner, const param *table, const char *key, const char *value);

/* Defaults, then "key=value,key=value" (NULL or "": nothing), then a check that nothing is missing.
 * 0, or -1 with everything freed. */
int args_parse(args *, const char *where, const char *owner, const param *table, const char *list);

/* That every parameter without a default was given.  0 or -1. */
int args_complete(const args *, const char *where, const char *owner, const param *table);
void args_free(args *);

/* Splits `text` at its first ':' into a name and the list behind it ("" where there is none).
 * -1 where the name is empty or too long. */
int item_split(const char *where, const char *text, char name[MAX_NAME], const char **list);

/* Which of the n names that name_of(0..n-1) gives an item begins with, *list what follows its ':'; -1 with a sentence
 * that offers the nearest.  topic: as in `fokker list TOPIC`. */
int item_which(const char *where, const char *text, const char *topic, int n, const char *(*name_of)(int),
               const char **list);

/* A number that is the whole of `text`, finite.  0 or -1. */
int number(const char *where, const char *what, const char *text, double *out);

#endif
