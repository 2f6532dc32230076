/* Training runs: from a SPEC to a state, one step of it, and the checkpoint that goes on bit for bit. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/training/fit.h"
#include "bench/version.h"
#include "base/fail.h"
#include "scores/training/made.h"
#include "scores/wrappers/precond.h"
#include "scores/networks/tiny.h"

/* operations of a step that are worth more than one thread: half a millisecond */
#define WORTH 3e7
static const char *const told[] = { "predicts", "time", "T", "time_scale", "time_shift", "input_scale", "output_scale",
                                    "wrap" };
enum { TOLD = sizeof told / sizeof *told };

/* ---- the SPEC ---- */

/* Lines of all sections but [score]. */
static char *text_of(const sections *s)
{
    size_t size = 1, len = 0;
    char *text;

    for (int i = 0; i < s->count; i++)
        for (int j = 0; j < s->section[i].count; j++)
            size += strlen(s->section[i].name) + strlen(s->section[i].entry[j].key)
                    + strlen(s->section[i].entry[j].value) + 8;
    if (!(text = calloc(size, 1)))
        return fail("%s: out of memory", s->path), NULL;
    for (int i = 0; i < s->count; i++)
        for (int j = 0; j < s->section[i].count && strcmp(s->section[i].name, "score"); j++)
            len += sprintf(text + len, "%s.%s = %s\n", s->section[i].name, s->section[i].entry[j].key,
                           s->section[i].entry[j].value);
    return text;
}

/* The process as an item, into the notes; one that reads a file has none, since the file may
 * lie elsewhere for others. */
static int note_process(fit *f)
{
    section *s = sections_find(f->model->file, "process");
    char item[1024];
    int n = snprintf(item, sizeof item, "%s", f->model->process->name), given = 0;

    if (f->model->process->given.text)
        return 0;
    for (int i = 0; s && i < s->count && n < (int)sizeof item; i++)
        if (strcmp(s->entry[i].key, "kind"))
            n += snprintf(item + n, sizeof item - n, "%c%s=%s", given++ ? ',' : ':', s->entry[i].key,
                          s->entry[i].value);
    return n < (int)sizeof item ? tensors_add_note(&f->file, "process", item)
        : fail("%s: [process] is too long", f->model->name);
}

/* [train] into its tables. */
static int read_train(fit *f, section *s)
{
    enum { TABLES = 4 };
    static const char *const teacher_keys[] = { TEACHER_KEYS, NULL };
    const param *const tables[TABLES] = { dsm_keys, distil_keys, times_keys, adam_keys };
    args *const given[TABLES] = { &f->goal.given, &f->goal.by.given, &f->goal.when.given, &f->run.given };
    const char *own[TABLES * MAX_PARAM + 1];
    int n = 0;

    for (int k = 0; k < TABLES; k++)
        for (int i = 0; i < MAX_PARAM && tables[k][i].name; i++)
            own[n++] = tables[k][i].name;
    own[n] = NULL;
    if (section_known(f->model->file, s, own, teacher_keys))
        return -1;
    for (int k = 0; teacher_keys[k]; k++)
        section_get(s, teacher_keys[k]);            /* read where the student is known */
    for (int k = 0; k < TABLES; k++) {
        args_default(given[k], tables[k]);
        for (int i = 0; i < MAX_PARAM && tables[k][i].name; i++) {
            const char *value = section_get(s, tables[k][i].name);

            if (value && args_set(given[k], section_where(f->model->file, s, tables[k][i].name), "[train]", tables[k],
                                  tables[k][i].name, value))
                return -1;
        }
    }
    return section_all_used(f->model->file, s);
}

/* wrap = precond:data=0.5 */
static int read_wrap(fit *f, section *s)
{
    const char *wrap = section_get(s, "wrap"), *where = section_where(f->model->file, s, "wrap");

    if (!wrap)
        return 0;
    if (precond_parse(&f->wrap, where, wrap))
        return -1;
    f->goal.precond = &f->wrap;
    return f->goal.how.predicts == PREDICTS_DATA ? 0
        : fail("%s: what precond makes of a network predicts data; give predicts = data", where);
}

