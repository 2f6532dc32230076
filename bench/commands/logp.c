/* fokker logp: log-likelihoods by the probability flow, each with what it is uncertain about; encodings and the way
 * back. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "bench/likelihood/logp.h"
#include "base/shell.h"
#include "bench/report/draw.h"
#include "bench/watch.h"
#include "base/files/journal.h"
#include "base/files/lock.h"
#include "base/files/target.h"

/* ---- one combination ---- */

static void nothing_known(int n, answer *out)
{
    for (int i = 0; i < n; i++)
        out[i] = (answer){ NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, 0, { 0 } };
}

/* The steps' error of a split budget is the predicted one: no rows were left for a second run. */
static void take_predicted(const logp_cell *c, int n, answer *out)
{
    for (int i = 0; i < n; i++) {
        answer *a = &out[i];

        a->err_solver = c->predicted_steps;
        a->lo -= a->err_solver, a->hi += a->err_solver;
    }
}

int logp_flow(const logp_job *j, logp_cell *c, int n, const double *x, const int *label, double *latent,
              answer *out, long *done)
{
    logp_plan p;
    int status = logp_plan_open(&p, j, c, TO_NOISE);

    nothing_known(n, out);
    if (!status) {
        p.q.done = done, p.q.label = label, p.q.setup = &c->setup, p.q.unchecked = p.q.unchecked || c->budget;
        status = likelihood(&p.q, n, x, latent, out);
        if (c->budget)
            take_predicted(c, n, out);
    }
    logp_plan_close(&p);
    return status;
}

static void run_cell(const logp_job *j, logp_cell *c, double *latent, long *done)
{
    double began = omp_get_wtime();

    if ((c->out = malloc(j->n * sizeof *c->out)))
        nothing_known(j->n, c->out);
    if (!c->out)
        c->status = fail("out of memory for %d answers", j->n);
    else if (c->route != FLOW)
        c->status = logp_bound(j, c, done);
    else if (c->budget && logp_split(j, c, option_text(j->r, "quiet") ? NULL : stderr))
        c->status = FAILED;
    else
        c->status = j->whole ? logp_levels(j, c, done)
                             : logp_flow(j, c, j->n, j->points.v, j->label, latent, c->out, done);
    c->seconds = omp_get_wtime() - began;
    if (c->status)
        snprintf(c->reason, sizeof c->reason, "%s", last_error());
}

/* ---- there and back ---- */

/* Latent states back to t_min by the cell's method, in place. */
static int bring_back(const logp_job *j, const logp_cell *c, int n, double *x)
{
    logp_plan p;
    int status = logp_plan_open(&p, j, c, TO_DATA);

    if (!status) {
        p.how.plan.rtol = p.q.rtol, p.how.plan.atol = p.q.atol;
        p.how.plan.label = j->label, p.how.plan.stop = &watch_stopped;
        status = solve(&p.how.plan, n, x, NULL);
    }
    logp_plan_close(&p);
    return status;
}

/* How far the way there and back misses the points. */
static int report_return(const logp_job *j, const double *latent)
{
    size_t N = (size_t)j->n * j->dim;
    double *x = malloc(N * sizeof *x), square = 0, most = 0;
    int status = x ? 0 : fail("out of memory");

    if (!status) {
        memcpy(x, latent, N * sizeof *x);
        status = bring_back(j, j->cell, j->n, x);
    }
    for (size_t i = 0; i < N && !status; i++) {
        double e = fabs(x[i] - j->points.v[i]);

        square += e * e, most = e > most ? e : most;
    }
    if (!status)
        fprintf(stderr, "there and back: root mean square error %.2g a column, largest %.2g\n", sqrt(square / N), most);
    free(x);
    return status;
}

static int encode(const logp_job *j, const double *latent)
{
    if (array_write(option_text(j->r, "encode"), 2, (long[]){ j->n, j->dim }, latent))
        return FAILED;
    return j->cell->status ? 0 : report_return(j, latent);
}

