/* An image of rows of pixels as its square patches, row by row of them and in each row by row of its pixels;
 * unpatch is the way back. */
#include <math.h>
#include "base/fail.h"
#include "scores/networks/layer.h"

enum { SIZE, SIDE };

static int open(layer *l, const opening *o)
{
    int size = (int)l->given.v[SIZE], side = (int)l->given.v[SIDE];

    if (l->in % side)
        return fail("%s: %s: %d pixels are no rows of %d; give the image's side", o->where, l->kind->name, l->in, side);
    if (side % size || l->in / side % size)
        return fail("%s: %s: a patch of %d does not divide an image of %d x %d; give a size that divides both",
                    o->where, l->kind->name, size, l->in / side, side);
    l->out = l->in;
    return 0;
}

/* Image from, patches to; or the other way. */
static void move_patches(const layer *l, int rows, int back, const real *from, real *to)
{
    int size = (int)l->given.v[SIZE], side = (int)l->given.v[SIDE], pad = padded(l->in);

    for (int i = 0; i < rows; i++, from += pad, to += pad)
        for (int at = 0, y = 0; y < l->in / side; y += size)
            for (int x = 0; x < side; x += size)
                for (int dy = 0; dy < size; dy++)
                    for (int dx = 0; dx < size; dx++, at++)
                        to[back ? (y + dy) * side + x + dx : at] = from[back ? at : (y + dy) * side + x + dx];
}

static void into(const layer *l, const pass *p, const real *x, real *y) { move_patches(l, p->rows, 0, x, y); }
static void out(const layer *l, const pass *p, const real *x, real *y)  { move_patches(l, p->rows, 1, x, y); }

static void into_of(const layer *l, const pass *p, const real *x, const real *d, real *to)
{
    move_patches(l, p->rows, 0, d, to);
}

static void out_of(const layer *l, const pass *p, const real *x, const real *d,
                   real *to)  { move_patches(l, p->rows, 1, d, to); }

#define COMMON .free = 1, .par = { [SIZE] = { "size", "of a patch", NULL, NAN, 1, 1e4, 1 }, \
                                   [SIDE] = { "side", "pixels in a row of the image", NULL, NAN, 1, 1e4, 1 } }, \
    .open = open
const layer_kind REAL(layer_patch) = { .name = "patch", .about = "an image as its patches", COMMON, .forward = into,
                                       .tangent = into_of, .backward = out_of };
const layer_kind REAL(layer_unpatch) = { .name = "unpatch", .about = "patches as the image that they are", COMMON,
                                         .forward = out, .tangent = out_of, .backward = into_of };
