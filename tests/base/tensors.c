/* Weights in files: what others wrote is read, what is written others can read, and for each way to
 * be wrong one sentence. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/files/tensors.h"
#include "tests/support/golden.h"
#include "tests/support/packed.h"
#include "tests/suite.h"

/* A .safetensors with this header and n bytes behind it; its path. */
static const char *safetensors_of(const char *header, const void *data, size_t n)
{
    const char *path = in_box("a.safetensors");
    FILE *f = fopen(path, "wb");
    uint64_t len = strlen(header);

    CU_ASSERT_FATAL(f != NULL);
    fwrite(&len, 8, 1, f), fwrite(header, 1, len, f), fwrite(data, 1, n, f);
    fclose(f);
    return path;
}

static const double numbers[6] = { 1, -2.5, 0, 1 / 3., 65504, 0x1p-24 };

/* That the tensor is there with this shape and the numbers, to the precision of its type. */
static void expect_numbers(const tensors *all, const char *name, int dims, const long *shape, double rounding)
{
    const tensor *t = tensors_find(all, name);

    CU_ASSERT_FATAL(t != NULL && t->dims == dims);
    for (int i = 0; i < dims; i++)
        CU_ASSERT_EQUAL(t->shape[i], shape[i]);
    CU_ASSERT_EQUAL_FATAL(tensor_size(t), 6);
    for (int i = 0; i < 6; i++)
        near(t->v[i], numbers[i], rounding * fabs(numbers[i]));
}

static void every_type_of_safetensors_is_read(void)
{
    unsigned char data[8 + 48 + 24 + 12 + 12];
    float f[6];
    uint16_t h[6] = { 0x3c00, 0xc100, 0, 0x3555, 0x7bff, 0x0001 };
    tensors all;

    for (int i = 0; i < 6; i++)
        f[i] = (float)numbers[i];
    memcpy(data, &(int64_t){ 7 }, 8), memcpy(data + 8, numbers, 48), memcpy(data + 56, f, 24), memcpy(data + 80, h, 12);
    for (int i = 0; i < 6; i++)
        memcpy(data + 92 + 2 * i, (char *)&f[i] + 2, 2);
    if (must(tensors_read(safetensors_of(
            "{\"__metadata__\":{\"layers\":\"linear silu\",\"who\":\"S\\u00e4ugetier \\\"x\\\"\\n\"},"
            "\"count\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
            "\"w64\":{\"dtype\":\"F64\",\"shape\":[3,2],\"data_offsets\":[8,56]},"
            "\"w32\":{\"dtype\":\"F32\",\"shape\":[6],\"data_offsets\":[56,80]},"
            "\"w16\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[80,92]},"
            "\"brain\":{\"dtype\":\"BF16\",\"shape\":[1,2,3,1],\"data_offsets\":[92,104]}}    ", data, sizeof data),
            &all)))
        return;
    CU_ASSERT_EQUAL(all.count, 5);
    CU_ASSERT_EQUAL(tensors_find(&all, "count")->v[0], 7);
    CU_ASSERT_EQUAL(tensors_find(&all, "count")->shape[0], 1);
    expect_numbers(&all, "w64", 2, (long[]){ 3, 2 }, 0x1p-24);
    expect_numbers(&all, "w32", 1, (long[]){ 6 }, 0x1p-24);
    expect_numbers(&all, "w16", 2, (long[]){ 2, 3 }, 0x1p-11);
    expect_numbers(&all, "brain", 4, (long[]){ 1, 2, 3, 1 }, 0x1p-7);
    CU_ASSERT(tensors_find(&all, "w8") == NULL);
    CU_ASSERT_STRING_EQUAL(tensors_nearest(&all, "wei32"), "w32");
    CU_ASSERT_STRING_EQUAL(tensors_note(&all, "layers"), "linear silu");
    CU_ASSERT_STRING_EQUAL(tensors_note(&all, "who"), "S\303\244ugetier \"x\"\n");
    CU_ASSERT(tensors_note(&all, "what") == NULL);
    tensors_free(&all);
}

