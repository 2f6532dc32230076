/* A table with a row of names, as this program writes them: lines of cells between tabs, `#` lines before.  Cells are
 * texts; whoever wants numbers asks for them. */
#ifndef FOKKER_TABLE_H
#define FOKKER_TABLE_H

typedef struct table {
    char *path, *text;
    int columns, rows;
    char **cell;                            /* (1 + rows) x columns, the names first */
} table;

/* 0, or -1 with a sentence where the file cannot be read, has no names, or has a row of another number of cells; a last
 * line without its end is left out. */
int  table_read(table *, const char *path);
void table_free(table *);

/* The place of a column; -1 with a sentence where there is none. */
int table_column(const table *, const char *name);

const char *table_cell(const table *, int row, int column);
double table_number(const table *, int row, int column);       /* NAN where the cell is no number */

/* A list of texts, each once, in the order of their coming; the texts are borrowed. */
typedef struct distinct { int n, room; const char **text; } distinct;

/* The place of a text in the list, 1 for the first, added where it is new; 0: out of memory. */
int  distinct_place(distinct *, const char *text);
void distinct_free(distinct *);

#endif
