/* Results: what is written is read back, torn lines are dropped, budgets and seeds are read, statistics are
 * those of the textbooks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/fail.h"
#include "bench/experiment/record.h"
#include "bench/experiment/seal.h"
#include "bench/report/report.h"
#include "bench/experiment/spec.h"
#include "tests/suite.h"

static char path[] = "/tmp/fokker-record-XXXXXX";

static void fresh(void)
{
    int fd;

    strcpy(path + strlen(path) - 6, "XXXXXX");
    fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
}

static void write_text(const char *text)
{
    FILE *f = fopen(path, "w");

    fputs(text, f);
    fclose(f);
}

static void drop(void)
{
    char *seals = seals_path(path);

    remove(path);
    CU_ASSERT(!access(seals, F_OK) ? !remove(seals) : 1);
    free(seals);
}

static char *const names[] = { "sw2", "energy:pairs=9" };
static const char head[] = "# fokker 0\n# spec models = a\n";

static record sample_row(const char *item, double nfe, long seed, quality *q)
{
    return (record){ .model = "a", .process = "vp-linear:beta_max=10,t_min=1e-4", .score = "clamp(exact)",
                     .solver = item, .grid = "lambda", .reason = "",
                     .steps = 5, .nfe = nfe, .budget = isnan(nfe) ? BY_OWN : BY_NFE, .calls = 5, .rows = 5e9,
                     .dim = 2, .seconds = 0.125, .score_seconds = 0.0625, .seed = seed, .samples = 10,
                     .status = RUN_OK, .q = q };
}

static void comes_back(void)
{
    quality q[2] = { { 0.1, 1. / 3, -0. }, { NAN, -NAN, 1e-300 } };
    record a = sample_row("ddim:eta=1", 5, 1L << 53, q), b = sample_row("em", -NAN, 0, q);
    recorder out;
    results in;

    fresh();
    b.status = RUN_DIVERGED, b.reason = "tab\there\nand a line end";
    if (must(recorder_create(&out, path, head, 2, names)) || must(recorder_add(&out, &a))
        || must(recorder_add(&out, &b)) || must(recorder_close(&out)))
        return;
    if (must(results_read(path, &in)))
        return;
    CU_ASSERT_EQUAL(in.count, 2);
    CU_ASSERT_EQUAL(in.heads, 2);
    CU_ASSERT_EQUAL(in.metrics, 2);
    CU_ASSERT_STRING_EQUAL(in.metric[1], "energy:pairs=9");
    CU_ASSERT_STRING_EQUAL(in.row[0].process, a.process);
    CU_ASSERT_STRING_EQUAL(in.row[0].score, a.score);
    CU_ASSERT_EQUAL(in.row[0].seed, 1L << 53);
    CU_ASSERT(in.row[0].budget == BY_NFE && in.row[1].budget == BY_OWN);
    CU_ASSERT_EQUAL(in.row[0].rows, 5e9);
    CU_ASSERT_EQUAL(in.row[0].q[0].se, 1. / 3);
    CU_ASSERT(isnan(in.row[0].q[1].value) && isnan(in.row[0].q[1].se) && in.row[0].q[1].floor == 1e-300);
    CU_ASSERT(isnan(in.row[1].nfe));
    CU_ASSERT_EQUAL(in.row[1].status, RUN_DIVERGED);
    CU_ASSERT_STRING_EQUAL(in.row[1].reason, "tab here and a line end");
    results_free(&in);
    drop();
}

/* The file cut at every byte of its last row: the whole rows stay, and a row added behind them stands in its place. */
static void torn_lines(void)
{
    quality q[2] = { { 1, 2, 3 }, { 4, 5, 6 } };
    record a = sample_row("euler", 5, 1, q), b = sample_row("euler", 5, 2, q);
    recorder out;
    results in;
    long one, two;

    fresh();
    if (must(recorder_create(&out, path, head, 2, names)) || must(recorder_add(&out, &a)))
        return;
    one = out.rows.good;
    must(recorder_add(&out, &b));
    two = out.rows.good;
    recorder_close(&out);
    for (long cut = two - 1; cut >= one; cut -= 7) {
        CU_ASSERT_FATAL(truncate(path, cut) == 0);
        if (must(results_read(path, &in)))
            return;
        CU_ASSERT_EQUAL(in.count, 1);
        CU_ASSERT_EQUAL(in.whole, one);
        must(seals_match(path, in.count + 1, in.seal));
        results_free(&in);
    }
    if (must(results_read(path, &in)) || must(recorder_continue(&out, path, &in)) || must(recorder_add(&out, &b))
        || must(recorder_close(&out)))
        return;
    results_free(&in);
    if (must(results_read(path, &in)))
        return;
    CU_ASSERT_EQUAL(in.count, 2);
    CU_ASSERT_EQUAL(in.row[1].seed, 2);
    CU_ASSERT_EQUAL(in.whole, two);
    must(seals_match(path, in.count + 1, in.seal));
    results_free(&in);
    drop();
}

