/* NumPy's .npy: every type and order that is read, and for each way to be wrong one sentence with its place. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/fail.h"
#include "base/files/array.h"
#include "base/half.h"
#include "tests/suite.h"
#include "tests/support/packed.h"

/* Rows of the file: the numbers of a 3 x 2 array, as they are or by columns. */
static void every_type_of_npy_is_read_in_both_byte_orders_and_both_orders_of_indices(void)
{
    static const char *const types[] = { "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1" };
    static const double v[] = { 1, 0, 3, 2, 5, 77 }, yes[] = { 1, 0, 1, 1, 0, 1 };

    for (unsigned i = 0; i < 4 * sizeof types / sizeof *types; i++) {
        const char *type = types[i / 4];
        const double *of = *type == 'b' ? yes : v;
        int big = i & 1, fortran = i >> 1 & 1;
        char header[128], data[64], bytes[256], *to = data;

        for (int k = 0; k < 6; k++)
            to += number_of(to, type, big, of[fortran ? k % 3 * 2 + k / 3 : k]);
        snprintf(header, sizeof header, "{'descr': '%c%s', 'fortran_order': %s, 'shape': (3, 2), }  \n",
                 type[1] == '1' ? '|' : big ? '>' : '<', type, fortran ? "True" : "False");
        for (int version = 1; version <= 3; version++) {
            size_t n = npy_of(bytes, version, header, data, to - data);

            expect(file_of("a.npy", bytes, n), 2, (long[]){ 3, 2 }, of);
            expect(gz_of("a.npy.gz", bytes, n), 2, (long[]){ 3, 2 }, of);
        }
    }
}

static void fortran_order_of_many_axes_is_read(void)
{
    enum { A = 2, B = 3, C = 5, D = 4, N = A * B * C * D };
    double v[N], file[N];
    char bytes[N * 8 + 256];
    size_t n;

    for (int a = 0, i = 0; a < A; a++)
        for (int b = 0; b < B; b++)
            for (int c = 0; c < C; c++)
                for (int d = 0; d < D; d++, i++)
                    file[a + A * (b + B * (c + C * d))] = v[i] = 1000 * a + 100 * b + 10 * c + d;
    n = npy_of(bytes, 1, "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3, 5, 4), }", file, sizeof file);
    expect(file_of("four.npy", bytes, n), 4, (long[]){ A, B, C, D }, v);
}

