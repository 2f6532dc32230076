/* fokker bench: every cell of a spec into a row, then the answer in words and the plots. */
#include <errno.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "bench/experiment/head.h"
#include "bench/experiment/parts.h"
#include "bench/report/draw.h"
#include "bench/report/pictures.h"
#include "bench/ranks.h"
#include "bench/report/report.h"
#include "bench/experiment/sweep.h"
#include "bench/watch.h"
#include "base/files/lock.h"
#include "base/files/target.h"
#include "base/shell.h"

typedef struct bench_job {
    const request *r;
    spec what;
    cell *cells;
    int count, quiet;
    long done;
    sweep sweep;
    recorder out;                           /* results.tsv; apart: the rank's own part */
    ledger ledger;
    lock lock;
    char *folder, *path, *head, *had;       /* had[i]: cell i was run before */
    parts parts;                            /* rows that are in no order yet */
    int apart;                              /* every rank runs cells of its own; else all run each cell together */
} bench_job;

/* ---- going on ---- */

static int goes_on(const request *r) { return option_text(r, "resume") || option_text(r, "resume-anyway"); }
static int anyway(const bench_job *j) { return option_text(j->r, "resume-anyway") != NULL; }

static int same_cell(const bench_job *j, const cell *c, const record *r)
{
    const spec *s = &j->what;
    double nfe = c->ask.nfe > 0 ? (double)c->ask.nfe : NAN;

    return !strcmp(r->model, j->sweep.subject[c->model].model->name) && !strcmp(r->solver, s->solver.word[c->solver])
        && r->seed == c->seed
        && (!s->grid.word[c->grid] || !strcmp(r->grid, s->grid.word[c->grid]))
            && (r->nfe == nfe || (isnan(r->nfe) && isnan(nfe)));
}

/* Rows stand in the order of the cells, so those that are there are the first ones. */
static int take_over(bench_job *j, const results *old)
{
    for (int i = 0; i < old->count; i++)
        if (i >= j->count || !same_cell(j, &j->cells[i], &old->row[i]))
            return fail("%s: row %d is not the run that the spec has there; was the file changed?  Choose another "
                        "folder with -o", j->path, i + 1);
    j->done = old->count;
    return recorder_continue(&j->out, j->path, old);
}

/* Rows of another program stay, and the head says from which row on they are this one's. */
static int resume(bench_job *j)
{
    results old;
    char *note = NULL;
    int bad;

    if (results_read(j->path, &old))
        return -1;
    bad = head_fits(j->path, &old, j->head, anyway(j), &note);
    if (note) {
        if (!j->quiet)
            fprintf(stderr, "fokker: warning: %s was begun by another program or on another machine: rows from %d on "
                            "may differ in their last digits\n", j->path, old.count + 1);
        bad = head_note(j->path, &old, note);
        results_free(&old);
        if (bad || results_read(j->path, &old))
            return free(note), -1;
    }
    if (!bad)
        bad = take_over(j, &old);
    results_free(&old);
    free(note);
    return bad;
}

/* Finished rows are never thrown away unasked.  1: there are none. */
static int look_before(const bench_job *j)
{
    results old;
    int rows;

    if (access(j->path, F_OK) || results_none(j->path))
        return 1;
    if (results_read(j->path, &old)) {
        char why[1024];

        snprintf(why, sizeof why, "%s", last_error());
        return fail("%s; it will not be overwritten: choose another folder with -o", why);
    }
    rows = old.count + parts_most(j->folder);
    results_free(&old);
    if (rows && !goes_on(j->r))
        return fail("%s: holds finished runs; go on with --resume, or choose another folder with -o", j->path);
    return rows == 0;
}

static int begin(bench_job *j)
{
    int none = look_before(j);

    if (none < 0)
        return -1;
    if (!none)
        return resume(j);
    /* NOLINT: close_job frees j->path */
    return recorder_create(&j->out, j->path, j->head, j->what.metric.n, j->what.metric.word);
}

/* ---- ranks ---- */

static int part_fits(const void *at, const char *path, const results *r)
{
    const bench_job *j = at;

    return head_fits(path, r, j->head, anyway(j), NULL);
}

static int part_is(const void *at, int i, const record *r) { const bench_job *j = at;
                                                             return same_cell(j, &j->cells[i], r); }