/* One byte after another is changed to another digit: each time a row or the head is told. */
static void a_changed_byte_is_noticed(void)
{
    quality q[2] = { { 1, 2, 3 }, { 4, 5, 6 } };
    record a = sample_row("euler", 5, 1, q), b = sample_row("euler", 5, 2, q);
    recorder out;
    results in;
    int told = 0, bytes = 0;
    FILE *f;

    fresh();
    if (must(recorder_create(&out, path, head, 2, names)) || must(recorder_add(&out, &a))
        || must(recorder_add(&out, &b)) || must(recorder_close(&out)))
        return;
    CU_ASSERT_FATAL((f = fopen(path, "r+")) != NULL);
    for (int c; (c = getc(f)) != EOF; bytes++) {
        int last = 0;

        if (c < '1' || c > '8')
            continue;
        fseek(f, bytes, SEEK_SET), putc(c + 1, f), fflush(f);
        if (!results_read(path, &in)) {             /* it may be no table any more */
            CU_ASSERT_EQUAL(seals_match(path, in.count + 1, in.seal), -1);
            says("not what was written");
            last = strstr(last_error(), "row 2") ? 2 : strstr(last_error(), "row 1") ? 1 : 0;
            results_free(&in);
        }
        CU_ASSERT(last >= told);
        told = last;
        fseek(f, bytes, SEEK_SET), putc(c, f), fflush(f);
    }
    fclose(f);
    CU_ASSERT(bytes > 300 && told == 2);
    drop();
}

/* What earlier versions left, and what is no beginning of results. */
static void a_file_that_was_never_begun_is_told_from_others(void)
{
    static const char *const none[] = { "", "#", "# fok", "# fokker 0.1.0\n", "# fokker 0\n# commit", "# fokker 0\nmod",
                                        "# fokker 0\n# spec models = a\nmodel\tprocess\tsc" };
    static const char *const some[] = { "x", "# foo\n", "# fokker 0\nmodel\tprocess\n", "# fokker 0\nother",
                                        "\n", "model\tprocess\n" };

    fresh();
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        write_text(none[i]);
        CU_ASSERT(results_none(path));
    }
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        write_text(some[i]);
        CU_ASSERT(!results_none(path));
    }
    drop();
}

static void a_hole_of_zero_bytes_is_refused(void)
{
    quality q[2] = { { 1, 2, 3 }, { 4, 5, 6 } };
    record a = sample_row("euler", 5, 1, q);
    recorder out;
    results in;
    FILE *f;
    long one;

    fresh();
    if (must(recorder_create(&out, path, head, 2, names)) || must(recorder_add(&out, &a)))
        return;
    one = out.rows.good;
    if (must(recorder_add(&out, &a)) || must(recorder_close(&out)))
        return;
    CU_ASSERT_FATAL((f = fopen(path, "r+")) != NULL);
    fseek(f, one, SEEK_SET), putc(0, f), fclose(f);
    CU_ASSERT_EQUAL(results_read(path, &in), -1);
    says("zero byte", "behind its last whole row");
    CU_ASSERT_FATAL(truncate(path, one) == 0 && truncate(path, one + 4096) == 0);   /* a tail that was never written */
    if (!must(results_read(path, &in))) {
        CU_ASSERT(in.count == 1 && in.whole == one);
        results_free(&in);
    }
    drop();
}

