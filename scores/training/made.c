/* Networks to be trained: lists and first weights from kind, width, depth, features, activation and labels. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "base/random.h"
#include "scores/training/made.h"
#include "scores/training/times.h"

enum { KIND_KEY, WIDTH, DEPTH, FEATURES, ACTIVATION, LABELS };
enum { PATCH, MIX_PATCHES, MIX_COLUMNS };
enum { MLP, RESIDUAL, SQUASH, MIXER };
enum { LIST = 8192 };
static const param keys[] = {
    [KIND_KEY] = { "kind", "how layers are put together", "mlp residual squash mixer", MLP },
    [WIDTH] = { "width", "columns of hidden layers", NULL, 128, 1, 4096, 1 },
    [DEPTH] = { "depth", "hidden layers, or residual blocks", NULL, 3, 1, 32, 1 },
    [FEATURES] = { "features", "sines and cosines of time, an even number", NULL, 32, 4, 1024, 1 },
    [ACTIVATION] = { "activation", "between them", "silu gelu softplus tanh elu relu", 0 },
    [LABELS] = { "labels", "whether it is told the class", "no yes", 0 },
    { 0 },
};
static const param mixer_keys[] = {
    [PATCH] = { "patch", "side of a mixer's patches", NULL, 4, 1, 1024, 1 },
    [MIX_PATCHES] = { "mix_patches", "columns between the two maps that mix its patches", NULL, 512, 1, 4096, 1 },
    [MIX_COLUMNS] = { "mix_columns", "columns between the two maps that mix a patch's columns", NULL, 512, 1, 4096, 1 },
    { 0 },
};
static const char *const activations[] = { "silu", "gelu", "softplus", "tanh", "elu", "relu" };

/* One network on its way: what was given, where tensors go, the text of the list. */
typedef struct maker { args given, mixer; tensors *file; uint64_t seed; char list[LIST]; size_t len; int bad; } maker;

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
    m->len += snprintf(m->list + m->len, m->len < LIST ? LIST - m->len : 0, "%s%s%s%s", m->len ? " " : "", layer,
                       *name ? ":" : "", name);
    m->bad |= m->len >= LIST;
}

static void map(maker *m, const char *name, int in, int out, double std)
{
    numbers(m, name, ".weight", out, in, std / sqrt(in), 0);
    numbers(m, name, ".bias", 0, out, 0, 0);
}

/* linear or add. */
static void append_layer(maker *m, const char *layer, const char *name, int in, int out, double std)
{
    say(m, layer, name);
    map(m, name, in, out, std);
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
    snprintf(name, sizeof name, "block.%d.up", k), append_layer(m, "linear", name, width, width, 1);
    snprintf(name, sizeof name, "block.%d.time", k), append_layer(m, "add", name, width, width, 1);
    say(m, a, "");
    snprintf(name, sizeof name, "block.%d.down", k), append_layer(m, "linear", name, width, width, 1);
    say(m, ")", "");
}

/* each or spread. */
static void tokenwise(maker *m, const char *layer, const char *name, int tokens, int in, int out, double std)
{
    char text[128];

    snprintf(text, sizeof text, "tokens=%d,name=%s", tokens, name);
    say(m, layer, text);
    map(m, name, in, out, std);
}

/* ( norm mix ), of vectors of `length` numbers. */
static void mixing(maker *m, const char *name, int tokens, int width, int length, int columns, const char *over)
{
    char text[160], part[80];

    say(m, "(", "");
    snprintf(part, sizeof part, "%s.norm", name), norm(m, part, tokens * width);
    snprintf(text, sizeof text, "tokens=%d,over=%s,act=%s,name=%s", tokens, over,
             activations[(int)m->given.v[ACTIVATION]], name);
    say(m, "mix", text);
    snprintf(part, sizeof part, "%s.0", name), map(m, part, length, columns, 1);
    snprintf(part, sizeof part, "%s.2", name), map(m, part, columns, length, 1);
    say(m, ")", "");
}

