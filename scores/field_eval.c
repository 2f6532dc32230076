/*
 * Every prediction is a combination p0 x_0 + p1 eps, and so is x = alpha x_0 + sigma eps.
 * Two of them give any third:  want = u x + w out.
 */
#include <math.h>
#include <string.h>
#include "base/clones.h"
#include "scores/score.h"

static const char *const names[PREDICTIONS] = { "score", "noise", "data", "v", "velocity" };

const char *predicts_name(enum predicts p) { return names[p]; }

int predicts_named(const char *where, const char *name)
{
    for (int i = 0; i < PREDICTIONS; i++)
        if (!strcmp(names[i], name))
            return i;
    return fail("%s: a network does not predict \"%s\"; choose one of: %s", where, name, PREDICTS_WORDS);
}

enum { TILE = 64 };

ingredients predicts_mixes(enum predicts what, const level *l)
{
    switch (what) {
    case PREDICTS_DATA:     return (ingredients){ 1, 0 };
    case PREDICTS_NOISE:    return (ingredients){ 0, 1 };
    case PREDICTS_SCORE:    return (ingredients){ 0, -1 / l->sigma };
    case PREDICTS_V:        return (ingredients){ -l->sigma, l->alpha };
    case PREDICTS_VELOCITY: return (ingredients){ l->dalpha, l->dsigma };
    case PREDICTIONS: break;
    }
    return (ingredients){ NAN, NAN };
}

/* u and w; where sigma = 0 the point is the data, x_0 = x/alpha and eps = 0, and w = 0. */
static void conversion(enum predicts has, enum predicts want, const level *l, double *u, double *w)
{
    ingredients p = predicts_mixes(has, l), q = predicts_mixes(want, l);

    if (l->sigma > 0) {
        double per_det = 1 / (l->alpha * p.eps - l->sigma * p.x0);

        *u = (q.x0 * p.eps - q.eps * p.x0) * per_det, *w = (l->alpha * q.eps - l->sigma * q.x0) * per_det;
    } else {
        *u = q.x0 ? q.x0 / l->alpha : 0, *w = 0;
    }
}

/* out = u x + w out for n numbers of one group; a field's answer where w = 0 is not looked at. */
CLONES static void blend(long n, double u, const double *x, double w, double *out)
{
    if (w == 0) {
        #pragma omp simd
        for (long i = 0; i < n; i++)
            out[i] = u * x[i];
    } else {
        #pragma omp simd
        for (long i = 0; i < n; i++)
            out[i] = fma(u, x[i], w * out[i]);
    }
}

/* The same for n numbers with a u and a w each. */
CLONES static void blend_each(int n, const double *u, const double *x, const double *w, double *out)
{
    #pragma omp simd
    for (int i = 0; i < n; i++) {
        double both = fma(u[i], x[i], w[i] * out[i]), alone = u[i] * x[i];

        out[i] = w[i] == 0 ? alone : both;
    }
}

/* Groups of few numbers: as many of them as fit into a tile at a time, from group g on; returns how many. */
static int convert_small(const score *s, const batch *p, enum predicts want, int g, int size, double *out)
{
    double u[TILE], w[TILE];
    int n = 0, first = g;

    for (; g < p->groups && n + size <= TILE; g++) {
        double cu = 0, cw = 1;

        if (s->predicts != want || p->at[g].sigma == 0)
            conversion(s->predicts, want, &p->at[g], &cu, &cw);
        for (int i = 0; i < size; i++, n++)
            u[n] = cu, w[n] = cw;
    }
    blend_each(n, u, p->x + (long)first * size, w, out + (long)first * size);
    return g - first;
}

static void convert_large(const score *s, const batch *p, enum predicts want, int g, int size, double *out)
{
    double u, w;

    if (s->predicts == want && p->at[g].sigma > 0)
        return;
    conversion(s->predicts, want, &p->at[g], &u, &w);
    blend(size, u, p->x + (long)g * size, w, out + (long)g * size);
}

static void convert(const score *s, const batch *p, enum predicts want, double *out)
{
    int size = p->rows * s->dim;

    for (int g = 0; g < p->groups; )
        if (size <= TILE / 4)
            g += convert_small(s, p, want, g, size, out);
        else
            convert_large(s, p, want, g++, size, out);
}

/* The divergence of u x + w out. */
static void convert_divergence(const score *s, const batch *p, enum predicts want, double *div)
{
    for (int g = 0; g < p->groups; g++) {
        double u, w;

        if (s->predicts == want && p->at[g].sigma > 0)
            continue;
        conversion(s->predicts, want, &p->at[g], &u, &w);
        for (int i = g * p->rows; i < (g + 1) * p->rows; i++)
            div[i] = u * s->dim + (w ? w * div[i] : 0);
    }
}

int only_data(const batch *p)
{
    for (int g = 0; g < p->groups; g++)
        if (p->at[g].sigma > 0)
            return 0;
    return 1;
}

/* An ask of the network itself, with m directions a row. */
static void count(const score *s, const batch *p, int m)
{
    long rows = (long)p->groups * p->rows;

    if (p->used && !s->wraps)
        p->used->calls++, p->used->evaluations += rows, p->used->products += m * rows;
}

int ask_eval(const score *s, const batch *p, double *out)
{
    count(s, p, 0);
    return s->eval(s->self, p, out);
}

int ask_divergence(const score *s, const batch *p, double *out, double *div)
{
    count(s, p, 0);
    return s->divergence(s->self, p, out, div);
}

int ask_jvp(const score *s, const batch *p, const double *v, double *out, double *jv)
{
    count(s, p, 1);
    return s->jvp(s->self, p, v, out, jv);
}

static int ask_jvps(const score *s, const batch *p, int m, const double *v, double *out, double *jv)
{
    count(s, p, m);
    return s->jvps(s->self, p, m, v, out, jv);
}

int field_eval(const score *s, const batch *p, enum predicts want, double *out)
{
    if (!only_data(p) && ask_eval(s, p, out))
        return -1;
    convert(s, p, want, out);
    return 0;
}

int field_divergence(const score *s, const batch *p, enum predicts want, double *out, double *div)
{
    if (!only_data(p) && ask_divergence(s, p, out, div))
        return -1;
    convert(s, p, want, out);
    convert_divergence(s, p, want, div);
    return 0;
}

/* The Jacobian of u x + w out times v is u v + w (J v): what is done to out at x is done to J v at v. */
int field_jvp(const score *s, const batch *p, const double *v, enum predicts want, double *out, double *jv)
{
    batch along = *p;

    along.x = v;
    if (!only_data(p) && ask_jvp(s, p, v, out, jv))
        return -1;
    convert(s, p, want, out);
    convert(s, &along, want, jv);
    return 0;
}

int field_jvps(const score *s, const batch *p, int m, const double *v, enum predicts want, double *out, double *jv)
{
    batch along = *p;

    along.rows = p->rows * m, along.x = v;
    if (!only_data(p) && ask_jvps(s, p, m, v, out, jv))
        return -1;
    convert(s, p, want, out);
    convert(s, &along, want, jv);
    return 0;
}
