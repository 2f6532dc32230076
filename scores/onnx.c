/*
 * kind = onnx: a network in an .onnx file, run by ONNX Runtime (scores/ort.h) on one thread; OpenMP shares out the blocks.
 * Inputs are bound by name: the state (`input`), the time (`time_input`), a label (`label`), constants (`input.NAME`); their shapes are the model's.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "scores/network.h"
#include "scores/ort.h"

enum { CHUNK = 32, AXES = 8, INPUTS = 16 };         /* rows of a call; images keep to the caches, and many threads have work */
enum part { STATE, TIME, LABEL, CONSTANT };

/* An input or the output: axis[0] is the batch where `batched`; cols numbers a row, or numbers in all. */
typedef struct port { char *name; enum part part; enum ort_type type; int dims, batched; int64_t axis[AXES]; long cols; double value; void *data; } port;

/* What twins share. */
typedef struct session {
    ort run;
    ort_env *env;
    ort_session *session;
    ort_memory *memory;
    char *path;
    network how;
    int inputs, dim, once;                          /* once: one time a call, the model has no axis for it */
    int fixed;                                      /* rows of the model's batch; 0: any number */
    int no_label;                                   /* what a label of -1 becomes; -1: refused */
    port in[INPUTS], out;
} session;

typedef struct onnx { session *s; int owner; port in[INPUTS]; } onnx;       /* in: the ports with memory of their own */

/* ---- numbers of the model's types ---- */

static size_t size_of(enum ort_type t) { return t == ORT_DOUBLE || t == ORT_INT64 ? 8 : 4; }
static int known(enum ort_type t) { return t == ORT_FLOAT || t == ORT_DOUBLE || t == ORT_INT64 || t == ORT_INT32; }

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

/* ---- a call ---- */

static ort_value *tensor_of(const session *s, const port *p, int rows)
{
    int64_t axis[AXES];
    ort_value *v = NULL;

    memcpy(axis, p->axis, sizeof axis);
    if (p->batched)
        axis[0] = rows;
    return ort_failed(&s->run, s->path, s->run.tensor_over(s->memory, p->data, (p->batched ? rows : 1) * p->cols * size_of(p->type), axis, p->dims, p->type, &v))
           ? NULL : v;
}

/* That the answer has rows x dim numbers of the type that was declared. */
static int check_answer(const session *s, ort_value *v, int rows, const float **y)
{
    ort_shape *shape = NULL;
    size_t size = 0;
    void *data = NULL;

    if (ort_failed(&s->run, s->path, s->run.value_shape(v, &shape)))
        return -1;
    if (ort_failed(&s->run, s->path, s->run.shape_size(shape, &size)) || ort_failed(&s->run, s->path, s->run.tensor_data(v, &data)))
        size = 0;
    s->run.free_shape(shape);
    *y = data;
    return size == (size_t)rows * s->dim ? 0 : fail("%s: answers %zu numbers to %d rows of %d; its output must have the shape of its input", s->path, size, rows, s->dim);
}

/* One run of the model over what lies in the ports. */
static int call(const onnx *o, int rows, double *out, int wanted)
{
    const session *s = o->s;
    const char *names[INPUTS];
    ort_value *in[INPUTS] = { 0 }, *answer = NULL;
    const float *y;
    int status = 0;

    for (int i = 0; i < s->inputs && !status; i++)
        names[i] = o->in[i].name, status = (in[i] = tensor_of(s, &o->in[i], rows)) ? 0 : -1;
    if (!status)
        status = ort_failed(&s->run, s->path, s->run.run(s->session, NULL, names, (const ort_value *const *)in, s->inputs,
                                                         (const char *const[]){ s->out.name }, 1, &answer));
    if (!status && !(status = check_answer(s, answer, rows, &y))) {
        if (s->out.type == ORT_DOUBLE)
            for (long i = 0; i < (long)wanted * s->dim; i++)
                out[i] = s->how.output_scale * ((const double *)y)[i];
        else
            network_out(s->how.output_scale, wanted, s->dim, s->dim, y, out);
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
        memcpy((char *)p->data + i * s->dim * size_of(p->type), (char *)p->data + (n - 1) * s->dim * size_of(p->type), s->dim * size_of(p->type));
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
                return fail("%s: its input %s is a label, and sample %ld has none; give --label, or no_label = the network's label of none", s->path, p->name, at);
            for (long j = 0; j < p->cols; j++)
                put(p, i * p->cols + j, p->part == TIME ? network_time(&s->how, level_at(b, at)) : label);
        }
    }
    return call(o, rows, out + row * s->dim, n);
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

