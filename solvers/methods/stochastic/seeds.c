/*
 * Exponential Runge-Kutta methods of the reverse SDE whose stages and step see one Brownian path
 * (SEEDS; steps as in exp_step.h).
 *
 *   seeds-2   u = exp_step(a, m) of F_a,   y = exp_step(a, b) of
 *             phi1:  (1 - 1/2r) F_a + 1/2r F_m        phi2:  F_a + (1st moment)/r (F_m - F_a)
 *   seeds-3   u1 at 1/3 of the step by F_a, u2 at 2/3 and y by  F_a + (1st moment)/r (F_i - F_a),  i the stage before
 *
 * dpmpp-sde is seeds-2 with phi1 and split steps (k-diffusion's eta).  noise = fresh draws each stage's noise anew, as
 * k-diffusion does where its noise is not a Brownian tree: weak order 1.
 */
#include <math.h>
#include "solvers/tools/exp_step.h"

enum { RATIO = OWN, WEIGHT, PREDICT };
enum { PHI1, PHI2 };
enum { DPMPP_RATIO = OWN, SOURCE };
enum { SHARED, FRESH };

static enum predicts asks(enum form f) { return f == DATA ? PREDICTS_DATA : PREDICTS_NOISE; }

static void dpmpp_claims(const method *m, double *order, int *stochastic)
{
    exp_step_claims(m, order, stochastic);
    if (m->par[SOURCE] == FRESH && *stochastic && *order)
        *order = 1;
}

/* A method of two stages.  split: its steps are; ratio: where its stage stands; phi2: the weights of its stages; fresh:
 * each has noise of its own. */
typedef struct two_stages { enum form form; double ratio; int split, phi2, fresh; } two_stages;

static exp_step step_of(const two_stages *how, const level *a, const level *b, double eta)
{
    return how->split ? exp_step_split(a, b, eta) : exp_step_of(how->form, a, b, eta);
}

/* The standard deviations in the step l of the normals before and behind its stage at m. */
static void path_weights(const two_stages *how, double eta, const exp_step *l, const level *a, const level *m,
                         const level *b, double std[2])
{
    double part[2] = { 0, 1 };

    if (!how->split) {
        std[0] = exp_step_part(how->form, eta, a->lambda, m->lambda, b);
        std[1] = exp_step_part(how->form, eta, m->lambda, b->lambda, b);
        return;
    }
    if (!how->fresh)
        exp_step_join(a, m, b, part);
    std[0] = l->std * part[0], std[1] = l->std * part[1];
}

static int take_two(run *r, const two_stages *how, const level *a, const level *b, const double *x, double *y)
{
    double *f1 = r->w[0], *f2 = r->w[1], *z1 = r->w[2], *z2 = r->w[3], eta = r->par[ETA], scale = r->par[S_NOISE];

    if (eval(r, a, x, asks(how->form), f1))
        return -1;
    between(r, a, b, how->ratio, r->mid);
    if (eta > 0) {
        draw_noise(r, a, r->mid, z1);
        draw_noise(r, how->fresh ? a : r->mid, b, z2);
    }
    EACH_GROUP(r, g) {
        exp_step l = step_of(how, a + g, r->mid + g, eta);

        combine(r, g, y, {l.keep, x}, {l.gain, f1}, {scale * l.std, z1});
    }
    if (eval(r, r->mid, y, asks(how->form), f2))
        return -1;
    EACH_GROUP(r, g) {
        exp_step l = step_of(how, a + g, b + g, eta);
        double mean[2] = { 1, 0.5 }, std[2] = { 0 }, q;

        if (how->phi2)
            exp_moments(2, l.z, mean);
        if (eta > 0)
            path_weights(how, eta, &l, a + g, r->mid + g, b + g, std);
        q = mean[1] / how->ratio;
        combine(r, g, y, {l.keep, x}, {l.gain * (1 - q), f1}, {l.gain * q, f2}, {scale * std[0], z1},
                {scale * std[1], z2});
    }
    return 0;
}

static int seeds_2(run *r, const level *a, const level *b, const double *x, double *y)
{
    const two_stages how = { .form = (enum form)r->par[PREDICT], .ratio = r->par[RATIO],
                             .phi2 = r->par[WEIGHT] == PHI2 };

    return take_two(r, &how, a, b, x, y);
}

