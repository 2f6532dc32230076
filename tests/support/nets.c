/* Networks for tests. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/random.h"
#include "tests/support/nets.h"

static int fill(tensors *all, const shape *s)
{
    tensor *t = tensors_add(all, s->name, s->rows ? 2 : 1, s->rows ? (long[]){ s->rows, s->cols }
                            : (long[]){ s->cols });
    long n = t ? tensor_size(t) : 0;
    double *z = malloc((n + 1) * sizeof *z);

    if (!t || !z)
        return free(z), -1;
    normals((stream){ 5, USE_TRAIN }, all->count, 0, 0, 1, (int)n, z);
    for (long i = 0; i < n; i++)
        t->v[i] = (float)(s->scale * z[i]);
    free(z);
    return 0;
}

int made_folder(made *m)
{
    snprintf(m->folder, sizeof m->folder, "%s", "/tmp/fokker-net-XXXXXX");
    if (!mkdtemp(m->folder))
        return fail("%s: cannot be made", m->folder);
    snprintf(m->ini, sizeof m->ini, "%s/net.ini", m->folder);
    snprintf(m->weights, sizeof m->weights, "%s/net.safetensors", m->folder);
    return 0;
}

int made_text(const made *m, const char *text)
{
    FILE *f = fopen(m->ini, "w");

    if (!f)
        return fail("%s: cannot be written", m->ini);
    fputs(text, f);
    return fclose(f) ? -1 : 0;
}

int made_open(made *m, const char *score, const char *const *notes, const shape *s)
{
    tensors all = { .path = strdup("made") };
    char text[2048];
    int status = made_folder(m);

    for (; s->name && !status; s++)
        status = fill(&all, s);
    for (; notes && *notes && !status; notes += 2)
        status = tensors_add_note(&all, notes[0], notes[1]);
    snprintf(text, sizeof text, "[score]\nkind = mlp\nfile = net.safetensors\n%s", score);
    status = status || tensors_write(m->weights, &all) || made_text(m, text) ? -1 : 0;
    tensors_free(&all);
    return status;
}

void made_close(made *m)
{
    unlink(m->ini);
    unlink(m->weights);
    rmdir(m->folder);
}
