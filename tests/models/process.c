/* A process is what it claims: its derivatives are derivatives, lambda falls and inverts, any number of
 * levels gives the same bits. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "models/processes/process.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

/* Every kind; cell: the width of the pieces it is made of, 0 if it is smooth. */
static const struct { const char *item; double cell; } every[] = {
    { "vp-linear", 0 }, { "vp-linear:beta_min=0,beta_max=5", 0 }, { "vp-linear:beta_min=3,beta_max=3", 0 },
    { "vp-linear:t_min=1e-6", 0 },
    { "vp-cosine", 0 }, { "vp-cosine:s=0.05,t_max=0.9999", 0 }, { "sub-vp", 0 }, { "sub-vp:beta_max=4", 0 },
    { "vp-discrete", 1 }, { "vp-discrete:betas=scaled-linear,beta_min=0.00085,beta_max=0.012", 1 },
    { "vp-discrete:betas=cosine,T=50", 1 },
    { "vp-discrete:T=200,t_min=-0.9", 1 }, { "ve", 0 }, { "ve:sigma_min=1e-3,sigma_max=1000", 0 }, { "edm", 0 },
    { "edm:t_min=1e-9,t_max=1e4", 0 },
    { "flow", 0 }, { "flow:shift=3,t_max=0.999", 0 }, { "flow:shift=0.5", 0 }, { "tabulated:%s", 1 / 64. },
};
enum { EVERY = sizeof every / sizeof *every, POINTS = 500 };

/* Sub-vp, with a variance that is not preserved, as a table. */
static const char *table(void)
{
    static char text[65 * 80];
    process *p = process_open("test", "sub-vp");
    int used = 0;

    for (int i = 1; i <= 64; i++) {
        double t = i / 64.;
        level l;

        levels(p, 1, &t, &l);
        used += snprintf(text + used, sizeof text - used, "%.17g %.17g %.17g\n", t, l.alpha, l.sigma);
    }
    process_close(p);
    return temporary(text);
}

static process *open_item(const char *item)
{
    char text[256];
    process *p;

    snprintf(text, sizeof text, item, strstr(item, "%s") ? table() : "");
    p = process_open("test", text);
    must(!p);
    unlink(temporary(""));
    return p;
}

/* A time of the interval, u in [0, 1], denser towards the data; inside a piece if there are pieces. */
static double time_at(const process *p, double cell, double u)
{
    double t = p->t_min + (p->t_max - p->t_min) * u * u * u;

    if (cell) {
        t = cell * (floor(t / cell) + 0.37);
        t = t > p->t_max ? t - cell : t;
    }
    return t;
}

/* Fourth-order central differences of alpha and sigma. */
static void differences(const process *p, double t, double h, double *dalpha, double *dsigma)
{
    double times[4] = { t - 2 * h, t - h, t + h, t + 2 * h };
    level l[4];

    levels(p, 4, times, l);
    h = times[2] - times[1];
    *dalpha = (8 * (l[2].alpha - l[1].alpha) - (l[3].alpha - l[0].alpha)) / (6 * h);
    *dsigma = (8 * (l[2].sigma - l[1].sigma) - (l[3].sigma - l[0].sigma)) / (6 * h);
}

static void derivatives_are_those_of_alpha_and_sigma(void)
{
    for (int k = 0; k < EVERY; k++) {
        process *p = open_item(every[k].item);
        double worst = 0;

        for (int i = 1; i < POINTS && p; i++) {
            double t = time_at(p, every[k].cell, i / (double)POINTS), room = fmin(t - p->t_low, p->t_high - t);
            double h = every[k].cell ? 0.003 * every[k].cell : 0.003 * room, dalpha, dsigma;
            level l;

            levels(p, 1, &t, &l);
            differences(p, t, h, &dalpha, &dsigma);
            worst = fmax(worst, fabs(dalpha - l.dalpha) / (fabs(l.dalpha) + 1e-8 * l.alpha / h));
            worst = fmax(worst, fabs(dsigma - l.dsigma) / (fabs(l.dsigma) + 1e-8 * l.sigma / h));
        }
        check_below(worst, 1e-7, every[k].item, __FILE__, __LINE__);
        process_close(p);
    }
}

static void f_g2_and_lambda_follow_from_alpha_and_sigma(void)
{
    for (int k = 0; k < EVERY; k++) {
        process *p = open_item(every[k].item);
        double worst = 0;

        for (int i = 0; i < POINTS && p; i++) {
            double t = time_at(p, every[k].cell, i / (double)POINTS);
            level l;

            levels(p, 1, &t, &l);
            CU_ASSERT(l.t == t);
            worst = fmax(worst, fabs(l.f - l.dalpha / l.alpha) / (1 + fabs(l.f)));
            worst = fmax(worst, fabs(l.g2 - 2 * l.sigma * (l.dsigma - l.f * l.sigma)) / l.g2);
            worst = fmax(worst, fabs(l.lambda - log(l.alpha / l.sigma)) / (1 + fabs(l.lambda)));
        }
        check_below(worst, 1e-13, every[k].item, __FILE__, __LINE__);
        process_close(p);
    }
}

