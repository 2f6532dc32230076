/* fokker check: asks a field what a sampler will ask it, says what is amiss and what to do. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/checks/check.h"
#include "bench/asked.h"
#include "bench/points.h"
#include "bench/report/draw.h"
#include "bench/watch.h"
#include "base/files/array.h"
#include "base/files/lock.h"
#include "base/files/target.h"
#include "scores/wrap.h"

/* a network of images is slow, and its losses are means over many columns */
enum { ROWS = 1000, WIDE_ROWS = 256, WIDE = 256, LEAST_ROWS = 128 };

typedef struct check_job { const request *r; subject of; check c; double *data; lock held; } check_job;

/* ---- opening ---- */

/* The rows of --data, as many as are wanted: evenly from more, again and again from fewer. */
static int read_data(check_job *j, long n)
{
    const char *path = option_text(j->r, "data");
    int dim = j->of.field->dim;
    array a;
    long rows;

    if (!path)
        return 0;
    if (points_read("--data", path, dim, &a))
        return -1;
    rows = array_rows(&a);
    if ((j->data = malloc((size_t)n * dim * sizeof *j->data)))
        for (long i = 0; i < n; i++)
            memcpy(j->data + i * dim, a.v + (rows > n ? i * rows / n : i % rows) * dim, dim * sizeof *j->data);
    array_free(&a);
    return j->data ? 0 : fail("--data %s: out of memory", path);
}

static int open_job(check_job *j, const request *r)
{
    long n, seed, label;

    *j = (check_job){ .r = r };
    if (words_between(r, 1, 1) || option_whole(r, "samples", LEAST_ROWS, 10000000, 0, &n)
        || option_whole(r, "seed", 0, 1L << 53, 0, &seed))
        return -1;
    if (asked_open(&j->of, r) || option_whole(r, "label", 0, 1000000, -1, &label)
        || subject_takes(&j->of, "--label", label))
        return -1;
    n = n ? n : j->of.field->dim > WIDE ? WIDE_ROWS : ROWS;
    if (read_data(j, n))
        return -1;
    if (check_open(&j->c, &j->of, (int)n, (uint64_t)seed, j->data, (int)label))
        return -1;
    return option_text(r, "output") ? lock_folder(&j->held, option_text(r, "output")) : 0;
}

static void close_job(check_job *j)
{
    check_close(&j->c);
    subject_close(&j->of);
    lock_free(&j->held);
    free(j->data);
}

/* ---- saying ---- */

/* `clamp(exact)` */
static void print_name(const score *s)
{
    const score *inner = wrap_inner(s);

    printf(inner ? "%s(" : "%s", s->name);
    if (inner) {
        print_name(inner);
        putchar(')');
    }
}

static void print_head(const check *c, const char *data)
{
    const score *s = c->field;

    printf("%s, %s: field ", c->of->model->name, c->proc->name);
    print_name(s);
    printf(", %d column%s, says that it predicts %s; %d points of %s at %d noise levels\n", c->dim, c->dim == 1 ? ""
           : "s", predicts_name(s->predicts), c->n,
           c->own ? "its own samples" : data ? data : "the law", SPOTS);
}

/* A number with its standard error, or a dash. */
static void print_pair(double v, double se)
{
    if (isnan(v))
        printf("%-20s", "-");
    else
        printf("%-9.4g +-%-8.1g ", v, se);
}

static void print_levels(const check *c)
{
    puts("           t   lambda   noise loss          affine    data loss           from the law's own  steepness");
    for (int k = 0; k < SPOTS; k++) {
        const spot *s = &c->spot[k];

        printf("%12.4g %8.3f   ", s->at.t, s->at.lambda);
        print_pair(s->noise, s->noise_se);
        printf("%-9.4g ", s->gauss);
        print_pair(s->data, s->data_se);
        print_pair(s->excess, s->excess_se);
        printf("%.3g\n", s->slope);
    }
}

static void print_scores(const check *c)
{
    puts("\n           t   sigma/alpha   E|s - s_law|^2 (Fisher)   root of its share of E|s_law|^2");
    for (int k = 0; k < SPOTS; k++) {
        const spot *s = &c->spot[k];

        printf("%12.4g %13.4g   ", s->at.t, s->at.sigma / s->at.alpha);
        print_pair(s->fisher, s->fisher_se);
        printf("      %.4g +-%.1g\n", s->share, s->share_se);
    }
}

/* Seconds a row in a batch of at most so many rows. */
static double row_seconds(const check *c, int rows)
{
    int k = 0;

    while (k + 1 < c->costs && c->cost[k + 1].rows <= rows)
        k++;
    return c->cost[k].seconds / c->cost[k].rows;
}

