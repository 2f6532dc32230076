/* The tables of `fokker logp`, and its answer in words. */
#include <math.h>
#include "bench/likelihood/logp.h"

static double root_mean(double square, int n) { return n ? sqrt(square / n) : NAN; }

logp_summary logp_sum(int n, const answer *a)
{
    logp_summary s = { .mean = 0 };
    double square = 0, trace = 0, steps = 0, prior = 0, bias = 0, trunc = 0, error = 0, below = 0, calls = 0, rows = 0,
        calls2 = 0;
    usage network = { 0 };

    for (int i = 0; i < n; i++)
        if (isfinite(a[i].logp))
            s.good++, s.mean += a[i].logp;
    s.mean = s.good ? s.mean / s.good : NAN;
    for (int i = 0; i < n; i++) {
        const answer *p = &a[i];

        if (!isfinite(p->logp))
            continue;
        square += (p->logp - s.mean) * (p->logp - s.mean);
        trace += p->se_trace * p->se_trace, steps += p->err_solver * p->err_solver,
            prior += p->err_prior * p->err_prior, bias += p->err_prior;
        trunc += p->err_trunc * p->err_trunc;
        calls += p->calls, rows += p->rows, calls2 += (double)p->calls * p->calls;
        usage_then(&network, &p->network);
        if (isfinite(p->exact)) {
            s.known++, s.intervals += p->lo <= p->hi, s.inside += p->lo <= p->exact && p->exact <= p->hi;
            below += p->exact - p->logp;
            error += (p->logp - p->exact) * (p->logp - p->exact);
        }
    }
    s.mean_se = s.good > 1 ? sqrt(square / (s.good - 1) / s.good) : NAN;
    s.se_trace = root_mean(trace, s.good), s.err_solver = root_mean(steps, s.good),
        s.err_prior = root_mean(prior, s.good), s.err_trunc = root_mean(trunc, s.good);
    s.prior_bias = s.good ? bias / s.good : NAN;
    s.realised = root_mean(error, s.known);
    s.below = s.known ? below / s.known : NAN;
    s.calls = s.good ? calls / s.good : NAN, s.rows = s.good ? rows / s.good : NAN;
    s.calls_sd = s.good ? sqrt(fmax(calls2 / s.good - s.calls * s.calls, 0)) : NAN;
    s.network_calls = s.good ? (double)network.calls / s.good : NAN;
    s.evaluations = s.good ? (double)network.evaluations / s.good : NAN;
    s.products = s.good ? (double)network.products / s.good : NAN;
    return s;
}

int logp_write_rows(FILE *f, int header, int cell, const logp_job *j, const logp_cell *c)
{
    const answer *a = c->out;

    if (header)
        fprintf(f, "%srow\tlogp\tse_trace\terr_solver\terr_prior\terr_trunc\tlo\thi\tcalls\trows\texact\tbpd%s"
                "\tnetwork_calls\tevaluations\tproducts\n", cell >= 0 ? "cell\t" : "",
                j->whole ? "\tse_points\tgap" : "");
    for (int i = 0; i < j->n; i++, a++) {
        if (cell >= 0)
            fprintf(f, "%d\t", cell);
        fprintf(f, "%d\t%.17g\t%.6g\t%.6g\t%.6g\t%.6g\t%.17g\t%.17g\t", i, a->logp, a->se_trace, a->err_solver,
                a->err_prior, a->err_trunc, a->lo, a->hi);
        fprintf(f, "%ld\t%ld\t%.17g\t%.17g", a->calls, a->rows, a->exact,
                j->whole ? bits_per_dim(a->logp, j->dim) : NAN);
        if (j->whole)
            fprintf(f, "\t%.6g\t%.6g", c->many ? c->many[i].se : NAN, c->many ? c->many[i].gap : NAN);
        fprintf(f, "\t%ld\t%ld\t%ld\n", a->network.calls, a->network.evaluations, a->network.products);
    }
    return ferror(f) ? -1 : 0;
}

static const char *status_word(int status)
{
    return status == 0 ? "ok" : status == DIVERGED ? "diverged" : status == STOPPED ? "stopped" : "failed";
}

static const char *or_default(const char *text, const char *otherwise) { return text ? text : otherwise; }

void logp_write_head(FILE *f)
{
    fputs("cell\tmodel\tprocess\tsolver\tgrid\tsteps\t"
          "nfe\trtol\ttrace\tprobes\tprior\tcontrol\tseed\tsamples\tdim\tcalls\trows\t"
          "mean\tmean_se\tse_trace\terr_solver\t"
          "err_prior\terr_trunc\trealised\tinside\tseconds\tstatus\treason\t"
          "network_calls\tevaluations\tproducts\n", f);
}

