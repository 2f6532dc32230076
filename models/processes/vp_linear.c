/*
 * vp-linear: dx = -beta x/2 dt + sqrt(beta) dW with beta = beta_min + t (beta_max - beta_min)
 * (Song et al. 2021, appendix B), so log alpha = -t beta_min/2 - t^2 (beta_max - beta_min)/4, sigma^2 = 1 - alpha^2;
 * and the levels of every variance preserving kind.
 */
#include "base/fail.h"
#include "models/processes/kind.h"
#include "base/lanes.h"

typedef struct beta_columns { double alpha[TILE], sigma[TILE], dsigma[TILE], lambda[TILE]; } beta_columns;

CLONES static void vp_linear_columns(int n, const vp_tile *tile, beta_columns *c)
{
    #pragma omp simd
    for (int i = 0; i < n; i++) {
        /* +0 at t = 0 */
        double alpha = lane_exp(tile->log_alpha[i]), s2 = (0 - lane_expm1(tile->log_alpha[i])) * (1 + alpha);
        double sigma = sqrt(s2), lambda = fma(-0.5, lane_log(s2), tile->log_alpha[i]);

        c->alpha[i] = alpha;
        c->sigma[i] = sigma;
        c->dsigma[i] = 0.5 * tile->beta[i] * alpha * alpha / sigma;
        c->lambda[i] = s2 > 0 ? lambda : INFINITY;
    }
}

void vp_levels(int n, const vp_tile *tile, level *l)
{
    beta_columns c;

    vp_linear_columns(n, tile, &c);
    for (int i = 0; i < n; i++) {
        double beta = tile->beta[i];

        l[i] = (level){ .t = tile->t[i], .alpha = c.alpha[i], .sigma = c.sigma[i], .dalpha = -0.5 * beta * c.alpha[i],
                        .dsigma = c.dsigma[i],
                        .lambda = c.lambda[i], .f = -0.5 * beta, .g2 = beta };
    }
}

CLONES static void integrate(int n, double b0, double slope, const double *t, double *log_alpha, double *beta)
{
    #pragma omp simd
    for (int i = 0; i < n; i++) {
        log_alpha[i] = -t[i] * fma(0.25 * slope, t[i], 0.5 * b0);
        beta[i] = fma(slope, t[i], b0);
    }
}

void vp_linear_tile(const process *p, int n, const level *l, vp_tile *tile)
{
    double b0 = p->given.v[0], slope = p->given.v[1] - b0;

    for (int i = 0; i < n; i++)
        tile->t[i] = l[i].t;
    integrate(n, b0, slope, tile->t, tile->log_alpha, tile->beta);
}

/* The root of t beta_min + t^2 slope/2 = q that does not cancel. */
double vp_linear_time(const process *p, double q)
{
    double b0 = p->given.v[0], slope = p->given.v[1] - b0;

    if (q <= 0)
        return inside(p, 0);
    q = q > 1e300 ? 1e300 : q;
    return inside(p, 2 * q / (b0 + sqrt(b0 * b0 + 2 * slope * q)));
}

int vp_linear_open(process *p, const char *where)
{
    double b0 = p->given.v[0], b1 = p->given.v[1];

    if (b0 > b1 || b1 <= 0)
        return fail("%s: beta_min = %g and beta_max = %g of %s do not rise; give 0 <= beta_min <= beta_max, beta_max "
                    "above 0", where, b0, b1, p->name);
    return 0;
}

static void at(const process *p, int n, level *l)
{
    for (int first = 0; first < n; first += TILE) {
        int m = n - first < TILE ? n - first : TILE;
        vp_tile tile;

        vp_linear_tile(p, m, l + first, &tile);
        vp_levels(m, &tile, l + first);
    }
}

static double t_of_lambda(const process *p, double lambda) { return vp_linear_time(p, softplus(-2 * lambda)); }

const process process_vp_linear = {
    .name = "vp-linear", .about = "variance preserving, beta linear in t", .cite = "Song et al. 2021, arXiv:2011.13456",
    .t_min = 1e-3, .t_max = 1, .prior_std = 1, .t_low = 0, .t_high = 1,
    .par = { VP_LINEAR_PAR },
    .at = at, .t_of_lambda = t_of_lambda, .open = vp_linear_open,
};