/* No file grows beyond the limit: the row that does not fit is not there, and fits later. */
static void a_full_disk_keeps_whole_rows(void)
{
    quality q[2] = { { 1, 2, 3 }, { 4, 5, 6 } };
    record a = sample_row("euler", 5, 1, q), b = sample_row("euler", 5, 2, q);
    recorder out;
    results in;
    struct rlimit before;
    int status;

    fresh();
    if (must(recorder_create(&out, path, head, 2, names)) || must(recorder_add(&out, &a)))
        return;
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){ (rlim_t)out.rows.good + 20, before.rlim_max });
    status = recorder_add(&out, &b);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    CU_ASSERT_EQUAL(status, -1);
    says("File too large", "--resume");
    CU_ASSERT(write_failed());
    for (int count = 1; count <= 2; count++) {
        if (must(results_read(path, &in)))
            return;
        CU_ASSERT(in.count == count && in.whole == out.rows.good && !strchr(in.text + in.whole, 'a'));
        must(seals_match(path, in.count + 1, in.seal));
        results_free(&in);
        if (count == 1)
            must(recorder_add(&out, &b));
    }
    must(recorder_close(&out));
    drop();
}

/* As version 0.1 wrote them, before a row said what its length was given by. */
static void older_files(void)
{
    static const char columns[] = "model\tprocess\tscore\tsolver\tgrid\tsteps\tnfe\tcalls\trows\tseed\tsamples\tdim\t"
                                  "seconds\tscore_seconds\tstatus\treason\tsw2\tsw2_se\tsw2_floor\n";
    static const char *const rows[] = {
        "a\tve\texact\tddim\tlambda\t10\t%s\t10\t100\t0\t10\t2\t1\t1\tok\t\t1\t1\t1\n",
        "a\tve\texact\theun:rtol=1e-3\tlambda\t19\tnan\t38\t380\t0\t10\t2\t1\t1\tok\t\t1\t1\t1\n",
        "a\tve\texact\theun\tlambda\t20\tnan\t40\t400\t0\t10\t2\t1\t1\tok\t\t1\t1\t1\n" };
    static const struct { const char *nfe; enum budget_kind is[3]; } files[] = {
        { "10", { BY_NFE, BY_OWN, BY_OWN } }, { "nan", { BY_STEPS, BY_OWN, BY_STEPS } } };

    for (int k = 0; k < 2; k++) {
        quality q = { 1, 1, 1 };
        record more = sample_row("em", 5, 1, &q);
        recorder out;
        results in;
        FILE *f;

        fresh();
        f = fopen(path, "w");
        fprintf(f, "# fokker 0\n%s", columns);
        fprintf(f, rows[0], files[k].nfe);
        fprintf(f, "%s%s", rows[1], rows[2]);
        fclose(f);
        CU_ASSERT_FATAL(!must(results_read(path, &in)) && in.count == 3);
        for (int i = 0; i < 3; i++)
            CU_ASSERT_EQUAL(in.row[i].budget, files[k].is[i]);
        CU_ASSERT(in.row[1].calls == 38 && in.row[1].q[0].floor == 1);
        /* what goes on with it writes its columns */
        must(recorder_continue(&out, path, &in)), must(recorder_add(&out, &more)), must(recorder_close(&out));
        results_free(&in);
        CU_ASSERT_FATAL(!must(results_read(path, &in)));
        CU_ASSERT(in.count == 4 && in.row[3].calls == 5 && in.row[3].budget == BY_NFE);
        results_free(&in);
        drop();
    }
}

