/* The run of a log-likelihood, and what each number is uncertain about (likelihood.h). */
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/engine/drive.h"
#include "solvers/likelihood/likelihood.h"
#include "solvers/likelihood/logflow.h"

#define LOG_2PI 1.83787706640934548356

/* One run for n points: the states with their K integrals, and what each point took. */
/* prior: log of the prior's density there; known: of the law's or fit's */
typedef struct flow_pass { int K; double *state, *prior, *known; bill *bill; } flow_pass;

/* All that a likelihood is made from: the points, the samples' numbers, by which the field knows them, the run that was
 * asked for and the one that it is held against. */
typedef struct round_trip {
    const inquiry *q;
    int n;
    const double *x;
    int *number;
    score *flow;
    flow_pass asked, check;
} round_trip;

static void bill_add(bill *all, const bill *one)
{
    all->calls += one->calls, all->rows += one->rows;
    usage_then(&all->network, &one->network);
}

static void pass_close(flow_pass *p) { free(p->state), free(p->prior), free(p->known), free(p->bill); }

/* From data to noise on this grid, or at so many times the tolerance. */
static int run_pass(flow_pass *p, const round_trip *t, int steps, const level *grid, double times)
{
    const inquiry *q = t->q;
    int dim = q->field->dim, cols = t->flow->dim, status;
    tally cost;
    plan own = { .how = q->how, .proc = q->proc, .field = t->flow, .steps = steps, .grid = grid,
                 .rtol = q->rtol * times, .atol = q->atol * times,
                 .label = t->number, .stop = q->stop, .watch = q->watch, .watcher = q->watcher,
                 .deadline = q->deadline, .done = q->done, .block = q->block };

    *p = (flow_pass){ .K = cols - dim, .state = calloc((size_t)t->n * cols, sizeof *p->state),
                 .bill = calloc(t->n, sizeof *p->bill) };
    if (!p->state || !p->bill)
        return fail("out of memory for %d points of %d columns", t->n, cols);
    for (long i = 0; i < t->n; i++)
        memcpy(p->state + i * cols, t->x + i * dim, dim * sizeof *t->x);
    own.bill = p->bill;
    status = solve(&own, t->n, p->state, &cost);
    if (q->setup)
        usage_then(q->setup, &cost.setup);
    return status;
}

/* The mean of K estimates, its standard error, and how far below and above it the truth may lie. */
typedef struct estimate_spread { double mean, se, below, above; } estimate_spread;

/*
 * Student's t after Hall's transformation (Hall 1992, "On the removal of skewness by transformation"): estimates of
 * the trace of a matrix of low rank are as skewed as chi-square, and a plain t-interval of eight of them holds the
 * truth in 85 of 100 cases.
 * With T the studentised mean and c its sample skewness
 *   g(T) = T + a T^2 + a^2 T^3/3 + b,   a = c/(3 sqrt K),   b = c/(6 sqrt K)
 * is nearer to Student's law; without skewness it is T itself.
 * The variance is the less sure the longer the tails: var s^2/sigma^4 = 2/(K - 1) + kappa/K, with the excess kurtosis
 * kappa = 3/2 c^2 of gamma laws, has the 2/(var s^2/sigma^4) degrees of freedom of the t.
 */
static double unskewed(double quantile, double skewness, int K)
{
    double a = skewness / (3 * sqrt(K)), b = a / 2;

    return fabs(a) > 1e-6 ? (cbrt(1 + 3 * a * (quantile - b)) - 1) / a : quantile;
}

static estimate_spread spread_of(int K, const double *v)
{
    estimate_spread s = { 0 };
    double square = 0, cube = 0, quantile, skewness;

    for (int k = 0; k < K; k++)
        s.mean += v[k] / K;
    for (int k = 0; k < K; k++) {
        double e = v[k] - s.mean;

        square += e * e, cube += e * e * e;
    }
    if (K < 2)
        return (estimate_spread){ s.mean, NAN, NAN, NAN };
    s.se = sqrt(square / (K - 1) / K);
    /* adjusted (Fisher and Pearson) */
    skewness = K > 2 && square > 0 ? cube / K / pow(square / K, 1.5) * sqrt(K * (K - 1.0)) / (K - 2) : 0;
    quantile = gsl_cdf_tdist_Pinv(0.975, 2 / (2. / (K - 1) + 1.5 * skewness * skewness / K));
    s.below = s.se * unskewed(quantile, skewness, K), s.above = -s.se * unskewed(-quantile, skewness, K);
    return s;
}

