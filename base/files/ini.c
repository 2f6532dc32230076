/* An INI file parsed into sections, by inih.  inih cuts names at 50 characters and does not tell lines or empty
 * sections: the reader below does. */
#include <ini.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "base/files/ini.h"

/* What one pass over a file needs: the line that inih is given in pieces, where we are, and whether a sentence of
 * failure stands already. */
typedef struct ini_pass { sections *s; FILE *file; char *text; size_t room, len, given; int line, failed; } ini_pass;

static int no_memory(const char *path) { return fail("%s: out of memory", path); }

/* Room for one more of count elements, doubled at the powers of two. */
static void *grow(void *base, int count, size_t size)
{
    return count & (count - 1) ? base : realloc(base, (count ? 2 * (size_t)count : 1) * size);
}

static int open_section(ini_pass *p, const char *name, size_t len)
{
    sections *s = p->s;
    void *base = grow(s->section, s->count, sizeof *s->section);
    section *new;

    if (!base)
        return no_memory(s->path);
    s->section = base;
    new = &s->section[s->count];
    *new = (section){ .name = strndup(name, len), .line = p->line };
    if (!new->name)
        return no_memory(s->path);
    s->count++;
    for (int i = 0; i < s->count - 1; i++)
        if (!strcmp(s->section[i].name, new->name))
            return fail("%s:%d: section [%s] stands in line %d already; put all its keys under one heading", s->path,
                        p->line, new->name, s->section[i].line);
    return 0;
}

