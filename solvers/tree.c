/*
 * A Brownian path W over the clock c = (sigma/alpha)^2, as a tree of bridges: W at the middle of an interval given its ends,
 *
 *   W(m) = ((r - m) W(l) + (m - l) W(r))/(r - l) + sqrt((m - l)(r - m)/(r - l)) z,
 *
 * z keyed by the node.  The middle is taken in log c, where grids of diffusion are nearly even.  Any two queries see the same path.
 * Where alpha = 0 the clock is infinite: there the path is taken in c' = c/(1 + c) = sigma^2/(alpha^2 + sigma^2), whose end is 1.
 */
#include <math.h>
#include "models/random.h"
#include "solvers/noise.h"

enum { DEPTH = 42, WIDE = 256 };                    /* halvings; numbers at a time: columns of one row (at most 256 times), or rows */
static const double SAME = 1e-13;                   /* a query this near to a node (relative) is the node: grids even in log c stop early */

tree tree_over(const level *first, const level *last)
{
    double c[2] = { first->alpha > 0 ? pow(first->sigma / first->alpha, 2) : INFINITY, last->alpha > 0 ? pow(last->sigma / last->alpha, 2) : INFINITY };

    return (tree){ .from = fmin(c[0], c[1]), .to = fmax(c[0], c[1]) };
}

static double squeeze(const tree *t, double c) { return isinf(t->to) ? isinf(c) ? 1 : c/(1 + c) : c; }

/* The middle of [l, r]: in the logarithm once l > 0. */
static double middle(double l, double r) { return l > 0 ? sqrt(l * r) : r / 16; }

typedef struct path { stream s; long row; int rows, column, cols; double from, to; } path;

/* Normals of a node for rows row .. row + rows - 1, whose way to it is the same, and columns column .. column + cols - 1.
 * 0 is the end of the path, 1 the root, 2 id and 2 id + 1 the children. */
static void node(const path *p, uint64_t id, double *z) { normals(p->s, p->row, (long)id, p->column / WIDE, p->rows, p->cols, z); }

/* W(c) - W(from), c in [from, to]. */
static void walk(const path *p, double c, double *w)
{
    double l = p->from, r = p->to, wl[WIDE], wr[WIDE], z[WIDE];
    uint64_t id = 1;
    int N = p->rows * p->cols;

    node(p, 0, z);
    for (int d = 0; d < N; d++)
        wl[d] = 0, wr[d] = sqrt(r - l) * z[d];
    for (int depth = 0; depth < DEPTH && c > l * (1 + SAME) && c < r * (1 - SAME); depth++) {
        double m = middle(l, r), share = (m - l) / (r - l), std = sqrt((m - l) * (r - m) / (r - l)), *end = c < m ? wr : wl;

        if (!(m > l && m < r))
            break;
        node(p, id, z);
        for (int d = 0; d < N; d++)
            end[d] = fma(share, wr[d] - wl[d], wl[d]) + std * z[d];
        id = 2 * id + (c >= m);
        *(c < m ? &r : &l) = m;
    }
    for (int d = 0; d < N; d++)
        w[d] = c <= l * (1 + SAME) ? wl[d] : c >= r * (1 - SAME) ? wr[d] : fma((c - l) / (r - l), wr[d] - wl[d], wl[d]);
}

static void increments(const noise *n, const draw *d, double *z)
{
    const tree *t = n->data;
    double from = squeeze(t, d->from), to = squeeze(t, d->to), scale = 1 / sqrt(fabs(to - from));

    if (from == to || d->part) {
        normals((stream){ n->seed, USE_NOISE }, d->row, d->step, d->draw, d->rows, d->dim, z);
        return;
    }
    for (int col = 0; col < d->dim; col += WIDE) {
        int cols = d->dim - col < WIDE ? d->dim - col : WIDE, tile = WIDE / cols;

        for (int row = 0; row < d->rows; row += tile) {
            path p = { .s = { n->seed, USE_TREE }, .row = d->row + row, .rows = d->rows - row < tile ? d->rows - row : tile,
                       .column = col, .cols = cols, .from = squeeze(t, t->from), .to = squeeze(t, t->to) };
            double a[WIDE], b[WIDE];

            walk(&p, from, a);
            walk(&p, to, b);
            for (int i = 0; i < p.rows * cols; i++)
                z[(size_t)(row + i / cols) * d->dim + col + i % cols] = (b[i] - a[i]) * scale;
        }
    }
}

noise noise_tree(uint64_t seed, const tree *data) { return (noise){ .fill = increments, .seed = seed, .data = data }; }