/* Timings, the only lines that differ from run to run. */
static void print_cost(const check *c)
{
    const cost *best = &c->cost[c->best];
    double least = best->seconds / best->rows, now = row_seconds(c, c->given);

    printf("cost: a call of one row %.3g us; best %d rows a call, %.3g us a row", c->cost[0].seconds * 1e6, best->rows,
           least * 1e6);
    if (!c->given)
        puts("; it gets all that there are");
    else if (now > 1.25 * least)
        printf(best->rows > c->given ? "; a sampler gives it %d, %.2g times slower: let it ask for %d (block)\n"
               : "; a sampler gives it %d, %.2g times slower\n", c->given,
               now / least, best->rows);
    else
        printf("; a sampler gives it %d, which is as good\n", c->given);
}

static void print_advice(const check *c, int whole)
{
    int given = !whole;

    puts("");
    for (int i = 0; i < c->remarks; i++)
        if (*c->remark[i].advice) {
            printf("%s\n", c->remark[i].advice);
            given++;
        }
    if (!given)
        puts(c->own ? "It behaves, as far as can be told without data; give some with --data x.npy to see its error by "
                      "noise level."
                    : "It behaves: `fokker sample` and `fokker bench` may ask it anything.");
}

static void print_all(const check_job *j, int whole)
{
    const check *c = &j->c;

    print_head(c, option_text(j->r, "data"));
    for (int i = 0; i < c->remarks; i++)
        printf("  %-11s %-6s %s\n", c->remark[i].what, mark_names[c->remark[i].mark], c->remark[i].said);
    if (whole && c->own < 2) {
        puts("");
        print_levels(c);
        if (check_errs(c))
            print_scores(c);
    }
    if (whole)
        print_cost(c);
    print_advice(c, whole);
}

/* ---- files ---- */

static void print_spots(FILE *f, const check *c)
{
    fputs("t\talpha\tsigma\tlambda\tnoise_loss\tnoise_loss_se\tdata_loss\tdata_loss_se\taffine_loss\texcess\texcess_se"
          "\tfisher\tfisher_se\tshare\tshare_se\tsteepness\twild\n", f);
    for (int k = 0; k < SPOTS; k++) {
        const spot *s = &c->spot[k];

        fprintf(f, "%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.3g\t%.9g\t%.3g\t"
                "%.9g\t%.9g\t%.3g\t%.9g\t%.3g\t%.9g\t%.3g\t%.6g\t%ld\n",
                s->at.t, s->at.alpha, s->at.sigma,
                s->at.lambda, s->noise, s->noise_se, s->data, s->data_se, s->gauss, s->excess, s->excess_se, s->fisher,
                    s->fisher_se, s->share, s->share_se, s->slope,
                s->wild);
    }
}

static int write_levels(const check *c, const char *folder)
{
    char path[4352];
    target t;
    int status;

    snprintf(path, sizeof path, "%s/check.tsv", folder);
    if (!(status = target_open(&t, path)))
        print_spots(t.file, c);
    return target_close(&t, status);
}

static int write_all(const check_job *j)
{
    const char *folder = option_text(j->r, "output");

    if (!folder)
        return OK;
    if (write_levels(&j->c, folder))
        return complain(FAILED_RUN);
    return draw_check(folder, j->of.model->name, check_errs(&j->c)) ? undrawn("the table is in %s/check.tsv", folder)
        : OK;
}

/* The parts in turn; Ctrl-C ends between them, and so does a field that is past asking.  1: all were done. */
static int run_parts(check *c)
{
    static int (*const parts[])(check *) = { check_calls, check_kind, check_levels, check_cost };

    watch_hold(1);                                  /* what was found out so far is said */
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (watch_stopped || c->over)
            return 0;
        if (parts[i](c))
            return -1;
    }
    return 1;
}

int cmd_check(const request *r)
{
    check_job j;
    int code = OK, done;

    if (open_job(&j, r)) {
        close_job(&j);
        return complain(USAGE);
    }
    done = run_parts(&j.c);
    if (done < 0 && !watch_stopped)
        code = complain(FAILED_RUN);
    for (int i = 0; i < j.c.remarks; i++)
        code = j.c.remark[i].mark == MARK_WRONG ? REFUTED : code;
    print_all(&j, done > 0);
    if (done > 0 && write_all(&j))
        code = FAILED_RUN;
    close_job(&j);
    return watch_stopped ? INTERRUPTED : code;
}