void logp_write_cell(FILE *f, const logp_job *j, const logp_cell *c)
{
    logp_summary s = logp_sum(c->out ? j->n : 0, c->out);
    const process *p = j->of.model->process;

    fprintf(f, "%d\t%s\t%s\t%s\t%s\t", (int)(c - j->cell), j->of.model->name, p->name, or_default(c->solver, "dopri5"),
            or_default(c->grid, c->steps || c->nfe ? "default" : "-"));
    if (c->steps)
        fprintf(f, "%ld\t", c->steps);
    else
        fputs("nan\t", f);
    if (c->nfe)
        fprintf(f, "%ld\t", c->nfe);
    else
        fputs("nan\t", f);
    fprintf(f, "%s\t%s\t%ld\t%s\t%s\t%ld\t%d\t%d\t", c->steps || c->nfe ? "nan" : or_default(c->rtol, "default"),
            or_default(c->trace, "exact"), c->probes,
            j->exact_prior ? "exact" : "normal", j->control ? "gauss" : "none", c->seed, j->n, j->dim);
    fprintf(f, "%.6g\t%.6g\t%.10g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.4g\t%s\t%s\t", s.calls, s.rows, s.mean,
            s.mean_se, s.se_trace, s.err_solver, s.err_prior, s.err_trunc, s.realised,
            s.intervals ? (double)s.inside / s.intervals : NAN, c->seconds, status_word(c->status),
            *c->reason ? c->reason : "-");
    fprintf(f, "%.6g\t%.6g\t%.6g\n", s.network_calls, s.evaluations, s.products);
}

/* What the network was asked a point, where calls and rows do not tell. */
static void say_network(FILE *f, const logp_summary *s, const logp_cell *c)
{
    if (s->network_calls != s->calls || s->evaluations != s->rows || s->products > 0)
        fprintf(f, "the network, a point: %.1f calls, %.1f evaluations, %.1f products of its Jacobian\n",
                s->network_calls, s->evaluations, s->products);
    if (c->setup.calls)
        fprintf(f, "before the first step: %ld calls, %ld evaluations for what the method reads off the field\n",
                c->setup.calls, c->setup.evaluations);
}

/* What a bound is, and how many bits. */
static void say_bits(FILE *f, const logp_job *j, const logp_summary *s)
{
    double offset = bins_offset(&j->bins);

    fprintf(f, "bits/dim: %.5g +- %.2g of whole numbers 0..%d = %.5g of the density %+.5g for the scale of %.6g (log2 "
               "of 1/scale)\n", bits_per_dim(s->mean, j->dim),
            bits_per_dim(-s->mean_se, j->dim), j->bins.levels - 1, bits_per_dim(s->mean, j->dim) - offset, offset,
                j->bins.scale);
}

static void say_bound(FILE *f, const logp_job *j, const logp_cell *c)
{
    logp_summary s = logp_sum(j->n, c->out);
    const char *of = j->whole ? "log P" : "log p at t = 0";

    fprintf(f, "%s, %s: %s, %d levels, %ld draw%s, %d points of %d columns\n", j->of.model->name,
            j->of.model->process->name, c->solver, c->terms - 1, c->probes,
            c->probes > 1 ? "s" : "", j->n, j->dim);
    if (!s.good) {
        fprintf(f, "no point was finished\n");
        return;
    }
    fprintf(f, "mean %s %s: %.6g +- %.2g nats (standard error over %d points)\n", c->route == PATHS && c->probes > 1
            ? "of the paths' estimate of" : "lower bound of", of,
            s.mean, s.mean_se, s.good);
    if (j->whole)
        say_bits(f, j, &s);
    if (s.known)
        fprintf(f, "the law's own mean log p is %.2g nats above\n", s.below);
    fprintf(f, "prior term %.2g, decoder %.4g, the others together %.4g nats; %.0f calls a point, %.3g s\n",
            c->part[c->terms - 1].mean, c->part[0].mean,
            -s.mean - c->part[c->terms - 1].mean - c->part[0].mean, s.calls, c->seconds);
    say_network(f, &s, c);
}

void logp_say(FILE *f, const logp_job *j, const logp_cell *c)
{
    logp_summary s = logp_sum(j->n, c->out);
    const process *p = j->of.model->process;

    if (c->route != FLOW) {
        say_bound(f, j, c);
        return;
    }
    fprintf(f, "%s, %s: %s, trace %s, %d points of %d columns\n", j->of.model->name, p->name,
            or_default(c->solver, "dopri5"), or_default(c->trace, "exact"), j->n, j->dim);
    if (!s.good) {
        fprintf(f, "no point was finished\n");
        return;
    }
    if (j->whole)
        fprintf(f, "mean log P, %d point%s a row: %.6g +- %.2g nats (standard error over %d rows)\n", j->each,
                j->each > 1 ? "s" : "", s.mean, s.mean_se, s.good);
    else
        fprintf(f, "mean log p at t = %g: %.6g +- %.2g nats (standard error over %d points)\n", p->t_min, s.mean,
                s.mean_se, s.good);
    if (j->whole)
        say_bits(f, j, &s);
    fprintf(f, "a point's errors, root mean square: trace %.2g, solver %.2g, prior %.2g; to log p at t = 0 another "
               "%.2g\n", s.se_trace, s.err_solver, s.err_prior, s.err_trunc);
    if (s.known)
        fprintf(f, "against the exact log p: %.2g", s.realised);
    if (s.intervals)
        fprintf(f, "; %.1f %% of %d intervals hold it", 100. * s.inside / s.intervals, s.intervals);
    if (s.known)
        fputc('\n', f);
    fprintf(f, "%.1f calls a point (+- %.1f), %.0f rows, %.3g s\n", s.calls, s.calls_sd, s.rows, c->seconds);
    say_network(f, &s, c);
    if (s.err_prior > 3 * (s.err_solver + s.se_trace) && s.err_prior > 1e-3)
        fprintf(f, "note: most of the error is the prior's: what arrives at t = %g is not N(0, %g^2); raise t_max%s\n",
                p->t_max, p->prior_std,
                j->of.model->law ? ", or take --prior exact" : "");
}
