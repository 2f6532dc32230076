/* IEEE's half precision (float16), as the 16 bits that files and networks hold. */
#ifndef FOKKER_HALF_H
#define FOKKER_HALF_H
#include <math.h>
#include <stdint.h>
#include <string.h>

/* A number of the upper 16 bits of a float is a bfloat16. */
static inline double bits_value(uint32_t u)
{
    float f;

    memcpy(&f, &u, sizeof f);
    return f;
}

/* The exponent is rebased by a product, which also mends subnormal numbers. */
static inline double half_value(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, rest = h & 0x7fff;

    return rest >= 0x7c00 ? bits_value(sign | 0x7f800000 | (rest & 0x3ff) << 13)
                          : bits_value(sign | rest << 13) * 0x1p112;
}

/* The nearest, ties to even; infinite from 65520 on, where half precision ends. */
static inline uint16_t half_of(double v)
{
    uint16_t sign = signbit(v) ? 0x8000 : 0;
    double a = fabs(v);
    int e = 0;

    if (isnan(v))
        return sign | 0x7e00;
    if (a >= 65520)
        return sign | 0x7c00;
    if (a < 0x1p-14)
        return sign | (uint16_t)rint(a * 0x1p24);
    frexp(a, &e);                                   /* a = m 2^e, 1/2 <= m < 1: 1024 to 2048 units of 2^(e - 11) */
    return sign | (uint16_t)(((e + 13) << 10) + (int)rint(ldexp(a, 11 - e)));
}

#endif
