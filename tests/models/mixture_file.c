/* The [data] section of a mixture: parameters in files, and what is said where they are wrong. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/files/array.h"
#include "base/fail.h"
#include "tests/support/mixture_text.h"
#include "tests/suite.h"

/* The same numbers in the section and in files beside it; mixture_of writes to /tmp. */
static void parameters_may_stand_in_files(void)
{
    static const char *const names[] = { "/tmp/fokker-test-w.txt", "/tmp/fokker-test-m.npy", "/tmp/fokker-test-c.npy" };
    double w[] = { 1, 3 }, m[] = { 0, 1, 2, -1 }, c[] = { 1, 0.5, 0.5, 2, 3, -1, -1, 1 };
    law *a = mixture_good("weights = 1 3\nmean.1 = 0 1\nmean.2 = 2 -1\ncov.1 = 1 0.5 0.5 2\ncov.2 = 3 -1 -1 1\n"), *b;

    must(array_write(names[0], 1, (long[]){ 2 }, w));
    must(array_write(names[1], 2, (long[]){ 2, 2 }, m));
    must(array_write(names[2], 3, (long[]){ 2, 2, 2 }, c));
    if ((b = mixture_good("weights = fokker-test-w.txt\nmeans = fokker-test-m.npy\ncovs = /tmp/fokker-test-c.npy\n")))
        laws_agree(a, b, 0);
    law_close(b);
    CU_ASSERT_PTR_NULL(mixture_of("weights = fokker-test-m.npy\nmeans = fokker-test-m.npy\ncovs = "
                                  "fokker-test-c.npy\n"));
    says(":3: the file of weights has 4 numbers", "needs 2");
    CU_ASSERT_PTR_NULL(mixture_of("means = fokker-test-m.npy\ncovs = fokker-test-m.npy\n"));
    says(":4: the file of covariances has 4 numbers", "need 8");
    CU_ASSERT_PTR_NULL(mixture_of("means = fokker-test-m.npy\ncovs = fokker-test-c.npy\nstd.1 = 1\n"));
    says(":5: there are covs = FILE and std.1 too");
    for (int i = 0; i < 3; i++)
        unlink(names[i]);
    law_close(a);
}

/* What is wrong, and words that the sentence must hold. */
static const struct { const char *text, *words[3]; } refused[] = {
    { "weights = 1 2 -3\nmean.1 = 0\nmean.2 = 1\nmean.3 = 2\nstd = 1\n",
      { ":3: weight 3 is negative; weights must be positive and are normalised" } },
    { "weights = 1 0\nmean.1 = 0\nmean.2 = 1\nstd = 1\n", { ":3: weight 2 is zero" } },
    { "weights = 1\nmean.1 = 0\nmean.2 = 1\nstd = 1\n", { ":3:", "weights has 1 numbers", "needs 2" } },
    { "mean.1 = 0 1\nmean.2 = 1\nstd = 1\n", { ":4:", "mean.2 has 1 numbers", "needs 2" } },
    { "mean.1 = 0 1\nmean.2 = 1 2 3\nstd = 1\n", { ":4:", "mean.2 has more than 2" } },
    { "mean.1 = 0 x1\nstd = 1\n", { ":3:", "\"x1\" is not a number" } },
    { "mean.1 = 0 inf\nstd = 1\n", { ":3:", "number 2 of mean.1 is inf" } },
    { "mean.1 = 0 1\nmean.3 = 1 1\nstd = 1\n", { "there are 2 means but no mean.2" } },
    { "std = 1\n", { "has no mean" } },
    { "mean.1 = 0 1\n", { "mode 1 has no spread" } },
    { "mean.1 = 0 1\nmean.2 = 0 2\nstd.1 = 1\n", { "mode 2 has no spread" } },
    { "mean.1 = 0 1\nstd = 0\n", { ":4: the standard deviation of mode 1 is 0; it must be positive" } },
    { "mean.1 = 0 1\nstd.1 = 1\nvar.1 = 1 1\n", { ":5: mode 1 has std.1 and var.1" } },
    { "mean.1 = 0 1\nvar.1 = 1\n", { ":4:", "var.1 has 1 numbers" } },
    { "mean.1 = 0 1\nstd = 1\nvar.2 = 1 1\n", { ":5: var.2 is for a mode that is not there" } },
    { "mean.1 = 0 1\nmean.2 = 0 1\nstd = 1\ncov.2 = 1 2 2 1\n",
      { ":6: the covariance of mode 2 is not positive definite, its smallest eigenvalue is -1" } },
    { "mean.1 = 0 1\ncov.1 = 1 0.5 0.4 1\n", { ":4: the covariance of mode 1 is not symmetric" } },
    { "mean.1 = 0 1\nstd = 1\nweigths = 1\n",
      { ":5: [data] of kind mixture has no key weigths", "did you mean weights" } },
    { "mean.1 = 0\nmean.2 = 0\nstd = 1\nlabels = 0 2\n", { ":6: label 2 is 2" } },
    { "mean.1 = 0\nmean.2 = 0\nmean.3 = 1\nstd = 1\nlabels = 0 0 2\n", { ":7: no mode has label 1" } },
    { "means = no-such-file.npy\nstd = 1\n", { ":3: means:", "no-such-file.npy" } },
};

static void bad_descriptions_are_refused_in_one_sentence(void)
{
    for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++) {
        law *l = mixture_of(refused[i].text);

        CU_ASSERT_PTR_NULL(l);
        law_close(l);
        for (int j = 0; j < 3 && refused[i].words[j]; j++)
            says(refused[i].words[j]);
        CU_ASSERT_PTR_NULL(strchr(last_error(), '\n'));
    }
}

static const test_case tests[] = {
    { "parameters may stand in files", parameters_may_stand_in_files },
    { "bad descriptions are refused in one sentence", bad_descriptions_are_refused_in_one_sentence },
    { 0, 0 },
};
const test_table table_mixture_file = { "mixture_file", tests };
