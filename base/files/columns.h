/* Short tables of numbers in files, with the line of each row, so that a sentence of failure can name it.
 * Text, or .npy (row for line). */
#ifndef FOKKER_COLUMNS_H
#define FOKKER_COLUMNS_H

/* v: rows x cols, row-major; line[row] counts from 1 */
typedef struct columns { int rows, cols; double *v; int *line; } columns;

/* cols numbers a line, separated by blanks, tabs or commas; `#` begins a comment; cols = 1: any number of
 * them a line, each a row.
 * `what` the file should hold is for the sentence (`times`).  0 or -1, freed. */
int columns_read(const char *path, const char *what, int cols, columns *);
void columns_free(columns *);

#endif