/* The integrals of point i. */
static estimate_spread integral(const flow_pass *p, int dim, long i)
{
    return spread_of(p->K, p->state + i * (dim + p->K) + dim);
}

/* ---- densities at the ends ---- */

static double log_normal(int dim, double std, const double *x)
{
    double square = 0;

    for (int d = 0; d < dim; d++)
        square += x[d] * x[d] / (std * std);
    return -0.5 * square - dim * (log(std) + 0.5 * LOG_2PI);
}

/*
 * log p at t_min - log p_0 without a law, to first order in sigma^2: by the equation of continuity d log
 * p_t(x)/dt = -div v - v . grad log p, and sigma^2 vanishes in a time of about sigma/(2 dsigma) at this rate.  grad log
 * p = (alpha D - x)/sigma^2, D from v.
 */
static double truncation(const level *l, int dim, int K, const double *x, const double *flow)
{
    double div = 0, along = 0, rate = l->dsigma / l->sigma;

    for (int k = 0; k < K; k++)
        div += flow[dim + k] / K;
    for (int d = 0; d < dim; d++) {
        double D = (flow[d] - rate * x[d]) / (l->dalpha - rate * l->alpha);

        along += flow[d] * (l->alpha * D - x[d]) / (l->sigma * l->sigma);
    }
    return -(div + along) / (2 * rate);
}

/* For all points, of which each costs another call; a stop leaves the others NAN. */
static int truncations(const round_trip *t, answer *out)
{
    enum { MANY = 32 };
    const level *at = t->q->grid;
    int dim = t->q->field->dim, cols = t->flow->dim, most = t->q->field->serial || t->n < MANY ? t->n : MANY,
        status = 0;
    score *own = t->flow->thread_copy(t->flow->self, most);
    double *x = malloc((size_t)most * cols * sizeof *x), *v = malloc((size_t)most * cols * sizeof *v);

    if (!own || !x || !v)
        status = own ? fail("out of memory for %d points of %d columns", most, cols) : -1;
    for (int from = 0; from < t->n && !status && !(t->q->stop && *t->q->stop); from += most) {
        int m = t->n - from < most ? t->n - from : most;
        usage used = { 0 };
        batch p = { .groups = 1, .rows = m, .at = at, .x = x, .label = t->number + from, .used = &used };

        for (int i = 0; i < m; i++)
            memcpy(x + (size_t)i * cols, t->x + (size_t)(from + i) * dim, dim * sizeof *x);
        status = ask_eval(own, &p, v);
        used.evaluations /= m, used.products /= m;
        for (int i = 0; i < m; i++)
            bill_add(&t->asked.bill[from + i], &(bill){ .calls = 1, .rows = 1, .network = used });
        for (int i = 0; i < m && !status; i++)
            out[from + i].err_trunc = truncation(at, dim, cols - dim, x + (size_t)i * cols, v + (size_t)i * cols);
    }
    field_close(own);
    free(x), free(v);
    return status;
}

/* What is known at t_min: exact and err_trunc. */
static int at_data(const round_trip *t, answer *out)
{
    const inquiry *q = t->q;
    level clean = level_clean(q->proc);
    double *here = malloc(t->n * sizeof *here), *there = malloc(t->n * sizeof *there);
    int status = here && there ? 0 : fail("out of memory for %d points", t->n);

    if (!status)
        status = law_logp(q->law, q->grid, t->n, t->x, q->label, q->stop, here)
            || law_logp(q->law, &clean, t->n, t->x, q->label, q->stop, there) ? FAILED : 0;
    for (int i = 0; i < t->n && !status; i++)
        out[i].exact = here[i], out[i].err_trunc = here[i] - there[i];
    if (!status && !(q->law && q->law->logpdf))
        status = truncations(t, out);
    free(here), free(there);
    return status;
}

