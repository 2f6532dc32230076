/*
 * sub-vp: the mean of vp-linear with less noise, sigma = 1 - alpha^2 (Song et al. 2021, appendix B), so dsigma = beta
 * alpha^2, g2 = beta (1 - alpha^4), alpha/sigma = 1/(2 sinh(-log alpha)).
 * sigma starts as t, so all is finite at t = 0.
 */
#include "models/processes/kind.h"
#include "base/lanes.h"

CLONES static void sub_vp_columns(int n, const double *log_alpha, double *alpha, double *sigma, double *lambda)
{
    #pragma omp simd
    for (int i = 0; i < n; i++) {
        alpha[i] = lane_exp(log_alpha[i]);
        sigma[i] = (0 - lane_expm1(log_alpha[i])) * (1 + alpha[i]);
        lambda[i] = log_alpha[i] - lane_log(sigma[i]);
    }
}

static void at(const process *p, int n, level *l)
{
    for (int first = 0; first < n; first += TILE, l += TILE) {
        double alpha[TILE], sigma[TILE], lambda[TILE];
        int m = n - first < TILE ? n - first : TILE;
        vp_tile tile;

        vp_linear_tile(p, m, l, &tile);
        sub_vp_columns(m, tile.log_alpha, alpha, sigma, lambda);
        for (int i = 0; i < m; i++) {
            double beta = tile.beta[i], a = alpha[i], s = sigma[i];

            l[i] = (level){ .t = tile.t[i], .alpha = a, .sigma = s, .dalpha = -0.5 * beta * a, .dsigma = beta * a * a,
                            .lambda = s > 0 ? lambda[i] : INFINITY, .f = -0.5 * beta, .g2 = beta * s * fma(a, a, 1) };
        }
    }
}

static double t_of_lambda(const process *p, double lambda) { return vp_linear_time(p, 2 * asinh(0.5 * exp(-lambda))); }

const process process_sub_vp = {
    .name = "sub-vp", .about = "as vp-linear with sigma = 1 - alpha^2", .cite = "Song et al. 2021, arXiv:2011.13456",
    .t_min = 1e-3, .t_max = 1, .prior_std = 1, .t_low = 0, .t_high = 1,
    .par = { VP_LINEAR_PAR },
    .at = at, .t_of_lambda = t_of_lambda, .open = vp_linear_open,
};