static void mixer(maker *m, int dim)
{
    int size = (int)m->mixer.v[PATCH], side = (int)lround(sqrt(dim)), tokens = dim / (size * size),
        width = (int)m->given.v[WIDTH];
    char text[64];

    snprintf(text, sizeof text, "size=%d,side=%d", size, side);
    say(m, "patch", text);
    tokenwise(m, "each", "in", tokens, size * size, width, 1);
    for (int k = 0; k < (int)m->given.v[DEPTH]; k++) {
        char name[64];

        snprintf(name, sizeof name, "block.%d.time", k), tokenwise(m, "spread", name, tokens, width, width, 1);
        snprintf(name, sizeof name, "block.%d.patches", k),
            mixing(m, name, tokens, width, tokens, (int)m->mixer.v[MIX_PATCHES], "tokens");
        snprintf(name, sizeof name, "block.%d.columns", k),
            mixing(m, name, tokens, width, width, (int)m->mixer.v[MIX_COLUMNS], "columns");
    }
    norm(m, "norm", tokens * width);
    tokenwise(m, "each", "out", tokens, width, size * size, 0);
    say(m, "unpatch", text);
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
        append_layer(m, "linear", "in", dim, width, 1);
    for (int k = 0; k < depth; k++) {
        snprintf(name, sizeof name, "net.%d", k);
        if (kind == RESIDUAL)
            block(m, k, width);
        if (kind == MLP)
            append_layer(m, "linear", name, k ? width : dim + width, width, 1), say(m, a, "");
        if (kind == SQUASH)
            squash(m, name, k ? width : dim, width, width), say(m, a, "");
    }
    if (kind == RESIDUAL)
        norm(m, "norm", width);
    append_layer(m, "linear", "out", width, dim, 0);
}

static int note_list(maker *m, const char *key)
{
    m->bad |= tensors_add_note(m->file, key, m->list) != 0;
    m->len = 0;
    return m->bad ? fail("%s: out of memory", m->file->path) : 0;
}

static int read_table(args *given, const param *table, const model *of, section *s)
{
    args_default(given, table);
    for (int i = 0; table[i].name; i++) {
        const char *value = section_get(s, table[i].name);

        if (value && args_set(given, field_where(of, s, table[i].name), "[net]", table, table[i].name, value))
            return -1;
    }
    return 0;
}

/* What only a mixer has; its data are square images that fall into patches. */
static int check_mixer(const maker *m, const model *of, section *s)
{
    int size = (int)m->mixer.v[PATCH], dim = of->law->dim, side = (int)lround(sqrt(dim));

    for (int i = 0; m->given.v[KIND_KEY] != MIXER && mixer_keys[i].name; i++)
        if (m->mixer.given >> i & 1)
            return fail("%s: %s belongs to kind = mixer", field_where(of, s, mixer_keys[i].name), mixer_keys[i].name);
    if (m->given.v[KIND_KEY] != MIXER)
        return 0;
    if (side * side != dim)
        return fail("%s: a mixer is for square images, and the data have %d columns", field_where(of, s, "kind"), dim);
    return side % size ? fail("%s: a patch of %d does not divide an image of %d x %d; give a patch that does",
                              field_where(of, s, "patch"), size, side, side) : 0;
}

static int read_keys(maker *m, const model *of, section *s)
{
    if (read_table(&m->given, keys, of, s) || read_table(&m->mixer, mixer_keys, of, s) || check_mixer(m, of, s))
        return -1;
    if (m->given.v[LABELS] && !of->law->labels)
        return fail("%s: labels = yes, but the data have none; say which they are in [data], or leave labels out",
                    field_where(of, s, "labels"));
    return fmod(m->given.v[FEATURES], 2) ? fail("%s: features is odd; sines and cosines come in pairs",
                                                field_where(of, s, "features")) : 0;
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
    append_layer(&m, "linear", "time.0", features, width, 1), say(&m, "silu", ""),
        append_layer(&m, "linear", "time.1", width, width, 1);
    if (m.given.v[LABELS])
        say(&m, "label", "label"), numbers(&m, "label", ".weight", of->law->labels, width, 1, 0);
    if (note_list(&m, "embed"))
        return -1;
    (m.given.v[KIND_KEY] == MIXER ? mixer : body)(&m, dim);
    snprintf(text, sizeof text, "%d", dim);
    return note_list(&m, "layers") || tensors_add_note(file, "dim", text) || tensors_sort(file) ? -1 : 0;
}