static void lambda_falls_and_inverts(void)
{
    for (int k = 0; k < EVERY; k++) {
        process *p = open_item(every[k].item);
        double worst = 0, before = INFINITY;

        for (int i = 0; i <= POINTS && p; i++) {
            double u = i / (double)POINTS, t = p->t_min + (p->t_max - p->t_min) * u * u, slope;
            level l;

            levels(p, 1, &t, &l);
            CU_ASSERT(l.lambda < before);
            before = l.lambda;
            if (l.alpha == 0)
                continue;
            slope = l.g2 / (2 * l.sigma * l.sigma);         /* -dlambda/dt */
            worst = fmax(worst, fabs(p->t_of_lambda(p, l.lambda) - t)
                                    / (1e-12 * fabs(t) + 4 * 0x1p-53 * (1 + fabs(l.lambda)) / slope));
        }
        check_below(worst, 1, every[k].item, __FILE__, __LINE__);
        process_close(p);
    }
}

static void a_lambda_beyond_the_ends_gives_the_ends(void)
{
    const double far[] = { 800, 1e5, INFINITY };

    for (int k = 0; k < EVERY; k++) {
        process *p = open_item(every[k].item);

        for (int i = 0; i < 3 && p; i++) {
            near(p->t_of_lambda(p, far[i]), p->t_low, 1e-300);
            near(p->t_of_lambda(p, -far[i]), p->t_high, 0);
        }
        CU_ASSERT(p && isnan(p->t_of_lambda(p, NAN)));
        process_close(p);
    }
}

static void any_number_of_levels_gives_the_same_bits(void)
{
    enum { N = 1000 };
    static double t[N];
    static level all[N], one;

    for (int k = 0; k < EVERY; k++) {
        process *p = open_item(every[k].item);

        for (int i = 0; i < N && p; i++)
            t[i] = p->t_low + (fmin(p->t_high, 100) - p->t_low) * i / (N - 1.);
        for (int n = N; n > N - 9 && p; n--) {
            levels(p, n, t, all);
            for (int i = n > N - 8 ? n - 9 : 0; i < n; i++) {
                levels(p, 1, &t[i], &one);
                CU_ASSERT(!memcmp(&one, &all[i], sizeof one));
            }
        }
        process_close(p);
    }
}

static void variance_preserving_kinds_preserve_the_variance(void)
{
    for (int k = 0; k < EVERY; k++) {
        process *p = open_item(every[k].item);
        level l;

        for (int i = 0; i < POINTS && p && !strncmp(p->name, "vp-", 3); i++) {
            double t = time_at(p, 0, i / (double)POINTS);

            levels(p, 1, &t, &l);
            near(l.alpha * l.alpha + l.sigma * l.sigma, 1, 1e-15);
        }
        process_close(p);
    }
}

static level at(const char *item, double t)
{
    process *p = open_item(item);
    level l = { 0 };

    if (p)
        levels(p, 1, &t, &l);
    process_close(p);
    return l;
}

static void levels_agree_with_the_papers(void)
{
    long double bar = 1, theta;
    level l;

    near(at("vp-linear", 1).alpha, expl(-0.25L * 19.9L - 0.05L), 1e-17);
    near(at("vp-linear", 0.3).sigma, sqrtl(-expm1l(-0.03L - 0.5L * 0.09L * 19.9L)), 2e-16);
    near(at("vp-linear", 1e-12).sigma, sqrtl(-expm1l(-1e-13L - 0.5e-24L * 19.9L)), 1e-22);
    near(at("vp-linear", 1e-12).lambda, -0.5e-13L - 0.5L * logl(-expm1l(-1e-13L - 0.5e-24L * 19.9L)), 4e-15);
    near(at("sub-vp", 0.3).sigma, -expm1l(-0.03L - 0.5L * 0.09L * 19.9L), 2e-16);
    near(at("sub-vp", 0.3).g2, (0.1 + 0.3 * 19.9) * (1 - expl(-2 * (0.03L + 0.5L * 0.09L * 19.9L))), 1e-14);
    for (int i = 0; i <= 700; i++)
        bar *= 1 - (1e-4L + i / 999.L * (0.02L - 1e-4L));
    l = at("vp-discrete", 700);
    near(l.alpha, sqrtl(bar), 1e-14 * l.alpha);
    near(l.g2, -log(1 - (1e-4 + 700 / 999. * (0.02 - 1e-4))), 1e-15);
    bar = 1;
    for (int i = 0; i <= 700; i++)
        bar *= 1 - powl(sqrtl(8.5e-4L) + i / 999.L * (sqrtl(0.012L) - sqrtl(8.5e-4L)), 2);
    near(at(every[9].item, 700).alpha, sqrtl(bar), 1e-14);
    theta = acosl(-1) / 2;
    l = at("vp-cosine", 0.7);
    near(l.alpha, cosl(theta * 0.708L / 1.008L) / cosl(theta * 0.008L / 1.008L), 1e-16);
    near(at("vp-cosine", 1e-4).sigma,
         sqrtl(1 - powl(cosl(theta * 0.0081L / 1.008L) / cosl(theta * 0.008L / 1.008L), 2)), 3e-17);
    /* the chain ends its 35th step at 35/50 */
    near(at("vp-discrete:betas=cosine,T=50", 34).alpha, l.alpha, 1e-14);
    near(at("ve", 0.25).sigma, 0.01 * powl(5000, 0.25L), 1e-16);
    near(at("edm", 3).g2, 6, 0);
    l = at("flow:shift=3", 0.4);
    near(l.sigma, 1.2 / 1.8, 2e-16);
    near(l.alpha, 0.6 / 1.8, 1e-16);
}

