/*
 * UniP-p and UniPC-p: exponential Adams-Bashforth through p predictions, and UniC, the corrector through the new one
 * besides, for which the next step's call serves.  The variants differ where two nodes are used: B(h) = h (bh1),
 * e^h - 1 (bh2), or the exact weight (vary-coeff).
 *
 * Order p needs a start of order p - 1, and UniPC-p, of order p + 1, one of order p: the authors' ramp of orders 1, 2,
 * 3 gives 2 for unip-3 and -4, and 3 for unipc-3 and -4.  start=single takes the first steps with RES-2s (unip-3),
 * DPM-Solver-3s (unip-4, unipc-3) or ETD-RK4 (unipc-4), and steps from two points with the exact weight, whatever the
 * variant: then unip-3 is dpmpp-3m and res-3m.
 *
 * -shipped: the authors' vary_coeff drops a row of its corrector: order 1.
 */
#include "solvers/tools/adams_exp.h"

enum { VARIANT, PREDICT, START };
enum { SINGLE, RAMP };

static const double half[] = { 0.5, 1 }, thirds[] = { 1. / 3, 2. / 3, 0 };

typedef struct uni { int points, corrects, starts; const exprk *start; const double *start_par; } uni;
static const uni p1 = { 1, 0, 0, NULL, NULL }, p2 = { 2, 0, 0, NULL, NULL }, p3 = { 3, 0, 1, &exprk_2s, half },
    p4 = { 4, 0, 2, &exprk_3s, thirds };
static const uni c1 = { 1, 1, 0, NULL, NULL }, c2 = { 2, 1, 0, NULL, NULL }, c3 = { 3, 1, 1, &exprk_3s, thirds },
    c4 = { 4, 1, 2, &exprk_krogstad, NULL };

static adams made_of(const uni *u, const double *par)
{
    static const enum rule rules[] = { BH1, HALF, EXACT };
    int starts = par[START] == RAMP ? 0 : u->starts;

    return (adams){ .points = u->points, .corrects = u->corrects, .rule = starts ? EXACT : rules[(int)par[VARIANT]],
                    .form = par[PREDICT] ? NOISE : DATA,
                    .start = u->start, .starts = starts, .start_par = u->start_par };
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    adams m = made_of(r->sol->data, r->par);

    return adams_step(r, &m, a, b, x, y);
}

static int step_shipped(run *r, const level *a, const level *b, const double *x, double *y)
{
    const uni *u = r->sol->data;
    adams m = { .points = u->points, .corrects = 1, .rule = CUT, .form = r->par[0] ? NOISE : DATA };

    return adams_step(r, &m, a, b, x, y);
}

static int refuse(const method *m, const plan *p, int by_noise)
{
    const level *a = p->grid, *b = a + p->steps;

    if (by_noise && (a->alpha == 0 || b->alpha == 0))
        return fail("%s: predict=noise says nothing where alpha = 0; take predict=data, or start below t = %g",
                    m->sol->name, a->t);
    return 0;
}

static int check(const method *m, const plan *p) { return refuse(m, p, m->par[PREDICT] == NOISE); }
static int check_shipped(const method *m, const plan *p) { return refuse(m, p, m->par[0] == NOISE); }

/* With the ramp: the first step alone has a local error of h^2, with the corrector of h^3.
 * unipc-4 reads 4.7 to 5 where round-off lets it: no claim. */
static void claims(const method *m, double *order, int *stochastic)
{
    const uni *u = m->sol->data;
    int full = u->points + u->corrects, ramp = 2 + u->corrects;

    *order = u->starts && m->par[START] == RAMP && full > ramp ? ramp : full > 4 ? 0 : full, *stochastic = 0;
}

#define VARIANTS [VARIANT] = { "variant", "B(h) of steps from two points", "bh1 bh2 vary-coeff", 1 }
#define PAR { VARIANTS, [PREDICT] = PREDICT_CHOICE, LAST_STEPS }
#define PAR_START { VARIANTS, [PREDICT] = PREDICT_CHOICE, \
                    [START] = { "start", "the first steps: of the order that is needed, or what points there are", \
                                "single ramp", SINGLE }, LAST_STEPS }
#define CITE "Zhao et al. 2023, arXiv:2302.04867"
#define USUAL .check = check, .claims = claims, .step = step
#define SIZES(points, corrects, stages) .evals = 1, .work = ADAMS_WORK(points, corrects, stages), \
    .history = ADAMS_HISTORY(points, corrects)

const solver solver_unip_1 = {
    .name = "unip-1", .about = "UniP of order 1: ddim", .cite = CITE,
    .data = &p1, .order = 1, SIZES(1, 0, 1), USUAL, .par = PAR,
};
const solver solver_unip_2 = {
    .name = "unip-2", .about = "UniP of order 2", .cite = CITE,
    .data = &p2, .order = 2, SIZES(2, 0, 1), USUAL, .par = PAR,
};
const solver solver_unip_3 = {
    .name = "unip-3", .about = "UniP of order 3", .cite = CITE,
    .data = &p3, .order = 3, SIZES(3, 0, 2), USUAL, .par = PAR_START,
};
const solver solver_unip_4 = {
    .name = "unip-4", .about = "UniP of order 4", .cite = CITE,
    .data = &p4, .order = 4, SIZES(4, 0, 3), USUAL, .par = PAR_START,
};
const solver solver_unipc_1 = {
    .name = "unipc-1", .about = "UniPC-1: one point and a corrector", .cite = CITE,
    .data = &c1, .order = 2, SIZES(1, 1, 1), USUAL, .par = PAR,
};
const solver solver_unipc_2 = {
    .name = "unipc-2", .about = "UniPC-2: two points and a corrector", .cite = CITE,
    .data = &c2, .order = 3, SIZES(2, 1, 1), USUAL, .par = PAR,
};
const solver solver_unipc_3 = {
    .name = "unipc-3", .about = "UniPC-3: three points and a corrector", .cite = CITE,
    .data = &c3, .order = 4, SIZES(3, 1, 3), USUAL, .par = PAR_START,
};
const solver solver_unipc_4 = {
    .name = "unipc-4", .about = "UniPC-4: four points and a corrector", .cite = CITE,
    .data = &c4, SIZES(4, 1, 4), USUAL, .par = PAR_START,
};
const solver solver_unipc_2_shipped = {
    .name = "unipc-2-shipped",
    .about = "UniPC-2 vary_coeff as its authors ship it: the corrector drops a row; order 1",
    .cite = CITE ", authors' code",
    .data = &c2, .order = 1, SIZES(2, 1, 1), .check = check_shipped, .step = step_shipped,
    .par = { PREDICT_CHOICE, LAST_STEPS },
};
const solver solver_unipc_3_shipped = {
    .name = "unipc-3-shipped",
    .about = "UniPC-3 vary_coeff as its authors ship it: the corrector drops a row; order 1",
    .cite = CITE ", authors' code",
    .data = &c3, .order = 1, SIZES(3, 1, 1), .check = check_shipped, .step = step_shipped,
    .par = { PREDICT_CHOICE, LAST_STEPS },
};
