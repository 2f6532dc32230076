/* The variational bound and its paths against Gaussian data, where every term and the chain's own density are known. */
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "solvers/likelihood/elbo.h"
#include "tests/support/fixture.h"
#include "tests/support/gauss.h"
#include "tests/suite.h"

static const char *const processes[] = { "vp-linear", "vp-cosine", "sub-vp", "ve:sigma_max=5", "edm:t_max=10", "flow",
                                         "vp-discrete:T=12" };
#define EACH_PROCESS(i) for (unsigned i = 0; i < sizeof processes / sizeof *processes; i++)

/* A chain over `steps` steps of a process for a field; freed by shut. */
typedef struct bench { process *proc; level *grid; plan plan; elbo of; } bench;

static int set_up(bench *b, const char *proc, const char *kind, int steps, const score *field)
{
    schedule when;

    *b = (bench){ .proc = process_open("test", proc) };
    if (!b->proc || must(schedule_parse(&when, "test", kind, b->proc, 0)))
        return -1;
    b->grid = schedule_levels(&when, b->proc, steps);
    schedule_free(&when);
    b->plan = (plan){ .proc = b->proc, .field = field, .steps = steps, .grid = b->grid };
    b->of = (elbo){ .plan = &b->plan, .prior_std = b->proc->prior_std, .draws = 1, .seed = 4 };
    return must(b->grid ? 0 : -1);
}

static void shut(bench *b)
{
    free(b->grid);
    process_close(b->proc);
}

/* One column of Gaussian data at a link, worked out by conditioning: q(x_b | x_a, x_0) by adding precisions. */
typedef struct algebra { double mean, var; } algebra;

/* E KL and its variance over x_a, a column with data x; D(x_a) = m + g (x_a - alpha m). */
static algebra kl_by_hand(const gauss *l, const level *a, const level *b, int beta, double x)
{
    double ratio = a->alpha / b->alpha, G2 = a->sigma * a->sigma - ratio * ratio * b->sigma * b->sigma;
    double prec = 1 / (b->sigma * b->sigma) + ratio * ratio / G2, v = 1 / prec, u = beta ? G2 : v,
        gain = b->alpha / (b->sigma * b->sigma) / prec;
    double g = a->alpha * l->std * l->std / (a->alpha * a->alpha * l->std * l->std + a->sigma * a->sigma);
    double off = (1 - g * a->alpha) * (x - l->mean), wave = g * a->sigma, c = gain * gain / (2 * u);

    return (algebra){ c * (off * off + wave * wave) + (v / u - 1 - log(v / u)) / 2,
                      c * c * (4 * off * off * wave * wave + 2 * pow(wave, 4)) };
}

static algebra decoder_by_hand(const gauss *l, const level *a, double x)
{
    double s2 = a->sigma * a->sigma, g = a->alpha * l->std * l->std / (a->alpha * a->alpha * l->std * l->std + s2);
    double off = (1 - g * a->alpha) * (x - l->mean), wave = g * a->sigma;

    return (algebra){ (off * off + wave * wave) / (2 * s2) + log(2 * M_PI * s2) / 2,
                      (4 * off * off * wave * wave + 2 * pow(wave, 4)) / (4 * s2 * s2) };
}

static double prior_by_hand(const process *p, const level *a, double x)
{
    double v = a->sigma * a->sigma, u = p->prior_std * p->prior_std;

    return v / (2 * u) + a->alpha * a->alpha * x * x / (2 * u) - 0.5 + log(u / v) / 2;
}

/* Term k of a row of `dim` columns. */
static algebra term_by_hand(const bench *b, const gauss *l, int k, const double *x)
{
    const level *top = b->grid, *low = b->grid + b->plan.steps;
    algebra sum = { 0, 0 };

    for (int d = 0; d < l->law.dim; d++) {
        algebra one = k == 0 ? decoder_by_hand(l, low, x[d]) : k == b->plan.steps + 1
            ? (algebra){ prior_by_hand(b->proc, top, x[d]), 0 }
                    : kl_by_hand(l, low - k, low - k + 1, b->of.beta, x[d]);

        sum.mean += one.mean, sum.var += one.var;
    }
    return sum;
}

