/* A field from the [score] section of a model file, and the wrappers around it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "scores/field.h"
#include "scores/open.h"
#include "scores/wrap.h"

#define WRAPPER(id) extern const wrapper wrapper_##id;
#include "scores/wrappers.h"
#undef WRAPPER

static const wrapper *const all[] = {
#define WRAPPER(id) &wrapper_##id,
#include "scores/wrappers.h"
#undef WRAPPER
};

int wrappers(void) { return sizeof all / sizeof *all; }
const wrapper *wrapper_at(int i) { return all[i]; }

#define KIND(id) extern const field_kind field_kind_##id;
#include "scores/kinds.h"
#undef KIND

static const field_kind *const kinds[] = {
#define KIND(id) &field_kind_##id,
#include "scores/kinds.h"
#undef KIND
};
enum { KINDS = sizeof kinds / sizeof *kinds, MAX_KEYS = 16 };

const char *field_where(const model *m, const section *s, const char *key)
{
    return s ? section_where(m->file, s, key) : m->name;
}

int field_number(const model *m, section *s, const char *key, double least, double most, double otherwise, double *out)
{
    const char *text = s ? section_get(s, key) : NULL;

    *out = otherwise;
    if (!text)
        return 0;
    if (number(field_where(m, s, key), key, text, out))
        return -1;
    return *out >= least && *out <= most ? 0 : fail("%s: %s is %s; it must lie between %g and %g",
                                                    field_where(m, s, key), key, text, least, most);
}

char *field_path(const model *m, section *s, const char *key)
{
    const char *name = section_get(s, key);
    char *path, *here;

    if (!name || !*name)
        return fail("%s: [%s] needs %s; give %s = PATH", field_where(m, s, key), s->name, key, key), NULL;
    if (!(path = sections_path(m->file, name)) || strchr(path, '/'))
        return path;
    if ((here = malloc(strlen(path) + 3)))
        sprintf(here, "./%s", path);
    else
        fail("%s: out of memory", field_where(m, s, key));
    free(path);
    return here;
}

int section_judges(const section *s) { return s && !strcmp(s->name, "features"); }

/* That every key of the section is one that its reader knows. */
static int known(const model *m, const section *s, const field_kind *k)
{
    static const char *const score_keys[] = { "kind", "wrap", "predicts", NULL };
    static const char *const features_keys[] = { "kind", "scale", "shift", "at", NULL };
    const char *common[MAX_KEYS];
    const char *const *lists[] = { section_judges(s) ? features_keys : score_keys, section_judges(s) ? k->judge_keys
                                   : NULL };
    int n = 0;

    for (int i = 0; i < 2; i++)
        for (const char *const *key = lists[i]; key && *key && n < MAX_KEYS - 1; key++)
            common[n++] = *key;
    common[n] = NULL;
    return section_known(m->file, s, k->keys, common);
}

score *field_of_kind(const model *m, section *s, const char *kind)
{
    const char *names[KINDS];

    for (int i = 0; i < KINDS; i++) {
        score *field;

        if (strcmp(names[i] = kinds[i]->name, kind))
            continue;
        field = s && known(m, s, kinds[i]) ? NULL : kinds[i]->open(m, s);
        if (field && s && section_all_used(m->file, s))
            return field_close(field), NULL;
        return field;
    }
    fail("%s: unknown kind of score \"%s\"; did you mean %s?", field_where(m, s, "kind"), kind,
         nearest(kind, KINDS, names, sizeof *names));
    return NULL;
}

static const char *name_of(int i) { return all[i]->name; }

/* One item around s, which is owned and closed on failure. */
static score *wrap_item(score *s, const process *proc, const char *where, const char *item)
{
    const char *list;
    args given;
    int which = item_which(where, item, "wrappers", wrappers(), name_of, &list);

    if (which < 0 || args_parse(&given, where, all[which]->name, all[which]->par, list))
        return field_close(s), NULL;
    s = all[which]->open(s, proc, &given);
    args_free(&given);
    return s;
}

/* Every item of a list separated by blanks. */
score *field_wrap(score *s, const process *proc, const char *where, const char *items)
{
    while (s && items && *(items += strspn(items, " \t"))) {
        char item[1024];
        size_t len = strcspn(items, " \t");

        if (len >= sizeof item) {
            fail("%s: a wrapper of %zu characters is too long", where, len);
            return field_close(s), NULL;
        }
        snprintf(item, sizeof item, "%.*s", (int)len, items);
        s = wrap_item(s, proc, where, item);
        items += len;
    }
    return s;
}

/* `plugin` of plugin:FILE, or what [score] says. */
static score *open_bare(const model *m, section *s)
{
    const char *meant = NULL, *kind = s ? section_kind(s, &meant) : NULL;
    const char *predicts = s ? section_get(s, "predicts") : NULL;
    int declared = predicts ? predicts_named(field_where(m, s, "predicts"), predicts) : 0;
    char name[MAX_NAME];
    score *field;

    if (declared < 0)
        return NULL;
    snprintf(name, sizeof name, "%.*s", (int)(m->field ? strcspn(m->field, ":") : 0), m->field ? m->field : "");
    if (!kind && meant)
        return fail("%s: [score] has no kind; write kind where there is %s", field_where(m, s, meant), meant), NULL;
    field = field_of_kind(m, s, m->field ? name : kind ? kind : "exact");
    return field && predicts ? declare(field, declared) : field;
}

/* Nobody named the process: it is the one that the field was made for. */
static int adopt_process(model *m, const score *field)
{
    process *own;

    if (!m->assumed || !field->process)
        return 0;
    if (!(own = process_open(m->name, field->process)))
        return -1;
    process_close(m->process);
    m->process = own, m->assumed = 0;
    return 0;
}

score *field_open(model *m, const char *wrap)
{
    section *s = m->file ? sections_find(m->file, "score") : NULL;
    const char *own = s ? section_get(s, "wrap") : NULL;
    score *field = open_bare(m, s);

    if (field && adopt_process(m, field))
        return field_close(field), NULL;
    if (own)
        field = field_wrap(field, m->process, section_where(m->file, s, "wrap"), own);
    return field_wrap(field, m->process, "--wrap", wrap);
}

int subject_open_as(subject *s, const naming *how)
{
    *s = (subject){ .model = model_open_by(how->model, how->process, how->trust) };
    if (s->model && (s->field = field_open(s->model, how->wrap)))
        return 0;
    subject_close(s);
    return -1;
}

int subject_open(subject *s, const char *name, const char *proc, const char *wrap)
{
    return subject_open_as(s, &(naming){ name, proc, wrap, TRUST_NAME });
}

void subject_close(subject *s)
{
    field_close(s->field);
    model_close(s->model);
    *s = (subject){ 0 };
}

int subject_labels(const subject *s)
{
    const law *l = s->model->law;
    int data = !l ? 0 : l->labels ? l->labels : -1, told = s->field->labels;

    return !data || !told ? data + told : data < told ? data : told;
}

int subject_takes(const subject *s, const char *where, long label)
{
    int n = subject_labels(s);

    if (label < 0 || (n > 0 && label < n) || n == 0)
        return 0;
    return n < 0 ? fail("%s: %s has no labels", where, s->model->name)
        : fail("%s: %ld is no label of %s; it has 0..%d", where, label, s->model->name, n - 1);
}
