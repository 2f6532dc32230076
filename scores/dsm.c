/* Denoising score matching: weightings, times, and the loss and gradient of a slice. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/fail.h"
#include "scores/dsm.h"

enum { NOISE_STEP = 1, TIME_STEP = 2, SHIFT_STEP = 3 };             /* laws draw in step 0 */
enum { LEAST = 64 };                                                /* a slice is so many rows, or a multiple */
enum { TIMES_LOW, TIMES_UNIFORM, TIMES_LAMBDA };

/* w(t): what stands before |eps(x, t) - eps|^2. */
typedef double weighting(const level *, const args *);

static double snr(const level *l) { return l->alpha * l->alpha / (l->sigma * l->sigma); }
static double sigma2(const level *l, const args *a) { return 1; }
static double uniform(const level *l, const args *a) { return 1 / (l->sigma * l->sigma); }
static double likelihood(const level *l, const args *a) { return l->g2 / (l->sigma * l->sigma); }
static double data(const level *l, const args *a) { return 1 / snr(l); }
static double min_snr(const level *l, const args *a) { return fmin(1, a->v[GOAL_GAMMA] / snr(l)); }
static double edm(const level *l, const args *a) { return (1 / snr(l) + a->v[GOAL_STD] * a->v[GOAL_STD]) / (a->v[GOAL_STD] * a->v[GOAL_STD]); }

/* In the order of the words; NULL: |F - target|^2 as it is. */
static weighting *const weightings[] = { sigma2, uniform, likelihood, sigma2, min_snr, data, edm, NULL };
const param dsm_keys[] = {
    [GOAL_WEIGHTING] = { "weighting", "of the loss by time", "sigma2 uniform likelihood snr min-snr data edm plain", 0 },
    [GOAL_TIMES] = { "times", "how times are drawn", "low-discrepancy uniform lambda", TIMES_LOW },
    [GOAL_GAMMA] = { "gamma", "of min-snr", NULL, 5, 1e-6, 1e6, 0 },
    [GOAL_STD] = { "data_std", "of edm", NULL, 0.5, 1e-6, 1e6, 0 },
    { 0 },
};

int dsm_open(dsm *d, const char *where)
{
    double t[2] = { d->proc->t_min, d->proc->t_max };
    level end[2];

    d->slice = (d->batch + SLICES * LEAST - 1) / (SLICES * LEAST) * LEAST;
    d->slices = (d->batch + d->slice - 1) / d->slice;
    levels(d->proc, 2, t, end);
    for (int i = 0; i < 2; i++) {
        if (!(end[i].sigma > 0))
            return fail("%s: at t = %g there is no noise to learn from; give a t_min above", where, t[i]);
        if (!isfinite(network_time(&d->how, &end[i])))
            return fail("%s: what the network is told is infinite at t = %g; choose time = t or sigma, or another t_max", where, t[i]);
    }
    d->high = end[0].lambda, d->low = end[1].lambda;
    if (d->given.v[GOAL_TIMES] == TIMES_LAMBDA && !isfinite(d->high - d->low))
        return fail("%s: times = lambda, but lambda is infinite at an end of the process; choose low-discrepancy, or another t_max", where);
    return 0;
}

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

/* Levels of rows row, row + 1, ... of a step: of the whole batch stratified, one in each part, unless each is drawn by itself. */
static void draw_levels(const dsm *d, long step, int first, int n, level *at)
{
    stream s = { d->seed, USE_TRAIN };
    double u[MICRO], shift;

    uniforms(s, step, SHIFT_STEP, 1, 1, 1, &shift);
    uniforms(s, step * d->batch + first, TIME_STEP, 0, n, 1, u);
    for (int i = 0; i < n; i++) {
        if (d->given.v[GOAL_TIMES] != TIMES_UNIFORM)
            u[i] = fmod(shift + (double)(first + i) / d->batch, 1);
        u[i] = d->given.v[GOAL_TIMES] == TIMES_LAMBDA ? d->proc->t_of_lambda(d->proc, d->high + u[i] * (d->low - d->high))
                                                      : d->proc->t_min + u[i] * (d->proc->t_max - d->proc->t_min);
    }
    levels(d->proc, n, u, at);
}

/* The loss of a row in parts of the batch's mean, dy its gradient by the answer. */
static double row_loss(const dsm *d, const level *l, int dim, const double *x0, const double *eps, const float *y, float *dy)
{
    ingredients p = predicts_mixes(d->how.predicts, l);
    weighting *of = weightings[(int)d->given.v[GOAL_WEIGHTING]];
    double c = l->alpha / (l->alpha * p.eps - l->sigma * p.x0), w = (of ? of(l, &d->given) * c * c : 1) / ((double)d->batch * dim), sum = 0;

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
    long row = step * d->batch + first;
    tape *t = k->tape;
    level at[MICRO];
    double loss = 0;

    draw_levels(d, step, first, rows, at);
    if (d->law->sample(d->law, (stream){ d->seed, USE_TRAIN }, row, rows, NULL, k->x0))
        return NAN;
    normals((stream){ d->seed, USE_TRAIN }, row, NOISE_STEP, 0, rows, dim, k->eps);
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < dim; j++)
            k->x[i * (long)dim + j] = at[i].alpha * k->x0[i * (long)dim + j] + at[i].sigma * k->eps[i * (long)dim + j];
        t->time[i] = network_time(&d->how, &at[i]), t->label[i] = -1;
    }
    network_in(d->how.input_scale, rows, dim, k->x, pad, t->x);
    t->pass.rows = rows, t->made = 0;
    net_forward(n, t, 1);
    for (int i = 0; i < rows; i++)
        loss += row_loss(d, &at[i], dim, k->x0 + i * (long)dim, k->eps + i * (long)dim, t->y + (size_t)i * pad, k->back->dy + (size_t)i * pad);
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
