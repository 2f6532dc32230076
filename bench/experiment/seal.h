/*
 * Checksums of a table that grows by rows, in a file beside it (NAME.sums beside NAME.tsv): the CRC-32 of the head and
 * of each row.  Whoever goes on with the table notices by them that a finished row was changed.
 */
#ifndef FOKKER_SEAL_H
#define FOKKER_SEAL_H
#include "base/files/journal.h"

/* Of a text, after one whose seal is `before` (0: of none). */
unsigned long seal_of(unsigned long before, const char *text, size_t size);

/* The file beside a table, anew: its first lines are the seals of the head and of count - 1 rows.  0 or -1. */
int seals_begin(journal *, const char *table, int count, const unsigned long *seal);
int seals_add(journal *, int row, unsigned long seal);

/* That what the file says is what the table has: 0, or -1 with a sentence.  Either may have more rows than the other
 * (one was torn off, or is to be done again); a table without the file is taken as it is. */
int seals_match(const char *table, int count, const unsigned long *seal);

/* The file's name; NULL: out of memory.  Owned by the caller. */
char *seals_path(const char *table);

#endif
