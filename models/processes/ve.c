/* ve: alpha = 1, sigma = sigma_min (sigma_max/sigma_min)^t (Song et al. 2021, appendix C); g2 = 2 sigma^2
 * log(sigma_max/sigma_min). */
#include "base/fail.h"
#include "models/processes/kind.h"
#include "base/lanes.h"

CLONES static void ve_columns(int n, double first, double rate, const double *t, double *sigma, double *lambda)
{
    #pragma omp simd
    for (int i = 0; i < n; i++) {
        lambda[i] = -fma(rate, t[i], first);
        sigma[i] = lane_exp(-lambda[i]);
    }
}

static void at(const process *p, int n, level *l)
{
    double first = log(p->given.v[0]), rate = log(p->given.v[1] / p->given.v[0]);

    for (int done = 0; done < n; done += TILE, l += TILE) {
        double t[TILE], sigma[TILE], lambda[TILE];
        int m = n - done < TILE ? n - done : TILE;

        for (int i = 0; i < m; i++)
            t[i] = l[i].t;
        ve_columns(m, first, rate, t, sigma, lambda);
        for (int i = 0; i < m; i++)
            l[i] = (level){ .t = t[i], .alpha = 1, .sigma = sigma[i], .dsigma = rate * sigma[i], .lambda = lambda[i],
                            .g2 = 2 * rate * sigma[i] * sigma[i] };
    }
}

static double t_of_lambda(const process *p, double lambda)
{
    return inside(p, (-lambda - log(p->given.v[0])) / log(p->given.v[1] / p->given.v[0]));
}

static int open_ve(process *p, const char *where)
{
    if (p->given.v[0] >= p->given.v[1])
        return fail("%s: sigma_min = %g is not below sigma_max = %g; ve needs 0 < sigma_min < sigma_max", where,
                    p->given.v[0], p->given.v[1]);
    return 0;
}

const process process_ve = {
    .name = "ve", .about = "variance exploding, sigma geometric in t", .cite = "Song et al. 2021, arXiv:2011.13456",
    .t_min = 1e-5, .t_max = 1, .prior_std = 0, .t_low = 0, .t_high = 1,
    .par = { { "sigma_min", "sigma at t = 0", NULL, 0.01, 1e-12, 1e12, 0 },
             { "sigma_max", "sigma at t = 1", NULL, 50, 1e-12, 1e12, 0 } },
    .at = at, .t_of_lambda = t_of_lambda, .open = open_ve,
};
