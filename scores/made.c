/* Networks to be trained: lists and first weights from kind, width, depth, features, activation and labels. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "models/fail.h"
#include "models/random.h"
#include "scores/made.h"
#include "scores/times.h"

enum { KIND_KEY, WIDTH, DEPTH, FEATURES, ACTIVATION, LABELS };
enum { MLP, RESIDUAL, SQUASH };
enum { LIST = 8192 };
static const param keys[] = {
    [KIND_KEY] = { "kind", "how layers are put together", "mlp residual squash", MLP },
    [WIDTH] = { "width", "columns of hidden layers", NULL, 128, 1, 4096, 1 },
    [DEPTH] = { "depth", "hidden layers, or residual blocks", NULL, 3, 1, 32, 1 },
    [FEATURES] = { "features", "sines and cosines of time, an even number", NULL, 32, 4, 1024, 1 },
    [ACTIVATION] = { "activation", "between them", "silu gelu softplus tanh elu relu", 0 },
    [LABELS] = { "labels", "whether it is told the class", "no yes", 0 },
    { 0 },
};
static const char *const activations[] = { "silu", "gelu", "softplus", "tanh", "elu", "relu" };

/* One network on its way: what was given, where tensors go, the text of the list. */
typedef struct maker { args given; tensors *file; uint64_t seed; char list[LIST]; size_t len; int bad; } maker;

/* rows 0: a vector. */
static void numbers(maker *m, const char *name, const char *suffix, int rows, int cols, double std, float fill)
{
    char full[128];
    tensor *t;
    double *z = malloc((size_t)cols * sizeof *z);

    snprintf(full, sizeof full, "%s%s", name, suffix);
    t = z ? tensors_add(m->file, full, rows ? 2 : 1, rows ? (long[]){ rows, cols } : (long[]){ cols }) : NULL;
    m->bad |= !t;
    for (int i = 0; t && i < (rows ? rows : 1); i++) {
        normals((stream){ m->seed, USE_TRAIN }, i, WEIGHTS_STEP + m->file->count - 1, 0, 1, cols, z);
        for (int k = 0; k < cols; k++)
            t->v[(size_t)i * cols + k] = (float)(std * z[k] + fill);
    }
    free(z);
}

static void say(maker *m, const char *layer, const char *name)
{
    m->len += snprintf(m->list + m->len, m->len < LIST ? LIST - m->len : 0, "%s%s%s%s", m->len ? " " : "", layer, *name ? ":" : "", name);
    m->bad |= m->len >= LIST;
}

/* linear or add. */
static void turn(maker *m, const char *layer, const char *name, int in, int out, double std)
{
    say(m, layer, name);
    numbers(m, name, ".weight", out, in, std / sqrt(in), 0);
    numbers(m, name, ".bias", 0, out, 0, 0);
}

/* linear, gated and shifted by the embedding of `cond` columns. */
static void squash(maker *m, const char *name, int in, int out, int cond)
{
    say(m, "squash", name);
    numbers(m, name, "._layer.weight", out, in, 1 / sqrt(in), 0);
    numbers(m, name, "._layer.bias", 0, out, 0, 0);
    numbers(m, name, "._hyper_gate.weight", out, cond, 1 / sqrt(cond), 0);
    numbers(m, name, "._hyper_gate.bias", 0, out, 0, 0);
    numbers(m, name, "._hyper_bias.weight", out, cond, 1 / sqrt(cond), 0);
}

static void norm(maker *m, const char *name, int cols)
{
    say(m, "norm", name);
    numbers(m, name, ".weight", 0, cols, 0, 1);
    numbers(m, name, ".bias", 0, cols, 0, 0);
}

static void block(maker *m, int k, int width)
{
    const char *a = activations[(int)m->given.v[ACTIVATION]];
    char name[64];

    say(m, "(", "");
    snprintf(name, sizeof name, "block.%d.norm", k), norm(m, name, width);
    snprintf(name, sizeof name, "block.%d.up", k), turn(m, "linear", name, width, width, 1);
    snprintf(name, sizeof name, "block.%d.time", k), turn(m, "add", name, width, width, 1);
    say(m, a, "");
    snprintf(name, sizeof name, "block.%d.down", k), turn(m, "linear", name, width, width, 1);
    say(m, ")", "");
}

static void body(maker *m, int dim)
{
    const double *v = m->given.v;
    int width = (int)v[WIDTH], depth = (int)v[DEPTH], kind = (int)v[KIND_KEY];
    const char *a = activations[(int)v[ACTIVATION]];
    char name[64];

    if (kind == MLP)
        say(m, "concat", "");
    if (kind == RESIDUAL)
        turn(m, "linear", "in", dim, width, 1);
    for (int k = 0; k < depth; k++) {
        snprintf(name, sizeof name, "net.%d", k);
        if (kind == RESIDUAL)
            block(m, k, width);
        if (kind == MLP)
            turn(m, "linear", name, k ? width : dim + width, width, 1), say(m, a, "");
        if (kind == SQUASH)
            squash(m, name, k ? width : dim, width, width), say(m, a, "");
    }
    if (kind == RESIDUAL)
        norm(m, "norm", width);
    turn(m, "linear", "out", width, dim, 0);
}

static int note_list(maker *m, const char *key)
{
    m->bad |= tensors_add_note(m->file, key, m->list) != 0;
    m->len = 0;
    return m->bad ? fail("%s: out of memory", m->file->path) : 0;
}

static int read_keys(maker *m, const model *of, section *s)
{
    args_default(&m->given, keys);
    for (int i = 0; keys[i].name; i++) {
        const char *value = section_get(s, keys[i].name);

        if (value && args_set(&m->given, field_where(of, s, keys[i].name), "[net]", keys, keys[i].name, value))
            return -1;
    }
    if (m->given.v[LABELS] && !of->law->labels)
        return fail("%s: labels = yes, but the data have none; say which they are in [data], or leave labels out", field_where(of, s, "labels"));
    return fmod(m->given.v[FEATURES], 2) ? fail("%s: features is odd; sines and cosines come in pairs", field_where(of, s, "features")) : 0;
}

int made_net(const model *of, section *s, uint64_t seed, tensors *file)
{
    maker m = { .file = file, .seed = seed };
    char text[64];
    int features, width, dim = of->law->dim;

    if (read_keys(&m, of, s))
        return -1;
    features = (int)m.given.v[FEATURES], width = (int)m.given.v[WIDTH];
    snprintf(text, sizeof text, "sinusoidal:dim=%d,max=1000", features);
    say(&m, text, "");
    turn(&m, "linear", "time.0", features, width, 1), say(&m, "silu", ""), turn(&m, "linear", "time.1", width, width, 1);
    if (m.given.v[LABELS])
        say(&m, "label", "label"), numbers(&m, "label", ".weight", of->law->labels, width, 1, 0);
    if (note_list(&m, "embed"))
        return -1;
    body(&m, dim);
    snprintf(text, sizeof text, "%d", dim);
    return note_list(&m, "layers") || tensors_add_note(file, "dim", text) || tensors_sort(file) ? -1 : 0;
}
