/* Models: where their files are found, and what a file says of the process and of the law. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "models/model.h"

static const char *const section_names[] = { "process", "data", "score", "features", "net", "train", NULL };

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n >= m && !strcmp(text + n - m, end);
}

/* The shipped model nearest to a name; "" where there is none. */
static void nearest_model(const char *name, char out[256])
{
    struct dirent *e;
    DIR *dir = opendir(models_folder());

    *out = 0;
    while (dir && (e = readdir(dir))) {
        char known[256];
        const char *two[] = { out, known };

        if (!ends_with(e->d_name, ".ini"))
            continue;
        snprintf(known, sizeof known, "%.*s", (int)strlen(e->d_name) - 4, e->d_name);
        if (!*out || nearest(name, 2, two, sizeof *two) == known)
            memcpy(out, known, sizeof known);
    }
    if (dir)
        closedir(dir);
}

char *model_file(const char *name)
{
    const char *folder = models_folder();
    size_t size = strlen(folder) + strlen(name) + sizeof ".ini";
    char *path = malloc(size), known[256];

    if (!path) {
        fail("%s: out of memory", name);
        return NULL;
    }
    snprintf(path, size, "%s%s.ini", folder, name);
    if (!strchr(name, '/') && *folder && !access(path, F_OK))
        return path;
    strcpy(path, name);
    if (strchr(name, '/') || ends_with(name, ".ini") || !access(path, F_OK))
        return path;
    free(path);
    nearest_model(name, known);
    if (*known)
        fail("%s: there is no such model; did you mean %s? `fokker list models` shows them all, a path to a model file "
             "is fine too", name, known);
    else
        fail("%s: there is no such model and the folder of models was not found; give a path, or set FOKKER_MODELS",
             name);
    return NULL;
}

char *model_named(const sections *s, const char *name)
{
    char *copy = ends_with(name, ".ini") ? sections_path(s, name) : strdup(name);

    return copy ? copy : ends_with(name, ".ini") ? NULL : (fail("%s: out of memory", name), NULL);
}

/* The sections have known names, and [process], which --process may stand in for, known keys. */
static int check_sections(const sections *s)
{
    const section *plan = sections_find(s, "bench"), *in = sections_find(s, "process");
    const char *keys[PROCESS_KEYS], *const kind_key[] = { "kind", NULL };
    const entry *kind = in ? section_entry(in, "kind") : NULL;

    if (plan)
        return fail("%s:%d: a file with [bench] is a plan of runs and not a model; give it to `fokker bench`", s->path,
                    plan->line);
    if (sections_known(s, "a model", section_names))
        return -1;
    return kind && !process_keys(kind->value, keys) ? section_known(s, in, keys, kind_key) : 0;
}

/* Whether a key of a kind of process is a path, and so is relative to the model's file. */
static int is_path(const char *kind, const char *key)
{
    for (int i = 0; i < process_kinds(); i++) {
        const process *p = process_kind(i);

        for (int j = 0; j < MAX_PARAM && p->par[j].name && !strcmp(p->name, kind); j++)
            if (!strcmp(p->par[j].name, key))
                return p->par[j].choices && !strcmp(p->par[j].choices, PATH);
    }
    return 0;
}

/* What process_from wants of a section: n keys with values and places; values and wheres are owned. */
typedef struct process_words { int n; const char **keys; char **values, **wheres; } process_words;

static void words_free(process_words *w)
{
    for (int i = 0; i < w->n; i++)
        free(w->values[i]), free(w->wheres[i]);
    free(w->keys), free(w->values), free(w->wheres);
}

static int words_read(process_words *w, const sections *s, section *in, const char *kind)
{
    w->keys = calloc(in->count + 1, sizeof *w->keys);
    w->values = calloc(in->count + 1, sizeof *w->values);
    w->wheres = calloc(in->count + 1, sizeof *w->wheres);
    if (!w->keys || !w->values || !w->wheres)
        return fail("%s: out of memory", s->path);
    for (int i = 0; i < in->count; i++) {
        const entry *e = &in->entry[i];

        if (!strcmp(e->key, "kind"))
            continue;
        w->keys[w->n] = e->key;
        if (!(w->values[w->n] = is_path(kind, e->key) ? sections_path(s, e->value) : strdup(e->value)))
            return is_path(kind, e->key) ? -1 : fail("%s: out of memory", s->path);
        w->wheres[w->n] = strdup(section_where(s, in, e->key));
        w->n++;
        if (!w->wheres[w->n - 1])
            return fail("%s: out of memory", s->path);
        section_get(in, e->key);
    }
    return 0;
}