static void what_numpy_wrote_is_read(void)
{
    static const char *const files[] = { "small.npz", "small-deflated.npz" };

    for (int k = 0; k < 2; k++) {
        char path[4096];
        const tensor *axes;
        tensors all;

        golden_path(files[k], path, sizeof path);
        if (must(tensors_read(path, &all)))
            continue;
        CU_ASSERT_EQUAL(all.count, 4);
        expect_numbers(&all, "w64", 2, (long[]){ 3, 2 }, 0x1p-24);
        expect_numbers(&all, "w32", 2, (long[]){ 3, 2 }, 0x1p-24);
        CU_ASSERT_EQUAL(tensors_find(&all, "count")->v[0], 7);
        axes = tensors_find(&all, "axes");
        CU_ASSERT_FATAL(axes != NULL && axes->dims == 4 && axes->shape[1] == 3 && tensor_size(axes) == 24);
        for (int i = 0; i < 24; i++)
            CU_ASSERT_EQUAL(axes->v[i], i);
        tensors_free(&all);
    }
}

/* A reader of its own, by the format's description and nothing else: the offset of a tensor's numbers in the file. */
static long offset_of(const char *file, const char *name, const char *shape)
{
    uint64_t len;
    char want[128];
    const char *at;
    long from = 0, to = 0;

    memcpy(&len, file, 8);
    CU_ASSERT(len % 8 == 0 && file[8] == '{');
    snprintf(want, sizeof want, "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[", name, shape);
    at = strstr(file + 8, want);
    CU_ASSERT_FATAL(at != NULL && sscanf(at + strlen(want), "%ld,%ld]}", &from, &to) == 2);
    return 8 + (long)len + from;
}

static void what_is_written_others_read_and_so_do_we(void)
{
    tensors all = { .path = strdup("made") }, back;
    float a[6] = { 1, 2, 3, -4, 1e-30f, 3e38f }, b = 0.1f;
    char file[1024];
    FILE *f;
    size_t n;

    memcpy(tensors_add(&all, "z.weight", 2, (long[]){ 2, 3 })->v, a, sizeof a);
    memcpy(tensors_add(&all, "a.bias", 1, (long[]){ 1 })->v, &b, sizeof b);
    CU_ASSERT(!tensors_add_note(&all, "step", "12") && !tensors_add_note(&all, "quote", "a \"b\" \\ \xc3\xa4"));
    must(tensors_write(in_box("out.safetensors"), &all));
    tensors_free(&all);
    f = fopen(in_box("out.safetensors"), "rb");
    n = fread(file, 1, sizeof file - 1, f);
    fclose(f);
    file[n] = 0;
    CU_ASSERT(strstr(file + 8, "\"__metadata__\":{\"step\":\"12\"") != NULL);
    CU_ASSERT(!memcmp(file + offset_of(file, "z.weight", "[2,3]"), a, sizeof a));
    CU_ASSERT(!memcmp(file + offset_of(file, "a.bias", "[1]"), &b, sizeof b));
    if (must(tensors_read(in_box("out.safetensors"), &back)))
        return;
    CU_ASSERT(!memcmp(tensors_find(&back, "z.weight")->v, a, sizeof a));
    CU_ASSERT_STRING_EQUAL(tensors_note(&back, "quote"), "a \"b\" \\ \xc3\xa4");
    tensors_free(&back);
    CU_ASSERT(tensors_write("/no/such/folder/x.safetensors", &back));
    says("make its folder");
}

#define W "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}"

static void what_is_wrong_with_a_safetensors_is_said(void)
{
    static const struct { const char *header; int bytes; const char *word; } t[] = {
        { "{" W "}", 4, "truncated" }, { "{" W "}", 12, "something behind" }, { "[1, 2]", 0, "neither" },
        { "{" W, 8, "no JSON" },
        { "{}", 0, "no tensor" },
        { "{" W "," W "}", 8, "begins at byte 0" },
        { "{" W ",\"v\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", 12, "byte 4" },
        { "{" W ",\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}", 12, "twice" },
        { "{" W ",\"v\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}}", 16, "byte 12" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,-8]}}", 8, "garbage" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,1e300]}}", 8, "garbage" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, "garbage" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "needs 3 numbers" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}", 8, "more numbers" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[8,8,8,8],\"data_offsets\":[0,8]}}", 8, "more numbers" },
        { "{\"w\":7}", 8, "garbage" } };
    char zeros[32] = { 0 };
    tensors all;

    for (unsigned i = 0; i < sizeof t / sizeof *t; i++) {
        CU_ASSERT(tensors_read(safetensors_of(t[i].header, zeros, t[i].bytes), &all));
        says("a.safetensors", t[i].word);
        CU_ASSERT(all.count == 0 && all.tensor == NULL && all.path == NULL);
    }
    CU_ASSERT(tensors_read(in_box("none.npz"), &all));
    says("No such file");
    CU_ASSERT(tensors_read(in_box(""), &all));
    says("is no file");
}

