/*
 * The model of kind = onnx: opened, its inputs bound by name: the state (`input`), the time (`time_input`), a label
 * (`label`), constants (`input.NAME`);
 * their shapes are the model's.  `output` may name any tensor within the model: it is then made an output.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "scores/outside/onnx.h"

static int known(enum ort_type t) { return t == ORT_FLOAT || t == ORT_DOUBLE || t == ORT_INT64 || t == ORT_INT32; }

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
    if (ort_failed(r, s->path, r->default_allocator(&heap))
        || ort_failed(r, s->path, (output ? r->output_name : r->input_name)(s->session, i, heap, &name)))
        return -1;
    p->name = strdup(name);
    heap->free(heap, name);
    if (!p->name)
        return fail("%s: out of memory", s->path);
    status = ort_failed(r, s->path, (output ? r->output_type : r->input_type)(s->session, i, &info))
        || ort_failed(r, s->path, r->type_as_shape(info, &shape));
    if (!status && !shape)
        status = fail("%s: its %s is no tensor; only tensors are bound", s->path, p->name);
    if (!status)
        status = ort_failed(r, s->path, r->shape_type(shape, &p->type))
            || ort_failed(r, s->path, r->shape_dims(shape, &dims));
    if (!status && dims > AXES)
        status = fail("%s: its %s has %zu axes; at most %d are bound", s->path, p->name, dims, AXES);
    if (!status)
        status = ort_failed(r, s->path, r->shape_axes(shape, p->axis, dims));
    p->dims = (int)dims;
    r->free_type(info);
    if (!status && !known(p->type))
        status = fail("%s: its %s is of type %d; export it with float32, float64, int64 or int32", s->path, p->name,
                      (int)p->type);
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
        return fail("%s: shape has %d numbers, but %s of the model has %d axes behind the batch",
                    field_where(m, sec, "shape"), n, p->name, p->dims - 1);
    if (p->dims < 2)
        return fail("%s: its %s has %d axes; a state is batch x columns or batch x channels x height x width", s->path,
                    p->name, p->dims);
    for (int i = 1; i < p->dims; i++) {
        if (n && p->axis[i] > 0 && p->axis[i] != given[i - 1])
            return fail("%s: axis %d of %s is %ld in the model", field_where(m, sec, "shape"), i, p->name,
                        (long)p->axis[i]);
        if (n)
            p->axis[i] = (int64_t)given[i - 1];
        if (p->axis[i] < 1 || p->axis[i] > 1 << 24 || p->cols > (1 << 24) / p->axis[i])
            return fail("%s: axis %d of its %s is open; give shape = the lengths behind the batch, such as 1 28 28",
                        s->path, i, p->name);
        p->cols *= p->axis[i];
    }
    p->batched = 1;
    s->fixed = p->axis[0] > 0 ? (int)p->axis[0] : 0;
    s->dim = (int)p->cols;
    return m->law && m->law->dim != s->dim ? fail("%s: its %s has %d numbers a row, but the data have %d columns",
                                                  s->path, p->name, s->dim, m->law->dim) : 0;
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
    return p->part == LABEL && !p->batched && p->dims ? fail("%s: its label %s has no axis for the batch", s->path,
                                                             p->name) : 0;
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
    return fail("%s: %s has no input %s; did you mean %s?", field_where(m, sec, key), s->path, name,
                nearest(name, s->inputs, names, sizeof *names));
}

/* The input that a key names, else the first of the usual names that is there, else -1; -2 with a sentence where
 * the key's is not there. */
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
    static const char *const states[] = { "x", "sample", "x_t", "xt", "noisy", NULL },
        *const times[] = { "t", "time", "timestep", "timesteps", "sigma", "noise_labels", NULL };
    static const char *const none[] = { NULL };
    int state = named(m, sec, s, "input", states), time = named(m, sec, s, "time_input", times),
        label = named(m, sec, s, "label", none);
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
            return fail("%s: nobody says what its input %s is; give label = %s, time_input = %s or input.%s = NUMBER",
                        s->path, s->in[i].name, s->in[i].name,
                        s->in[i].name, s->in[i].name);
        if (i != state && small_axes(s, &s->in[i]))
            return -1;
    }
    if (s->in[state].type != ORT_FLOAT && s->in[state].type != ORT_DOUBLE)
        return fail("%s: its state %s is whole numbers; export it with float32", s->path, s->in[state].name);
    return 0;
}

/* ---- the output ---- */

/* 1 where the output of the section's name, or the first, is there; 0 where it is not; -1 with a sentence. */
static int find_output(session *s, const char *name)
{
    size_t n = 0;

    if (ort_failed(&s->run, s->path, s->run.output_count(s->session, &n)))
        return -1;
    for (size_t i = 0; i < n; i++) {
        free(s->out.name), s->out.name = NULL;
        if (read_port(s, &s->out, i, 1))
            return -1;
        if (!name || !strcmp(name, s->out.name))
            return s->out.type == ORT_FLOAT || s->out.type == ORT_DOUBLE ? 1
                : fail("%s: its output %s is whole numbers", s->path, s->out.name);
    }
    return 0;
}