static int decode(logp_job *j)
{
    const char *path = option_text(j->r, "decode"), *out = option_text(j->r, "output");
    array z;
    int status;

    if (!out || j->cells > 1)
        return complain((fail(out ? "--decode: one method at a time; give one solver and budget"
                              : "--decode: where to? give -o FILE"), USAGE));
    if (array_read(path, &z))
        return complain(USAGE);
    if (array_cols(&z) != j->dim) {
        fail("--decode %s: has rows of %ld numbers, but the model has %d columns", path, array_cols(&z), j->dim);
        return array_free(&z), complain(USAGE);
    }
    watch_hold(1);
    status = bring_back(j, j->cell, (int)array_rows(&z), z.v);
    if (status)
        complain(FAILED_RUN);
    if (array_write(out, 2, (long[]){ array_rows(&z), j->dim }, z.v))
        status = complain(FAILED_RUN);
    array_free(&z);
    return status == STOPPED ? INTERRUPTED : status ? FAILED_RUN : OK;
}

/* ---- one, or many ---- */

static int write_rows(const logp_job *j, const logp_cell *c)
{
    const char *path = option_text(j->r, "output");
    target t;
    int status;

    if (!path)
        return logp_write_rows(stdout, 1, -1, j, c), 0;
    if (!(status = target_open(&t, path)))
        logp_write_rows(t.file, 1, -1, j, c);
    return target_close(&t, status);
}

/* FILE-terms.tsv beside FILE.tsv. */
static int write_terms(const logp_job *j, const logp_cell *c)
{
    const char *path = option_text(j->r, "output"), *end = strrchr(path, '.');
    int stem = (int)(end && !strchr(end, '/') ? end - path : (long)strlen(path)), status;
    char name[4352];
    target t;

    snprintf(name, sizeof name, "%.*s-terms.tsv", stem, path);
    if (!(status = target_open(&t, name)))
        logp_write_terms(t.file, 1, -1, j, c);
    return target_close(&t, status);
}

/* Two runs a point, unless one is enough. */
static watch *watch_points(const logp_job *j, long cells, long *done)
{
    return watch_open("points", cells * j->n * (j->whole ? j->each : 1) * (j->unchecked ? 1 : 2), done,
                      option_text(j->r, "quiet") != NULL);
}

static int run_one(logp_job *j)
{
    const char *path = option_text(j->r, "output"), *to = option_text(j->r, "encode");
    logp_cell *c = j->cell;
    double *latent = to ? malloc((size_t)j->n * j->dim * sizeof *latent) : NULL;
    long done = 0;
    int code = OK;
    watch *w;

    if ((path && writable("output", path)) || (to && (writable("encode", to) || !latent)))
        return free(latent), complain(USAGE);
    watch_hold(1);
    w = watch_points(j, 1, &done);
    run_cell(j, c, latent, w ? &done : NULL);
    watch_close(w);
    if (c->status) {
        fprintf(stderr, "fokker: %s\n", c->reason);
        code = FAILED_RUN;
    }
    if (c->out && (write_rows(j, c) || (c->terms && path && write_terms(j, c))))
        code = complain(FAILED_RUN);
    if (to && latent && c->out && encode(j, latent))
        code = complain(FAILED_RUN);
    if (c->out && !option_text(j->r, "quiet"))
        logp_say(stderr, j, c);
    free(latent);
    return watch_stopped ? INTERRUPTED : code;
}

/* All errors of a point that are known, together; NAN where none is. */
static double predicted(const logp_summary *s)
{
    double solver_part = isnan(s->err_solver) ? 0 : s->err_solver, prior_part = isnan(s->err_prior) ? 0 : s->err_prior;

    if (isnan(s->err_solver) && !(s->se_trace > 0))
        return NAN;
    return sqrt(s->se_trace * s->se_trace + solver_part * solver_part + prior_part * prior_part);
}

/* The tables of a folder, which is this program's meanwhile. */
typedef struct logp_tables { lock held; journal cells, rows, terms; } logp_tables;

static int open_table(journal *t, const char *folder, const char *name)
{
    char path[4352];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return journal_begin(t, path) || target_try(path) ? -1 : 0;
}

/* What is there stays until the first combination is done. */
static int open_tables(logp_tables *t, const char *folder)
{
    return lock_folder(&t->held, folder) || open_table(&t->cells, folder, "logp.tsv")
        || open_table(&t->rows, folder, "points.tsv") || open_table(&t->terms, folder, "terms.tsv") ? -1 : 0;
}

