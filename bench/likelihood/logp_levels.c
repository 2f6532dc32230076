/* `fokker logp --levels L`: whole numbers become points of the density, and the answers of a row's points one
 * answer, log P of the row. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include "bench/likelihood/logp.h"
#include "bench/points.h"

int logp_levels_open(logp_job *j)
{
    static const char *const others[] = { "dequantise", "importance", "scale", "shift" };
    const char *data = option_text(j->r, "data");
    const process *p = j->of.model->process;
    double own[2], given[2];
    long count;
    level at;

    for (int i = 0; i < 4 && !option_text(j->r, "levels"); i++)
        if (option_text(j->r, others[i]))
            return fail("--%s: is for whole numbers; give --levels L as well", others[i]);
    if (option_whole(j->r, "levels", 2, 1L << 30, 0, &count) || !count)
        return count ? -1 : 0;
    j->bins.levels = (int)count;
    if (option_text(j->r, "encode"))
        return fail("--encode: is of points, and whole numbers are cells; leave out --levels");
    if (!data)
        return fail("--levels: is for data that are whole numbers; give them with --data");
    scaling_of(j->of.model->law, own);
    if (option_number(j->r, "scale", -1e15, 1e15, own[0], &j->bins.scale) || option_number(j->r, "shift", -1e15, 1e15,
            own[1], &j->bins.shift))
        return -1;
    if (isnan(j->bins.scale) || isnan(j->bins.shift))
        return fail("--levels: where are whole numbers v to stand? give --scale A and --shift B of x = A v + B (0..%ld "
                    "to [-1, 1]: %.17g and -1)", count - 1, 2. / (count - 1));
    if (j->bins.scale == 0)
        return fail("--scale: is 0, which makes all numbers one; give another");
    levels(p, 1, &p->t_min, &at);
    if (bins_parse(&j->bins, "--dequantise", option_text(j->r, "dequantise"),
                   at.sigma / (at.alpha * fabs(j->bins.scale)))
        || option_whole(j->r, "importance", 1, 1000000, 1, &count) || points_scaling("--data", data, given))
        return -1;
    j->each = (int)count;
    if (bins_unscale(&(bins){ j->bins.levels, given[0], given[1], 0 }, "--data", j->n, j->dim, j->points.v))
        return -1;
    if ((long)j->n * j->each > 1 << 30)
        return fail("--importance %ld: %d rows make too many points; take fewer", count, j->n);
    if (!(j->whole = malloc((size_t)j->n * j->dim * sizeof *j->whole)))
        return fail("out of memory for %d rows", j->n);
    for (long i = 0; i < (long)j->n * j->dim; i++)
        j->whole[i] = j->points.v[i], j->points.v[i] = fma(j->bins.scale, j->whole[i], j->bins.shift);
    return 0;
}

/* What a trace estimator alone makes of an interval's side. */
static double side_of(const answer *a, double side)
{
    return side - (isfinite(a->err_solver) ? a->err_solver : 0) - fabs(a->err_prior);
}

enum { LOGW, EXACT, SE, SOLVER, PRIOR, TRUNC, BELOW, ABOVE, WEIGHT, PARTS };

/* k answers and log q of their points to one. */
static answer combine_points(int k, const answer *a, const double *logq, double *w, importance *m)
{
    answer o = { .calls = 0 };
    double *part[PARTS], spread, least;

    for (int i = 0; i < PARTS; i++)
        part[i] = w + (size_t)i * k;
    for (int i = 0; i < k; i++, a++) {
        part[LOGW][i] = a->logp - logq[i], part[EXACT][i] = a->exact - logq[i];
        part[SE][i] = a->se_trace, part[SOLVER][i] = a->err_solver, part[PRIOR][i] = a->err_prior,
            part[TRUNC][i] = a->err_trunc;
        part[BELOW][i] = side_of(a, a->logp - a->lo), part[ABOVE][i] = side_of(a, a->hi - a->logp);
        o.calls = a->calls > o.calls ? a->calls : o.calls, o.rows += a->rows;
        usage_beside(&o.network, &a->network);
    }
    *m = importance_of(k, part[LOGW], part[WEIGHT]);
    o.logp = m->log_mean, o.exact = importance_of(k, part[EXACT], NULL).log_mean;
    o.se_trace = importance_independent(k, part[WEIGHT], part[SE]);
    o.err_solver = importance_common(k, part[WEIGHT], part[SOLVER]);
    o.err_prior = importance_common(k, part[WEIGHT], part[PRIOR]);
    o.err_trunc = importance_common(k, part[WEIGHT], part[TRUNC]);
    spread = k > 1 ? m->se * gsl_cdf_tdist_Pinv(0.975, k - 1) : 0;
    least = (isfinite(o.err_solver) ? o.err_solver : 0) + fabs(o.err_prior);
    o.lo = o.logp - least - hypot(importance_independent(k, part[WEIGHT], part[BELOW]), spread)
           - importance_lift(k, part[WEIGHT], part[SE]);
    o.hi = o.logp + least + hypot(importance_independent(k, part[WEIGHT], part[ABOVE]), spread) + (k > 1 ? m->gap : 0);
    return o;
}

/* Points, their labels, answers, and room to combine them. */
typedef struct many { double *x, *logq, *w; int *label; answer *a; } many;

static int many_open(many *m, const logp_job *j)
{
    size_t n = (size_t)j->n * j->each;

    *m = (many){ malloc(n * j->dim * sizeof *m->x), malloc(n * sizeof *m->logq),
                 malloc((size_t)PARTS * j->each * sizeof *m->w),
                 j->label ? malloc(n * sizeof *m->label) : NULL, malloc(n * sizeof *m->a) };
    if (!m->x || !m->logq || !m->w || !m->a || (j->label && !m->label))
        return -1;
    for (size_t i = 0; i < n && j->label; i++)
        m->label[i] = j->label[i / j->each];
    return 0;
}

static void many_close(many *m) { free(m->x), free(m->logq), free(m->w), free(m->label), free(m->a); }

int logp_levels(const logp_job *j, logp_cell *c, long *done)
{
    many m;
    int status = many_open(&m, j) || !(c->many = malloc(j->n * sizeof *c->many))
        ? fail("out of memory for %d x %d points", j->n, j->each) : 0;

    if (!status) {
        bins_points(&j->bins, (uint64_t)c->seed, 0, j->n, j->each, j->dim, j->whole, m.x, m.logq);
        status = logp_flow(j, c, j->n * j->each, m.x, m.label, NULL, m.a, done);
        for (int i = 0; i < j->n; i++)
            c->out[i] = combine_points(j->each, m.a + (size_t)i * j->each, m.logq + (size_t)i * j->each, m.w,
                                       &c->many[i]);
    }
    many_close(&m);
    return status;
}
