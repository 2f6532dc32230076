/* Numbers in text: one row a line; fields end at a comma, or at blanks and tabs; `#` begins a comment;
 * blank lines and a first line of words are skipped. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "base/files/bom.h"
#include "base/files/source.h"

typedef struct line { char *text; size_t size; long number; } line;
typedef struct text_table { array *a; long rows, cols, n, size; int headed; } text_table;

static int put(const gz_source *s, line *l, size_t n, char c)
{
    if (n == l->size) {
        size_t size = l->size ? 2 * l->size : 1024;
        char *text = realloc(l->text, size);

        if (!text)
            return fail("%s:%ld: no memory for so long a line", s->s.path, l->number);
        l->text = text, l->size = size;
    }
    l->text[n] = c;
    return 0;
}

/* The next line without its comment and its end: 1, 0 at the end of the file, or -1. */
static int next_line(gz_source *s, line *l)
{
    size_t n = 0;
    int c, comment = 0;

    l->number++;
    while ((c = gzgetc(s->file)) != -1 && c != '\n') {
        if (c == 0 || c == 127 || (c < 32 && c != '\t' && c != '\r' && c != '\f'))
            return fail("%s:%ld: byte 0x%02x is not text; give .npy (for .npz: numpy.save one array of it), text, CSV "
                        "or IDX, each also as .gz",
                        s->s.path, l->number, c);
        comment |= c == '#';
        if (!comment && put(s, l, n++, c))
            return -1;
    }
    if (c == -1 && gz_broken(s))
        return -1;
    if (put(s, l, n, 0))
        return -1;
    return c != -1 || n || comment;
}

static const char *skip(const char *p) { return p + strspn(p, " \t\r\f"); }

/* A field begins at p: its end, and its number unless it is a word. */
static const char *field(const char *p, double *x)
{
    const char *end = p + strcspn(p, ", \t\r\f");
    char *stop;

    *x = strtod(p, &stop);
    return stop == end && stop > p ? end : NULL;
}

/* What follows a field: past one comma and blanks.  *more: another field must come
 * (after a comma even an empty one). */
static const char *after(const char *p, int *more)
{
    p = skip(p);
    *more = *p != 0;
    return *p == ',' ? skip(p + 1) : p;
}

/* No field is a number: the names of the columns. */
static int all_words(const char *p)
{
    double x;
    int more = 1;

    while (more) {
        if (field(p, &x))
            return 0;
        p = after(p + strcspn(p, ", \t\r\f"), &more);
    }
    return 1;
}

static int push(const gz_source *s, text_table *t, const line *l, double x)
{
    if (t->n == t->size) {
        long size = t->size ? t->size + t->size / 2 : 1024;
        double *v = realloc(t->a->v, size * sizeof *v);

        if (!v)
            return fail("%s:%ld: no memory for more numbers; use a smaller file", s->s.path, l->number);
        t->a->v = v, t->size = size;
    }
    t->a->v[t->n++] = x;
    return 0;
}

static int row(const gz_source *s, text_table *t, const line *l, const char *p)
{
    long cols = 0;
    int more = 1;

    while (more) {
        double x;
        const char *end = field(p, &x);
        int width = strcspn(p, ", \t\r\f");

        cols++;
        if (!end && !width)
            return fail("%s:%ld: column %ld is empty; give a number", s->s.path, l->number, cols);
        if (!end)
            return fail("%s:%ld: column %ld is \"%.*s\"; give a number (columns are separated by commas, blanks or "
                        "tabs)",
                        s->s.path, l->number, cols, width < 40 ? width : 40, p);
        if (!isfinite(x))
            return fail("%s:%ld: column %ld is %g; remove or mend such rows", s->s.path, l->number, cols, x);
        if (push(s, t, l, x))
            return -1;
        p = after(end, &more);
    }
    if (t->rows && cols != t->cols)
        return fail("%s:%ld: has %ld columns where the rows before have %ld; give every row as many", s->s.path,
                    l->number, cols, t->cols);
    t->cols = cols, t->rows++;
    return 0;
}

static int read_lines(gz_source *s, text_table *t, line *l)
{
    int got;

    while ((got = next_line(s, l)) > 0) {
        const char *p = skip(l->number == 1 ? past_mark(l->text) : l->text);


        if (!*p)
            continue;
        if (!t->rows && !t->headed && all_words(p))
            t->headed = 1;
        else if (row(s, t, l, p))
            return -1;
    }
    return got;
}

int read_text(gz_source *s, array *a)
{
    text_table t = { .a = a };
    line l = { 0 };
    int status = read_lines(s, &t, &l);
    double *v;

    free(l.text);
    if (status)
        return -1;
    if (!t.rows)
        return fail("%s: holds no row of numbers; give at least one", s->s.path);
    a->dims = 2, a->shape[0] = t.rows, a->shape[1] = t.cols;
    v = realloc(a->v, t.n * sizeof *v);
    a->v = v ? v : a->v;
    return 0;
}
