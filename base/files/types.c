/* How numbers lie in files: the types of NumPy, .safetensors and IDX. */
#include <stdint.h>
#include <string.h>
#include "base/half.h"
#include "base/files/source.h"

#define CONVERT(name, ctype, value)                                                     \
    static void name(const unsigned char *raw, long n, double *v)                       \
    {                                                                                   \
        for (long i = 0; i < n; i++) {                                                  \
            ctype x;                                                                    \
                                                                                        \
            memcpy(&x, raw + i * sizeof x, sizeof x);                                   \
            v[i] = value;                                                               \
        }                                                                               \
    }
#define PLAIN(name, ctype) CONVERT(name, ctype, (double)x)
PLAIN(from_f8, double)   PLAIN(from_f4, float)
PLAIN(from_i1, int8_t)   PLAIN(from_i2, int16_t)  PLAIN(from_i4, int32_t)  PLAIN(from_i8, int64_t)
PLAIN(from_u1, uint8_t)  PLAIN(from_u2, uint16_t) PLAIN(from_u4, uint32_t) PLAIN(from_u8, uint64_t)
CONVERT(from_f2, uint16_t, half_value(x))
CONVERT(from_bf, uint16_t, bits_value((uint32_t)x << 16))

static const type types[] = {
    { "f8", "F64", 0x0e, 8, from_f8 }, { "f4", "F32", 0x0d, 4, from_f4 }, { "f2", "F16", 0, 2, from_f2 },
    { "",   "BF16", 0,   2, from_bf },
    { "i1", "I8",  0x09, 1, from_i1 }, { "i2", "I16", 0x0b, 2, from_i2 }, { "i4", "I32", 0x0c, 4, from_i4 },
    { "i8", "I64", 0,    8, from_i8 },
    { "u1", "U8",  0x08, 1, from_u1 }, { "u2", "U16", 0,    2, from_u2 }, { "u4", "U32", 0,    4, from_u4 },
    { "u8", "U64", 0,    8, from_u8 }, { "b1", "BOOL", 0,   1, from_u1 },
};
enum { TYPES = sizeof types / sizeof *types };

const type *type_named(const char *descr)
{
    for (int i = 0; i < TYPES; i++)
        if (*descr && !strcmp(types[i].descr, descr))
            return &types[i];
    return NULL;
}

const type *type_of_dtype(const char *dtype)
{
    for (int i = 0; i < TYPES; i++)
        if (!strcmp(types[i].dtype, dtype))
            return &types[i];
    return NULL;
}

const type *type_coded(int code)
{
    for (int i = 0; i < TYPES; i++)
        if (code && types[i].code == code)
            return &types[i];
    return NULL;
}
