/* What a file may start by itself: nothing, unless it is shipped or the user says so.  What an .onnx
 * may read: its own folder. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "scores/outside/onnx.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

/* A folder of its own, with a canary's place in it. */
typedef struct cage { char folder[32], file[64], canary[64]; } cage;

static void cage_open(cage *c)
{
    strcpy(c->folder, "/tmp/fokker-trust-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(c->folder));
    snprintf(c->file, sizeof c->file, "%s/stranger.ini", c->folder);
    snprintf(c->canary, sizeof c->canary, "%s/canary", c->folder);
}

static void cage_close(cage *c)
{
    unlink(c->file), unlink(c->canary);
    CU_ASSERT_EQUAL(rmdir(c->folder), 0);
}

static void put_text(const char *path, const char *text, size_t size)
{
    FILE *f = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fwrite(text, 1, size, f);
    fclose(f);
}

static void a_file_starts_no_program_unless_it_is_trusted(void)
{
    static const char text[] =
        "[score]\nkind = pipe\ncommand = touch canary; echo fokker 1 dim=2 predicts=noise; cat >/dev/null\n";
    subject s;
    cage c;

    cage_open(&c);
    put_text(c.file, text, sizeof text - 1);
    for (int k = TRUST_NONE; k <= TRUST_NAME; k++) {
        CU_ASSERT(subject_open_as(&s, &(naming){ c.file, NULL, NULL, (enum trust)k }) < 0);
        says("stranger.ini:3:", "touch canary", "--trust");
    }
    CU_ASSERT(subject_open(&s, c.file, NULL, NULL) < 0);
    CU_ASSERT(access(c.canary, F_OK) < 0);
    if (!must(subject_open_as(&s, &(naming){ c.file, NULL, NULL, TRUST_FILES })))
        subject_close(&s);
    CU_ASSERT(!access(c.canary, F_OK));
    cage_close(&c);
}

static void a_file_loads_no_object_unless_it_is_trusted(void)
{
    char text[5200], object[5000];
    subject s;
    cage c;

    cage_open(&c);
    snprintf(text, sizeof text, "[score]\nkind = plugin\nfile = %s\nargs = 2 0 1\n", built("bell.so", "", object));
    put_text(c.file, text, strlen(text));
    CU_ASSERT(subject_open(&s, c.file, NULL, NULL) < 0);
    says("stranger.ini:3:", "bell.so", "--trust");
    if (!must(subject_open_as(&s, &(naming){ c.file, NULL, NULL, TRUST_FILES })))
        subject_close(&s);
    cage_close(&c);
}

static void a_command_that_a_file_names_as_a_model_is_no_consent(void)
{
    subject s;
    cage c;
    char name[128];

    cage_open(&c);
    snprintf(name, sizeof name, "pipe:touch %s; echo fokker 1 dim=2 predicts=noise; cat >/dev/null", c.canary);
    CU_ASSERT(subject_open_as(&s, &(naming){ name, NULL, NULL, TRUST_NONE }) < 0);
    says("pipe:touch", "--trust");
    CU_ASSERT(access(c.canary, F_OK) < 0);
    if (!must(subject_open(&s, name, NULL, NULL)))          /* the user's own word is */
        subject_close(&s);
    CU_ASSERT(!access(c.canary, F_OK));
    cage_close(&c);
}

static void a_shipped_file_is_trusted_and_where_models_are_looked_for_is_not(void)
{
    char *before = strdup(getenv("FOKKER_MODELS") ? getenv("FOKKER_MODELS") : "models"), path[4700];
    static const char text[] = "[process]\nkind = edm\n";
    cage c;

    cage_open(&c);
    put_text(c.file, text, sizeof text - 1);
    setenv("FOKKER_MODELS", c.folder, 1);
    CU_ASSERT_EQUAL(trust_in(c.file, TRUST_NAME), TRUST_NONE);
    CU_ASSERT_EQUAL(trust_in(c.file, TRUST_FILES), TRUST_FILES);
    if (*shared_folder()) {                         /* "" where the tests are built out of the tree */
        CU_ASSERT_PTR_NULL(strstr(shared_folder(), c.folder));
        snprintf(path, sizeof path, "%smodels/shipped/gauss2.ini", shared_folder());
        CU_ASSERT_EQUAL(trust_in(path, TRUST_NAME), TRUST_FILES);
        CU_ASSERT_EQUAL(symlink(path, c.canary), 0);
        CU_ASSERT_EQUAL(trust_in(c.canary, TRUST_NAME), TRUST_FILES);       /* a link to one is that one */
        snprintf(path, sizeof path, "%smodels/shipped/../shipped.ini", shared_folder());
        CU_ASSERT_EQUAL(trust_in(path, TRUST_NAME), TRUST_NONE);
    }
    setenv("FOKKER_MODELS", before, 1);
    free(before);
    cage_close(&c);
}

static void a_reason_never_commands_the_terminal(void)
{
    fail("a\033[2Jb\tc\nd\x7f\302\205e\303\251");
    CU_ASSERT_STRING_EQUAL(last_error(), "a [2Jb c d   e\303\251");
}

/* ---- what an .onnx may read ---- */

/* One field with a length around what was written last: `at` from there. */
static int wrapped_in(char *b, int from, int to, int field)
{
    memmove(b + from + 2, b + from, to - from);
    b[from] = (char)(field << 3 | 2), b[from + 1] = (char)(to - from);
    return to + 2;
}

/* A field of number >= 16, whose tag is two bytes. */
static int wrapped_far(char *b, int from, int to, int field)
{
    memmove(b + from + 3, b + from, to - from);
    b[from] = (char)((field & 15) << 3 | 2 | 128), b[from + 1] = (char)(field >> 4), b[from + 2] = (char)(to - from);
    return to + 3;
}

static int put_string(char *b, int at, int field, const char *text)
{
    b[at] = (char)(field << 3 | 2), b[at + 1] = (char)strlen(text);
    memcpy(b + at + 2, text, strlen(text));
    return at + 2 + (int)strlen(text);
}

enum place { INITIALIZER, IN_NODE, IN_SUBGRAPH, IN_FUNCTION, SPARSE_VALUES, PLACES };

/* A model whose only tensor has its numbers at `location`; `swapped`: the value before the key.  Returns its size. */
static int external(char *b, const char *location, enum place place, int swapped)
{
    int n = 0;

    if (swapped)
        n = put_string(b, n, 2, location);
    n = put_string(b, n, 1, "location");
    if (!swapped)
        n = put_string(b, n, 2, location);
    n = wrapped_in(b, 0, n, 13);                    /* external_data of a tensor */
    switch (place) {
    case IN_NODE: case IN_FUNCTION: case IN_SUBGRAPH:
        if (place == IN_SUBGRAPH)
            n = wrapped_in(b, 0, wrapped_in(b, 0, n, 5), 6);        /* an initializer of a graph, an attribute's g */
        else
            n = wrapped_in(b, 0, n, 5);             /* t of an attribute */
        n = wrapped_in(b, 0, n, 5);                 /* an attribute of a node */
        if (place == IN_FUNCTION)
            return wrapped_far(b, 0, wrapped_in(b, 0, n, 7), 25);
        n = wrapped_in(b, 0, n, 1);
        break;
    case SPARSE_VALUES: n = wrapped_in(b, 0, wrapped_in(b, 0, n, 1), 15); break;
    default: n = wrapped_in(b, 0, n, 5);
    }
    return wrapped_in(b, 0, n, 7);
}

static void an_onnx_reads_weights_from_its_own_folder_alone(void)
{
    static const char *const out[] = { "/etc/hostname", "../fokker-secret", "w/../../fokker-secret", "..", "link",
                                       "missing", "", "*/_ORT_MEM_ADDR_/*" };
    char path[64], weights[64], link[64], b[256];
    cage c;

    cage_open(&c);
    snprintf(path, sizeof path, "%s/net.onnx", c.folder), snprintf(weights, sizeof weights, "%s/w.bin", c.folder);
    snprintf(link, sizeof link, "%s/link", c.folder);
    put_text(weights, "0123", 4);
    CU_ASSERT_EQUAL(symlink("/etc/hostname", link), 0);
    for (int place = 0; place < PLACES; place++)
        for (int swapped = 0; swapped < 2; swapped++) {
            put_text(path, b, external(b, "w.bin", (enum place)place, swapped));
            must(onnx_keeps_home(path));
            put_text(path, b, external(b, "./w.bin", (enum place)place, swapped));
            must(onnx_keeps_home(path));
            for (size_t i = 0; i < sizeof out / sizeof *out; i++) {
                put_text(path, b, external(b, out[i], (enum place)place, swapped));
                CU_ASSERT_EQUAL(onnx_keeps_home(path), -1);
                says("net.onnx: keeps weights in", out[i], "its own folder");
            }
        }
    unlink(path), unlink(weights), unlink(link);
    cage_close(&c);
}

/* What comes before it does not hide a tensor: unknown fields, groups, a second graph. */
static void nothing_before_it_hides_a_tensor(void)
{
    static const struct { const char *bytes; int n; } before[] = {
        { "\x08\x07", 2 }, { "\x1b\x0a\x02hi\x1c", 6 }, { "\x1b\x1b\x08\x01\x1c\x1c", 6 }, { "\x3a\x00", 2 },
        { "\xf2\x3f\x03" "abc", 6 }, { "\x0d" "abcd", 5 }, { "\x09" "abcdefgh", 9 } };
    char path[64], b[256];
    cage c;

    cage_open(&c);
    snprintf(path, sizeof path, "%s/net.onnx", c.folder);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        int n = external(b, "/etc/hostname", INITIALIZER, 0);

        memmove(b + before[i].n, b, n);
        memcpy(b, before[i].bytes, before[i].n);
        put_text(path, b, n + before[i].n);
        CU_ASSERT_EQUAL(onnx_keeps_home(path), -1);
        for (int cut = 0; cut < n + before[i].n; cut++) {           /* the runtime refuses what is cut off */
            put_text(path, b, cut);
            onnx_keeps_home(path);
        }
    }
    unlink(path);
    cage_close(&c);
}

static const test_case tests[] = {
    { "a file starts no program unless it is trusted", a_file_starts_no_program_unless_it_is_trusted },
    { "a file loads no object unless it is trusted", a_file_loads_no_object_unless_it_is_trusted },
    { "a command that a file names as a model is no consent", a_command_that_a_file_names_as_a_model_is_no_consent },
    { "a shipped file is trusted, and where models are looked for is not",
      a_shipped_file_is_trusted_and_where_models_are_looked_for_is_not },
    { "a reason never commands the terminal", a_reason_never_commands_the_terminal },
    { "an .onnx reads weights from its own folder alone", an_onnx_reads_weights_from_its_own_folder_alone },
    { "nothing before it hides a tensor", nothing_before_it_hides_a_tensor },
    { 0, 0 },
};
const test_table table_trust = { "trust", tests };
