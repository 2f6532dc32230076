/*
 * Grids in t itself, u = i/(n-1), i = 0..n-1:
 *   uniform    t = t_max + u (t_min - t_max)
 *   quadratic  sqrt(t) evenly spaced (Song et al. 2021 (DDIM), appendix D.2; `t2` of Zhang and Chen 2022 (DEIS))
 *   cosine     t = t_min + (t_max - t_min) cos(pi u/2): small steps near noise (Du et al. 2024 (CosyVoice), where time
 *              runs the other way: 1 - cos(pi u/2))
 */
#include <math.h>
#include <stddef.h>
#include "base/fail.h"
#include "solvers/grids/grid.h"

static double uniform_law(const process *p, double u) { return p->t_max + u * (p->t_min - p->t_max); }

static double cosine_law(const process *p, double u)
{
    return p->t_min + (p->t_max - p->t_min) * cos(1.57079632679489661923 * u);
}

static double quadratic_law(const process *p, double u)
{
    double first = sqrt(p->t_max), last = sqrt(p->t_min), root = first + u * (last - first);

    return root * root;
}

/* The ends are exact. */
static int space(const process *p, double (*law)(const process *, double u), int n, double *t)
{
    for (int i = 0; i < n; i++)
        t[i] = law(p, n > 1 ? i / (n - 1.) : 0);
    t[n - 1] = p->t_min;
    t[0] = p->t_max;
    return 0;
}

static int uniform_times(const process *p, const args *a, int n, double *t) { return space(p, uniform_law, n, t); }
static int cosine_times(const process *p, const args *a, int n, double *t) { return space(p, cosine_law, n, t); }

static int quadratic_times(const process *p, const args *a, int n, double *t)
{
    if (p->t_min < 0)
        return fail("grid quadratic: it ends at t = %g, which has no square root; give an end at or above 0", p->t_min);
    return space(p, quadratic_law, n, t);
}

const grid grid_uniform = { .name = "uniform", .about = "uniform in t", .times = uniform_times };
const grid grid_quadratic = {
    .name = "quadratic", .about = "uniform in the square root of t", .cite = "Song et al. 2021, arXiv:2010.02502",
    .times = quadratic_times,
};
const grid grid_cosine = {
    .name = "cosine", .about = "a cosine of the way in t, dense near noise",
    .cite = "Du et al. 2024, arXiv:2407.05407", .times = cosine_times,
};
