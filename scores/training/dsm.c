/* Denoising score matching: weightings, times, and the loss and gradient of a slice. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "scores/training/dsm.h"
#include "scores/wrappers/precond.h"

enum { LEAST = 64 };                                                /* a slice is so many rows, or a multiple */
enum { DENOISING, EXPLICIT, IMPLICIT, SLICED, PROGRESSIVE, CONSISTENCY };
enum { SIGMA2, UNIFORM, LIKELIHOOD, SNR, MIN_SNR, DATA, EDM, PLAIN, VLB, TRUNCATED, SNR_1 };

/* ---- weightings ---- */

/* w(t): what stands before |eps(x, t) - eps|^2. */
typedef double weighting(const level *, const args *);

static double snr(const level *l) { return l->alpha * l->alpha / (l->sigma * l->sigma); }
static double sigma2(const level *l, const args *a) { return 1; }
static double uniform(const level *l, const args *a) { return 1 / (l->sigma * l->sigma); }
static double likelihood(const level *l, const args *a) { return l->g2 / (l->sigma * l->sigma); }
static double data(const level *l, const args *a) { return 1 / snr(l); }
static double truncated(const level *l, const args *a) { return fmax(1, 1 / snr(l)); }
static double snr_1(const level *l, const args *a) { return 1 + 1 / snr(l); }
static double min_snr(const level *l, const args *a) { return fmin(1, a->v[GOAL_GAMMA] / snr(l)); }

static double edm(const level *l, const args *a)
{
    return (1 / snr(l) + a->v[GOAL_STD] * a->v[GOAL_STD]) / (a->v[GOAL_STD] * a->v[GOAL_STD]);
}

/* In the order of the words; NULL: not by the level alone. */
static weighting *const weightings[] = { [SIGMA2] = sigma2, [UNIFORM] = uniform, [LIKELIHOOD] = likelihood,
                                         [SNR] = sigma2, [MIN_SNR] = min_snr,
                                         [DATA] = data, [EDM] = edm, [PLAIN] = NULL, [VLB] = NULL,
                                             [TRUNCATED] = truncated, [SNR_1] = snr_1 };
