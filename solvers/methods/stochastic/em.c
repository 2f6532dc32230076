/* Euler-Maruyama on the reverse SDE  dx = (f x - g^2 s) dt + g dW:  y = x + h (f x - g^2 s) + g sqrt|h| z.
 * h is the grid's, or what dt says. */
#include <math.h>
#include "solvers/step.h"

enum { DT };

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    double *s = r->w[0], *z = r->w[1];

    if (eval_score(r, a, x, s))
        return -1;
    draw_noise(r, a, b, z);
    EACH_GROUP(r, g) {
        double h = r->par[DT] > 0 ? -r->par[DT] : b[g].t - a[g].t;

        combine(r, g, y, {1 + h * a[g].f, x}, {-h * a[g].g2, s}, {sqrt(-h * a[g].g2), z});
    }
    return 0;
}

static void claims(const method *m, double *order, int *stochastic)
{
    *order = m->par[DT] > 0 ? 0 : 1, *stochastic = 1;
}

const solver solver_em = {
    .name = "em", .about = "Euler-Maruyama in t on the reverse SDE", .cite = "Song et al. 2021, eq. 6",
    .order = 1, .strong = 1, .stochastic = 1, .evals = 1, .work = 2, .never = ALPHA_0 | SIGMA_0, .claims = claims,
    .step = step,
    .par = { [DT] = { "dt", "size of every step whatever the grid (score_sde: 1/N); 0: the grid's", NULL, 0, 0, 1e3 } },
};
