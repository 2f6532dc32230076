/* The teacher's walk between two levels of the student's grid, and the target that follows from it. */
#include <math.h>
#include <stdlib.h>
#include "base/fail.h"
#include "scores/training/distil.h"

const param distil_keys[] = {
    [DISTIL_STEPS] = { "student_steps", "that the student is to take", NULL, 4, 1, 4096, 1 },
    [DISTIL_EACH] = { "teacher_steps", "of the teacher for one of them", NULL, 2, 1, 64, 1 },
    { 0 },
};

static int steps_of(const distil *d) { return (int)d->given.v[DISTIL_STEPS]; }
static int each_of(const distil *d) { return (int)d->given.v[DISTIL_EACH]; }

/* Where level i from the data lies on the fine grid. */
static const level *place(const distil *d, int i) { return d->grid + (steps_of(d) - 1 - i) * each_of(d); }
const level *distil_next(const distil *d, int i) { return place(d, i) + each_of(d); }

int distil_open(distil *d, const char *where, const score *teacher, const level *coarse, const level *fine)
{
    int N = steps_of(d), K = each_of(d);

    for (int i = 0; i <= N; i++)
        if (fabs(coarse[i].t - fine[i * K].t) > 1e-9 || (coarse[i].sigma > 0) != (fine[i * K].sigma > 0))
            return fail("%s: a grid of %d steps does not go over the levels of one of %d: step %d is at t = %g, the "
                        "teacher's at %g; choose grid = ddpm-trailing",
                        where, N * K, N, i, coarse[i].t, fine[i * K].t);
    d->grid = malloc(((size_t)N * K + 1) * sizeof *d->grid), d->own = malloc(N * sizeof *d->own);
    if (!d->grid || !d->own)
        return distil_close(d), fail("%s: out of memory for %d levels", where, N * K);
    for (int i = 0; i <= N * K; i++)
        d->grid[i] = fine[i];
    for (int i = 0; i < N; i++)
        d->own[i] = *place(d, i);
    d->teacher = teacher;
    return 0;
}

void distil_close(distil *d)
{
    free(d->grid), free(d->own);
    d->grid = d->own = NULL, d->teacher = NULL;
}

/* A step of ddim: z = keep x + gain D, keep = sigma_b/sigma_a, gain = alpha_b (1 - e^-h). */
typedef struct ddim_step { double keep, gain; } ddim_step;

static ddim_step ddim_between(const level *a, const level *b)
{
    return (ddim_step){ b->sigma / a->sigma, -b->alpha * expm1(a->lambda - b->lambda) };
}

static void step(const distil *d, int n, int dim, const int *at, int k, double *z, const double *D)
{
    for (int i = 0; i < n; i++) {
        const level *a = place(d, at[i]) + k;
        ddim_step l = ddim_between(a, a + 1);

        for (int j = i * dim; j < (i + 1) * dim; j++)
            z[j] = fma(l.keep, z[j], l.gain * D[j]);
    }
}

static int check_walk(const distil *d, int n, int dim, const int *at, const double *z)
{
    for (int j = 0; j < n * dim; j++)
        if (!isfinite(z[j]))
            return fail("the teacher's walk from t = %g ends at %g; run fokker check on the teacher",
                        place(d, at[j / dim])->t, z[j]);
    return 0;
}

int distil_walk(const distil *d, const score *teacher, int n, const int *at, const int *label, const double *x,
                double *z, double *D)
{
    int dim = teacher->dim;
    level now[n];
    batch all = { n, 1, now, z, label };

    for (int j = 0; j < n * dim; j++)
        z[j] = x[j];
    for (int k = 0; k < each_of(d); k++) {
        for (int i = 0; i < n; i++)
            now[i] = place(d, at[i])[k];
        if (field_eval(teacher, &all, PREDICTS_DATA, D))
            return -1;
        step(d, n, dim, at, k, z, D);
    }
    return check_walk(d, n, dim, at, z);
}

void distil_invert(const distil *d, int at, int dim, const double *x, double *z)
{
    ddim_step l = ddim_between(place(d, at), distil_next(d, at));

    for (int j = 0; j < dim; j++)
        z[j] = (z[j] - l.keep * x[j]) / l.gain;
}
