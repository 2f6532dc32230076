/*
 * What does a field predict?  Its answers at noised data are taken for each kind of prediction in turn, with either
 * sign: what it was trained on has the least denoising loss.  Without data every hypothesis brings its own, the samples
 * of a run that believes it, and is judged by how well it denoises them, against the best affine field there.
 * If none explains the answers, the network may count time otherwise.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/checks/check.h"

enum { GUESSES = 2 * PREDICTIONS };
typedef struct hypothesis { double loss[GUESSES], gauss; } hypothesis;

static enum predicts kind_of(int h) { return (enum predicts)(h % PREDICTIONS); }
static double sign_of(int h) { return h < PREDICTIONS ? 1 : -1; }

/* Signal to noise of e^-4 to e^4, where all kinds differ, as far as the process has them. */
static level spot_of(const check *c, int j)
{
    double lambda = 2. * j / (TYPE_SPOTS - 1) * 2 - 2 - log(c->spread > 1e-12 ? c->spread : 1e-12), t;
    level l;

    lambda = fmin(fmax(lambda, c->spot[0].at.lambda), c->spot[SPOTS - 1].at.lambda);
    t = c->proc->t_of_lambda(c->proc, lambda);
    levels(c->proc, 1, &t, &l);
    return l;
}

/* A loss counts in the units of the noise where there is much noise, and of the data where there is little. */
static double weight(const check *c, const level *l)
{
    double r = l->sigma / (l->alpha * (c->spread > 1e-12 ? c->spread : 1e-12));

    return fmin(1, r * r);
}

static void row_losses(check *c, const level *l, int h, double *row)
{
    check_convert(c, l, kind_of(h), sign_of(h), c->raw, PREDICTS_NOISE, c->out);
    for (int i = 0; i < c->n; i++)
        for (int d = 0; d < c->dim; d++)
            row[i] += pow(c->eps[(size_t)i * c->dim + d] - c->out[(size_t)i * c->dim + d], 2) * weight(c, l)
                      / (c->dim * TYPE_SPOTS);
}

/* Losses of hypotheses first .. last - 1 for the answers of s; row[h] gets them by row, n numbers each. */
static int judge(check *c, const score *s, int first, int last, double *row, hypothesis *t)
{
    memset(row, 0, (size_t)GUESSES * c->n * sizeof *row);
    t->gauss = 0;
    for (int j = 0; j < TYPE_SPOTS; j++) {
        level l = spot_of(c, j);

        check_points(c, &l, SPOTS + j);
        if (check_ask(c, s, &l, c->raw))
            return -1;
        for (int h = first; h < last; h++)
            row_losses(c, &l, h, row + (size_t)h * c->n);
        t->gauss += check_gauss(c, &l) * weight(c, &l) / TYPE_SPOTS;
    }
    for (int h = first; h < last; h++) {
        double se;

        check_mean(c->n, row + (size_t)h * c->n, &t->loss[h], &se);
        t->loss[h] = isfinite(t->loss[h]) ? t->loss[h] : INFINITY;
    }
    return 0;
}

/* Without data: each hypothesis on samples of its own, by its loss over that of the best affine field. */
static int judge_by_itself(check *c, double *row, hypothesis *t)
{
    hypothesis one;

    for (int h = 0; h < GUESSES; h++) {
        t->loss[h] = INFINITY;
        if (check_sample(c, kind_of(h), sign_of(h), c->n, c->x0))
            continue;
        check_moments(c);
        if (!isfinite(c->spread) || c->spread > 1e6 || judge(c, c->field, h, h + 1, row, &one))
            continue;
        t->loss[h] = one.loss[h] / (one.gauss + 1e-6);
    }
    t->gauss = 1;
    return 0;
}

/* The least loss; of those that are as good as the least within `tie`, the one that is likelier beforehand: Gaussian
 * data cannot tell some apart. */
