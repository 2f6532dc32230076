/*
 * The overhead of a step of each solver with a field that returns at once, against what the step must do at least: move
 * its arrays (bare loops over the same arrays in the same order, each with one addition a number) and draw its normals
 * (at their measured rate).
 *
 * What a step moves is seen, not listed: the linker's --wrap puts a record before each sum over arrays and each
 * conversion of a prediction.  Two runs that differ in steps alone tell the steps from the start.
 *              What a method does once, in `open`, is not timed.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/engine/recipe.h"
#include "base/clones.h"
#include "solvers/tools/by_column.h"
#include "solvers/engine/drive.h"
#include "tests/speed/speed.h"

enum { MOST = 40, STEPS = 50, ROWS = 1024, N = 2 * ROWS, APART = N + 40, PASSES = 1 << 14, ARRAYS = 64, ROUNDS = 12 };

/* One sum: the arrays that it reads and the one that it writes, by their numbers. */
typedef struct field_pass { int reads; unsigned char from[MOST], to; } field_pass;

/* What a run has done: its passes, the arrays met so far, calls for each prediction, drawn numbers. */
static struct { int passes, arrays; field_pass pass[PASSES]; const double *array[ARRAYS];
                long asked[PREDICTS_VELOCITY + 1],
                normals; } seen;

static int recording;

static unsigned char number_of(const double *v)
{
    int k = 0;

    while (k < seen.arrays && seen.array[k] != v)
        k++;
    if (k == seen.arrays && k < ARRAYS - 1)
        seen.array[seen.arrays++] = v;
    return k;
}

static field_pass *begin(const double *to)
{
    field_pass *p = &seen.pass[seen.passes < PASSES - 1 ? seen.passes++ : PASSES - 1];

    p->reads = 0, p->to = number_of(to);
    return p;
}

static void reads(field_pass *p, const double *v) { p->from[p->reads++] = number_of(v); }

void __real_sum_terms(const run *, int, double *, int, const term *),
    __wrap_sum_terms(const run *, int, double *, int, const term *);
void __real_sum_columns(const run *, int, double *, int, const double *, const double *const *);
void __wrap_sum_columns(const run *, int, double *, int, const double *, const double *const *);
void __real_stage(const run *, const level *, const level *, double *, const double *, int, const double *,
                  double *const *);
void __wrap_stage(const run *, const level *, const level *, double *, const double *, int, const double *,
                  double *const *);
int __real_field_eval(const score *, const batch *, enum predicts, double *),
    __wrap_field_eval(const score *, const batch *, enum predicts, double *);

void __wrap_sum_terms(const run *r, int g, double *y, int terms, const term *s)
{
    field_pass *p = recording ? begin(y) : NULL;

    for (int j = 0; p && j < terms; j++)
        if (s[j].c)
            reads(p, s[j].v);
    __real_sum_terms(r, g, y, terms, s);
}

void __wrap_sum_columns(const run *r, int g, double *y, int terms, const double *c, const double *const *v)
{
    field_pass *p = recording ? begin(y) : NULL;

    for (int j = 0; p && j < terms; j++)
        reads(p, v[j]);
    __real_sum_columns(r, g, y, terms, c, v);
}

void __wrap_stage(const run *r, const level *a, const level *b, double *out, const double *base, int n,
                  const double *c, double *const *k)
{
    field_pass *p = recording ? begin(out) : NULL;

    if (p && base)
        reads(p, base);
    for (int j = 0; p && j < n; j++)
        if (c[j])
            reads(p, k[j]);
    __real_stage(r, a, b, out, base, n, c, k);
}

int __wrap_field_eval(const score *s, const batch *b, enum predicts want, double *out)
{
    field_pass *p = recording && s->predicts != want ? begin(out) : NULL;

    seen.asked[want]++;
    if (p)
        reads(p, out), reads(p, b->x);
    return __real_field_eval(s, b, want, out);
}

static noise philox;

static void counted(const noise *w, const draw *d, double *z)
{
    seen.normals += (long)d->rows * d->dim;
    philox.fill(&philox, d, z);
}

/* A field that returns at once. */
static int nothing(void *self, const batch *p, double *out) { return 0; }

/* y = the sum of so many arrays, in tiles where they are too many for registers. */
CLONES static void move_few(int n, double *y, int reads, const double *const *v)
{
    switch (reads) {
#define V(k) v[k][i]
#define CASE(k, e) case k: _Pragma("omp simd") for (int i = 0; i < n; i++) y[i] = e; break;
    CASE(1, V(0))
    CASE(2, V(0) + V(1))
    CASE(3, V(0) + V(1) + V(2))
    CASE(4, V(0) + V(1) + V(2) + V(3))
    CASE(5, V(0) + V(1) + V(2) + V(3) + V(4))
    CASE(6, V(0) + V(1) + V(2) + V(3) + V(4) + V(5))
    CASE(7, V(0) + V(1) + V(2) + V(3) + V(4) + V(5) + V(6))
    CASE(8, V(0) + V(1) + V(2) + V(3) + V(4) + V(5) + V(6) + V(7))
#undef CASE
    }
}

CLONES static void move_many(int n, double *y, int reads, const double *const *v)
{
    double sum[64];

    for (int at = 0; at < n; at += 64) {
        int m = n - at < 64 ? n - at : 64;

        memcpy(sum, v[0] + at, m * sizeof *sum);
        for (int j = 1; j < reads; j++) {
            #pragma omp simd
            for (int i = 0; i < m; i++)
                sum[i] += v[j][at + i];
        }
        memcpy(y + at, sum, m * sizeof *sum);
    }
}

