/* A field from the [score] section of a model file, and the wrappers around it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "models/fail.h"
#include "scores/score.h"

#define WRAPPER(id) extern const wrapper wrapper_##id;
#include "scores/list.h"
#undef WRAPPER

static const wrapper *const all[] = {
#define WRAPPER(id) &wrapper_##id,
#include "scores/list.h"
#undef WRAPPER
};

int wrappers(void) { return sizeof all / sizeof *all; }
const wrapper *wrapper_at(int i) { return all[i]; }

static score *open_exact(const model *m, section *s)
{
    static const char *const known[] = { "kind", "wrap", NULL };

    if (s && section_all_used(m->file, s, known))
        return NULL;
    if (!m->law)
        return fail("%s: kind = exact needs a [data] section with a law", m->file ? m->file->path : m->name), NULL;
    return exact_open(m->law);
}

static const struct kind { const char *name; score *(*open)(const model *, section *); } kinds[] = {
    { "exact", open_exact },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* The bare field: what [score] says, or exact where it says nothing. */
static score *open_kind(const model *m, section *s, const char *kind)
{
    for (int i = 0; i < KINDS; i++)
        if (!strcmp(kinds[i].name, kind))
            return kinds[i].open(m, s);
    fail("%s: unknown kind of score \"%s\"; did you mean %s?", s ? section_where(m->file, s, "kind") : m->name, kind,
         nearest(kind, KINDS, kinds, sizeof *kinds));
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

/* Every item of a list separated by blanks, from left to right. */
static score *wrap_all(score *s, const process *proc, const char *where, const char *items)
{
    while (s && items && *(items += strspn(items, " \t"))) {
        char item[1024];
        size_t len = strcspn(items, " \t");

        snprintf(item, sizeof item, "%.*s", (int)len, items);
        s = wrap_item(s, proc, where, item);
        items += len;
    }
    return s;
}

score *field_open(const model *m, const char *wrap)
{
    section *s = m->file ? sections_find(m->file, "score") : NULL;
    const char *kind = s ? section_get(s, "kind") : NULL, *own = s ? section_get(s, "wrap") : NULL;
    score *field;

    if (m->field)
        return fail("%s: this build runs exact fields of model files only; name one (`fokker list models`)", m->field), NULL;
    field = open_kind(m, s, kind ? kind : "exact");
    if (own)
        field = wrap_all(field, m->process, section_where(m->file, s, "wrap"), own);
    return wrap_all(field, m->process, "--wrap", wrap);
}
