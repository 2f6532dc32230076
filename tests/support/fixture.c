/* What many suites need. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "solvers/engine/start.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

int rig_open(rig *r, const char *model_item, const char *proc, const char *solver_item, const char *grid_item,
             int steps, int denoise)
{
    budget b = { steps, 0 };

    *r = (rig){ .noise = noise_philox(1) };
    if (must(subject_open_as(&r->of, &(naming){ model_item, proc, NULL, TRUST_FILES })))
        return -1;
    if (must(recipe_open(&r->how, &r->of, solver_item, grid_item, denoise, b)))
        return subject_close(&r->of), -1;
    r->dim = r->of.field->dim;
    r->how.plan.noise = &r->noise;
    return 0;
}

void rig_close(rig *r)
{
    recipe_close(&r->how);
    subject_close(&r->of);
}

double *rig_start(const rig *r, int n)
{
    double *x = malloc((size_t)n * r->dim * sizeof *x);

    start_states(r->of.model->process, r->how.plan.grid, r->dim, 3, 0, n, x);
    return x;
}

double *rig_run(const rig *r, int n, const double *x, int *status, tally *cost)
{
    double *y = malloc((size_t)n * r->dim * sizeof *y);
    int s;

    memcpy(y, x, (size_t)n * r->dim * sizeof *y);
    s = solve(&r->how.plan, n, y, cost);
    if (status)
        *status = s;
    else
        must(s);
    return y;
}

const char *temporary(const char *text)
{
    static char name[64];
    FILE *f;

    snprintf(name, sizeof name, "/tmp/fokker-test-%d", (int)getpid());
    if (must(!(f = fopen(name, "w"))))
        return name;
    fputs(text, f);
    fclose(f);
    return name;
}
