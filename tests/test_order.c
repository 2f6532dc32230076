/* The measurement of orders: every claim in the list is held, and solvers that are wrong in one place are caught. */
#include <math.h>
#include <string.h>
#include "bench/order.h"
#include "models/fail.h"
#include "tests/suite.h"

static const effort quick = { .least = 64, .most = 1024, .paths = 4000, .path_steps = 256 };

static ground field;
static arena vp, edm;

static void opens(void)
{
    static const char *const on[] = { "lambda", "karras", "uniform" };

    must(ground_open(&field));
    must(arena_open(&vp, &field, "vp-linear", 256, 3, on));
    must(arena_open(&edm, &field, "edm", 256, 3, on));
}

static void closes(void)
{
    arena_close(&vp);
    arena_close(&edm);
    ground_close(&field);
}

static finding ask_order(const arena *a, const char *on, enum kind kind, const method *m)
{
    finding f = { .solver = m->sol->name, .arena = a, .grid = on, .kind = kind }, guard = f;

    if (kind == KIND_STRONG)
        must(order_strong(&f, &guard, m, &quick));
    else
        must((kind == KIND_ODE ? order_ode : kind == KIND_TOL ? order_tol : order_weak)(&f, m, &quick));
    if (kind == KIND_STRONG)
        CU_ASSERT(guard.verdict != VERDICT_REFUTED);
    return f;
}

/* Of these only few rungs lie between the first that is asymptotic and round-off, too few for an interval as narrow as the claim at this
 * effort: they must not be refuted.  The order of all but stork-4 is proved tree by tree (test_tableau); stork-4 is Adams-Bashforth 4 (test_rungs). */
static int steep(const char *name)
{
    static const char *const names[] = { "tsit5", "tsit5-shipped", "dop853", "dopri8", "fehlberg2", "stork-4" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i]))
            return 1;
    return 0;
}

static void holds(const arena *a, const char *on, enum kind kind, const method *m)
{
    finding f = ask_order(a, on, kind, m);
    char text[256];

    snprintf(text, sizeof text, "%s on %s, %s: %s order %g reads %.3f [%.3f, %.3f]", f.solver, a->proc->name, on, kind_names[kind], f.claimed,
             f.slope.value, f.slope.lo, f.slope.hi);
    if (f.verdict == VERDICT_REFUTED || !steep(f.solver))
        check_near(f.verdict, VERDICT_HOLDS, 0, text, __FILE__, __LINE__);
}

static void every_solver_converges_as_it_claims(void)
{
    static const char *const more[] = { "ddim:eta=1", "ancestral:variance=beta", "sde-dpmpp-2m:kind=heun" };
    int n = solvers(), all = n + sizeof more / sizeof *more;

    for (int i = 0; i < all; i++) {
        const char *name = i < n ? solver_at(i)->name : more[i - n];
        method *m = i < n && solver_at(i)->inners ? NULL : method_parse("test", name);

        if (!m)
            continue;
        if (m->sol->adapts && method_stochastic(m)) {
            method_free(m);                         /* its law against the tolerance: test_stochastic.c */
            continue;
        }
        if (m->sol->adapts) {
            holds(&vp, "-", KIND_TOL, m);
        } else if (method_order(m) > 0) {
            enum kind kind = method_stochastic(m) ? KIND_WEAK : KIND_ODE;

            holds(&vp, "karras", kind, m);
            holds(&edm, "lambda", kind, m);
        }
        if (m->sol->embedded)
            holds(&edm, "-", KIND_TOL, m);
        if (m->sol->strong > 0)
            holds(&vp, "lambda", KIND_STRONG, m);
        method_free(m);
    }
}

/* Mutants: each a solver of the list with one thing wrong. */

static int dpmpp_2m(run *r, const level *a, const level *b, const double *x, double *y, double share, const double *before)
{
    double *now = r->w[0];

    if (eval_data(r, a, x, now))
        return -1;
    EACH_GROUP(r, g) {
        double h = b[g].lambda - a[g].lambda, keep = b[g].sigma / a[g].sigma, gain = -b[g].alpha * expm1(-h);
        double q = r->k ? share * stretch(h, a[g].lambda - r->past[0][g].lambda) : 0;

        combine(r, g, y, {keep, x}, {gain * (1 + q), now}, {-gain * q, r->k ? before : now});
    }
    return 0;
}

static int wrong_factor(run *r, const level *a, const level *b, const double *x, double *y) { return dpmpp_2m(r, a, b, x, y, 1, r->w[1]); }

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

/* ancestral sampling with its noise multiplied */
static int ancestral(run *r, const level *a, const level *b, const double *x, double *y, double times)
{
    double *now = r->w[0], *z = r->w[1];

    if (eval_data(r, a, x, now))
        return -1;
    draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        double h = b[g].lambda - a[g].lambda, fresh = -expm1(-2 * h);

        combine(r, g, y, {exp(-h) * b[g].sigma / a[g].sigma, x}, {b[g].alpha * fresh, now}, {times * b[g].sigma * sqrt(fresh), z});
    }
    return 0;
}

static int wrong_std(run *r, const level *a, const level *b, const double *x, double *y) { return ancestral(r, a, b, x, y, 1.1); }

/* the same law, another path at every rung */
static int off_the_path(run *r, const level *a, const level *b, const double *x, double *y)
{
    return ancestral(r, a, b, x, y, r->group->step % 2 ? -1 : 1);
}

static const struct { const char *what; enum kind kind; solver sol; } mutants[] = {
    { "dpmpp-2m with a wrong factor", KIND_ODE, { .order = 2, .work = 2, .history = 1, .step = wrong_factor } },
    { "dpmpp-2m whose history does not turn", KIND_ODE, { .order = 2, .work = 2, .step = stale_history } },
    { "heun without its corrector", KIND_ODE, { .order = 2, .work = 1, .step = no_corrector } },
    { "euler that claims too little", KIND_ODE, { .order = 0.5, .work = 1, .step = no_corrector } },
    { "ancestral with too much noise", KIND_WEAK, { .order = 1, .strong = 1, .stochastic = 1, .work = 2, .step = wrong_std } },
    { "ancestral off the path", KIND_STRONG, { .order = 1, .strong = 1, .stochastic = 1, .work = 2, .step = off_the_path } },
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
        snprintf(text, sizeof text, "%s: %s order reads %.3f [%.3f, %.3f]", s.name, kind_names[f.kind], f.slope.value, f.slope.lo, f.slope.hi);
        check_near(f.verdict, VERDICT_REFUTED, 0, text, __FILE__, __LINE__);
    }
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

static const test_case tests[] = {
    { "what orders are measured on opens", opens },
    { "a slope is found above round-off and after a change of sign", a_slope_is_found_above_round_off_and_after_a_change_of_sign },
    { "every solver converges as it claims", every_solver_converges_as_it_claims },
    { "solvers with one thing wrong are refuted", solvers_with_one_thing_wrong_are_refuted },
    { "what orders are measured on closes", closes },
    { 0, 0 },
};
const test_table table_order = { "order", tests };