static void session_close(session *s)
{
    if (s->run.library) {
        s->run.free_memory(s->memory), s->run.free_session(s->session), s->run.free_env(s->env);
        ort_close(&s->run);
    }
    for (int i = 0; i < INPUTS; i++)
        free(s->in[i].name);
    free(s->out.name), free(s->path), free(s);
}

static void close(void *self)
{
    onnx *o = self;

    for (int i = 0; i < INPUTS; i++)
        free(o->in[i].data);
    if (o->owner)
        session_close(o->s);
    free(o);
}

static score *twin(void *self, int rows);

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
    if (!full)
        field = field_new((score){ .abi = SCORE_ABI, .name = "onnx", .dim = s->dim, .predicts = s->how.predicts, .block = s->fixed ? s->fixed : CHUNK,
                                   .eval = eval, .twin = twin, .close = close, .self = o });
    if (!field && o)
        close(o);
    if (full)
        fail("onnx: out of memory");
    return field;
}

static score *twin(void *self, int rows) { return score_of(((const onnx *)self)->s, 0); }

/* Name, type and axes of the i-th input or output. */
static int read_port(session *s, port *p, size_t i, int output)
{
    const ort *r = &s->run;
    ort_allocator *heap;
    ort_type_info *info = NULL;
    const ort_shape *shape = NULL;
    char *name = NULL;
    size_t dims = 0;
    int status;

    *p = (port){ .cols = 1 };
    if (ort_failed(r, s->path, r->default_allocator(&heap)) || ort_failed(r, s->path, (output ? r->output_name : r->input_name)(s->session, i, heap, &name)))
        return -1;
    p->name = strdup(name);
    heap->free(heap, name);
    if (!p->name)
        return fail("%s: out of memory", s->path);
    status = ort_failed(r, s->path, (output ? r->output_type : r->input_type)(s->session, i, &info)) || ort_failed(r, s->path, r->type_as_shape(info, &shape));
    if (!status && !shape)
        status = fail("%s: its %s is no tensor; only tensors are bound", s->path, p->name);
    if (!status)
        status = ort_failed(r, s->path, r->shape_type(shape, &p->type)) || ort_failed(r, s->path, r->shape_dims(shape, &dims));
    if (!status && dims > AXES)
        status = fail("%s: its %s has %zu axes; at most %d are bound", s->path, p->name, dims, AXES);
    if (!status)
        status = ort_failed(r, s->path, r->shape_axes(shape, p->axis, dims));
    p->dims = (int)dims;
    r->free_type(info);
    if (!status && !known(p->type))
        status = fail("%s: its %s is of type %d; export it with float32, float64, int64 or int32", s->path, p->name, (int)p->type);
    return status ? -1 : 0;
}