enum { ROWS = 4, DIM = 3, STEPS = 11, DRAWS = 600 };

static void check_terms(const char *proc, int beta)
{
    gauss l = gauss_law(DIM, 0.7, 1.3);
    score *field = exact_open(&l.law);
    bench b;
    double x[ROWS * DIM], part[ROWS * (STEPS + 2)];
    bound out[ROWS];
    tally t;

    if (set_up(&b, proc, "uniform", STEPS, field))
        return;
    must(l.law.sample(&l.law, (stream){ 2, USE_LAW }, 0, ROWS, NULL, x));
    b.of.draws = DRAWS, b.of.beta = beta;
    must(elbo_run(&b.of, ROWS, x, out, part, &t));
    CU_ASSERT_EQUAL(elbo_terms(&b.plan), STEPS + 2);
    CU_ASSERT_EQUAL(t.calls, (long)DRAWS * (STEPS + 1));
    CU_ASSERT_EQUAL(t.rows, (long)DRAWS * (STEPS + 1) * ROWS);
    for (int i = 0; i < ROWS; i++) {
        algebra all = { 0, 0 };

        for (int k = 0; k < STEPS + 2; k++) {
            algebra one = term_by_hand(&b, &l, k, x + i * DIM);

            near(part[i * (STEPS + 2) + k], one.mean, 4.5 * sqrt(one.var / DRAWS) + 1e-9 * (1 + fabs(one.mean)));
            all.mean += one.mean, all.var += one.var;
        }
        near(out[i].logp, -all.mean, 4.5 * sqrt(all.var / DRAWS) + 1e-9);
        near(out[i].se / sqrt(all.var / DRAWS), 1, 0.2);
    }
    field_close(field);
    shut(&b);
}

static void terms_on_gaussian_data_are_what_algebra_says_for_every_process_and_both_variances(void)
{
    EACH_PROCESS(i) {
        check_terms(processes[i], 0);
        check_terms(processes[i], 1);
    }
}

/* Ho et al. 2020, eqs. 6, 7 and 8 in the paper's own letters, from the betas alone. */
static void all_steps_of_a_discrete_chain_are_the_bound_of_ho(void)
{
    enum { T = 12 };
    gauss l = gauss_law(1, 0.7, 1.3);
    score *field = exact_open(&l.law);
    bench b;
    double x = 1.9, part[T + 1], abar[T + 1] = { 1 }, beta[T + 1], g, off, mean, sum = 0;
    bound out;

    if (set_up(&b, "vp-discrete:T=12,beta_min=0.05,beta_max=0.5", "uniform", T - 1, field))
        return;
    b.of.draws = 40000;
    must(elbo_run(&b.of, 1, &x, &out, part, NULL));
    for (int t = 1; t <= T; t++)
        beta[t] = 0.05 + (t - 1) * 0.45 / (T - 1), abar[t] = abar[t - 1] * (1 - beta[t]);
    for (int t = 1; t <= T; t++) {
        g = sqrt(abar[t]) * l.std * l.std / (abar[t] * l.std * l.std + 1 - abar[t]);
        off = (1 - g * sqrt(abar[t])) * (x - l.mean);
        mean = off * off + g * g * (1 - abar[t]);       /* E (x_0 - D(x_t))^2 */
        if (t == 1)
            sum += mean / (2 * beta[1]) + log(2 * M_PI * beta[1]) / 2;
        else
            sum += abar[t - 1] * beta[t] * beta[t] / pow(1 - abar[t], 2) * mean
                   / (2 * (1 - abar[t - 1]) / (1 - abar[t]) * beta[t]);
    }
    sum += (abar[T] * x * x - abar[T] - log(1 - abar[T])) / 2;
    near(out.logp, -sum, 4 * out.se);
    below(out.se, 0.01);
    field_close(field);
    shut(&b);
}

