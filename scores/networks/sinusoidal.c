/*
 * The sinusoidal embedding of time (Vaswani et al. 2017): sines and cosines of scale t f_i,
 * f_i = max^(-i/d), i = 0..dim/2 - 1, d = dim/2 (Transformer, DiT) or dim/2 - 1 (DDPM).  Computed in double;
 * neighbours of one time share it.
 */
#include <math.h>
#include <string.h>
#include "base/fail.h"
#include "scores/networks/layer.h"

enum { DIM, MAX, DIVISOR, ORDER, SCALE };
enum { HALF, LESS };
enum { SIN_COS, COS_SIN };

static int open(layer *l, const opening *o)
{
    const double *v = l->given.v;

    if (fmod(v[DIM], 2) || v[DIM] < 4)
        return fail("%s: sinusoidal: dim is %g; give an even number from 4 on", o->where, v[DIM]);
    l->out = (int)v[DIM];
    return 0;
}

static void forward(const layer *l, const pass *p, const real *x, real *y)
{
    const double *v = l->given.v;
    int half = l->out / 2, pad = padded(l->out), sines = v[ORDER] == SIN_COS ? 0 : half;
    double rate = log(v[MAX]) / (half - (v[DIVISOR] == LESS));

    for (int j = 0; j < half; j++) {
        double slower = exp(-rate * j);
        real *sine = y + sines + j, *cosine = y + half - sines + j;

        for (int i = 0; i < p->rows; i++, sine += pad, cosine += pad) {
            int known = i && p->time[i] == p->time[i - 1];

            *sine = known ? sine[-pad] : (real)sin(v[SCALE] * p->time[i] * slower);
            *cosine = known ? cosine[-pad] : (real)cos(v[SCALE] * p->time[i] * slower);
        }
    }
    for (int i = 0; i < p->rows; i++)
        memset(y + (size_t)i * pad + l->out, 0, (pad - l->out) * sizeof *y);
}

const layer_kind REAL(layer_sinusoidal) = {
    .name = "sinusoidal", .about = "sines and cosines of time at falling frequencies",
    .par = { [DIM] = { "dim", "columns, sines and cosines together", NULL, NAN, 4, 65536, 1 },
             [MAX] = { "max", "longest period / 2 pi", NULL, 1e4, 1.0001, 1e12, 0 },
             [DIVISOR] = { "divisor", "of the exponent: dim/2 or dim/2 - 1", "half less", HALF },
             [ORDER] = { "order", "of the halves", "sin-cos cos-sin", SIN_COS },
             [SCALE] = { "scale", "of time", NULL, 1, -1e9, 1e9, 0 } },
    .open = open, .forward = forward,
};