const param dsm_keys[] = {
    [GOAL_OBJECTIVE] = { "objective", "what stands for the noise",
                         "denoising explicit implicit sliced progressive consistency", DENOISING },
    [GOAL_WEIGHTING] = { "weighting", "of the loss by time",
                         "sigma2 uniform likelihood snr min-snr data edm plain vlb trunc-snr snr+1", SIGMA2 },
    [GOAL_GAMMA] = { "gamma", "of min-snr", NULL, 5, 1e-6, 1e6, 0 },
    [GOAL_STD] = { "data_std", "of edm", NULL, 0.5, 1e-6, 1e6, 0 },
    [GOAL_DROPOUT] = { "label_dropout", "part of the points whose label is not told", NULL, 0.1, 0, 1, 0 },
    [GOAL_APART] = { "apart", "of differences, implicit and sliced, in sigma", NULL, 0.05, 1e-4, 1, 0 },
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

/* A term of the variational bound of a chain (Ho et al. 2020; by SNR: Kingma et al. 2021), times L, nats: from level i
 * to the one before it, whose step has the variance of the posterior; from the last one to the data with its own. */
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

/* A teacher and its objective; the answer must fix the data at every level, also where alpha is next to nothing. */
static int check_teacher(dsm *d, const char *where)
{
    int distils = d->given.v[GOAL_OBJECTIVE] >= PROGRESSIVE;

    if (distils && !d->by.teacher)
        return fail("%s: objective = progressive and consistency need a teacher; give teacher = MODEL", where);
    if (!distils && d->by.teacher)
        return fail("%s: a teacher is there and nothing asks it; give objective = progressive or consistency", where);
    if (distils && (d->how.predicts == PREDICTS_NOISE || d->how.predicts == PREDICTS_SCORE))
        return fail("%s: a student of few steps must say the data where there is almost only noise, and %s says them "
                    "divided by alpha; choose predicts = v or data",
                    where, predicts_name(d->how.predicts));
    if (distils && d->when.given.given >> TIMES_LEVELS & 1)
        return fail("%s: levels are those of a chain, and a student's are the steps of its grid; give student_steps, "
                    "and leave levels out", where);
    d->when.own = d->by.own;
    if (distils)
        d->when.given.v[TIMES_LEVELS] = d->by.given.v[DISTIL_STEPS];
    return 0;
}

/* The student's levels are few, and alpha may be 0 at the first. */
static int check_weights(const dsm *d, const char *where)
{
    for (int i = 0; d->by.teacher && i < d->when.levels; i++) {
        double c = per_answer(d, &d->by.own[i]);

        if (!isfinite(dsm_weight(d, &d->by.own[i], i) * c * c))
            return fail("%s: the loss has no weight at t = %g, where alpha is %g; choose another weighting, or another "
                        "t_max", where, d->by.own[i].t, d->by.own[i].alpha);
    }
    return 0;
}

int dsm_open(dsm *d, const char *where)
{
    double t[2] = { d->proc->t_min, d->proc->t_max }, in;
    int objective = (int)d->given.v[GOAL_OBJECTIVE], bound = d->given.v[GOAL_WEIGHTING] == VLB;
    level end[2];

    d->slice = (d->batch + SLICES * LEAST - 1) / (SLICES * LEAST) * LEAST;
    d->slices = (d->batch + d->slice - 1) / d->slice;
    d->copies = objective == IMPLICIT ? 1 + 2 * d->law->dim : objective == SLICED ? 3 : 1;
    if (d->copies > MICRO)
        return fail("%s: objective = implicit asks in 2 directions a column, and %d columns are too many; choose "
                    "sliced", where, d->law->dim);
    if (objective == EXPLICIT && !d->law->denoise)
        return fail("%s: objective = explicit, but the law does not know its own score; choose denoising", where);
    if (check_teacher(d, where))
        return -1;
    levels(d->proc, 2, t, end);
    for (int i = 0; i < 2; i++) {
        if (!(end[i].sigma > 0))
            return fail("%s: at t = %g there is no noise to learn from; give a t_min above", where, t[i]);
        if (!isfinite(told_of(d, &end[i], &in)) || !isfinite(in))
            return fail("%s: what the network is told is infinite at t = %g; choose time = t or sigma, or another "
                        "t_max", where, t[i]);
    }
    d->when.proc = d->proc, d->when.seed = d->seed, d->when.batch = d->batch;
    if (bound && !d->when.given.v[TIMES_LEVELS] && !(d->when.given.v[TIMES_LEVELS] = d->proc->T))
        return fail("%s: weighting = vlb has a term a noise level; give levels = 1000, or how many there are", where);
    return times_open(&d->when, where, dsm_weight, d) || check_weights(d, where) ? -1 : 0;
}

void dsm_close(dsm *d) { times_close(&d->when), distil_close(&d->by); }

/* ---- a slice ---- */

int desk_open(desk *k, const dsm *d, const net *n)
{
    size_t size = (size_t)MICRO * n->dim;

    *k = (desk){ .tape = tape_open(n), .back = back_open(n), .x0 = malloc(4 * size * sizeof *k->x0) };
    if (!k->tape || !k->back || !k->x0)
        return fail("out of memory for a micro-batch");
    k->eps = k->x0 + size, k->x = k->eps + size, k->v = k->x + size;
    if (d->by.teacher && d->by.teacher->thread_copy
        && !(k->thread_copy = d->by.teacher->thread_copy(d->by.teacher->self, MICRO)))
        return -1;
    k->teacher = k->thread_copy ? k->thread_copy : d->by.teacher;
    return 0;
}

void desk_close(desk *k)
{
    tape_close(k->tape), back_close(k->back), field_close(k->thread_copy);
    free(k->x0);
}

/* Points x0, their eps and x, and what is told of their labels. */
static int draw_points(const dsm *d, const net *n, long row, int points, const moment *m, desk *k, int *told)
{
    stream s = { d->seed, USE_TRAIN };
    int label[MICRO], dim = n->dim;

    for (int i = 0; i < points; i++) {
        double u[2];

        told[i] = -1, label[i] = 0;
        if (!n->classes)
            continue;
        uniforms(s, row + i, TIME_STEP, 1, 1, 2, u);
        while (label[i] < n->classes - 1 && (u[0] -= d->law->label_weight[label[i]]) >= 0)
            label[i]++;
        told[i] = u[1] < d->given.v[GOAL_DROPOUT] ? -1 : label[i];
    }
    normals(s, row, NOISE_STEP, 0, points, dim, k->eps);
    if (d->law->sample(d->law, s, row, points, n->classes ? label : NULL, k->x0))
        return -1;
    for (int i = 0; i < points * dim; i++)
        k->x[i] = m[i / dim].at.alpha * k->x0[i] + m[i / dim].at.sigma * k->eps[i];
    return 0;
}

/* Column j of direction i, v normals of the point. */
static double along(const dsm *d, int i, int j, const double *v)
{
    return d->given.v[GOAL_OBJECTIVE] == IMPLICIT ? i == j : v[j] < 0 ? -1 : 1;
}

/* A row of the tape: a point, or so far along a direction from it. */
static void set_row(const dsm *d, int dim, const level *l, int told, const double *x, double far, int direction,
                    const double *v, tape *t, int row)
{
    double in, time = told_of(d, l, &in);
    float *to = t->x + (size_t)row * padded(dim);

    t->time[row] = time, t->label[row] = told;
    memset(to, 0, padded(dim) * sizeof *to);
    for (int j = 0; j < dim; j++)
        to[j] = (float)(d->how.input_scale * (in * (far != 0 ? x[j] + far * along(d, direction, j, v) : x[j])));
}

/* A point's rows of the tape: x, then x + h sigma v and x - h sigma v for every direction. */
static void set_rows(const dsm *d, int dim, int point, const moment *m, int told, desk *k)
{
    double far = d->given.v[GOAL_APART] * m->at.sigma, *x = k->x + (long)point * dim, *v = k->v + (long)point * dim;

    for (int c = 0; c < d->copies; c++)
        set_row(d, dim, &m->at, told, x, c ? c & 1 ? far : -far : 0, (c - 1) / 2, v, k->tape, point * d->copies + c);
}

/* The student's own data prediction at the points v where the teacher arrived, in place of x0; at the data
 * they are it themselves. */
static void ask_student(const dsm *d, const net *n, int points, const moment *m, const int *told, desk *k)
{
    int dim = n->dim;

    for (int i = 0; i < points; i++) {
        const level *l = distil_next(&d->by, m[i].index);

        set_row(d, dim, l->sigma > 0 ? l : &m[i].at, told[i], k->v + (long)i * dim, 0, 0, NULL, k->tape, i);
    }
    k->tape->pass.rows = points, k->tape->made = 0;
    net_forward(n, k->tape, 0);
    for (int i = 0; i < points; i++) {
        const level *l = distil_next(&d->by, m[i].index);
        ingredients p = target_of(d, l->sigma > 0 ? l : &m[i].at);
        const float *y = k->tape->y + (long)i * padded(dim);
        const double *z = k->v + (long)i * dim;

        for (int j = 0; j < dim; j++)
            k->x0[(long)i * dim + j] = l->sigma > 0 ? (l->sigma * d->how.output_scale * y[j] - p.eps * z[j])
                                                          / (l->sigma * p.x0 - l->alpha * p.eps)
                                                    : z[j] / l->alpha;
    }
}

/* x0 from the teacher. */
static int teach(const dsm *d, const net *n, int points, const moment *m, const int *told, desk *k)
{
    int at[MICRO], dim = n->dim;

    for (int i = 0; i < points; i++)
        at[i] = m[i].index;
    if (distil_walk(&d->by, k->teacher, points, at, n->classes ? told : NULL, k->x, k->v, k->x0))
        return -1;
    if (d->given.v[GOAL_OBJECTIVE] == CONSISTENCY)
        return ask_student(d, n, points, m, told, k), 0;
    memcpy(k->x0, k->v, (size_t)points * dim * sizeof *k->x0);
    for (int i = 0; i < points; i++)
        distil_invert(&d->by, at[i], dim, k->x + (long)i * dim, k->x0 + (long)i * dim);
    return 0;
}

/* What stands for x0 and eps where the objective is not to know them. */
static int replace(const dsm *d, const net *n, int points, long row, const moment *m, const int *told, desk *k)
{
    int objective = (int)d->given.v[GOAL_OBJECTIVE], dim = n->dim, known = objective == EXPLICIT
        || objective >= PROGRESSIVE;
    level at[MICRO];
    batch all = { points, 1, at, k->x, d->law->labels ? told : NULL };

    for (int i = 0; i < points; i++)
        at[i] = m[i].at;
    if (objective == EXPLICIT && d->law->denoise(d->law, &all, k->x0, NULL))
        return -1;
    if (objective >= PROGRESSIVE && teach(d, n, points, m, told, k))
        return -1;
    for (int i = 0; i < points * dim && objective != DENOISING; i++) {
        const level *l = &at[i / dim];

        k->x0[i] = known ? k->x0[i] : k->x[i] / l->alpha;
        k->eps[i] = known ? (k->x[i] - l->alpha * k->x0[i]) / l->sigma : 0;
    }
    if (objective == SLICED)
        normals((stream){ d->seed, USE_TRAIN }, row, NOISE_STEP, 1, points, dim, k->v);
    return 0;
}

/* The loss of a point in parts of the batch's mean; dy: its gradient by the answers of its rows, y. */
static double point_loss(const dsm *d, const moment *m, int dim, const double *x0, const double *eps, const double *v,
                         const float *y, float *dy)
{
    ingredients p = target_of(d, &m->at);
    double c = per_answer(d, &m->at), w = dsm_weight(d, &m->at, m->index) * c * c / (m->density * d->batch * dim),
        scale = d->how.output_scale;
    double apart = d->given.v[GOAL_APART], sum = 0;
    int pad = padded(dim);

    for (int j = 0; j < dim; j++) {
        double e = scale * y[j] - (p.x0 * x0[j] + p.eps * eps[j]);

        sum += w * e * e;
        dy[j] = (float)(2 * w * e * scale);
    }
    /* - 2 sigma v.(eps(x + h sigma v) - eps(x - h sigma v))/(2 h sigma) */
    for (int i = 0; i < d->copies / 2; i++) {
        y += 2 * pad, dy += 2 * pad;
        for (int j = 0; j < dim; j++) {
            double vj = along(d, i, j, v), slope = w / c * vj / apart;

            sum -= slope * (scale * (y[j - pad] - y[j]) - p.x0 * 2 * apart * m->at.sigma * vj / m->at.alpha);
            dy[j - pad] = (float)-(slope * scale), dy[j] = (float)(slope * scale);
        }
    }
    return sum;
}

/* Points first, first + 1, ... of a step: their part of the loss, and of the gradient. */
static double micro(const dsm *d, const net *n, desk *k, long step, int first, int points, int add, float *grad)
{
    int dim = n->dim, told[MICRO];
    long row = step * d->batch + first;
    size_t each = (size_t)d->copies * padded(dim);
    moment m[MICRO];
    double loss = 0;

    times_draw(&d->when, step, first, points, m);
    if ((k->failed = draw_points(d, n, row, points, m, k, told) || replace(d, n, points, row, m, told, k)))
        return NAN;
    for (int i = 0; i < points; i++)
        set_rows(d, dim, i, &m[i], told[i], k);
    k->tape->pass.rows = points * d->copies, k->tape->made = 0;
    net_forward(n, k->tape, 1);
    for (int i = 0; i < points; i++) {
        long at = i * (long)dim;

        loss += point_loss(d, &m[i], dim, k->x0 + at, k->eps + at, k->v + at, k->tape->y + i * each,
                           k->back->dy + i * each);
    }
    net_backward(n, k->tape, k->back, add, grad);
    return loss;
}

static int least(int a, int b) { return a < b ? a : b; }

double dsm_slice(const dsm *d, const net *n, desk *k, long step, int slice, float *grad)
{
    int first = slice * d->slice, end = least(first + d->slice, d->batch), most = MICRO / d->copies;
    double loss = 0;

    for (int at = first; at < end && isfinite(loss); at += most)
        loss += micro(d, n, k, step, at, least(end - at, most), at > first, grad);
    return loss;
}