static void a_table_of_another_process_agrees_with_it(void)
{
    process *p = open_item("tabulated:%s"), *q = open_item("sub-vp");

    for (int i = 8 * 64; i < 64 * 63 && p && q; i++) {
        double t = (i + 1) / (64 * 64.), tolerance = i % 64 == 63 ? 1e-15 : 2e-4;
        level a, b;

        levels(p, 1, &t, &a);
        levels(q, 1, &t, &b);
        near(a.alpha, b.alpha, tolerance);
        near(a.sigma, b.sigma, tolerance);
    }
    process_close(p);
    process_close(q);
}

static void the_clean_level_has_a_time_where_the_process_has_one(void)
{
    const struct { const char *item; double t; } want[] = {
        { "vp-linear", 0 }, { "vp-cosine", 0 }, { "sub-vp", 0 }, { "vp-discrete", -1 }, { "edm", 0 }, { "flow", 0 },
        { "ve", NAN }, { "tabulated:%s", NAN } };

    for (int i = 0; i < 8; i++) {
        process *p = open_item(want[i].item);
        level l = level_clean(p);

        CU_ASSERT(l.alpha == 1 && l.sigma == 0 && !signbit(l.sigma) && l.lambda == INFINITY);
        CU_ASSERT(isfinite(l.dalpha) && isfinite(l.f) && isfinite(l.g2));
        CU_ASSERT(isnan(want[i].t) ? isnan(l.t) : l.t == want[i].t);
        process_close(p);
    }
    CU_ASSERT(at("vp-linear", 0).dsigma == INFINITY);
    CU_ASSERT(at("flow", 1).alpha == 0 && at("flow", 1).lambda == -INFINITY && at("flow", 1).g2 == INFINITY);
    CU_ASSERT(at("vp-cosine", 1).alpha == 0 && at("vp-cosine", 1).lambda == -INFINITY);
}

static double prior(const char *item)
{
    process *p = open_item(item);
    double std = p ? p->prior_std : NAN;

    process_close(p);
    return std;
}

static void the_prior_is_sigma_at_t_max_where_the_variance_explodes(void)
{
    near(prior("vp-linear"), 1, 0);
    near(prior("ve"), 50, 1e-12);
    near(prior("ve:sigma_max=300"), 300, 1e-11);
    near(prior("ve:t_max=0.5"), sqrt(0.5), 1e-14);
    near(prior("edm"), 80, 0);
    near(prior("edm:t_max=7"), 7, 0);
    near(prior("edm:prior_std=80.5"), 80.5, 0);
    near(prior("vp-discrete:T=200,prior_std=1.1"), 1.1, 0);
}

static const test_case tests[] = {
    { "derivatives are those of alpha and sigma", derivatives_are_those_of_alpha_and_sigma },
    { "f, g2 and lambda follow from alpha and sigma", f_g2_and_lambda_follow_from_alpha_and_sigma },
    { "lambda falls and inverts", lambda_falls_and_inverts },
    { "a lambda beyond the ends gives the ends", a_lambda_beyond_the_ends_gives_the_ends },
    { "any number of levels gives the same bits", any_number_of_levels_gives_the_same_bits },
    { "variance preserving kinds preserve the variance", variance_preserving_kinds_preserve_the_variance },
    { "levels agree with the papers", levels_agree_with_the_papers },
    { "a table of another process agrees with it", a_table_of_another_process_agrees_with_it },
    { "the clean level has a time where the process has one", the_clean_level_has_a_time_where_the_process_has_one },
    { "the prior is sigma at t_max where the variance explodes",
      the_prior_is_sigma_at_t_max_where_the_variance_explodes },
    { 0, 0 },
};
const test_table table_process = { "process", tests };
