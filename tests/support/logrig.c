#include <stdlib.h>
#include "base/random.h"
#include "tests/support/logrig.h"
#include "tests/suite.h"

const char *const processes[PROCESSES] = { "vp-linear", "vp-cosine", "sub-vp", "ve", "edm", "flow" };

int logrig_open(logrig *r, const char *model_item, const char *process_item, const char *solver_item,
                const char *trace, int probes, double rtol, int n)
{
    level at;

    *r = (logrig){ .n = n };
    if (must(subject_open(&r->of, model_item, process_item, NULL))
        || must(recipe_open(&r->how, &r->of, solver_item, NULL, TO_NOISE, (budget){ 0, 0 })))
        return subject_close(&r->of), -1;
    r->q = (inquiry){ .how = r->how.how, .proc = r->of.model->process, .field = r->of.field, .law = r->of.model->law,
                      .steps = r->how.plan.steps, .grid = r->how.plan.grid,
                      .rtol = rtol, .atol = rtol, .trace = estimator_parse(&r->given, "test", trace),
                      .given = &r->given, .probes = probes, .seed = 5, .exact_prior = 1 };
    r->x = malloc((size_t)n * r->of.field->dim * sizeof *r->x), r->out = malloc(n * sizeof *r->out);
    levels(r->of.model->process, 1, &r->of.model->process->t_min, &at);
    must(r->of.model->law->sample(r->of.model->law, (stream){ 3, USE_LAW }, 0, n, NULL, r->x));
    for (long i = 0; i < (long)n * r->of.field->dim; i++) {
        double z;

        normals((stream){ 3, USE_PRIOR }, i, 0, 0, 1, 1, &z);
        r->x[i] = at.alpha * r->x[i] + at.sigma * z;
    }
    return 0;
}

void logrig_close(logrig *r)
{
    law_close(r->fit);
    free(r->x), free(r->out);
    recipe_close(&r->how);
    subject_close(&r->of);
}
