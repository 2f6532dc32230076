/* Arrays in files: every format that is read, and for each way to be wrong one sentence with its place. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include "base/files/array.h"
#include "base/fail.h"
#include "tests/suite.h"
#include "tests/support/packed.h"

static void a_file_cut_anywhere_is_refused(void)
{
    char bytes[512];
    double v[4] = { 1, 2, 3, 4 };
    size_t n = npy_of(bytes, 1, HEAD("'<f8'", "False", "(2, 2)") "\n", v, sizeof v), m;
    unsigned char packed[1024];
    FILE *f;
    array a;

    for (size_t cut = 0; cut < n; cut++) {
        CU_ASSERT(array_read(file_of("cut.npy", bytes, cut), &a) == -1);
        says("cut.npy: ");
    }
    CU_ASSERT(array_read(file_of("cut.npy", bytes, n - 1), &a) == -1);
    says("cut.npy: is truncated");
    f = fopen(gz_of("whole.gz", bytes, n), "rb");
    m = fread(packed, 1, sizeof packed, f);
    fclose(f);
    for (size_t cut = 12; cut < m - 8; cut++) {
        CU_ASSERT(array_read(file_of("cut.gz", packed, cut), &a) == -1);
        says("cut.gz: ");
    }
    packed[m / 2] ^= 0x55;
    CU_ASSERT(array_read(file_of("cut.gz", packed, m), &a) == -1);
    says("cut.gz: ", ";");
}

static void a_header_cannot_make_it_take_much_memory(void)
{
    char bytes[512];
    size_t n = npy_of(bytes, 1, HEAD("'|u1'", "False", "(1000000000, 1000000)"), "abc", 3);
    array a;

    CU_ASSERT(array_read(gz_of("bomb.npy.gz", bytes, n), &a) == -1);
    says("bomb.npy.gz: ", "truncated");
    memcpy(bytes, (char[]){ 0, 0, 0x0e, 3, 127, -1, -1, -1, 127, -1, -1, -1, 127, -1, -1, -1, 1, 2, 3 }, 19);
    CU_ASSERT(array_read(file_of("bomb.idx", bytes, 19), &a) == -1);
    says("bomb.idx: ", "truncated");
    n = npy_of(bytes, 2, "", "", 0);
    memcpy(bytes + 8, "\377\377\377\377", 4);
    CU_ASSERT(array_read(file_of("head.npy", bytes, n), &a) == -1);
    says("head.npy: ", "4294967295");
}

static void nan_and_inf_are_refused_with_row_and_column(void)
{
    char bytes[512];
    double v[6] = { 1, 2, 3, 4, NAN, 6 };
    array a;

    CU_ASSERT(array_read(file_of("nan.npy", bytes, npy_of(bytes, 1, HEAD("'<f8'", "False", "(3, 2)"), v, sizeof v)), &a)
              == -1);
    says("nan.npy: ", "row 3, column 1", "nan", "remove");
    v[4] = 5, v[1] = -INFINITY;
    CU_ASSERT(array_read(file_of("nan.npy", bytes, npy_of(bytes, 1, HEAD("'<f8'", "False", "(3, 2)"), v, sizeof v)), &a)
              == -1);
    says("nan.npy: ", "row 1, column 2", "-inf");
    CU_ASSERT(array_read(file_of("nan.npy", bytes, npy_of(bytes, 1, HEAD("'<f8'", "True", "(3, 2)"), v, sizeof v)), &a)
              == -1);
    says("nan.npy: ", "row 2, column 1", "-inf");
    CU_ASSERT(array_read(file_of("nan.txt", "1 2\n3 nan\n", 10), &a) == -1);
    says("nan.txt:2: column 2 is nan", "remove");
    CU_ASSERT(array_read(file_of("nan.txt", "1 2\n1e999 3\n", 12), &a) == -1);
    says("nan.txt:2: column 1 is inf");
}

static void text_is_read_as_people_write_it(void)
{
    static const char *const t[] = {
        "1 2\n3 4\n", "1,2\n3,4", "1\t2\r\n3\t4\r\n", "# points\n\n x , y \n 1 , 2 # first\n\n3,4\n#end",
        "\"a b\";\n+1 2.0\n3e0 .4e1\n", ("\xef\xbb\xbf" "1,2\n3,4\n") };

    for (unsigned i = 0; i < sizeof t / sizeof *t; i++) {
        expect(file_of("a.csv", t[i], strlen(t[i])), 2, (long[]){ 2, 2 }, (double[]){ 1, 2, 3, 4 });
        expect(gz_of("a.csv.gz", t[i], strlen(t[i])), 2, (long[]){ 2, 2 }, (double[]){ 1, 2, 3, 4 });
    }
    expect(file_of("row.txt", "1 2 3", 5), 2, (long[]){ 1, 3 }, (double[]){ 1, 2, 3 });
    expect(file_of("column.txt", "1\n2\n3", 5), 2, (long[]){ 3, 1 }, (double[]){ 1, 2, 3 });
}

static void what_is_wrong_with_a_text_is_said(void)
{
    static const struct { const char *text, *place, *word; } t[] = {
        { "1 2\n3 4 5\n", "bad.txt:2: ", "3 columns" }, { "1 2\n\n#\n3\n", "bad.txt:4: ", "1 columns" },
        { "1 2\n3 four\n", "bad.txt:2: column 2", "four" },
        { "x 2\n", "bad.txt:1: column 1", "\"x\"" }, { "1,,2\n", "bad.txt:1: column 2", "empty" },
        { "1,2,\n", "bad.txt:1: column 3", "empty" },
        { "a b\nc d\n", "bad.txt:2: ", "number" }, { "", "bad.txt: ", "empty" },
        { "\n# nothing\n", "bad.txt: ", "no row" },
        { "x y\n", "bad.txt: ", "no row" },
        { "1 2\n1;2\n", "bad.txt:2: ", "commas, blanks" }, { "PK\3\4", "bad.txt:1: ", "npz" },
        { "1 0x\n", "bad.txt:1: column 2", "0x" } };

    for (unsigned i = 0; i < sizeof t / sizeof *t; i++) {
        array a;

        CU_ASSERT(array_read(file_of("bad.txt", t[i].text, strlen(t[i].text)), &a) == -1);
        CU_ASSERT(a.v == NULL);
        says(t[i].place, t[i].word, ";");
    }
}

static void text_in_utf_16_is_refused(void)
{
    static const char little[] = "\xff\xfe" "1\0 \0002\0\n", big[] = "\xfe\xff\0001\0 \0002\0\n";
    array a;

    CU_ASSERT(array_read(file_of("wide.csv", little, sizeof little), &a) == -1);
    says("wide.csv: is text in UTF-16; save it as UTF-8");
    CU_ASSERT(array_read(gz_of("wide.gz", big, sizeof big), &a) == -1);
    says("wide.gz: is text in UTF-16");
}

static void idx_is_read_and_refused(void)
{
    static const char images[] = { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, -1, 0 };
    static const char shorts[] = { 0, 0, 0xb, 1, 0, 0, 0, 2, 1, 2, -1, -2 };
    static const char doubles[] = { 0, 0, 0xe, 1, 0, 0, 0, 1, 0x3f, -8, 0, 0, 0, 0, 0, 0 };
    static const struct { char bytes[16]; int n; const char *word; } bad[] = {
        { { 0, 0, 8, 3, 0, 0 }, 6, "truncated" }, { { 0, 0, 8, 1, 0, 0, 0, 2, 1 }, 9, "truncated" },
        { { 0, 0, 8, 1, 0, 0, 0, 1, 1, 2 }, 10, "2 bytes follow" },
        { { 0, 0, 7, 1, 0, 0, 0, 1, 1 }, 9, "neither" }, { { 0, 0, 8, 9, 0, 0, 0, 1, 1 }, 9, "9 axes" },
        { { 0, 0, 8, 1, 0, 0, 0, 0 }, 8, "empty" },
        { { 0, 1, 8, 1, 0, 0, 0, 0 }, 8, "neither" } };
    array a;

    expect(file_of("images", images, sizeof images), 3, (long[]){ 2, 1, 2 }, (double[]){ 1, 2, 255, 0 });
    expect(gz_of("images.gz", images, sizeof images), 3, (long[]){ 2, 1, 2 }, (double[]){ 1, 2, 255, 0 });
    expect(file_of("shorts", shorts, sizeof shorts), 1, (long[]){ 2 }, (double[]){ 258, -2 });
    expect(file_of("doubles", doubles, sizeof doubles), 1, (long[]){ 1 }, (double[]){ 1.5 });
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT(array_read(file_of("bad.idx", bad[i].bytes, bad[i].n), &a) == -1);
        says("bad.idx: ", bad[i].word, ";");
    }
}

static void what_is_written_is_read_back_bit_by_bit(void)
{
    static const char *const name[] = { "w.npy", "w.txt" };
    double v[12] = { 0.1, -1 / 3., 5e-324, 1.7e308, 0 };

    for (int i = 5; i < 12; i++)
        v[i] = sin(i) * 1e3;
    for (int i = 0; i < 2; i++) {
        char text[512];
        size_t n;
        FILE *f;

        must(array_write(in_box(name[i]), 2, (long[]){ 4, 3 }, v));
        expect(in_box(name[i]), 2, (long[]){ 4, 3 }, v);
        must(array_write(in_box(name[i]), 3, (long[]){ 2, 2, 3 }, v));
        expect(in_box(name[i]), i ? 2 : 3, i ? (long[]){ 4, 3 } : (long[]){ 2, 2, 3 }, v);
        f = fopen(in_box(name[i]), "rb");
        n = fread(text, 1, sizeof text - 1, f);
        text[n] = 0;
        fclose(f);
        if (i) {
            CU_ASSERT(strstr(text, "\n\n") != NULL);
        } else {
            CU_ASSERT(n == 128 + 96 && text[127] == '\n');
        }
    }
    must(array_write(in_box("one.npy"), 1, (long[]){ 12 }, v));
    expect(in_box("one.npy"), 1, (long[]){ 12 }, v);
    must(array_write(in_box("one.txt"), 1, (long[]){ 12 }, v));
    expect(in_box("one.txt"), 2, (long[]){ 1, 12 }, v);
}

static void a_write_that_fails_says_why_and_leaves_what_was_there(void)
{
    static const char *const name[] = { "/dev/full", "/no/such/folder/a.npy", "/tmp" },
        *const word[] = { "space", "folder", "name a file" };
    static const double v[40000];
    char command[512];

    for (int i = 0; i < 3; i++) {
        CU_ASSERT(array_write(name[i], 2, (long[]){ 200, 200 }, v) == -1);
        says(name[i], "cannot be written", word[i]);
    }
    CU_ASSERT(array_write("/dev/full", 1, (long[]){ 1 }, v) == -1);
    says("/dev/full", "free some space");
    must(array_write("/dev/null", 2, (long[]){ 2, 2 }, v));
    CU_ASSERT(access("/dev/null", W_OK) == 0);
    must(array_write(in_box("keep.npy"), 1, (long[]){ 1 }, &(double){ 7 }));
    must(chmod(in_box("keep.npy"), 0640));
    must(array_write(in_box("keep.npy"), 1, (long[]){ 2 }, (double[]){ 8, 9 }));
    expect(in_box("keep.npy"), 1, (long[]){ 2 }, (double[]){ 8, 9 });
    snprintf(command, sizeof command, "test $(stat -c %%a %s) = 640 && ! ls %s | grep -q tmp", in_box("keep.npy"),
             in_box(""));
    CU_ASSERT(system(command) == 0);
}

static void a_link_stays_a_link(void)
{
    struct stat st;
    char to[128];

    must(array_write(in_box("real.npy"), 1, (long[]){ 1 }, &(double){ 7 }));
    snprintf(to, sizeof to, "%s", in_box("real.npy"));
    must(symlink(to, in_box("link.npy")));
    must(array_write(in_box("link.npy"), 1, (long[]){ 1 }, &(double){ 8 }));
    CU_ASSERT(!lstat(in_box("link.npy"), &st) && S_ISLNK(st.st_mode));
    expect(to, 1, (long[]){ 1 }, (double[]){ 8 });
}

static void a_path_that_is_no_file_is_refused(void)
{
    array a;

    CU_ASSERT(array_read(in_box("none.npy"), &a) == -1);
    says("none.npy: ", "No such file", "check the path");
    CU_ASSERT(array_read("/tmp", &a) == -1);
    says("/tmp: is a folder");
}

static void large_arrays_pass_in_blocks(void)
{
    enum { N = 30011, D = 7 };
    double *v = malloc(N * D * sizeof *v);
    char *raw;
    size_t n;
    FILE *f;

    for (long i = 0; i < N * D; i++)
        v[i] = i * 0.37 - 1000;
    must(array_write(in_box("large.npy"), 2, (long[]){ N, D }, v));
    expect(in_box("large.npy"), 2, (long[]){ N, D }, v);
    raw = malloc(N * D * sizeof *v + 1000);
    f = fopen(in_box("large.npy"), "rb");
    n = fread(raw, 1, N * D * sizeof *v + 1000, f);
    fclose(f);
    expect(gz_of("large.gz", raw, n), 2, (long[]){ N, D }, v);
    must(array_write(in_box("large.txt"), 2, (long[]){ N, D }, v));
    expect(in_box("large.txt"), 2, (long[]){ N, D }, v);
    free(raw);
    free(v);
}

static const test_case tests[] = {
    { "a file cut anywhere is refused", a_file_cut_anywhere_is_refused },
    { "a header cannot make it take much memory", a_header_cannot_make_it_take_much_memory },
    { "NaN and Inf are refused with row and column", nan_and_inf_are_refused_with_row_and_column },
    { "text is read as people write it", text_is_read_as_people_write_it },
    { "what is wrong with a text is said", what_is_wrong_with_a_text_is_said },
    { "text in UTF-16 is refused", text_in_utf_16_is_refused },
    { "IDX is read and refused", idx_is_read_and_refused },
    { "what is written is read back bit by bit", what_is_written_is_read_back_bit_by_bit },
    { "a write that fails says why and leaves what was there", a_write_that_fails_says_why_and_leaves_what_was_there },
    { "a link stays a link", a_link_stays_a_link },
    { "a path that is no file is refused", a_path_that_is_no_file_is_refused },
    { "large arrays pass in blocks", large_arrays_pass_in_blocks },
    { "the folder is left clean", the_folder_is_left_clean },
    { 0, 0 },
};
const test_table table_array = { "array", tests };
