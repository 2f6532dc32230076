/* kind = like, model = NAME: the data of another model. */
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "models/model.h"

static law *law_of(const sections *from, const char *where)
{
    section *data = sections_find(from, "data");
    const char *kind = data ? section_get(data, "kind") : NULL;

    if (!data)
        return fail("%s: %s has no [data]; give a model that has", where, from->path), NULL;
    if (kind && !strcmp(kind, "like"))
        return fail("%s: %s has its data from another model itself; give that one", where, from->path), NULL;
    return law_open(from, data);
}

static law *like_open(const sections *s, section *data)
{
    const char *name = section_get(data, "model");
    char *given, *path, *where;
    sections *from;
    law *l;

    if (!name)
        return fail("%s: kind = like needs the model whose data are meant; give model = NAME",
                    section_where(s, data, NULL)), NULL;
    if (!(given = model_named(s, name)))
        return NULL;
    path = model_file(given);
    from = path ? model_sections(path) : NULL;
    where = strdup(section_where(s, data, "model"));
    l = from ? law_of(from, where ? where : name) : NULL;
    free(given), free(path), free(where);
    sections_free(from);
    return l;
}

static const char *const keys[] = { "model", NULL };
const law_kind law_kind_like = { .name = "like", .keys = keys, .open = like_open };
