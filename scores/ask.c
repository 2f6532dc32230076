/*
 * Every prediction is a combination p0 x_0 + p1 eps, and so is x = alpha x_0 + sigma eps.
 * Two of them give any third:  want = u x + w out.
 */
#include <math.h>
#include "models/clones.h"
#include "scores/score.h"

typedef struct pair { double x0, eps; } pair;

static pair made_of(enum predicts what, const level *l)
{
    const pair table[] = {
        [PREDICTS_DATA]     = { 1, 0 },
        [PREDICTS_NOISE]    = { 0, 1 },
        [PREDICTS_SCORE]    = { 0, -1 / l->sigma },
        [PREDICTS_V]        = { -l->sigma, l->alpha },
        [PREDICTS_VELOCITY] = { l->dalpha, l->dsigma },
    };

    return table[what];
}

/* u and w; where sigma = 0 the point is the data: x_0 = x/alpha, eps = 0. */
static void conversion(enum predicts has, enum predicts want, const level *l, double *u, double *w)
{
    pair p = made_of(has, l), q = made_of(want, l);
    double det = l->alpha * p.eps - l->sigma * p.x0;

    if (l->sigma == 0)
        *u = q.x0 / l->alpha, *w = 0;
    else
        *u = (q.x0 * p.eps - q.eps * p.x0) / det, *w = (l->alpha * q.eps - l->sigma * q.x0) / det;
}

CLONES static void blend(int n, double u, const double *x, double w, double *out)
{
    #pragma omp simd
    for (int i = 0; i < n; i++)
        out[i] = fma(u, x[i], w * out[i]);
}

CLONES static void scale(int n, double u, const double *x, double *out)
{
    #pragma omp simd
    for (int i = 0; i < n; i++)
        out[i] = u * x[i];
}

static void convert(const score *s, const batch *p, enum predicts want, double *out, double *div)
{
    int N = p->rows * s->dim;

    for (int g = 0; g < p->groups; g++) {
        const double *x = p->x + (long)g * N;
        double *o = out + (long)g * N, u, w;

        if (s->predicts == want && p->at[g].sigma > 0)
            continue;
        conversion(s->predicts, want, &p->at[g], &u, &w);
        if (w == 0)
            scale(N, u, x, o);
        else
            blend(N, u, x, w, o);
        if (div)
            for (int i = 0; i < p->rows; i++)
                div[g * p->rows + i] = u * s->dim + (w ? w * div[g * p->rows + i] : 0);
    }
}

int only_data(const batch *p)
{
    for (int g = 0; g < p->groups; g++)
        if (p->at[g].sigma > 0)
            return 0;
    return 1;
}

int ask(const score *s, const batch *p, enum predicts want, double *out)
{
    if (!only_data(p) && s->eval(s->self, p, out))
        return -1;
    convert(s, p, want, out, 0);
    return 0;
}

int ask_divergence(const score *s, const batch *p, enum predicts want, double *out, double *div)
{
    if (!only_data(p) && s->divergence(s->self, p, out, div))
        return -1;
    convert(s, p, want, out, div);
    return 0;
}
