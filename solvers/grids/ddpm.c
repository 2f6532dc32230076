/*
 * The spacings of discrete chains, index by index as in diffusers' DDIMScheduler.set_timesteps (`timestep_spacing`;
 * named in table 2 of Lin et al. 2024), for n of the T indices 0..T-1:
 *   linspace   round(k (T - 1)/(n - 1)), k = n-1..0           T = 1000, n = 10: 999 888 777 666 555 444 333 222 111 0
 *   leading    k floor(T/n) + offset,    k = n-1..0                             900 800 700 600 500 400 300 200 100 0
 *   trailing   round(T - k T/n) - 1,     k = 0..n-1                             999 899 799 699 599 499 399 299 199 99
 * With skip = 1 linspace and leading take n + 1 indices and leave the last out, as diffusers' multistep schedulers do.
 * (round: half to even, as NumPy does.)  On a chain the times are these indices, T = t_max + 1.
 * On a continuous process, T (a parameter) is that of the chain it is the limit of, and index i means t = t_min + i/(T
 * - 1) (t_max - t_min): on vp-linear (i + 1)/1000, as in Lu et al. 2022, appendix D.1.
 * What follows the last index: with a denoising step the clean level, so `--steps 10 --final denoise` asks the field at
 * exactly the ten times above (diffusers with set_alpha_to_one); without one, a step to t_min (set_alpha_to_one =
 * false, where t_min is index 0).  Where the last index is t_min already, --steps 10 without a denoising step takes the
 * spacing of 11 indices: a step goes nowhere else.  leading does not begin at full noise: it is what is shipped, and
 * what it costs can be measured here.
 */
#include <math.h>
#include <stddef.h>
#include "base/fail.h"
#include "solvers/grids/grid.h"

enum { CHAIN, SKIP, OFFSET };                               /* in par */
#define CHAIN_PAR { "T", "indices, on a continuous process", NULL, 1000, 2, 1e6, 1 }
#define SKIP_PAR  { "skip", "how many of the last indices are left out", NULL, 0, 0, 1, 1 }

typedef double spacing(double T, int n, int k, double offset);

static double linspace(double T, int n, int k, double offset) { return rint((n - 1 - k) * ((T - 1) / (n - 1))); }
static double leading(double T, int n, int k, double offset)  { return (n - 1 - k) * floor(T / n) + offset; }
static double trailing(double T, int n, int k, double offset) { return rint(T - k * (T / n)) - 1; }

static int space(const process *p, const args *a, spacing *index, int least, int n, double *t)
{
    double T = p->T ? floor(p->t_max) + 1 : a->v[CHAIN], low = p->T ? p->t_min : 0;
    int all = n + (int)a->v[SKIP];

    if (p->T && a->given >> CHAIN & 1)
        return fail("grid: T = %g is for continuous processes, %s has %d indices; leave it out", a->v[CHAIN], p->name,
                    p->T);
    if (all < least)
        return fail("grid: this DDPM spacing needs at least %d indices, not %d; ask for more steps, or take "
                    "ddpm-trailing", least, all);
    if (all > T)
        return fail("grid: %d indices of %g; ask for fewer steps", all, T);
    for (int k = 0; k < n; k++) {
        double i = index(T, all, k, a->v[OFFSET]);

        if (i < low || i > T - 1)
            return fail("grid: index %g lies outside %g to %g; change offset or t_min, or ask for fewer steps", i, low,
                        T - 1);
        t[k] = p->T ? i : i == T - 1 ? p->t_max : p->t_min + i / (T - 1) * (p->t_max - p->t_min);
    }
    return 0;
}

static int linspace_times(const process *p, const args *a, int n, double *t) { return space(p, a, linspace, 2, n, t); }
static int leading_times(const process *p, const args *a, int n, double *t)  { return space(p, a, leading, 2, n, t); }
static int trailing_times(const process *p, const args *a, int n, double *t) { return space(p, a, trailing, 1, n, t); }

#define CITE "Lin et al. 2024, arXiv:2305.08891, table 2"
const grid grid_ddpm_linspace = {
    .name = "ddpm-linspace", .about = "indices of a chain, both ends", .cite = CITE,
    .par = { CHAIN_PAR, SKIP_PAR },
    .times = linspace_times, .open_end = 1,
};
const grid grid_ddpm_leading = {
    .name = "ddpm-leading", .about = "indices of a chain, from below", .cite = CITE,
    .par = { CHAIN_PAR, SKIP_PAR,
             { "offset", "added to every index (Stable Diffusion: 1)", NULL, 0, 0, 1e6, 1 } },
    .times = leading_times, .open_end = 1,
};
const grid grid_ddpm_trailing = {
    .name = "ddpm-trailing", .about = "indices of a chain, from above", .cite = CITE,
    .par = { CHAIN_PAR },
    .times = trailing_times, .open_end = 1,
};