/* The density at t_max where a run has taken the points: of those that were finished, also after a stop. */
static int at_noise(const round_trip *t, flow_pass *p, double *latent)
{
    const inquiry *q = t->q;
    const law *known = q->law && q->law->logpdf ? q->law : q->fit;
    int dim = q->field->dim, cols = dim + p->K;
    double *ends = malloc((size_t)t->n * dim * sizeof *ends);
    int status;

    p->prior = malloc(t->n * sizeof *p->prior), p->known = malloc(t->n * sizeof *p->known);
    if (!ends || !p->prior || !p->known)
        return free(ends), fail("out of memory for %d points", t->n);
    for (int i = 0; i < t->n; i++) {
        memcpy(ends + (size_t)i * dim, p->state + (size_t)i * cols, dim * sizeof *ends);
        p->prior[i] = log_normal(dim, q->proc->prior_std, ends + (size_t)i * dim);
    }
    status = law_logp(known, q->grid + q->steps, t->n, ends, known == q->law ? q->label : NULL, NULL, p->known);
    if (latent)
        memcpy(latent, ends, (size_t)t->n * dim * sizeof *latent);
    free(ends);
    return status;
}

/* ---- the whole ---- */

int inquiry_check(const inquiry *q)
{
    if (method_stochastic(q->how))
        return fail("%s: is stochastic, and a likelihood is of the flow; take a deterministic method, such as dopri5",
                    q->how->sol->name);
    if (q->grid[0].sigma == 0 || q->grid[q->steps].sigma == 0)
        return fail("a likelihood needs noise at both ends, and the grid has sigma = 0 at t = %g; give t_min above it",
                    q->grid[q->grid[0].sigma == 0 ? 0 : q->steps].t);
    if (q->grid[0].lambda < q->grid[q->steps].lambda)
        return fail("a likelihood runs from data to noise; the grid runs from t = %g to %g", q->grid[0].t,
                    q->grid[q->steps].t);
    if (q->rtol > 0 && q->rtol < 1e-14)
        return fail("rtol %g is below round-off; give 1e-14 or more", q->rtol);
    if (q->probes < q->trace->least)
        return fail("%s: %d probes; at least %d are needed", q->trace->name, q->probes, q->trace->least);
    if (q->control && !(q->fit && !q->trace->exact))
        return fail(q->fit ? "%s: is exact, and needs no control variate"
                    : "%s: a control variate needs a Gaussian, and there is none", q->trace->name);
    if (q->exact_prior && !(q->law && q->law->logpdf))
        return fail("the exact prior needs a law, and the model has none; take the normal prior");
    return 0;
}

/*
 * The second run, which tells the error of the first: at a tenth of the tolerance, and at 1e-4 where that is still
 * looser, since errors fall with the tolerance only from about there on; at ten times the tolerance where a tenth is
 * below round-off.  Of fixed steps twice as many.
 */
enum { LOOSEST = 4 };

static double check_times(const inquiry *q)
{
    double finer = fmin(0.1, pow(10, -LOOSEST) / q->rtol), least = q->field->single ? 1e-8 : 1e-14;

    return finer * q->rtol >= least ? finer : 10;
}

/* The grid with a level in the middle of every step, in t; owned by the caller. */
static level *halved_grid(const inquiry *q)
{
    level *l = malloc((2 * (size_t)q->steps + 1) * sizeof *l);

    for (int k = 0; l && k <= q->steps; k++) {
        double middle = k < q->steps ? 0.5 * (q->grid[k].t + q->grid[k + 1].t) : NAN;

        l[2 * k] = q->grid[k];
        if (k < q->steps)
            levels(q->proc, 1, &middle, &l[2 * k + 1]);
    }
    return l;
}

static int run_check(round_trip *t)
{
    const inquiry *q = t->q;
    level *grid = q->rtol > 0 || q->finer ? NULL : halved_grid(q);
    int status;

    if (q->rtol <= 0 && !q->finer && !grid)
        return fail("out of memory for a grid of %d steps", 2 * q->steps);
    status = q->rtol > 0 ? run_pass(&t->check, t, q->steps, q->grid, check_times(q))
        : run_pass(&t->check, t, 2 * q->steps, grid ? grid : q->finer, 1);
    free(grid);
    return status;
}

/* Both runs; who stops early has the first. */
static int run_both(round_trip *t)
{
    int status = run_pass(&t->asked, t, t->q->steps, t->q->grid, 1), second;
    char reason[1024];

    if (t->q->unchecked || status == FAILED || status == STOPPED)
        return status;
    snprintf(reason, sizeof reason, "%s", last_error());
    second = run_check(t);
    return status ? (fail("%s", reason), status) : second;
}