/* The passes first, first + 1, ... of what was seen, over arrays in a pool. */
static void replay_passes(int first, double *pool)
{
    const double *v[MOST];

    for (const field_pass *p = seen.pass + first; p < seen.pass + seen.passes; p++) {
        for (int j = 0; j < p->reads; j++)
            /* APART: as in a run, equal places do not share the low bits of addresses */
            v[j] = pool + (size_t)p->from[j] * APART;
        (p->reads > 8 ? move_many : move_few)(N, pool + (size_t)p->to * APART, p->reads, v);
    }
}

static void draw_normals(double *z)
{
    draw d = { .rows = ROWS, .dim = 2 };

    for (d.step = 0; d.step < 10; d.step++)
        philox.fill(&philox, &d, z);
}

/* A solver on `steps` steps, its plan without a field. */
static int prepare(recipe *how, const subject *of, const char *solver_item, int steps)
{
    static const noise counting = { .fill = counted };

    if (recipe_open(how, of, solver_item, NULL, 0, (budget){ steps, 0 }))
        return -1;
    how->plan.noise = &counting;
    return 0;
}

/* All steps of a run that is open. */
static int all_steps(drive *v, double *x)
{
    v->step.k = 0, v->group[0] = (group){ 0, 0 };
    return fixed(v, v->plan->steps, v->plan->grid, x);
}

/* Records a run on `steps` steps: the number of its passes, or -1.  *normals: drawn numbers. */
static int record(const subject *of, const char *name, const score *field, int steps, double *x, long *normals)
{
    recipe how;
    tally t = { 0 };
    drive *v;

    if (prepare(&how, of, name, steps))
        return -1;
    how.plan.field = field;
    if ((v = drive_open(&how.plan, field, &t, ROWS, ROWS))) {
        memset(&seen, 0, sizeof seen);
        recording = 1;
        all_steps(v, x);
        recording = 0;
        *normals = seen.normals;
    }
    drive_close(v);
    recipe_close(&how);
    return v ? seen.passes : -1;
}

/* The prediction that was asked for most. */
static enum predicts favourite(void)
{
    int best = 0;

    for (int p = 1; p <= PREDICTS_VELOCITY; p++)
        best = seen.asked[p] > seen.asked[best] ? p : best;
    return (enum predicts)best;
}

/* Best times of a step, of its passes and of a drawn number, in turns, so that all see the
 * same noise of the machine. */
static int times(const subject *of, const char *name, const score *field, int first, double *x, double *pool,
                 double best[3])
{
    recipe how;
    tally t = { 0 };
    drive *v;

    if (prepare(&how, of, name, STEPS))
        return -1;
    how.plan.field = field;
    if ((v = drive_open(&how.plan, field, &t, ROWS, ROWS)))
        for (int k = 0; k < ROUNDS; k++) {
            memset(x, 0, N * sizeof *x);
            BEST(best[0], 3, all_steps(v, x));
            BEST(best[1], 3, replay_passes(first, pool));
            BEST(best[2], 2, draw_normals(pool));
        }
    drive_close(v);
    recipe_close(&how);
    best[0] /= STEPS, best[1] /= STEPS, best[2] /= 10. * N;
    return v ? 0 : -1;
}

static void one_row(const subject *of, const char *name, double *x, double *pool)
{
    score field = { .abi = SCORE_ABI, .name = "nothing", .dim = 2, .predicts = PREDICTS_DATA, .eval = nothing };
    double best[3] = { 1e9, 1e9, 1e9 }, least;
    long few, many;
    int first = record(of, name, &field, STEPS, x, &few);

    field.predicts = favourite();
    if (first >= 0)
        first = record(of, name, &field, STEPS, x, &few);
    if (first < 0 || record(of, name, &field, 2 * STEPS, x, &many) < 0
        || times(of, name, &field, first, x, pool, best)) {
        printf("%-26s %s\n", name, last_error());
        return;
    }
    best[2] *= (double)(many - few) / STEPS;
    least = best[1] + best[2];
    printf("%-26s %7.0f ns a step, %6.0f of traffic, %6.0f of normals: %5.2f times%s\n", name, best[0] * 1e9,
           best[1] * 1e9, best[2] * 1e9,
           best[0] / least, best[0] > 2 * least ? "   above 2" : "");
    fflush(stdout);
}

void steps_speed(void)
{
    static const char *const inner[MAX_INNER + 1] = { "", "/heun", "/em/langevin" };
    subject of;
    double *x = need(N * sizeof *x), *pool = need((size_t)ARRAYS * APART * sizeof *pool);

    omp_set_num_threads(1);
    philox = noise_philox(1);
    if (subject_open(&of, "gauss2", "edm", NULL)) {
        free(x), free(pool);
        return;
    }
    printf("\nA step of 1024 x 2 with a field that returns at once, against its memory traffic and its normals (at "
           "most 2):\n");
    for (int i = 0; i < solvers(); i++) {
        const solver *s = solver_at(i);
        char name[128];

        if (s->whole || s->adapts)
            continue;
        snprintf(name, sizeof name, "%s%s", s->name, inner[s->inners]);
        one_row(&of, name, x, pool);
    }
    free(x), free(pool);
    subject_close(&of);
}
