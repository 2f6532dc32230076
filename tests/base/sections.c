/* Model files: what is read, what is refused and where, and how a model is found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/fail.h"
#include "models/model.h"
#include "tests/suite.h"

/* A file with this text, its path in a static buffer. */
static const char *file_of(const char *text, size_t size)
{
    static char path[64];
    int fd;
    FILE *f;

    strcpy(path, "/tmp/fokker-test-XXXXXX");
    fd = mkstemp(path);
    f = fdopen(fd, "w");
    fwrite(text, 1, size, f);
    fclose(f);
    return path;
}

static sections *read_text(const char *text)
{
    const char *path = file_of(text, strlen(text));
    sections *s = sections_read(path);

    unlink(path);
    return s;
}

static void a_file_keeps_sections_keys_values_and_lines(void)
{
    sections *s = read_text("# first\n[data]\nkind = mixture   # a comment\n  indented=1; 2\n\n[empty]\n[score]\npath "
                            "= a b.npy\nodd: x=1\n");
    section *data, *score;

    if (must(s ? 0 : -1))
        return;
    CU_ASSERT(s->count == 3);
    data = sections_find(s, "data");
    score = sections_find(s, "score");
    CU_ASSERT_STRING_EQUAL(section_get(data, "kind"), "mixture");
    CU_ASSERT_STRING_EQUAL(section_get(data, "indented"), "1; 2");
    CU_ASSERT_STRING_EQUAL(section_get(score, "path"), "a b.npy");
    CU_ASSERT_STRING_EQUAL(section_get(score, "odd"), "x=1");
    CU_ASSERT_PTR_NULL(section_get(data, "path"));
    CU_ASSERT_PTR_NULL(sections_find(s, "process"));
    CU_ASSERT(sections_find(s, "empty") && sections_find(s, "empty")->line == 6);
    CU_ASSERT(!strcmp(strrchr(section_where(s, data, "kind"), ':'), ":3"));
    CU_ASSERT(!strcmp(strrchr(section_where(s, score, "path"), ':'), ":8"));
    CU_ASSERT(!strcmp(strrchr(section_where(s, score, "missing"), ':'), ":7"));
    CU_ASSERT_STRING_EQUAL(s->folder, "/tmp/");
    sections_free(s);
}

static void a_line_may_be_of_any_length(void)
{
    enum { N = 20000 };
    size_t size = 64 + 12 * N, at = 0;
    char *text = malloc(size);
    double *v = malloc(N * sizeof *v);
    sections *s;
    int n = 0;

    at += snprintf(text, size, "[data]\nlong =");
    for (int i = 0; i < N; i++)
        at += snprintf(text + at, size - at, "%s%d.5", i % 3 ? ", " : " ", i);
    snprintf(text + at, size - at, "\nafter = 1\n");
    s = read_text(text);
    if (!must(s ? 0 : -1)) {
        section *data = sections_find(s, "data");
        int right = 1;

        must(section_numbers(s, data, "long", N, v, &n));
        CU_ASSERT(n == N);
        for (int i = 0; i < n; i++)
            right &= v[i] == i + 0.5;
        CU_ASSERT(right);
        CU_ASSERT(!strcmp(strrchr(section_where(s, data, "after"), ':'), ":3"));
        CU_ASSERT(section_numbers(s, data, "long", N - 1, v, &n) == -1);
        says(":2:", "more than 19999");
    }
    sections_free(s);
    free(text);
    free(v);
}

static const struct { const char *text, *words[2]; } refused[] = {
    { "[data]\nkind = a\nother = 1\nkind = b\n", { ":4: kind is given twice, first in line 2" } },
    { "[data]\n[score]\n[data]\n", { ":3: section [data] stands in line 1 already" } },
    { "[data]\nkind = a\nnonsense\nstd = 1\n", { ":3: this line is neither" } },
    { "[data\nkind = a\n", { ":1: this line is neither" } },
    { "kind = a\n", { ":1: kind stands before the first section" } },
    { "[data]\n= 3\n", { ":2: there is no key" } },
};

static void malformed_files_are_refused_with_their_line(void)
{
    static const char binary[] = "[data]\nki\0nd = 3\n";
    const char *path;

    for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++) {
        CU_ASSERT_PTR_NULL(read_text(refused[i].text));
        says(refused[i].words[0]);
    }
    path = file_of(binary, sizeof binary - 1);
    CU_ASSERT_PTR_NULL(sections_read(path));
    unlink(path);
    says(":2: there is a zero byte");
    CU_ASSERT_PTR_NULL(sections_read("/tmp/no-such-folder/x.ini"));
    says("/tmp/no-such-folder/x.ini", "no such file");
    CU_ASSERT_PTR_NULL(sections_read("/tmp"));
    says("/tmp", "cannot be read");
}

