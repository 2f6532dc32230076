/* Means and covariances of samples with groups left out: sums of each group about the exact
 * mean, added up as wanted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/metrics/estimate.h"
#include "base/clones.h"
#include "base/fail.h"

const char *needs_moments(const truth *true, int n, int dim)
{
    const char *no = needs_law(true, n, dim);

    if (no)
        return no;
    if (!true->law->moments)
        return "needs a law whose moments are known";
    if (true->label)
        return "needs samples without labels";
    return dim <= MOST_COLUMNS ? NULL : "needs at most 1024 columns";
}

void exact_moments_close(exact_moments *e)
{
    free(e->mean), free(e->cov);
    *e = (exact_moments){ 0 };
}

int exact_moments_open(exact_moments *e, const truth *true, int dim, int cov)
{
    double alpha = true->at.alpha, sigma = true->at.sigma;

    *e = (exact_moments){ malloc(dim * sizeof *e->mean), cov ? malloc((size_t)dim * dim * sizeof *e->cov) : NULL };
    if (!e->mean || (cov && !e->cov)) {
        exact_moments_close(e);
        return fail("metrics: out of memory for the moments of %d columns", dim);
    }
    if (true->law->moments(true->law, e->mean, e->cov)) {
        exact_moments_close(e);
        return -1;
    }
    for (int i = 0; i < dim; i++)
        e->mean[i] *= alpha;
    for (long i = 0; cov && i < (long)dim * dim; i++)
        e->cov[i] = alpha * alpha * e->cov[i] + (i % (dim + 1) ? 0 : sigma * sigma);
    return 0;
}

/* count, sum of e = x - centre, sum of e e' of one group; the last group is the sum of all. */
typedef struct fold_sums { int dim, cov; long size; double *group; } fold_sums;

static double *group_of(const fold_sums *s, int g) { return s->group + g * s->size; }

CLONES static void add_outer(int dim, const double *e, double *outer)
{
    for (int i = 0; i < dim; i++) {
        double *row = outer + (long)i * dim, p = e[i];

        #pragma omp simd
        for (int j = 0; j < dim; j++)
            row[j] = fma(p, e[j], row[j]);
    }
}

static void add_sample(const fold_sums *s, int g, const double *x, const double *centre)
{
    double *to = group_of(s, g), e[MOST_COLUMNS];

    for (int d = 0; d < s->dim; d++)
        e[d] = x[d] - centre[d], to[1 + d] += e[d];
    to[0]++;
    if (s->cov)
        add_outer(s->dim, e, to + 1 + s->dim);
}

/* Moments of `a` less those of `b` (NULL: nothing). */
static void moments_of(const fold_sums *s, const double *a, const double *b, moments *m)
{
    int dim = s->dim;

    m->n = a[0] - (b ? b[0] : 0);
    for (int i = 0; i < dim; i++)
        m->mean[i] = (a[1 + i] - (b ? b[1 + i] : 0)) / m->n;
    for (int i = 0; i < dim && s->cov; i++)
        for (int j = 0; j < dim; j++) {
            long at = 1 + dim + (long)i * dim + j;

            m->cov[(long)i * dim + j] = ((a[at] - (b ? b[at] : 0)) - m->n * m->mean[i] * m->mean[j]) / (m->n - 1);
        }
}

static void fill(const fold_sums *s, int n, const double *x, const double *centre, int folds, const unsigned char *fold)
{
    double *all = group_of(s, folds);

    for (int i = 0; i < n; i++)
        add_sample(s, fold[i], x + (long)i * s->dim, centre);
    for (int g = 0; g < folds; g++)
        for (long k = 0; k < s->size; k++)
            all[k] += group_of(s, g)[k];
}

int fold_moments(int n, int dim, const double *x, const double *centre, int cov, int alone,
                 double (*statistic)(void *self, const moments *), void *self, folded *f)
{
    int folds = folds_of(n), status = 0;
    fold_sums s = { dim, cov, 1 + dim + (cov ? (long)dim * dim : 0), NULL };
    moments m = { n, dim, malloc(s.size * sizeof *m.mean), NULL };
    unsigned char *fold = malloc(n);

    s.group = calloc((folds + 1) * s.size, sizeof *s.group);
    if (s.group && m.mean && fold) {
        m.cov = cov ? m.mean + dim : NULL;
        fold_draw(n, folds, fold);
        fill(&s, n, x, centre, folds, fold);
        f->folds = folds;
        moments_of(&s, group_of(&s, folds), NULL, &m);
        f->all = statistic(self, &m);
        for (int g = 0; g < folds; g++) {
            moments_of(&s, group_of(&s, folds), group_of(&s, g), &m);
            f->but[g] = statistic(self, &m);
            if (alone && n / folds > 1)
                moments_of(&s, group_of(&s, g), NULL, &m);
            f->only[g] = alone && n / folds > 1 ? statistic(self, &m) : NAN;
        }
    } else {
        status = fail("metrics: out of memory for the moments of %d columns", dim);
    }
    free(s.group), free(m.mean), free(fold);
    return status;
}
