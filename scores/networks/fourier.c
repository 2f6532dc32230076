/* Random Fourier features of time (Tancik et al. 2020, Song et al. 2021): sines and cosines of 2 pi t f_i, f =
 * NAME.weight of the file (its W). */
#include <math.h>
#include <string.h>
#include "scores/networks/layer.h"

enum { ORDER, NAME };
enum { SIN_COS, COS_SIN };

static int open(layer *l, const opening *o)
{
    static const char *const suffixes[] = { ".weight", ".W", ".freqs", "" };
    const weight *w = NULL;

    for (int i = 0; i < 4; i++) {
        l->weights = 0;
        if (!(w = REAL(weight_open)(l, o, suffixes[i], 1, 0, 0, i < 3)))
            return -1;
        if (w->v)
            break;
    }
    l->out = 2 * w->cols;
    return 0;
}

static void forward(const layer *l, const pass *p, const real *x, real *y)
{
    int half = l->out / 2, pad = padded(l->out), sines = l->given.v[ORDER] == SIN_COS ? 0 : half;

    for (int i = 0; i < p->rows; i++, y += pad) {
        if (i && p->time[i] == p->time[i - 1]) {
            memcpy(y, y - pad, pad * sizeof *y);
            continue;
        }
        for (int j = 0; j < half; j++) {
            double angle = 6.28318530717958647693 * p->time[i] * l->weight[0].v[j];

            y[sines + j] = (real)sin(angle), y[half - sines + j] = (real)cos(angle);
        }
        memset(y + l->out, 0, (pad - l->out) * sizeof *y);
    }
}

const layer_kind REAL(layer_fourier) = {
    .name = "fourier", .about = "sines and cosines of time at the frequencies of the file",
    .par = { [ORDER] = { "order", "of the halves", "sin-cos cos-sin", SIN_COS },
             [NAME] = { "name", "of the frequencies in the file", PATH } },
    .open = open, .forward = forward,
};
