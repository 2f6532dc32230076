/*
 * kind = mlp: a built-in network (scores/net.h) from a .safetensors or .npz, float32.
 * Rows are computed in tiles (scores/layer.h): a row's bits depend on nothing but itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "models/fail.h"
#include "scores/field.h"
#include "scores/net.h"
#include "scores/network.h"
#include "scores/tiny.h"

/* A twin shares the net and the process's name, and has a tape of its own. */
typedef struct mlp { network how; net *net; char *process; tape *tape; int owner; } mlp;

/* n rows from `row` on into the tile. */
static void load(const mlp *m, const batch *p, long row, int n)
{
    tape *t = m->tape;
    int dim = m->net->dim;

    t->pass.rows = n;
    network_in(m->how.input_scale, n, dim, p->x + row * dim, padded(dim), t->x);
    for (int i = 0; i < n; i++) {
        const level *l = level_at(p, row + i);

        t->time[i] = i && l == level_at(p, row + i - 1) ? t->time[i - 1] : network_time(&m->how, l);
        t->label[i] = p->label ? p->label[row + i] : -1;
    }
}

/* What one tile answers; jv, div may be NULL. */
typedef struct wish { const double *v; double *out, *jv, *div; } wish;

static void directional(const mlp *m, const wish *w, long row, int n)
{
    int dim = m->net->dim, pad = padded(dim);

    network_in(m->how.input_scale, n, dim, w->v + row * dim, pad, m->tape->dx);
    net_tangent(m->net, m->tape);
    network_out(m->how.output_scale, n, dim, pad, m->tape->dy, w->jv + row * dim);
}

/* Exact: a tangent a column. */
static void divergence_of(const mlp *m, const wish *w, long row, int n)
{
    int dim = m->net->dim, pad = padded(dim);
    tape *t = m->tape;
    double scale = m->how.input_scale * m->how.output_scale;

    memset(w->div + row, 0, n * sizeof *w->div);
    memset(t->dx, 0, (size_t)n * pad * sizeof *t->dx);
    for (int d = 0; d < dim; d++) {
        for (int i = 0; i < n; i++)
            t->dx[(size_t)i * pad + d] = 1;
        net_tangent(m->net, t);
        for (int i = 0; i < n; i++)
            w->div[row + i] += scale * t->dy[(size_t)i * pad + d], t->dx[(size_t)i * pad + d] = 0;
    }
}

static int answer(const mlp *m, const batch *p, const wish *w)
{
    long all = (long)p->groups * p->rows;
    int dim = m->net->dim;
    unsigned before;

    if (network_labels("mlp", p, m->net->classes))
        return -1;
    before = flush_tiny();
    for (long row = 0; row < all; row += TILE_ROWS) {
        int n = all - row < TILE_ROWS ? (int)(all - row) : TILE_ROWS;

        load(m, p, row, n);
        net_forward(m->net, m->tape, w->jv || w->div);
        network_out(m->how.output_scale, n, dim, padded(dim), m->tape->y, w->out + row * dim);
        if (w->jv)
            directional(m, w, row, n);
        if (w->div)
            divergence_of(m, w, row, n);
    }
    restore_tiny(before);
    return 0;
}

static int eval(void *self, const batch *p, double *out) { return answer(self, p, &(wish){ .out = out }); }
static int jvp(void *self, const batch *p, const double *v, double *out, double *jv) { return answer(self, p, &(wish){ .v = v, .out = out, .jv = jv }); }
static int divergence(void *self, const batch *p, double *out, double *div) { return answer(self, p, &(wish){ .out = out, .div = div }); }

static void close(void *self)
{
    mlp *m = self;

    tape_close(m->tape);
    if (m->owner)
        net_close(m->net), free(m->process);
    free(m);
}

static score *twin(void *self, int rows);

/* A score over a copy of m with a tape of its own; what m owns is closed on failure. */
static score *score_of(const mlp *like)
{
    mlp *m = malloc(sizeof *m), lost = *like;
    score *s = NULL;

    if (!m) {
        if (lost.owner)
            net_close(lost.net), free(lost.process);
        return fail("mlp: out of memory"), NULL;
    }
    *m = *like;
    if ((m->tape = tape_open(m->net)))
        s = field_new((score){ .abi = SCORE_ABI, .name = "mlp", .dim = m->net->dim, .predicts = m->how.predicts, .block = TILE_ROWS,
                               .process = m->process, .eval = eval, .jvp = jvp, .divergence = divergence, .twin = twin, .close = close, .self = m });
    if (!s)
        close(m);
    return s;
}

static score *twin(void *self, int rows)
{
    mlp m = *(const mlp *)self;

    m.owner = 0;
    return score_of(&m);
}

/* The net of the section over weights that are read. */
static net *build(const model *m, section *s, const tensors *weights)
{
    char where[512];
    net_text text = { .where = where, .embed = network_key(s, weights, "embed"), .layers = network_key(s, weights, "layers"), .file = weights };

    snprintf(where, sizeof where, "%s", section_get(s, "layers") ? field_where(m, s, "layers") : weights->path);
    if (!text.layers)
        return fail("%s: neither this file nor the metadata of %s say what the network is; give layers = linear silu linear, or what it is (`fokker list layers`)",
                    field_where(m, s, NULL), weights->path), NULL;
    return (text.dim = network_dim(m, s, weights)) < 0 ? NULL : net_open(&text);
}

/* Over weights that are read: what the network is told depends on the process that it was made for. */
static score *open_read(const model *m, section *s, const tensors *weights)
{
    static const char *const known[] = { "file", "layers", "embed", "dim", NETWORK_KEYS };
    const char *made_for = tensors_note(weights, "process");
    process *own = m->assumed && made_for ? process_open(weights->path, made_for) : NULL;
    mlp o = { .owner = 1 };

    if (m->assumed && made_for && !own)
        return NULL;
    if (network_read(&o.how, m, own ? own : m->process, s, weights) || !(o.net = build(m, s, weights)) || section_all_used(m->file, s, known)) {
        net_close(o.net);
        o.net = NULL;
    }
    if (own)
        process_close(own);
    if (!o.net)
        return NULL;
    if (made_for && !(o.process = strdup(made_for)))
        return net_close(o.net), fail("%s: out of memory", weights->path), NULL;
    return score_of(&o);
}

score *field_mlp(const model *m, section *s)
{
    char *path = field_path(m, s, "file");
    tensors weights;
    score *field = NULL;

    if (path && !tensors_read(path, &weights)) {
        field = open_read(m, s, &weights);
        tensors_free(&weights);
    }
    free(path);
    return field;
}
