/* An INI file parsed into sections, by inih.  inih cuts names at 50 characters and does not tell lines or empty
 * sections: the reader below does. */
#include <ini.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "base/files/bom.h"
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
    int before;

    if (!base)
        return no_memory(s->path);
    s->section = base;
    new = &s->section[s->count];
    *new = (section){ .name = strndup(name, len), .line = p->line };
    if (!new->name)
        return no_memory(s->path);
    before = name_find(&s->names, s->count, s->section, sizeof *s->section, new->name);
    s->count++;
    if (before >= 0)
        return fail("%s:%d: section [%s] stands in line %d already; put all its keys under one heading", s->path,
                    p->line, new->name, s->section[before].line);
    return name_add(&s->names, s->count, s->section, sizeof *s->section) ? no_memory(s->path) : 0;
}

/* A heading opens its section here, so that an empty one counts and keeps its line. */
static int heading(ini_pass *p)
{
    const char *text = p->text + p->given, *name = text + strspn(text, " \t"), *end;

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
        if (p->line == 1)
            p->given = past_mark(p->text) - p->text;
        if (p->line == 1 && is_utf16(p->text))
            p->failed = fail("%s: " SAVE_AS_UTF8, p->s->path);
        else if (memchr(p->text, 0, len))
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

static entry *find(const section *in, const char *key)
{
    int i = in ? name_find(&in->keys, in->count, in->entry, sizeof *in->entry, key) : -1;

    return i < 0 ? NULL : &in->entry[i];
}

static int add_entry(ini_pass *p, const char *key, const char *value)
{
    sections *s = p->s;
    section *in = s->count ? &s->section[s->count - 1] : NULL;
    entry *before = find(in, key), *new;
    void *base;

    if (!in)
        return fail("%s:%d: %s stands before the first section; put it under [process], [data] or [score]", s->path,
                    p->line, key);
    if (before)
        return fail("%s:%d: %s is given twice, first in line %d; keep one of them", s->path, p->line, key,
                    before->line);
    if (!*key)
        return fail("%s:%d: there is no key before the =; write key = value", s->path, p->line);
    if (!(base = grow(in->entry, in->count, sizeof *in->entry)))
        return no_memory(s->path);
    in->entry = base;
    new = &in->entry[in->count++];
    *new = (entry){ .key = strdup(key), .value = strdup(value), .line = p->line };
    if (!new->key || !new->value || name_add(&in->keys, in->count, in->entry, sizeof *in->entry))
        return no_memory(s->path);
    return 0;
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
        free(in->keys.slot);
        free(in->name);
    }
    free(s->section);
    free(s->names.slot);
    free(s->path);
    free(s->folder);
    free(s);
}

section *sections_find(const sections *s, const char *name)
{
    int i = name_find(&s->names, s->count, s->section, sizeof *s->section, name);

    return i < 0 ? NULL : &s->section[i];
}

const entry *section_entry(const section *in, const char *key) { return find(in, key); }

const char *section_get(section *in, const char *key)
{
    entry *e = find(in, key);

    if (!e)
        return NULL;
    e->used = 1;
    return e->value;
}

const char *section_kind(section *in, const char **meant)
{
    *meant = NULL;
    for (int i = 0; i < in->count && i < 100; i++)
        if (word_distance(in->entry[i].key, "kind") < 3 && strlen(in->entry[i].key) > 1)
            *meant = in->entry[i].key;
    return section_get(in, "kind");
}

const char *section_where(const sections *s, const section *in, const char *key)
{
    static _Thread_local char where[512];
    const entry *e = key ? find(in, key) : NULL;

    snprintf(where, sizeof where, "%s:%d", s->path, e ? e->line : in->line);
    return where;
}

int sections_known(const sections *s, const char *what, const char *const *names)
{
    int n = 0;

    while (names[n])
        n++;
    for (int i = 0; i < s->count; i++) {
        const section *in = &s->section[i];

        if (name_find(&(name_index){ 0 }, n, names, sizeof *names, in->name) < 0)
            return fail("%s:%d: %s has no section [%s]; did you mean [%s]?", s->path, in->line, what, in->name,
                        nearest(in->name, n, names, sizeof *names));
    }
    return 0;
}

/* The number behind a key's last dot, with the dot; its end where there is none. */
static const char *number_of(const char *key)
{
    const char *dot = strrchr(key, '.');

    return dot && dot[1] && dot[1 + strspn(dot + 1, "0123456789")] == 0 ? dot : key + strlen(key);
}

static int is_known(const char *key, const char *name)
{
    size_t len = strlen(name);

    if (len > 1 && name[len - 1] == '*')
        return !strncmp(key, name, len - 1) && key[len - 1];
    if (len > 1 && name[len - 1] == '#')
        return !strncmp(key, name, len - 1) && number_of(key) == key + len - 2;
    return !strcmp(key, name);
}

/* How the reader writes a key that was meant by one that nobody knows: mean.3 by meen.3. */
static void suggest(const char *key, const char *const *known[2], char out[96])
{
    const char *number = number_of(key), *best = "";
    int least = 0;
    char stem[64];

    snprintf(stem, sizeof stem, "%.*s", (int)(number - key), key);
    for (int k = 0; k < 2; k++)
        for (const char *const *name = known[k]; name && *name; name++) {
            int numbered = strchr(*name, '#') != NULL, slips;
            char bare[64];

            snprintf(bare, sizeof bare, "%.*s", (int)strlen(*name) - 2 * numbered, *name);
            slips = 2 * (strncmp(bare, stem, strlen(stem)) ? word_distance(stem, bare) : 1) + (numbered != !!*number);
            if (!*best || slips < least)
                best = *name, least = slips, snprintf(out, 96, "%s%s", bare, !numbered ? "" : *number ? number : ".1");
        }
}

int section_known(const sections *s, const section *in, const char *const *known, const char *const *more)
{
    const char *const *lists[2] = { known, more };
    const entry *kind = find(in, "kind");

    for (int i = 0; i < in->count; i++) {
        const entry *e = &in->entry[i];
        char meant[96] = "";
        int yes = 0;

        for (int k = 0; k < 2; k++)
            for (const char *const *name = lists[k]; name && *name && !yes; name++)
                yes = is_known(e->key, *name);
        if (yes)
            continue;
        suggest(e->key, lists, meant);
        return fail("%s:%d: [%s]%s%.40s has no key %.80s; did you mean %s?", s->path, e->line, in->name,
                    kind ? " of kind " : "", kind ? kind->value : "", e->key, meant);
    }
    return 0;
}

int section_all_used(const sections *s, const section *in)
{
    for (int i = 0; i < in->count; i++)
        if (!in->entry[i].used)
            return fail("%s:%d: nothing reads %s of [%s] beside its other keys; leave it out", s->path,
                        in->entry[i].line, in->entry[i].key, in->name);
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
