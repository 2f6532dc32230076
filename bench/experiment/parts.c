/* The files of ranks: found by their names, read, matched with cells. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include "bench/experiment/parts.h"
#include "bench/experiment/seal.h"
#include "base/fail.h"

enum { PATH_SIZE = 4400 };

void parts_path(const char *folder, int rank, char *path, size_t size)
{
    snprintf(path, size, "%s/results.part-%d.tsv", folder, rank);
}

/* results.part-K.tsv */
static int is_part(const char *name)
{
    size_t size = strlen(name);

    return !strncmp(name, "results.part-", 13) && size > 4 && !strcmp(name + size - 4, ".tsv");
}

/* The next part of the folder into path; 0 at the end. */
static int next(DIR *d, const char *folder, char path[PATH_SIZE])
{
    for (struct dirent *e; (e = readdir(d)); )
        if (is_part(e->d_name)) {
            snprintf(path, PATH_SIZE, "%s/%.255s", folder, e->d_name);
            return 1;
        }
    return 0;
}

static int each(const char *folder, int (*f)(void *, const char *path), void *with)
{
    char path[PATH_SIZE];
    DIR *d = opendir(folder);
    int n = 0;

    while (d && next(d, folder, path)) {
        if (f(with, path)) {
            closedir(d);
            return -1;
        }
        n++;
    }
    if (d)
        closedir(d);
    return n;
}

static int number_of(void *most, const char *path)
{
    int rank = atoi(strstr(strrchr(path, '/'), "part-") + 5) + 1;

    *(int *)most = rank > *(int *)most ? rank : *(int *)most;
    return 0;
}

int parts_most(const char *folder)
{
    int most = 0;

    each(folder, number_of, &most);
    return most;
}

static int drop(void *with, const char *path)
{
    char *seals = seals_path(path);

    remove(path);
    if (seals)
        remove(seals);
    free(seals);
    return 0;
}

void parts_remove(const char *folder) { each(folder, drop, NULL); }

typedef struct reading { parts *p; const owner *o; } reading;

static int read_part(void *with, const char *path)
{
    reading *r = with;
    parts *p = r->p;
    results *more = realloc(p->file, (p->files + 1) * sizeof *more), *s;
    int cell = 0;

    if (!more)
        return fail("%s: out of memory", path);
    p->file = more, s = &p->file[p->files];
    if (results_read(path, s))
        return -1;
    p->files++;
    if (r->o->fits(r->o->job, path, s))
        return -1;
    for (int i = 0; i < s->count; i++, cell++) {
        while (cell < p->count && !r->o->is(r->o->job, cell, &s->row[i]))
            cell++;
        if (cell == p->count)
            return fail("%s: row %d is no run of the spec; was the file changed?  Remove it to do its runs again",
                        path, i + 1);
        p->rows += !p->row[cell];
        p->row[cell] = &s->row[i];
    }
    return 0;
}

int parts_open(parts *p, const char *folder, int count, const owner *o)
{
    reading r = { p, o };

    *p = (parts){ .count = count, .row = calloc(count + 1, sizeof *p->row) };
    if (!p->row)
        return fail("bench: out of memory");
    return each(folder, read_part, &r) < 0 ? -1 : 0;
}

void parts_close(parts *p)
{
    for (int i = 0; i < p->files; i++)
        results_free(&p->file[i]);
    free(p->file), free(p->row);
    *p = (parts){ 0 };
}
