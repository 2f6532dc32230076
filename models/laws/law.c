/* Laws by their kind. */
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "models/laws/law.h"

#define LAW(kind) law *kind##_open(const sections *, section *);
#include "models/laws/kinds.h"
#undef LAW

static const struct { const char *name; law *(*open)(const sections *, section *); } kinds[] = {
#define LAW(kind) { #kind, kind##_open },
#include "models/laws/kinds.h"
#undef LAW
};

law *law_open(const sections *s, section *data)
{
    enum { N = sizeof kinds / sizeof *kinds };
    const char *kind = section_get(data, "kind"), *known;

    if (!kind) {
        fail("%s: [data] has no kind; give kind = %s", section_where(s, data, NULL), kinds[0].name);
        return NULL;
    }
    for (int i = 0; i < N; i++)
        if (!strcmp(kinds[i].name, kind))
            return kinds[i].open(s, data);
    known = nearest(kind, N, kinds, sizeof *kinds);
    fail("%s: there is no law of kind %s; did you mean %s?", section_where(s, data, "kind"), kind, known);
    return NULL;
}

void law_close(law *l)
{
    if (l)
        l->close(l);
}
