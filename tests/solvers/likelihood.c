/* Log-likelihoods against closed forms, every law on every process; priors, bits, failures, and the
 * numbers of other programs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/laws/gaussian.h"
#include "tests/support/golden.h"
#include "tests/support/logrig.h"
#include "tests/suite.h"

static void every_law_on_every_process_agrees_to_1e_7(void)
{
    static const struct { const char *model; int n; } models[] = {
        { "gauss2", 16 }, { "gmm8ring", 16 }, { "three", 16 }, { "gmm5-aniso16", 4 }, { "gmm10-64", 4 },
        { "two-moons", 2 }, { "checkerboard", 2 }, { "swiss-roll", 2 }, { "digits", 2 },
    };

    for (unsigned m = 0; m < sizeof models / sizeof *models; m++)
        for (unsigned p = 0; p < PROCESSES; p++) {
            logrig r;

            if (logrig_open(&r, models[m].model, processes[p], p % 2 ? "dopri5" : "dop853", "exact", 8, 1e-10,
                            models[m].n))
                continue;
            r.q.unchecked = 1;
            must(likelihood(&r.q, r.n, r.x, NULL, r.out));
            for (int i = 0; i < r.n; i++)
                near(r.out[i].logp, r.out[i].exact, 1e-7);
            logrig_close(&r);
        }
}

static void the_normal_prior_errs_by_what_err_prior_says(void)
{
    for (int p = 0; p < 4; p += 3) {                    /* vp-linear, ve */
        logrig r;
        double most = 0;

        if (logrig_open(&r, "gmm8ring", processes[p], "dopri5", "exact", 8, 1e-10, 200))
            continue;
        r.q.exact_prior = 0;
        must(likelihood(&r.q, r.n, r.x, NULL, r.out));
        for (int i = 0; i < r.n; i++) {
            near(r.out[i].logp - r.out[i].err_prior, r.out[i].exact, 1e-7);
            most = fmax(most, fabs(r.out[i].err_prior));
        }
        below(most, p ? 3e-2 : 3e-3);
        below(p ? 3e-3 : 3e-4, most);
        logrig_close(&r);
    }
}

static void a_density_integrates_to_one(void)
{
    enum { SIDE = 64 };
    double step = 0.2, sum = 0;
    logrig r;

    if (logrig_open(&r, "gmm8ring", "vp-linear", "dopri5", "exact", 8, 1e-8, SIDE * SIDE))
        return;
    for (int i = 0; i < r.n; i++)
        r.x[2 * i] = step * (i % SIDE - SIDE / 2 + 0.5), r.x[2 * i + 1] = step * (i / SIDE - SIDE / 2 + 0.5);
    r.q.unchecked = 1;
    must(likelihood(&r.q, r.n, r.x, NULL, r.out));
    for (int i = 0; i < r.n; i++)
        sum += exp(r.out[i].logp) * step * step;
    near(sum, 1, 1e-6);
    logrig_close(&r);
}

static void equal(const answer *a, const answer *b)
{
    CU_ASSERT(!memcmp(&a->logp, &b->logp, sizeof a->logp) && !memcmp(&a->se_trace, &b->se_trace, sizeof a->se_trace));
    CU_ASSERT(!memcmp(&a->err_solver, &b->err_solver, sizeof a->logp) && a->calls == b->calls);
}

static void neighbours_and_blocks_change_no_bit(void)
{
    static const char *const traces[] = { "exact", "hutchinson", "hutchpp", "xtrace" };

    for (int i = 0; i < 8; i++) {
        enum { N = 60 };
        logrig r;
        answer whole[N], part[N];

        if (logrig_open(&r, i < 4 ? "gmm5-aniso16" : "digits", NULL, i % 2 ? "dopri5:rtol=1e-3,atol=1e-3" : "dop853",
                        traces[i % 4], 7, 1e-3, i < 4 ? N : 9))
            continue;
        must(likelihood(&r.q, r.n, r.x, NULL, whole));
        r.q.block = 7;
        must(likelihood(&r.q, r.n, r.x, NULL, part));
        for (int k = 0; k < r.n; k++)
            equal(&whole[k], &part[k]);
        r.q.block = 0;
        must(likelihood(&r.q, r.n / 2, r.x, NULL, part));
        for (int k = 0; k < r.n / 2; k++)
            equal(&whole[k], &part[k]);
        logrig_close(&r);
    }
}

static int eval_breaks(void *self, const batch *p, double *out)
{
    const law *l = self;

    if (l->denoise(l, p, out, NULL))
        return -1;
    for (int g = 0; g < p->groups; g++)
        for (int i = 0; i < p->rows; i++) {
            double *o = out + ((size_t)g * p->rows + i) * 2;

            if (p->at[g].t > 0.3 && p->x[((size_t)g * p->rows + i) * 2] > 0.5)
                o[0] = NAN;
        }
    return 0;
}

