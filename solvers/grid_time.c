/*
 * Grids in t itself, i = 0..n-1, u = i/(n-1):
 *   uniform    t = t_max + u (t_min - t_max)
 */
#include <math.h>
#include <stddef.h>
#include "models/fail.h"
#include "solvers/grid.h"

static double part(int i, int n) { return n > 1 ? i / (n - 1.) : 0; }

static void keep_ends(const process *p, int n, double *t)
{
    t[n - 1] = p->t_min;
    t[0] = p->t_max;
}

static int uniform_times(const process *p, const args *a, int n, double *t)
{
    for (int i = 0; i < n; i++)
        t[i] = p->t_max + part(i, n) * (p->t_min - p->t_max);
    keep_ends(p, n, t);
    return 0;
}

const grid grid_uniform = { .name = "uniform", .about = "uniform in t", .times = uniform_times };
