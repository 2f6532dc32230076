/* By noise level: the prior's moments, the denoising loss, the distance from the law's own field, and
 * how fast answers turn. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/checks/check.h"
#include "base/random.h"

enum { TURNS = 4, FEW = 64 };

/* ---- the prior ---- */

/* Mean and variances by column, the law's own where it knows them. */
static int true_moments(check *c, double *mean, double *var)
{
    if (c->law && c->law->variances && !c->label)
        return c->law->variances(c->law, mean, var);
    memcpy(mean, c->mean, c->dim * sizeof *mean), memcpy(var, c->var, c->dim * sizeof *var);
    return 0;
}

static int prior_remark(check *c)
{
    double *mean = malloc(2 * c->dim * sizeof *mean), *var = mean + c->dim, std = c->proc->prior_std, off = 0,
        low = INFINITY, high = 0, square = 0, nats = 0;
    level top;
    remark *r;

    if (!mean)
        return fail("check: out of memory");
    if (true_moments(c, mean, var))
        return free(mean), -1;
    levels(c->proc, 1, &c->proc->t_max, &top);
    for (int d = 0; d < c->dim; d++) {
        double m = top.alpha * mean[d] / std,
               v = (top.alpha * top.alpha * var[d] + top.sigma * top.sigma) / (std * std);

        off = fmax(off, fabs(m)), low = fmin(low, v), high = fmax(high, v);
        square += (v + m * m) / c->dim;
        nats += (v + m * m - 1 - log(v)) / 2;
    }
    free(mean);
    r = remark_on(c, "prior", nats > 0.1 ? MARK_ODD : MARK_FINE);
    snprintf(r->said, sizeof r->said,
             "at t = %g the mean is within %.2g and the variance %.4g to %.4g of what the process assumes: %.2g nats",
        top.t, off, low, high, nats);
    if (nats <= 0.1)
        return 0;
    if (c->own && top.alpha > 0.1 * top.sigma)
        snprintf(r->advice, sizeof r->advice, "Its data are not gone at t_max, so that samplers must start at "
                                              "prior_std = sqrt(%.3g s^2 + %.3g), s the standard deviation of the data "
                                              "that it "
                 "was trained on: give the process that, or --data x.npy here.", top.alpha * top.alpha,
                 top.sigma * top.sigma);
    else if (fabs(square - 1) > 0.05)
        snprintf(r->advice, sizeof r->advice, "The prior is off by %.2g nats: samplers start at standard deviation "
                                              "%.4g where data arrive at %.4g; give the process prior_std=%.4g%s.",
            nats,
                 std, std * sqrt(square), std * sqrt(square),
                     off > 0.1 ? ", and more noise at t_max, since the mean is off too" : "");
    else
        snprintf(r->advice, sizeof r->advice, "The prior is off by %.2g nats: data still show at t_max (terminal SNR "
                                              "%.2g); no method mends that: use a process with more noise at t_max, "
                 "or start from noised data with --init.", nats, top.alpha * top.alpha / (top.sigma * top.sigma));
    return 0;
}

/* ---- losses ---- */

/* Mean over columns of |a - b|^2 by row; b NULL: of |a|^2. */
static void row_squares(const check *c, const double *a, const double *b, double *row)
{
    for (int i = 0; i < c->n; i++) {
        row[i] = 0;
        for (int d = 0; d < c->dim; d++)
            row[i] += pow(a[(size_t)i * c->dim + d] - (b ? b[(size_t)i * c->dim + d] : 0), 2) / c->dim;
    }
}

/* sqrt(E p/E q) with its standard error to first order, that of half the mean of p/E p - q/E q.  p is overwritten. */
static void root_ratio(int n, double *p, const double *q, double *share, double *se)
{
    double top, bottom, none;

    check_mean(n, p, &top, &none), check_mean(n, q, &bottom, &none);
    *share = sqrt(top / bottom);
    for (int i = 0; i < n; i++)
        p[i] = top > 0 ? p[i] / top - q[i] / bottom : 0;
    check_mean(n, p, &none, se);
    *se *= *share / 2;
}

/* The distance from the law's own noise prediction and, since s = -eps/sigma, from its score;
 * c->out holds the field's. */
static int excess(check *c, spot *s)
{
    score *exact = exact_open(c->law);
    double *right = exact ? malloc((size_t)c->n * c->dim * sizeof *right) : NULL;
    int status = !exact ? -1 : right ? check_ask(c, exact, &s->at, right) : fail("check: out of memory");

    if (!status) {
        check_convert(c, &s->at, PREDICTS_DATA, 1, right, PREDICTS_NOISE, right);
        row_squares(c, c->out, right, c->row);
        row_squares(c, right, NULL, c->row + c->n);
        check_mean(c->n, c->row, &s->excess, &s->excess_se);
        s->fisher = s->excess * c->dim / (s->at.sigma * s->at.sigma),
        s->fisher_se = s->excess_se * c->dim / (s->at.sigma * s->at.sigma);
        root_ratio(c->n, c->row, c->row + c->n, &s->share, &s->share_se);
    }
    free(right);
    field_close(exact);
    return status;
}