static void strangers(void)
{
    quality q[2] = { { 1, 2, 3 }, { 4, 5, 6 } };
    record a = sample_row("euler", 5, 1, q);
    recorder out;
    results in;
    FILE *f;

    fresh();
    write_text("a,b\n1,2\n");
    CU_ASSERT_EQUAL(results_read(path, &in), -1);
    says(path, "no file that `fokker bench` wrote");
    write_text("# fokker 0\nmodel\tcolour\n");
    CU_ASSERT_EQUAL(results_read(path, &in), -1);
    says(":2:", "colour", "process");
    write_text("# fokker 0\n");
    CU_ASSERT_EQUAL(results_read(path, &in), -1);
    says("no header row");
    must(recorder_create(&out, path, head, 2, names));
    must(recorder_add(&out, &a));
    recorder_close(&out);
    f = fopen(path, "a");
    fputs("a\tb\n", f);
    fclose(f);
    CU_ASSERT_EQUAL(results_read(path, &in), -1);
    says(":5:", "ends before column score");
    CU_ASSERT_EQUAL(results_read("/nowhere/results.tsv", &in), -1);
    says("/nowhere/results.tsv", "No such file");
    CU_ASSERT_EQUAL(recorder_create(&out, "/nowhere/results.tsv", head, 2, names), -1);
    says("/nowhere/results.tsv", "make its folder first");
    recorder_close(&out);
    CU_ASSERT_EQUAL(recorder_create(&out, "/dev/full", head, 2, names), -1);
    says("/dev/full", "--resume");
    recorder_close(&out);
    drop();
}

static void lists_of_numbers(void)
{
    static const struct { const char *text, *words[2]; } bad[] = {
        { "", { "no number" } }, { "5 x", { "\"x\"", "1..5" } }, { "5.5", { "5.5", "whole" } },
        { "0", { "0", "between 1 and 100" } },
        { "101", { "101", "between" } }, { "5..3", { "backwards", "3..5" } }, { "1..5 3", { "3", "twice" } },
        { "..5", { "..5", "whole" } },
        { "1..", { "\"\"", "whole" } }, { "99999999999999999999", { "whole", NULL } }, { "-3", { "-3", "range" } },
    };
    int n;
    long *v = whole_numbers("--seed", "7 1..3\t10..10", 1, 100, &n);

    CU_ASSERT_EQUAL_FATAL(n, 5);
    CU_ASSERT(v[0] == 7 && v[1] == 1 && v[2] == 2 && v[3] == 3 && v[4] == 10);
    free(v);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_PTR_NULL(whole_numbers("--seed", bad[i].text, 1, 100, &n));
        says("--seed", bad[i].words[0], bad[i].words[1] ? bad[i].words[1] : "--seed");
    }
}

/* `fokker bench` with these words. */
static int spec_of(spec *s, int argc, const char *const *argv)
{
    char *typed[32] = { "fokker", "bench" };
    request r;

    for (int i = 0; i < argc; i++)
        typed[i + 2] = (char *)argv[i];
    return options_parse(argc + 2, typed, &r) || spec_open(s, &r);
}
#define spec_from(s, ...) spec_of(s, sizeof (const char *[]){ __VA_ARGS__ } / sizeof (char *), \
                                  (const char *[]){ __VA_ARGS__ })

static void refused_specs(void)
{
    spec s;

    CU_ASSERT(spec_from(&s, "gauss2", "--nfe", "5"));
    says("-o DIR");
    CU_ASSERT(spec_from(&s, "gauss2", "-o", "d", "--nfe", "5", "--solver", "ddim dimm"));
    says("--solver", "dimm", "ddim");
    CU_ASSERT(spec_from(&s, "gauss2", "-o", "d", "--nfe", "5", "--solver", "ddim ddim"));
    says("ddim", "twice");
    CU_ASSERT(spec_from(&s, "gauss2", "-o", "d", "--nfe", "5", "--solver", " "));
    says("names nothing");
    CU_ASSERT(spec_from(&s, "gauss2", "-o", "d", "--nfe", "5", "--metric", "sw3"));
    says("--metric", "sw3", "sw2");
    CU_ASSERT(spec_from(&s, "gauss2", "-o", "d", "--nfe", "5", "--steps", "5"));
    says("nfe", "steps", "choose one");
    CU_ASSERT(spec_from(&s, "gauss2", "-o", "d", "--nfe", "0"));
    says("--nfe", "0", "between 1");
    CU_ASSERT(spec_from(&s, "gauss2", "-o", "d", "--nfe", "5", "--samples", "none"));
    says("--samples", "none");
    CU_ASSERT(spec_from(&s, "gauss2", "-o", "d", "--nfe", "5", "--final", "clean"));
    says("--final", "clean", "denoise");
    CU_ASSERT(spec_from(&s, "gauss2", "-o", "d", "--nfe", "5", "--time-limit", "-1"));
    says("--time-limit", "-1", "positive");
    CU_ASSERT(spec_from(&s, "-o", "d", "--nfe", "5"));
    says("MODEL", "missing");
    fresh();
    write_text("[bench]\nmodels = gauss2\nsolvers = ddim\n");
    CU_ASSERT(spec_from(&s, path));
    says(":3:", "solvers", "solver");
    write_text("[bench]\nsolver = ddim\n");
    CU_ASSERT(spec_from(&s, path));
    says("no model", "models =");
    write_text("[bench]\nmodels = gauss2\nnfe = five\n");
    CU_ASSERT(spec_from(&s, path, "-o", "d"));
    says(":3", "five", "whole");
    write_text("[bench]\nmodels = gauss2\n");
    CU_ASSERT(spec_from(&s, "gauss2", path));
    says("SPEC", "leave the other words out");
    remove(path);
}

