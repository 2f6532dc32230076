/* What a training run draws and weighs: times by their densities, levels, and every weighting against the
 * objective that it stands for. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include "base/fail.h"
#include "scores/training/dsm.h"
#include "tests/suite.h"

enum { BATCH = 4096 };

/* Times of an item with keys in pairs, by the weighting `likelihood` where they want one.  0 or -1. */
static int opened(dsm *d, const char *proc, const char *const *keys)
{
    *d = (dsm){ .proc = process_open("test", proc), .seed = 3, .batch = BATCH, .how = { .time_scale = 1 } };
    args_default(&d->given, dsm_keys), args_default(&d->when.given, times_keys);
    d->given.v[GOAL_WEIGHTING] = 2;
    for (; d->proc && *keys; keys += 2)
        if (args_set(&d->when.given, "test", "times", times_keys, keys[0], keys[1]))
            return -1;
    return d->proc ? dsm_open(d, "test") : -1;
}

static void closed(dsm *d)
{
    dsm_close(d);
    process_close((process *)d->proc);
}

static moment *drawn(const dsm *d, long step)
{
    moment *m = malloc(BATCH * sizeof *m);

    times_draw(&d->when, step, 0, BATCH, m);
    return m;
}

static int by_time(const void *a, const void *b)
{
    double s = ((const moment *)a)->at.t, t = ((const moment *)b)->at.t;

    return (s > t) - (s < t);
}

static void a_batch_is_evenly_spread(void)
{
    static const char *const none[] = { NULL }, *const apart[] = { "spread", "random", NULL };
    double start[2], worst = 0, widest = 0;
    dsm d;
    moment *m;

    if (must(opened(&d, "vp-linear", none)))
        return;
    for (int step = 0; step < 2; step++) {
        m = drawn(&d, step);
        qsort(m, BATCH, sizeof *m, by_time);
        for (int i = 1; i < BATCH; i++)
            worst = fmax(worst, fabs((m[i].at.t - m[i - 1].at.t) * BATCH / 0.999 - 1));
        start[step] = m[0].at.t;
        free(m);
    }
    below(worst, 1e-9);
    CU_ASSERT(start[0] != start[1]);
    closed(&d);
    if (must(opened(&d, "vp-linear", apart)))
        return;
    m = drawn(&d, 0);
    qsort(m, BATCH, sizeof *m, by_time);
    for (int i = 1; i < BATCH; i++)
        widest = fmax(widest, (m[i].at.t - m[i - 1].at.t) * BATCH);
    /* gaps of independent places: the widest is about log(BATCH) = 8 */
    CU_ASSERT(widest > 4);
    free(m);
    closed(&d);
}

static void log_normal_times_are_normal_in_log_sigma_and_cut_off(void)
{
    static const char *const keys[] = { "times", "lognormal", "log_mean", "0.5", "log_std", "0.8", NULL };
    double low = gsl_cdf_ugaussian_P((log(0.2) - 0.5) / 0.8), high = gsl_cdf_ugaussian_P((log(4) - 0.5) / 0.8),
        worst = 0;
    dsm d;
    moment *m;

    if (must(opened(&d, "edm:t_min=0.2,t_max=4", keys)))
        return;
    m = drawn(&d, 5);
    for (double s = 0.25; s < 4; s += 0.25) {
        int count = 0;

        for (int i = 0; i < BATCH; i++)
            count += m[i].at.sigma < s;
        worst = fmax(worst,
                     fabs((double)count / BATCH - (gsl_cdf_ugaussian_P((log(s) - 0.5) / 0.8) - low) / (high - low)));
    }
    below(worst, 1.5 / BATCH);
    free(m);
    closed(&d);
}

/* The mean of 1/density is 1, and weight/density a constant: that mean of the weighting. */
static void importance_makes_the_weight_a_constant_and_keeps_the_mean(void)
{
    static const char *const keys[] = { "times", "importance", NULL };
    double mean = 0, usual = 0, low = INFINITY, high = 0;
    dsm d;
    moment *m;

    if (must(opened(&d, "vp-linear", keys)))
        return;
    m = drawn(&d, 1);
    for (int i = 0; i < BATCH; i++) {
        double w = dsm_weight(&d, &m[i].at, 0) / m[i].density;

        mean += 1 / m[i].density / BATCH, low = fmin(low, w), high = fmax(high, w);
    }
    for (int i = 0; i < 1 << 20; i++) {
        double t = 1e-3 + (i + 0.5) / (1 << 20) * 0.999;
        level l;

        levels(d.proc, 1, &t, &l);
        usual += l.g2 / (l.sigma * l.sigma) / (1 << 20);
    }
    below(fabs(mean - 1), 0.01);
    below(high / low - 1, 0.05);
    below(fabs(low / usual - 1), 0.05);
    free(m);
    closed(&d);
}

static double weight_at(const dsm *d, int i)
{
    level l = times_level(&d->when, i);

    return dsm_weight(d, &l, i);
}

