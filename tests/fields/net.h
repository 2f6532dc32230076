/* A network 65-256-256-64 in plain C with softsign, for speed: the same code as a plug-in (net.c) and as a
 * child process (child.c). */
#ifndef FOKKER_NET_H
#define FOKKER_NET_H
#include <math.h>
#include <stdint.h>

enum { NET_DIM = 64, NET_IN = NET_DIM + 1, NET_WIDE = 256, NET_ROWS = 8 };
typedef struct field_net {
    float first[NET_IN][NET_WIDE], second[NET_WIDE][NET_WIDE], third[NET_WIDE][NET_DIM];
} field_net;

static void net_fill(int n, float *w, float size, uint32_t *state)
{
    for (int i = 0; i < n; i++) {
        *state = *state * 1664525 + 1013904223;
        w[i] = size * ((float)(*state >> 8) / (1 << 23) - 1);
    }
}

static void net_open(field_net *w)
{
    uint32_t state = 1;

    net_fill(NET_IN * NET_WIDE, w->first[0], 0.2f, &state);
    net_fill(NET_WIDE * NET_WIDE, w->second[0], 0.1f, &state);
    net_fill(NET_WIDE * NET_DIM, w->third[0], 0.1f, &state);
}

/* y = x W for NET_ROWS rows, in tiles of 4 rows and 16 columns that fit into registers; with softsign, or not. */
static inline void net_layer(int in, int out, const float *x, const float *w, float *y, int bent)
{
    for (int r = 0; r < NET_ROWS; r += 4)
        for (int j = 0; j < out; j += 16) {
            float sum[4][16] = { { 0 } };

            for (int k = 0; k < in; k++)
                for (int i = 0; i < 4; i++)
                    for (int c = 0; c < 16; c++)
                        sum[i][c] += x[(r + i) * in + k] * w[k * out + j + c];
            for (int i = 0; i < 4; i++)
                for (int c = 0; c < 16; c++)
                    y[(r + i) * out + j + c] = bent ? sum[i][c] / (1 + fabsf(sum[i][c])) : sum[i][c];
        }
}

/* NET_ROWS rows: the last input is the time. */
static void net_rows(const field_net *w, const float *x, float *out)
{
    float one[NET_ROWS * NET_WIDE], two[NET_ROWS * NET_WIDE];

    net_layer(NET_IN, NET_WIDE, x, w->first[0], one, 1);
    net_layer(NET_WIDE, NET_WIDE, one, w->second[0], two, 1);
    net_layer(NET_WIDE, NET_DIM, two, w->third[0], out, 0);
}
#endif
