/* Metrics of samples that stand where a sampler's runs end. */
#include <stdlib.h>
#include "bench/metrics/metric.h"
#include "library/sampler.h"
#include "scores/open.h"

/* value, se and floor.  0 or -1. */
static int measure_all(const measure *what, const truth *t, int n, int dim, const double *x, quality *q)
{
    const char *refused = NULL;

    if (what->features)
        return fail("fokker_measure: %s is seen through a network, which the library does not open; leave %s out",
                    what->name, FEATURES_PREFIX);
    if (measure_value(what, t, n, dim, x, q, &refused))
        return -1;
    if (refused)
        return fail("fokker_measure: %s %s", what->name, refused);
    return measure_floor(what, t, n, dim, &q->floor);
}

static int measure_item(const fokker_sampler *s, const char *item, truth *t, int n, const double *x, quality *q)
{
    measure what;
    int status;

    if (measure_parse(&what, "fokker_measure", item))
        return -1;
    status = measure_all(&what, t, n, s->of->field->dim, x, q);
    measure_free(&what);
    return status;
}

int fokker_measure(const fokker_sampler *s, const char *item, long n, const double *x, const double *from,
                   const int *given, fokker_quality *out)
{
    static const char where[] = "fokker_measure";
    quality q = { 0 };
    score *exact = NULL;
    const int *label;
    int *own, status;
    guest g;

    if (!s)
        return missing(where, "sampler");
    if (rows_check(where, 0, n) || struct_check(where, out))
        return FOKKER_FAILED;
    guest_enter(&g, s->threads);
    status = labels_of(where, s, 0, n, given, &own, &label);
    const plan *p = &s->how.plan;
    const law *l = s->of->of->is->law;
    truth t = { .law = l, .at = p->grid[p->steps], .label = label, .seed = s->seed, .field = s->of->field,
                .proc = p->proc, .start = &p->grid[0], .from = from, .deterministic = !method_stochastic(p->how) };

    if (!status && l && !(t.exact = exact = exact_open(l)))
        status = -1;
    pthread_mutex_lock(&s->of->lock);
    if (!status)
        status = measure_item(s, item, &t, (int)n, x, &q);
    pthread_mutex_unlock(&s->of->lock);
    field_close(exact), free(own);
    guest_leave(&g);
    if (!status) {
        const fokker_quality is = { .value = q.value, .se = q.se, .floor = q.floor };

        status = struct_write(where, out, &is, sizeof is);
    }
    return status ? FOKKER_FAILED : FOKKER_OK;
}
