/* Laws by their kind. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "models/laws/law.h"

#define LAW(kind) extern const law_kind law_kind_##kind;
#include "models/laws/kinds.h"
#undef LAW

static const law_kind *const kinds[] = {
#define LAW(kind) &law_kind_##kind,
#include "models/laws/kinds.h"
#undef LAW
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Its keys are known before it is read, and each was read after that. */
static law *open_kind(const law_kind *kind, const sections *s, section *data)
{
    static const char *const kind_key[] = { "kind", NULL };
    law *l = section_known(s, data, kind->keys, kind_key) ? NULL : kind->open(s, data);

    if (l && section_all_used(s, data))
        return law_close(l), NULL;
    return l;
}

law *law_open(const sections *s, section *data)
{
    const char *meant, *kind = section_kind(data, &meant), *names[KINDS];

    if (!kind) {
        fail(meant ? "%s: [data] has no kind; write kind where there is %s" : "%s: [data] has no kind; give kind = %s",
             section_where(s, data, meant), meant ? meant : kinds[0]->name);
        return NULL;
    }
    for (int i = 0; i < KINDS; i++)
        if (!strcmp(names[i] = kinds[i]->name, kind))
            return open_kind(kinds[i], s, data);
    fail("%s: there is no law of kind %s; did you mean %s?", section_where(s, data, "kind"), kind,
         nearest(kind, KINDS, names, sizeof *names));
    return NULL;
}

void law_close(law *l)
{
    if (l)
        l->close(l);
}

/* Whether any of the numbers can be part of an answer. */
static int any_finite(long n, const double *x)
{
    for (long i = 0; i < n; i++)
        if (isfinite(x[i]))
            return 1;
    return 0;
}

int law_logp(const law *l, const level *at, long n, const double *x, const int *label,
             const volatile sig_atomic_t *stop, double *out)
{
    enum { PART = 64 };
    long failed = n;
    char reason[1024] = "";

    #pragma omp parallel for schedule(dynamic) if (n > PART)
    for (long first = 0; first < n; first += PART) {
        int rows = n - first < PART ? (int)(n - first) : PART;
        batch part = { .groups = 1, .rows = rows, .at = at, .x = l ? x + first * l->dim : NULL,
                       .label = label ? label + first : NULL };

        for (int i = 0; i < rows; i++)
            out[first + i] = NAN;
        if (!l || !l->logpdf || (stop && *stop) || !any_finite((long)rows * l->dim, part.x)
            || !l->logpdf(l, &part, out + first))
            continue;
        #pragma omp critical(fokker_law)
        if (first < failed) {
            failed = first;
            snprintf(reason, sizeof reason, "%s", last_error());
        }
    }
    return failed < n ? fail("%s", reason) : 0;
}