/* What nobody asks for may be of any type; who asks is told why it was not read. */
static void what_is_not_read_is_refused_where_it_is_asked_for_and_nowhere_else(void)
{
    static const struct { const char *header; int bytes; const char *word; } t[] = {
        { "\"shape\":[0,3],\"dtype\":\"F32\",\"data_offsets\":[8,8]", 0, "empty" },
        { "\"shape\":[1,1,1,1,2],\"dtype\":\"F32\",\"data_offsets\":[8,16]", 8, "axes" },
        { "\"shape\":[8],\"dtype\":\"F8_E4M3\",\"data_offsets\":[8,16]", 8, "F8_E4M3" },
        { "\"shape\":[2],\"dtype\":\"F32\",\"data_offsets\":[8,16]", 8, "number 1 of v is nan" },
        { "\"shape\":[7,1,1,1,2,0],\"dtype\":\"C64\",\"data_offsets\":[8,12]", 4, "empty" } };
    tensors all;

    for (unsigned i = 0; i < sizeof t / sizeof *t; i++) {
        char header[512];

        snprintf(header, sizeof header, "{" W ",\"v\":{%s},\"__metadata__\":{\"dim\":2,\"of\":[1,true]}}", t[i].header);
        if (must(tensors_read(safetensors_of(header, (float[]){ 3, 4, NAN, 1 }, 8 + t[i].bytes), &all)))
            continue;
        CU_ASSERT(tensors_find(&all, "w")->v[1] == 4 && !tensors_refused(&all, "w") && !tensors_refused(&all, "u"));
        CU_ASSERT(tensors_find(&all, "v") == NULL && tensors_refused(&all, "v") == -1);
        says("a.safetensors: ", t[i].word);
        CU_ASSERT_STRING_EQUAL(tensors_note(&all, "dim"), "2");
        CU_ASSERT_STRING_EQUAL(tensors_note(&all, "of"), "[1,true]");
        tensors_free(&all);
    }
    if (!must(tensors_read(safetensors_of("{\"__metadata__\":3," W "}", (float[]){ 1, 2 }, 8), &all))) {
        CU_ASSERT(all.notes == 0 && tensors_find(&all, "w") != NULL);
        tensors_free(&all);
    }
}

/* Every cut and every changed byte: refused or read, within bounds (the sanitizers look). */
static void a_file_cut_or_changed_anywhere_does_no_harm(void)
{
    static const char *const files[] = { "small.npz", "small-deflated.npz", NULL };
    int cut_read = 0;

    for (int k = 0; k < 3; k++) {
        char path[4096], file[2048];
        const char *bad = in_box("bad.npz"), *from = path;
        size_t n;
        FILE *f;

        if (files[k])
            golden_path(files[k], path, sizeof path);
        else
            from = safetensors_of("{\"__metadata__\":{\"a\":\"b\"}," W
                           ",\"v\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[8,10]}}", "0123456789", 10);
        f = fopen(from, "rb");
        CU_ASSERT_FATAL(f != NULL);
        n = fread(file, 1, sizeof file, f);
        fclose(f);
        bad = in_box("bad.npz");
        for (size_t i = 0; i < 2 * n; i++) {
            tensors all;

            if (i >= n)
                file[i - n] ^= 1 << i % 8;
            f = fopen(bad, "wb");
            fwrite(file, 1, i < n ? i : n, f);
            fclose(f);
            if (!tensors_read(bad, &all)) {
                cut_read += i < n;
                tensors_free(&all);
            }
            if (i >= n)
                file[i - n] ^= 1 << i % 8;
        }
    }
    CU_ASSERT_EQUAL(cut_read, 0);
}

static const test_case tests[] = {
    { "every type of safetensors is read", every_type_of_safetensors_is_read },
    { "what numpy wrote is read", what_numpy_wrote_is_read },
    { "what is written others read, and so do we", what_is_written_others_read_and_so_do_we },
    { "what is wrong with a safetensors is said", what_is_wrong_with_a_safetensors_is_said },
    { "what is not read is refused where it is asked for and nowhere else",
      what_is_not_read_is_refused_where_it_is_asked_for_and_nowhere_else },
    { "a file cut or changed anywhere does no harm", a_file_cut_or_changed_anywhere_does_no_harm },
    { "the folder is left clean", the_folder_is_left_clean },
    { 0, 0 },
};
const test_table table_tensors = { "tensors", tests };
