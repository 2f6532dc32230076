/*
 * Philox4x32-10 (Salmon et al. 2011) over many counters at once, as uniforms: kernels for AVX-512 and AVX2, and
 * Random123's own, all of the same bits.
 */
#ifndef FOKKER_PHILOX_H
#define FOKKER_PHILOX_H
#include <Random123/philox.h>

enum { PHILOX_TILE = 64 };                  /* counters at a time, a whole number of every kernel's lanes */

/* Word q of counter i is c[q][i]. */
typedef struct counters { uint32_t c[4][PHILOX_TILE]; } counters;

/* Two uniforms in (0, 1) for each of n <= PHILOX_TILE counters: 52 bits, and half a bit that keeps them off 0.  Numbers
 * up to the next whole 16 are written too, from counters that must be there. */
typedef void philox_kernel(philox4x32_key_t, const counters *, int n, double *u1, double *u2);

/* The fastest that this processor has. */
philox_kernel *philox_uniforms(void);

/* Kernel i = 0, 1, ... by its name, NULL behind the last; *kernel is NULL where this processor lacks it.  For tests. */
const char *philox_at(int i, philox_kernel **kernel);
#endif