/* A heading opens its section here, so that an empty one counts and keeps its line. */
static int heading(ini_pass *p)
{
    const char *name = p->text + strspn(p->text, " \t"), *end;

    if (*name != '[' || !(end = strchr(name, ']')))
        return 0;
    name++;
    name += strspn(name, " \t");
    while (end > name && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return open_section(p, name, end - name);
}

/* fgets for inih: the rest of the line at hand, or the next line. */
static char *reader(char *out, int room, void *user)
{
    ini_pass *p = user;
    size_t n;

    if (p->failed)
        return NULL;
    if (p->given == p->len) {
        ssize_t len = getline(&p->text, &p->room, p->file);

        if (len < 0)
            return NULL;
        p->line++, p->len = len, p->given = 0;
        if (memchr(p->text, 0, len))
            p->failed = fail("%s:%d: there is a zero byte; this is not a text file", p->s->path, p->line);
        else
            p->failed = heading(p);
        if (p->failed)
            return NULL;
    }
    n = p->len - p->given;
    n = n < (size_t)room - 1 ? n : (size_t)room - 1;
    memcpy(out, p->text + p->given, n);
    out[n] = 0;
    p->given += n;
    return out;
}

static entry *find(section *in, const char *key)
{
    for (int i = 0; in && i < in->count; i++)
        if (!strcmp(in->entry[i].key, key))
            return &in->entry[i];
    return NULL;
}

static int add_entry(ini_pass *p, const char *key, const char *value)
{
    sections *s = p->s;
    section *in = s->count ? &s->section[s->count - 1] : NULL;
    entry *thread_copy = find(in, key), *new;
    void *base;

    if (!in)
        return fail("%s:%d: %s stands before the first section; put it under [process], [data] or [score]", s->path,
                    p->line, key);
    if (thread_copy)
        return fail("%s:%d: %s is given twice, first in line %d; keep one of them", s->path, p->line, key,
                    thread_copy->line);
    if (!*key)
        return fail("%s:%d: there is no key before the =; write key = value", s->path, p->line);
    if (!(base = grow(in->entry, in->count, sizeof *in->entry)))
        return no_memory(s->path);
    in->entry = base;
    new = &in->entry[in->count++];
    *new = (entry){ .key = strdup(key), .value = strdup(value), .line = p->line };
    return new->key && new->value ? 0 : no_memory(s->path);
}

static int handler(void *user, const char *heading_, const char *key, const char *value)
{
    ini_pass *p = user;

    if (!p->failed)
        p->failed = add_entry(p, key, value);
    return !p->failed;
}

/* Debian's library has its options as variables: any length of line, `#` behind a blank starts a comment and `;` does
 * not, no continuation lines. */
static int parse(ini_pass *p)
{
    int line;

    ini_use_stack = 0, ini_allow_realloc = 1, ini_max_line = 1 << 28, ini_stop_on_first_error = 1;
    ini_allow_multiline = 0, ini_allow_inline_comments = 1, ini_inline_comment_prefixes = "#";
    line = ini_parse_stream(reader, p, handler, p);
    if (p->failed)
        return -1;
    if (line > 0)
        return fail("%s:%d: this line is neither [section] nor key = value; write one of these, or # before a comment",
                    p->s->path, line);
    if (line < 0)
        return no_memory(p->s->path);
    return ferror(p->file) ? fail("%s: cannot be read; is it a file?", p->s->path) : 0;
}

sections *sections_read(const char *path)
{
    sections *s = calloc(1, sizeof *s);
    ini_pass p = { .s = s };
    const char *slash = strrchr(path, '/');
    int status;

    if (s && (s->path = strdup(path)))
        s->folder = strndup(path, slash ? slash + 1 - path : 0);
    if (!s || !s->folder) {
        no_memory(path);
        sections_free(s);
        return NULL;
    }
    if (!(p.file = fopen(path, "r"))) {
        fail("%s: there is no such file, or it may not be read; check the path", path);
        sections_free(s);
        return NULL;
    }
    status = parse(&p);
    fclose(p.file);
    free(p.text);
    if (status) {
        sections_free(s);
        return NULL;
    }
    return s;
}

void sections_free(sections *s)
{
    if (!s)
        return;
    for (int i = 0; i < s->count; i++) {
        section *in = &s->section[i];

        for (int j = 0; j < in->count; j++)
            free(in->entry[j].key), free(in->entry[j].value);
        free(in->entry);
        free(in->name);
    }
    free(s->section);
    free(s->path);
    free(s->folder);
    free(s);
}

section *sections_find(const sections *s, const char *name)
{
    for (int i = 0; i < s->count; i++)
        if (!strcmp(s->section[i].name, name))
            return &s->section[i];
    return NULL;
}

const char *section_get(section *in, const char *key)
{
    entry *e = find(in, key);

    if (!e)
        return NULL;
    e->used = 1;
    return e->value;
}

const char *section_where(const sections *s, const section *in, const char *key)
{
    static _Thread_local char where[512];
    int line = in->line;

    for (int i = 0; key && i < in->count; i++)
        if (!strcmp(in->entry[i].key, key))
            line = in->entry[i].line;
    snprintf(where, sizeof where, "%s:%d", s->path, line);
    return where;
}

int section_all_used(const sections *s, const section *in, const char *const *known)
{
    int n = 0;

    while (known[n])
        n++;
    for (int i = 0; i < in->count; i++) {
        const entry *e = &in->entry[i];

        if (!e->used)
            return n ? fail("%s:%d: [%s] has no key %s here; did you mean %s?", s->path, e->line, in->name, e->key,
                            nearest(e->key, n, known, sizeof *known))
                     : fail("%s:%d: [%s] takes no key %s", s->path, e->line, in->name, e->key);
    }
    return 0;
}

int section_numbers(const sections *s, section *in, const char *key, int max, double *out, int *n)
{
    const char *text = section_get(in, key);
    char *end;

    *n = 0;
    if (!text)
        return fail("%s: [%s] needs %s", section_where(s, in, NULL), in->name, key);
    for (;;) {
        double v;

        text += strspn(text, " \t,");
        if (!*text)
            return 0;
        v = strtod(text, &end);
        if (end == text || (*end && !strchr(" \t,", *end)))
            return fail("%s: %s: \"%.*s\" is not a number; give numbers separated by blanks or commas",
                        section_where(s, in, key), key,
                        (int)strcspn(text, " \t,") < 40 ? (int)strcspn(text, " \t,") : 40, text);
        if (!isfinite(v))
            return fail("%s: number %d of %s is %g; give finite numbers", section_where(s, in, key), *n + 1, key, v);
        if (*n == max)
            return fail("%s: %s has more than %d numbers; give at most %d", section_where(s, in, key), key, max, max);
        out[(*n)++] = v;
        text = end;
    }
}

/* ${NAME} at the beginning of a path: the environment's. */
static int expand(const sections *s, const char **name, const char **front)
{
    char variable[64];
    size_t len = strcspn(*name, "}");

    *front = *(*name) == '/' ? "" : s->folder;
    if (strncmp(*name, "${", 2) || (*name)[len] != '}' || len - 2 >= sizeof variable)
        return 0;
    snprintf(variable, sizeof variable, "%.*s", (int)len - 2, *name + 2);
    if (!(*front = getenv(variable)) || !**front)
        return fail("%s: %s needs the environment variable %s; set it to the folder that holds the file", s->path,
                    *name, variable);
    *name += len + 1;
    return 0;
}

char *sections_path(const sections *s, const char *name)
{
    const char *front;
    size_t size;
    char *path;

    if (expand(s, &name, &front))
        return NULL;
    size = strlen(front) + strlen(name) + 1;
    if (!(path = malloc(size)))
        return fail("%s: out of memory", s->path), NULL;
    snprintf(path, size, "%s%s", front, name);
    return path;
}
