/*
 * The flow's velocity and its divergence, from the data prediction D, with J = dD/dx:
 *
 *   v = dalpha D + dsigma/sigma (x - alpha D),   div v = dalpha tr J + dsigma/sigma (dim - alpha tr J)
 *
 * tr J is the field's own divergence, or all dim products J e_j, or an estimate from random directions; with a control
 * variate B, the Jacobian of a Gaussian, tr J = tr B + tr (J - B), and only the second is estimated.
 * A sample's directions are its own and stay the same along its trajectory.
 */
#include <stdlib.h>
#include <string.h>
#include "scores/tangents.h"
#include "solvers/likelihood/logflow.h"

/* Points go through in chunks of so many numbers an array at most; unit directions so many at a time;
 * directions remembered. */
enum { CHUNK_ROOM = 1 << 20, UNITS = 32, MEMORY = 1 << 23 };

typedef struct logflow {
    const inquiry *q;
    score *own;                             /* a thread copy of the field, or NULL: the field itself */
    const score *field;
    /* columns; estimates; random directions, and products of the two rounds, a point */
    int dim, K, drawn, first, second;
    int chunk;                              /* points at a time */
    /* a memory of directions: the sample whose directions are in each slot, and they */
    long slots, *owner;
    double *memory;
    tangents *products;
    level *at;                              /* chunk of each from here on */
    int *label;
    double *x, *d, *base, *estimate;        /* points, D, tr B, tr J (K each) */
    double *omega, *y, *q2, *z, *work;      /* drawn, first, second, second directions; of one point */
    double *image, *unused;                 /* B times directions, and the fit's prediction there */
} logflow;

int logflow_estimates(const inquiry *q) { return q->trace->estimates(q->probes, q->field->dim); }

static int by_products(const inquiry *q) { return q->trace->exact && !q->field->divergence; }

int inquiry_rounds(const inquiry *q)
{
    int dim = q->field->dim;

    if (q->trace->exact)
        return by_products(q) ? (dim + UNITS - 1) / UNITS : 1;
    return 1 + (q->trace->second(q->probes, dim) > 0);
}

int inquiry_rows(const inquiry *q)
{
    int dim = q->field->dim, first = q->trace->first(q->probes, dim), second = q->trace->second(q->probes, dim),
        rows = 0;

    if (q->trace->exact && !by_products(q))
        return 1;
    if (q->trace->exact) {
        for (int j = 0; j < dim; j += UNITS)
            rows += tangents_rows(q->field, dim - j < UNITS ? dim - j : UNITS);
        return rows;
    }
    return tangents_rows(q->field, first) + (second ? tangents_rows(q->field, second) : 0);
}

/* ---- directions ---- */

/* The directions of chunk's points to omega, from the memory where they are there.  Points that are no sample's, which
 * methods ask for before their first step, have those of number 0. */
static void recall(logflow *f, int n, const int *sample)
{
    size_t size = (size_t)f->drawn * f->dim;

    for (int i = 0; i < n && size; i++) {
        long number = sample ? f->q->first + sample[i] : 0, slot = number % f->slots;
        double *held = f->memory + slot * size;

        if (f->owner[slot] != number) {
            if (f->q->recorded)
                memcpy(held, f->q->recorded + (sample ? sample[i] : 0) * size, size * sizeof *held);
            else
                probes_draw(f->q->trace, f->q->given, f->q->seed, number, f->q->probes, f->dim, held);
            f->owner[slot] = number;
        }
        memcpy(f->omega + i * size, held, size * sizeof *held);
    }
}

/* (J - B) times m directions a point: J's where there is no control variate. */
static int multiply(logflow *f, const batch *p, int m, const double *v, double *out)
{
    size_t N = (size_t)p->groups * p->rows * m * f->dim;
    /* a Gaussian's Jacobian is the same everywhere */
    batch along = { .groups = p->groups, .rows = p->rows * m, .at = p->at, .x = v };

    if (tangents_ask(f->products, p, m, v, f->d, out))
        return -1;
    if (!f->q->control)
        return 0;
    if (f->q->fit->jvp(f->q->fit, &along, v, f->unused, f->image))
        return -1;
    for (size_t i = 0; i < N; i++)
        out[i] -= f->image[i];
    return 0;
}

/* ---- tr J of a chunk, and D ---- */

