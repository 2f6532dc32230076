/* Model files: what is read, what is refused and where, and how a model is found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static void a_key_that_nobody_read_is_named_with_the_nearest(void)
{
    static const char *const known[] = { "kind", "weights", NULL };
    sections *s = read_text("[data]\nkind = a\nwights = 1\n");
    section *data = s ? sections_find(s, "data") : NULL;

    if (must(s ? 0 : -1))
        return;
    section_get(data, "kind");
    CU_ASSERT(section_all_used(s, data, known) == -1);
    says(":3: [data] has no key wights", "did you mean weights");
    section_get(data, "wights");
    must(section_all_used(s, data, known));
    sections_free(s);
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
    { "a key that nobody read is named with the nearest", a_key_that_nobody_read_is_named_with_the_nearest },
    { "paths are relative to their file", paths_are_relative_to_their_file },
    { "unknown laws are answered with the nearest", unknown_laws_are_answered_with_the_nearest },
    { "a model is a name, a path or a field", a_model_is_a_name_a_path_or_a_field },
    { "a model file says what its process is", a_model_file_says_what_its_process_is },
    { 0, 0 },
};
const test_table table_sections = { "sections", tests };
