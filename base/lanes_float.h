/*
 * What networks take of a float: exp, expm1, erf, tanh, the sigmoid and softplus.
 * As in lanes.h: one sequence of operations, explicit fma, no branch, no table; a lane and the scalar tail of a
 * loop give the same bits.
 * Errors are below 3 units in the last place (tested); NaN stays NaN.
 */
#ifndef FOKKER_LANES_FLOAT_H
#define FOKKER_LANES_FLOAT_H
#include <math.h>
#include <stdint.h>
#include "base/clones.h"

INLINE float    lane_float(uint32_t u)   { union { uint32_t u; float f; } v = { .u = u }; return v.f; }
INLINE uint32_t lane_float_bits(float f) { union { uint32_t u; float f; } v = { .f = f }; return v.u; }

/* exp(x) = scale (1 + p), x in [-87, 88]: p by Taylor to r^7 on |r| <= log(2)/2. */
INLINE float lane_expf_parts(float x, float *scale)
{
    x = x < -87 ? -87 : x;
    x = x > 88 ? 88 : x;
    float n = fmaf(x, 0x1.715476p0f, 0x1.8p23f);
    *scale = lane_float((lane_float_bits(n) + 127) << 23);
    n -= 0x1.8p23f;
    float r = fmaf(-n, 0x1.62e43p-1f, x);
    r = fmaf(-n, -0x1.05c61p-29f, r);
    float q = 1 / 5040.f;
    q = fmaf(q, r, 1 / 720.f); q = fmaf(q, r, 1 / 120.f); q = fmaf(q, r, 1 / 24.f); q = fmaf(q, r, 1 / 6.f);
    q = fmaf(q, r, 0.5f);
    return fmaf(q * r, r, r);
}
INLINE float lane_expf(float x)   { float s, p = lane_expf_parts(x, &s); return fmaf(s, p, s); }
INLINE float lane_expm1f(float x) { float s, p = lane_expf_parts(x, &s); return fmaf(s, p, s - 1); }

INLINE float lane_sigmoidf(float x) { return 1 / (1 + lane_expf(-x)); }
INLINE float lane_tanhf(float x)    { float e = lane_expm1f(2 * x); return e / (e + 2); }

/* log(1 + e^x) = max(x, 0) + log1p(u), u = e^-|x|, log1p(u) = 2 atanh(s), s = u/(2 + u) <= 1/3. */
INLINE float lane_softplusf(float x)
{
    float u = lane_expf(-fabsf(x)), s = u / (2 + u), z = s * s, q = 1 / 15.f, top = x < 0 ? 0 : x;

    q = fmaf(q, z, 1 / 13.f); q = fmaf(q, z, 1 / 11.f); q = fmaf(q, z, 1 / 9.f); q = fmaf(q, z, 1 / 7.f);
    q = fmaf(q, z, 1 / 5.f);
    q = fmaf(q, z, 1 / 3.f);
    return top + 2 * fmaf(s * z, q, s);
}

/* x times a polynomial in x^2 up to 1, beyond 1 - exp(polynomial in |x|) (least squares, reweighted to nearly minimax:
 * 1.2e-9 and 1.1e-9). */
INLINE float lane_erff(float x)
{
    float z = x * x, p = 0x1.496bdcp-14f, t = fabsf(x), q = 0x1.8a34ccp-13f;

    t = t > 4 ? 4 : t;
    p = fmaf(p, z, -0x1.a3f7aep-11f); p = fmaf(p, z, 0x1.5405cep-8f); p = fmaf(p, z, -0x1.b7f912p-6f);
    p = fmaf(p, z, 0x1.ce2cf8p-4f);
    /* 2/sqrt(pi) less 1, which is added exactly */
    p = fmaf(p, z, -0x1.81273ep-2f);  p = fmaf(p, z, 0x1.06eba8p-3f);
    q = fmaf(q, t, -0x1.847fb4p-9f);  q = fmaf(q, t, 0x1.66ea8p-6f);  q = fmaf(q, t, -0x1.a6f004p-4f);
    q = fmaf(q, t, -0x1.46a358p-1f);
    q = fmaf(q, t, -0x1.209054p0f);   q = fmaf(q, t, -0x1.47a45ep-12f);
    q = 1 - lane_expf(q);
    return t < 1 ? fmaf(p, x, x) : x < 0 ? -q : q;
}
#endif