/* Against the definition: a half is sign 2^(e - 25) (1024 + f), or 2^-24 f where e is 0. */
static void half_precision_is_exact_and_rounds_to_even(void)
{
    int wrong = 0;

    for (int h = 0; h < 0x7c00; h++) {
        int e = h >> 10, f = h & 0x3ff;
        double v = e ? ldexp(1024 + f, e - 25) : ldexp(f, -24), next = half_value(h + 1), middle = v + (next - v) / 2;
        int even = h & 1 ? h + 1 : h;

        if (h == 0x7bff)
            middle = 65520;
        wrong += half_value(h) != v || half_value(0x8000 | h) != -v || half_of(v) != h || half_of(-v) != (0x8000 | h);
        wrong += half_of(middle) != even || half_of(nextafter(middle, 0)) != h;
        wrong += half_of(nextafter(middle, INFINITY)) != h + 1 || half_of(-middle) != (0x8000 | even);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(half_of(1e300) == 0x7c00 && half_of(-INFINITY) == 0xfc00 && isnan(half_value(half_of(NAN))));
    CU_ASSERT(half_value(0x7c00) == INFINITY && half_value(0xfc00) == -INFINITY);
}

static void headers_of_other_writers_are_read(void)
{
    static const struct { const char *header; int dims; long shape[4]; } t[] = {
        { "{\"shape\":(2,1),\"fortran_order\":False,\"descr\":\"|b1\"}", 2, { 2, 1 } },
        { "{'descr': '|u1', 'fortran_order': True, 'shape': (2L,), }\n", 1, { 2 } },
        { "{'descr': '|i1', 'fortran_order': False, 'shape': (1, 2, 1,1), }\n", 4, { 1, 2, 1, 1 } } };

    for (unsigned i = 0; i < sizeof t / sizeof *t; i++) {
        char bytes[256];
        size_t n = npy_of(bytes, 1, t[i].header, "\1\0", 2);

        expect(file_of("a.npy", bytes, n), t[i].dims, t[i].shape, (double[]){ 1, 0 });
    }
}

static void what_is_wrong_with_a_npy_is_said(void)
{
    static const struct { const char *header, *word, *cure; } t[] = {
        { HEAD("'|O'", "False", "(2, 2)"), "Python objects", "astype" },
        { HEAD("'<c16'", "False", "(2, 2)"), "complex", "real part" },
        { HEAD("'<U3'", "False", "(2, 2)"), "<U3", "float64" },
        { HEAD("'<f16'", "False", "(2, 2)"), "<f16", "astype" },
        { HEAD("'f8'", "False", "(2, 2)"), "dtype f8", "astype" },
        { HEAD("''", "False", "(2, 2)"), "dtype", "astype" },
        { HEAD("[('x', '<f8')]", "False", "(4,)"), "records", "float64" },
        { HEAD("'<f8'", "False", "(2, 3)"), "truncated", "write it again" },
        { HEAD("'<f8'", "False", "(2, 1)"), "32 bytes", "16" },
        { HEAD("'<f8'", "False", "(4294967296, 4294967296)"), "truncated", "shape" },
        { HEAD("'<f8'", "False", "(4, 4611686018427387905)"), "truncated", "shape" },
        { HEAD("'<f8'", "False", "(99999999999999999999, 1)"), "axis", "write the file again" },
        { HEAD("'<f8'", "False", "(0, 2)"), "empty", "row" },
        { HEAD("'<f8'", "False", "(1, 1, 1, 2, 2)"), "axes", "reshape" },
        { HEAD("'<f8'", "False", "(-2, -2)"), "garbage", "numpy.save" },
        { HEAD("'<f8'", "False", "(2, 2"), "garbage", "numpy.save" },
        { HEAD("'<f8'", "Maybe", "(2, 2)"), "garbage near \"Maybe", "numpy.save" },
        { HEAD("'<f8", "False", "(2, 2)"), "garbage", "numpy.save" },
        { "{'descr': '<f8', 'shape': (2, 2)}", "garbage", "numpy.save" },
        { "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2, 2)}", "garbage", "numpy.save" },
        { "{'descr': '<f8', 'colour': False, 'shape': (2, 2)}", "garbage", "numpy.save" },
        { "{'descr': 'a word that is far longer than any dtype of this world', 'shape': (2, 2)}", "garbage",
          "numpy.save" },
        { HEAD("'<f8'", "False", "(2, 2)") " more", "garbage near \"more", "numpy.save" },
        { "", "garbage", "numpy.save" },
        { "\x01\xff{", "garbage", "numpy.save" } };
    double v[4] = { 0 };

    for (unsigned i = 0; i < sizeof t / sizeof *t; i++) {
        char bytes[512];
        size_t n = npy_of(bytes, 1, t[i].header, v, sizeof v);
        array a;

        CU_ASSERT(array_read(file_of("bad.npy", bytes, n), &a) == -1);
        CU_ASSERT(a.v == NULL);
        says("bad.npy: ", t[i].word, t[i].cure);
    }
}

static const test_case tests[] = {
    { "every type of npy is read in both byte orders and both orders of indices",
      every_type_of_npy_is_read_in_both_byte_orders_and_both_orders_of_indices },
    { "Fortran order of many axes is read", fortran_order_of_many_axes_is_read },
    { "half precision is exact and rounds to even", half_precision_is_exact_and_rounds_to_even },
    { "headers of other writers are read", headers_of_other_writers_are_read },
    { "what is wrong with a npy is said", what_is_wrong_with_a_npy_is_said },
    { "the folder is left clean", the_folder_is_left_clean },
    { 0, 0 },
};
const test_table table_npy = { "npy", tests };
