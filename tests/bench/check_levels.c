/* fokker check: errors by noise level against closed forms, and what follows from them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/random.h"
#include "tests/support/fixture.h"
#include "tests/support/remarks.h"
#include "tests/suite.h"

/* A noise prediction that is off by 0.1 throws the data at t_max, where alpha is 0.007; a data prediction that ends at
 * 0.3 is off by more than the point near the data. */
static void errors_at_the_ends_are_named_with_their_cures(void)
{
    static const struct { const char *wrap, *what, *word; } cases[] = { { "error:size=0.1", "start", "clamp:lo=" },
                                                                        { "clamp:lo=-0.3,hi=0.3", "end", "t_min=" } };

    for (int k = 0; k < 2; k++) {
        subject s;
        check c;

        if (must(subject_open(&s, "gmm8ring", NULL, cases[k].wrap)))
            return;
        if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_levels(&c))) {
            has_mark(&c, cases[k].what, MARK_ODD, cases[k].word);
            CU_ASSERT(!found(&c, cases[!k].what));
        }
        check_close(&c), subject_close(&s);
    }
}

static void losses_are_those_in_closed_form(void)
{
    char name[5000];
    subject s;
    check c;
    double *data = malloc(3 * ROWS * sizeof *data);

    normals((stream){ 9, USE_LAW }, 0, 0, 0, ROWS, 3, data);
    for (int i = 0; i < 3 * ROWS; i++)
        data[i] = 0.5 + 0.4 * data[i];
    if (must(subject_open(&s, built("bell.so,3 0.5 0.4", "plugin:", name), NULL, "error:size=0.3")))
        return;
    if (!must(check_open(&c, &s, ROWS, 1, data, -1)) && !must(check_levels(&c)))
        for (int k = 0; k < SPOTS; k++) {
            const spot *p = &c.spot[k];
            double signal = p->at.alpha * p->at.alpha * 0.16, noise2 = p->at.sigma * p->at.sigma;

            near(p->noise, signal / (signal + noise2) + 0.09, 5 * p->noise_se);
            near(p->data, (signal / (signal + noise2) + 0.09) * noise2 / (p->at.alpha * p->at.alpha), 5 * p->data_se);
            near(p->gauss, signal / (signal + noise2), 0.02);
        }
    check_close(&c), subject_close(&s), free(data);
}

static void the_distance_from_the_law_is_the_error_that_was_added(void)
{
    subject s;
    check c;

    if (must(subject_open(&s, "three", NULL, "error:size=0.2")))
        return;
    if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_levels(&c)))
        for (int k = 0; k < SPOTS; k++)
            near(c.spot[k].excess, 0.04, 5 * c.spot[k].excess_se);
    check_close(&c), subject_close(&s);
}

/* Of a Gaussian E|eps|^2 of a column is sigma^2/(alpha^2 v + sigma^2); the error makes 0.2^2 of it. */
static void the_score_is_off_by_the_share_that_was_added(void)
{
    static const double var[2] = { 1.5, 0.8 }, among = 0.9;         /* of gauss2.ini */
    subject s;
    check c;

    if (must(subject_open(&s, "gauss2", NULL, "error:size=0.2")))
        return;
    if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_levels(&c)))
        for (int k = 0; k < SPOTS; k++) {
            const spot *p = &c.spot[k];
            double a = p->at.alpha * p->at.alpha, n = p->at.sigma * p->at.sigma, u = a * var[0] + n, v = a * var[1] + n;

            near(p->fisher, 2 * 0.04 / n, 5 * p->fisher_se);
            near(p->share, sqrt(2 * 0.04 / (n * (u + v) / (u * v - a * a * among * among))), 5 * p->share_se);
            below(p->share_se, 0.1 * p->share);
        }
    CU_ASSERT(check_errs(&c));
    check_close(&c), subject_close(&s);
}

static void a_prior_that_is_not_the_data_s_is_named_with_its_nats(void)
{
    subject s;
    check c;
    char said[64];
    level top;
    double m, v, nats, std;
    const remark *r;

    if (must(subject_open(&s, "three", "vp-linear:beta_max=4", NULL)))
        return;
    if (!must(check_open(&c, &s, ROWS, 1, NULL, -1)) && !must(check_levels(&c))) {
        levels(s.model->process, 1, (double[]){ 1 }, &top);
        nats = 0, std = s.model->process->prior_std;
        for (int d = 0; d < 2; d++) {               /* modes of three.ini */
            static const double w[3] = { 0.5, 0.3, 0.2 }, mean[3][2] = { { -1, 0 }, { 1, 0.5 }, { 0, 2 } },
                var[3][2] = { { 0.09, 0.25 }, { 0.16, 0.04 }, { 0.0625, 0.0625 } };

            m = v = 0;
            for (int k = 0; k < 3; k++)
                m += w[k] * mean[k][d], v += w[k] * (mean[k][d] * mean[k][d] + var[k][d]);
            v = (top.alpha * top.alpha * (v - m * m) + top.sigma * top.sigma) / (std * std), m *= top.alpha / std;
            nats += (v + m * m - 1 - log(v)) / 2;
        }
        snprintf(said, sizeof said, "%.2g nats", nats);
        r = found(&c, "prior");
        CU_ASSERT_PTR_NOT_NULL_FATAL(r);
        CU_ASSERT_PTR_NOT_NULL(strstr(r->said, said));
        CU_ASSERT(nats > 0.01);
    }
    check_close(&c), subject_close(&s);
}

static const test_case tests[] = {
    { "errors at the ends are named with their cures", errors_at_the_ends_are_named_with_their_cures },
    { "losses are those in closed form", losses_are_those_in_closed_form },
    { "the distance from the law is the error that was added", the_distance_from_the_law_is_the_error_that_was_added },
    { "the score is off by the share that was added", the_score_is_off_by_the_share_that_was_added },
    { "a prior that is not the data's is named with its nats", a_prior_that_is_not_the_data_s_is_named_with_its_nats },
    { 0, 0 },
};
const test_table table_check_levels = { "check_levels", tests };
