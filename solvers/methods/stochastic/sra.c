/*
 * Runge-Kutta methods of strong order 1.5 for additive noise, on the reverse SDE  dx = F dt + g(t)
 * dW, F = f x - g^2 score:
 *
 *   u_i = x + h sum_j A_ij F_j + G.V_i dW + G.B_i Z,   y = x + h sum_i w_i F_i + G.beta_1 dW + G.beta_3 Z,
 *   Z = I10/h,  G = g at a, at b, between
 *
 * sra1, sra3 and shark end with  g_b dW + (g_a - g_b) Z, which is exact for g linear in t; g_a dW alone would
 * drop both orders to 1.
 * srk is Roessler's SRI method of the same order for any diagonal noise, of which g(t) leaves three stages.
 * Its terms in (dW^2 - h) and (dW^3 - 3 h dW), whose weights add up to O(h^2) here, are left out unless
 * terms = all (torchsde).
 */
#include <math.h>
#include "base/clones.h"
#include "solvers/step.h"

enum { MOST = 3, TERMS = 0, ALL = 1 };
typedef double ends[3];                                     /* of g at a, at b, and at the part `inside` of the step */
typedef struct sra_table {
    int stages;
    double c[MOST], A[MOST][MOST], w[MOST], inside;
    ends V[MOST], B[MOST], beta1, beta2, beta3, beta4;
} sra_table;

static const sra_table sra1 = { 2, .c = { 0, 3. / 4 }, .A = { { 0 }, { 3. / 4 } }, .B = { { 0 }, { 0, 3. / 2 } },
                            .w = { 1. / 3, 2. / 3 },
                            .beta1 = { 0, 1 }, .beta3 = { 1, -1 } };
static const sra_table sra3 = { 3, .c = { 0, 1, 1. / 2 }, .A = { { 0 }, { 1 }, { 1. / 4, 1. / 4 } },
                            .B = { { 0 }, { 0 }, { 1. / 2, 1 } },
                            .w = { 1. / 6, 1. / 6, 2. / 3 }, .beta1 = { 0, 1 }, .beta3 = { 1, -1 } };

/* The stages are shifted by g (Z - dW/2), the area between the path and its chord. */
static const sra_table shark = { 2, .c = { 0, 5. / 6 }, .A = { { 0 }, { 5. / 6 } }, .B = { { 1 }, { 1 } },
                             .V = { { -1. / 2 }, { -1. / 2 + 5. / 6 } },
                             .w = { 2. / 5, 3. / 5 }, .beta1 = { 0, 1 }, .beta3 = { 1, -1 } };

static const sra_table srk = { 3, .c = { 0, 1, 1. / 2 }, .A = { { 0 }, { 1 }, { 1. / 4, 1. / 4 } },
                           .B = { { 0 }, { 0 }, { 1, 0, 1. / 2 } },
                           .w = { 1. / 6, 1. / 6, 2. / 3 }, .inside = 1. / 4, .beta1 = { -1, 2. / 3, 4. / 3 },
                           .beta2 = { 1, 1. / 3, -4. / 3 },
                           .beta3 = { 2, -2. / 3, -4. / 3 }, .beta4 = { -2, -2. / 3, 8. / 3 } };

