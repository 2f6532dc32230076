/* Sources of noise: fresh normals by index, and recorded ones in the order in which they are drawn. */
#include <math.h>
#include <string.h>
#include "base/random.h"
#include "solvers/noise/noise.h"

double noise_clock(const level *l)
{
    return l->alpha > 0 ? l->sigma * l->sigma / (l->alpha * l->alpha) : INFINITY;
}

void noise_fresh(const noise *w, const draw *d, double *z)
{
    long step = d->step + ((long)(d->draw >> 8) << 32);

    normals((stream){ w->seed, USE_NOISE }, d->row, step, d->draw & 255, d->rows, d->dim, z);
}

noise noise_philox(uint64_t seed) { return (noise){ .fill = noise_fresh, .seed = seed }; }
int noise_is_fresh(const noise *w) { return w->fill == noise_fresh; }

static void recorded(const noise *w, const draw *d, double *z)
{
    const replay *r = w->data;

    memcpy(z, r->z->v + ((size_t)d->nth * r->n + d->row) * r->dim, (size_t)d->rows * r->dim * sizeof *z);
}

int replay_open(replay *r, const char *path, const array *z, long n, int dim)
{
    long total = 1;

    for (int i = 0; i < z->dims; i++)
        total *= z->shape[i];
    if (z->shape[z->dims - 1] != dim || total % (n * dim))
        return fail("%s: noise of %ld numbers in rows of %ld does not make draws x %ld samples x %d columns; record "
                    "(draws %ld) x %d", path, total,
                    z->shape[z->dims - 1], n, dim, n, dim);
    *r = (replay){ .z = z, .n = n, .dim = dim, .draws = total / (n * dim) };
    return 0;
}

noise noise_replay(const replay *r) { return (noise){ .fill = recorded, .data = r }; }
