/* From names to a field: what opens one from a model, and a model together with its field. */
#ifndef FOKKER_OPEN_H
#define FOKKER_OPEN_H
#include "models/model.h"
#include "scores/score.h"

/* The field of a model, as `predicts` of its [score] section declares it, with its wrappers: `wrap` is
 * "clamp:lo=-1,hi=1 round:T=1000", applied from left to right behind those of the section; NULL or "": none.
 * A process that the model only assumes becomes the one that the field was made for.  The model must outlive it.
 * NULL on failure. */
score *field_open(model *, const char *wrap);

/* The exact denoiser of a law.  NULL: out of memory. */
score *exact_open(const law *);

/* A model with its field. */
typedef struct subject { model *model; score *field; } subject;

/* How it is named; process, wrap: NULL: the model's. */
typedef struct naming { const char *model, *process, *wrap; enum trust trust; } naming;

/* subject_open takes the name for the user's own and trusts no file: TRUST_NAME.  0 or -1 */
int  subject_open_as(subject *, const naming *);
int  subject_open(subject *, const char *model, const char *process, const char *wrap);
void subject_close(subject *);

/* How many classes can be told: those that data and field both have; 0: neither says; -1: none. */
int  subject_labels(const subject *);

/* That this label can be told (below 0: none is).  where: for the sentence, `--label`.  0 or -1. */
int  subject_takes(const subject *, const char *where, long label);

#endif
