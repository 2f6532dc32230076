/* A score field from a shared object: `plugin:FILE,ARGS`, or kind = plugin with file and args in a model file.
 * What it exports: include/fokker_field.h. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "scores/field.h"
#include "include/fokker_field.h"

_Static_assert(sizeof(fokker_level) == sizeof(level) && offsetof(fokker_level, g2) == offsetof(level, g2),
               "another level is another FOKKER_PLUGIN_ABI");

/* library: NULL in a thread copy, which leaves it open. */
typedef struct plugin { const fokker_plugin *code; void *library; fokker_about is; char file[]; } plugin;

/* What a function of the object said, as a failure. */
static int passed(const plugin *p, const char *said)
{
    return !said ? 0 : fail("%s: %s", p->file, *said ? said
                            : "failed without a reason; its functions answer NULL or a sentence");
}

static fokker_batch points(const batch *p)
{
    return (fokker_batch){ p->groups, p->rows, (const fokker_level *)p->at, p->x, p->label };
}

static int eval(void *self, const batch *b, double *out)
{
    const plugin *p = self;
    const fokker_batch at = points(b);

    return passed(p, p->code->eval(p->is.self, &at, out));
}

static int jvp(void *self, const batch *b, const double *v, double *out, double *jv)
{
    const plugin *p = self;
    const fokker_batch at = points(b);

    return passed(p, p->code->jvp(p->is.self, &at, v, out, jv));
}

static int divergence(void *self, const batch *b, double *out, double *div)
{
    const plugin *p = self;
    const fokker_batch at = points(b);

    return passed(p, p->code->divergence(p->is.self, &at, out, div));
}

static void close_self(void *self)
{
    plugin *p = self;

    if (p->is.self && p->code->close)
        p->code->close(p->is.self);
    if (p->library)
        dlclose(p->library);
    free(p);
}

static score *thread_copy(void *self, int rows);

/* The score of p, which is closed on failure. */
static score *score_of(plugin *p)
{
    score *s = field_new((score){ .abi = SCORE_ABI, .name = "plugin", .dim = p->is.dim,
                                  .predicts = (enum predicts)p->is.predicts,
        .serial = p->is.serial != 0, .block = p->is.block, .process = p->is.process, .eval = eval, .jvp = p->code->jvp
        ? jvp : NULL,
        .divergence = p->code->divergence ? divergence : NULL, .thread_copy = p->code->twin ? thread_copy : NULL,
        .close = close_self, .self = p });

    if (!s)
        close_self(p);
    return s;
}

static plugin *new_plugin(const char *file)
{
    plugin *p = calloc(1, sizeof *p + strlen(file) + 1);

    if (!p)
        return fail("%s: out of memory", file), NULL;
    strcpy(p->file, file);
    return p;
}

static score *thread_copy(void *self, int rows)
{
    const plugin *p = self;
    plugin *t = new_plugin(p->file);

    if (!t)
        return NULL;
    t->code = p->code, t->is = p->is;
    if (!(t->is.self = p->code->twin(p->is.self, rows)))
        return free(t), fail("%s: made no twin for %d rows; is there memory?", p->file, rows), NULL;
    return score_of(t);
}

/* What the object says of itself makes sense. */
static int check(const plugin *p)
{
    if (p->is.dim < 1)
        return fail("%s: says that it has %d columns; its open must set dim to at least 1", p->file, p->is.dim);
    if ((int)p->is.predicts < FOKKER_SCORE || (int)p->is.predicts > FOKKER_VELOCITY)
        return fail("%s: says that it predicts kind %d; its open must set one of fokker_predicts", p->file,
                    (int)p->is.predicts);
    return p->is.block < 0 ? fail("%s: wants %d rows in a call; its open must set block to 0 or more", p->file,
                                  p->is.block) : 0;
}

static int load(plugin *p)
{
    if (access(p->file, R_OK))
        return fail("%s: there is no such file, or it may not be read; give the path of a shared object", p->file);
    if (!(p->library = dlopen(p->file, RTLD_NOW | RTLD_LOCAL)))
        return fail("%s: cannot be loaded (%s); build it with cc -shared -fPIC for this machine", p->file, dlerror());
    if (!(p->code = dlsym(p->library, "fokker_field")))
        return fail("%s: has no symbol fokker_field; define it with FOKKER_EXPORT_FIELD of fokker_field.h", p->file);
    if (p->code->abi != FOKKER_PLUGIN_ABI)
        return fail("%s: was built for ABI %d, and this program has %d; build it anew with this program's "
                    "fokker_field.h", p->file, p->code->abi,
                    FOKKER_PLUGIN_ABI);
    return p->code->open && p->code->eval ? 0 : fail("%s: has no open or no eval; both are needed", p->file);
}

static score *plugin_open(const char *file, const char *with)
{
    plugin *p = new_plugin(file);

    if (!p)
        return NULL;
    if (load(p) || passed(p, p->code->open(with, &p->is)) || check(p))
        return close_self(p), NULL;
    return score_of(p);
}

/* FILE or FILE,ARGS; without a slash it is a file of this folder and none of the system's. */
static score *from_text(const char *text)
{
    size_t len = strcspn(text, ",");
    char file[4352];

    if (len > sizeof file - 3)
        return fail("plugin: the path is longer than %zu characters", sizeof file - 3), NULL;
    snprintf(file, sizeof file, "%s%.*s", memchr(text, '/', len) ? "" : "./", (int)len, text);
    return plugin_open(file, text + len + (text[len] == ','));
}

static score *open_plugin(const model *m, section *s)
{
    const char *with = s ? section_get(s, "args") : NULL;
    char *file = s ? field_path(m, s, "file") : NULL;
    score *field = NULL;

    if (!s)
        return from_text(strchr(m->field, ':') + 1);
    if (file && !trust_allows(m->file, s, "file", file, m->trust))
        field = plugin_open(file, with ? with : "");
    free(file);
    return field;
}

static const char *const keys[] = { "file", "args", NULL };
const field_kind field_kind_plugin = { .name = "plugin", .keys = keys, .open = open_plugin };