/* Options replace keys; seeds are innermost; a named tolerance has one cell instead of one a budget. */
static void cells_of_a_spec(void)
{
    spec s;
    cell *c;
    int n;

    fresh();
    write_text("[bench]\nmodels = gauss2 gmm8ring\nsolver = euler dopri5:rtol=1e-3 dopri5\nsteps = 3\nseed = "
               "1..2\nsamples = 7\noutput = d\n");
    if (must(spec_from(&s, path, "--nfe", "5 10", "--samples", "9")))
        return;
    CU_ASSERT_EQUAL(s.samples, 9);
    CU_ASSERT_EQUAL(s.by_steps, 0);
    c = spec_cells(&s, &n);
    CU_ASSERT_EQUAL_FATAL(n, 2 * (2 + 1 + 2) * 2);
    CU_ASSERT(c[0].seed == 1 && c[1].seed == 2 && c[0].ask.nfe == 5 && c[2].ask.nfe == 10);
    CU_ASSERT(c[4].solver == 1 && c[4].ask.nfe == 0 && c[4].ask.steps == 0 && c[6].solver == 2 && c[6].ask.nfe == 5);
    CU_ASSERT(c[9].model == 0 && c[10].model == 1 && c[10].solver == 0);
    free(c);
    spec_close(&s);
    remove(path);
}

/* ---- statistics ---- */

static void fill(record *r, quality *q, int n, const char *item, const double *value)
{
    for (int i = 0; i < n; i++) {
        q[i] = (quality){ value[i], 0.1, 1 };
        r[i] = sample_row(item, 10, i + 1, &q[i]);
    }
}

/* 4 seeds, by hand: mean 3, squares 10: s^2 = 10/3, s/sqrt 4 = 0.912870929175277, t(0.975, 3) = 3.18244630528371. */
static void intervals(void)
{
    quality q[4];
    record r[4];
    trial e = { r, 4, 4 };
    estimate v;

    fill(r, q, 4, "a", (double[]){ 1, 2, 4, 5 });
    v = trial_estimate(&e, 0);
    near(v.mean, 3, 1e-15);
    near(v.high, 3 + 3.18244630528371 * 0.912870929175277, 1e-12);
    near(v.low, 3 - 3.18244630528371 * 0.912870929175277, 1e-12);
    near(v.se, 0.1 / 2, 1e-15);
    e.runs = e.good = 1;
    v = trial_estimate(&e, 0);
    near(v.high, 1 + 1.95996398454005 * 0.1, 1e-12);
    r[0].status = RUN_DIVERGED;
    CU_ASSERT(isnan(trial_estimate(&e, 0).mean));
}

/* Differences 1, 2, 3 on the shared seeds: mean 2, t = 2/(1/sqrt 3) = 3.46410161513775 with 2 degrees of freedom,
 * whose tail is (1 - t/sqrt(2 + t^2))/2 = 0.0370899501137243. */