/* The whole file with `spare` bytes behind it, owned; NULL on failure. */
static char *read_whole(const char *path, size_t spare, size_t *size)
{
    FILE *f = fopen(path, "rb");
    char *all = NULL;
    long n = f && !fseek(f, 0, SEEK_END) ? ftell(f) : -1;

    if (n >= 0 && !fseek(f, 0, SEEK_SET) && (all = malloc(n + spare)) && fread(all, 1, n, f) != (size_t)n)
        free(all), all = NULL;
    if (f)
        fclose(f);
    if (!all)
        fail("%s: cannot be read", path);
    *size = n;
    return all;
}

/* One more output of the graph.  An .onnx is a message of protocol buffers, in which a field that stands twice is
 * merged: behind the file comes a model that is only a graph (field 7) that has only an output (field 12) that has
 * only a name (field 1). */
static int tap(session *s, const ort_options *how, const char *name)
{
    size_t size, n = strlen(name);
    char *all;
    int status;

    if (n > 100)
        return fail("%s: the name of its output has more than 100 characters", s->path);
    if (!(all = read_whole(s->path, n + 6, &size)))
        return -1;
    memcpy(all + size, (char[]){ 7 << 3 | 2, (char)(n + 4), 12 << 3 | 2, (char)(n + 2), 1 << 3 | 2, (char)n }, 6);
    memcpy(all + size + 6, name, n);
    s->run.free_session(s->session), s->session = NULL;
    status = ort_failed(&s->run, s->path, s->run.create_session_from(s->env, all, size + 6 + n, how, &s->session));
    free(all);
    return status;
}

static int bind_output(const model *m, section *sec, session *s, const ort_options *how)
{
    const char *name = section_get(sec, "output");
    int there = find_output(s, name);

    if (!there && name && !tap(s, how, name))
        there = find_output(s, name);
    if (there)
        return there > 0 ? 0 : -1;
    return fail("%s: %s has no output %s, nor a tensor of that name within", field_where(m, sec, "output"), s->path,
                name ? name : "at all");
}

/* ---- opening ---- */

/* One thread and no waiting in circles: the threads are those of the blocks. */
static int options(session *s, ort_options **how)
{
    const ort *r = &s->run;

    if (ort_failed(r, s->path, r->create_options(how)))
        return -1;
    return ort_failed(r, s->path, r->set_intra_threads(*how, 1))
                   || ort_failed(r, s->path, r->set_inter_threads(*how, 1))
                   || ort_failed(r, s->path, r->add_config(*how, "session.intra_op.allow_spinning", "0"))
                   || ort_failed(r, s->path, r->add_config(*how, "session.inter_op.allow_spinning", "0")) ? -1 : 0;
}

static int read_inputs(session *s)
{
    size_t n = 0;

    if (ort_failed(&s->run, s->path, s->run.input_count(s->session, &n)))
        return -1;
    if (n > INPUTS)
        return fail("%s: has %zu inputs; at most %d are bound", s->path, n, INPUTS);
    for (size_t i = 0; i < n; i++)
        if (s->inputs++, read_port(s, &s->in[i], i, 0))
            return -1;
    return 0;
}

static int open_with(session *s, const model *m, section *sec, const ort_options *how)
{
    if (ort_failed(&s->run, s->path, s->run.create_env(3, "fokker", &s->env))
        || ort_failed(&s->run, s->path, s->run.cpu_memory(1, 0, &s->memory)))
        return -1;
    if (ort_failed(&s->run, s->path, s->run.create_session(s->env, s->path, how, &s->session)))
        return fail("%s; is the path right and the file whole?  Else export it with an opset that this runtime knows",
                    last_error());
    return read_inputs(s) || bind(m, sec, s) || bind_output(m, sec, s, how) ? -1 : 0;
}

int session_open(session *s, const model *m, section *sec)
{
    ort_options *how = NULL;
    int status;

    if (!(s->path = field_path(m, sec, "file")) || network_read(&s->how, m, m->process, sec, NULL)
        || onnx_keeps_home(s->path) || ort_open(&s->run))
        return -1;
    status = options(s, &how) || open_with(s, m, sec, how) ? -1 : 0;
    s->run.free_options(how);
    return status;
}

void session_close(session *s)
{
    if (s->run.library) {
        s->run.free_memory(s->memory), s->run.free_session(s->session), s->run.free_env(s->env);
        ort_close(&s->run);
    }
    for (int i = 0; i < INPUTS; i++)
        free(s->in[i].name);
    free(s->out.name), free(s->path), free(s);
}
