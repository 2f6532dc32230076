/* Built-in networks: lists of layers are parsed here, weights found, and tiles passed through. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "scores/networks/net.h"

#define LAYER(id) extern const layer_kind REAL(layer_##id);
#include "scores/networks/layers.h"
#undef LAYER

static const layer_kind *const all[] = {
#define LAYER(id) &REAL(layer_##id),
#include "scores/networks/layers.h"
#undef LAYER
};
enum { KINDS = sizeof all / sizeof *all, DEEP = 16, MOST = 256 };

static const char *name_of(int i) { return all[i]->name; }

#ifndef FOKKER_DOUBLE
int layers(void) { return KINDS; }
const layer_kind *layer_at(int i) { return all[i]; }
#endif

/* ---- weights ---- */

static int wrong_shape(const layer *l, const opening *o, const tensor *t, int rows, int cols)
{
    char has[64] = "", row[16], col[16];
    int n = 0;

    for (int i = 0; i < t->dims && n < (int)sizeof has; i++)
        n += snprintf(has + n, sizeof has - n, i ? " x %ld" : "%ld", t->shape[i]);
    snprintf(row, sizeof row, rows ? "%d" : "any", rows), snprintf(col, sizeof col, cols ? "%d" : "any", cols);
    return fail("%s: %s of %s is %s, but %s needs %s x %s here; is a layer missing, or dim another?", o->where,
                t->name, o->file->path, has,
                l->kind->name, row, col);
}

weight *REAL(weight_open)(layer *l, const opening *o, const char *suffix, int rows, int cols, int packed, int maybe)
{
    weight *w = &l->weight[l->weights++];
    char name[512];
    const tensor *t;
    size_t size;
    int vector;

    snprintf(name, sizeof name, "%s%s", l->name, suffix);
    *w = (weight){ 0 };
    if (tensors_refused(o->file, name))
        return NULL;
    if (!(t = tensors_find(o->file, name)))
        return maybe ? w : (fail("%s: %s needs %s, which %s does not hold; did you mean %s?", o->where, l->kind->name,
                                 name, o->file->path,
                                 tensors_nearest(o->file, name)), NULL);
    vector = t->dims == 1;
    w->rows = vector ? 1 : (int)t->shape[0], w->cols = (int)t->shape[vector ? 0 : 1], w->packed = packed;
    if ((vector && rows != 1) || t->dims > 2 || (rows && w->rows != rows) || (cols && w->cols != cols))
        return wrong_shape(l, o, t, rows, cols), NULL;
    w->name = t->name;
    size = (packed ? (size_t)padded(w->rows) * w->cols : (size_t)w->rows * padded(w->cols)) * sizeof *w->v;
    if (!(w->v = aligned_alloc(64, size)))
        return fail("%s: no memory for %s", o->where, name), NULL;
    memset(w->v, 0, size);
    for (int i = 0; i < w->rows; i++)
        for (int k = 0; k < w->cols; k++)
            w->v[packed ? packed_at(w->cols, i, k) : (long)i * padded(w->cols) + k] = t->v[(size_t)i * w->cols + k];
    return w;
}

/* ---- lists ---- */

/* One list on its way to a chain: where the brackets began, how many modules there were. */
typedef struct parser {
    const net_text *text;
    const char *prefix;
    chain *c;
    int cond, cols, deep, open[DEEP], modules;
} parser;

/* A layer of this kind behind the last one. */
static int add(parser *p, const layer_kind *kind, const char *list)
{
    chain *c = p->c;
    layer *l = &c->layer[c->n];
    opening o = { p->text->where, p->text->file, p->cols, p->cond };
    char name[256];

    *l = (layer){ .kind = kind, .in = p->cols, .from = c->n, .to = c->n + 1, .skip = -1 };
    c->n++;
    if (args_parse(&l->given, o.where, kind->name, kind->par, list))
        return -1;
    snprintf(name, sizeof name, "%s%d", p->prefix, p->modules);
    p->modules += !kind->free;
    if (!(l->name = strdup(l->given.text ? l->given.text : name)))
        return fail("%s: out of memory", o.where);
    if (kind->open(l, &o))
        return -1;
    p->cols = c->cols[l->to] = l->out;
    return 0;
}