/* log of the density of the prior that was asked for, where a run has taken point i. */
static double at_end(const round_trip *t, const flow_pass *p, int i)
{
    return (t->q->exact_prior ? p->known : p->prior)[i];
}

/*
 * What the first run's log p is off by, from its distances to the second in the integral and in the density at the end,
 * A and B:  5/2 |A + B| + |A| + |B|.  A + B is the error itself but for the second run's own, and may be small by
 * chance; then A and B are not.  The factors are those of the calibration in docs/likelihood.md: 93 % of points inside,
 * and a bar of 4 times the error in the median.  Twice as many steps of a method of order p leave 2^-p of the error.
 * A run at a looser tolerance is the one that errs: its distance is a bar of this one.
 */
static double solver_bar(const round_trip *t, double A, double B)
{
    const inquiry *q = t->q;
    double order = method_order(q->how);

    if (q->rtol > 0 && check_times(q) > 1)
        return fabs(A) + fabs(B);
    return (2.5 * fabs(A + B) + fabs(A) + fabs(B)) / (q->rtol > 0 ? 1 : 1 - exp2(-fmax(order, 1)));
}

static void conclude(const round_trip *t, answer *out)
{
    const inquiry *q = t->q;
    int dim = q->field->dim, rounds = inquiry_rounds(q), each = inquiry_rows(q);
    int complete = q->trace->exact || q->trace->complete(q->probes, dim);

    for (int i = 0; i < t->n; i++) {
        answer *a = &out[i];
        estimate_spread mine = integral(&t->asked, dim, i);
        double more_or_less;
        bill all = t->asked.bill[i];

        a->logp = mine.mean + at_end(t, &t->asked, i);
        a->se_trace = complete ? 0 : mine.se;
        a->err_prior = q->exact_prior ? 0 : t->asked.prior[i] - t->asked.known[i];
        more_or_less = fabs(a->err_prior);
        if (t->check.state) {
            /* and what is rounded away in any case */
            a->err_solver = solver_bar(t, mine.mean - integral(&t->check, dim, i).mean,
                                       at_end(t, &t->asked, i) - at_end(t, &t->check, i))
                            + 4 * DBL_EPSILON * (dim + fabs(a->logp));
            more_or_less += a->err_solver;
        }
        a->lo = a->logp - more_or_less - (complete ? 0 : mine.below),
            a->hi = a->logp + more_or_less + (complete ? 0 : mine.above);
        if (complete && !t->check.state)
            a->lo = a->hi = NAN;            /* nothing is known of the one error that there is */
        if (t->check.bill)
            bill_add(&all, &t->check.bill[i]);
        a->calls = all.calls * rounds, a->rows = all.rows * each, a->network = all.network;
    }
}

static int trip_open(round_trip *t, const inquiry *q, int n, const double *x)
{
    *t = (round_trip){ .q = q, .n = n, .x = x, .number = malloc(n * sizeof *t->number) };
    if (!t->number)
        return fail("out of memory for %d points", n);
    for (int i = 0; i < n; i++)
        t->number[i] = i;
    return (t->flow = logflow_open(q)) ? 0 : FAILED;
}

static void trip_close(round_trip *t)
{
    pass_close(&t->asked), pass_close(&t->check);
    field_close(t->flow);
    free(t->number);
}

/* What the runs found, and what is known at their ends.  0 or FAILED. */
static int sum_up(round_trip *t, double *latent, answer *out)
{
    if (at_data(t, out) || at_noise(t, &t->asked, latent) || (t->check.state && at_noise(t, &t->check, NULL)))
        return FAILED;
    conclude(t, out);
    return 0;
}

int likelihood(const inquiry *q, int n, const double *x, double *latent, answer *out)
{
    char reason[1024];
    int status;
    round_trip t;

    for (int i = 0; i < n; i++)
        out[i] = (answer){ NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, 0, { 0 } };
    if (inquiry_check(q))
        return FAILED;
    status = trip_open(&t, q, n, x);
    if (!status) {
        status = run_both(&t);
        snprintf(reason, sizeof reason, "%s", last_error());
        if (!t.asked.state || sum_up(&t, latent, out))
            status = FAILED;
        else if (status)
            fail("%s", reason);
    }
    trip_close(&t);
    return status;
}
