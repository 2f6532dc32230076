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
static inline long begins(const vectors *s, long which)
{
    return which / s->count * s->row + which % s->count * s->apart;
}

/* The vectors of a pass in pieces of TILE_ROWS, of which each is a pass: gradients of weights are added up over them.
 *   for (pieces q = pieces_of(p, count); next_piece(&q);)  ... vectors q.first to q.first + q.at.rows - 1 ... */
typedef struct pieces { const pass *whole; long all, first; pass at; } pieces;

static inline pieces pieces_of(const pass *p, int count)
{
    return (pieces){ .whole = p, .all = (long)p->rows * count, .first = -TILE_ROWS };
}

static inline int next_piece(pieces *q)
{
    q->first += TILE_ROWS;
    q->at = *q->whole;
    q->at.rows = q->all - q->first < TILE_ROWS ? (int)(q->all - q->first) : TILE_ROWS;
    q->at.add |= q->first > 0;
    return q->first < q->all;
}

/* The vectors of a piece of the tile x into rows of padded(length) numbers. */
static inline void take(const vectors *s, const pieces *q, const real *x, real *to)
{
    for (int i = 0; i < q->at.rows; i++, to += padded(s->length)) {
        const real *from = x + begins(s, q->first + i);

        for (int k = 0; k < s->length; k++)
            to[k] = from[(long)k * s->step];
    }
}

/* And back, with b (NULL: zeros) added. */
static inline void put(const vectors *s, const pieces *q, const real *from, const real *b, real *x)
{
    for (int i = 0; i < q->at.rows; i++, from += padded(s->length)) {
        real *to = x + begins(s, q->first + i);

        for (int k = 0; k < s->length; k++)
            to[(long)k * s->step] = from[k] + (b ? b[k] : 0);
    }
}

/* The columns of a token; -1 where the state does not fall into so many. */
static inline int token_cols(const layer *l, const opening *o, int count)
{
    if (l->in % count)
        return fail("%s: %s: %d columns are not %d tokens; give their number", o->where, l->kind->name, l->in, count);
    return l->in / count;
}
#endif
