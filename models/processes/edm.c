/* edm: x_t = x_0 + t eps, t = sigma (Karras et al. 2022).  t = 0 is clean data; f = 0, g2 = 2 t. */
#include "models/processes/kind.h"
#include "base/lanes.h"

CLONES static void logs(int n, const double *t, double *out)
{
    #pragma omp simd
    for (int i = 0; i < n; i++)
        out[i] = lane_log(t[i]);
}

static void at(const process *p, int n, level *l)
{
    for (int first = 0; first < n; first += TILE) {
        int m = n - first < TILE ? n - first : TILE;
        double t[TILE], log_t[TILE];

        for (int i = 0; i < m; i++)
            t[i] = l[first + i].t;
        logs(m, t, log_t);
        for (int i = 0; i < m; i++)
            l[first + i] = (level){ .t = t[i], .alpha = 1, .sigma = t[i], .dsigma = 1, .lambda = t[i] > 0 ? -log_t[i]
                                    : INFINITY, .g2 = 2 * t[i] };
    }
}

static double t_of_lambda(const process *p, double lambda) { return inside(p, exp(-lambda)); }

const process process_edm = {
    .name = "edm", .about = "variance exploding, t = sigma", .cite = "Karras et al. 2022, arXiv:2206.00364",
    .t_min = 0.002, .t_max = 80, .prior_std = 0, .t_low = 0, .t_high = 1e15, .at = at, .t_of_lambda = t_of_lambda,
};
