/* fokker bench: every cell of a spec into a row, then the answer in words and the plots. */
#include <errno.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "bench/pictures.h"
#include "bench/report.h"
#include "bench/sweep.h"
#include "bench/version.h"
#include "bench/watch.h"

typedef struct job {
    const request *r;
    spec what;
    cell *cells;
    int count, quiet;
    long done;
    sweep sweep;
    recorder out;
    ledger ledger;
    char *folder, *path, *head;
} job;

/* ---- the head of the file ---- */

static char *make_head(const spec *s)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);

    if (!f)
        return fail("bench: out of memory"), NULL;
    fprintf(f, "# fokker %s\n# commit %s\n# cpu %s\n# blas %s, one thread\n", version_text(), version_commit(), version_cpu(), version_blas());
    fprintf(f, "# threads %d; seconds: of the solver alone; score_seconds: in the field, summed over threads, divided by the threads at work\n", omp_get_max_threads());
    spec_print(s, f);
    fclose(f);
    return text;
}

/* ---- going on ---- */

/* Where the value begins in `# KEY VALUE` or `# spec KEY = VALUE`. */
static size_t key_of(const char *line)
{
    const char *end = strpbrk(line + 2, strncmp(line, "# spec ", 7) ? " \n" : "=\n");

    return end && *end != '\n' ? (size_t)(end - line) + 2 : strcspn(line, "\n");
}

/* Refuses another spec; another program or machine is a warning: rows may differ in their last bits. */
static int compare_line(const job *j, const results *old, const char *line)
{
    size_t key = key_of(line), size = strcspn(line, "\n");
    const char *was = "";

    for (int i = 0; i < old->heads; i++)
        if (!strncmp(old->head[i], line, key))
            was = old->head[i] + key;
    if (!strncmp(line, "# threads", 9) || (strlen(was) == size - key && !strncmp(was, line + key, size - key)))
        return 0;
    if (!strncmp(line, "# spec ", 7))
        return fail("%s: was begun with another spec: \"%.*s%s\" is now \"%.*s\"; give the same, or another folder with -o", j->path, (int)key - 7,
                    line + 7, was, (int)(size - 7), line + 7);
    if (!j->quiet)
        fprintf(stderr, "fokker: warning: %s was begun with \"%s\", this is \"%.*s\": rows may differ in their last digits\n", j->path, was,
                (int)(size - key), line + key);
    return 0;
}

static int compare_heads(const job *j, const results *old)
{
    for (const char *line = j->head; *line; ) {
        size_t size = strcspn(line, "\n");

        if (compare_line(j, old, line))
            return -1;
        line += size + 1;
    }
    return 0;
}

static int same_cell(const job *j, const cell *c, const record *r)
{
    const spec *s = &j->what;
    double nfe = c->ask.nfe > 0 ? (double)c->ask.nfe : NAN;

    return !strcmp(r->model, j->sweep.subject[c->model].model->name) && !strcmp(r->solver, s->solver.word[c->solver]) && r->seed == c->seed
        && (!s->grid.word[c->grid] || !strcmp(r->grid, s->grid.word[c->grid])) && (r->nfe == nfe || (isnan(r->nfe) && isnan(nfe)));
}

/* Rows stand in the order of the cells, so those that are there are the first ones. */
static int resume(job *j)
{
    results old;
    int bad;

    if (results_read(j->path, &old))
        return -1;
    bad = compare_heads(j, &old);
    for (int i = 0; i < old.count && !bad; i++)
        if (i >= j->count || !same_cell(j, &j->cells[i], &old.row[i]))
            bad = fail("%s: row %d is not the run that the spec has there; was the file changed?  Choose another folder with -o", j->path, i + 1);
    if (!bad)
        bad = recorder_continue(&j->out, j->path, old.whole, j->what.metric.n);
    j->done = old.count;
    results_free(&old);
    return bad;
}

/* Finished rows are never thrown away unasked. */
static int begin(job *j)
{
    results old;
    int rows = 0, exists = !access(j->path, F_OK);

    if (exists && option_text(j->r, "resume"))
        return resume(j);
    if (exists && !results_read(j->path, &old)) {
        rows = old.count;
        results_free(&old);
        if (rows)
            return fail("%s: holds %d finished runs; go on with --resume, or choose another folder with -o", j->path, rows);
    } else if (exists) {
        return fail("%s; it will not be overwritten: choose another folder with -o", why());
    }
    return recorder_create(&j->out, j->path, j->head, j->what.metric.n, j->what.metric.word);
}

