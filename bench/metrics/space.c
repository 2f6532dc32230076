/* A truth and samples through a network. */
#include <stdlib.h>
#include <string.h>
#include "bench/points.h"
#include "bench/metrics/space.h"

static const uint64_t moment_seed = 0x6d6f6d656e74;

/* Exact samples as they were last drawn: many metrics ask for the same ones. */
typedef struct drawn { uint64_t seed; long row; int n; const int *label; double *seen; } drawn;

struct space {
    law law;                                /* first: it is what truths point at */
    const features *net; units of;
    truth inside;                           /* before the network; labels apart */
    drawn last;
    double *mean, *cov;                     /* of the law, or NULL: not known yet */
    double *seen; int room;                 /* of space_see, rows */
};

static double *rows_of(int n, int cols)
{
    double *x = malloc((size_t)n * cols * sizeof *x);

    return x ? x : (fail("features: out of memory for %d samples of %d columns; use fewer samples", n, cols), NULL);
}

/* Exact samples row, row + 1, ... of a seed, seen; label: that of the first one on, or NULL. */
static int draw_seen(const space *s, uint64_t seed, long row, int n, const int *label, double *seen)
{
    truth true = s->inside;
    double *x = rows_of(n, s->net->dim);
    int bad;

    true.seed = seed, true.label = label ? label - row : NULL;
    bad = !x || truth_sample(&true, row, n, s->net->dim, x) || features_of(s->net, s->of, n, x, seen);
    free(x);
    return bad ? -1 : 0;
}

static int sample(const law *l, stream from, long row, int n, const int *label, double *x)
{
    space *s = (space *)l;
    drawn *d = &s->last;

    if (!d->seen || d->seed != from.seed || d->row != row || d->n != n || d->label != label) {
        free(d->seen);
        *d = (drawn){ from.seed, row, n, label, rows_of(n, l->dim) };
        if (!d->seen || draw_seen(s, from.seed, row, n, label, d->seen))
            return free(d->seen), d->seen = NULL, -1;
    }
    memcpy(x, d->seen, (size_t)n * l->dim * sizeof *x);
    return 0;
}

/* Mean and covariance (over n - 1) of n rows. */
static void find_moments(int n, int cols, const double *x, double *mean, double *cov)
{
    memset(mean, 0, cols * sizeof *mean);
    memset(cov, 0, (size_t)cols * cols * sizeof *cov);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < cols; k++)
            mean[k] += x[(long)i * cols + k] / n;
    #pragma omp parallel for schedule(static)
    for (int k = 0; k < cols; k++)
        for (int i = 0; i < n; i++) {
            const double *row = x + (long)i * cols;
            double e = (row[k] - mean[k]) / (n - 1);

            for (int j = 0; j < cols; j++)
                cov[(long)k * cols + j] += e * (row[j] - mean[j]);
        }
}

static int keep_moments(space *s)
{
    int cols = s->net->cols;
    double *x = rows_of(MOMENT_ROWS, cols);
    int bad = !x || draw_seen(s, moment_seed, 0, MOMENT_ROWS, NULL, x);

    s->mean = bad ? NULL : rows_of(1, cols), s->cov = bad ? NULL : rows_of(cols, cols);
    if (s->mean && s->cov)
        find_moments(MOMENT_ROWS, cols, x, s->mean, s->cov);
    else
        free(s->mean), free(s->cov), s->mean = s->cov = NULL;
    free(x);
    return s->mean ? 0 : -1;
}

static int moments(const law *l, double *mean, double *cov)
{
    space *s = (space *)l;

    if (!s->mean && keep_moments(s))
        return -1;
    if (mean)
        memcpy(mean, s->mean, l->dim * sizeof *mean);
    if (cov)
        memcpy(cov, s->cov, (size_t)l->dim * l->dim * sizeof *cov);
    return 0;
}

static void forget(space *s)
{
    free(s->last.seen), free(s->mean), free(s->cov);
    s->last = (drawn){ 0 }, s->mean = s->cov = NULL;
}

space *space_open(const features *net, const subject *u)
{
    double scaling[2];
    space *s;

    if (u->field->dim != net->dim)
        return fail("--features: its network takes points of %d columns, and %s has %d", net->dim, u->model->name,
                    u->field->dim), NULL;
    if (!(s = calloc(1, sizeof *s)))
        return fail("features: out of memory"), NULL;
    scaling_of(u->model->law, scaling);
    s->net = net;
    s->of = scaling[0] == scaling[0] ? (units){ scaling[0], scaling[1] } : (units){ 1, 0 };
    s->law = (law){ .name = "features", .dim = net->cols, .sample = sample, .moments = moments };
    return s;
}

void space_close(space *s)
{
    if (!s)
        return;
    forget(s);
    free(s->seen), free(s);
}

truth space_truth(space *s, const truth *t)
{
    if (s->inside.law != t->law || s->inside.at.alpha != t->at.alpha || s->inside.at.sigma != t->at.sigma)
        forget(s);
    s->inside = *t;
    return (truth){ .law = t->law ? &s->law : NULL, .at = { .alpha = 1 }, .label = t->label, .seed = t->seed,
                    .deterministic = t->deterministic };
}

const double *space_see(space *s, int n, const double *x)
{
    if (n > s->room) {
        free(s->seen);
        s->seen = rows_of(n, s->net->cols), s->room = s->seen ? n : 0;
    }
    return s->seen && !features_of(s->net, s->of, n, x, s->seen) ? s->seen : NULL;
}
