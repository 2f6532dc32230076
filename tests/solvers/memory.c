/* No allocation inside a step: the linker's --wrap counts those of our objects, and a run of many steps makes
 * as many as one of few. */
#include <stdio.h>
#include <stdlib.h>
#include "tests/support/fixture.h"
#include "tests/support/nets.h"
#include "tests/suite.h"

static long allocations;

void *__real_malloc(size_t), *__real_calloc(size_t, size_t), *__real_realloc(void *, size_t),
    *__real_aligned_alloc(size_t, size_t);
void *__wrap_malloc(size_t), *__wrap_calloc(size_t, size_t), *__wrap_realloc(void *, size_t),
    *__wrap_aligned_alloc(size_t, size_t);

static void count(void)
{
    #pragma omp atomic
    allocations++;
}

void *__wrap_malloc(size_t size) { count(); return __real_malloc(size); }
void *__wrap_calloc(size_t n, size_t size) { count(); return __real_calloc(n, size); }
void *__wrap_realloc(void *p, size_t size) { count(); return __real_realloc(p, size); }
void *__wrap_aligned_alloc(size_t align, size_t size) { count(); return __real_aligned_alloc(align, size); }

/* Allocations of a run of the plan on 40 samples in one block. */
static long of_run(rig *r)
{
    double *x = rig_start(r, 40), *y;
    long before;

    r->how.plan.block = 40;
    before = allocations;
    y = rig_run(r, 40, x, NULL, NULL);
    free(x), free(y);
    return allocations - before;
}

static void compare(const char *name, const char *few, const char *many, int steps, int more)
{
    rig a, b;

    if (rig_open(&a, name, NULL, few, NULL, steps, 0))
        return;
    if (!rig_open(&b, name, NULL, many, NULL, more, 0)) {
        CU_ASSERT_EQUAL(of_run(&a), of_run(&b));
        rig_close(&b);
    }
    rig_close(&a);
}

static void no_method_allocates_in_a_step(void)
{
    for (int i = 0; i < solvers(); i++) {
        const solver *s = solver_at(i);
        char few[128], many[128];

        if (s->inners || s->adapts)
            continue;
        compare("gmm8ring", s->name, s->name, 8, 40);
        if (!s->embedded)
            continue;
        snprintf(few, sizeof few, "%s:rtol=1e-2,atol=1e-2", s->name),
            snprintf(many, sizeof many, "%s:rtol=1e-5,atol=1e-5", s->name);
        compare("gmm8ring", few, many, 0, 0);
    }
}

static void no_law_allocates_when_asked(void)
{
    static const char *const models[] = { "gmm5-aniso16", "gmm10-64", "two-moons", "digits" };

    for (int i = 0; i < 4; i++)
        compare(models[i], "dpmpp-2m", "dpmpp-2m", 3, 7);
}

static void no_network_allocates_when_asked(void)
{
    static const shape shapes[] = { { "layers.0.weight", 40, 3, 0.5 }, { "layers.0.bias", 0, 40, 0.1 },
                                    { "layers.2.weight", 2, 40, 0.1 }, { 0 } };
    made m;

    if (must(made_open(&m, "dim = 2\npredicts = noise\nlayers = concat linear silu linear\n", NULL, shapes)))
        return;
    compare(m.ini, "dpmpp-2m", "dpmpp-2m", 3, 7);
    made_close(&m);
}

static const test_case tests[] = {
    { "no method allocates in a step", no_method_allocates_in_a_step },
    { "no law allocates when asked", no_law_allocates_when_asked },
    { "no network allocates when asked", no_network_allocates_when_asked },
    { 0, 0 },
};
const test_table table_memory = { "memory", tests };
