/*
 * Tokens: a row of count x cols numbers, token behind token, as a mixer has them (Tolstikhin et al. 2021).
 * A map of one vector is done for all that lie in a tile, the tokens, or across them the columns: taken into the rows
 * of a tile of its own, TILE_ROWS at most, and put back.
 */
#ifndef FOKKER_TOKENS_H
#define FOKKER_TOKENS_H
#include "base/fail.h"
#include "scores/networks/layer.h"

/* `count` vectors in a row, number k of vector v at v apart + k step; rows lie `row` apart. */
typedef struct vectors { int count, length, apart, step, row; } vectors;

static inline vectors tokens_of(int count, int cols) { return (vectors){ count, cols, cols, 1, padded(count * cols) }; }
static inline vectors across(int count, int cols)    { return (vectors){ cols, count, 1, cols, padded(count * cols) }; }

/* Where number k = 0 of a vector of a tile lies. */
static inline long begins(const vectors *s, long which) { return which / s->count * s->row + which % s->count
                                                          * s->apart; }

/* Vectors first, first + 1, ... of the tile x into n rows of padded(length) numbers. */
static inline void take(const vectors *s, long first, int n, const real *x, real *to)
{
    for (int i = 0; i < n; i++, to += padded(s->length)) {
        const real *from = x + begins(s, first + i);

        for (int k = 0; k < s->length; k++)
            to[k] = from[(long)k * s->step];
    }
}

/* And back, with b (NULL: zeros) added. */
static inline void put(const vectors *s, long first, int n, const real *from, const real *b, real *x)
{
    for (int i = 0; i < n; i++, from += padded(s->length)) {
        real *to = x + begins(s, first + i);

        for (int k = 0; k < s->length; k++)
            to[(long)k * s->step] = from[k] + (b ? b[k] : 0);
    }
}

/* The pass of the piece that begins at vector `first` of `all`: gradients of weights are added up over the pieces. */
static inline pass piece_of(const pass *p, long first, long all)
{
    pass piece = *p;

    piece.rows = all - first < TILE_ROWS ? (int)(all - first) : TILE_ROWS;
    piece.add = p->add || first;
    return piece;
}

/* The columns of a token; -1 where the state does not fall into so many. */
static inline int token_cols(const layer *l, const opening *o, int count)
{
    return l->in % count ? fail("%s: %s: %d columns are not %d tokens; give their number", o->where, l->kind->name,
                                l->in, count) : l->in / count;
}
#endif