static int read_net(fit *f, section *s, section *how)
{
    static const char *const made_keys[] = { "kind", MADE_KEYS, NULL },
        *const network_keys[] = { "predicts", "wrap", NETWORK_KEYS, NULL };
    const model *m = f->model;
    net_text text = { .where = m->file->path, .dim = m->law->dim, .file = &f->file };

    if (section_known(m->file, s, made_keys, network_keys) || network_read(&f->goal.how, m, m->process, s, NULL)
        || read_wrap(f, s) || made_net(m, s, f->goal.seed, &f->file) || section_all_used(m->file, s))
        return -1;
    for (int i = 0; i < TOLD; i++)
        if (section_get(s, told[i]) && tensors_add_note(&f->file, told[i], section_get(s, told[i])))
            return -1;
    if (teacher_start(m, how, &f->file))
        return -1;
    text.embed = tensors_note(&f->file, "embed"), text.layers = tensors_note(&f->file, "layers");
    return (f->net = net_open(&text)) ? 0 : -1;
}

static int read_spec(fit *f, const char *name, enum trust given)
{
    section *how, *what;

    if (!(f->model = model_open_by(name, NULL, given)))
        return -1;
    if (!f->model->file || !(what = sections_find(f->model->file, "net"))
        || !(how = sections_find(f->model->file, "train")))
        return fail("%s: says nothing of training; give a model file with [net] and [train] beside [data]", name);
    if (!f->model->law || !f->model->law->sample)
        return fail("%s: has no [data] to learn from", name);
    if (!(f->file.path = strdup(f->path)) || !(f->spec = text_of(f->model->file)) || read_train(f, how))
        return -1;
    f->goal.proc = f->model->process, f->goal.law = f->model->law;
    f->goal.seed = (uint64_t)f->run.given.v[RUN_SEED], f->goal.batch = (int)f->run.given.v[RUN_BATCH];
    if (read_net(f, what, how) || note_process(f) || tensors_add_note(&f->file, "train.spec", f->spec)
        || teacher_open(&f->teacher, f->model, how, f->net->classes, &f->goal.by))
        return -1;
    return dsm_open(&f->goal, section_where(f->model->file, what, NULL));
}

/* ---- memory ---- */

static int make_room(fit *f)
{
    long n = net_trains(f->net);

    if (n < 0)
        return -1;
    f->run.n = n;
    f->run.threads = 6. * n * f->goal.batch > WORTH ? omp_get_max_threads() : 1;
    f->desks = f->teacher.field && f->teacher.field->serial ? 1 : f->run.threads < f->goal.slices ? f->run.threads
        : f->goal.slices;
    f->workspace = calloc(4 * n, sizeof *f->workspace), f->grad = malloc((size_t)f->goal.slices * n * sizeof *f->grad);
    if (!f->workspace || !f->grad || !(f->desk = calloc(f->desks, sizeof *f->desk)))
        return fail("train: out of memory: %ld parameters, %d gradients", n, f->goal.slices);
    f->run.now = f->workspace, f->run.mean = f->workspace + n, f->run.first = f->workspace + 2 * n,
        f->run.second = f->workspace + 3 * n;
    for (int i = 0; i < f->desks; i++)
        if (desk_open(&f->desk[i], &f->goal, f->net))
            return -1;
    net_get(f->net, f->run.now);
    memcpy(f->run.mean, f->run.now, n * sizeof *f->run.mean);
    return 0;
}

void fit_close(fit *f)
{
    for (int i = 0; f->desk && i < f->desks; i++)
        desk_close(&f->desk[i]);
    free(f->desk), free(f->workspace), free(f->grad), free(f->spec), free(f->program);
    net_close(f->net);
    dsm_close(&f->goal);
    teacher_close(&f->teacher);
    tensors_free(&f->file);
    model_close(f->model);
    *f = (fit){ 0 };
}

/* ---- steps ---- */

/* What lies in the padding of gradients may be anything; that of weights must stay zero. */
static void clean(const net *n, float *grad)
{
    for (const weight *w = NULL; (w = net_weight(n, w)); )
        for (int i = 0; i < w->rows; i++)
            memset(grad + w->at + (long)i * padded(w->cols) + w->cols, 0, (padded(w->cols) - w->cols) * sizeof *grad);
}

