/* The network of net.h as a plug-in. */
#include <stdlib.h>
#include "net.h"
#include "include/fokker_field.h"

static const char *open(const char *args, fokker_about *about)
{
    field_net *w = malloc(sizeof *w);

    (void)args;
    if (!w)
        return "out of memory";
    net_open(w);
    *about = (fokker_about){ .dim = NET_DIM, .predicts = FOKKER_NOISE, .serial = 1, .self = w };
    return 0;
}

static const char *eval(void *self, const fokker_batch *p, double *out)
{
    int n = p->groups * p->rows;

    for (int i = 0; i < n; i += NET_ROWS) {
        float x[NET_ROWS * NET_IN] = { 0 }, y[NET_ROWS * NET_DIM];
        int rows = n - i < NET_ROWS ? n - i : NET_ROWS;

        for (int r = 0; r < rows; r++) {
            for (int d = 0; d < NET_DIM; d++)
                x[r * NET_IN + d] = (float)p->x[(long)(i + r) * NET_DIM + d];
            x[r * NET_IN + NET_DIM] = (float)p->at[(i + r) / p->rows].t;
        }
        net_rows(self, x, y);
        for (int k = 0; k < rows * NET_DIM; k++)
            out[(long)i * NET_DIM + k] = y[k];
    }
    return 0;
}

static void close(void *self) { free(self); }

FOKKER_EXPORT_FIELD = { FOKKER_PLUGIN_ABI, open, eval, .close = close };
