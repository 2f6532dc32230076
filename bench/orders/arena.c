/* What orders are measured on: mixtures that are not affine, a Gaussian that is, and starts on a process. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/orders/order.h"
#include "bench/metrics/reference.h"
#include "base/random.h"

/* Ratios sigma/alpha: where starts in the middle stand, the most that full noise is taken for, where all end:
 * rungs are asymptotic there. */
static const double MIDDLE = 3, FULL = 200, LOW = 0.05;

/* A grid's rungs are asymptotic where at FINEST steps none is longer than this in lambda; at full noise is
 * what starts above NOISY. */
static const double SHORT = 0.05, NOISY = 20, NEARER = 0.9;
enum { SEED = 11, FINEST = 2048 };

static const char *const names[2] = { "three", "gmm5-aniso16" };

/* A Gaussian with diagonal covariance: methods with linear updates are affine maps on it. */
static const struct { const char *key, *value; } bell[] = { { "kind", "mixture" }, { "mean.1", "0.5 -1 1" },
                                                            { "var.1", "0.2 0.5 1" } };
enum { KEYS = sizeof bell / sizeof *bell };

static sections *bell_text(void)
{
    sections *s = calloc(1, sizeof *s);
    section *in = s ? s->section = calloc(1, sizeof *in) : NULL;

    if (!in || !(s->path = strdup("order")) || !(s->folder = strdup("")) || !(in->name = strdup("data"))
        || !(in->entry = calloc(KEYS, sizeof *in->entry))) {
        fail("out of memory");
        return sections_free(s), NULL;
    }
    s->count = 1;
    for (; in->count < KEYS; in->count++) {
        entry *e = &in->entry[in->count];

        e->key = strdup(bell[in->count].key), e->value = strdup(bell[in->count].value);
        if (!e->key || !e->value) {
            in->count++;
            fail("out of memory");
            return sections_free(s), NULL;
        }
    }
    return s;
}

int ground_open(order_ground *g)
{
    *g = (order_ground){ .text = bell_text() };
    for (int i = 0; i < 2 && g->text; i++)
        if (!(g->model[i] = model_open(names[i], NULL)) || !(g->field[i] = field_open(g->model[i], NULL)))
            return ground_close(g), -1;
    if (g->text && (g->bell = law_open(g->text, g->text->section)) && (g->bell_field = exact_open(g->bell)))
        return 0;
    ground_close(g);
    return -1;
}

void ground_close(order_ground *g)
{
    for (int i = 0; i < 2; i++) {
        field_close(g->field[i]);
        model_close(g->model[i]);
    }
    field_close(g->bell_field);
    law_close(g->bell);
    sections_free(g->text);
    *g = (order_ground){ 0 };
}

double arena_time(const arena *a, double s)
{
    return fmin(fmax(a->proc->t_of_lambda(a->proc, -log(s)), a->proc->t_min), a->proc->t_max);
}

/* The end once more, by dop853 in many steps: where it agrees with the independent reference, which is good
 * to 1e-12, its last digits are round-off and it takes the reference's place.  Levels with kinks and
 * failures leave the reference. */
static void polish(start *s, const arena *a)
{
    enum { FINE = 1024 };
    static const double REFERENCE = 1e-12, AGREES = 30, ROUND_OFF = 1e-14;
    size_t N = (size_t)s->n * s->law->dim;
    level *fine = order_levels(a->proc, "lambda", s->from.t, s->to.t, FINE);
    method *how = method_parse("order", "dop853");
    double *x = malloc(N * sizeof *x), apart = 0, size = 0;
    const plan p = { .how = how, .proc = a->proc, .field = s->field, .steps = FINE, .grid = fine };

    s->sure = REFERENCE;
    if (fine && how && x && !solve(&p, s->n, memcpy(x, s->x, N * sizeof *x), NULL)) {
        for (size_t i = 0; i < N; i++)
            apart += (x[i] - s->end[i]) * (x[i] - s->end[i]), size += x[i] * x[i];
        if (apart <= AGREES * REFERENCE * AGREES * REFERENCE * size) {
            memcpy(s->end, x, N * sizeof *x);
            s->sure = ROUND_OFF;
        }
    }
    free(fine), free(x), method_free(how);
}