static void levels_are_those_of_chains_and_of_ncsn(void)
{
    static const char *const whole[] = { "levels", "1000", NULL }, *const ten[] = { "levels", "10", NULL },
                      *const most[] = { "levels", "10", "times", "importance", NULL };
    double worst = 0, ratio = pow(50 / 0.01, 1. / 9), total = 0;
    int count[10] = { 0 };
    dsm d;
    moment *m;

    if (must(opened(&d, "vp-discrete", whole)))
        return;
    m = drawn(&d, 0);
    for (int i = 0; i < BATCH; i++)
        worst = fmax(worst, fabs(m[i].at.t - m[i].index));
    below(worst, 1e-9);
    free(m), closed(&d);
    if (must(opened(&d, "ve:t_min=0", ten)))
        return;
    worst = 0;
    for (int i = 1; i < 10; i++)
        worst = fmax(worst, fabs(times_level(&d.when, i).sigma / times_level(&d.when, i - 1).sigma / ratio - 1));
    below(worst, 1e-9);
    closed(&d);
    if (must(opened(&d, "vp-linear", most)))
        return;
    m = drawn(&d, 0);
    for (int i = 0; i < BATCH; i++)
        count[m[i].index]++;
    for (int i = 0; i < 10; i++)
        total += weight_at(&d, i);
    for (int i = 0; i < 10; i++)
        worst = fmax(worst, fabs((double)count[i] / BATCH - weight_at(&d, i) / total));
    below(worst, 1.5 / BATCH);
    free(m), closed(&d);
}

static void every_weighting_stands_for_its_objective(void)
{
    static const char *const none[] = { NULL };
    dsm d;
    level l;
    double t = 0.3;

    if (must(opened(&d, "vp-linear:beta_max=12", none)))
        return;
    levels(d.proc, 1, &t, &l);
    double s = l.sigma / l.alpha, e = 0.7, x = s * e, std = 0.5;        /* errors of the noise, the data */
    double turned[] = { e * e, e * e / (l.sigma * l.sigma), l.g2 * e * e / (l.sigma * l.sigma), x * x / (s * s),
                        fmin(1 / (s * s), 5) * x * x, x * x,
                        (s * s + std * std) / (s * std * s * std) * x * x, [9] = fmax(1 / (s * s), 1) * x * x,
                            (1 / (s * s) + 1) * x * x };

    for (int k = 0; k < 11; k++) {
        d.given.v[GOAL_WEIGHTING] = k;
        if (turned[k] > 0)
            below(fabs(dsm_weight(&d, &l, 0) * e * e / turned[k] - 1), 1e-12);
    }
    d.given.v[GOAL_WEIGHTING] = 7;                                      /* plain: the squared error of the answer */
    d.how.predicts = PREDICTS_V;
    below(fabs(dsm_weight(&d, &l, 0) * e * e / pow(l.alpha * e + l.sigma * x, 2) - 1), 1e-12);
    d.how.predicts = PREDICTS_VELOCITY;
    below(fabs(dsm_weight(&d, &l, 0) * e * e / pow(l.dsigma * e - l.dalpha * x, 2) - 1), 1e-12);
    closed(&d);
}

/* KL of the chain's posterior q(x_s|x_t, x_0) to the same with another x_0 in its place, from their
 * means and common variance. */
static void the_bound_of_a_chain_is_its_divergences(void)
{
    enum { L = 50 };
    static const char *const keys[] = { "levels", "50", NULL };
    dsm d;

    if (must(opened(&d, "vp-linear", keys)))
        return;
    d.given.v[GOAL_WEIGHTING] = 8;
    for (int i = 0; i < L; i += 7) {
        level t = times_level(&d.when, i), s = i ? times_level(&d.when, i - 1) : t;
        double e = 0.7, x = t.sigma / t.alpha * e, step = t.alpha / s.alpha,
               added = t.sigma * t.sigma - step * step * s.sigma * s.sigma;
        double mean = s.alpha * added / (t.sigma * t.sigma) * x,
               variance = s.sigma * s.sigma * added / (t.sigma * t.sigma);
        double kl = i ? mean * mean / (2 * variance) : x * x / (2 * t.sigma * t.sigma);

        below(fabs(dsm_weight(&d, &t, i) * e * e / L / kl - 1), 1e-9);
    }
    closed(&d);
}

static void what_has_no_times_gets_a_sentence(void)
{
    static const char *const one[] = { "levels", "1", NULL },
        *const normal[] = { "levels", "5", "times", "lognormal", NULL },
                      *const even[] = { "times", "lambda", NULL };
    dsm d;

    CU_ASSERT_EQUAL(opened(&d, "vp-linear", one), -1);
    says("levels = 1 is no range");
    closed(&d);
    CU_ASSERT_EQUAL(opened(&d, "vp-linear", normal), -1);
    says("lognormal has no levels");
    closed(&d);
    CU_ASSERT_EQUAL(opened(&d, "flow", even), -1);
    says("lambda is infinite");
    closed(&d);
}

static const test_case tests[] = {
    { "a batch is evenly spread", a_batch_is_evenly_spread },
    { "log-normal times are normal in log sigma, and cut off", log_normal_times_are_normal_in_log_sigma_and_cut_off },
    { "importance makes the weight a constant and keeps the mean",
      importance_makes_the_weight_a_constant_and_keeps_the_mean },
    { "levels are those of chains and of NCSN", levels_are_those_of_chains_and_of_ncsn },
    { "every weighting stands for its objective", every_weighting_stands_for_its_objective },
    { "the bound of a chain is its divergences", the_bound_of_a_chain_is_its_divergences },
    { "what has no times gets a sentence", what_has_no_times_gets_a_sentence },
    { 0, 0 },
};
const test_table table_times = { "times", tests };