/* log p(x) of the chain itself: from the prior down, y_b = keep y_a + gain D(y_a) + wave, all affine. */
static double chain_logp(const bench *b, const gauss *l, const double *x)
{
    double mean = 0, var = b->of.prior_std * b->of.prior_std, sum = 0;

    for (int i = 0; i <= b->plan.steps; i++) {
        const level *a = b->grid + i, *to = a + 1;
        int last = i == b->plan.steps;
        double s2 = last ? 0 : to->sigma * to->sigma, alpha = last ? 1 : to->alpha, ratio = a->alpha / alpha,
            G2 = a->sigma * a->sigma - ratio * ratio * s2;
        double keep = ratio * s2 / (a->sigma * a->sigma), gain = alpha * G2 / (a->sigma * a->sigma),
            v = s2 * G2 / (a->sigma * a->sigma);
        double g = a->alpha * l->std * l->std / (a->alpha * a->alpha * l->std * l->std + a->sigma * a->sigma);
        double slope = keep + gain * g;

        mean = slope * mean + gain * l->mean * (1 - g * a->alpha);
        var = slope * slope * var + (last || b->of.beta ? G2 : v);
    }
    for (int d = 0; d < l->law.dim; d++)
        sum -= pow(x[d] - mean, 2) / (2 * var) + log(2 * M_PI * var) / 2;
    return sum;
}

static void check_paths(const char *proc, int beta)
{
    enum { MANY = 40, PATHS = 250, FINE = 60 };
    gauss l = gauss_law(1, 0.7, 1.3);
    score *field = exact_open(&l.law);
    bench b;
    double x[MANY], *part = malloc(MANY * (FINE + 2) * sizeof *part), pull = 0, about = 0, apart = 0, apart2 = 0;
    bound out[MANY], terms[MANY];

    if (set_up(&b, proc, "lambda", FINE, field))
        return;
    must(l.law.sample(&l.law, (stream){ 2, USE_LAW }, 0, MANY, NULL, x));
    b.of.draws = PATHS, b.of.beta = beta;
    must(elbo_run(&b.of, MANY, x, terms, part, NULL));
    b.of.paths = 1;
    must(elbo_run(&b.of, MANY, x, out, part, NULL));
    for (int i = 0; i < MANY; i++) {
        double exact = chain_logp(&b, &l, x + i), w = exp(out[i].many.log_mean - exact) - 1,
            d = out[i].logp - terms[i].logp;

        pull += w / MANY, about += w * w / MANY / MANY;
        apart += d / MANY, apart2 += (out[i].se * out[i].se + terms[i].se * terms[i].se) / MANY / MANY;
    }
    near(pull, 0, 4 * sqrt(about));                    /* E w is the chain's density, exactly */
    near(apart, 0, 4 * sqrt(apart2));                   /* E log w is the bound */
    free(part);
    field_close(field);
    shut(&b);
}

static void weights_of_paths_average_to_the_chains_density_and_their_logarithms_to_the_bound(void)
{
    static const char *const some[] = { "vp-linear", "ve:sigma_max=5", "flow:t_max=0.99", "sub-vp" };

    for (unsigned i = 0; i < sizeof some / sizeof *some; i++) {
        check_paths(some[i], 0);
        check_paths(some[i], 1);
    }
}

/* A field whose data prediction is the same everywhere, but near the noised point `bad` no number. */
typedef struct flat { double at, bad; int fails; } flat;

static int flat_eval(void *self, const batch *p, double *out)
{
    const flat *f = self;

    if (f->fails)
        return fail("the field is broken");
    for (int i = 0; i < p->groups * p->rows; i++)
        out[i] = fabs(p->x[i] - p->at->alpha * f->bad) < 0.5 ? NAN : f->at;
    return 0;
}

static score flat_field(flat *f)
{
    return (score){ .abi = SCORE_ABI, .name = "flat", .dim = 1, .predicts = PREDICTS_DATA, .eval = flat_eval,
                    .self = f };
}

/* Sum over all v of exp(-L_0(v)). */
static double decoded(bench *b)
{
    double x[16], part[16 * 4], sum = 0;
    bound out[16];

    for (int v = 0; v < b->of.levels; v++)
        x[v] = b->of.scale * v + b->of.shift;
    must(elbo_run(&b->of, b->of.levels, x, out, part, NULL));
    for (int v = 0; v < b->of.levels; v++)
        sum += exp(-part[v * elbo_terms(&b->plan)]);
    return sum;
}