static int bracket(parser *p, int closes)
{
    chain *c = p->c;

    if (!closes) {
        if (p->deep == DEEP)
            return fail("%s: more than %d brackets in one another", p->text->where, DEEP);
        p->open[p->deep++] = c->n;
        return 0;
    }
    if (!p->deep)
        return fail("%s: a bracket closes that was never opened; write ( LAYERS )", p->text->where);
    if (c->cols[p->open[--p->deep]] != p->cols)
        return fail("%s: a bracket begins with %d columns and ends with %d, which cannot be added; end it with a layer "
                    "of %d", p->text->where,
                    c->cols[p->open[p->deep]], p->cols, c->cols[p->open[p->deep]]);
    if (add(p, &REAL(layer_residual), NULL))
        return -1;
    c->layer[c->n - 1].skip = p->open[p->deep];
    return 0;
}

static int item(parser *p, const char *word)
{
    const char *list;
    int which;

    if (p->c->n == MOST)
        return fail("%s: more than %d layers", p->text->where, MOST);
    if (!strcmp(word, "(") || !strcmp(word, ")"))
        return bracket(p, *word == ')');
    if ((which = item_which(p->text->where, word, "layers", KINDS, name_of, &list)) < 0)
        return -1;
    if (all[which] == &REAL(layer_residual))
        return fail("%s: residual is written with brackets, ( LAYERS ), blanks around them", p->text->where);
    return add(p, all[which], list);
}

/* A linear layer leaves its bias to the activation behind it, unless a bracket wants its answer whole. */
static void fuse(chain *c)
{
    for (int i = 1; i < c->n; i++) {
        layer *l = &c->layer[i - 1], *next = &c->layer[i];
        int seen = 0;

        for (int j = 0; j < c->n; j++)
            seen |= c->layer[j].skip == l->to;
        if (seen || l->kind != &REAL(layer_linear) || !next->kind->in_place
            || next->kind->open != REAL(layer_silu).open)
            continue;
        l->bare = 1, next->bias = l->weight[1].v;
    }
}

/* Slots share arrays: each takes the first that nobody reads any more. */
static void share(chain *c)
{
    for (int s = 0; s < c->slots; s++) {
        int last[MOST + 1] = { 0 };

        c->place[s] = -1;
        /* the last layer that reads each slot; the last slot is read in the end */
        for (int i = 0; i < c->n; i++) {
            last[c->layer[i].from] = i;
            if (c->layer[i].skip >= 0)
                last[c->layer[i].skip] = last[c->layer[i].skip] > i ? last[c->layer[i].skip] : i;
        }
        last[c->n] = c->n;
        if (s && c->layer[s - 1].kind->in_place && last[s - 1] == s - 1)
            c->place[s] = c->place[s - 1];
        for (int at = 0; c->place[s] < 0; at++) {
            int taken = 0;

            for (int t = 0; t < s; t++)
                taken |= c->place[t] == at && last[t] >= s - 1;
            if (!taken)
                c->place[s] = at;
        }
        c->places = c->place[s] + 1 > c->places ? c->place[s] + 1 : c->places;
    }
}

static int chain_open(chain *c, const net_text *text, const char *prefix, const char *items, int cols, int cond)
{
    parser p = { .text = text, .prefix = prefix, .c = c, .cond = cond, .cols = cols };

    c->layer = calloc(MOST, sizeof *c->layer);
    c->cols = calloc(MOST + 1, sizeof *c->cols);
    c->place = calloc(MOST + 1, sizeof *c->place);
    if (!c->layer || !c->cols || !c->place)
        return fail("%s: out of memory", text->where);
    c->cols[0] = cols;
    while (items && *(items += strspn(items, " \t"))) {
        char word[1024];
        size_t len = strcspn(items, " \t");

        if (len >= sizeof word)
            return fail("%s: a layer of %zu characters is too long", text->where, len);
        snprintf(word, sizeof word, "%.*s", (int)len, items);
        if (item(&p, word))
            return -1;
        items += len;
    }
    if (p.deep)
        return fail("%s: a bracket is not closed; write ( LAYERS ), blanks around both", text->where);
    c->slots = c->n + 1;
    fuse(c);
    share(c);
    return 0;
}

