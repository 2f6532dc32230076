/*
 * A round of Philox:  (c0, c1, c2, c3) <- (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1,
 * lo(M0 c0)), (k0, k1) += (W0, W1).
 * In wide kernels every counter has lanes of 64 bits of which the low halves count, so that a product of 32 x 32 bits
 * is one instruction; what is left in the high halves is never read.
 */
#include "base/lanes.h"
#include "base/philox.h"

#define ONE_BITS 0x3ff0000000000000
#define OFF_ZERO (1 - 0x1p-53)
enum { ROUNDS = 10 };

INLINE double uniform(uint32_t high, uint32_t low)
{
    return lane_double(((uint64_t)high << 32 | low) >> 12 | ONE_BITS) - OFF_ZERO;
}

static void plain(philox4x32_key_t key, const counters *o, int n, double *u1, double *u2)
{
    for (int i = 0; i < n; i++) {
        philox4x32_ctr_t c = {{ o->c[0][i], o->c[1][i], o->c[2][i], o->c[3][i] }}, u = philox4x32(c, key);

        u1[i] = uniform(u.v[0], u.v[1]);
        u2[i] = uniform(u.v[2], u.v[3]);
    }
}

#ifdef __x86_64__
#include <immintrin.h>

static const uint32_t M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85;

/* Two blocks of eight counters side by side: the latency of one product hides behind the other's. */
__attribute__((target("avx512f")))
static void wide_512(philox4x32_key_t key, const counters *o, int n, double *u1, double *u2)
{
    const __m512i m0 = _mm512_set1_epi64(M0), m1 = _mm512_set1_epi64(M1), low = _mm512_set1_epi64(0xffffffff);
    const __m512i one = _mm512_set1_epi64(ONE_BITS);
    const __m512d off = _mm512_set1_pd(OFF_ZERO);
    __m512i k0[ROUNDS], k1[ROUNDS];

    for (int r = 0; r < ROUNDS; r++) {
        k0[r] = _mm512_set1_epi64((uint32_t)(key.v[0] + (uint32_t)r * W0));
        k1[r] = _mm512_set1_epi64((uint32_t)(key.v[1] + (uint32_t)r * W1));
    }
    for (int i = 0; i < n; i += 16) {
        __m512i c[2][4];

        for (int h = 0; h < 2; h++)
            for (int q = 0; q < 4; q++)
                c[h][q] = _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)(o->c[q] + i + 8 * h)));
        #pragma GCC unroll 10
        for (int r = 0; r < ROUNDS; r++)
            #pragma GCC unroll 2
            for (int h = 0; h < 2; h++) {
                __m512i p0 = _mm512_mul_epu32(m0, c[h][0]), p1 = _mm512_mul_epu32(m1, c[h][2]);

                c[h][0] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p1, 32), c[h][1], k0[r], 0x96);
                c[h][2] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p0, 32), c[h][3], k1[r], 0x96);
                c[h][1] = p1;
                c[h][3] = p0;
            }
        for (int h = 0; h < 2; h++) {
            __m512i a = _mm512_or_si512(_mm512_slli_epi64(c[h][0], 32), _mm512_and_si512(c[h][1], low));
            __m512i b = _mm512_or_si512(_mm512_slli_epi64(c[h][2], 32), _mm512_and_si512(c[h][3], low));
            __m512i ua = _mm512_or_si512(_mm512_srli_epi64(a, 12), one);
            __m512i ub = _mm512_or_si512(_mm512_srli_epi64(b, 12), one);

            _mm512_storeu_pd(u1 + i + 8 * h, _mm512_sub_pd(_mm512_castsi512_pd(ua), off));
            _mm512_storeu_pd(u2 + i + 8 * h, _mm512_sub_pd(_mm512_castsi512_pd(ub), off));
        }
    }
}

/* The same with blocks of four counters. */
__attribute__((target("avx2")))
static void wide_256(philox4x32_key_t key, const counters *o, int n, double *u1, double *u2)
{
    const __m256i m0 = _mm256_set1_epi64x(M0), m1 = _mm256_set1_epi64x(M1), low = _mm256_set1_epi64x(0xffffffff);
    const __m256i one = _mm256_set1_epi64x(ONE_BITS);
    const __m256d off = _mm256_set1_pd(OFF_ZERO);

    for (int i = 0; i < n; i += 8) {
        __m256i c[2][4];

        for (int h = 0; h < 2; h++)
            for (int q = 0; q < 4; q++)
                c[h][q] = _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)(o->c[q] + i + 4 * h)));
        #pragma GCC unroll 10
        for (int r = 0; r < ROUNDS; r++) {
            __m256i k0 = _mm256_set1_epi64x((uint32_t)(key.v[0] + (uint32_t)r * W0));
            __m256i k1 = _mm256_set1_epi64x((uint32_t)(key.v[1] + (uint32_t)r * W1));

            #pragma GCC unroll 2
            for (int h = 0; h < 2; h++) {
                __m256i p0 = _mm256_mul_epu32(m0, c[h][0]), p1 = _mm256_mul_epu32(m1, c[h][2]);

                c[h][0] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p1, 32), c[h][1]), k0);
                c[h][2] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p0, 32), c[h][3]), k1);
                c[h][1] = p1;
                c[h][3] = p0;
            }
        }
        for (int h = 0; h < 2; h++) {
            __m256i a = _mm256_or_si256(_mm256_slli_epi64(c[h][0], 32), _mm256_and_si256(c[h][1], low));
            __m256i b = _mm256_or_si256(_mm256_slli_epi64(c[h][2], 32), _mm256_and_si256(c[h][3], low));
            __m256i ua = _mm256_or_si256(_mm256_srli_epi64(a, 12), one);
            __m256i ub = _mm256_or_si256(_mm256_srli_epi64(b, 12), one);

            _mm256_storeu_pd(u1 + i + 4 * h, _mm256_sub_pd(_mm256_castsi256_pd(ua), off));
            _mm256_storeu_pd(u2 + i + 4 * h, _mm256_sub_pd(_mm256_castsi256_pd(ub), off));
        }
    }
}

#define HAS(feature) __builtin_cpu_supports(feature)
#else
#define HAS(feature) 0
#define wide_512 NULL
#define wide_256 NULL
#endif

const char *philox_at(int i, philox_kernel **kernel)
{
    switch (i) {
    case 0:
        *kernel = HAS("avx512f") ? wide_512 : NULL;
        return "AVX-512";
    case 1:
        *kernel = HAS("avx2") ? wide_256 : NULL;
        return "AVX2";
    case 2:
        *kernel = plain;
        return "plain";
    default:
        return NULL;
    }
}

philox_kernel *philox_uniforms(void)
{
    philox_kernel *kernel = NULL;

    for (int i = 0; philox_at(i, &kernel) && !kernel; i++)
        ;
    return kernel;
}
