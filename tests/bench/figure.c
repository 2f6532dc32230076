/* What gnuplot is handed: any text as that text, any folder as that folder, and nothing that runs. */
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/shell.h"
#include "bench/options.h"
#include "bench/report/figure.h"
#include "models/folders.h"
#include "tests/suite.h"

static const char *const nasty[] = {
    "Anna's run", "'", "''", "'; system('touch pwned'); x='", "\"; system('touch pwned'); \"", "`touch pwned`",
    "$(touch pwned)", "|touch pwned;", "<touch pwned", "| touch pwned", "%d%s%n", "\\", "a\\", "\\n", "@x", "~root",
    "-", "$data", "end_of_table", "{/Bold x}_2^3", "x; exit", "!touch pwned", "#", "&amp;<b>", "\xc3\xa9\xe2\x82\xac" };
enum { NASTY = sizeof nasty / sizeof *nasty };

static int no_gnuplot(void)
{
    static int said;
    int missing = system("command -v gnuplot >/dev/null 2>&1") != 0;

    if (missing && !said++)
        printf("(skipped: no gnuplot) ");
    return missing;
}

static void put_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs(text, f);
    fclose(f);
}

/* A folder, with the scripts of a test in a folder within it. */
typedef struct den { char folder[64], scripts[80], *before; } den;

static void den_open(den *d, const char *name, const char *text)
{
    char path[128];

    strcpy(d->folder, "/tmp/fokker-figure-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(d->folder));
    snprintf(d->scripts, sizeof d->scripts, "%s/it's|`x`", d->folder);
    CU_ASSERT_EQUAL(mkdir(d->scripts, 0700), 0);
    snprintf(path, sizeof path, "%s/%s.gp", d->scripts, name);
    put_text(path, text);
    d->before = getenv("FOKKER_PLOTS") ? strdup(getenv("FOKKER_PLOTS")) : NULL;
    setenv("FOKKER_PLOTS", d->scripts, 1);
}

static void den_close(den *d)
{
    char line[256];

    if (d->before)
        setenv("FOKKER_PLOTS", d->before, 1);
    else
        unsetenv("FOKKER_PLOTS");
    free(d->before);
    snprintf(line, sizeof line, "rm -r %s", d->folder);
    CU_ASSERT_EQUAL(system(line), 0);
}

/* Its next line, without the end; "" behind the last. */
static const char *next_line(FILE *f)
{
    static char line[1024];

    if (!fgets(line, sizeof line, f))
        *line = 0;
    line[strcspn(line, "\n")] = 0;
    return line;
}

static void gnuplot_gets_any_text_as_it_is(void)
{
    static const char script[] =
        "set print folder . '/said'\ndo for [i = 1:texts_count] { print texts[i] }\nprint one, number\n"
        "print none_count\nunset print\nset print folder . '/' . out . '.svg'\nprint scripts\nunset print\n";
    char path[256];
    figure g;
    den d;
    FILE *f;

    if (no_gnuplot())
        return;
    den_open(&d, "say", script);
    if (!must(figure_open(&g, d.folder, "a/../b'c"))) {
        CU_ASSERT_STRING_EQUAL(g.out, "a-..-b-c");
        figure_names(&g, "texts", NASTY, nasty);
        figure_names(&g, "none", 0, NULL);
        figure_text(&g, "one", "a\nb\t\033[2J\xff\xc3");
        figure_number(&g, "number", 0.1);
        must(figure_draw(&g, "say"));
    }
    snprintf(path, sizeof path, "%s/said", d.folder);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f = fopen(path, "r"));
    for (int i = 0; i < NASTY; i++)
        CU_ASSERT_STRING_EQUAL(next_line(f), nasty[i]);
    CU_ASSERT_STRING_EQUAL(next_line(f), "a b  [2J?? 0.1");
    CU_ASSERT_STRING_EQUAL(next_line(f), "0");
    fclose(f);
    snprintf(path, sizeof path, "%s/a-..-b-c.svg", d.folder);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f = fopen(path, "r"));
    CU_ASSERT_STRING_EQUAL(next_line(f), d.scripts);
    fclose(f);
    CU_ASSERT(access("pwned", F_OK) < 0);
    den_close(&d);
}

