/* Feature spaces: a network is opened by its section [features], and asked on all threads. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "scores/feature.h"
#include "scores/field.h"

enum { BLOCK = 32 };

/* ---- opening ---- */

static int read_units(features *f, section *s)
{
    double scale, shift;

    if (field_number(f->of, s, "scale", -1e12, 1e12, NAN, &scale)
        || field_number(f->of, s, "shift", -1e12, 1e12, NAN, &shift))
        return -1;
    f->raw = !isnan(scale) || !isnan(shift);
    f->scale = isnan(scale) ? 1 : scale, f->shift = isnan(shift) ? 0 : shift;
    return 0;
}

static int read_section(features *f)
{
    section *s = sections_find(f->of->file, "features");
    const process *p = f->of->process;
    const char *kind = s ? section_get(s, "kind") : NULL;
    double t;

    if (!s)
        return fail("%s: has no section [features]; write one with kind = onnx and file = PATH, or name an .onnx file",
                    f->of->file->path);
    if (!kind || (strcmp(kind, "onnx") && strcmp(kind, "mlp")))
        return fail("%s: a feature space is of kind onnx or mlp, not %s", field_where(f->of, s, "kind"),
                    kind ? kind : "left open");
    if (read_units(f, s) || field_number(f->of, s, "at", p->t_min, p->t_max, p->t_min, &t))
        return -1;
    levels(p, 1, &t, &f->at);
    return (f->net = field_of_kind(f->of, s, kind)) ? 0 : -1;
}

/* An .onnx by itself: a section that names it, and a process that nobody asks. */
static int open_bare(features *f, const char *path)
{
    entry key = { .key = "file", .value = (char *)path };
    section s = { .name = "features", .count = 1, .entry = &key };
    sections file = { .path = (char *)path, .folder = "", .count = 1, .section = &s };
    model m = { .name = (char *)path, .process = process_open(path, "vp-linear"), .file = &file };

    if (!m.process)
        return -1;
    levels(m.process, 1, &m.process->t_min, &f->at);
    f->net = field_of_kind(&m, &s, "onnx");
    process_close(m.process);
    return f->net ? 0 : -1;
}

features *features_open(const char *path)
{
    size_t n = strlen(path);
    int bare = n > 5 && !strcmp(path + n - 5, ".onnx");
    features *f = calloc(1, sizeof *f);

    if (!f)
        return fail("%s: out of memory", path), NULL;
    if (bare ? open_bare(f, path) : !(f->of = model_open(path, NULL)) || read_section(f))
        return features_close(f), NULL;
    f->dim = f->net->dim, f->cols = f->net->cols;
    return f;
}

void features_close(features *f)
{
    if (!f)
        return;
    field_close(f->net);
    model_close(f->of);
    free(f);
}

/* ---- asking ---- */

/* n points as the network sees them, which go into `seen`. */
static int ask_block(const features *f, const score *net, units of, int n, const double *x, double *seen, double *out)
{
    double scale = f->raw ? f->scale / of.scale : 1, shift = f->raw ? f->shift - scale * of.shift : 0;

    for (long i = 0; i < (long)n * f->dim; i++)
        seen[i] = fma(scale, x[i], shift);
    return net->eval(net->self, &(batch){ 1, n, &f->at, seen, NULL }, out);
}

int features_of(const features *f, units of, int n, const double *x, double *out)
{
    int failed = -1;
    char reason[1024] = "";

    #pragma omp parallel if (n > BLOCK)
    {
        score *thread_copy = f->net->thread_copy(f->net->self, BLOCK);
        double *seen = malloc((size_t)BLOCK * f->dim * sizeof *seen);
        int none = !thread_copy || (!seen && fail("features: out of memory"));

        #pragma omp for schedule(dynamic)
        for (int first = 0; first < n; first += BLOCK) {
            int rows = n - first < BLOCK ? n - first : BLOCK;
            int bad = none || ask_block(f, thread_copy, of, rows, x + (long)first * f->dim, seen,
                                        out + (long)first * f->cols);

            #pragma omp critical(features)
            if (bad && (failed < 0 || first < failed)) {
                failed = first;
                snprintf(reason, sizeof reason, "%s", last_error());
            }
        }
        field_close(thread_copy), free(seen);
    }
    return failed < 0 ? 0 : fail("%s", reason);
}