static void chain_close(chain *c)
{
    for (int i = 0; i < c->n; i++) {
        for (int j = 0; j < c->layer[i].weights; j++)
            free(c->layer[i].weight[j].v), free(c->layer[i].weight[j].back);
        args_free(&c->layer[i].given);
        free(c->layer[i].name);
    }
    free(c->layer), free(c->cols), free(c->place);
}

/* What a list may not hold, and what the tile needs. */
static int look_over(net *n, const net_text *text, const chain *c, int embeds)
{
    for (int i = 0; i < c->n; i++) {
        const layer *l = &c->layer[i];

        if (!embeds && !l->kind->tangent)
            return fail("%s: %s belongs into embed, the list of what is made of time and label", text->where,
                        l->kind->name);
        if (embeds && (l->cond || l->kind == &REAL(layer_concat)))
            return fail("%s: %s takes the embedding and so belongs into layers", text->where, l->kind->name);
        if (l->kind == &REAL(layer_label))
            n->classes = n->classes && n->classes < l->weight[0].rows ? n->classes : l->weight[0].rows;
        n->work = l->work > n->work ? l->work : n->work;
        n->widest = !embeds && padded(l->out) > n->widest ? padded(l->out) : n->widest;
    }
    return 0;
}

static int fill(net *n, const net_text *text)
{
    if (chain_open(&n->embed, text, "embed.", text->embed, 1, 0))
        return -1;
    n->cond = n->embed.cols[n->embed.n];
    if (chain_open(&n->body, text, "layers.", text->layers, n->dim, n->cond))
        return -1;
    if (look_over(n, text, &n->embed, 1) || look_over(n, text, &n->body, 0))
        return -1;
    n->cols = n->body.cols[n->body.n];
    if (n->cols != n->dim && !text->any)
        return fail("%s: the layers end with %d columns, but the state has %d; is the last layer missing, or dim "
                    "another?", text->where, n->cols, n->dim);
    return n->body.n
               ? 0
               : fail("%s: there is no layer; give layers = linear silu linear, or what the network is", text->where);
}

net *REAL(net_open)(const net_text *text)
{
    net *n = calloc(1, sizeof *n);

    if (!n)
        return fail("%s: out of memory", text->where), NULL;
    n->dim = text->dim, n->widest = padded(n->dim);
    if (fill(n, text))
        return REAL(net_close)(n), NULL;
    return n;
}

void REAL(net_close)(net *n)
{
    if (!n)
        return;
    chain_close(&n->embed), chain_close(&n->body);
    free(n);
}

/* ---- tiles ---- */

/* As solvers/engine/workspace.c: large arrays are moved against one another by some cache lines. */
static void *cut(char *base, size_t *used, size_t bytes)
{
    size_t at = *used;

    *used += ((bytes + 63) & ~(size_t)63) + (bytes >= 4096 ? 320 : 0);
    return base ? base + at : NULL;
}

/* The slots of a chain: an array each, or shared by place. */
static void cut_slots(const net *n, const chain *c, char *base, size_t *used, int shared, real **slot)
{
    real *place[MOST + 1];

    for (int i = 0; shared && i < c->places; i++)
        place[i] = cut(base, used, (size_t)TILE_ROWS * n->widest * sizeof **slot);
    for (int s = 0; s < c->slots; s++) {
        real *own = shared ? place[c->place[s]]
            : cut(base, used, (size_t)TILE_ROWS * padded(c->cols[s]) * sizeof **slot);

        if (base)
            slot[s] = own;
    }
}