static void paired_t(void)
{
    quality p[4], q[4];
    record r[4], s[4];
    trial a = { r, 4, 4 }, b = { s, 4, 3 };
    contrast c;

    fill(r, p, 4, "a", (double[]){ 11, 22, 33, 99 });
    fill(s, q, 4, "b", (double[]){ 10, 20, 30, 0 });
    s[3].status = RUN_FAILED;
    c = trial_contrast(&a, &b, 0, 1);
    CU_ASSERT_EQUAL(c.seeds, 3);
    near(c.mean, 2, 1e-14);
    near(c.p, 0.0370899501137243, 1e-13);
    near(trial_contrast(&b, &a, 0, 1).p, 1 - 0.0370899501137243, 1e-13);
    a.runs = b.runs = 1;                            /* one seed: standard errors 0.1 and 0.1 */
    near(trial_contrast(&a, &b, 0, 1).p, 0.5 * erfc(1 / sqrt(0.02) / sqrt(2)), 1e-15);
    near(trial_contrast(&a, &a, 0, 1).p, 0.5, 0.5 + 1e-15);
    p[0].value = 0.5, q[0].value = 1.4;             /* nearness to the floor of 1: 0.5 against 0.4 */
    near(trial_contrast(&a, &b, 0, 0).mean, 0.1, 1e-14);
}

/* Holm (1979): 0.01 < 0.05/4, 0.0133 < 0.05/3, 0.03 > 0.05/2 stops; 0.04 is not looked at, NaN is no test. */
static void holms_procedure(void)
{
    const double p[] = { 0.03, 0.01, NAN, 0.04, 0.0133 };
    int out[5];

    must(holm(5, p, 0.05, out));
    CU_ASSERT(!out[0] && out[1] && !out[2] && !out[3] && out[4]);
    must(holm(0, p, 0.05, out));
}

static void answer_in_words(void)
{
    quality q[9];
    record r[9];
    char *name[] = { "sw2" }, *text = NULL;
    results all = { .metrics = 1, .count = 9, .metric = name, .row = r };
    summary s;
    size_t size;
    FILE *f;

    fill(r, q, 3, "good", (double[]){ 1.02, 1.03, 1.04 });
    fill(r + 3, q + 3, 3, "close", (double[]){ 1.01, 1.04, 1.05 });
    fill(r + 6, q + 6, 3, "bad", (double[]){ 2.02, 2.03, 2.05 });
    if (must(summary_open(&s, &all)))
        return;
    CU_ASSERT_EQUAL(s.trials, 3);
    f = open_memstream(&text, &size);
    report_print(f, &s, 1);
    fclose(f);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "10  good "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " close\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "fewest calls to the floor 1: good with 5 calls: 1.03"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "warning: 3 seeds"));
    CU_ASSERT_PTR_NULL(strstr(text, "bad"));
    free(text);
    summary_close(&s);
}

static const test_case tests[] = {
    { "a row that was written comes back, tabs and line ends gone", comes_back },
    { "a torn last line is dropped and the next row stands in its place", torn_lines },
    { "a file of an older version is read, its budgets inferred, and continued in its own columns", older_files },
    { "a changed byte of a finished row is noticed", a_changed_byte_is_noticed },
    { "a file that was never begun is told from others", a_file_that_was_never_begun_is_told_from_others },
    { "a hole of zero bytes is refused, a tail of them is torn", a_hole_of_zero_bytes_is_refused },
    { "a full disk keeps whole rows", a_full_disk_keeps_whole_rows },
    { "files that are not ours are refused with their line", strangers },
    { "lists of numbers and ranges are read, everything else is refused", lists_of_numbers },
    { "a bad spec is refused in one sentence", refused_specs },
    { "options replace keys, seeds are innermost, a tolerance has one cell", cells_of_a_spec },
    { "intervals over seeds are Student's", intervals },
    { "seeds are paired, and the probability is that of the t test", paired_t },
    { "Holm's procedure stops at the first that is not significant", holms_procedure },
    { "the report names the best, those as good, and the cheapest way to the floor", answer_in_words },
    { NULL, NULL },
};
const test_table table_record = { "record", tests };