/* The axes behind the batch: the model's, or those of `shape =`. */
static int state_axes(const model *m, section *sec, session *s, port *p)
{
    double given[AXES];
    int n = 0;

    if (section_get(sec, "shape") && section_numbers(m->file, sec, "shape", AXES - 1, given, &n))
        return -1;
    if (n && n != p->dims - 1)
        return fail("%s: shape has %d numbers, but %s of the model has %d axes behind the batch", field_where(m, sec, "shape"), n, p->name, p->dims - 1);
    if (p->dims < 2)
        return fail("%s: its %s has %d axes; a state is batch x columns or batch x channels x height x width", s->path, p->name, p->dims);
    for (int i = 1; i < p->dims; i++) {
        if (n && p->axis[i] > 0 && p->axis[i] != given[i - 1])
            return fail("%s: axis %d of %s is %ld in the model", field_where(m, sec, "shape"), i, p->name, (long)p->axis[i]);
        if (n)
            p->axis[i] = (int64_t)given[i - 1];
        if (p->axis[i] < 1 || p->axis[i] > 1 << 24 || p->cols > (1 << 24) / p->axis[i])
            return fail("%s: axis %d of its %s is open; give shape = the lengths behind the batch, such as 1 28 28", s->path, i, p->name);
        p->cols *= p->axis[i];
    }
    p->batched = 1;
    s->fixed = p->axis[0] > 0 ? (int)p->axis[0] : 0;
    s->dim = (int)p->cols;
    return m->law && m->law->dim != s->dim ? fail("%s: its %s has %d numbers a row, but the data have %d columns", s->path, p->name, s->dim, m->law->dim) : 0;
}

/* Time, labels, constants: a number a row, [B] or [B, 1], or one in all, [] or [1]. */
static int small_axes(session *s, port *p)
{
    p->batched = p->dims > 0 && (p->axis[0] < 1 || (s->fixed && p->axis[0] == s->fixed));
    for (int i = p->batched; i < p->dims; i++) {
        if (p->axis[i] < 1 || p->axis[i] > 1 << 20 || p->cols > (1 << 20) / p->axis[i])
            return fail("%s: axis %d of its %s is open; a number a row is bound, [B] or [B, 1]", s->path, i, p->name);
        p->cols *= p->axis[i];
    }
    s->once |= p->part == TIME && !p->batched;
    return p->part == LABEL && !p->batched && p->dims ? fail("%s: its label %s has no axis for the batch", s->path, p->name) : 0;
}

static int find(const session *s, const char *name)
{
    for (int i = 0; i < s->inputs; i++)
        if (!strcmp(s->in[i].name, name))
            return i;
    return -1;
}

static int unknown(const model *m, section *sec, const session *s, const char *key, const char *name)
{
    const char *names[INPUTS];

    for (int i = 0; i < s->inputs; i++)
        names[i] = s->in[i].name;
    return fail("%s: %s has no input %s; did you mean %s?", field_where(m, sec, key), s->path, name, nearest(name, s->inputs, names, sizeof *names));
}

/* The input that a key names, else the first of the usual names that is there, else -1; -2 with a sentence where the key's is not there. */
static int named(const model *m, section *sec, const session *s, const char *key, const char *const *usual)
{
    const char *name = section_get(sec, key);
    int at = name ? find(s, name) : -1;

    if (name && at < 0)
        return unknown(m, sec, s, key, name), -2;
    for (; !name && at < 0 && *usual; usual++)
        at = find(s, *usual);
    return at;
}

/* Which input is what: keys, then usual names, then order. */
static int bind(const model *m, section *sec, session *s)
{
    static const char *const states[] = { "x", "sample", "x_t", "xt", "noisy", NULL }, *const times[] = { "t", "time", "timestep", "timesteps", "sigma", "noise_labels", NULL };
    static const char *const none[] = { NULL };
    int state = named(m, sec, s, "input", states), time = named(m, sec, s, "time_input", times), label = named(m, sec, s, "label", none);
    double no_label;

    if (state == -2 || time == -2 || label == -2 || field_number(m, sec, "no_label", 0, 1e9, -1, &no_label))
        return -1;
    s->no_label = (int)no_label;
    for (int i = 0; i < s->inputs; i++)
        s->in[i].part = CONSTANT, s->in[i].value = NAN;
    for (int i = 0; i < sec->count; i++) {
        const char *key = sec->entry[i].key;
        int at = strncmp(key, "input.", 6) ? -1 : find(s, key + 6);

        if (strncmp(key, "input.", 6))
            continue;
        if (at < 0)
            return unknown(m, sec, s, key, key + 6);
        if (number(field_where(m, sec, key), key, section_get(sec, key), &s->in[at].value))
            return -1;
    }
    for (int i = 0; i < s->inputs && (state < 0 || time < 0); i++)      /* the first ones that nobody claimed */
        if (isnan(s->in[i].value) && i != state && i != time && i != label)
            *(state < 0 ? &state : &time) = i;
    if (state < 0)
        return fail("%s: no input is left for the state; name it with input = NAME", s->path);
    s->in[state].part = STATE;
    if (time >= 0)
        s->in[time].part = TIME;
    if (label >= 0)
        s->in[label].part = LABEL;
    if (state_axes(m, sec, s, &s->in[state]))
        return -1;
    for (int i = 0; i < s->inputs; i++) {
        if (s->in[i].part == CONSTANT && isnan(s->in[i].value))
            return fail("%s: nobody says what its input %s is; give label = %s, time_input = %s or input.%s = NUMBER", s->path, s->in[i].name, s->in[i].name,
                        s->in[i].name, s->in[i].name);
        if (i != state && small_axes(s, &s->in[i]))
            return -1;
    }
    if (s->in[state].type != ORT_FLOAT && s->in[state].type != ORT_DOUBLE)
        return fail("%s: its state %s is whole numbers; export it with float32", s->path, s->in[state].name);
    return 0;
}

