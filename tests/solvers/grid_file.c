/* Grids from files, and the sentence of what makes no grid. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/files/array.h"
#include "tests/support/fixture.h"
#include "tests/support/packed.h"
#include "tests/suite.h"
#include "tests/support/visits.h"

static void files_fix_the_times_and_the_steps(void)
{
    const double t[] = { 0.9, 0.5, 0.25 }, s[] = { 80, 20, 5, 1, 0.3, 0 };
    const char *names[] = { "file", "sigmas" };
    char item[128];

    for (int denoise = 0; denoise < 2; denoise++) {
        int steps = 0;
        level *l;

        snprintf(item, sizeof item, "%s:%s", names[0], temporary("# times\n0.9\n0.5, 0.25 # last\n"));
        l = visit_from("vp-linear", item, &steps, denoise, NAN, NAN);
        if (!must(!l)) {
            CU_ASSERT_EQUAL(steps, 2 + denoise);
            for (int i = 0; i < 3; i++)
                CU_ASSERT(l[i].t == t[i]);
            CU_ASSERT(!denoise || (l[3].t == 0 && l[3].lambda == INFINITY));
        }
        free(l);
        snprintf(item, sizeof item, "%s:path=%s", names[1], temporary("80 20\n5 1\n0.3\n0\n"));
        for (int k = 0; k < 2; k++) {
            steps = 0;
            l = visit_from(k ? "ve:sigma_max=100" : "edm", item, &steps, denoise, NAN, NAN);
            if (!must(!l)) {
                CU_ASSERT_EQUAL(steps, 5);
                for (int i = 0; i < 6; i++)
                    near(l[i].sigma / l[i].alpha, s[i], 1e-12 * s[i]);
                CU_ASSERT(l[5].lambda == INFINITY && (k ? isnan(l[5].t) : l[5].t == 0));
            }
            free(l);
        }
    }
    unlink(temporary(""));
}

static void a_file_may_be_an_npy(void)
{
    const double t[] = { 0.9, 0.5, 0.25 };
    const long shape[] = { 3 };
    char name[64], item[128];

    snprintf(name, sizeof name, "/tmp/fokker-grid-%d.npy", (int)getpid());
    if (must(array_write(name, 1, shape, t)))
        return;
    snprintf(item, sizeof item, "file:%s", name);
    times_are("vp-linear", item, 2, 0, 3, t);
    unlink(name);
}

static void marks_of_editors_are_understood_and_other_bytes_refused(void)
{
    const double t[] = { 0.9, 0.5, 0.25 };
    static const struct { const char *text; int n; const char *says; } bad[] = {
        { "0.9\n0.5\0 0.4\n", 13, ":2: there is a zero byte" }, { "\xff\xfe" "0\0.\0", 6, "save it as UTF-8" },
        { "0.9\n\xef\xbb\xbf" "0.5\n", 11, ":2: " } };
    char item[200];

    snprintf(item, sizeof item, "file:%s", text_of("mark.txt", "\xef\xbb\xbf" "0.9\r\n0.5\r\n0.25\r\n"));
    times_are("vp-linear", item, 2, 0, 3, t);
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(item, sizeof item, "file:%s", file_of("bad.txt", bad[i].text, bad[i].n));
        visit_refused("vp-linear", item, 1, 0);
        says("bad.txt", bad[i].says);
    }
}

static void what_makes_no_grid_is_one_sentence(void)
{
    const struct { const char *process, *item; int steps, denoise; const char *says; } bad[] = {
        { "edm", "karas", 4, 0, "did you mean karras?" }, { "edm", "karras:roh=3", 4, 0, "did you mean rho?" },
        { "edm", "karras", 0, 0, "at least 1" },
        { "edm", "lambda", -3, DENOISE, "at least 1" }, { "edm", "karras:rho=0", 4, 0, "between" },
        { "edm", "karras:smin=3,smax=2", 4, 0, "below smax" },
        { "vp-linear", "karras:smax=1e4", 4, 0, "no level of vp-linear" },
        { "vp-discrete", "ddpm-trailing", 1001, DENOISE, "fewer steps" },
        { "vp-discrete", "ddpm-linspace", 1, DENOISE, "at least 2" },
        { "vp-discrete", "ddpm-leading:offset=200", 10, DENOISE, "offset" },
        { "vp-discrete:t_min=1", "ddpm-leading", 10, 0, "index 0 lies outside" },
        { "vp-discrete", "ddpm-trailing:T=500", 10, 0, "leave it out" },
        { "vp-discrete:t_min=-0.5", "quadratic", 10, 0, "square root" }, { "edm", "file", 0, 0, "path" },
        { "edm", "file:/no/such", 0, 0, "No such file" } };

    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        visit_refused(bad[i].process, bad[i].item, bad[i].steps, bad[i].denoise);
        says(bad[i].says);
    }
}

static void a_bad_file_is_one_sentence_with_its_line(void)
{
    const struct { const char *kind, *text; int steps; const char *line, *says; } bad[] = {
        { "file", "0.9\n0.5\n# back\n0.6\n", 3, ":4:", "not below" },
        { "file", "0.9\n0.5\n0.5\n", 2, ":3:", "not below" },
        { "file", "1.5\n0.5\n", 1, ":1:", "outside vp-linear" },
        { "file", "0.9\n-0.5\n", 1, ":2:", "outside vp-linear" },
        { "file", "0.9\n0.5x\n", 1, ":2:", "not a finite number" }, { "file", "", 1, "", "no numbers" },
        { "file", "0.9 0.5 0.1", 5, "", "2 steps, not 5" },
        { "sigmas", "200 1 0", 2, ":1:", "no level of vp-linear" }, { "sigmas", "20\n1\n-1\n", 2, ":3:", "negative" },
        { "file", "0.9\nnan\n", 1, ":2:", "finite" }, { "file", "0.5", 0, "", "1 time" } };

    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        char item[128];

        snprintf(item, sizeof item, "%s:%s", bad[i].kind, temporary(bad[i].text));
        visit_refused("vp-linear", item, bad[i].steps, 0);
        says(bad[i].line, bad[i].says);
    }
    unlink(temporary(""));
}

static const test_case tests[] = {
    { "files fix the times and the steps", files_fix_the_times_and_the_steps },
    { "a file may be an .npy", a_file_may_be_an_npy },
    { "marks of editors are understood and other bytes refused",
      marks_of_editors_are_understood_and_other_bytes_refused },
    { "what makes no grid is one sentence", what_makes_no_grid_is_one_sentence },
    { "a bad file is one sentence with its line", a_bad_file_is_one_sentence_with_its_line },
    { "the folder is left clean", the_folder_is_left_clean },
    { 0, 0 },
};
const test_table table_grid_file = { "grid_file", tests };
