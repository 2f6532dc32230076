/* NumPy's .npz: archives as numpy and other programs write them, of any size, and what is wrong with one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "base/files/tensors.h"
#include "tests/suite.h"
#include "tests/support/packed.h"

/* A 3 x 2 array of this type as .npy; its length. */
static size_t six(char *out, const char *type, int big, int fortran)
{
    char header[128], data[64], *to = data;

    for (int k = 0; k < 6; k++)
        to += number_of(to, type, big, (fortran ? k % 3 * 2 + k / 3 : k) + 1);
    snprintf(header, sizeof header, "{'descr': '%c%s', 'fortran_order': %s, 'shape': (3, 2), }  \n",
             type[1] == '1' ? '|' : big ? '>' : '<', type, fortran ? "True" : "False");
    return npy_of(out, 1, header, data, to - data);
}

static const char *npz_file(const char *bytes, size_t n) { return file_of("made.npz", bytes, n); }

/* That the tensor is 1 to 6. */
static void expect_six(const tensors *all, const char *name)
{
    const tensor *t = tensors_find(all, name);

    CU_ASSERT_FATAL(t != NULL);
    CU_ASSERT(t->dims == 2 && t->shape[0] == 3 && t->shape[1] == 2);
    for (int k = 0; k < 6; k++)
        CU_ASSERT_EQUAL(t->v[k], k + 1);
}

static void every_type_and_order_is_read_from_every_kind_of_npz(void)
{
    static const char *const types[] = { "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8" };
    enum { TYPES = sizeof types / sizeof *types };

    for (int how = 0; how < 8; how++) {
        char name[4 * TYPES][24], data[4 * TYPES][200], file[65536], of[24];
        zip_member member[4 * TYPES];
        tensors all;

        for (int i = 0; i < 4 * TYPES; i++) {
            snprintf(name[i], sizeof *name, "%s.%d.npy", types[i / 4], i % 4);
            member[i] = (zip_member){ name[i], data[i], six(data[i], types[i / 4], i & 1, i >> 1 & 1) };
        }
        if (must(tensors_read(npz_file(file, zip_of(file, how, 4 * TYPES, member)), &all)))
            continue;
        CU_ASSERT_EQUAL(all.count, 4 * TYPES);
        for (int i = 0; i < 4 * TYPES; i++) {
            snprintf(of, sizeof of, "%s.%d", types[i / 4], i % 4);
            expect_six(&all, of);
        }
        tensors_free(&all);
    }
}

static void members_of_a_npz_that_no_layer_names_may_be_anything(void)
{
    static const char *const bad[] = { "'|O'", "'<c16'", "'<U3'", "[('x', '<f8')]", "'<f16'" };
    char w[256], data[5][256], file[8192], name[5][24];
    zip_member member[8] = { { "w.npy", w, six(w, "f4", 0, 0) }, { "archive/data.pkl", "\200\2}q.", 5 },
                             { "empty.npy", "", 0 } };
    tensors all;

    for (int i = 0; i < 5; i++) {
        char header[128];

        snprintf(header, sizeof header, "{'descr': %s, 'fortran_order': False, 'shape': (3,)}", bad[i]);
        snprintf(name[i], sizeof *name, "v%d.npy", i);
        member[3 + i] = (zip_member){ name[i], data[i], npy_of(data[i], 1, header, "123456", 6) };
    }
    for (int how = 0; how < 2; how++) {
        if (must(tensors_read(npz_file(file, zip_of(file, how, 8, member)), &all)))
            continue;
        expect_six(&all, "w");
        CU_ASSERT(tensors_refused(&all, "v0") && !tensors_find(&all, "v0"));
        says("made.npz: v0: ", "Python objects");
        CU_ASSERT(tensors_refused(&all, "empty") && !tensors_refused(&all, "archive/data"));
        tensors_free(&all);
        CU_ASSERT(tensors_read(npz_file(file, zip_of(file, how, 1, member + 1)), &all) == -1);
        says("made.npz: holds no .npy, but archive/data.pkl", "numpy.savez");
    }
}

/* Two members with a hole between them that takes no room on the disk. */
static void a_npz_above_4_gigabytes_is_read(void)
{
    static const long far = 5L << 30;
    char w[256], one[1024], two[1024], end[1024];
    zip_member member[2] = { { "a.npy", w, six(w, "f4", 0, 0) }, { "b.npy", w, member[0].size } };
    size_t n = zip_of(one, ZIP_64, 1, member), m = zip_of(two, ZIP_64, 1, member + 1);
    size_t local = 30 + 5 + 20 + member->size, entry = n - local - 56 - 20 - 22, at = 0;
    const char *path = npz_file(one, local);
    FILE *f = fopen(path, "r+b");
    tensors all;

    memcpy(end, one + local, entry), memcpy(end + entry, two + local, m - local);
    at = 2 * entry;
    memcpy(end + 2 * entry - 8, &far, 8);                                   /* where b begins */
    memcpy(end + at + 24, (long[]){ 2, 2, 2 * entry, far + local }, 32);    /* entries, the directory */
    memcpy(end + at + 56 + 8, (long[]){ far + local + 2 * entry }, 8);      /* the record of that */
    CU_ASSERT_FATAL(f != NULL && !fseek(f, far, SEEK_SET));
    fwrite(two, 1, local, f), fwrite(end, 1, entry + m - local, f);
    CU_ASSERT(fclose(f) == 0);
    if (must(tensors_read(path, &all)))
        return;
    expect_six(&all, "a"), expect_six(&all, "b");
    tensors_free(&all);
}

static void a_damaged_npz_is_refused(void)
{
    char w[256], file[1024];
    zip_member member = { "w.npy", w, six(w, "f4", 0, 0) };
    size_t n = zip_of(file, 0, 1, &member);
    tensors all;

    file[30 + 5 + member.size - 1] ^= 1;
    CU_ASSERT(tensors_read(npz_file(file, n), &all) == -1);
    says("made.npz: w: its checksum does not fit");
    file[30 + 5 + member.size - 1] ^= 1;
    file[30 + 5 + 12] ^= 1;                         /* in the header of the .npy: it is no tensor of another type */
    CU_ASSERT(tensors_read(npz_file(file, n), &all) == -1);
    says("made.npz: w: its checksum does not fit");
}

static const test_case tests[] = {
    { "every type and order is read from every kind of npz", every_type_and_order_is_read_from_every_kind_of_npz },
    { "members of a npz that no layer names may be anything", members_of_a_npz_that_no_layer_names_may_be_anything },
    { "a npz above 4 gigabytes is read", a_npz_above_4_gigabytes_is_read },
    { "a damaged npz is refused", a_damaged_npz_is_refused },
    { "the folder is left clean", the_folder_is_left_clean },
    { 0, 0 },
};
const test_table table_npz = { "npz", tests };
