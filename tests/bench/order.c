/* The measurement of orders: every claim in the list is held, and solvers that are wrong in one place are caught. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/orders/order.h"
#include "base/fail.h"
#include "solvers/step.h"
#include "tests/suite.h"

static const effort quick = { .least = 64, .most = 1024, .limit = 4096, .paths = 4000, .path_steps = 256 };

static order_ground field;
static arena vp, edm;

static void opens(void)
{
    static const char *const on[] = { "lambda", "karras", "uniform" };

    must(ground_open(&field));
    must(arena_open(&vp, &field, "vp-linear", 128, 3, on));
    must(arena_open(&edm, &field, "edm", 128, 3, on));
}

static void closes(void)
{
    arena_close(&vp);
    arena_close(&edm);
    ground_close(&field);
}

/* One claim and what was measured of it: by any thread. */
typedef struct claim {
    const arena *a;
    const char *on;
    enum kind kind;
    method *m;
    finding f, guard;
    int bad;
    char why[200];
} claim;

static void measure(claim *c)
{
    c->f = c->guard = (finding){ .solver = c->m->sol->name, .arena = c->a, .grid = c->on, .kind = c->kind };
    if (c->kind == KIND_STRONG)
        c->bad = order_strong(&c->f, &c->guard, c->m, &quick);
    else
        c->bad = (c->kind == KIND_ODE ? order_ode : c->kind == KIND_TOL ? order_tol : order_weak)(&c->f, c->m, &quick);
    snprintf(c->why, sizeof c->why, "%s: %s", c->f.solver, c->bad ? last_error() : "");
}

static void was_measured(const claim *c)
{
    check_near(c->bad, 0, 0, c->why, __FILE__, __LINE__);
    if (c->kind == KIND_STRONG)
        CU_ASSERT(c->guard.verdict != VERDICT_REFUTED);
}

static finding ask_order(const arena *a, const char *on, enum kind kind, const method *m)
{
    claim c = { .a = a, .on = on, .kind = kind, .m = (method *)m };

    measure(&c);
    was_measured(&c);
    return c.f;
}

/* At this effort an interval may be wider than the range of the claim, above all at high orders, of which few
 * refinements lie between the first that is asymptotic and round-off: a slope within the range will do then.
 * What the full effort says stands in docs/orders.tsv.  The order of dop853 and its like is proved tree by tree
 * (tests/solvers/tableau.c); stork-4 is Adams-Bashforth 4 (tests/solvers/rungs.c). */
static int agrees(const finding *f)
{
    int steep = f->claimed > 4 || !strcmp(f->solver, "tsit5-shipped") || !strcmp(f->solver, "stork-4");

    if (f->verdict == VERDICT_UNCLEAR)
        return steep || (f->slope.value >= f->least && f->slope.value <= f->most);
    return f->verdict == VERDICT_HOLDS;
}

static void holds(const claim *c)
{
    const finding *f = &c->f;
    char text[256];

    was_measured(c);
    snprintf(text, sizeof text, "%s on %s, %s: %s order %g reads %.3f [%.3f, %.3f]", f->solver, c->a->proc->name,
             c->on, kind_names[c->kind], f->claimed,
             f->slope.value, f->slope.lo, f->slope.hi);
    check_near(agrees(f), 1, 0, text, __FILE__, __LINE__);
}

/* What a method claims; those that adapt through noise: their law against the tolerance, tests/solvers/stochastic.c. */
static int claims_of(method *m, claim *c)
{
    enum kind kind = method_stochastic(m) ? KIND_WEAK : KIND_ODE;
    int n = 0;

    if (m->sol->adapts && method_stochastic(m))
        return 0;
    if (m->sol->adapts) {
        c[n++] = (claim){ &vp, "-", KIND_TOL, m };
    } else if (method_order(m) > 0) {
        c[n++] = (claim){ &vp, "karras", kind, m };
        c[n++] = (claim){ &edm, "lambda", kind, m };
    }
    if (m->sol->embedded)
        c[n++] = (claim){ &edm, "-", KIND_TOL, m };
    if (m->sol->strong > 0)
        c[n++] = (claim){ &vp, "lambda", KIND_STRONG, m };
    return n;
}