static int by_units(logflow *f, const batch *p)
{
    int n = p->groups * p->rows, dim = f->dim;

    for (int i = 0; i < n; i++)
        f->estimate[i] = 0;
    for (int j = 0, m; j < dim; j += m) {
        m = dim - j < UNITS ? dim - j : UNITS;
        memset(f->omega, 0, (size_t)n * m * dim * sizeof *f->omega);
        for (int i = 0; i < n * m; i++)
            f->omega[(size_t)i * dim + j + i % m] = 1;
        if (tangents_ask(f->products, p, m, f->omega, f->d, f->y))
            return -1;
        for (int i = 0; i < n * m; i++)
            f->estimate[i / m] += f->y[(size_t)i * dim + j + i % m];
    }
    return 0;
}

static products of_point(const logflow *f, long i)
{
    return (products){ .probes = f->q->probes, .dim = f->dim, .omega = f->omega + i * f->drawn * f->dim,
                       .y = f->y + i * f->first * f->dim,
                       .q = f->q2 + i * f->second * f->dim, .z = f->z + i * f->second * f->dim,
                       .work = f->work + i * trace_work(f->q->probes, f->dim) };
}

static int by_probes(logflow *f, const batch *p, const int *sample)
{
    const estimator *e = f->q->trace;
    int n = p->groups * p->rows;
    size_t first = (size_t)f->first * f->dim, drawn = (size_t)f->drawn * f->dim;
    double *v = f->omega;

    recall(f, n, sample);
    if (first != drawn) {                   /* the others wait for the second round, whose room is free so far */
        v = f->q2;
        for (int i = 0; i < n; i++)
            memcpy(v + i * first, f->omega + i * drawn, first * sizeof *v);
    }
    if (f->first && multiply(f, p, f->first, v, f->y))
        return -1;
    if (f->second) {
        for (int i = 0; i < n; i++) {
            products all = of_point(f, i);

            e->turn(&all);
        }
        if (multiply(f, p, f->second, f->q2, f->z))
            return -1;
    }
    for (int i = 0; i < n; i++) {
        products all = of_point(f, i);

        e->conclude(&all, f->estimate + (size_t)i * f->K);
    }
    if (!f->q->control)
        return 0;
    if (f->q->fit->denoise(f->q->fit, p, f->unused, f->base))
        return -1;
    for (int i = 0; i < n * f->K; i++)
        f->estimate[i] += f->base[i / f->K];
    return 0;
}

static int traces(logflow *f, const batch *p, const int *sample)
{
    if (!f->q->trace->exact)
        return by_probes(f, p, sample);
    return by_products(f->q) ? by_units(f, p) : field_divergence(f->field, p, PREDICTS_DATA, f->d, f->estimate);
}

/* ---- the field ---- */

/* n points from `from` on: out = v and K times div v. */
static int answer_chunk(logflow *f, const batch *p, long from, int n, usage *used, double *out)
{
    int dim = f->dim, cols = dim + f->K, alone = p->groups == 1;
    const int *sample = p->label ? p->label + from : NULL;
    batch part = { .groups = alone ? 1 : n, .rows = alone ? n : 1, .at = alone ? p->at : f->at, .x = f->x,
                   .label = f->q->label && sample ? f->label : NULL, .used = used };

    for (int i = 0; i < n; i++) {
        memcpy(f->x + (size_t)i * dim, p->x + (from + i) * cols, dim * sizeof *f->x);
        if (!alone)
            f->at[i] = p->at[(from + i) / p->rows];
        if (part.label)
            f->label[i] = f->q->label[sample[i]];
    }
    if (traces(f, &part, sample))
        return -1;
    for (int i = 0; i < n; i++, out += cols) {
        const level *l = &part.at[alone ? 0 : i];
        double rate = l->dsigma / l->sigma, keep = l->dalpha - rate * l->alpha;

        for (int k = 0; k < dim; k++)
            out[k] = rate * f->x[(size_t)i * dim + k] + keep * f->d[(size_t)i * dim + k];
        for (int k = 0; k < f->K; k++)
            out[dim + k] = rate * dim + keep * f->estimate[(size_t)i * f->K + k];
    }
    return 0;
}

static int answers(void *self, const batch *p, double *out)
{
    logflow *f = self;
    long points = (long)p->groups * p->rows;
    usage all = { 0 };
    int status = 0;

    for (long from = 0; from < points && !status; from += f->chunk) {
        int n = points - from < f->chunk ? (int)(points - from) : f->chunk;
        usage one = { 0 };

        status = answer_chunk(f, p, from, n, &one, out + from * (f->dim + f->K));
        usage_beside(&all, &one);
    }
    if (p->used)
        usage_then(p->used, &all);
    return status;
}

