/*
 * exp, log and sincos that a loop can vectorise: one sequence of operations, explicit fma, no branch, no table; a lane
 * and the scalar tail of the loop give the same bits.
 */
#ifndef FOKKER_LANES_H
#define FOKKER_LANES_H
#include <math.h>
#include <stdint.h>
#include "base/clones.h"

INLINE double   lane_double(uint64_t u) { union { uint64_t u; double d; } v = { .u = u }; return v.d; }
INLINE uint64_t lane_bits(double d)     { union { double d; uint64_t u; } v = { .d = d }; return v.u; }

/* exp(x) = scale (1 + p): p by Taylor to r^13 on |r| <= log(2)/2.  NaN stays NaN. */
INLINE double lane_exp_parts(double x, double *scale)
{
    x = x < -708 ? -708 : x;
    x = x > 708 ? 708 : x;
    double n = fma(x, 0x1.71547652b82fep0, 0x1.8p52);
    *scale = lane_double((lane_bits(n) + 1023) << 52);
    n -= 0x1.8p52;
    double r = fma(-n, 0x1.62e42fefa39efp-1, x);
    r = fma(-n, 0x1.abc9e3b39803fp-56, r);
    double q = 1 / 6227020800.;
    q = fma(q, r, 1 / 479001600.); q = fma(q, r, 1 / 39916800.); q = fma(q, r, 1 / 3628800.);
    q = fma(q, r, 1 / 362880.);    q = fma(q, r, 1 / 40320.);    q = fma(q, r, 1 / 5040.);
    q = fma(q, r, 1 / 720.);       q = fma(q, r, 1 / 120.);      q = fma(q, r, 1 / 24.);
    q = fma(q, r, 1 / 6.);         q = fma(q, r, 0.5);
    return fma(q * r, r, r);
}
INLINE double lane_exp(double x)   { double s, p = lane_exp_parts(x, &s); return fma(s, p, s); }
INLINE double lane_expm1(double x) { double s, p = lane_exp_parts(x, &s); return fma(s, p, s - 1); }

/* 2^x for x in [-900, 1]; smaller x as -900: a factor beside it may be as small as 2^-122 before their product is
 * subnormal and costs a hundred times as much.
 * Minimax of degree 11 on |r| <= 1/2, error 4e-18 before rounding. */
INLINE double lane_exp2(double x)
{
    x = x < -900 ? -900 : x;
    double n = x + (0x1.8p52 + 1023), r = x - (n - (0x1.8p52 + 1023)), q = 0x1.e9ec1fcb69a7fp-32;
    q = fma(q, r, 0x1.e6228acd1c6e5p-28); q = fma(q, r, 0x1.b524ebd13a55fp-24); q = fma(q, r, 0x1.62bfc2c86d700p-20);
    q = fma(q, r, 0x1.ffcbfc6da6ed1p-17); q = fma(q, r, 0x1.430913112c61bp-13); q = fma(q, r, 0x1.5d87fe78a3f9cp-10);
    q = fma(q, r, 0x1.3b2ab6fb9f1a5p-7);  q = fma(q, r, 0x1.c6b08d704a0c6p-5);  q = fma(q, r, 0x1.ebfbdff82c5aep-3);
    q = fma(q, r, 0x1.62e42fefa39efp-1);  q = fma(q, r, 1);
    return q * lane_double(lane_bits(n) << 52);
}

/* log of a positive normal number (fdlibm's polynomial). */
INLINE double lane_log(double x)
{
    uint64_t b = lane_bits(x) + (0x3ff0000000000000 - 0x3fe6a09e00000000);
    double k = lane_double(b >> 52 | 0x4330000000000000) - (0x1p52 + 1023);
    double f = lane_double((b & 0x000fffffffffffff) + 0x3fe6a09e00000000) - 1;
    double s = f / (2 + f), z = s * s, half = 0.5 * f * f, R = 1.479819860511658591e-01;
    R = fma(R, z, 1.531383769920937332e-01); R = fma(R, z, 1.818357216161805012e-01);
    R = fma(R, z, 2.222219843214978396e-01); R = fma(R, z, 2.857142874366239149e-01);
    R = fma(R, z, 3.999999999940941908e-01); R = fma(R, z, 6.666666666666735130e-01);
    R *= z;
    return k * 6.93147180369123816490e-01 - ((half - fma(s, half + R, k * 1.90821492927058770002e-10)) - f);
}

/* cos and sin of 2 pi u, 0 <= u < 1. */
INLINE void lane_circle(double u, double *c, double *s)
{
    double q = fma(u, 4, 0x1.8p52);
    uint64_t quarter = lane_bits(q);
    double r = (4 * u - (q - 0x1.8p52)) * 1.57079632679489661923, z = r * r;
    double S = 1.58969099521155010221e-10, C = -1.13596475577881948265e-11;
    S = fma(S, z, -2.50507602534068634195e-08); C = fma(C, z, 2.08757232129817482790e-09);
    S = fma(S, z, 2.75573137070700676789e-06);  C = fma(C, z, -2.75573143513906633035e-07);
    S = fma(S, z, -1.98412698298579493134e-04); C = fma(C, z, 2.48015872894767294178e-05);
    S = fma(S, z, 8.33333333332248946124e-03);  C = fma(C, z, -1.38888888888741095749e-03);
    S = fma(S, z, -1.66666666666666324348e-01); C = fma(C, z, 4.16666666666666019037e-02);
    S = fma(S * z, r, r);
    C = fma(C * z, z, fma(-0.5, z, 1));
    double cc = quarter & 1 ? S : C, ss = quarter & 1 ? C : S;
    *c = lane_double(lane_bits(cc) ^ ((quarter + 1) & 2) << 62);
    *s = lane_double(lane_bits(ss) ^ (quarter & 2) << 62);
}
#endif