static process *process_of(const sections *s)
{
    section *in = sections_find(s, "process");
    const char *kind, *meant;
    process_words w = { 0 };
    process *p = NULL;

    if (!in)
        return process_open(s->path, "vp-linear");
    if (!(kind = section_kind(in, &meant))) {
        fail(meant ? "%s: [process] has no kind; write kind where there is %s"
             : "%s: [process] has no kind; give kind = vp-linear or another of `fokker list processes`",
             section_where(s, in, meant), meant);
        return NULL;
    }
    if (!words_read(&w, s, in, kind)) {
        char where[512];

        snprintf(where, sizeof where, "%s", section_where(s, in, "kind"));
        p = process_from(where, kind, w.n, w.keys, (const char *const *)w.values, (const char *const *)w.wheres);
    }
    words_free(&w);
    return p;
}

/* A model's name: the last part of its path, without .ini; what would break a line of a table is _. */
static char *short_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *copy = strndup(name, strlen(name) - (ends_with(name, ".ini") && strlen(name) > 4 ? 4 : 0));

    for (char *c = copy; c && *c; c++)
        if ((unsigned char)*c < ' ')
            *c = '_';
    return copy;
}

/* A field by its kind, without a file. */
static int is_field(const char *name)
{
    static const char *const kinds[] = { "plugin:", "pipe:" };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strncmp(name, kinds[i], strlen(kinds[i])))
            return 1;
    return 0;
}

/* A field's name in results and files: `pipe:python3 nets/net.py` without folders and blanks, pipe:python3_net.py. */
static char *field_name(const char *text)
{
    char *name = strdup(text), *out = name, *part = name;

    for (const char *c = text; name && *c; c++) {
        if (*c == '/') {
            out = part;
            continue;
        }
        *out++ = strchr(" \t\n'\"", *c) ? '_' : *c;
        if (strchr(" \t\n,=:", *c))
            part = out;
    }
    if (name)
        *out = 0;
    return name;
}

sections *model_sections(const char *path)
{
    sections *s = sections_read(path);

    if (s && check_sections(s))
        return sections_free(s), NULL;
    return s;
}

static int fill(model *m, const char *name, const char *item)
{
    section *data;
    char *path;

    m->assumed = !item;
    if (!(m->name = is_field(name) ? field_name(name) : short_name(name)))
        return fail("%s: out of memory", name);
    if (is_field(name)) {
        if (!(m->field = strdup(name)))
            return fail("%s: out of memory", name);
        if (!strchr(name, ':')[1])
            return fail("%s: nothing stands behind the colon; give plugin:FILE or pipe:COMMAND", name);
        if (m->trust < TRUST_NAME)
            return fail("\"%.200s\" stands in a file, and a file alone may not start programs or load objects; read "
                        "it, then allow it with --trust", name);
        return (m->process = process_open("--process", item ? item : "vp-linear")) ? 0 : -1;
    }
    if (!(path = model_file(name)))
        return -1;
    m->file = model_sections(path);
    free(path);
    if (!m->file)
        return -1;
    m->assumed &= !sections_find(m->file, "process");
    if (!(m->process = item ? process_open("--process", item) : process_of(m->file)))
        return -1;
    data = sections_find(m->file, "data");
    return !data || (m->law = law_open(m->file, data)) ? 0 : -1;
}

model *model_open_by(const char *name, const char *item, enum trust given)
{
    model *m = calloc(1, sizeof *m);

    if (!m)
        return fail("%s: out of memory", name), NULL;
    m->trust = given;
    if (fill(m, name, item))
        return model_close(m), NULL;
    return m;
}

model *model_open(const char *name, const char *item) { return model_open_by(name, item, TRUST_NAME); }

void model_close(model *m)
{
    if (!m)
        return;
    if (m->process)
        process_close(m->process);
    law_close(m->law);
    sections_free(m->file);
    free(m->name);
    free(m->field);
    free(m);
}