static int least(const hypothesis *t, int declared, double tie)
{
    static const enum predicts likely[PREDICTIONS] = { PREDICTS_NOISE, PREDICTS_DATA, PREDICTS_VELOCITY, PREDICTS_V,
                                                       PREDICTS_SCORE };
    int best = 0;
    double bar;

    for (int h = 1; h < GUESSES; h++)
        best = t->loss[h] < t->loss[best] ? h : best;
    bar = tie * t->loss[best];
    if (t->loss[declared] <= bar)
        return declared;
    for (int k = 0; k < GUESSES; k++)
        if (t->loss[likely[k % PREDICTIONS] + (k < PREDICTIONS ? 0 : PREDICTIONS)] <= bar)
            return (int)likely[k % PREDICTIONS] + (k < PREDICTIONS ? 0 : PREDICTIONS);
    return best;
}

/* By how many standard errors, row by row, hypothesis b is better than a. */
static double better_by(const check *c, const double *row, int a, int b)
{
    double mean, se;

    for (int i = 0; i < c->n; i++)
        c->row[i] = row[(size_t)a * c->n + i] - row[(size_t)b * c->n + i];
    check_mean(c->n, c->row, &mean, &se);
    return isfinite(mean) ? mean / (se + 1e-300) : INFINITY;
}

static const char *text_of(int h, char buf[32])
{
    snprintf(buf, 32, "%s%s", h < PREDICTIONS ? "" : "minus ", predicts_name(kind_of(h)));
    return buf;
}

/* ---- time ---- */

typedef struct retold { const score *inner; const char *wrap; int of; double scale, shift; } retold;

/* What a network may be told, besides t; the wrapper that tells it so. */
static const retold times[] = {
    { NULL, "time:scale=1000", 0, 1000, 0 }, { NULL, "time:scale=1000,shift=-1", 0, 1000, -1 },
    { NULL, "time:scale=999", 0, 999, 0 },
    { NULL, "time:scale=0.001", 0, 1e-3, 0 }, { NULL, "time:scale=-1,shift=1", 0, -1, 1 },
    { NULL, "time:of=sigma", 1, 1, 0 },
    { NULL, "time:of=log-sigma", 2, 1, 0 }, { NULL, "time:of=log-sigma,scale=0.25", 2, 0.25, 0 },
    { NULL, "time:of=lambda", 3, 1, 0 } };
enum { TIMES = sizeof times / sizeof *times };

static int retold_eval(void *self, const batch *p, double *out)
{
    const retold *r = self;
    level l = p->at[0];
    double of[] = { l.t, l.sigma, log(l.sigma), l.lambda };

    l.t = r->scale * of[r->of] + r->shift;
    return r->inner->eval(r->inner->self, &(batch){ 1, p->rows, &l, p->x, p->label }, out);
}

/* The way of telling time that explains the answers better than `loss` and than an affine field, or NULL; *kind as
 * what.  A network that fails at such a time is no failure. */
static const retold *other_time(check *c, double *row, double loss, int *kind)
{
    const retold *best = NULL;

    for (int k = 0; k < TIMES; k++) {
        retold r = times[k];
        hypothesis t;
        int guess;
        const score s = { .abi = SCORE_ABI, .name = "retold", .dim = c->dim, .predicts = c->field->predicts,
                          .serial = 1, .eval = retold_eval, .self = &r };

        r.inner = c->field;
        for (int h = 0; h < GUESSES; h++)
            t.loss[h] = INFINITY;
        if (judge(c, &s, 0, PREDICTIONS, row, &t))
            continue;
        guess = least(&t, (int)c->field->predicts, 1.03);
        if (t.loss[guess] < loss && t.loss[guess] < 1.1 * t.gauss)
            *kind = guess, loss = t.loss[guess], best = &times[k];
    }
    return best;
}

/* ---- the verdict ---- */

static void wrong_kind(const check *c, int declared, int best, remark *r)
{
    char name[32];

    if (best == declared + PREDICTIONS)
        snprintf(r->advice, sizeof r->advice, "The answers have the wrong sign: they are minus the %s.%s",
                 predicts_name((enum predicts)declared),
                 declared == PREDICTS_VELOCITY
                     ? " The network was trained with time running the other way (x_1 = data); negate its answer."
                     : " Negate them.");
    else if (best < PREDICTIONS)
        snprintf(r->advice, sizeof r->advice, "It says that it predicts %s, but its answers are those of a network "
                                              "that predicts %s: write predicts = %s in [score], or "
                 "--wrap predicts:as=%s.", predicts_name(c->field->predicts), text_of(best, name),
                 predicts_name(kind_of(best)), predicts_name(kind_of(best)));
    else
        snprintf(r->advice, sizeof r->advice,
                 "It says that it predicts %s, but its answers look like %s; negate them and declare that.",
                 predicts_name(c->field->predicts), text_of(best, name));
}