/* ---- from beginning to end ---- */

/* The folder and those above it. */
static int make_folder(const char *path)
{
    char part[4096];

    if (strlen(path) >= sizeof part)
        return fail("-o: the path is longer than %zu characters", sizeof part - 1);
    for (const char *end = path; *end; ) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        snprintf(part, sizeof part, "%.*s", (int)(end - path), path);
        if (mkdir(part, 0777) && errno != EEXIST)
            return fail("-o %s: the folder cannot be made (%s); choose another", path, strerror(errno));
    }
    return 0;
}

static int open_job(job *j, const request *r)
{
    *j = (job){ .r = r, .quiet = option_text(r, "quiet") != NULL, .sweep.is.model = -1 };
    if (spec_open(&j->what, r))
        return -1;
    j->folder = j->what.text[OUTPUT];
    if (!(j->cells = spec_cells(&j->what, &j->count)) || sweep_open(&j->sweep, &j->what) || make_folder(j->folder) || !(j->head = make_head(&j->what)))
        return -1;
    if (!(j->path = malloc(strlen(j->folder) + sizeof "/results.tsv")))
        return fail("bench: out of memory");
    strcat(strcpy(j->path, j->folder), "/results.tsv");
    return begin(j) || ledger_open(&j->ledger, j->folder, j->done, j->what.on) ? -1 : 0;
}

static void close_job(job *j)
{
    recorder_close(&j->out);
    ledger_close(&j->ledger);
    sweep_close(&j->sweep);
    spec_close(&j->what);
    free(j->cells), free(j->path), free(j->head);
}

/* What run i cost goes to the ledger, if it was parallel in time. */
static int keep_account(job *j, long i, const record *row)
{
    const account *a = &j->sweep.wide;

    return a->known ? ledger_add(&j->ledger, i, row, j->what.how[j->cells[i].solver], a) : 0;
}

static int run_cells(job *j)
{
    quality *q = calloc(j->what.metric.n, sizeof *q);
    watch *w = watch_open("runs", j->count, &j->done, j->quiet);
    int code = q ? OK : (fail("bench: out of memory"), FAILED_RUN);

    for (long i = j->done; i < j->count && code == OK; i++) {
        record row = { .q = q };

        if (watch_stopped || sweep_run(&j->sweep, &j->cells[i], &row))
            code = INTERRUPTED;
        else if (keep_account(j, i, &row) || recorder_add(&j->out, &row))
            code = FAILED_RUN;
        #pragma omp atomic update
        j->done += code == OK;
    }
    watch_close(w);
    free(q);
    return code;
}

/* The answer goes to stdout in brief, in full to DIR/report.txt. */
static int answer(const job *j, const summary *all)
{
    char path[4200];
    FILE *f;

    snprintf(path, sizeof path, "%s/report.txt", j->folder);
    if (!(f = fopen(path, "w")))
        return fail("%s: cannot be written (%s)", path, strerror(errno));
    report_print(f, all, 0);
    if (ferror(f) | fclose(f))
        return fail("%s: cannot be written; is the disk full?", path);
    report_print(stdout, all, 1);
    return fflush(stdout) ? fail("stdout: cannot be written; is the pipe closed?  The report is in %s", path) : 0;
}

/* Pictures are worth a warning, never the results. */
static void pictures(job *j, const summary *all)
{
    if (pictures_write(&j->sweep, j->cells, j->count, j->folder) || pictures_draw(all, j->folder))
        fprintf(stderr, "fokker: warning: no plots: %s; the tables are written: `fokker plot %s` draws them later\n", why(), j->folder);
}

static int finish(job *j)
{
    results read;
    summary all;
    int bad;

    if (results_read(j->path, &read))
        return -1;
    bad = summary_open(&all, &read);
    if (!bad) {
        bad = answer(j, &all);
        pictures(j, &all);
        summary_close(&all);
    }
    results_free(&read);
    return bad;
}

int cmd_bench(const request *r)
{
    job j;
    int code;

    if (open_job(&j, r)) {
        close_job(&j);
        return complain(USAGE);
    }
    code = run_cells(&j);
    if (code == INTERRUPTED)
        fprintf(stderr, "fokker: interrupted; %ld of %d runs are in %s, go on with --resume\n", j.done, j.count, j.path);
    else if (code != OK || finish(&j)) {
        complain(FAILED_RUN);
        code = FAILED_RUN;
    }
    close_job(&j);
    return code;
}
