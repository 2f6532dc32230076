/*
 * kind = onnx: a network in an .onnx file, run by ONNX Runtime (scores/outside/ort.h) on one thread; OpenMP shares out
 * the blocks.  What its inputs are is found in scores/outside/onnx_bind.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "scores/outside/onnx.h"

typedef struct onnx { session *s; int owner; port in[INPUTS]; } onnx;       /* in: the ports with memory of their own */

/* ---- numbers of the model's types ---- */

static size_t size_of(enum ort_type t) { return t == ORT_DOUBLE || t == ORT_INT64 ? 8 : 4; }

/* A whole number where the model wants one: the nearest. */
static void put(const port *p, long i, double v)
{
    switch (p->type) {
    case ORT_DOUBLE: ((double *)p->data)[i] = v; break;
    case ORT_INT64:  ((int64_t *)p->data)[i] = (int64_t)rint(v); break;
    case ORT_INT32:  ((int32_t *)p->data)[i] = (int32_t)rint(v); break;
    default:         ((float *)p->data)[i] = (float)v;
    }
}

/* ---- an answer ---- */

/* rows x outer x cols x inner numbers: a row's answer is the mean over outer and inner. */
typedef struct said { const void *y; long outer, cols, inner; } said;

/* The axes of a value; dims, or -1. */
static int axes_of(const session *s, ort_value *v, int64_t axis[AXES])
{
    ort_shape *shape = NULL;
    size_t dims = 0;
    int bad = ort_failed(&s->run, s->path, s->run.value_shape(v, &shape))
        || ort_failed(&s->run, s->path, s->run.shape_dims(shape, &dims));

    if (!bad && dims > AXES)
        bad = fail("%s: answers with %zu axes; at most %d are read", s->path, dims, AXES);
    bad = bad || ort_failed(&s->run, s->path, s->run.shape_axes(shape, axis, dims));
    s->run.free_shape(shape);
    return bad ? -1 : (int)dims;
}

/* That a prediction has rows x dim numbers, and a judgement as many a row as the first one. */
static int read_said(const session *s, ort_value *v, int rows, said *a)
{
    int64_t axis[AXES];
    int dims = axes_of(s, v, axis);
    void *data = NULL;
    long all = 1;

    if (dims < 0 || ort_failed(&s->run, s->path, s->run.tensor_data(v, &data)))
        return -1;
    *a = (said){ data, 1, 1, 1 };
    for (int i = 0; i < dims; i++)
        all *= axis[i];
    if (!s->judges)
        return all == (a->cols = s->dim) * rows
               ? 0 : fail("%s: answers %ld numbers to %d rows of %d; its output must have the shape of its input",
                          s->path, all, rows, s->dim);
    if (dims < 1 || axis[0] != rows)
        return fail("%s: answers %ld numbers to %d rows, and not row by row; the first axis of its output must be the "
                    "batch", s->path, all, rows);
    if (s->keep >= dims)
        return fail("%s: its output has %d axes behind the batch, and channels = %d; leave it out to take all numbers",
                    s->path, dims - 1, s->keep);
    for (int i = 1; i < dims; i++)
        *(!s->keep || i == s->keep ? &a->cols : i < s->keep ? &a->outer : &a->inner) *= axis[i];
    return a->cols < 1 || (s->cols && a->cols != s->cols) ? fail("%s: answers %ld numbers a row, not %d as before",
                                                                 s->path, a->cols, s->cols) : 0;
}

static double number_at(const session *s, const void *y, long i)
{
    return s->out.type == ORT_DOUBLE ? ((const double *)y)[i] : ((const float *)y)[i];
}

static void take(const session *s, const said *a, int wanted, double *out)
{
    double scale = s->how.output_scale / (double)(a->outer * a->inner);

    if (s->out.type == ORT_FLOAT && a->outer * a->inner == 1) {
        network_out(scale, wanted, (int)a->cols, (int)a->cols, a->y, out);
        return;
    }
    memset(out, 0, wanted * a->cols * sizeof *out);
    for (long row = 0, i = 0; row < wanted; row++, out += a->cols) {
        for (long o = 0; o < a->outer; o++)
            for (long k = 0; k < a->cols; k++)
                for (long j = 0; j < a->inner; j++)
                    out[k] += number_at(s, a->y, i++);
        for (long k = 0; k < a->cols; k++)
            out[k] *= scale;
    }
}

/* ---- a call ---- */

static ort_value *tensor_of(const session *s, const port *p, int rows)
{
    int64_t axis[AXES];
    ort_value *v = NULL;

    memcpy(axis, p->axis, sizeof axis);
    if (p->batched)
        axis[0] = rows;
    return ort_failed(&s->run, s->path,
                      s->run.tensor_over(s->memory, p->data, (p->batched ? rows : 1) * p->cols * size_of(p->type),
                                         axis, p->dims, p->type, &v))
           ? NULL : v;
}

