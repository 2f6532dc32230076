/* Teachers and first weights: opened, and checked against what the student is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/training/teacher.h"
#include "base/fail.h"
#include "scores/field.h"
#include "solvers/grids/grid.h"

static const char trailing[] = "ddpm-trailing";

static int open_field(teacher *t, const model *student, section *train, const char *name)
{
    char *path = model_named(student->file, name);

    if (!path)
        return -1;
    t->model = model_open_by(path, NULL, trust_in(student->file->path, student->trust));
    free(path);
    if (t->model && (t->field = field_open(t->model, NULL)))
        return 0;
    return fail("%s: the teacher cannot be opened: %s", field_where(student, train, "teacher"), last_error());
}

/* Its process is the student's at these levels; a field that knows none of its own has the student's. */
static int check_process(const teacher *t, const model *student, const char *where, const level *at, int n)
{
    for (int i = 0; i < n && !t->model->assumed; i++) {
        level l;

        levels(t->model->process, 1, &at[i].t, &l);
        if (!(fabs(l.alpha - at[i].alpha) <= 1e-9 && fabs(l.sigma - at[i].sigma) <= 1e-9 * at[i].sigma))
            return fail("%s: %s is made for %s, and the student's %s is another process: at t = %g its sigma is %g, "
                        "the student's %g; give both the same process",
                        where, t->model->name, t->model->process->name, student->process->name, at[i].t, l.sigma,
                            at[i].sigma);
    }
    return 0;
}

/* That it answers for a point like the student's, of every class and of none. */
static int check_answer(const teacher *t, int dim, const char *where, int classes, const level *at)
{
    int bad = 0;
    double *x;

    if (t->field->dim != dim)
        return fail("%s: %s has %d columns, and the data %d; give a teacher for these data", where, t->model->name,
                    t->field->dim, dim);
    if (!(x = calloc(2 * (size_t)dim, sizeof *x)))
        return fail("%s: out of memory", where);
    for (int label = -1; label < classes && !bad; label++)
        bad = field_eval(t->field, &(batch){ 1, 1, at, x, classes ? &label : NULL }, PREDICTS_DATA, x + dim);
    free(x);
    return bad ? fail("%s: %s does not answer: %s", where, t->model->name, last_error()) : 0;
}

/* The student's grid, or the teacher's finer one. */
static level *grid_of(const model *student, section *train, int steps)
{
    const char *item = section_get(train, "grid");
    schedule s;
    level *l;

    if (schedule_parse(&s, field_where(student, train, "grid"), item ? item : trailing, student->process, 1))
        return NULL;
    l = schedule_fixed(&s, student->process) == 0 ? schedule_levels(&s, student->process, steps)
                                                  : (fail("%s: a grid from a file has no finer one; choose another",
                                                          field_where(student, train, "grid")), NULL);
    schedule_free(&s);
    return l;
}

int teacher_open(teacher *t, const model *student, section *train, int classes, distil *by)
{
    const char *name = section_get(train, "teacher");
    int N = (int)by->given.v[DISTIL_STEPS], all = N * (int)by->given.v[DISTIL_EACH], bad;
    level *coarse = NULL, *fine = NULL;

    *t = (teacher){ 0 };
    if (!name)
        return section_get(train, "grid")
            ? fail("%s: a grid is that of a student's steps, and there is no teacher; give teacher = MODEL",
                   field_where(student, train, "grid")) : 0;
    bad = open_field(t, student, train, name) || !(coarse = grid_of(student, train, N))
          || !(fine = grid_of(student, train, all))
          || check_answer(t, student->law->dim, field_where(student, train, "teacher"), classes, fine)
          || check_process(t, student, field_where(student, train, "teacher"), fine, all)
          || distil_open(by, field_where(student, train, "grid"), t->field, coarse, fine);
    free(coarse), free(fine);
    return bad ? -1 : 0;
}

void teacher_close(teacher *t)
{
    field_close(t->field);
    if (t->model)
        model_close(t->model);
    *t = (teacher){ 0 };
}

/* ---- first weights ---- */

/* What two networks must have in common for the weights of one to mean something in the other. */
static const char *const same[] = { "layers", "embed", "predicts", "time", "T", "time_scale", "time_shift",
                                    "input_scale", "output_scale", "wrap" };

static int check_notes(const char *where, const tensors *from, const tensors *file)
{
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        const char *a = tensors_note(from, same[i]), *b = tensors_note(file, same[i]);

        if ((a || b) && strcmp(a ? a : "", b ? b : ""))
            return fail("%s: %s has %s = %s, and this network %s; weights begin only with those of its like", where,
                        from->path, same[i], a ? a : "(none)",
                        b ? b : "(none)");
    }
    return 0;
}

static int copy_weights(const char *where, const tensors *from, tensors *file)
{
    for (int i = 0; i < file->count; i++) {
        tensor *to = &file->tensor[i];
        const tensor *t = tensors_find(from, to->name);

        if (tensors_refused(from, to->name))
            return -1;
        if (!t || tensor_size(t) != tensor_size(to))
            return fail("%s: %s in %s is missing or of another size; weights begin only with those of a network of the "
                        "same widths", where, to->name, from->path);
        memcpy(to->v, t->v, tensor_size(t) * sizeof *t->v);
    }
    return 0;
}

int teacher_start(const model *student, section *train, tensors *file)
{
    const char *where = field_where(student, train, "start");
    tensors from;
    char *path;
    int bad;

    if (!section_get(train, "start"))
        return 0;
    if (!(path = field_path(student, train, "start")))
        return -1;
    bad = tensors_read(path, &from);
    free(path);
    if (bad)
        return -1;
    bad = check_notes(where, &from, file) || copy_weights(where, &from, file);
    tensors_free(&from);
    return bad ? -1 : 0;
}
