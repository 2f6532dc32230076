/*
 * Predictor and corrector: `pc:snr=0.16,steps=1/PREDICTOR/CORRECTOR`.
 * Corrector steps at level a, then the predictor from a to b (score_sde), or the predictor and then corrector steps at
 * b.  No corrector steps: the predictor, bit for bit.
 */
#include <stdlib.h>
#include <string.h>
#include "solvers/methods/stochastic/langevin.h"

enum { WHEN = CORRECT_OWN };
enum { BEFORE, AFTER };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *u = r->w[0];

    if (r->par[CORRECT_STEPS] == 0)
        return inner_step(r, 0, a, b, x, y);
    if (r->par[WHEN] == BEFORE)
        return inner_step(r, 1, a, a, x, u) || inner_step(r, 0, a, b, u, y) ? -1 : 0;
    return inner_step(r, 0, a, b, x, u) || inner_step(r, 1, b, b, u, y) ? -1 : 0;
}

/* Its snr and steps are the corrector's. */
static int open(run *r)
{
    double *par = malloc(MAX_PARAM * sizeof *par);

    if (!(r->own = par))
        return fail("out of memory");
    memcpy(par, r->inner[1]->par, MAX_PARAM * sizeof *par);
    par[CORRECT_SNR] = r->par[CORRECT_SNR], par[CORRECT_STEPS] = r->par[CORRECT_STEPS];
    r->inner[1]->par = par;
    return 0;
}

static void shut(run *r) { free(r->own); }

static int check(const method *m, const plan *p)
{
    if (!corrector(m->inner[1]->sol))
        return fail("pc: %s is no corrector; write pc/PREDICTOR/langevin or pc/PREDICTOR/ald", m->inner[1]->sol->name);
    if (!m->inner[0]->sol->step)
        return fail("pc: %s chooses its own steps and cannot predict one; give another predictor",
                    m->inner[0]->sol->name);
    return 0;
}

static void claims(const method *m, double *order, int *stochastic)
{
    *stochastic = m->par[CORRECT_STEPS] > 0 || method_stochastic(m->inner[0]);
    *order = m->par[CORRECT_STEPS] > 0 ? 0 : method_order(m->inner[0]);
}

const solver solver_pc = {
    .name = "pc", .about = "a predictor and a Langevin corrector", .cite = "Song et al. 2021, algorithm 1",
    .stochastic = 1, .evals = 2, .work = 1, .inners = 2, .never = SIGMA_0, .claims = claims, .check = check,
    .open = open, .step = step, .close = shut,
    .par = { CORRECT_PARAMS,
             [WHEN] = { "when", "the corrector works: before or after the predictor", "before after", BEFORE } },
};
