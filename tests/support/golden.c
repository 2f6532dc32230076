/* Reads the archive: text, gzipped, blocks of `@ NAME ROWS COLUMNS` and their numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "base/fail.h"
#include "tests/support/golden.h"

typedef struct golden_block { char name[160]; array a; } golden_block;
struct golden { int n, room; golden_block *b; char *text; };

void golden_path(const char *file, char *path, size_t size)
{
    const char *models = getenv("FOKKER_MODELS");

    snprintf(path, size, "%s/../tests/golden/%s", models ? models : "models", file);
}

/* The whole file, unpacked, ended by 0. */
static char *unpack(const char *file)
{
    char path[1024], *text = NULL;
    size_t size = 1 << 20, used = 0;
    gzFile f;
    int got = 1;

    golden_path(file, path, sizeof path);
    if (!(f = gzopen(path, "rb")))
        return fail("%s: cannot be read", path), NULL;
    while (got > 0) {
        char *more = realloc(text, (size *= 2) + 1);

        if (!more) {
            free(text), gzclose(f);
            return fail("%s: out of memory", path), NULL;
        }
        text = more;
        got = gzread(f, text + used, (unsigned)(size - used));
        used += got > 0 ? got : 0;
    }
    gzclose(f);
    text[used] = 0;
    return got < 0 ? free(text), fail("%s: is damaged", path), NULL : text;
}

/* One block from *text on, which moves behind it. */
static int read_block(golden *g, char **text)
{
    golden_block *b = &g->b[g->n];
    long rows, cols;
    int used;

    *b = (golden_block){ .a.dims = 2 };
    if (sscanf(*text, "@ %159s %ld %ld%n", b->name, &rows, &cols, &used) != 3
        || !(b->a.v = malloc(rows * cols * sizeof *b->a.v)))
        return fail("arrays.txt.gz: block %d is damaged", g->n);
    b->a.shape[0] = rows, b->a.shape[1] = cols;
    g->n++;
    *text += used;
    for (long i = 0; i < rows * cols; i++)
        b->a.v[i] = strtod(*text, text);
    *text += strspn(*text, "\n");
    return 0;
}

golden *golden_open(void)
{
    golden *g = calloc(1, sizeof *g);
    char *at;

    if (!g || !(at = g->text = unpack("arrays.txt.gz")))
        return golden_close(g), NULL;
    while (*at) {
        if (g->n == g->room) {
            golden_block *more = realloc(g->b, (g->room = 2 * g->room + 64) * sizeof *more);

            if (!more)
                return golden_close(g), fail("out of memory"), NULL;
            g->b = more;
        }
        if (read_block(g, &at))
            return golden_close(g), NULL;
    }
    return g;
}

void golden_close(golden *g)
{
    if (!g)
        return;
    for (int i = 0; i < g->n; i++)
        free(g->b[i].a.v);
    free(g->b), free(g->text), free(g);
}

const array *golden_find(const golden *g, const char *name)
{
    for (int i = 0; i < g->n; i++)
        if (!strcmp(g->b[i].name, name))
            return &g->b[i].a;
    return fail("arrays.txt.gz: has no block %s", name), NULL;
}

int golden_table(const char *name, int cells, void (*f)(char *const *cell, void *with), void *with)
{
    char path[1024], line[4096], *cell[16];
    int rows = -1;
    FILE *in;

    golden_path(name, path, sizeof path);
    if (!(in = fopen(path, "r")))
        return fail("%s: cannot be read", path);
    for (; fgets(line, sizeof line, in); rows++) {
        char *at = line;

        line[strcspn(line, "\n")] = 0;
        for (int i = 0; i < cells; i++) {
            cell[i] = at ? at : "";
            if (at && (at = strchr(at, '\t')))
                *at++ = 0;
        }
        if (rows >= 0)
            f(cell, with);
    }
    fclose(in);
    return rows;
}