static void every_solver_converges_as_it_claims(void)
{
    static const char *const more[] = { "ddim:eta=1", "ancestral:variance=beta", "sde-dpmpp-2m:kind=heun" };
    enum { MORE = sizeof more / sizeof *more };
    int n = solvers(), all = n + MORE, count = 0;
    method **m = calloc(all, sizeof *m);
    claim *c = calloc(4 * (size_t)all, sizeof *c);

    for (int i = 0; i < all; i++)
        if ((m[i] = i < n && solver_at(i)->inners ? NULL
             : method_parse("test", i < n ? solver_at(i)->name : more[i - n])))
            count += claims_of(m[i], c + count);
    #pragma omp parallel for schedule(dynamic, 1)
    for (int i = 0; i < count; i++)
        measure(&c[i]);
    for (int i = 0; i < count; i++)
        holds(&c[i]);
    for (int i = 0; i < all; i++)
        if (m[i])
            method_free(m[i]);
    free(m), free(c);
}

/* Mutants: each a solver of the list with one thing wrong. */

static int dpmpp_2m(run *r, const level *a, const level *b, const double *x, double *y, double share,
                    const double *before)
{
    double *now = r->w[0];

    if (eval_data(r, a, x, now))
        return -1;
    EACH_GROUP(r, g) {
        double h = b[g].lambda - a[g].lambda, keep = b[g].sigma / a[g].sigma, gain = -b[g].alpha * expm1(-h);
        double q = r->k ? share * step_ratio(h, a[g].lambda - r->past[0][g].lambda) : 0;

        combine(r, g, y, {keep, x}, {gain * (1 + q), now}, {-gain * q, r->k ? before : now});
    }
    return 0;
}

static int wrong_factor(run *r, const level *a, const level *b, const double *x, double *y)
{
    return dpmpp_2m(r, a, b, x, y, 1, r->w[1]);
}

static int stale_history(run *r, const level *a, const level *b, const double *x, double *y)
{
    int status = dpmpp_2m(r, a, b, x, y, 0.5, r->w[1]);

    if (r->k == 0)
        memcpy(r->w[1], r->w[0], (size_t)r->rows * r->dim * sizeof *x);
    return status;
}

static int no_corrector(run *r, const level *a, const level *b, const double *x, double *y)
{
    if (eval_drift(r, a, x, r->w[0]))
        return -1;
    EACH_GROUP(r, g)
        combine(r, g, y, {1, x}, {b[g].t - a[g].t, r->w[0]});
    return 0;
}

/* the midpoint rule with its second call one level off */
static int off_by_one(run *r, const level *a, const level *b, const double *x, double *y)
{
    if (no_corrector(r, a, b, x, y))
        return -1;
    EACH_GROUP(r, g)
        combine(r, g, y, {0.5, x}, {0.5, y});
    if (eval_drift(r, b, y, r->w[0]))
        return -1;
    EACH_GROUP(r, g)
        combine(r, g, y, {1, x}, {b[g].t - a[g].t, r->w[0]});
    return 0;
}

/* ancestral sampling with its noise multiplied */
static int ancestral(run *r, const level *a, const level *b, const double *x, double *y, double times)
{
    double *now = r->w[0], *z = r->w[1];

    if (eval_data(r, a, x, now))
        return -1;
    draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        double h = b[g].lambda - a[g].lambda, fresh = -expm1(-2 * h);

        combine(r, g, y, {exp(-h) * b[g].sigma / a[g].sigma, x}, {b[g].alpha * fresh, now},
                {times * b[g].sigma * sqrt(fresh), z});
    }
    return 0;
}

static int wrong_std(run *r, const level *a, const level *b, const double *x, double *y)
{
    return ancestral(r, a, b, x, y, 1.1);
}

/* the same law, another path at every rung */
static int off_the_path(run *r, const level *a, const level *b, const double *x, double *y)
{
    return ancestral(r, a, b, x, y, r->group->step % 2 ? -1 : 1);
}

static const struct { const char *what; enum kind kind; solver sol; } mutants[] = {
    { "dpmpp-2m with a wrong factor", KIND_ODE, { .order = 2, .work = 2, .history = 1, .step = wrong_factor } },
    { "dpmpp-2m whose history does not turn", KIND_ODE, { .order = 2, .work = 2, .step = stale_history } },
    { "heun without its corrector", KIND_ODE, { .order = 2, .work = 1, .step = no_corrector } },
    { "midpoint one level off", KIND_ODE, { .order = 2, .work = 1, .step = off_by_one } },
    { "euler that claims too little", KIND_ODE, { .order = 0.5, .work = 1, .step = no_corrector } },
    { "ancestral with too much noise", KIND_WEAK,
      { .order = 1, .strong = 1, .stochastic = 1, .work = 2, .step = wrong_std } },
    { "ancestral off the path", KIND_STRONG,
      { .order = 1, .strong = 1, .stochastic = 1, .work = 2, .step = off_the_path } },
};