static void probabilities_of_whole_numbers_add_up_to_one_wherever_the_prediction_lies(void)
{
    static const double where[] = { -40, -1, 0.013, 0.4, 0.9, 7, 300 }, std[] = { 1e-3, 0.03, 0.5, 20 };
    flat f = { 0, NAN };
    score field = flat_field(&f);

    for (unsigned i = 0; i < sizeof where / sizeof *where; i++)
        for (unsigned k = 0; k < sizeof std / sizeof *std; k++)
            for (int sign = -1; sign < 2; sign += 2) {
                char proc[64];
                bench b;

                snprintf(proc, sizeof proc, "edm:t_min=%g,t_max=80", std[k]);
                if (set_up(&b, proc, NULL, 2, &field))
                    return;
                b.of.levels = 11, b.of.scale = sign * 0.1, b.of.shift = 0.05, f.at = where[i];
                near(decoded(&b), 1, 1e-12);
                shut(&b);
            }
}

static void a_cell_far_from_the_prediction_has_the_asymptotic_probability(void)
{
    flat f = { 0.5, NAN };
    score field = flat_field(&f);
    /* the cell [6, 7], 110 standard deviations away: log Q(z) and no underflow */
    double x = 6.5, part[4], z = 5.5 / 0.05;
    bench b;
    bound out;

    if (set_up(&b, "edm:t_min=0.05,t_max=80", NULL, 1, &field))
        return;
    b.of.levels = 9, b.of.scale = 1, b.of.shift = 0.5;
    must(elbo_run(&b.of, 1, &x, &out, part, NULL));
    near(part[0], z * z / 2 + log(z * sqrt(2 * M_PI)) + log1p(1 / (z * z)), 1e-6);
    shut(&b);
}

static void a_field_that_fails_or_answers_no_number_costs_no_other_row(void)
{
    flat f = { 0.5, 13 };
    score field = flat_field(&f);
    double x[3] = { 0.1, 13, 0.3 }, part[3 * 7];
    volatile sig_atomic_t stop = 1;
    bound out[3];
    bench b;

    if (set_up(&b, "ve:sigma_max=5", "lambda", 5, &field))
        return;
    CU_ASSERT_EQUAL(elbo_run(&b.of, 3, x, out, part, NULL), DIVERGED);
    says("sample 1", "not finite");
    CU_ASSERT(isfinite(out[0].logp) && isnan(out[1].logp) && isfinite(out[2].logp));
    b.plan.stop = &stop;
    CU_ASSERT_EQUAL(elbo_run(&b.of, 3, x, out, part, NULL), STOPPED);
    CU_ASSERT(isnan(out[0].logp) && isnan(part[0]));
    b.plan.stop = NULL, f.fails = 1;
    CU_ASSERT_EQUAL(elbo_run(&b.of, 3, x, out, part, NULL), FAILED);
    says("the field is broken");
    b.of.draws = 0;
    CU_ASSERT_EQUAL(elbo_run(&b.of, 3, x, out, part, NULL), FAILED);
    says("must be positive");
    shut(&b);
}

static const test_case tests[] = {
    { "terms on Gaussian data are what algebra says, for every process and both variances",
      terms_on_gaussian_data_are_what_algebra_says_for_every_process_and_both_variances },
    { "all steps of a discrete chain are the bound of Ho et al.", all_steps_of_a_discrete_chain_are_the_bound_of_ho },
    { "weights of paths average to the chain's density, and their logarithms to the bound",
      weights_of_paths_average_to_the_chains_density_and_their_logarithms_to_the_bound },
    { "probabilities of whole numbers add up to one, wherever the prediction lies",
      probabilities_of_whole_numbers_add_up_to_one_wherever_the_prediction_lies },
    { "a cell far from the prediction has the asymptotic probability",
      a_cell_far_from_the_prediction_has_the_asymptotic_probability },
    { "a field that fails or answers no number costs no other row",
      a_field_that_fails_or_answers_no_number_costs_no_other_row },
    { NULL, NULL },
};
const test_table table_elbo = { "elbo", tests };
