/* A test file is a table of CUnit tests, `const test_table table_NAME`, and one line SUITE(NAME) in suites.h.
 * A test's name is a sentence. */
#ifndef FOKKER_SUITE_H
#define FOKKER_SUITE_H
#include <CUnit/CUnit.h>

typedef struct test_case { const char *sentence; void (*run)(void); } test_case;
/* ends with { NULL, NULL } */
typedef struct test_table { const char *name; const test_case *tests; } test_table;

#define SUITE(name) extern const test_table table_##name;
#include "tests/suites.h"
#undef SUITE

/* Fails with what was measured: near(value, expected, tolerance) and below(value, limit); must(status) prints
 * last_error() when status is not 0. */
void check_near(double value, double expected, double tolerance, const char *what, const char *file, int line);
void check_below(double value, double limit, const char *what, const char *file, int line);
int  check_must(int status, const char *what, const char *file, int line);
#define near(value, expected, tolerance) check_near(value, expected, tolerance, #value, __FILE__, __LINE__)
#define below(value, limit) check_below(value, limit, #value, __FILE__, __LINE__)
#define must(status) check_must(status, #status, __FILE__, __LINE__)

/* That last_error() holds all of these words (ends with NULL): the sentence of a refusal. */
#define says(...) check_says((const char *const[]){ __VA_ARGS__, NULL }, __FILE__, __LINE__)
void check_says(const char *const *words, const char *file, int line);
#endif