/* The output that `output =` names, or the first. */
static int bind_output(const model *m, section *sec, session *s)
{
    const char *name = section_get(sec, "output");
    size_t n = 0;

    if (ort_failed(&s->run, s->path, s->run.output_count(s->session, &n)))
        return -1;
    for (size_t i = 0; i < n; i++) {
        free(s->out.name), s->out.name = NULL;
        if (read_port(s, &s->out, i, 1))
            return -1;
        if (!name || !strcmp(name, s->out.name))
            return s->out.type == ORT_FLOAT || s->out.type == ORT_DOUBLE ? 0 : fail("%s: its output %s is whole numbers", s->path, s->out.name);
    }
    return fail("%s: %s has no output %s", field_where(m, sec, "output"), s->path, name ? name : "at all");
}

/* One thread and no waiting in circles: the threads are those of the blocks. */
static int start(session *s)
{
    const ort *r = &s->run;
    ort_options *how = NULL;
    int status;

    if (ort_failed(r, s->path, r->create_env(3, "fokker", &s->env)) || ort_failed(r, s->path, r->cpu_memory(1, 0, &s->memory)) ||
        ort_failed(r, s->path, r->create_options(&how)))
        return -1;
    status = ort_failed(r, s->path, r->set_intra_threads(how, 1)) || ort_failed(r, s->path, r->set_inter_threads(how, 1)) ||
             ort_failed(r, s->path, r->add_config(how, "session.intra_op.allow_spinning", "0")) ||
             ort_failed(r, s->path, r->add_config(how, "session.inter_op.allow_spinning", "0")) ||
             ort_failed(r, s->path, r->create_session(s->env, s->path, how, &s->session));
    r->free_options(how);
    return status ? -1 : 0;
}

static int fill(const model *m, section *sec, session *s)
{
    size_t n = 0;

    if (network_read(&s->how, m, m->process, sec, NULL) || ort_open(&s->run) || start(s) || ort_failed(&s->run, s->path, s->run.input_count(s->session, &n)))
        return -1;
    if (n > INPUTS)
        return fail("%s: has %zu inputs; at most %d are bound", s->path, n, INPUTS);
    for (size_t i = 0; i < n; i++)
        if (s->inputs++, read_port(s, &s->in[i], i, 0))
            return -1;
    return bind(m, sec, s) || bind_output(m, sec, s) ? -1 : 0;
}

score *field_onnx(const model *m, section *sec)
{
    static const char *const keys[] = { "file", "input", "time_input", "label", "no_label", "output", "shape", "input.NAME", NETWORK_KEYS };
    session *s = calloc(1, sizeof *s);

    if (!s)
        return fail("onnx: out of memory"), NULL;
    if (!(s->path = field_path(m, sec, "file")) || fill(m, sec, s) || section_all_used(m->file, sec, keys)) {
        session_close(s);
        return NULL;
    }
    return score_of(s, 1);
}
