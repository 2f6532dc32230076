/* Philox4x32-10 and Box-Muller:  z = sqrt(-2 log u1) (cos, sin)(2 pi u2).  A counter answers for a pair of columns. */
#include "base/lanes.h"
#include "base/philox.h"
#include "base/random.h"

/* Where pair `first` of rows x half pairs stands, and the n counters from there on; those behind them are anything. */
static void count(stream s, long row, long step, int draw, int half, long first, int n, counters *o)
{
    long r = row + first / half, p = first % half;
    uint32_t kind = ((uint32_t)draw & 0xff) | ((uint32_t)s.use << 8 & 0xff00);
    uint32_t low = (uint32_t)step, high = (uint32_t)(step >> 32) << 20;

    for (int i = 0, run; i < PHILOX_TILE; i += run, p = 0, r++) {
        int left = PHILOX_TILE - i, rows = half == 1 ? left : 1;        /* a run: many rows of one pair, or one row's */

        run = half == 1 || half - p > left ? left : (int)(half - p);
        #pragma omp simd
        for (int j = 0; j < run; j++) {
            long at = r + (rows > 1 ? j : 0);

            o->c[0][i + j] = (uint32_t)at;
            o->c[1][i + j] = low;
            o->c[2][i + j] = kind | (uint32_t)(at >> 32) << 16;
            o->c[3][i + j] = (uint32_t)(rows > 1 ? 0 : p + j) | high;
        }
        if (i + run >= n)
            break;
    }
}

CLONES static void on_circle(int n, const double *u1, const double *u2, double *z1, double *z2)
{
    #pragma omp simd
    for (int i = 0; i < n; i++) {
        double c, s, radius = sqrt(-2 * lane_log(u1[i]));

        lane_circle(u2[i], &c, &s);
        z1[i] = radius * c, z2[i] = radius * s;
    }
}

/* z = (a_0, b_0, a_1, b_1, ...) */
CLONES static void interleave(int n, const double *a, const double *b, double *z)
{
    #pragma omp simd
    for (int i = 0; i < n; i++)
        z[2 * i] = a[i], z[2 * i + 1] = b[i];
}

/* rows x dim numbers, tile by tile; the last column of an odd dim drops its partner. */
static void fill(int normal, stream s, long row, long step, int draw, int rows, int dim, double *z)
{
    philox4x32_key_t key = {{ (uint32_t)s.seed, (uint32_t)(s.seed >> 32) }};
    philox_kernel *uniforms_of = philox_uniforms();
    int half = (dim + 1) / 2;
    long N = (long)rows * half;

    for (long first = 0; first < N; first += PHILOX_TILE) {
        counters o;
        double z1[PHILOX_TILE], z2[PHILOX_TILE];
        int n = N - first < PHILOX_TILE ? N - first : PHILOX_TILE;
        long r = first / half, p = first % half;

        count(s, row, step, draw, half, first, n, &o);
        uniforms_of(key, &o, n, z1, z2);
        if (normal)
            on_circle(n, z1, z2, z1, z2);
        if (dim % 2 == 0) {
            interleave(n, z1, z2, z + 2 * first);
            continue;
        }
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
    fill(1, s, row, step, draw, rows, dim, z);
}

void uniforms(stream s, long row, long step, int draw, int rows, int dim, double *u)
{
    fill(0, s, row, step, draw, rows, dim, u);
}