/* What was done before: rank 0 has begun results.tsv, and no rank has a part of this run yet. */
static int look(bench_job *j)
{
    results old;

    if (ranks_mine() > 0) {
        if (results_read(j->path, &old))
            return -1;
        j->done = old.count;
        results_free(&old);
    }
    return parts_open(&j->parts, j->folder, j->count, &(owner){ j, part_fits, part_is });
}

/* The rank's own part, from where it ended. */
static int open_part(bench_job *j)
{
    char path[4400];
    results old;
    int bad;

    recorder_close(&j->out);
    parts_path(j->folder, ranks_mine(), path, sizeof path);
    if (access(path, F_OK))
        return recorder_create(&j->out, path, j->head, j->what.metric.n, j->what.metric.word);
    if (results_read(path, &old))
        return -1;
    bad = recorder_continue(&j->out, path, &old);
    results_free(&old);
    return bad;
}

/* Who does what: with as many cells as ranks each has its own. */
static int share_out(bench_job *j)
{
    long left;
    int bad = 0;

    watch_hold(1);
    if (ranks_agree(ranks_mine() == 0 && begin(j)) || ranks_agree(look(j)))
        return -1;
    left = j->count - j->done;
    for (long i = 0; i < j->count; i++)
        j->had[i] = i < j->done || j->parts.row[i];
    for (long i = j->done; i < j->count; i++)
        left -= j->parts.row[i] != NULL;
    j->apart = ranks_count() > 1 && left >= ranks_count(), j->sweep.together = ranks_count() > 1 && !j->apart;
    if (j->apart)
        bad = open_part(j);                         /* NOLINT: close_job frees j->path */
    if (!bad && (j->apart || ranks_mine() == 0))
        /* NOLINT: close_job frees j->path */
        bad = ledger_open(&j->ledger, j->folder, j->apart ? ranks_mine() : -1, j->had, j->count, j->what.on);
    return ranks_agree(bad);
}

/* What all parts hold goes to results.tsv in order, by rank 0. */
static int collect(bench_job *j)
{
    int most = parts_most(j->folder);

    if (ranks_mine() > 0 || !most)
        return 0;
    if (j->apart) {
        recorder_close(&j->out), ledger_close(&j->ledger), parts_close(&j->parts);
        if (parts_open(&j->parts, j->folder, j->count, &(owner){ j, part_fits, part_is }) || resume(j))
            return -1;
        for (long i = j->done; i < j->count && j->parts.row[i]; i++, j->done++)
            if (recorder_add(&j->out, j->parts.row[i]))
                return -1;
    }
    if (ledger_close(&j->ledger) || ledger_merge(j->folder, most))
        return -1;
    parts_remove(j->folder);
    return 0;
}

/* ---- from beginning to end ---- */

/* Rank 0 holds it for all. */
static int take_folder(bench_job *j)
{
    return ranks_mine() > 0 ? folder_make(j->folder) : lock_folder(&j->lock, j->folder);
}

static int prepare(bench_job *j, const request *r)
{
    *j = (bench_job){ .r = r, .quiet = option_text(r, "quiet") != NULL || ranks_mine() > 0, .sweep.is.model = -1 };
    if (spec_open(&j->what, r))
        return -1;
    j->folder = j->what.text[OUTPUT];
    if (!(j->cells = spec_cells(&j->what, &j->count)) || sweep_open(&j->sweep, &j->what) || take_folder(j)
        || !(j->head = head_text(&j->what)))
        return -1;
    if (!(j->path = malloc(strlen(j->folder) + sizeof "/results.tsv")) || !(j->had = calloc(j->count + 1, 1)))
        return fail("bench: out of memory");
    strcat(strcpy(j->path, j->folder), "/results.tsv");
    return 0;
}

static void close_job(bench_job *j)
{
    recorder_close(&j->out);
    ledger_close(&j->ledger);
    parts_close(&j->parts);
    sweep_close(&j->sweep);
    spec_close(&j->what);
    lock_free(&j->lock);
    free(j->cells), free(j->path), free(j->head), free(j->had);
}

/* What run i cost goes to the ledger, if it was parallel in time. */
static int keep_account(bench_job *j, long i, const record *row)
{
    const account *a = &j->sweep.wide;

    return a->known ? ledger_add(&j->ledger, i, row, j->what.how[j->cells[i].solver], a) : 0;
}