static void wrong_time(const check *c, const retold *other, int kind, remark *r)
{
    int same = (enum predicts)kind == c->field->predicts;

    snprintf(r->advice, sizeof r->advice,
             "Told another time its answers make sense, as predictions of %s: --wrap \"%s%s%s\", or wrap = in [score].",
             predicts_name((enum predicts)kind), other->wrap, same ? "" : " predicts:as=",
                 same ? "" : predicts_name((enum predicts)kind));
}

/* Its own samples depend on a start that the process does not settle: at t_max the data are not gone. */
static int open_start(const check *c) { return c->own && c->spot[0].at.alpha > 0.1 * c->spot[0].at.sigma; }

/* Something is amiss: another kind, another time, or no one knows.
 * An answer that makes sense is hardly worse than an affine one. */
static void explain(check *c, double *row, const hypothesis *t, int best, remark *r)
{
    int declared = (int)c->field->predicts, kind = 0, sure = best != declared && t->loss[best] < 1.1 * t->gauss;
    const retold *other = c->own || sure ? NULL : other_time(c, row, 0.9 * t->loss[best], &kind);

    r->mark = MARK_WRONG;
    if (open_start(c)) {
        r->mark = MARK_ODD;
        snprintf(r->advice, sizeof r->advice, "Its own samples tell nothing of what it predicts, since they are as "
                                              "wide as the start says: at t_max alpha/sigma is still %.2g. Give data "
                 "that it was trained on, --data x.npy.", c->spot[0].at.alpha / c->spot[0].at.sigma);
    } else if (other) {
        wrong_time(c, other, kind, r);
    } else if (best != declared && t->loss[best] <= 1.5 * t->gauss) {
        wrong_kind(c, declared, best, r);
    } else {
        r->mark = MARK_ODD;
        snprintf(r->advice, sizeof r->advice, "No kind of prediction explains its answers as well as a Gaussian would: "
                                              "is %s the process that it was trained on, are the data in "
                 "its units (--wrap scale:...), does it count time otherwise (--wrap time:...)?  Check it without "
                 "wrappers first.", c->proc->name);
    }
}

static void conclude(check *c, double *row, const hypothesis *t)
{
    int declared = (int)c->field->predicts, best = least(t, declared, c->own ? 1.1 : 1.03), next = best;
    remark *r = remark_on(c, "prediction", MARK_FINE);
    char a[32], b[32];

    for (int h = 0; h < PREDICTIONS && best == declared; h++)       /* what it is told apart from */
        if (t->loss[h] != t->loss[declared] && (next == declared || t->loss[h] < t->loss[next]))
            next = h;
    snprintf(r->said, sizeof r->said, "%s %.3g as %s, which it says; %.3g as %s; %.3g of an affine field",
             c->own ? "loss on its own samples" : "denoising loss",
             t->loss[declared], text_of(declared, a), t->loss[next], text_of(next, b), t->gauss);
    if ((best != declared && (c->own || better_by(c, row, declared, best) > 6)) || t->loss[declared] > 1.5 * t->gauss)
        explain(c, row, t, best, r);
}

int check_kind(check *c)
{
    double *row = malloc((size_t)GUESSES * c->n * sizeof *row);
    hypothesis t;
    int status = row ? 0 : fail("check: out of memory");

    if (!status)
        status = c->own ? judge_by_itself(c, row, &t) : judge(c, c->field, 0, GUESSES, row, &t);
    if (!status)
        conclude(c, row, &t);
    free(row);
    if (status || !c->own)
        return status;
    if (check_sample(c, c->field->predicts, 1, c->n, c->x0)) {      /* the levels below are judged on these */
        remark *r = remark_on(c, "samples", MARK_WRONG);

        snprintf(r->said, sizeof r->said, "%.300s", last_error());
        snprintf(r->advice, sizeof r->advice,
                 "A plain run of 20 steps does not end well; losses by level are left out. Give data with --data.");
        c->own = 2;
        return 0;
    }
    check_moments(c);
    return 0;
}
