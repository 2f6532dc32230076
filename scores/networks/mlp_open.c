/* kind = mlp in a model file: a built-in network from a .safetensors or .npz. */
#include <stdio.h>
#include <stdlib.h>
#include "base/fail.h"
#include "scores/networks/mlp.h"

void origin_free(origin *o)
{
    if (!o)
        return;
    tensors_free(&o->file);
    free(o);
}

/* The lists and the columns of the section. */
static int read_text(origin *o, const model *m, section *s)
{
    net_text *t = &o->text;

    snprintf(o->where, sizeof o->where, "%s", section_get(s, "layers") ? field_where(m, s, "layers") : o->file.path);
    *t = (net_text){ .where = o->where, .embed = network_key(s, &o->file, "embed"),
                     .layers = network_key(s, &o->file, "layers"), .file = &o->file,
                      .any = section_judges(s) };
    if (!t->layers)
        return fail("%s: neither this file nor the metadata of %s say what the network is; give layers = linear silu "
                    "linear, or what it is (`fokker list layers`)",
                    field_where(m, s, NULL), o->file.path);
    return (t->dim = network_dim(m, s, &o->file)) < 0 ? -1 : 0;
}

/* What the network is told depends on the process that it was made for. */
static int read_section(origin *o, const model *m, section *s)
{
    process *own = NULL;
    int bad;

    o->process = tensors_note(&o->file, "process");
    if (m->assumed && o->process && !(own = process_open(o->file.path, o->process)))
        return -1;
    bad = network_read(&o->how, m, own ? own : m->process, s, &o->file) || read_text(o, m, s);
    if (own)
        process_close(own);
    return bad ? -1 : 0;
}

/* A network that was trained inside of a wrapper is the field with it. */
static score *inside(score *s, const origin *o)
{
    const char *wrap = s ? tensors_note(&o->file, "wrap") : NULL;

    return wrap ? field_wrap(s, NULL, o->file.path, wrap) : s;
}

static score *open_mlp(const model *m, section *s)
{
    char *path = field_path(m, s, "file");
    origin *o = path ? calloc(1, sizeof *o) : NULL;
    score *field = NULL;

    if (path && !o)
        fail("%s: out of memory", path);
    if (o && !tensors_read(path, &o->file) && !read_section(o, m, s))
        field = inside(mlp_open(o, 1), o);
    else
        origin_free(o);
    free(path);
    return field;
}

static const char *const keys[] = { "file", "layers", "embed", "dim", NETWORK_KEYS, NULL };
const field_kind field_kind_mlp = { .name = "mlp", .keys = keys, .open = open_mlp };