/* What is said after a signal. */
static const char *interrupted(const bench_job *j, char *buf, size_t size)
{
    if (j->done == j->count)
        snprintf(buf, size, "fokker: interrupted; all %d runs are in %s, the report and pictures are not made yet\n",
                 j->count, j->path);
    else if (j->apart)
        snprintf(buf, size, "fokker: interrupted; what was finished is beside %s, go on with --resume\n", j->path);
    else
        snprintf(buf, size, "fokker: interrupted; %ld of %d runs are in %s, go on with --resume\n", j->done, j->count,
                 j->path);
    return buf;
}

static void prepare_farewell(const bench_job *j)
{
    char line[4400] = "";

    watch_farewell(ranks_mine() > 0 ? line : interrupted(j, line, sizeof line));
}

/* Cell i: run, or taken from a part.  OK, INTERRUPTED or FAILED_RUN. */
static int run_cell(bench_job *j, long i, quality *q)
{
    record row = { .q = q };
    int writes = j->apart || ranks_mine() == 0;

    if (sweep_stopped(&j->sweep))
        return INTERRUPTED;
    prepare_farewell(j);
    if (j->parts.row[i])
        return !j->apart && writes && recorder_add(&j->out, j->parts.row[i]) ? FAILED_RUN : OK;
    if (sweep_run(&j->sweep, &j->cells[i], &row))
        return INTERRUPTED;
    return writes && (keep_account(j, i, &row) || recorder_add(&j->out, &row)) ? FAILED_RUN : OK;
}

static int run_cells(bench_job *j)
{
    quality *q = calloc(j->what.metric.n, sizeof *q);
    watch *w = watch_open("runs", j->count, &j->done, j->quiet);
    int code = q ? OK : (fail("bench: out of memory"), FAILED_RUN);

    for (long i = j->done; i < j->count && code == OK; i++) {
        if (!j->apart || i % ranks_count() == ranks_mine())
            code = run_cell(j, i, q);
        #pragma omp atomic update
        j->done += code == OK;
    }
    watch_close(w);
    free(q);
    return code;
}

/* No rank waits for one that cannot go on; an interrupted one tells the others at the end. */
static int run_shared(bench_job *j)
{
    int code = run_cells(j);

    if (code == FAILED_RUN)
        return code;
    code = ranks_any(code == INTERRUPTED) ? INTERRUPTED : code;
    j->sweep.together = 0;                          /* rank 0 alone draws */
    return code == OK && collect(j) ? FAILED_RUN : code;
}

/* The answer goes to stdout in brief, in full to DIR/report.txt. */
static int answer(const bench_job *j, const summary *all)
{
    char path[4200];
    target t;
    int status;

    snprintf(path, sizeof path, "%s/report.txt", j->folder);
    if (!(status = target_open(&t, path)))
        report_print(t.file, all, 0);
    report_print(stdout, all, 1);
    return target_close(&t, status);
}

static int pictures(bench_job *j, const summary *all)
{
    if (!pictures_write(&j->sweep, j->cells, j->count, j->folder) && !draw_bench(all, j->folder))
        return OK;
    return undrawn("the results are written: `fokker plot %s` draws them later", shell_word(j->folder));
}

static int any_good(const results *r)
{
    for (int i = 0; i < r->count; i++)
        if (r->row[i].status == RUN_OK)
            return 1;
    return 0;
}

/* What can be made is made, whatever fails before.  OK or FAILED_RUN. */
static int finish(bench_job *j)
{
    results read;
    summary all;
    int code = OK;

    prepare_farewell(j);
    watch_hold(0);
    if (results_read(j->path, &read))
        return complain(FAILED_RUN);
    if (summary_open(&all, &read)) {
        code = complain(FAILED_RUN);
    } else {
        code = answer(j, &all) ? complain(FAILED_RUN) : OK;
        code = pictures(j, &all) || code ? FAILED_RUN : OK;
        summary_close(&all);
    }
    if (!any_good(&read)) {
        fail("%s: none of the runs came to its end; the column reason says why", j->path);
        code = complain(FAILED_RUN);
    }
    results_free(&read);
    return code;
}

int cmd_bench(const request *r)
{
    bench_job j;
    char line[4400];
    int code;

    if (ranks_agree(prepare(&j, r)) || share_out(&j)) {
        code = complain(USAGE);
        close_job(&j);
        return code;
    }
    code = run_shared(&j);
    if (code == INTERRUPTED && ranks_mine() == 0)
        fputs(interrupted(&j, line, sizeof line), stderr);
    else if (code == FAILED_RUN)
        ranks_abort(complain(code));
    else if (code == OK && ranks_mine() == 0)
        code = finish(&j);
    close_job(&j);
    return code;
}