/* Relative to where the program stands, as a name that begins a command would be. */
static void any_folder_gets_its_pictures(void)
{
    static const char script[] = "load scripts . '/format.gp'\nplot data using 1:2 with lines\nset output\n";
    char where[1024], path[400];
    den d;

    if (no_gnuplot())
        return;
    den_open(&d, "draw", "do for [ext in 'svg png'] {\npicture_width = 90\npicture_height = 60\n"
                         "load scripts . '/x.gp' }\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(where, sizeof where));
    snprintf(path, sizeof path, "%s/x.gp", d.scripts), put_text(path, script);
    snprintf(path, sizeof path, "cp %splots/format.gp \"$FOKKER_PLOTS\"", shared_folder());
    if (*shared_folder() && !system(path) && !chdir(d.folder)) {
        for (int i = 0; i < NASTY; i += 5) {
            char folder[128], data[200];
            figure g;

            if (strchr(nasty[i], '/'))
                continue;
            snprintf(folder, sizeof folder, "%s\n%s", nasty[i], nasty[(i + 3) % NASTY]);
            for (char *c = folder; *c; c++)
                *c = *c == '/' ? '_' : *c;
            CU_ASSERT_EQUAL(mkdir(folder, 0700), 0);
            snprintf(data, sizeof data, "%s/numbers", folder), put_text(data, "1 2\n2 3\n");
            if (must(figure_open(&g, folder, "it")))
                continue;
            figure_path(&g, "data", data);
            must(figure_draw(&g, "draw"));
            for (int k = 0; k < 2; k++) {
                snprintf(data, sizeof data, "%s/it.%s", folder, k ? "png" : "svg");
                if (access(data, R_OK))
                    CU_FAIL(folder);
            }
        }
        CU_ASSERT(access("pwned", F_OK) < 0);
        CU_ASSERT_EQUAL(chdir(where), 0);
    }
    den_close(&d);
}

static void a_failure_leaves_what_gnuplot_said(void)
{
    char path[128];
    figure g;
    den d;

    if (no_gnuplot())
        return;
    den_open(&d, "bad", "plot sin(\n");
    snprintf(path, sizeof path, "%s/gnuplot.log", d.folder);
    if (!must(figure_open(&g, d.folder, "it"))) {
        CU_ASSERT_EQUAL(figure_draw(&g, "bad"), -1);
        says("gnuplot failed on", "bad.gp", "gnuplot.log");
        CU_ASSERT(!access(path, R_OK));
    }
    if (!must(figure_open(&g, d.folder, "it"))) {
        CU_ASSERT_EQUAL(figure_draw(&g, "none"), -1);
        says("none.gp: the script is missing");
    }
    den_close(&d);
}

static void no_picture_goes_through_a_link_out_of_the_folder(void)
{
    static const char *const names[] = { "it.svg", "it.png", "gnuplot.log" };
    char path[128];
    figure g;
    den d;

    den_open(&d, "none", "exit\n");
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", d.folder, names[i]);
        CU_ASSERT_EQUAL(symlink("/tmp/fokker-figure-victim", path), 0);
        if (!must(figure_open(&g, d.folder, "it"))) {
            CU_ASSERT_EQUAL(figure_draw(&g, "none"), -1);
            says(names[i], "is a link out of its folder");
        }
        unlink(path);
    }
    CU_ASSERT(access("/tmp/fokker-figure-victim", F_OK) < 0);
    den_close(&d);
}

/* ---- tables ---- */

static int read_text(table *t, const char *text)
{
    char path[] = "/tmp/fokker-table-XXXXXX";
    int fd = mkstemp(path), bad;

    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    put_text(path, text);
    bad = table_read(t, path);
    unlink(path);
    return bad;
}

