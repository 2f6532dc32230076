/* Reads a whole table and cuts it apart in place. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "bench/report/table.h"

/* The file with a 0 behind it. */
static char *read_all(const char *path)
{
    FILE *f = fopen(path, "r");
    size_t room = 0;
    char *text = NULL;

    if (!f)
        return fail("%s: cannot be read (%s)", path, strerror(errno)), NULL;
    if (getdelim(&text, &room, 0, f) < 0) {
        free(text);
        text = ferror(f) ? NULL : calloc(1, 1);
        if (!text)
            fail("%s: cannot be read (%s)", path, strerror(errno));
    }
    fclose(f);
    return text;
}

static int count_cells(const char *line)
{
    int n = 1;

    for (; *line; line++)
        n += *line == '\t';
    return n;
}

/* Cuts a line into cells. */
static void cut(char *line, char **cell)
{
    for (*cell++ = line; (line = strchr(line, '\t')); *cell++ = ++line)
        *line = 0;
}

static int add_line(table *t, char *line, int number, int *room)
{
    if (!t->columns)
        t->columns = count_cells(line);
    else if (count_cells(line) != t->columns)
        return fail("%s:%d: has %d cells under %d names; was the file changed?", t->path, number, count_cells(line),
                    t->columns);
    if (t->rows + 1 >= *room) {
        char **more = realloc(t->cell, (size_t)(*room = 2 * *room + 64) * t->columns * sizeof *more);

        if (!more)
            return fail("%s: out of memory", t->path);
        t->cell = more;
    }
    cut(line, t->cell + (size_t)(t->rows + 1) * t->columns);
    t->rows++;
    return 0;
}

int table_read(table *t, const char *path)
{
    int number = 0, room = 0, bad;
    char *end;

    *t = (table){ .path = strdup(path), .text = read_all(path), .rows = -1 };
    bad = t->text && !t->path ? fail("%s: out of memory", path) : t->text ? 0 : -1;
    for (char *line = t->text; !bad && (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        number++;
        if (*line && *line != '#')
            bad = add_line(t, line, number, &room);
    }
    if (!bad && t->rows < 0)
        bad = fail("%s: has no names of columns; it is no table of this program", path);
    return bad ? table_free(t), -1 : 0;
}

void table_free(table *t)
{
    free(t->path), free(t->text), free(t->cell);
    *t = (table){ 0 };
}

int table_column(const table *t, const char *name)
{
    for (int i = 0; i < t->columns; i++)
        if (!strcmp(t->cell[i], name))
            return i;
    return fail("%s: has no column %s; it is no table of this program, or an older one's", t->path, name);
}

const char *table_cell(const table *t, int row, int column) { return t->cell[(size_t)(row + 1) * t->columns + column]; }

double table_number(const table *t, int row, int column)
{
    const char *text = table_cell(t, row, column);
    char *end;
    double v = strtod(text, &end);

    return end == text || *end ? NAN : v;
}

int distinct_place(distinct *d, const char *text)
{
    for (int i = 0; i < d->n; i++)
        if (!strcmp(d->text[i], text))
            return i + 1;
    if (d->n == d->room) {
        const char **more = realloc(d->text, (d->room = 2 * d->room + 16) * sizeof *more);

        if (!more)
            return fail("out of memory"), 0;
        d->text = more;
    }
    d->text[d->n++] = text;
    return d->n;
}

void distinct_free(distinct *d)
{
    free(d->text);
    *d = (distinct){ 0 };
}