/* f->loss and the gradients; -1 with the first failed slice's reason. */
static int all_slices(fit *f)
{
    double loss[SLICES];
    int failed = SLICES;
    char reason[1024] = "";

    #pragma omp parallel num_threads(f->desks)
    {
        unsigned before = flush_tiny();

        #pragma omp for schedule(dynamic)
        for (int k = 0; k < f->goal.slices; k++) {
            float *grad = f->grad + (size_t)k * f->run.n;
            desk *own = &f->desk[omp_get_thread_num()];

            loss[k] = dsm_slice(&f->goal, f->net, own, f->step, k, grad);
            clean(f->net, grad);
            #pragma omp critical(fokker_train)
            if (own->failed && k < failed)
                failed = k, snprintf(reason, sizeof reason, "%s", last_error());
        }
        restore_tiny(before);
    }
    f->loss = 0;
    for (int k = 0; k < f->goal.slices; k++)
        f->loss += loss[k];
    return failed < SLICES ? fail("train: step %ld: %s", f->step, reason) : 0;
}

/* what: `its gradient`. */
static int diverged(const fit *f, const char *what, double v)
{
    return f->saved >= 0
        ? fail("train: step %ld: the loss is %g, %s %g; the last good checkpoint is %s at step %ld; lower rate or "
               "clip", f->step,
                                f->loss, what, v, f->path, f->saved)
                         : fail("train: step %ld: the loss is %g, %s %g, and there is no checkpoint yet; lower rate or "
                                "clip", f->step, f->loss, what, v);
}

int fit_step(fit *f)
{
    double norm;

    if (all_slices(f))
        return -1;
    norm = isfinite(f->loss) ? adam_step(&f->run, f->step, f->goal.slices, f->grad) : NAN;
    if (!isfinite(norm))
        return diverged(f, "its gradient", norm);
    net_set(f->net, f->run.now);
    f->sum += f->loss;
    if (++f->step % f->every == 0) {
        long k = f->step / f->every - 1;

        f->curve[k][0] = (float)f->step, f->curve[k][1] = (float)(f->sum / f->every);
        f->sum = 0;
    }
    return 0;
}

long fit_points(const fit *f) { return f->step / f->every; }

/* ---- files ---- */

/* What is needed to go on, besides the EMA. */
typedef struct piece { const char *name; long size; float *v; } piece;
enum { PIECES = 5 };

static void pieces_of(fit *f, piece *p)
{
    p[0] = (piece){ "train.now", f->run.n, f->run.now };
    p[1] = (piece){ "train.mean", f->run.n, f->run.mean };
    p[2] = (piece){ "train.first", f->run.n, f->run.first };
    p[3] = (piece){ "train.second", f->run.n, f->run.second };
    p[4] = (piece){ "train.curve", 2 * (CURVE + 1), f->curve[0] };
}

static int add_copy(tensors *all, const char *name, int dims, const long *shape, const float *v)
{
    tensor *t = tensors_add(all, name, dims, shape);

    if (t)
        memcpy(t->v, v, tensor_size(t) * sizeof *v);
    return t ? 0 : -1;
}

/* The EMA of a weight into the tensor of its name. */
static void put_mean(const fit *f, const weight *w, tensor *t)
{
    for (int i = 0; i < w->rows; i++)
        memcpy(t->v + (long)i * w->cols, f->run.mean + w->at + (long)i * padded(w->cols), w->cols * sizeof *t->v);
}

static int gather(fit *f, tensors *out)
{
    piece p[PIECES];
    char text[2][40];
    int whole = f->step == f->steps;

    pieces_of(f, p);
    snprintf(text[0], sizeof text[0], "%ld", f->step), snprintf(text[1], sizeof text[1], "%.17g", f->sum);
    for (const weight *w = NULL; (w = net_weight(f->net, w)); )
        put_mean(f, w, (tensor *)tensors_find(&f->file, w->name));
    for (int i = 0; i < f->file.count; i++)
        if (add_copy(out, f->file.tensor[i].name, f->file.tensor[i].dims, f->file.tensor[i].shape, f->file.tensor[i].v))
            return -1;
    for (int i = 0; i < f->file.notes; i++)
        if (tensors_add_note(out, f->file.note[i].key, f->file.note[i].value))
            return -1;
    for (int i = 0; i < PIECES && !whole; i++)
        if (add_copy(out, p[i].name, 1, &p[i].size, p[i].v))
            return -1;
    if (!whole && tensors_add_note(out, "train.program", f->program))       /* what is finished says nothing of it */
        return -1;
    return tensors_add_note(out, "train.step", text[0]) || tensors_add_note(out, "train.sum", text[1]) ? -1 : 0;
}