static void solvers_with_one_thing_wrong_are_refuted(void)
{
    for (unsigned i = 0; i < sizeof mutants / sizeof *mutants; i++) {
        solver s = mutants[i].sol;
        method m = { .sol = &s };
        finding f;
        char text[256];

        s.name = mutants[i].what;
        f = ask_order(&vp, "lambda", mutants[i].kind, &m);
        snprintf(text, sizeof text, "%s: %s order reads %.3f [%.3f, %.3f]", s.name, kind_names[f.kind], f.slope.value,
                 f.slope.lo, f.slope.hi);
        check_near(f.verdict, VERDICT_REFUTED, 0, text, __FILE__, __LINE__);
    }
}

/* Known defects of the field and dropped parts, which claim what the right method claims. */
static const struct { const char *what, *item; enum kind kind; double order; } impostors[] = {
    { "3M with half the curvature", "dpmpp-3m-shipped", KIND_ODE, 3 },
    { "3M after a first-order step", "unip-3:start=ramp", KIND_ODE, 3 },
    { "a misplaced parenthesis", "ipndm-v-3-shipped", KIND_ODE, 3 },
    { "even weights on uneven steps", "ipndm-4", KIND_ODE, 4 },
    { "a corrector that drops a row", "unipc-2-shipped", KIND_ODE, 3 },
    { "UniPC-2 without its corrector", "unip-2", KIND_ODE, 3 },
    { "stage times of another method", "stork-2-shipped", KIND_ODE, 2 },
    { "the wrong sign of 1/2", "sde-dpmpp-3m-shipped", KIND_WEAK, 2 },
    { "fresh noise in a sub-step", "dpmpp-2s-sde-shipped", KIND_WEAK, 2 },
    { "fresh noise in each stage", "dpmpp-sde:noise=fresh", KIND_WEAK, 2 },
    { "the field asked before the noise is added", "edm-churn-shipped", KIND_WEAK, 2 },
    { "a Riemann sum and no small variances", "er-sde-3-shipped", KIND_WEAK, 2 },
};

static void known_defects_are_refuted_by_the_claim_of_the_right_method(void)
{
    for (unsigned i = 0; i < sizeof impostors / sizeof *impostors; i++) {
        method *m = method_parse("test", impostors[i].item);
        finding f;
        char text[256];
        solver s;

        if (must(m ? 0 : -1))
            continue;
        s = *m->sol, s.order = impostors[i].order, s.claims = NULL, m->sol = &s;
        f = ask_order(&vp, "karras", impostors[i].kind, m);
        snprintf(text, sizeof text, "%s: %s: %s order reads %.3f [%.3f, %.3f]", impostors[i].what, s.name,
                 kind_names[f.kind], f.slope.value, f.slope.lo,
                 f.slope.hi);
        check_near(f.verdict, VERDICT_REFUTED, 0, text, __FILE__, __LINE__);
        method_free(m);
    }
}

/* What ships with a defect has the right form beside it, under the same name without -shipped. */
static void every_shipped_defect_has_its_right_form_beside_it(void)
{
    static const char *const rows[] = {
        "dpm-solver-3m", "dpmpp-3m", "sde-dpmpp-3m", "ipndm-v-3", "ipndm-v-4", "unipc-2", "unipc-3", "dpmpp-2s-sde",
        "stork-2", "er-sde-2", "er-sde-3",
        "edm-churn", "deis-tab1", "deis-tab2", "deis-tab3", "deis-tab4", "deis-rhoab2", "deis-rhoab3", "deis-rhoab4",
        "tsit5" };
    int shipped = 0;
    char name[64];

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(name, sizeof name, "%s-shipped", rows[i]);
        check_near(solver_named(name) && solver_named(rows[i]), 1, 0, rows[i], __FILE__, __LINE__);
    }
    for (int i = 0; i < solvers(); i++) {
        const char *tail = strstr(solver_at(i)->name, "-shipped");

        if (!tail)
            continue;
        shipped++;
        snprintf(name, sizeof name, "%.*s", (int)(tail - solver_at(i)->name), solver_at(i)->name);
        check_near(solver_named(name) != NULL && solver_named(name)->order >= solver_at(i)->order, 1, 0, name,
                   __FILE__, __LINE__);
    }
    CU_ASSERT_EQUAL(shipped, (int)(sizeof rows / sizeof *rows));
}

