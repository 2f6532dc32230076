/* Denoising score matching: weightings, times, and the loss and gradient of a slice. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/fail.h"
#include "scores/dsm.h"
#include "scores/precond.h"

enum { LEAST = 64 };                                                /* a slice is so many rows, or a multiple */
enum { SIGMA2, UNIFORM, LIKELIHOOD, SNR, MIN_SNR, DATA, EDM, PLAIN, VLB };

/* ---- weightings ---- */

/* w(t): what stands before |eps(x, t) - eps|^2. */
typedef double weighting(const level *, const args *);

static double snr(const level *l) { return l->alpha * l->alpha / (l->sigma * l->sigma); }
static double sigma2(const level *l, const args *a) { return 1; }
static double uniform(const level *l, const args *a) { return 1 / (l->sigma * l->sigma); }
static double likelihood(const level *l, const args *a) { return l->g2 / (l->sigma * l->sigma); }
static double data(const level *l, const args *a) { return 1 / snr(l); }
static double min_snr(const level *l, const args *a) { return fmin(1, a->v[GOAL_GAMMA] / snr(l)); }
static double edm(const level *l, const args *a) { return (1 / snr(l) + a->v[GOAL_STD] * a->v[GOAL_STD]) / (a->v[GOAL_STD] * a->v[GOAL_STD]); }

/* In the order of the words; NULL: not by the level alone. */
static weighting *const weightings[] = { [SIGMA2] = sigma2, [UNIFORM] = uniform, [LIKELIHOOD] = likelihood, [SNR] = sigma2, [MIN_SNR] = min_snr,
                                         [DATA] = data, [EDM] = edm, [PLAIN] = NULL, [VLB] = NULL };
const param dsm_keys[] = {
    [GOAL_WEIGHTING] = { "weighting", "of the loss by time", "sigma2 uniform likelihood snr min-snr data edm plain vlb", SIGMA2 },
    [GOAL_GAMMA] = { "gamma", "of min-snr", NULL, 5, 1e-6, 1e6, 0 },
    [GOAL_STD] = { "data_std", "of edm", NULL, 0.5, 1e-6, 1e6, 0 },
    [GOAL_DROPOUT] = { "label_dropout", "part of the points whose label is not told", NULL, 0.1, 0, 1, 0 },
    { 0 },
};

/* What the network's answer is a mix of at a level. */
static ingredients target_of(const dsm *d, const level *l)
{
    factors c;

    if (!d->precond)
        return predicts_mixes(d->how.predicts, l);
    c = precond_at(d->precond, l);
    return (ingredients){ .x0 = (1 - c.skip * l->alpha) / c.out, .eps = -c.skip * l->sigma / c.out };
}

/* |eps(x) - eps| of |F - target| */
static double per_answer(const dsm *d, const level *l)
{
    ingredients p = target_of(d, l);

    return l->alpha / (l->alpha * p.eps - l->sigma * p.x0);
}

/* A term of the variational bound of a chain (Ho et al. 2020; by SNR: Kingma et al. 2021), times L, nats: from level i to the one before it,
 * whose step has the variance of the posterior; from the last one to the data with its own. */
static double vlb(const dsm *d, const level *l, int i)
{
    int L = d->when.levels;

    return i ? L * expm1(2 * (times_level(&d->when, i - 1).lambda - l->lambda)) / 2 : L / (2 * l->alpha * l->alpha);
}

double dsm_weight(const void *self, const level *l, int i)
{
    const dsm *d = self;
    int which = (int)d->given.v[GOAL_WEIGHTING];
    double c;

    if (which == VLB)
        return vlb(d, l, i);
    if (weightings[which])
        return weightings[which](l, &d->given);
    c = per_answer(d, l);
    return 1 / (c * c);
}

/* What the network is told of a level, and what its state is multiplied by. */
static double told_of(const dsm *d, const level *l, double *in)
{
    level own = *l;

    *in = 1;
    if (d->precond) {
        factors c = precond_at(d->precond, l);

        own.t = c.noise, *in = c.in;
    }
    return network_time(&d->how, &own);
}

