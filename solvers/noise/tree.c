/*
 * A Brownian path W over the clock c = (sigma/alpha)^2 as a tree of bridges: W at the middle of an
 * interval given W at its ends,
 *
 *   W(m) = ((r - m) W(l) + (m - l) W(r))/(r - l) + sqrt((m - l)(r - m)/(r - l)) z,
 *
 * z keyed by the node.  The middle is taken in log c, where grids of diffusion are nearly even.
 * Any two queries see the same path.  Where alpha = 0 the clock is infinite: there the path is taken in c' = c/(1 + c)
 * = sigma^2/(alpha^2 + sigma^2), whose end is 1.
 */
#include <math.h>
#include <string.h>
#include "base/clones.h"
#include "base/random.h"
#include "solvers/noise/noise.h"

/* halvings; numbers at a time: columns of one row (at most 256 times), or rows */
enum { DEPTH = 42, WIDE = 256 };
/* a query this near to a node (relative) is the node: grids even in log c stop early */
static const double SAME = 1e-13;

tree tree_over(const level *first, const level *last)
{
    double one = noise_clock(first), other = noise_clock(last);

    return (tree){ .from = fmin(one, other), .to = fmax(one, other) };
}

static double squeeze(const tree *t, double c) { return isinf(t->to) ? isinf(c) ? 1 : c / (1 + c) : c; }

/* The middle of [l, r]: in the logarithm once l > 0. */
static double middle(double l, double r) { return l > 0 ? sqrt(l * r) : r / 16; }

typedef struct path { stream s; long row; int rows, column, cols; } path;

/* An interval [l, r] between two nodes, with W at both; id: of the node in its middle. */
typedef struct bridge { double l, r, wl[WIDE], wr[WIDE]; uint64_t id; int depth; } bridge;

/* Normals of a node for rows row .. row + rows - 1, whose way to it is the same, and columns column ..
 * column + cols - 1.  0 is the end of the path, 1 the root, 2 id and 2 id + 1 the children. */
static void node(const path *p, uint64_t id, double *z)
{
    normals(p->s, p->row, (long)id, p->column / WIDE, p->rows, p->cols, z);
}

static void whole(const path *p, double from, double to, bridge *b)
{
    double std = sqrt(to - from), z[WIDE];

    b->l = from, b->r = to, b->id = 1, b->depth = 0;
    node(p, 0, z);
    for (int d = 0; d < p->rows * p->cols; d++)
        b->wl[d] = 0, b->wr[d] = std * z[d];
}

/* Whether c is neither an end of the bridge nor at the bottom of the tree. */
static int inside(const bridge *b, double c)
{
    double m = middle(b->l, b->r);

    return b->depth < DEPTH && c > b->l * (1 + SAME) && c < b->r * (1 - SAME) && m > b->l && m < b->r;
}

CLONES static void bend(int N, double share, double std, const double *restrict wl, const double *restrict wr,
                        double *restrict z)
{
    for (int d = 0; d < N; d++)
        z[d] = fma(share, wr[d] - wl[d], wl[d]) + std * z[d];
}

/* W in the middle. */
static void in_the_middle(const path *p, const bridge *b, double *w)
{
    double l = b->l, r = b->r, m = middle(l, r);

    node(p, b->id, w);
    bend(p->rows * p->cols, (m - l) / (r - l), sqrt((m - l) * (r - m) / (r - l)), b->wl, b->wr, w);
}

/* Its left half, or its right one; w: W in the middle. */
static void halve(const path *p, bridge *b, int right, const double *w)
{
    *(right ? &b->l : &b->r) = middle(b->l, b->r);
    memcpy(right ? b->wl : b->wr, w, p->rows * p->cols * sizeof *w);
    b->id = 2 * b->id + right, b->depth++;
}

/* W(c) less W at the start of the path. */
static void walk(const path *p, bridge *b, double c, double *w)
{
    while (inside(b, c)) {
        in_the_middle(p, b, w);
        halve(p, b, c >= middle(b->l, b->r), w);
    }
    for (int d = 0; d < p->rows * p->cols; d++)
        w[d] = c <= b->l * (1 + SAME) ? b->wl[d] : c >= b->r * (1 - SAME) ? b->wr[d]
            : fma((c - b->l) / (b->r - b->l), b->wr[d] - b->wl[d], b->wl[d]);
}

/* W at two times, c[0] < c[1], whose ways are one at first. */
static void walk_both(const path *p, bridge *b, const double c[2], double w[2][WIDE])
{
    bridge other;
    int part = 0;

    while (!part && inside(b, c[0]) && inside(b, c[1])) {
        double m = middle(b->l, b->r);

        in_the_middle(p, b, w[0]);
        part = c[0] < m && c[1] >= m;
        if (part)
            other = *b, halve(p, &other, 1, w[0]);
        halve(p, b, c[0] >= m, w[0]);
    }
    if (!part)
        other = *b;
    walk(p, b, c[0], w[0]);
    walk(p, &other, c[1], w[1]);
}

static void increments(const noise *n, const draw *d, double *z)
{
    const tree *t = n->data;
    double from = squeeze(t, d->from), to = squeeze(t, d->to), scale = 1 / sqrt(fabs(to - from));

    if (from == to || d->part) {
        noise_fresh(n, d, z);
        return;
    }
    for (int col = 0; col < d->dim; col += WIDE) {
        int cols = d->dim - col < WIDE ? d->dim - col : WIDE, tile = WIDE / cols;

        for (int row = 0; row < d->rows; row += tile) {
            const path p = { .s = { n->seed, USE_TREE }, .row = d->row + row, .column = col, .cols = cols,
                             .rows = d->rows - row < tile ? d->rows - row : tile };
            double w[2][WIDE];
            bridge b;

            whole(&p, squeeze(t, t->from), squeeze(t, t->to), &b);
            walk_both(&p, &b, (double[]){ fmin(from, to), fmax(from, to) }, w);
            for (int i = 0; i < p.rows * cols; i++)
                z[(size_t)(row + i / cols) * d->dim + col + i % cols] = (w[to > from][i] - w[to < from][i]) * scale;
        }
    }
}

noise noise_tree(uint64_t seed, const tree *data) { return (noise){ .fill = increments, .seed = seed, .data = data }; }
