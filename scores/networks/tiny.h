/* Numbers below 1e-38, which a saturated activation leaves behind, count as 0 in a network: a product of them takes a
 * hundred times as long. */
#ifndef FOKKER_TINY_H
#define FOKKER_TINY_H
#ifdef __SSE__
#include <xmmintrin.h>

static inline unsigned flush_tiny(void)
{
    unsigned before = _mm_getcsr();

    _mm_setcsr(before | 0x8040);
    return before;
}
static inline void restore_tiny(unsigned before) { _mm_setcsr(before); }
#else
static inline unsigned flush_tiny(void) { return 0; }
static inline void restore_tiny(unsigned before) { }
#endif
#endif
