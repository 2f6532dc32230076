/* CLONES: a hot function is compiled for AVX-512, AVX2 and the baseline, and chosen when the program starts.
 * All hot arithmetic is written with explicit fma, in one order, so the three give the same bits.
 * The name of such a function is unique in the program, and it is static: clang makes its resolver global, and gives a
 * global one a name that other files do not find. */
#ifndef FOKKER_CLONES_H
#define FOKKER_CLONES_H
/* clang 14 takes arch=x86-64-v3 and then never chooses it */
#if defined __x86_64__ && defined __linux__ && defined __clang__
#define CLONES __attribute__((target_clones("avx512f", "fma", "default")))
#elif defined __x86_64__ && defined __linux__
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))
#endif
