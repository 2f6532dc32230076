/* Philox4x32-10 and Box-Muller:  z = sqrt(-2 log u1) (cos, sin)(2 pi u2).  A counter answers for a pair of columns. */
#include <Random123/philox.h>
#include "base/lanes.h"
#include "base/random.h"

enum { TILE = 64 };
typedef struct counters { uint32_t c[4][TILE]; } counters;

/* Where pair `first` of rows x half pairs stands, and the n counters from there on. */
static void count(stream s, long row, long step, int draw, int half, long first, int n, counters *o)
{
    long r = row + first / half, p = first % half;
    uint32_t kind = (uint32_t)draw & 0xff, use = (uint32_t)s.use << 8 & 0xff00, high = (uint32_t)(step >> 32) << 20;

    for (int i = 0; i < n; i++) {
        o->c[0][i] = (uint32_t)r;
        o->c[1][i] = (uint32_t)step;
        o->c[2][i] = kind | use | (uint32_t)(r >> 32) << 16;
        o->c[3][i] = (uint32_t)p | high;
        if (++p == half)
            p = 0, r++;
    }
}

/* Two uniforms in (0, 1) for each counter: 52 bits, and half a bit that keeps them off 0. */
INLINE void uniform_pair(philox4x32_key_t key, const counters *o, int i, double *u1, double *u2)
{
    philox4x32_ctr_t ctr = {{ o->c[0][i], o->c[1][i], o->c[2][i], o->c[3][i] }}, u = philox4x32(ctr, key);
    uint64_t a = (uint64_t)u.v[0] << 32 | u.v[1], b = (uint64_t)u.v[2] << 32 | u.v[3];

    *u1 = lane_double(a >> 12 | 0x3ff0000000000000) - (1 - 0x1p-53);
    *u2 = lane_double(b >> 12 | 0x3ff0000000000000) - (1 - 0x1p-53);
}

CLONES static void normal_pairs(philox4x32_key_t key, const counters *o, int n, double *z1, double *z2)
{
    #pragma omp simd
    for (int i = 0; i < n; i++) {
        double u1, u2, c, s;

        uniform_pair(key, o, i, &u1, &u2);
        double radius = sqrt(-2 * lane_log(u1));
        lane_circle(u2, &c, &s);
        z1[i] = radius * c, z2[i] = radius * s;
    }
}

CLONES static void uniform_pairs(philox4x32_key_t key, const counters *o, int n, double *u1, double *u2)
{
    #pragma omp simd
    for (int i = 0; i < n; i++)
        uniform_pair(key, o, i, &u1[i], &u2[i]);
}

/* rows x dim numbers, tile by tile; the last column of an odd dim drops its partner. */
static void fill(void (*pairs)(philox4x32_key_t, const counters *, int, double *, double *),
                 stream s, long row, long step, int draw, int rows, int dim, double *z)
{
    philox4x32_key_t key = {{ (uint32_t)s.seed, (uint32_t)(s.seed >> 32) }};
    int half = (dim + 1) / 2;
    long N = (long)rows * half;

    for (long first = 0; first < N; first += TILE) {
        counters o;
        double z1[TILE], z2[TILE];
        int n = N - first < TILE ? N - first : TILE;
        long r = first / half, p = first % half;

        count(s, row, step, draw, half, first, n, &o);
        pairs(key, &o, n, z1, z2);
        for (int i = 0; i < n; i++) {
            z[r * dim + 2 * p] = z1[i];
            if (2 * p + 1 < dim)
                z[r * dim + 2 * p + 1] = z2[i];
            if (++p == half)
                p = 0, r++;
        }
    }
}

void normals(stream s, long row, long step, int draw, int rows, int dim, double *z)
{
    fill(normal_pairs, s, row, step, draw, rows, dim, z);
}

void uniforms(stream s, long row, long step, int draw, int rows, int dim, double *u)
{
    fill(uniform_pairs, s, row, step, draw, rows, dim, u);
}