static int begin(start *s, const arena *a, int which, double t, int n)
{
    const law *l = s->law = a->ground->model[which]->law;
    size_t N = (size_t)n * l->dim;
    double *z = malloc(N * sizeof *z);
    int status = -1;

    s->model = names[which], s->field = a->ground->field[which], s->n = n;
    s->x = malloc(N * sizeof *s->x), s->end = malloc(N * sizeof *s->end);
    levels(a->proc, 1, &t, &s->from);
    levels(a->proc, 1, &a->low, &s->to);
    if (!z || !s->x || !s->end) {
        fail("out of memory");
    } else if (!l->sample(l, (stream){ SEED, USE_LAW }, 0, n, NULL, s->x)) {
        normals((stream){ SEED, USE_PRIOR }, 0, 0, 0, n, l->dim, z);
        for (size_t i = 0; i < N; i++)
            s->x[i] = s->from.alpha * s->x[i] + s->from.sigma * z[i];
        status = reference_flow(s->field, a->proc, &s->from, &s->to, n, NULL, s->x, s->end);
    }
    if (!status)
        polish(s, a);
    free(z);
    return status;
}

/* Whether f or g^2 jumps between `low` and `full`, as where log alpha is linear between indices: where a difference is
 * all of a second difference.  Of smooth levels that is a part in thousands. */
static int has_kinks(const arena *a)
{
    enum { MANY = 20001 };
    double first[2] = { 0 }, second[2] = { 0 }, last[2] = { 0 }, was[2] = { 0 };

    for (int i = 0; i < MANY; i++) {
        double t = a->low + (a->full - a->low) * i / (MANY - 1);
        level l;

        levels(a->proc, 1, &t, &l);
        for (int k = 0; k < 2; k++) {
            double v = k ? l.g2 : l.f, d = v - last[k];

            first[k] = fmax(first[k], i > 0 ? fabs(d) : 0), second[k] = fmax(second[k], i > 1 ? fabs(d - was[k]) : 0);
            last[k] = v, was[k] = d;
        }
    }
    return second[0] > 0.3 * first[0] || second[1] > 0.3 * first[1];
}

/* The longest step in lambda of the finest rung from t on; NAN where the grid fails. */
static double longest(const arena *a, const char *on, double t)
{
    level *l = order_levels(a->proc, on, t, a->low, FINEST);
    double most = l ? 0 : NAN;

    for (int i = 0; l && i < FINEST; i++)
        most = fmax(most, fabs(l[i + 1].lambda - l[i].lambda));
    free(l);
    return most;
}

/* Both mixtures from t; where others stand there already, those. */
static int both(arena *a, double t, int rows, int *which)
{
    for (int i = 0; i < a->starts; i += 2)
        if (a->start[i].from.t == t)
            return which[0] = i, which[1] = i + 1, 0;
    for (int i = 0; i < 2; i++) {
        which[i] = a->starts++;
        if (begin(&a->start[which[i]], a, i, t, i ? rows / 8 : rows))
            return -1;
    }
    return 0;
}

static int open_span(arena *a, const char *on, int rows)
{
    span *s = &a->span[a->spans++];
    double ratio = FULL;

    *s = (span){ .grid = on, .full = a->full };
    if (on) {
        if (isnan(s->step = longest(a, on, s->full)))
            return -1;
        while (s->step > SHORT && (ratio *= NEARER) > NOISY) {
            s->full = arena_time(a, ratio);
            s->step = longest(a, on, s->full);
        }
        if (s->step > SHORT || longest(a, on, a->middle) > SHORT)
            return s->full = NAN, 0;
    }
    return both(a, a->middle, rows, s->start) || both(a, s->full, rows, s->start + 2) ? -1 : 0;
}

int arena_open(arena *a, const order_ground *g, const char *item, int rows, int many, const char *const *on)
{
    *a = (arena){ .ground = g, .proc = process_open("--process", item) };
    if (!a->proc)
        return -1;
    a->middle = strcmp(a->proc->name, "vp-linear") ? arena_time(a, MIDDLE) : 0.5;
    a->full = arena_time(a, FULL), a->low = arena_time(a, LOW);
    a->kinks = has_kinks(a);
    for (int i = -1; i < many; i++)
        if (open_span(a, i < 0 ? NULL : on[i], rows))
            return arena_close(a), -1;
    return 0;
}

const span *arena_span(const arena *a, const char *on)
{
    for (int i = 1; i < a->spans; i++)
        if (!strcmp(on, a->span[i].grid))
            return &a->span[i];
    return strcmp(on, "-") ? NULL : &a->span[0];
}

void arena_close(arena *a)
{
    for (int i = 0; i < a->starts; i++)
        free(a->start[i].x), free(a->start[i].end);
    process_close(a->proc);
    *a = (arena){ 0 };
}

level *order_levels(const process *p, const char *item, double t_from, double t_to, int steps)
{
    schedule s;
    level *l = NULL;

    if (schedule_parse(&s, "--grid", item, p, 0))
        return NULL;
    s.t_from = t_from, s.t_to = t_to;
    l = schedule_levels(&s, p, steps);
    schedule_free(&s);
    return l;
}