static void close(void *self)
{
    logflow *f = self;

    tangents_close(f->products);
    field_close(f->own);
    free(f->owner), free(f->memory), free(f->at), free(f->label), free(f->x), free(f->d), free(f->base),
        free(f->estimate);
    free(f->omega), free(f->y), free(f->q2), free(f->z), free(f->work), free(f->image), free(f->unused);
    free(f);
}

/* Room for n times m numbers; at least one. */
static double *room(size_t n, size_t m) { return malloc((n * m + 1) * sizeof (double)); }

/* The arrays of a thread copy for blocks of up to `rows` points.  0 or -1. */
static int furnish(logflow *f, int rows)
{
    const inquiry *q = f->q;
    int dim = f->dim, units = by_products(q) ? (dim < UNITS ? dim : UNITS) : 0, most = f->first > f->second ? f->first
        : f->second;
    size_t wide, n;

    most = most > units ? most : units;
    wide = (size_t)dim * ((most > f->drawn ? most : f->drawn) + 1);
    f->chunk = rows * wide > CHUNK_ROOM ? (int)(CHUNK_ROOM / wide) : rows;
    f->chunk = f->chunk < 1 ? 1 : f->chunk;
    n = f->chunk;
    f->slots = rows * wide > MEMORY ? (long)(MEMORY / wide) + 1 : rows;
    if (q->field->thread_copy && !(f->own = q->field->thread_copy(q->field->self,
                                                    (int)n * (most ? tangents_rows(q->field, most) : 1))))
        return -1;
    f->field = f->own ? f->own : q->field;
    if (most && !(f->products = tangents_open(f->field, (int)n, most)))
        return -1;
    f->owner = malloc(f->slots * sizeof *f->owner), f->memory = room(f->slots, (size_t)f->drawn * dim);
    f->at = malloc(n * sizeof *f->at), f->label = malloc(n * sizeof *f->label);
    f->x = room(n, dim), f->d = room(n, dim), f->base = room(n, 1), f->estimate = room(n, f->K);
    f->omega = room(n, (size_t)(f->drawn > units ? f->drawn : units) * dim),
        f->y = room(n, (size_t)(f->first > units ? f->first : units) * dim);
    f->q2 = room(n, (size_t)f->second * dim), f->z = room(n, (size_t)f->second * dim);
    f->work = room(n, f->second ? trace_work(q->probes, dim) : 0);
    f->image = room(n, (size_t)(q->control ? most : 0) * dim),
        f->unused = room(n, (size_t)(q->control ? most : 0) * dim);
    if (!f->owner || !f->memory || !f->at || !f->label || !f->x || !f->d || !f->base || !f->estimate || !f->omega
        || !f->y || !f->q2 || !f->z || !f->work || !f->image || !f->unused)
        return fail("out of memory for %d directions of %zu points with %d columns", most, n, dim);
    for (long i = 0; i < f->slots; i++)
        f->owner[i] = -1;
    return 0;
}

static score *thread_copy(void *self, int rows);

static score *make(const inquiry *q, int rows)
{
    int dim = q->field->dim;
    logflow *f = calloc(1, sizeof *f);
    score *s = malloc(sizeof *s);

    if (!f || !s)
        return free(f), free(s), fail("out of memory"), NULL;
    *f = (logflow){ .q = q, .field = q->field, .dim = dim, .K = logflow_estimates(q),
                    .drawn = q->trace->drawn(q->probes, dim),
                    .first = q->trace->first(q->probes, dim), .second = q->trace->second(q->probes, dim) };
    *s = (score){ .abi = SCORE_ABI, .name = q->field->name, .dim = dim + f->K, .predicts = PREDICTS_VELOCITY,
                  .serial = q->field->serial,
                  .block = inquiry_rows(q) == 1 ? q->field->block : 0, .single = q->field->single, .wraps = 1,
                  .eval = answers,
                  .thread_copy = thread_copy, .close = close, .self = f };
    if (rows && furnish(f, rows))
        return field_close(s), NULL;
    return s;
}

static score *thread_copy(void *self, int rows) { return make(((const logflow *)self)->q, rows); }

score *logflow_open(const inquiry *q) { return make(q, 0); }