/* One run of the model over what lies in the ports.  out NULL: only how many columns it answers. */
static int call(const onnx *o, int rows, double *out, int wanted)
{
    session *s = o->s;
    const char *names[INPUTS];
    ort_value *in[INPUTS] = { 0 }, *answer = NULL;
    said a;
    int status = 0;

    for (int i = 0; i < s->inputs && !status; i++)
        names[i] = o->in[i].name, status = (in[i] = tensor_of(s, &o->in[i], rows)) ? 0 : -1;
    if (!status)
        status = ort_failed(&s->run, s->path, s->run.run(s->session, NULL, names, (const ort_value *const *)in,
                                                         s->inputs,
                                                         (const char *const[]){ s->out.name }, 1, &answer));
    if (!status && !(status = read_said(s, answer, rows, &a))) {
        if (out)
            take(s, &a, wanted, out);
        else
            s->cols = (int)a.cols;
    }
    s->run.free_value(answer);
    for (int i = 0; i < s->inputs; i++)
        s->run.free_value(in[i]);
    return status;
}

/* The state, its last row again where the model's batch is longer. */
static void put_state(const onnx *o, const port *p, const double *x, int n, int rows)
{
    const session *s = o->s;
    long N = (long)n * s->dim;

    if (p->type == ORT_FLOAT)
        network_in(s->how.input_scale, n, s->dim, x, s->dim, p->data);
    else
        for (long i = 0; i < N; i++)
            put(p, i, s->how.input_scale * x[i]);
    for (int i = n; i < rows; i++)
        memcpy((char *)p->data + i * s->dim * size_of(p->type), (char *)p->data + (n - 1) * s->dim * size_of(p->type),
               s->dim * size_of(p->type));
}

/* n rows of a batch from `row` on. */
static int answer(const onnx *o, const batch *b, long row, int n, double *out)
{
    const session *s = o->s;
    int rows = s->fixed ? s->fixed : n;

    for (int k = 0; k < s->inputs; k++) {
        const port *p = &o->in[k];

        if (p->part == STATE)
            put_state(o, p, b->x + row * s->dim, n, rows);
        for (int i = 0; i < (p->batched ? rows : 1) && (p->part == TIME || p->part == LABEL); i++) {
            long at = row + (i < n ? i : n - 1);
            int label = b->label ? b->label[at] : -1;

            if (p->part == LABEL && label < 0 && (label = s->no_label) < 0)
                return fail("%s: its input %s is a label, and sample %ld has none; give --label, or no_label = the "
                            "network's label of none", s->path, p->name, at);
            for (long j = 0; j < p->cols; j++)
                put(p, i * p->cols + j, p->part == TIME ? network_time(&s->how, level_at(b, at)) : label);
        }
    }
    return call(o, rows, out + row * s->cols, n);
}

static int eval(void *self, const batch *b, double *out)
{
    const onnx *o = self;
    long all = (long)b->groups * b->rows;
    int most = o->s->fixed ? o->s->fixed : CHUNK;

    for (long row = 0, n; row < all; row += n) {
        n = all - row < most ? all - row : most;
        if (o->s->once && n > b->rows - row % b->rows)
            n = b->rows - row % b->rows;            /* one level a call */
        if (answer(o, b, row, (int)n, out))
            return -1;
    }
    return 0;
}

/* ---- opening ---- */

static void close(void *self)
{
    onnx *o = self;

    for (int i = 0; i < INPUTS; i++)
        free(o->in[i].data);
    if (o->owner)
        session_close(o->s);
    free(o);
}

static score *thread_copy(void *self, int rows);

/* A score over the session with memory of its own; the session is closed on failure where it is owned. */
static score *score_of(session *s, int owner)
{
    onnx *o = calloc(1, sizeof *o);
    int rows = s->fixed ? s->fixed : CHUNK, full = !o;
    score *field = NULL;

    if (!o && owner)
        session_close(s);
    for (int i = 0; o && i < s->inputs; i++) {
        o->s = s, o->owner = owner, o->in[i] = s->in[i];
        if (!(o->in[i].data = calloc((o->in[i].batched ? rows : 1) * o->in[i].cols, size_of(o->in[i].type))))
            full = 1;
        for (long j = 0; !full && o->in[i].part == CONSTANT && j < (o->in[i].batched ? rows : 1) * o->in[i].cols; j++)
            put(&o->in[i], j, o->in[i].value);
    }
    if (!full && (s->cols || !call(o, s->fixed ? s->fixed : 1, NULL, 0)))
        field = field_new((score){ .abi = SCORE_ABI, .name = "onnx", .dim = s->dim, .cols = s->cols,
                                   .predicts = s->how.predicts, .block = rows,
                                   .eval = eval, .thread_copy = thread_copy, .close = close, .self = o });
    if (!field && o)
        close(o);
    if (full)
        fail("onnx: out of memory");
    return field;
}

static score *thread_copy(void *self, int rows) { return score_of(((const onnx *)self)->s, 0); }

static score *open_onnx(const model *m, section *sec)
{
    session *s = calloc(1, sizeof *s);
    double keep;

    if (!s)
        return fail("onnx: out of memory"), NULL;
    s->judges = section_judges(sec);
    if (session_open(s, m, sec) || (s->judges && field_number(m, sec, "channels", 1, AXES - 1, 0, &keep)))
        return session_close(s), NULL;
    s->keep = s->judges ? (int)keep : 0;
    return score_of(s, 1);
}

static const char *const keys[] = { "file", "input", "time_input", "label", "no_label", "output", "shape", "input.*",
                                    NETWORK_KEYS, NULL };
static const char *const judge_keys[] = { "channels", NULL };
const field_kind field_kind_onnx = { .name = "onnx", .keys = keys, .judge_keys = judge_keys, .open = open_onnx };
