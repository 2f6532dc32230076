/* From names to a plan. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/engine/recipe.h"
#include "base/random.h"

/* The plan on `steps` steps and what it would cost. */
static int lay_out(recipe *r, int steps)
{
    free(r->grid);
    if (!(r->grid = schedule_levels(&r->when, r->plan.proc, steps)))
        return -1;
    r->plan.steps = steps, r->plan.grid = r->grid;
    return dry_run(&r->plan, &r->cost);
}

/* The most steps whose calls fit into nfe: doubling, then halving the bracket.
 * Steps that are too few for the method or the grid count as low. */
static int fit(recipe *r, long nfe)
{
    enum { MOST = 1 << 24, FEW = 64 };
    int low = 0, high = 0, good = 0;
    char name[128], reason[512] = "";

    for (int steps = 1; !high || high - low > 1; steps = high ? low + (high - low) / 2 : 2 * steps) {
        int status = lay_out(r, steps);

        if (status && (good || steps > FEW))
            return -1;
        if (status)
            strncpy(reason, last_error(), sizeof reason - 1);
        if (!status && r->cost.calls > nfe)
            high = steps;
        else
            low = steps, good = status ? 0 : steps;
        if (steps >= MOST || (status && steps > nfe))
            break;
    }
    if (high && good)
        return lay_out(r, good);
    if (good)
        return fail("--nfe %ld: is beyond %d steps", nfe, MOST);
    return *reason ? fail("--nfe %ld: %s", nfe, reason)
                   : fail("--nfe %ld: %s needs more calls than that for a single step; raise --nfe", nfe,
                          method_name(r->how, name, sizeof name));
}

int recipe_adapts(const method *m, budget b)
{
    return m->sol->adapts
        || (m->sol->embedded && (method_given(m, ROLE_RTOL) || method_given(m, ROLE_ATOL)
                               || method_given(m, ROLE_CONTROL) || (b.steps <= 0 && b.nfe <= 0)));
}

static int adaptive_plan(recipe *r)
{
    r->plan.rtol = method_role(r->how, ROLE_RTOL, 0);
    r->plan.atol = method_role(r->how, ROLE_ATOL, 0);
    r->plan.steps = r->when.denoise ? 2 : 1;
    r->plan.grid = r->grid = schedule_levels(&r->when, r->plan.proc, r->plan.steps);
    return r->grid ? plan_check(&r->plan) : -1;
}

static int fixed_plan(recipe *r, budget b)
{
    int own = schedule_fixed(&r->when, r->plan.proc);
    char name[128];

    if (own < 0)
        return -1;
    if (own && b.steps > 0 && b.steps != own)
        return fail("--steps %d: the grid file has %d steps; leave --steps out", b.steps, own);
    if (own || b.steps > 0)
        if (lay_out(r, own ? own : b.steps))
            return -1;
    if (own && b.nfe > 0 && r->cost.calls > b.nfe)
        return fail("--nfe %ld: the grid file has %d steps, which cost %ld calls", b.nfe, own, r->cost.calls);
    if (!own && b.steps <= 0 && b.nfe <= 0)
        return fail("%s: takes fixed steps; give --steps N or --nfe N", method_name(r->how, name, sizeof name));
    return own || b.steps > 0 ? 0 : fit(r, b.nfe);
}

int recipe_open(recipe *r, const subject *s, const char *solver_item, const char *grid_item, enum course course,
                budget b)
{
    noise quiet = noise_philox(0);

    *r = (recipe){ .plan = { .proc = s->model->process, .field = s->field } };
    if (!(r->how = method_parse("--solver", solver_item)) || schedule_parse(&r->when, "--grid", grid_item,
                                                                            s->model->process, course == TO_CLEAN))
        return recipe_close(r), -1;
    r->when.back = course == TO_NOISE;
    r->plan.how = r->how;
    r->plan.noise = &quiet;                         /* for the dry runs */
    r->by = recipe_adapts(r->how, b) ? BY_OWN : b.nfe > 0 ? BY_NFE : BY_STEPS;
    if (r->by == BY_OWN ? adaptive_plan(r) : fixed_plan(r, b))
        return recipe_close(r), -1;
    r->plan.noise = NULL;
    return 0;
}

void recipe_close(recipe *r)
{
    method_free(r->how);
    schedule_free(&r->when);
    free(r->grid);
    *r = (recipe){ 0 };
}