static void a_key_that_nobody_knows_is_named_with_the_nearest(void)
{
    static const char *const known[] = { "weights", "mean.#", "std", "std.#", "input.*", NULL };
    static const char *const more[] = { "kind", NULL };
    static const struct { const char *key, *meant; } cases[] = {
        { "wights", "weights" }, { "meen.3", "mean.3" }, { "mean", "mean.1" }, { "mean.x", "mean.1" },
        { "stdd", "std" }, { "std.", "std" }, { "sdt.12", "std.12" }, { "input.", "input.*" }, { "knd", "kind" },
        { "std.1.5", NULL }, { "mean.-1", NULL } };
    sections *s;

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256], words[64] = "did you mean ";

        snprintf(text, sizeof text, "[data]\nkind = a\nweights = 1\nmean.1 = 0\nmean.12 = 0\nstd.7 = 1\n"
                                    "input.x y = 3\n%s = 1\n", cases[i].key);
        if (must((s = read_text(text)) ? 0 : -1))
            continue;
        CU_ASSERT(section_known(s, s->section, known, more) == -1);
        snprintf(words + strlen(words), sizeof words - strlen(words), "%s", cases[i].meant ? cases[i].meant : "");
        says(":8: [data] of kind a has no key ", cases[i].key, words);
        sections_free(s);
    }
    if (must((s = read_text("[data]\nweights = 1\nstd = 2\n")) ? 0 : -1))
        return;
    must(section_known(s, s->section, known, NULL));
    section_get(s->section, "weights");
    CU_ASSERT(section_all_used(s, s->section) == -1);
    says(":3: nothing reads std of [data]");
    section_get(s->section, "std");
    must(section_all_used(s, s->section));
    sections_free(s);
}

static void marks_of_editors_at_the_beginning_are_understood(void)
{
    sections *s = read_text("\xef\xbb\xbf[data]\nkind = a\n");

    if (!must(s ? 0 : -1))
        CU_ASSERT(sections_find(s, "data") && s->section->line == 1);
    sections_free(s);
    s = read_text("\xef\xbb\xbf# a comment\r\n[data]\r\nkind = a\r\n");
    if (!must(s ? 0 : -1))
        CU_ASSERT_STRING_EQUAL(section_get(sections_find(s, "data"), "kind"), "a");
    sections_free(s);
    CU_ASSERT_PTR_NULL(read_text("[data]\n\xef\xbb\xbf[score]\n"));
    says(":2: this line is neither");
    CU_ASSERT_PTR_NULL(read_text("\xff\xfe[x"));
    says("UTF-16", "save it as UTF-8");
}

/* A section a line, a key a line: 100,000 of each, and each found again. */
static void long_files_are_read_in_time(void)
{
    enum { N = 100000 };
    char *text = malloc(40 * N), key[32];
    int at = 0, found = 0;
    clock_t begin = clock();
    sections *s;

    for (int i = 0; i < N; i++)
        at += sprintf(text + at, "[s%d]\n", i);
    for (int i = 0; i < N; i++)
        at += sprintf(text + at, "k%d = %d\n", i, i);
    if (!must((s = read_text(text)) ? 0 : -1)) {
        for (int i = 0; i < N; i++) {
            snprintf(key, sizeof key, "s%d", i);
            found += sections_find(s, key) == &s->section[i];
            key[0] = 'k';
            found += atoi(section_get(&s->section[N - 1], key)) == i;
        }
        CU_ASSERT_EQUAL(found, 2 * N);
        CU_ASSERT(!sections_find(s, "s") && !section_get(&s->section[0], "k0"));
    }
    below((double)(clock() - begin) / CLOCKS_PER_SEC, 2);
    sections_free(s);
    free(text);
}

static void paths_are_relative_to_their_file(void)
{
    sections *s = read_text("[data]\n");
    char *a = sections_path(s, "x.npy"), *b = sections_path(s, "/abs/x.npy");

    CU_ASSERT_STRING_EQUAL(a, "/tmp/x.npy");
    CU_ASSERT_STRING_EQUAL(b, "/abs/x.npy");
    free(a);
    free(b);
    sections_free(s);
}

static void unknown_laws_are_answered_with_the_nearest(void)
{
    sections *s = read_text("[data]\nkind = mixtur\n");

    CU_ASSERT_PTR_NULL(law_open(s, sections_find(s, "data")));
    says(":2: there is no law of kind mixtur", "did you mean mixture");
    sections_free(s);
    s = read_text("[data]\nstd = 1\n");
    CU_ASSERT_PTR_NULL(law_open(s, sections_find(s, "data")));
    says(":1: [data] has no kind");
    sections_free(s);
}

