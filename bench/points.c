/* Points from a file or from a model's data set. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bench/points.h"
#include "base/fail.h"
#include "models/model.h"

static int is_file(const char *text)
{
    size_t n = strlen(text);

    return !access(text, F_OK) && !(n > 4 && !strcmp(text + n - 4, ".ini"));
}

/* What has a slash, or an ending that no model has, was meant to be a file. */
static int looks_like_file(const char *text)
{
    const char *dot = strrchr(text, '.');

    return dot && strcmp(dot, ".ini") && !strchr(dot, '/');
}

static int of_model(const char *option, const char *text, array *a)
{
    model *m = model_open(text, NULL);
    size_t N;

    if (!m)
        return fail("%s: neither a file nor a model: %s", option, last_error());
    if (!m->law || !m->law->points) {
        model_close(m);
        return fail("%s %s: is a model without a data set; give a file, or a model with kind = dataset", option, text);
    }
    N = (size_t)m->law->points * m->law->dim;
    *a = (array){ .dims = 2, .shape = { m->law->points, m->law->dim }, .v = malloc(N * sizeof *a->v) };
    if (a->v)
        memcpy(a->v, m->law->point, N * sizeof *a->v);
    model_close(m);
    return a->v ? 0 : fail("%s: out of memory for %zu numbers", option, N);
}

void scaling_of(const law *l, double *out)
{
    int known = l && l->scale != 0;

    out[0] = known ? l->scale : NAN, out[1] = known ? l->shift : NAN;
}

/* Whether it is meant to be a file. */
static int from_file(const char *text) { return is_file(text) || looks_like_file(text); }

int points_scaling(const char *option, const char *text, double *out)
{
    model *m;

    out[0] = 1, out[1] = 0;
    if (from_file(text))
        return 0;
    if (!(m = model_open(text, NULL)))
        return fail("%s: neither a file nor a model: %s", option, last_error());
    scaling_of(m->law, out);
    model_close(m);
    return 0;
}

int points_read(const char *option, const char *text, int dim, array *a)
{
    if (from_file(text) ? array_read(text, a) : of_model(option, text, a))
        return -1;
    if (dim && array_cols(a) != dim) {
        long cols = array_cols(a);

        array_free(a);
        return fail("%s %s: has rows of %ld numbers, but the model has %d columns", option, text, cols, dim);
    }
    return 0;
}