static void a_slope_is_found_above_round_off_and_after_a_change_of_sign(void)
{
    ladder l = { .count = 8 };
    slope s;

    for (int i = 0; i < 8; i++) {
        l.h[i] = ldexp(1, -i);
        l.error[i] = i == 7 ? 1e-14 : 0.1 * pow(l.h[i], 2) * (1 + 0.1 * l.h[i]);
    }
    s = ladder_fit(&l, 1e-12, 3);
    near(s.value, 2, 0.02);
    CU_ASSERT(s.lo < s.value && s.hi > s.value && s.hi - s.lo < 0.1 && !l.used[7] && l.used[6]);
    for (int i = 0; i < 8; i++)
        l.error[i] = pow(l.h[i], 2) * (0.3 * l.h[i] - 0.1);
    s = ladder_fit(&l, 1e-12, 20);
    CU_ASSERT(!l.used[0] && !l.used[1] && l.used[4]);
    s = ladder_fit(&l, 1e-12, 3);
    near(s.value, 2, 0.15);
    for (int i = 0; i < 8; i++)
        l.error[i] = 0.1 - 0.01 * l.h[i];
    CU_ASSERT(judge(ladder_fit(&l, 1e-12, 3), 0.75, 1.25) == VERDICT_REFUTED);
    l.count = 2;
    CU_ASSERT(judge(ladder_fit(&l, 1e-12, 3), 0.75, 1.25) == VERDICT_UNCLEAR);
}

/* error = h^p/(1 + a h): its slope is p - 1 while a h is large, p in the end. */
static void slopes_that_still_move_to_the_claim_do_not_refute_it(void)
{
    ladder l = { .count = 6 };

    for (int i = 0; i < 6; i++)
        l.h[i] = ldexp(1, -i), l.error[i] = pow(l.h[i], 3) / (1 + 40 * l.h[i]);
    CU_ASSERT(judge(ladder_fit(&l, 1e-12, 3), 2.75, 3.25) == VERDICT_UNCLEAR);
    for (int i = 0; i < 6; i++)
        l.error[i] = pow(l.h[i], 2) * (1 + 0.2 * l.h[i]);
    CU_ASSERT(judge(ladder_fit(&l, 1e-12, 3), 2.75, 3.25) == VERDICT_REFUTED);
    CU_ASSERT(judge(ladder_fit(&l, 1e-12, 3), 1.75, 2.25) == VERDICT_HOLDS);
}

static void intervals_are_where_a_grid_has_short_steps(void)
{
    CU_ASSERT_PTR_NULL(arena_span(&vp, "cosine"));
    near(arena_span(&vp, "lambda")->full, vp.full, 0);
    below(arena_span(&vp, "uniform")->step, 0.05);
    CU_ASSERT(isnan(arena_span(&edm, "uniform")->full));
    CU_ASSERT(!isnan(arena_span(&edm, "karras")->full));
}

static const test_case tests[] = {
    { "what orders are measured on opens", opens },
    { "a slope is found above round-off and after a change of sign",
      a_slope_is_found_above_round_off_and_after_a_change_of_sign },
    { "every solver converges as it claims", every_solver_converges_as_it_claims },
    { "solvers with one thing wrong are refuted", solvers_with_one_thing_wrong_are_refuted },
    { "known defects are refuted by the claim of the right method",
      known_defects_are_refuted_by_the_claim_of_the_right_method },
    { "every shipped defect has its right form beside it", every_shipped_defect_has_its_right_form_beside_it },
    { "slopes that still move to the claim do not refute it", slopes_that_still_move_to_the_claim_do_not_refute_it },
    { "intervals are where a grid has short steps", intervals_are_where_a_grid_has_short_steps },
    { "what orders are measured on closes", closes },
    { 0, 0 },
};
const test_table table_order = { "order", tests };
