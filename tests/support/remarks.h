/* What fokker check remarks. */
#ifndef FOKKER_REMARKS_H
#define FOKKER_REMARKS_H
#include "bench/checks/check.h"

enum { ROWS = 400 };

/* A remark of a kind, or NULL. */
const remark *found(const check *, const char *what);

/* A test fails unless there is one with this mark and this word in its advice. */
void has_mark(const check *, const char *what, enum mark, const char *word);
#endif