static void a_model_is_a_name_a_path_or_a_field(void)
{
    static const struct { const char *name, *process; int dim, modes; } known[] = {
        { "gauss2", NULL, 2, 1 }, { "models/shipped/gauss2.ini", NULL, 2, 1 }, { "gmm8ring", "edm", 2, 8 },
        { "gmm5-aniso16", "flow", 16, 5 }, { "gmm10-64", NULL, 64, 10 } };
    model *m;

    setenv("FOKKER_MODELS", "models", 1);
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
        m = model_open(known[i].name, known[i].process);
        if (must(m ? 0 : -1))
            continue;
        CU_ASSERT_STRING_EQUAL(m->process->name, known[i].process ? known[i].process : "vp-linear");
        CU_ASSERT(m->law->dim == known[i].dim && m->law->modes == known[i].modes);
        CU_ASSERT(m->file && !m->field);
        model_close(m);
    }
    m = model_open("models/shipped/gauss2.ini", NULL);
    CU_ASSERT_STRING_EQUAL(m->name, "gauss2");
    model_close(m);
    m = model_open("pipe:python3 net.py", "edm");
    if (!must(m ? 0 : -1)) {
        CU_ASSERT_STRING_EQUAL(m->field, "pipe:python3 net.py");
        CU_ASSERT(!m->law && !m->file);
    }
    model_close(m);
    CU_ASSERT_PTR_NULL(model_open("gmm8rings", NULL));
    says("gmm8rings", "did you mean gmm8ring?");
    CU_ASSERT_PTR_NULL(model_open("./none.ini", NULL));
    says("./none.ini: there is no such file");
    CU_ASSERT_PTR_NULL(model_open("plugin:", NULL));
    says("plugin:: nothing stands behind the colon");
    CU_ASSERT_PTR_NULL(model_open("gauss2", "vp-liner"));
    says("--process", "vp-linear");
}

static model *model_of(const char *text)
{
    const char *path = file_of(text, strlen(text));
    model *m = model_open(path, NULL);

    unlink(path);
    return m;
}

static void a_model_file_says_what_its_process_is(void)
{
    static const struct { const char *text, *words[2]; } bad[] = {
        { "[process]\nkind = vp-linear\nbeta_mx = 10\n", { ":3:", "beta_max" } },
        { "[process]\nbeta_max = 10\n", { ":1: [process] has no kind" } },
        { "[process]\nkind = vp-liner\n", { ":2:", "vp-linear" } },
        { "[proces]\nkind = vp-linear\n", { ":1: a model has no section [proces]; did you mean [process]" } },
        { "[data]\nkind = mixture\nmean.1 = 0\nstd = 1\n[bench]\nnfe = 5\n", { ":5: a file with [bench]" } },
    };
    model *m = model_of("[process]\nkind = vp-linear\nbeta_max = 10\nt_min = 0.01\n");

    if (!must(m ? 0 : -1)) {
        CU_ASSERT(m->process->t_min == 0.01 && !m->law && m->file);
        CU_ASSERT_STRING_EQUAL(m->process->name, "vp-linear");
    }
    model_close(m);
    m = model_of("[data]\nkind = mixture\nmean.1 = 0\nstd = 1\n");
    if (!must(m ? 0 : -1))
        CU_ASSERT(m->law && !strcmp(m->process->name, "vp-linear"));
    model_close(m);
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_PTR_NULL(model_of(bad[i].text));
        says(bad[i].words[0], bad[i].words[1]);
    }
}

static const test_case tests[] = {
    { "a file keeps sections, keys, values and lines", a_file_keeps_sections_keys_values_and_lines },
    { "a line may be of any length", a_line_may_be_of_any_length },
    { "malformed files are refused with their line", malformed_files_are_refused_with_their_line },
    { "a key that nobody knows is named with the nearest", a_key_that_nobody_knows_is_named_with_the_nearest },
    { "marks of editors at the beginning are understood", marks_of_editors_at_the_beginning_are_understood },
    { "long files are read in time", long_files_are_read_in_time },
    { "paths are relative to their file", paths_are_relative_to_their_file },
    { "unknown laws are answered with the nearest", unknown_laws_are_answered_with_the_nearest },
    { "a model is a name, a path or a field", a_model_is_a_name_a_path_or_a_field },
    { "a model file says what its process is", a_model_file_says_what_its_process_is },
    { 0, 0 },
};
const test_table table_sections = { "sections", tests };
