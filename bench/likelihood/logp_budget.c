/*
 * A budget of rows a point, split between probes and steps so that the predicted error is least:
 *
 *   E^2 = (a M^-q)^2 + (c K^-p)^2,   K steps of so many calls, M products each:  rows(K, M) <= N
 *
 * a, q and c, p are read off short runs of a few points: the standard error with two numbers of probes, and the
 * distance of two numbers of steps from a third, finer one, with the same probes in all three.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/likelihood/logp.h"

enum { POINTS = 32, STEPS = 12 };

/* A power law y = scale x^-rate through two points. */
typedef struct error_power { double scale, rate; } error_power;

static error_power power_through(double x1, double y1, double x2, double y2, double least, double most)
{
    double rate = y1 > 0 && y2 > 0 ? log(y1 / y2) / log(x2 / x1) : most;

    rate = rate > least ? rate : least;
    rate = rate < most ? rate : most;
    return (error_power){ y1 * pow(x1, rate), rate };
}

static double power_at(error_power p, double x) { return p.scale * pow(x, -p.rate); }

/* One short run; *rows grows by what it costs. */
static int pilot(const logp_job *j, logp_cell like, int n, long steps, long probes, answer *out, double *rows)
{
    logp_plan p;
    int status;

    like.steps = steps, like.probes = probes;
    status = logp_plan_open(&p, j, &like, TO_NOISE);
    if (!status) {
        p.q.unchecked = 1;
        status = likelihood(&p.q, n, j->points.v, NULL, out);
    }
    logp_plan_close(&p);
    for (int i = 0; i < n && !status; i++)
        *rows += out[i].rows;
    return status;
}

static double rms_distance(int n, const answer *a, const answer *b)
{
    double s = 0;

    for (int i = 0; i < n; i++)
        s += (a[i].logp - b[i].logp) * (a[i].logp - b[i].logp);
    return sqrt(s / n);
}

/* What a point costs with so many steps and probes. */
static int cost(const logp_job *j, logp_cell like, long steps, long probes, double *rows)
{
    logp_plan p;
    int status;

    like.steps = steps, like.probes = probes;
    status = logp_plan_open(&p, j, &like, TO_NOISE);
    *rows = status ? NAN : (double)p.how.cost.calls * inquiry_rows(&p.q);
    logp_plan_close(&p);
    return status;
}

/* The most steps that a budget pays for with so many probes; 0: not one. */
static long steps_for(const logp_job *j, const logp_cell *c, long probes, double most)
{
    double few, many;

    if (cost(j, *c, 4, probes, &few) || cost(j, *c, 8, probes, &many))
        return 0;
    /* the cost is linear in the steps, with a start */
    return (long)floor((most - few) / (many - few) * 4 + 4 + 1e-9);
}

/* a, q; c, p; and the rows that they cost. */
static int measure(const logp_job *j, const logp_cell *c, error_power *trace, error_power *steps, double *rows)
{
    const long few = 4, many = 8, coarse = STEPS, middle = 2 * STEPS, fine = 4 * STEPS;
    int n = j->n < POINTS ? j->n : POINTS, status;
    answer out[4][POINTS];
    double scatter[2];

    status = pilot(j, *c, n, coarse, few, out[0], rows) || pilot(j, *c, n, middle, few, out[1], rows)
                     || pilot(j, *c, n, fine, few, out[2], rows) || pilot(j, *c, n, coarse, many, out[3], rows)
                 ? -1
                 : 0;
    if (status)
        return -1;
    scatter[0] = logp_sum(n, out[0]).se_trace, scatter[1] = logp_sum(n, out[3]).se_trace;
    *trace = power_through(few, scatter[0], many, scatter[1], 0.5, 0.5 + 1.5 * (c->trace && c->trace[0] == 'x'));
    *steps = power_through(coarse, rms_distance(n, out[0], out[2]), middle, rms_distance(n, out[1], out[2]), 0.5, 8);
    return 0;
}

int logp_split(const logp_job *j, logp_cell *c, FILE *say)
{
    double rows = 0, best = INFINITY, spent;
    error_power trace, steps;

    if (!c->trace || !strcmp(c->trace, "exact"))
        return fail("--budget: the exact trace has no probes to split with; give --trace hutchinson or another");
    if (measure(j, c, &trace, &steps, &rows))
        return -1;
    for (long m = 2; m <= c->budget; m += 1 + m / 16) {
        long k = steps_for(j, c, m, c->budget);
        double error;

        if (k < 1)
            break;
        error = hypot(power_at(trace, m), power_at(steps, k));
        if (error < best)
            best = error, c->probes = m, c->steps = k;
    }
    if (best - best != 0)
        return fail("--budget %ld: does not pay for one step with two probes; raise it", c->budget);
    c->predicted_steps = power_at(steps, c->steps), c->predicted_trace = power_at(trace, c->probes);
    if (cost(j, *c, c->steps, c->probes, &spent))
        return -1;
    if (say)
        fprintf(say, "budget of %ld rows a point: %ld steps with %ld probes, %.0f rows; predicted error %.2g (trace "
                     "%.2g, steps %.2g; falling as M^-%.2g, K^-%.2g); "
                "finding out cost %.0f rows\n", c->budget, c->steps, c->probes, spent, best, c->predicted_trace,
                c->predicted_steps, trace.rate, steps.rate, rows);
    return 0;
}