static int close_tables(logp_tables *t)
{
    int bad = journal_close(&t->cells) | journal_close(&t->rows) | journal_close(&t->terms);

    lock_free(&t->held);
    return bad;
}

/* A combination's rows are all on the disk before the next begins; its line in logp.tsv comes last. */
static int keep_cell(logp_tables *t, const logp_job *j, const logp_cell *c)
{
    int i = (int)(c - j->cell);
    FILE *f;

    if (c->out) {
        if (!(f = journal_draft(&t->rows)))
            return -1;
        logp_write_rows(f, t->rows.good < 0, i, j, c);
        if (journal_commit(&t->rows))
            return -1;
    }
    if (c->terms) {
        if (!(f = journal_draft(&t->terms)))
            return -1;
        logp_write_terms(f, t->terms.good < 0, i, j, c);
        if (journal_commit(&t->terms))
            return -1;
    }
    if (!(f = journal_draft(&t->cells)))
        return -1;
    if (t->cells.good < 0)
        logp_write_head(f);
    logp_write_cell(f, j, c);
    return journal_commit(&t->cells);
}

static void say_head(void)
{
    printf("%-22s %-20s %6s %10s %10s %12s %10s %10s %10s %7s\n", "solver", "trace", "probes", "calls", "rows",
           "mean log p", "+-", "predicted", "realised", "inside");
}

static void say_cell(const logp_job *j, const logp_cell *c)
{
    logp_summary s = logp_sum(c->out ? j->n : 0, c->out);

    printf("%-22s %-20s %6ld %10.1f %10.1f %12.6g %10.2g %10.2g %10.2g %6.1f%%%s%s\n", c->solver ? c->solver
           : "dopri5", c->trace ? c->trace : "exact", c->probes, s.calls,
           s.rows, s.mean, s.mean_se, predicted(&s), s.realised,
           s.intervals ? 100. * s.inside / s.intervals : NAN, c->status ? " " : "", c->reason);
}

/* How many combinations came to their end, or -1 where one could not be kept. */
static int run_cells(logp_job *j, logp_tables *t, int quiet)
{
    long done = 0;
    int good = 0, bad = 0;
    watch *w = watch_points(j, j->cells, &done);

    for (int i = 0; i < j->cells && !watch_stopped && !bad; i++) {
        logp_cell *c = &j->cell[i];

        run_cell(j, c, NULL, w ? &done : NULL);
        good += !c->status;
        bad = keep_cell(t, j, c);
        if (!quiet)
            say_cell(j, c);
        logp_cell_clear(c);
    }
    watch_close(w);
    return bad ? -1 : good;
}

static int run_many(logp_job *j)
{
    const char *folder = option_text(j->r, "output");
    int code = OK, quiet = option_text(j->r, "quiet") != NULL, good;
    logp_tables t = { 0 };

    if (!folder)
        return complain((fail("logp: %d combinations need a folder for their tables; give -o DIR", j->cells), USAGE));
    if (option_text(j->r, "encode"))
        return complain((fail("--encode: one method at a time; give one solver and budget"), USAGE));
    if (open_tables(&t, folder))
        return close_tables(&t), complain(USAGE);
    if (!quiet)
        say_head();
    watch_hold(1);
    good = run_cells(j, &t, quiet);
    if (!good && !watch_stopped)
        fail("logp: none of the %d combinations could be done; %s/logp.tsv says why", j->cells, folder);
    if (good <= 0 && !(good == 0 && watch_stopped))
        code = complain(FAILED_RUN);
    if (close_tables(&t))
        code = complain(FAILED_RUN);
    if (code == OK && !watch_stopped && draw_logp(folder))
        code = undrawn("`fokker plot %s` draws them later", shell_word(folder));
    return watch_stopped ? INTERRUPTED : code;
}

int cmd_logp(const request *r)
{
    logp_job j;
    int code;

    if (logp_open(&j, r))
        code = complain(USAGE);
    else if (option_text(r, "decode"))
        code = decode(&j);
    else
        code = j.cells > 1 ? run_many(&j) : run_one(&j);
    logp_close(&j);
    return code;
}