static int losses(check *c, spot *s)
{
    if (check_ask(c, c->field, &s->at, c->raw))
        return -1;
    check_convert(c, &s->at, c->field->predicts, 1, c->raw, PREDICTS_DATA, c->out);
    row_squares(c, c->out, c->x0, c->row);
    check_mean(c->n, c->row, &s->data, &s->data_se);
    check_convert(c, &s->at, c->field->predicts, 1, c->raw, PREDICTS_NOISE, c->out);
    row_squares(c, c->out, c->eps, c->row);
    check_mean(c->n, c->row, &s->noise, &s->noise_se);
    s->gauss = check_gauss(c, &s->at);
    return c->law && !c->own ? excess(c, s) : 0;
}

/* ---- how fast answers turn: power iterations with central differences from random directions ---- */

static int noise_at(const check *few, const level *l, double *raw, double *out)
{
    if (check_ask(few, few->field, l, raw))
        return -1;
    check_convert(few, l, few->field->predicts, 1, raw, PREDICTS_NOISE, out);
    return 0;
}

static int slope(check *c, spot *s)
{
    int n = c->n < FEW ? c->n : FEW;
    size_t N = (size_t)n * c->dim;
    double *v = malloc(5 * N * sizeof *v), *x = v + N, *raw = x + N, *up = raw + N, *down = up + N,
        h = 1e-3 * s->at.sigma;
    check few = *c;
    int status = v ? 0 : fail("check: out of memory");

    few.n = n, few.x = x;
    if (!status)
        normals((stream){ c->seed, USE_PROBE }, 0, 0, 0, n, c->dim, v);
    for (int turn = 0; turn < TURNS && !status; turn++) {
        for (int i = 0; i < n; i++) {
            double norm = 0;

            for (int d = 0; d < c->dim; d++)
                norm += v[(size_t)i * c->dim + d] * v[(size_t)i * c->dim + d];
            norm = sqrt(norm);
            for (int d = 0; d < c->dim; d++)
                v[(size_t)i * c->dim + d] /= norm > 0 ? norm : 1;
            if (turn)
                s->slope = fmax(isnan(s->slope) ? 0 : s->slope, norm);
        }
        for (size_t i = 0; i < N; i++)
            x[i] = c->x[i] + h * v[i];
        status = noise_at(&few, &s->at, raw, up);
        for (size_t i = 0; i < N; i++)
            x[i] = c->x[i] - h * v[i];
        status = status || noise_at(&few, &s->at, raw, down);
        for (size_t i = 0; i < N; i++)
            v[i] = (up[i] - down[i]) / (2 * h) * s->at.sigma;
    }
    free(v);
    return status ? -1 : 0;
}

/* ---- remarks ---- */

/* What it predicts is wrong: then losses are, and say nothing of their own. */
static int misread(const check *c)
{
    for (int i = 0; i < c->remarks; i++)
        if (!strcmp(c->remark[i].what, "prediction") && c->remark[i].mark == MARK_WRONG)
            return 1;
    return 0;
}

/* Worse than the best affine field, beyond chance. */
static int worse_at(const spot *s) { return s->noise > 1.05 * s->gauss + 5 * s->noise_se; }

/* The data's range, for a clamp: what they are within. */
static void range_of(const check *c, double *low, double *high)
{
    *low = INFINITY, *high = -INFINITY;
    for (size_t i = 0; i < (size_t)c->n * c->dim; i++)
        *low = fmin(*low, c->x0[i]), *high = fmax(*high, c->x0[i]);
}

/* Near t_max a small error of the noise is divided by alpha: it may throw the data further than they are wide. */
static void start_remark(check *c)
{
    const spot *s = &c->spot[0];
    double low, high;
    remark *r;

    if (c->own || s->data < 2 * c->spread * c->spread)
        return;
    range_of(c, &low, &high);
    r = remark_on(c, "start", MARK_ODD);
    snprintf(r->said, sizeof r->said,
             "at t = %.4g the data prediction is off by %.3g, root mean square, and the data are %.3g wide", s->at.t,
        sqrt(s->data), c->spread);
    snprintf(r->advice, sizeof r->advice, "At the start an error of %.2g %% of the noise moves the predicted data by "
                                          "%.3g; deterministic samplers may carry that to the end. Bound it by the "
             "range of the data, --wrap clamp:lo=%.3g,hi=%.3g, and compare.", 100 * sqrt(s->noise), sqrt(s->data), low,
             high);
}

