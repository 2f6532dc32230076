/* What the kinds of field share: where open.c finds them, and how a score is made. */
#ifndef FOKKER_FIELD_H
#define FOKKER_FIELD_H
#include "models/model.h"
#include "scores/score.h"

/* A kind of [score]: its name, the keys of the section besides those that every kind has (base/files/ini.h,
 * section_known), and what opens the bare field of a model, NULL on failure.
 * The section is NULL where the model is `NAME:...` on the command line (model->field).
 * judge_keys: further keys of [features], or NULL. */
typedef struct field_kind {
    const char *name;
    const char *const *keys, *const *judge_keys;
    score *(*open)(const model *, section *);
} field_kind;

/* A score of its own with these members.  NULL: out of memory, self is still the caller's. */
score *field_new(score);

/* The bare field of a kind by its name.  NULL on failure, also where the section has a key that nobody reads. */
score *field_of_kind(const model *, section *, const char *kind);

/* Whether a section is [features]: its network makes any number of columns of a point, and predicts nothing. */
int section_judges(const section *);

/* A list of wrappers around s, from left to right; s is owned, and closed on failure. */
score *field_wrap(score *, const process *, const char *where, const char *items);

/* "file:line" of a key, or the name of a model that is no file. */
const char *field_where(const model *, const section *, const char *key);

/* A number of the section within [least, most], or `otherwise` where it is not given.  0 or -1. */
int field_number(const model *, section *, const char *key, double least, double most, double otherwise, double *out);

/* A path of the section, relative to the model's file, with a slash in it; owned.
 * NULL with a sentence, also where the key is missing. */
char *field_path(const model *, section *, const char *key);

#endif
