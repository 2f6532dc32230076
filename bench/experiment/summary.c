/* Means, intervals and paired comparisons over seeds. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/experiment/summary.h"
#include "base/fail.h"
#include "base/files/target.h"

/* ---- trials ---- */

static int same_number(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

/* Runs by steps differ in these, but a row of a run that was stopped has those that it took; so the seeds tell. */
static int same_trial(const record *a, const record *b)
{
    return !strcmp(a->model, b->model) && !strcmp(a->solver, b->solver) && !strcmp(a->grid, b->grid)
        && a->budget == b->budget && same_number(a->nfe, b->nfe) && a->seed != b->seed;
}

/* The rows of a trial stand together, since seeds are innermost; a seed that returns begins the
 * next (budgets in steps). */
static int seed_known(const record *first, int n, long seed)
{
    for (int i = 0; i < n; i++)
        if (first[i].seed == seed)
            return 1;
    return 0;
}

int summary_open(summary *s, const results *of)
{
    trial *e = NULL;

    *s = (summary){ .of = of, .trial = calloc(of->count ? of->count : 1, sizeof *e) };
    if (!s->trial)
        return fail("summary: out of memory");
    for (int i = 0; i < of->count; i++) {
        const record *r = &of->row[i];

        if (!e || !same_trial(e->first, r) || seed_known(e->first, e->runs, r->seed)) {
            e = &s->trial[s->trials++];
            e->first = r;
        }
        e->runs++;
        e->good += r->status == RUN_OK;
    }
    return 0;
}

void summary_close(summary *s)
{
    free(s->trial);
    *s = (summary){ 0 };
}

/* ---- statistics ---- */

typedef struct seed_moments { int n; double mean, squares; } seed_moments;

static void add(seed_moments *m, double v)
{
    double gap = v - m->mean;

    m->mean += gap / ++m->n;
    m->squares += gap * (v - m->mean);
}

/* Standard error of the mean of n > 1 values. */
static double error_of(const seed_moments *m) { return sqrt(m->squares / (m->n - 1) / m->n); }

static int usable(const record *r, int what) { return r->status == RUN_OK && isfinite(r->q[what].value); }

estimate trial_estimate(const trial *e, int what)
{
    seed_moments value = { 0 }, own = { 0 }, floor = { 0 };
    estimate out = { NAN, NAN, NAN, NAN, NAN, 0 };
    double half;

    for (int i = 0; i < e->runs; i++)
        if (usable(&e->first[i], what)) {
            const quality *q = &e->first[i].q[what];

            add(&value, q->value);
            add(&own, q->se * q->se);
            add(&floor, q->floor);
        }
    if (!value.n)
        return out;
    out.seeds = value.n, out.mean = value.mean, out.floor = floor.mean, out.se = sqrt(own.mean / own.n);
    half = value.n > 1 ? gsl_cdf_tdist_Pinv(0.975, value.n - 1) * error_of(&value)
                       : gsl_cdf_ugaussian_Pinv(0.975) * out.se;
    out.low = out.mean - half, out.high = out.mean + half;
    return out;
}

double trial_calls(const trial *e)
{
    seed_moments m = { 0 };

    for (int i = 0; i < e->runs; i++)
        if (e->first[i].status == RUN_OK)
            add(&m, e->first[i].calls);
    return m.n ? m.mean : NAN;
}

/* Field evaluations a sample: the calls of a serial run, more where guesses are evaluated too. */
double trial_work(const trial *e)
{
    seed_moments m = { 0 };

    for (int i = 0; i < e->runs; i++)
        if (e->first[i].status == RUN_OK)
            add(&m, e->first[i].rows / (double)e->first[i].samples);
    return m.n ? m.mean : NAN;
}

double trial_seconds(const trial *e)
{
    double least = NAN;

    for (int i = 0; i < e->runs; i++)
        if (e->first[i].status == RUN_OK)
            least = fmin(least, e->first[i].seconds);       /* of NAN and a number, the number */
    return least;
}

double shortfall(const quality *q, int relative) { return relative ? q->value : fabs(q->value - q->floor); }

double trial_shortfall(const trial *e, int what, int relative)
{
    seed_moments m = { 0 };

    for (int i = 0; i < e->runs; i++)
        if (usable(&e->first[i], what))
            add(&m, shortfall(&e->first[i].q[what], relative));
    return m.n ? m.mean : NAN;
}

static const record *run_of_seed(const trial *e, long seed, int what)
{
    for (int i = 0; i < e->runs; i++)
        if (e->first[i].seed == seed && usable(&e->first[i], what))
            return &e->first[i];
    return NULL;
}

contrast trial_contrast(const trial *a, const trial *b, int what, int relative)
{
    seed_moments gap = { 0 };
    contrast c = { NAN, NAN, 0 };
    double error = NAN;

    for (int i = 0; i < a->runs; i++) {
        const record *r = &a->first[i], *other = usable(r, what) ? run_of_seed(b, r->seed, what) : NULL;

        if (!other)
            continue;
        add(&gap, shortfall(&r->q[what], relative) - shortfall(&other->q[what], relative));
        error = hypot(r->q[what].se, other->q[what].se);
    }
    if (!gap.n)
        return c;
    c.mean = gap.mean, c.seeds = gap.n;
    if (gap.n > 1)
        error = error_of(&gap);
    if (error == 0)                                 /* the same difference at every seed, as of equal solvers */
        c.p = gap.mean > 0 ? 0 : 1;
    else
        c.p = gap.n > 1 ? gsl_cdf_tdist_Q(gap.mean / error, gap.n - 1) : gsl_cdf_ugaussian_Q(gap.mean / error);
    return c;
}

typedef struct ranked { double p; int at; } ranked;

static int by_p(const void *a, const void *b)
{
    double p = ((const ranked *)a)->p, q = ((const ranked *)b)->p;

    return (p > q) - (p < q);
}

int holm(int n, const double *p, double alpha, int *rejects)
{
    ranked *r = malloc((n ? n : 1) * sizeof *r);
    int tests = 0;

    if (!r)
        return fail("report: out of memory");
    for (int i = 0; i < n; i++) {
        rejects[i] = 0;
        if (!isnan(p[i]))
            r[tests++] = (ranked){ p[i], i };
    }
    qsort(r, tests, sizeof *r, by_p);
    for (int i = 0; i < tests && r[i].p <= alpha / (tests - i); i++)
        rejects[r[i].at] = 1;
    free(r);
    return 0;
}

/* ---- metrics by the name in the header ---- */

static const metric *find(const char *text)
{
    const char *name = metric_item(text);
    size_t len = strcspn(name, ":");

    for (int i = 0; i < metrics(); i++)
        if (strlen(metric_at(i)->name) == len && !strncmp(metric_at(i)->name, name, len))
            return metric_at(i);
    return NULL;
}

int metric_relative(const char *name)
{
    const metric *m = find(name);

    return m ? m->relative : 1;
}

const char *metric_about(const char *name)
{
    const metric *m = find(name);

    return m ? m->about : "";
}

/* ---- a file for plots ---- */

static void put(FILE *f, double v)
{
    if (isnan(v))
        fputs("\tnan", f);
    else
        fprintf(f, "\t%.9g", v);
}

/* distance: the shortfall, which a logarithmic axis can show. */
static void write_trial(FILE *f, const trial *e, int what, const char *name)
{
    const record *r = e->first;
    estimate v = trial_estimate(e, what);

    fprintf(f, "%s\t%s\t%s\t%s\t%s\t%s", r->model, r->process, r->score, r->solver, r->grid, name);
    put(f, r->nfe);
    put(f, trial_calls(e));
    put(f, trial_work(e));
    put(f, trial_seconds(e));
    fprintf(f, "\t%d", v.seeds);
    put(f, v.mean), put(f, v.low), put(f, v.high), put(f, v.floor);
    fputc('\n', f);
}

int summary_write(const summary *s, const char *path)
{
    target t;
    int status = target_open(&t, path);

    if (!status)
        fputs("model\tprocess\tscore\tsolver\tgrid\tmetric\tnfe\tcalls\twork\tseconds\tseeds\tmean\tlow\thigh"
              "\tfloor\n", t.file);
    for (int m = 0; m < s->of->metrics && !status; m++)
        for (int i = 0; i < s->trials; i++)
            write_trial(t.file, &s->trial[i], m, s->of->metric[m]);
    return target_close(&t, status);
}