static double dot(const ends a, const ends b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* out = x + sum_j c_j h F_j + p dW + q Z, the F_j in w[2 ..]. */
static void assemble(const run *r, int g, double h, const double *x, int n, const double *c, double p, double q,
                     double *out)
{
    term sum[MOST + 3] = { { 1, x } };

    for (int j = 0; j < n; j++)
        sum[1 + j] = (term){ h * c[j], r->w[2 + j] };
    sum[1 + n] = (term){ p, r->w[0] };
    sum[2 + n] = (term){ q, r->w[1] };
    sum_terms(r, g, out, 3 + n, sum);
}

/* y += p (dW^2 - h)/2 + q (dW^3 - 3 h dW)/6 */
CLONES static void add_powers(int n, double h, double p, double q, const double *dw, double *y)
{
    #pragma omp simd
    for (int i = 0; i < n; i++) {
        double square = dw[i] * dw[i];

        y[i] = fma(p / 2, square - h, fma(q / 6 * dw[i], square - 3 * h, y[i]));
    }
}

/* dW and Z of the step into w[0] and w[1]. */
static void draw_path(run *r, const level *a, const level *b)
{
    draw_pair(r, a, b, r->w[0], r->w[1]);
    EACH_GROUP(r, g) {
        double root = sqrt(fabs(b[g].t - a[g].t));

        combine(r, g, r->w[1], {root / 2, r->w[0]}, {root / sqrt(12), r->w[1]});
        combine(r, g, r->w[0], {root, r->w[0]});
    }
}

static int step(run *r, const level *a, const level *b, const double *x, double *y)
{
    const sra_table *T = r->sol->data;
    level *at = r->mid, *inside = r->mid + r->groups;

    draw_path(r, a, b);
    between_t(r, a, b, T->inside, inside);
    for (int i = 0; i < T->stages; i++) {
        double *slope = r->w[2 + i];

        between_t(r, a, b, T->c[i], at);
        EACH_GROUP(r, g) {
            ends G = { sqrt(a[g].g2), sqrt(b[g].g2), sqrt(inside[g].g2) };

            assemble(r, g, b[g].t - a[g].t, x, i, T->A[i], dot(G, T->V[i]), dot(G, T->B[i]), y);
        }
        if (eval_score(r, at, y, slope))
            return -1;
        EACH_GROUP(r, g)
            combine(r, g, slope, {at[g].f, y}, {-at[g].g2, slope});
    }
    EACH_GROUP(r, g) {
        ends G = { sqrt(a[g].g2), sqrt(b[g].g2), sqrt(inside[g].g2) };
        double h = b[g].t - a[g].t;
        size_t N = (size_t)r->rows * r->dim;

        assemble(r, g, h, x, T->stages, T->w, dot(G, T->beta1), dot(G, T->beta3), y);
        if (T->inside && r->par[TERMS] == ALL)
            add_powers((int)N, fabs(h), dot(G, T->beta2) / sqrt(fabs(h)), dot(G, T->beta4) / fabs(h), r->w[0] + g * N,
                       y + g * N);
    }
    return 0;
}

const solver solver_sra1 = {
    .name = "sra1", .about = "strong order 1.5 for additive noise, two stages", .cite = "Roessler 2010, SRA1",
    .data = &sra1,
    .order = 2, .strong = 1.5, .stochastic = 1, .evals = 2, .work = 4, .never = ALPHA_0 | SIGMA_0, .step = step,
};

const solver solver_sra3 = {
    .name = "sra3", .about = "strong order 1.5 for additive noise, three stages", .cite = "Roessler 2010, SRA3",
    .data = &sra3,
    .order = 2, .strong = 1.5, .stochastic = 1, .evals = 3, .work = 5, .never = ALPHA_0 | SIGMA_0, .step = step,
};

const solver solver_shark = {
    .name = "shark", .about = "strong order 1.5 for additive noise, shifted stages",
    .cite = "Foster et al. 2024, ShARK", .data = &shark,
    .order = 2, .strong = 1.5, .stochastic = 1, .evals = 2, .work = 4, .never = ALPHA_0 | SIGMA_0, .step = step,
};

const solver solver_srk = {
    .name = "srk", .about = "strong order 1.5 for diagonal noise", .cite = "Roessler 2010; torchsde, srk", .data = &srk,
    .order = 2, .strong = 1.5, .stochastic = 1, .evals = 3, .work = 5, .never = ALPHA_0 | SIGMA_0, .step = step,
    .par = { [TERMS] = { "terms", "those linear in the noise, or all", "linear all", 0 } },
};