/* Near the data: worse than taking the point for the data, which has a noise loss of 1. */
static void end_remark(check *c)
{
    const spot *s = c->spot;
    int k = SPOTS;
    remark *r;

    while (k > 0 && worse_at(&s[k - 1]) && s[k - 1].noise > 1.5)
        k--;
    if (c->own || k == SPOTS || !k)
        return;
    r = remark_on(c, "end", MARK_ODD);
    snprintf(r->said, sizeof r->said,
             "from t = %.4g on its data prediction is off by more than the point is, at t = %.4g by %.3g against %.3g",
        s[k].at.t, s[SPOTS - 1].at.t,
             sqrt(s[SPOTS - 1].data), s[SPOTS - 1].at.sigma / s[SPOTS - 1].at.alpha);
    snprintf(r->advice, sizeof r->advice, "Between t = %.4g and t = %.4g its answers are no score. Samples hardly "
                                          "suffer, log-likelihoods and Langevin correctors do: end those at "
             "--process %s:...,t_min=%.3g.", s[k].at.t, s[SPOTS - 1].at.t, c->proc->name, s[k - 1].at.t);
}

/* Worse in the middle: what happens at the ends has remarks of its own. */
static void middle_advice(const check *c, remark *r)
{
    int first = 0, last = SPOTS - 1, worse = 0, worst = -1;

    while (first < SPOTS && worse_at(&c->spot[first]))
        first++;
    while (last >= first && worse_at(&c->spot[last]))
        last--;
    if (first > last || first > SPOTS / 2 || last < SPOTS / 2)         /* not the ends alone */
        first = 0, last = SPOTS - 1;
    for (int k = first; k <= last; k++)
        if (worse_at(&c->spot[k])) {
            worse++;
            if (worst < 0 || c->spot[k].noise - c->spot[k].gauss > c->spot[worst].noise - c->spot[worst].gauss)
                worst = k;
        }
    if (worse && !misread(c))
        snprintf(r->advice, sizeof r->advice, "At %d of %d levels, worst at t = %.4g, it denoises worse than a "
                                              "Gaussian with the data's moments would: it was not trained there, or is "
                                              "told "
                 "another time or other units than in training; the table by level shows where.", worse, SPOTS,
                 c->spot[worst].at.t);
}

static void error_remark(check *c)
{
    int worse = 0, far = 0;
    remark *r;

    for (int k = 0; k < SPOTS; k++) {
        worse += worse_at(&c->spot[k]);
        far = c->spot[k].excess > c->spot[far].excess ? k : far;
    }
    r = remark_on(c, "error", worse ? MARK_ODD : MARK_FINE);
    if (c->law && !c->own)
        snprintf(r->said, sizeof r->said,
                 "root mean square distance from the law's own noise prediction: at most %.3g, at t = %.4g",
            sqrt(c->spot[far].excess), c->spot[far].at.t);
    else
        snprintf(r->said, sizeof r->said, "the denoising loss%s is above that of an affine field at %d of %d levels",
                 c->own ? " on its own samples" : "", worse, SPOTS);
    middle_advice(c, r);
    if (!misread(c))
        start_remark(c), end_remark(c);
}

int check_errs(const check *c)
{
    int errs = 0;

    for (int k = 0; k < SPOTS; k++)
        errs |= c->spot[k].fisher > 0;
    return errs;
}

/* Where it is furthest from the law's score, by its share and by the divergence. */
static void score_remark(check *c)
{
    int part = 0, most = 0;
    remark *r = remark_on(c, "score", MARK_NONE);

    for (int k = 0; k < SPOTS; k++) {
        part = c->spot[k].share > c->spot[part].share ? k : part;
        most = c->spot[k].fisher > c->spot[most].fisher ? k : most;
    }
    snprintf(r->said, sizeof r->said, "off by at most %.3g of the size of the law's own, at sigma/alpha = %.3g; Fisher "
                                      "divergence at most %.3g, at %.3g", c->spot[part].share,
             c->spot[part].at.sigma / c->spot[part].at.alpha, c->spot[most].fisher,
                 c->spot[most].at.sigma / c->spot[most].at.alpha);
}

static void slope_remark(check *c)
{
    int steep = 0;
    remark *r = remark_on(c, "steepness", MARK_NONE);

    for (int k = 0; k < SPOTS; k++)
        steep = c->spot[k].slope > c->spot[steep].slope ? k : steep;
    snprintf(r->said, sizeof r->said,
             "moved by sigma, a point changes its noise prediction by %.3g at most, at t = %.4g", c->spot[steep].slope,
        c->spot[steep].at.t);
    if (c->spot[steep].slope > 100 && !misread(c))
        snprintf(r->advice, sizeof r->advice, "The field is steep near t = %.4g: explicit methods need small steps "
                                              "there; put more steps of the grid there, or let a method choose its "
                                              "own.",
                 c->spot[steep].at.t);
}

int check_levels(check *c)
{
    if (c->own > 1)
        return 0;
    if (prior_remark(c))
        return -1;
    for (int k = 0; k < SPOTS; k++) {
        check_points(c, &c->spot[k].at, k);
        if (losses(c, &c->spot[k]) || slope(c, &c->spot[k]))
            return -1;
    }
    error_remark(c);
    if (check_errs(c))
        score_remark(c);
    slope_remark(c);
    return 0;
}