static void a_field_that_breaks_half_way_loses_no_other_point(void)
{
    score s = { .abi = SCORE_ABI, .name = "breaks", .dim = 2, .predicts = PREDICTS_DATA, .eval = eval_breaks };
    int lost = 0;
    logrig r;

    if (logrig_open(&r, "gmm8ring", NULL, "dopri5", "exact", 8, 1e-6, 200))
        return;
    s.self = (void *)r.of.model->law, r.q.field = &s;
    CU_ASSERT_EQUAL(likelihood(&r.q, r.n, r.x, NULL, r.out), DIVERGED);
    says("dopri5", "diverged");
    for (int i = 0; i < r.n; i++)
        if (isfinite(r.out[i].logp))
            near(r.out[i].logp, r.out[i].exact, 1e-3);
        else
            lost++;
    CU_ASSERT(lost > 20 && lost < 180);
    logrig_close(&r);
}

static void truncation_is_estimated_where_the_law_is_unknown(void)
{
    answer known[64], unknown[64];
    double mean[2], cov[4];
    logrig r;

    if (logrig_open(&r, "gmm8ring", NULL, "dopri5", "exact", 8, 1e-5, 64))
        return;
    r.q.exact_prior = 0, r.q.unchecked = 1;
    must(likelihood(&r.q, r.n, r.x, NULL, known));
    must(r.q.law->moments(r.q.law, mean, cov));
    r.q.fit = r.fit = gaussian_open(2, mean, cov);
    r.q.law = NULL;
    must(likelihood(&r.q, r.n, r.x, NULL, unknown));
    for (int i = 0; i < r.n; i++) {
        near(unknown[i].err_trunc, known[i].err_trunc, 2e-5 + 0.05 * fabs(known[i].err_trunc));
        near(unknown[i].err_prior, known[i].err_prior, 1e-4);
        CU_ASSERT(isnan(unknown[i].exact));
    }
    logrig_close(&r);
}

/* One line of likelihoods.tsv: the numbers of other programs, with their probes; the tolerance is theirs, and they have
 * one controller for all 16 rows. */
static void replay_likelihood(char *const *cell, void *with)
{
    enum { CASE, PEER, MODEL, PROCESS, INIT, PROBE, PRIOR, TOLERANCE };
    const golden *g = with;
    const array *x = golden_find(g, cell[INIT]), *want = golden_find(g, cell[CASE]), *z = strcmp(cell[PROBE], "-")
        ? golden_find(g, cell[PROBE]) : NULL;
    int both = !strcmp(cell[PRIOR], "both"), n = (int)array_rows(x);
    answer out[16];
    double apart = 0;
    logrig r;

    if (logrig_open(&r, cell[MODEL], cell[PROCESS], "dop853", z ? "hutchinson" : "exact", 1, 1e-11, 1))
        return;
    r.q.recorded = z ? z->v : NULL, r.q.unchecked = 1;
    for (int exact = 0; exact <= both; exact++) {
        r.q.exact_prior = exact;
        must(likelihood(&r.q, n, x->v, NULL, out));
        for (int i = 0; i < n; i++)
            apart = fmax(apart, fabs(out[i].logp - want->v[i * array_cols(want) + exact]));
    }
    if (getenv("FOKKER_SHOW"))
        printf("%s %g\n", cell[CASE], apart);
    check_below(apart, (z ? 300 : 1) * atof(cell[TOLERANCE]), cell[CASE], __FILE__, __LINE__);
    logrig_close(&r);
}

static void likelihoods_of_other_programs_are_ours_with_their_probes(void)
{
    golden *g = golden_open();

    if (!must(g ? 0 : -1))
        CU_ASSERT_EQUAL(golden_table("likelihoods.tsv", 8, replay_likelihood, g), 11);
    golden_close(g);
}

static void what_makes_no_sense_is_refused(void)
{
    logrig r;

    if (logrig_open(&r, "gmm8ring", NULL, "dopri5", "xtrace", 1, 1e-5, 4))
        return;
    CU_ASSERT_EQUAL(likelihood(&r.q, r.n, r.x, NULL, r.out), FAILED);
    says("xtrace", "at least 2");
    r.q.probes = 8, r.q.control = 1;
    CU_ASSERT_EQUAL(likelihood(&r.q, r.n, r.x, NULL, r.out), FAILED);
    says("control variate", "Gaussian");
    r.q.control = 0, r.q.law = NULL;
    CU_ASSERT_EQUAL(likelihood(&r.q, r.n, r.x, NULL, r.out), FAILED);
    says("exact prior", "normal prior");
    logrig_close(&r);
}

