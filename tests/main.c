/* Runs every suite, or those named on the command line, and says what failed. */
#include <CUnit/Automated.h>
#include <CUnit/Basic.h>
#include <cblas.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "tests/suite.h"

static const test_table *const all[] = {
#define SUITE(name) &table_##name,
#include "tests/suites.h"
#undef SUITE
};

static void complain(const char *text, const char *file, int line)
{
    CU_assertImplementation(CU_FALSE, line, text, file, "", CU_FALSE);
}

void check_near(double value, double expected, double tolerance, const char *what, const char *file, int line)
{
    char text[512];

    snprintf(text, sizeof text, "%s is %.17g, expected %.17g +- %g", what, value, expected, tolerance);
    if (fabs(value - expected) <= tolerance)
        CU_assertImplementation(CU_TRUE, line, what, file, "", CU_FALSE);
    else
        complain(text, file, line);
}

void check_below(double value, double limit, const char *what, const char *file, int line)
{
    char text[512];

    snprintf(text, sizeof text, "%s is %g, not below %g", what, value, limit);
    if (value < limit)
        CU_assertImplementation(CU_TRUE, line, what, file, "", CU_FALSE);
    else
        complain(text, file, line);
}

int check_must(int status, const char *what, const char *file, int line)
{
    char text[1600];

    snprintf(text, sizeof text, "%s failed: %s", what, last_error());
    if (status)
        complain(text, file, line);
    else
        CU_assertImplementation(CU_TRUE, line, what, file, "", CU_FALSE);
    return status;
}

void check_says(const char *const *words, const char *file, int line)
{
    for (; *words; words++) {
        char text[1400];

        snprintf(text, sizeof text, "\"%s\" does not say \"%s\"", last_error(), *words);
        if (strstr(last_error(), *words))
            CU_assertImplementation(CU_TRUE, line, *words, file, "", CU_FALSE);
        else
            complain(text, file, line);
    }
}

static int wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], name))
            return 1;
    return argc < 2;
}

int main(int argc, char **argv)
{
    unsigned failures;

    setenv("FOKKER_MODELS", "models/", 0);
    gsl_set_error_handler_off();
    openblas_set_num_threads(1);
    CU_initialize_registry();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (wanted(all[i]->name, argc, argv)) {
            CU_pSuite suite = CU_add_suite(all[i]->name, NULL, NULL);

            for (const test_case *t = all[i]->tests; t->sentence; t++)
                CU_add_test(suite, t->sentence, t->run);
        }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    failures = CU_get_number_of_failures() + (CU_get_number_of_tests_run() == 0);
    CU_cleanup_registry();
    return failures != 0;
}