/* Weights that are no numbers any more never take a good checkpoint's place. */
int fit_save(fit *f)
{
    tensors out = { 0 };
    int status;

    for (long i = 0; i < 4 * f->run.n; i++)
        if (!isfinite(f->workspace[i]))
            return diverged(f, "a weight or a moment", f->workspace[i]);
    out.path = strdup(f->path);
    status = out.path ? gather(f, &out) : fail("%s: out of memory", f->path);

    status = status || tensors_write(f->path, &out) ? -1 : 0;
    tensors_free(&out);
    if (!status)
        f->saved = f->step;
    return status;
}

/* What it was begun with, what there is now; the first line in which they differ is told. */
static int another(const fit *f, const char *what, const char *was, const char *now, const char *cure)
{
    while (*was && *now && !strncmp(now, was, strcspn(now, "\n") + 1))
        was += strcspn(now, "\n") + 1, now += strcspn(now, "\n") + 1;
    return fail("%s: was begun %s: it has \"%.*s\" where there is \"%.*s\" now; %s", f->path, what,
                (int)strcspn(was, "\n"), was, (int)strcspn(now, "\n"), now, cure);
}

static int take_over(fit *f, const tensors *old, enum going_on how)
{
    const char *spec = tensors_note(old, "train.spec"), *step = tensors_note(old, "train.step"),
        *sum = tensors_note(old, "train.sum"), *program = tensors_note(old, "train.program");
    piece p[PIECES];

    if (!spec || !step || !sum)
        return fail("%s: was not written by train; there is nothing to resume", f->path);
    if (strcmp(spec, f->spec))
        return another(f, "with another SPEC", spec, f->spec, "leave --resume out and give another -o");
    f->step = strtol(step, NULL, 10), f->sum = strtod(sum, NULL);
    if (f->step == f->steps)
        return fail("%s: is finished, %ld steps; there is nothing to resume", f->path, f->steps);
    if (how != RESUME_ANYWAY && (!program || strcmp(program, f->program)))
        return another(f, "by another program or machine", program ? program : "", f->program,
                       "the weights may differ in their last digits: give another -o, or --resume-anyway");
    pieces_of(f, p);
    for (int i = 0; i < PIECES; i++) {
        const tensor *t = tensors_find(old, p[i].name);

        if (tensors_refused(old, p[i].name))
            return -1;
        if (!t || tensor_size(t) != p[i].size)
            return fail("%s: %s is missing or of another size; it is no whole checkpoint, begin anew", f->path,
                        p[i].name);
        memcpy(p[i].v, t->v, p[i].size * sizeof *t->v);
    }
    if (f->step < 0 || f->step > f->steps)
        return fail("%s: its step is %s; it is no whole checkpoint, begin anew", f->path, step);
    net_set(f->net, f->run.now);
    f->saved = f->step;
    return 0;
}

int fit_open_by(fit *f, const char *spec, const char *path, enum going_on how, enum trust given)
{
    tensors old;
    int status;

    *f = (fit){ .path = path, .saved = -1, .program = version_lines("") };
    if (!f->program || read_spec(f, spec, given) || make_room(f))
        return fit_close(f), -1;
    f->steps = (long)f->run.given.v[RUN_STEPS];
    f->every = (f->steps + CURVE - 1) / CURVE;
    if (how == BEGIN)
        return 0;
    if ((status = tensors_read(path, &old)) == 0) {
        status = take_over(f, &old, how);
        tensors_free(&old);
    }
    return status ? (fit_close(f), -1) : 0;
}

int fit_open(fit *f, const char *spec, const char *path, enum going_on how)
{
    return fit_open_by(f, spec, path, how, TRUST_NAME);
}