static void a_table_is_its_whole_lines(void)
{
    table t;

    if (!must(read_text(&t, "# head\n\nname\tx\n\"q\t1\n#no\tx\n\n`y`\t2e3\nz\tnan\nw\t1x\ntorn\t5"))) {
        CU_ASSERT_EQUAL(t.rows, 4);
        CU_ASSERT_STRING_EQUAL(table_cell(&t, 0, 0), "\"q");
        CU_ASSERT_STRING_EQUAL(table_cell(&t, 3, 0), "w");
        CU_ASSERT_EQUAL(table_column(&t, "x"), 1);
        near(table_number(&t, 1, 1), 2000, 0);
        CU_ASSERT(isnan(table_number(&t, 2, 1)) && isnan(table_number(&t, 3, 1)));
        CU_ASSERT_EQUAL(table_column(&t, "y"), -1);
        says("has no column y");
        table_free(&t);
    }
    CU_ASSERT_EQUAL(read_text(&t, "a\tb\n1\n"), -1);
    says(":2: has 1 cells under 2 names");
    CU_ASSERT_EQUAL(read_text(&t, ""), -1);
    says("has no names of columns");
    CU_ASSERT_EQUAL(read_text(&t, "# a\na\tb"), -1);
    says("has no names of columns");
}

static void a_name_of_a_column_is_no_way_in(void)
{
    figure g;
    table t;

    if (must(read_text(&t, "x\ta;system('touch pwned')\n1\t2\n")) || must(figure_open(&g, ".", "it")))
        return;
    CU_ASSERT_EQUAL(figure_table(&g, "data", &t, "x"), -1);
    says("column 2 has no name");
    figure_close(&g), table_free(&t);
}

/* ---- scripts, and words ---- */

/* Comments and the texts of labels apart, nothing in a script can start anything. */
static void no_script_can_start_a_program(void)
{
    static const char *const ways[] = { "system", "eval ", "eval(", "`", "\"<", "'<", "plot '|", "output \"|", "macros",
                                        "!", "load '", "popen", "spawn", "shell" };
    char folder[4700], path[5000], line[4096];
    struct dirent *e;
    DIR *dir;
    int files = 0;

    if (!*shared_folder())
        return;
    snprintf(folder, sizeof folder, "%splots", shared_folder());
    CU_ASSERT_PTR_NOT_NULL_FATAL(dir = opendir(folder));
    while ((e = readdir(dir))) {
        FILE *f;

        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (!strstr(e->d_name, ".gp") || !(f = fopen(path, "r")))
            continue;
        for (files++; fgets(line, sizeof line, f); )
            for (size_t i = 0; *line != '#' && i < sizeof ways / sizeof *ways; i++)
                if (strstr(line, ways[i]) && strcmp(ways[i], "!")) {
                    CU_FAIL(path);
                    printf("%s: %s", path, line);
                } else if (!strcmp(ways[i], "!") && line[strspn(line, " ")] == '!') {
                    CU_FAIL(path);
                }
        fclose(f);
    }
    closedir(dir);
    CU_ASSERT(files > 15);
}

static void a_word_between_quotes_may_hold_any(void)
{
    int n;
    char **word = words_of("a 'b c' '''' 'it''s' d'e 'x'y", &n);
    static const char *const want[] = { "a", "b c", "'", "it's", "d'e", "x", "y" };

    CU_ASSERT_EQUAL_FATAL(n, 7);
    for (int i = 0; i < n; i++)
        CU_ASSERT_STRING_EQUAL(word[i], want[i]);
    free(word);
    CU_ASSERT_STRING_EQUAL(shell_word("out/a-1.b"), "out/a-1.b");
    CU_ASSERT_STRING_EQUAL(shell_word("|touch pwned; it's"), "'|touch pwned; it'\\''s'");
    CU_ASSERT_STRING_EQUAL(shell_word("-rf"), "'-rf'");
    CU_ASSERT_STRING_EQUAL(shell_word(""), "''");
}

static const test_case tests[] = {
    { "gnuplot gets any text as it is", gnuplot_gets_any_text_as_it_is },
    { "any folder gets its pictures", any_folder_gets_its_pictures },
    { "a failure leaves what gnuplot said", a_failure_leaves_what_gnuplot_said },
    { "no picture goes through a link out of the folder", no_picture_goes_through_a_link_out_of_the_folder },
    { "a table is its whole lines", a_table_is_its_whole_lines },
    { "a name of a column is no way in", a_name_of_a_column_is_no_way_in },
    { "no script can start a program", no_script_can_start_a_program },
    { "a word between quotes may hold any", a_word_between_quotes_may_hold_any },
    { 0, 0 },
};
const test_table table_figure = { "figure", tests };