/* Called twice: to measure, and to cut. */
static void lay(const net *n, tape *t, char *base, size_t *used)
{
    size_t rows = TILE_ROWS;

    t->time = cut(base, used, rows * sizeof *t->time), t->last_time = cut(base, used, rows * sizeof *t->time);
    t->label = cut(base, used, rows * sizeof *t->label), t->last_label = cut(base, used, rows * sizeof *t->label);
    t->x = cut(base, used, rows * padded(n->dim) * sizeof *t->x),
        t->dx = cut(base, used, rows * padded(n->dim) * sizeof *t->dx);
    t->pass.work = cut(base, used, rows * n->work * sizeof *t->x);
    t->embed = cut(base, used, n->embed.slots * sizeof *t->embed);
    t->fast = cut(base, used, n->body.slots * sizeof *t->fast);
    t->kept = cut(base, used, n->body.slots * sizeof *t->kept);
    t->pass.dslot = cut(base, used, n->body.slots * sizeof *t->kept);
    cut_slots(n, &n->embed, base, used, 0, t->embed);
    cut_slots(n, &n->body, base, used, 1, t->fast);
    cut_slots(n, &n->body, base, used, 0, t->kept);
    cut_slots(n, &n->body, base, used, 1, t->pass.dslot);
}

tape *REAL(tape_open)(const net *n)
{
    tape *t = calloc(1, sizeof *t);
    size_t used = 0;

    if (t)
        lay(n, t, NULL, &used);
    if (!t || !(t->workspace = aligned_alloc(64, used + 64)))
        return free(t), fail("out of memory: %zu bytes for a tile of %d rows", used, TILE_ROWS), NULL;
    memset(t->workspace, 0, used + 64);
    used = 0;
    lay(n, t, t->workspace, &used);
    t->pass.rows = TILE_ROWS, t->pass.time = t->time, t->pass.label = t->label;
    t->pass.c = t->embed[n->embed.n];
    return t;
}

void REAL(tape_close)(tape *t)
{
    if (!t)
        return;
    free(t->workspace);
    free(t);
}

static void walk(const chain *c, pass *p, real **slot)
{
    p->slot = slot;
    for (int i = 0; i < c->n; i++)
        c->layer[i].kind->forward(&c->layer[i], p, slot[c->layer[i].from], slot[c->layer[i].to]);
}

/* c, unless it is the last tile's. */
static void embed(const net *n, tape *t)
{
    int rows = t->pass.rows;

    if (rows <= t->made && !memcmp(t->time, t->last_time, rows * sizeof *t->time)
        && !memcmp(t->label, t->last_label, rows * sizeof *t->label))
        return;
    for (int i = 0; i < rows; i++)
        t->embed[0][(size_t)i * padded(1)] = (real)t->time[i];
    walk(&n->embed, &t->pass, t->embed);
    memcpy(t->last_time, t->time, rows * sizeof *t->time);
    memcpy(t->last_label, t->label, rows * sizeof *t->label);
    t->made = rows;
}

void REAL(net_forward)(const net *n, tape *t, int keep)
{
    real **slot = keep ? t->kept : t->fast;

    embed(n, t);
    memcpy(slot[0], t->x, (size_t)t->pass.rows * padded(n->dim) * sizeof *t->x);
    walk(&n->body, &t->pass, slot);
    t->y = slot[n->body.n];
}

void REAL(net_tangent)(const net *n, tape *t)
{
    const chain *c = &n->body;
    real **d = t->pass.dslot;

    t->pass.slot = t->kept;
    memcpy(d[0], t->dx, (size_t)t->pass.rows * padded(n->dim) * sizeof *t->dx);
    for (int i = 0; i < c->n; i++)
        c->layer[i].kind->tangent(&c->layer[i], &t->pass, t->kept[c->layer[i].from], d[c->layer[i].from],
                                  d[c->layer[i].to]);
    t->dy = d[c->n];
}
