/* What methods find out from the field before their first step: once a plan, whatever the number of its runs. */
#include <stdlib.h>
#include "solvers/engine/drive.h"

struct finding { const method *how; void *what; void (*drop)(void *); finding *next; };

void findings_close(findings *f)
{
    for (finding *i = f->first, *next; i; i = next) {
        next = i->next;
        i->drop(i->what);
        free(i);
    }
    *f = (findings){ 0 };
}

static const void *find(run *r, void *(*how)(run *), void (*drop)(void *))
{
    findings *f = drive_of(r)->found;
    finding *i = f->first;

    while (i && i->how != r->how)
        i = i->next;
    if (i)
        return i->what;
    if (!(i = malloc(sizeof *i)))
        return fail("%s: out of memory", r->sol->name), NULL;
    *i = (finding){ r->how, how(r), drop, f->first };
    if (!i->what)
        return free(i), NULL;
    f->first = i;
    return i->what;
}

const void *find_once(run *r, void *(*how)(run *), void (*drop)(void *))
{
    const void *what;

    #pragma omp critical(fokker_findings)
    what = find(r, how, drop);
    return what;
}

int consult(run *r, const level *l, int n, const double *x, double *d)
{
    drive *v = drive_of(r);
    int most = r->groups * r->rows, status = 0;
    usage all = { 0 };

    for (int i = 0; i < n && !status; i += most) {
        usage one = { 0 };
        batch p = { .groups = 1, .rows = n - i < most ? n - i : most, .at = l, .x = x + (size_t)i * r->dim,
                    .used = &one };

        status = field_eval(v->field, &p, PREDICTS_DATA, d + (size_t)i * r->dim);
        usage_beside(&all, &one);
        v->found->asks += one.calls;
    }
    usage_then(&v->found->used, &all);
    return status;
}
