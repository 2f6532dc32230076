/*
 * The numbers of the program as they were committed: tests/golden/values.tsv, a command a line with some of what it
 * returns, compared to the line's tolerance.  A commit that means to change numbers says `make values`, which writes
 * the lines of those numbers anew and leaves all others as they are; the difference shows which.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/files/array.h"
#include "base/files/tensors.h"
#include "bench/options.h"
#include "models/processes/process.h"
#include "scores/score.h"
#include "solvers/grids/grid.h"
#include "solvers/likelihood/trace.h"
#include "solvers/solver.h"
#include "tests/suite.h"
#include "tests/support/golden.h"

/* Of all numbers of a run: the first, the one in the middle, the last, the mean size, the root of the mean square. */
enum { FIRST, MIDDLE, LAST, SIZE, ROOT, NUMBERS };

/* A line.  Each number may err by tolerance times the root; a comment has no command. */
typedef struct value_line {
    char text[400], command[240];
    double tolerance, number[NUMBERS];
    int known;                              /* how many of its numbers stand there */
} value_line;

/* Files that commands name: $ stands for their folder. */
static const char *const files[][2] = {
    { "times", "1\n0.7\n0.4\n0.2\n0.05\n0.001\n" },
    { "sigmas", "80\n20\n5\n1\n0.2\n0.01\n" },
    { "process", "0.01 0.999 0.02\n0.25 0.9 0.4\n0.5 0.6 0.8\n0.75 0.3 0.95\n1 0.02 1\n" },
    { "mlp.ini", "[process]\nkind = vp-linear\n[data]\nkind = like\nmodel = gmm8ring\n"
                 "[score]\nkind = mlp\nfile = weights.safetensors\n"
                 "[net]\nkind = mlp\nwidth = 32\ndepth = 2\npredicts = noise\ntime = lambda\n"
                 "[train]\nsteps = 50\nbatch = 128\n" },
};
enum { FILES = sizeof files / sizeof *files };

static char box[64];

static const char *in_box(const char *name)
{
    static char path[160];

    snprintf(path, sizeof path, "%s/%s", box, name);
    return path;
}