int dsm_open(dsm *d, const char *where)
{
    double t[2] = { d->proc->t_min, d->proc->t_max }, in;
    int bound = d->given.v[GOAL_WEIGHTING] == VLB;
    level end[2];

    d->slice = (d->batch + SLICES * LEAST - 1) / (SLICES * LEAST) * LEAST;
    d->slices = (d->batch + d->slice - 1) / d->slice;
    levels(d->proc, 2, t, end);
    for (int i = 0; i < 2; i++) {
        if (!(end[i].sigma > 0))
            return fail("%s: at t = %g there is no noise to learn from; give a t_min above", where, t[i]);
        if (!isfinite(told_of(d, &end[i], &in)) || !isfinite(in))
            return fail("%s: what the network is told is infinite at t = %g; choose time = t or sigma, or another t_max", where, t[i]);
    }
    d->when.proc = d->proc, d->when.seed = d->seed, d->when.batch = d->batch;
    if (bound && !d->when.given.v[TIMES_LEVELS] && !(d->when.given.v[TIMES_LEVELS] = d->proc->T))
        return fail("%s: weighting = vlb has a term a noise level; give levels = 1000, or how many there are", where);
    return times_open(&d->when, where, dsm_weight, d);
}

void dsm_close(dsm *d) { times_close(&d->when); }

/* ---- a slice ---- */

int desk_open(desk *k, const net *n)
{
    size_t size = (size_t)MICRO * n->dim;

    *k = (desk){ .tape = tape_open(n), .back = back_open(n), .x0 = malloc(3 * size * sizeof *k->x0) };
    if (!k->tape || !k->back || !k->x0)
        return fail("out of memory for a micro-batch");
    k->eps = k->x0 + size, k->x = k->eps + size;
    return 0;
}

void desk_close(desk *k)
{
    tape_close(k->tape), back_close(k->back);
    free(k->x0);
}

/* Points and what is told of their labels. */
static int draw_points(const dsm *d, const net *n, long row, int rows, desk *k)
{
    stream s = { d->seed, USE_TRAIN };
    int label[MICRO];

    for (int i = 0; i < rows && n->classes; i++) {
        double u[2];

        uniforms(s, row + i, TIME_STEP, 1, 1, 2, u);
        label[i] = 0;
        while (label[i] < n->classes - 1 && (u[0] -= d->law->label_weight[label[i]]) >= 0)
            label[i]++;
        k->tape->label[i] = u[1] < d->given.v[GOAL_DROPOUT] ? -1 : label[i];
    }
    normals(s, row, NOISE_STEP, 0, rows, n->dim, k->eps);
    return d->law->sample(d->law, s, row, rows, n->classes ? label : NULL, k->x0);
}

/* The loss of a row in parts of the batch's mean, dy its gradient by the answer. */
static double row_loss(const dsm *d, const moment *m, int dim, const double *x0, const double *eps, const float *y, float *dy)
{
    ingredients p = target_of(d, &m->at);
    double c = per_answer(d, &m->at), w = dsm_weight(d, &m->at, m->index) * c * c / (m->density * d->batch * dim), sum = 0;

    for (int j = 0; j < dim; j++) {
        double e = d->how.output_scale * y[j] - (p.x0 * x0[j] + p.eps * eps[j]);

        sum += w * e * e;
        dy[j] = (float)(2 * w * e * d->how.output_scale);
    }
    return sum;
}

/* Rows first, first + 1, ... of a step: their part of the loss, and of the gradient. */
static double micro(const dsm *d, const net *n, desk *k, long step, int first, int rows, int add, float *grad)
{
    int dim = n->dim, pad = padded(dim);
    tape *t = k->tape;
    moment m[MICRO];
    double loss = 0, in;

    times_draw(&d->when, step, first, rows, m);
    if (draw_points(d, n, step * d->batch + first, rows, k))
        return NAN;
    for (int i = 0; i < rows; i++) {
        t->time[i] = told_of(d, &m[i].at, &in);
        for (int j = 0; j < dim; j++)
            k->x[i * (long)dim + j] = in * (m[i].at.alpha * k->x0[i * (long)dim + j] + m[i].at.sigma * k->eps[i * (long)dim + j]);
    }
    network_in(d->how.input_scale, rows, dim, k->x, pad, t->x);
    t->pass.rows = rows, t->made = 0;
    net_forward(n, t, 1);
    for (int i = 0; i < rows; i++)
        loss += row_loss(d, &m[i], dim, k->x0 + i * (long)dim, k->eps + i * (long)dim, t->y + (size_t)i * pad, k->back->dy + (size_t)i * pad);
    net_backward(n, t, k->back, add, grad);
    return loss;
}

static int least(int a, int b) { return a < b ? a : b; }

double dsm_slice(const dsm *d, const net *n, desk *k, long step, int slice, float *grad)
{
    int first = slice * d->slice, end = least(first + d->slice, d->batch);
    double loss = 0;

    for (int row = first; row < end && isfinite(loss); row += MICRO)
        loss += micro(d, n, k, step, row, least(end - row, MICRO), row > first, grad);
    return loss;
}