static int ascending(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* The share of points whose bar holds their error, and the median of bar over error. */
static void bars(logrig *r, double *inside, double *median)
{
    double *ratio = malloc(r->n * sizeof *ratio);

    *inside = 0;
    must(likelihood(&r->q, r->n, r->x, NULL, r->out));
    for (int i = 0; i < r->n; i++) {
        double error = fabs(r->out[i].logp - r->out[i].exact);

        *inside += (error <= r->out[i].err_solver) / (double)r->n;
        ratio[i] = r->out[i].err_solver / (error + 1e-300);
    }
    qsort(ratio, r->n, sizeof *ratio, ascending);
    *median = ratio[r->n / 2];
    free(ratio);
}

/* A short sample of what make calibrate-logp measures: 93 of 100, less two standard errors of n points. */
static void check_bars(logrig *r)
{
    double inside, median;

    bars(r, &inside, &median);
    below(0.93 - 2 * sqrt(0.93 * 0.07 / r->n), inside);
    below(median, 10);
}

static void bars_of_own_steps_hold_93_of_100_errors_and_are_not_ten_times_too_wide(void)
{
    static const struct { const char *model; int n; } laws[] = {
        { "gauss2", 60 }, { "gmm8ring", 60 }, { "three", 60 }, { "gmm5-aniso16", 60 }, { "gmm10-64", 60 },
        { "two-moons", 30 }, { "checkerboard", 30 }, { "swiss-roll", 30 }, { "digits", 12 },
    };
    static const double rtols[] = { 1e-2, 1e-3, 1e-5, 1e-8 };

    for (unsigned m = 0; m < sizeof laws / sizeof *laws; m++)
        for (unsigned k = 0; k < sizeof rtols / sizeof *rtols; k++) {
            logrig r;

            if (logrig_open(&r, laws[m].model, NULL, "dopri5", "exact", 8, rtols[k], laws[m].n))
                continue;
            check_bars(&r);
            logrig_close(&r);
        }
}

static void bars_hold_of_other_methods_and_down_to_round_off(void)
{
    static const struct { const char *solver; double rtol; } runs[] = {
        { "dop853", 1e-3 }, { "dop853", 1e-6 }, { "tsit5", 1e-3 }, { "tsit5", 1e-7 }, { "bosh3", 1e-4 },
        { "cvode-adams", 1e-5 }, { "dopri5", 1e-11 }, { "dopri5", 1e-13 }, { "dopri5", 1e-14 },
    };

    for (unsigned k = 0; k < sizeof runs / sizeof *runs; k++) {
        logrig r;

        if (logrig_open(&r, "gmm8ring", NULL, runs[k].solver, "exact", 8, runs[k].rtol, 60))
            continue;
        check_bars(&r);
        logrig_close(&r);
    }
}

/* Orders 1 to 5; without a finer grid the steps are halved. */
static void bars_of_fixed_steps_hold_too(void)
{
    static const struct { const char *solver; int steps; } runs[] = {
        { "euler", 16 }, { "euler", 128 }, { "heun", 32 }, { "rk4", 16 }, { "rk4", 64 }, { "dopri5", 32 },
    };

    for (unsigned k = 0; k < 2 * sizeof runs / sizeof *runs; k++) {
        schedule when = { 0 };
        level *given = NULL, *finer = NULL;
        int steps = runs[k / 2].steps;
        logrig r;

        if (logrig_open(&r, "gmm5-aniso16", NULL, "dopri5", "exact", 8, 1e-5, 60))
            continue;
        r.q.how = method_parse("test", runs[k / 2].solver), r.q.rtol = r.q.atol = 0, r.q.steps = steps;
        if (!must(!r.q.how) && !must(schedule_parse(&when, "test", NULL, r.q.proc, 0))) {
            when.back = 1;
            r.q.grid = given = schedule_levels(&when, r.q.proc, steps);
            r.q.finer = finer = k % 2 ? schedule_levels(&when, r.q.proc, 2 * steps) : NULL;
            check_bars(&r);
        }
        free(given), free(finer);
        schedule_free(&when);
        method_free((method *)r.q.how);
        logrig_close(&r);
    }
}

static const test_case tests[] = {
    { "bars of own steps hold 93 of 100 errors, and are not ten times too wide",
      bars_of_own_steps_hold_93_of_100_errors_and_are_not_ten_times_too_wide },
    { "bars hold of other methods and down to round-off", bars_hold_of_other_methods_and_down_to_round_off },
    { "bars of fixed steps hold too", bars_of_fixed_steps_hold_too },
    { "every law on every process agrees with its closed form to 1e-7", every_law_on_every_process_agrees_to_1e_7 },
    { "the normal prior errs by what err_prior says", the_normal_prior_errs_by_what_err_prior_says },
    { "a density integrates to one", a_density_integrates_to_one },
    { "neighbours and blocks change no bit", neighbours_and_blocks_change_no_bit },
    { "a field that breaks half-way loses no other point", a_field_that_breaks_half_way_loses_no_other_point },
    { "truncation and prior are estimated where the law is unknown", truncation_is_estimated_where_the_law_is_unknown },
    { "likelihoods of other programs are ours with their probes",
      likelihoods_of_other_programs_are_ours_with_their_probes },
    { "what makes no sense is refused", what_makes_no_sense_is_refused },
    { 0, 0 },
};
const test_table table_likelihood = { "likelihood", tests };
