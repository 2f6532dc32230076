/* Directional derivatives by the field's own jvp, or by central differences (tangents.h). */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "scores/tangents.h"

struct tangents { const score *field; double *x, *out, *step; int *label; };

int tangents_rows(const score *s, int m) { return s->jvp ? m : 2 * m + 1; }

tangents *tangents_open(const score *s, int points, int most)
{
    size_t rows = (size_t)points * tangents_rows(s, most);
    tangents *t = calloc(1, sizeof *t);

    if (t) {
        t->field = s;
        t->x = malloc(rows * s->dim * sizeof *t->x);
        t->out = malloc(rows * s->dim * sizeof *t->out);
        t->label = malloc(rows * sizeof *t->label);
        t->step = malloc((size_t)points * most * sizeof *t->step);
    }
    if (t && t->x && t->out && t->label && t->step)
        return t;
    tangents_close(t);
    fail("out of memory for %d derivatives of %d points with %d columns", most, points, s->dim);
    return NULL;
}

void tangents_close(tangents *t)
{
    if (!t)
        return;
    free(t->x), free(t->out), free(t->label), free(t->step);
    free(t);
}

/* The batch with each of its points `times` times over, x still to be filled. */
static batch repeat(tangents *t, const batch *p, int times)
{
    batch many = { .groups = p->groups, .rows = p->rows * times, .at = p->at, .x = t->x, .used = p->used,
                   .label = p->label ? t->label : NULL };

    for (long i = 0; p->label && i < (long)p->groups * p->rows; i++)
        for (int j = 0; j < times; j++)
            t->label[i * times + j] = p->label[i];
    return many;
}

static int by_jvp(tangents *t, const batch *p, int m, const double *v, double *d, double *jv)
{
    size_t dim = t->field->dim, bytes = dim * sizeof *d;
    batch many = repeat(t, p, m);
    long points = (long)p->groups * p->rows;

    for (long i = 0; i < points; i++)
        for (int j = 0; j < m; j++)
            memcpy(t->x + (i * m + j) * dim, p->x + i * dim, bytes);
    if (field_jvp(t->field, &many, v, PREDICTS_DATA, t->out, jv))
        return -1;
    for (long i = 0; i < points; i++)
        memcpy(d + i * dim, t->out + i * m * dim, bytes);
    return 0;
}

static double norm(int n, const double *x)
{
    double s = 0;

    for (int i = 0; i < n; i++)
        s = fma(x[i], x[i], s);
    return sqrt(s);
}

/* e of the head of this file for one point and direction; 0 where the direction is 0. */
static double step_along(const score *s, const level *at, const double *x, const double *v)
{
    double size = norm(s->dim, v), root = sqrt(s->dim), u = s->single ? FLT_EPSILON : DBL_EPSILON;

    return size > 0 ? at->sigma * cbrt(u * fmax(norm(s->dim, x) / root, at->sigma) / at->sigma) * root / size : 0;
}

/* For each point its own x, then x + e v, x - e v for each direction. */
static void spread(tangents *t, const batch *p, int m, const double *v)
{
    int dim = t->field->dim;
    double *to = t->x;

    for (long i = 0; i < (long)p->groups * p->rows; i++) {
        const double *x = p->x + i * dim;

        memcpy(to, x, dim * sizeof *to);
        to += dim;
        for (int j = 0; j < m; j++, v += dim, to += 2 * dim) {
            double e = t->step[i * m + j] = step_along(t->field, &p->at[i / p->rows], x, v);

            for (int k = 0; k < dim; k++)
                to[k] = fma(e, v[k], x[k]), to[dim + k] = fma(-e, v[k], x[k]);
        }
    }
}

static int by_differences(tangents *t, const batch *p, int m, const double *v, double *d, double *jv)
{
    int dim = t->field->dim;
    const double *out = t->out;
    batch many = repeat(t, p, 2 * m + 1);

    spread(t, p, m, v);
    if (field_eval(t->field, &many, PREDICTS_DATA, t->out))
        return -1;
    for (long i = 0; i < (long)p->groups * p->rows; i++) {
        memcpy(d + i * dim, out, dim * sizeof *d);
        out += dim;
        for (int j = 0; j < m; j++, jv += dim, out += 2 * dim) {
            double e = t->step[i * m + j], per = e > 0 ? 0.5 / e : 0;

            for (int k = 0; k < dim; k++)
                jv[k] = per * (out[k] - out[dim + k]);
        }
    }
    return 0;
}

int tangents_ask(tangents *t, const batch *p, int m, const double *v, double *d, double *jv)
{
    if (t->field->jvps)
        return field_jvps(t->field, p, m, v, PREDICTS_DATA, d, jv);
    return t->field->jvp ? by_jvp(t, p, m, v, d, jv) : by_differences(t, p, m, v, d, jv);
}