static int dpmpp_sde(run *r, const level *a, const level *b, const double *x, double *y)
{
    const two_stages how = { .form = DATA, .ratio = r->par[DPMPP_RATIO], .split = 1,
                             .fresh = r->par[SOURCE] == FRESH };

    return take_two(r, &how, a, b, x, y);
}

/* Stage i of seeds-3 (i = 2 is the step): to level `to`, by F_a and F of the stage before, with the path so far;
 * at[0..i]: its lambdas. */
static void stage_3(run *r, int g, int i, const double *at, const level *from, const level *to, const double *x,
                    double *out)
{
    static const double R[3] = { 1. / 3, 2. / 3, 1 };
    enum form form = (enum form)r->par[OWN];
    double **w = r->w, eta = r->par[ETA], mean[2], std[3] = { 0 }, q = 0;
    exp_step l = exp_step_of(form, from, to, eta);

    if (i) {
        exp_moments(2, l.z, mean);
        q = mean[1] * R[i] / R[i - 1];
    }
    for (int j = 0; j <= i && eta > 0; j++)
        std[j] = r->par[S_NOISE] * exp_step_part(form, eta, at[j], at[j + 1], to);
    combine(r, g, out, {l.keep, x}, {l.gain * (1 - q), w[0]}, {l.gain * q, w[1]}, {std[0], w[2]}, {std[1], w[3]},
            {std[2], w[4]});
}

static int seeds_3(run *r, const level *a, const level *b, const double *x, double *y)
{
    double **w = r->w;
    level *mid[2] = { r->mid, r->mid + r->groups };
    const level *stop[4] = { a, mid[0], mid[1], b };
    enum form form = (enum form)r->par[OWN];

    between(r, a, b, 1. / 3, mid[0]);
    between(r, a, b, 2. / 3, mid[1]);
    for (int i = 0; i < 3; i++) {
        if (eval(r, stop[i], i ? y : x, asks(form), w[i > 0]))
            return -1;
        if (r->par[ETA] > 0)
            draw_noise(r, stop[i], stop[i + 1], w[2 + i]);
        EACH_GROUP(r, g)
            stage_3(r, g, i, (double[]){ a[g].lambda, mid[0][g].lambda, mid[1][g].lambda, b[g].lambda }, a + g,
                    stop[i + 1] + g, x, y);
    }
    return 0;
}

#define RATIO_PARAM { "r", "where in the step its stage stands, in lambda", NULL, 0.5, 0.01, 1 }

const solver solver_dpmpp_sde = {
    .name = "dpmpp-sde", .about = "DPM-Solver++ SDE, two stages on one path", .cite = "k-diffusion, sample_dpmpp_sde",
    .order = 2, .strong = 1, .stochastic = 1, .evals = 2, .work = 4, .never = SIGMA_0,
    .claims = dpmpp_claims, .step = dpmpp_sde,
    .par = { ETA_SPLIT, NOISE_SCALE, [DPMPP_RATIO] = RATIO_PARAM,
             [SOURCE] = { "noise", "one path, or fresh noise in every stage", "path fresh", 0 } },
};

const solver solver_seeds_2 = {
    .name = "seeds-2", .about = "exponential Runge-Kutta of two stages on one path",
    .cite = "Gonzalez et al. 2023, arXiv:2305.14267, algorithm 2",
    .order = 2, .strong = 1, .stochastic = 1, .evals = 2, .work = 4, .never = ALPHA_0 | SIGMA_0,
    .claims = exp_step_claims, .step = seeds_2,
    .par = { ETA_SDE, NOISE_SCALE, [RATIO] = RATIO_PARAM,
             [WEIGHT] = { "weight", "of the stages", "phi1 phi2", 0 },
             [PREDICT] = PREDICT_CHOICE },
};

const solver solver_seeds_3 = {
    .name = "seeds-3", .about = "exponential Runge-Kutta of three stages on one path",
    .cite = "Gonzalez et al. 2023, arXiv:2305.14267, algorithm 3",
    .order = 2, .strong = 1, .stochastic = 1, .evals = 3, .work = 5, .never = ALPHA_0 | SIGMA_0,
    .claims = exp_step_claims, .step = seeds_3,
    .par = { ETA_SDE, NOISE_SCALE, [OWN] = PREDICT_CHOICE },
};