static void open_box(void)
{
    snprintf(box, sizeof box, "/tmp/fokker-values-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(box));
    for (int i = 0; i < FILES; i++) {
        FILE *f = fopen(in_box(files[i][0]), "w");

        CU_ASSERT_PTR_NOT_NULL_FATAL(f);
        fputs(files[i][1], f);
        fclose(f);
    }
}

static void close_box(void)
{
    static const char *const made[] = { "x.npy", "logp.tsv", "logp-terms.tsv", "weights.safetensors", "weights.tsv" };

    for (int i = 0; i < FILES; i++)
        unlink(in_box(files[i][0]));
    for (int i = 0; i < 5; i++)
        unlink(in_box(made[i]));
    CU_ASSERT_EQUAL(rmdir(box), 0);
}

static void take(double number[NUMBERS], long count, const double *v)
{
    double size = 0, square = 0;

    for (long i = 0; i < count; i++)
        size += fabs(v[i]), square += v[i] * v[i];
    number[FIRST] = v[0], number[MIDDLE] = v[count / 2], number[LAST] = v[count - 1];
    number[SIZE] = size / count, number[ROOT] = sqrt(square / count);
}

static int read_samples(double number[NUMBERS])
{
    array a;

    if (array_read(in_box("x.npy"), &a))
        return -1;
    take(number, array_rows(&a) * array_cols(&a), a.v);
    array_free(&a);
    return 0;
}

/* The nats of each point, in the second column. */
static int read_logp(double number[NUMBERS])
{
    double nats[64];
    char line[1024];
    int n = 0;
    FILE *f = fopen(in_box("logp.tsv"), "r");

    if (!f)
        return fail("no table was written");
    while (n < 64 && fgets(line, sizeof line, f))
        n += sscanf(line, "%*d %lf", &nats[n]) == 1;
    fclose(f);
    if (!n)
        return fail("the table has no rows");
    take(number, n, nats);
    return 0;
}

/* All weights one after the other. */
static int read_weights(double number[NUMBERS])
{
    tensors t;
    double *all = NULL;
    long n = 0;

    if (tensors_read(in_box("weights.safetensors"), &t))
        return -1;
    for (int i = 0; i < t.count; i++)
        n += tensor_size(&t.tensor[i]);
    if (!(all = malloc(n * sizeof *all)))
        return fail("out of memory");
    n = 0;
    for (int i = 0; i < t.count; i++)
        for (long j = 0; j < tensor_size(&t.tensor[i]); j++)
            all[n++] = t.tensor[i].v[j];
    take(number, n, all);
    free(all);
    tensors_free(&t);
    return 0;
}

/* What each command is given besides, and how its numbers are read. */
typedef struct value_reader { const char *name, *more, *file; int (*read)(double number[NUMBERS]); } value_reader;
static const value_reader readers[] = {
    { .name = "sample", .more = "-n 64 --seed 3", .file = "x.npy", .read = read_samples },
    { .name = "logp", .more = "-n 16 --seed 3", .file = "logp.tsv", .read = read_logp },
    { .name = "train", .more = "", .file = "weights.safetensors", .read = read_weights },
};

/* The program's own command, as if it had been typed. */
static int run_command(const char *line, double number[NUMBERS])
{
    char text[1024] = "fokker ", *argv[64], *word;
    const value_reader *reader = readers;
    int argc = 0;
    request r;

    while (strncmp(line, reader->name, strlen(reader->name)))
        if (++reader == readers + sizeof readers / sizeof *readers)
            return fail("no command whose numbers are known");
    for (const char *at = line; *at; at++)
        snprintf(strchr(text, 0), 128, "%.*s", *at == '$' ? 100 : 1, *at == '$' ? box : at);
    snprintf(strchr(text, 0), 256, " %s -q -o %s", reader->more, in_box(reader->file));
    for (word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    if (options_parse(argc, argv, &r))
        return -1;
    return r.command->run(&r) == OK ? reader->read(number) : -1;
}

static value_line parse(const char *text)
{
    value_line line = { .known = 0 };
    double *v = line.number;

    snprintf(line.text, sizeof line.text, "%.*s", (int)strcspn(text, "\n"), text);
    if (*text != '#' && *text != '\n')
        line.known = sscanf(text, "%239[^\t]\t%lf\t%lf\t%lf\t%lf\t%lf\t%lf", line.command, &line.tolerance,
                            &v[FIRST], &v[MIDDLE], &v[LAST], &v[SIZE], &v[ROOT]) - 2;
    return line;
}

static int agrees(const value_line *line, const double number[NUMBERS])
{
    int good = line->known == NUMBERS;

    for (int i = 0; i < NUMBERS && good; i++)
        good = fabs(number[i] - line->number[i]) <= line->tolerance * number[ROOT];
    return good;
}

/* Runs a line, and gives it the text of what was returned. */
static int redo(value_line *line)
{
    double v[NUMBERS];

    if (run_command(line->command, v))
        return -1;
    if (!agrees(line, v)) {
        snprintf(line->text, sizeof line->text, "%s\t%g\t%.13g\t%.13g\t%.13g\t%.13g\t%.13g", line->command,
                 line->tolerance, v[FIRST], v[MIDDLE], v[LAST], v[SIZE], v[ROOT]);
        return 1;
    }
    return 0;
}

static void report(const value_line *line, const char *was, int status)
{
    char text[1400];

    if (!status) {
        CU_assertImplementation(CU_TRUE, __LINE__, line->command, __FILE__, "", CU_FALSE);
        return;
    }
    if (status < 0)
        snprintf(text, sizeof text, "%s: %s", line->command, last_error());
    else
        snprintf(text, sizeof text, "%s\n          is now %s\n          make values, where this is meant", was,
                 line->text);
    CU_assertImplementation(CU_FALSE, __LINE__, text, __FILE__, "", CU_FALSE);
}

static FILE *open_table(const char *how)
{
    char path[4352];

    golden_path("values.tsv", path, sizeof path);
    return fopen(path, how);
}

/* The table is written where the environment asks for it (make values). */
static void every_number_is_the_committed_one(void)
{
    int writes = getenv("WRITE_VALUES") != NULL;
    char was[400], *all = NULL;
    size_t size;
    FILE *in = open_table("r"), *out = open_memstream(&all, &size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(in);
    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    open_box();
    while (fgets(was, sizeof was, in)) {
        value_line line = parse(was);
        int status = *line.command ? redo(&line) : 0;

        was[strcspn(was, "\n")] = 0;
        if (*line.command)
            report(&line, was, writes && status > 0 ? 0 : status);
        fprintf(out, "%s\n", line.text);
    }
    fclose(in), fclose(out);
    close_box();
    if (writes) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(out = open_table("w"));
        fwrite(all, 1, size, out);
        CU_ASSERT_EQUAL(fclose(out), 0);
    }
    free(all);
}

/* That the whole table names this; `what` says what to add. */
static void stands_in(const char *table, const char *start, const char *name, const char *what)
{
    char words[160], text[400];
    const char *at = table;

    snprintf(words, sizeof words, "%s%s", start, name);
    while ((at = strstr(at, words)) && !strchr(" :,\t/", at[strlen(words)]))
        at++;
    snprintf(text, sizeof text, "tests/golden/values.tsv has no line of %s %s; add `%s%s ...`, tab, its tolerance, and "
             "say make values", what, name, start, name);
    CU_assertImplementation(at != NULL, __LINE__, text, __FILE__, "", CU_FALSE);
}

static void solver_stands_in(const char *table, const solver *s)
{
    static const char *const models[] = { "gmm8ring", "gmm5-aniso16", "gmm8ring-mlp" };
    char start[80];

    for (int i = 0; i < 3; i++) {
        snprintf(start, sizeof start, "sample %s --solver ", models[i]);
        stands_in(table, start, s->name, "the solver");
    }
}

static void every_part_has_its_numbers(void)
{
    char *table = NULL;
    size_t size = 0;
    FILE *in = open_table("r");

    CU_ASSERT_PTR_NOT_NULL_FATAL(in);
    CU_ASSERT(getdelim(&table, &size, 0, in) > 0);
    fclose(in);
    for (int i = 0; i < solvers(); i++)
        solver_stands_in(table, solver_at(i));
    for (int i = 0; i < wrappers(); i++)
        stands_in(table, "--wrap ", wrapper_at(i)->name, "the wrapper");
    for (int i = 0; i < grids(); i++)
        stands_in(table, "--grid ", grid_at(i)->name, "the grid");
    for (int i = 0; i < process_kinds(); i++)
        stands_in(table, "--process ", process_kind(i)->name, "the process");
    for (int i = 0; i < estimators(); i++)
        stands_in(table, "--trace ", estimator_at(i)->name, "the trace estimator");
    free(table);
}

static const test_case tests[] = {
    { "every number is the committed one", every_number_is_the_committed_one },
    { "every part has its numbers", every_part_has_its_numbers },
    { NULL, NULL },
};
const test_table table_values = { "values", tests };
