/* Laws by their kind. */
#include <math.h>
#include <stdio.h>
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
