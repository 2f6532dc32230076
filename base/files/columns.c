/* Short tables of numbers in files, with the line of each row. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "base/files/array.h"
#include "base/files/bom.h"
#include "base/files/columns.h"

void columns_free(columns *c)
{
    free(c->v);
    free(c->line);
    *c = (columns){ 0 };
}

/* Room for one row more, doubling. */
static int grow(columns *c)
{
    double *v;
    int *line;

    if (c->rows & (c->rows - 1))
        return 0;
    if ((v = realloc(c->v, 2 * (c->rows + 1) * c->cols * sizeof *v)))
        c->v = v;
    if ((line = realloc(c->line, 2 * (c->rows + 1) * sizeof *line)))
        c->line = line;
    return v && line ? 0 : fail("out of memory for a table of %d rows", c->rows);
}

/* The numbers of one line. */
static int row(const char *path, const char *what, int at, char *text, columns *c)
{
    int n = 0;

    text[strcspn(text, "#\r\n")] = 0;
    for (char *word = text, *end; *(word += strspn(word, " \t,")); word = end) {
        double x = strtod(word, &end);

        if (end == word || (*end && !strchr(" \t,", *end)) || !isfinite(x))
            return fail("%s:%d: \"%.40s\" is not a finite number; the file holds %s", path, at, word, what);
        if (n == c->cols && c->cols > 1)
            return fail("%s:%d: more than %d numbers in a row; the file holds %s", path, at, c->cols, what);
        if (n % c->cols == 0) {    /* NOLINT: cols > 0 */
            if (grow(c))
                return -1;
            c->line[c->rows++] = at;
        }
        c->v[(c->rows - 1) * c->cols + n++ % c->cols] = x;
    }
    if (n % c->cols)
        return fail("%s:%d: %d numbers in a row, not %d; the file holds %s", path, at, n, c->cols, what);
    return 0;
}

/* An array of the right shape; one of a single column may lie in any shape. */
static int from_array(const char *path, const char *what, int cols, columns *c)
{
    array a;
    long n;

    if (array_read(path, &a))
        return -1;
    n = array_rows(&a) * array_cols(&a);
    if ((cols > 1 && array_cols(&a) != cols) || n / cols > 1 << 24
        || !(c->line = malloc((n / cols + 1) * sizeof *c->line))) {
        array_free(&a);
        return fail("%s: is not a short array of %d columns; the file holds %s", path, cols, what);
    }
    *c = (columns){ .rows = n / cols, .cols = cols, .v = a.v, .line = c->line };
    for (int i = 0; i < c->rows; i++)
        c->line[i] = i + 1;
    return c->rows ? 0 : fail("%s: holds no numbers; give a file of %s", path, what);
}

static int from_text(FILE *f, const char *path, const char *what, columns *c)
{
    char *text = NULL;
    size_t size = 0;
    ssize_t len;
    int status = 0, at = 0;

    while (!status && (len = getline(&text, &size, f)) >= 0) {
        char *from = at++ ? text : (char *)past_mark(text);

        if (at == 1 && is_utf16(text))
            status = fail("%s: " SAVE_AS_UTF8, path);
        else if (memchr(text, 0, len))
            status = fail("%s:%d: there is a zero byte; the file holds %s", path, at, what);
        else
            status = row(path, what, at, from, c);
    }
    free(text);
    if (!status && ferror(f))
        return fail("%s: cannot be read: %s; give a readable file of %s", path, strerror(errno), what);
    if (!status && !c->rows)
        return fail("%s: holds no numbers; give a file of %s", path, what);
    return status;
}

int columns_read(const char *path, const char *what, int cols, columns *c)
{
    FILE *f = fopen(path, "r");
    int status, first;

    *c = (columns){ .cols = cols };
    if (!f)
        return fail("%s: %s; give a readable file of %s", path, strerror(errno), what);
    first = getc(f);
    ungetc(first, f);
    status = first == 0x93 ? from_array(path, what, cols, c) : from_text(f, path, what, c);     /* \x93NUMPY */
    fclose(f);
    if (status)
        columns_free(c);
    return status;
}
