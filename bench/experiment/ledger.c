/* Rounds, work and time of runs that are parallel in time, beside those of their serial twins. */
#include <ctype.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "bench/experiment/ledger.h"
#include "base/files/target.h"
#include "solvers/methods/parallel/slots.h"

/* ---- one run ---- */

int account_open(account *a, plan *p)
{
    *a = (account){ .known = p->how->sol->serial_reference != 0 };
    if (!a->known)
        return 0;
    if (!(a->residual = calloc(p->steps + 1, sizeof *a->residual)))
        return fail("out of memory for %d steps", p->steps);
    p->residual = a->residual;
    return 0;
}

void account_close(account *a)
{
    free(a->residual);
    *a = (account){ 0 };
}

static int ascending(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* y is overwritten by the rows' distances. */
static void distance(account *a, int n, int dim, const double *x, double *y)
{
    double sum = 0;

    for (int i = 0; i < n; i++) {
        y[i] = rms_apart(dim, x + (size_t)i * dim, y + (size_t)i * dim);
        sum += y[i] * y[i];
    }
    qsort(y, n, sizeof *y, ascending);
    a->rms = sqrt(sum / n), a->median = y[(n - 1) / 2], a->p99 = y[(int)ceil(0.99 * n) - 1], a->worst = y[n - 1];
}

/* How many windows follow one another without overlap. */
static double windows(const method *m, int steps)
{
    double slice = fmax(1, method_role(m, ROLE_SLICE, 1)), slices = ceil(steps / slice);

    return m->inner[1] ? 1 : fmax(1, slices / fmin(method_role(m, ROLE_WINDOW, 1), slices));
}

int account_take(account *a, const plan *asked, int n, const double *from, const double *x, const tally *wide,
                 double seconds)
{
    size_t bytes = (size_t)n * asked->field->dim * sizeof *x;
    double *y = malloc(bytes), began = omp_get_wtime();
    plan p = *asked;
    method room;

    if (!y)
        return fail("out of memory for the serial twin of %d samples", n);
    memcpy(y, from, bytes);
    p.how = method_serial(asked->how, asked->steps, &room), p.residual = NULL, p.done = NULL, p.deadline = 0,
        p.trace = NULL;
    a->n = n, a->wide = *wide, a->seconds = seconds,
        a->per_window = wide->iterations / windows(asked->how, asked->steps);
    a->rms = a->median = a->p99 = a->worst = a->serial_seconds = NAN;
    if (!solve(&p, n, y, &a->serial)) {
        a->serial_seconds = omp_get_wtime() - began;
        distance(a, n, p.field->dim, x, y);
    }
    free(y);
    return 0;
}

/* The least time on a machine that shares the points of a round out evenly. */
double machine_seconds(const machine *m, long calls, long rows)
{
    return calls * m->round + m->row * fmax(calls, rows / m->workers);
}

void account_print(const account *a, FILE *f)
{
    fprintf(f, "%ld rounds in the place of %ld calls (%.3g times fewer) for %.3g times the work, %ld iterations (%.3g "
               "a window), %ld field calls, %.3g MB\n",
            a->wide.calls, a->serial.calls, (double)a->serial.calls / a->wide.calls,
                (double)a->wide.rows / a->serial.rows,
                a->wide.iterations, a->per_window,
            a->wide.asks, a->wide.bytes / 1e6);
    fprintf(f, "serial twin: %.3g s, speed-up %.3g; the ends are %.2g apart (the median row; 99 in 100 %.2g, the "
               "furthest %.2g)\n", a->serial_seconds,
            a->serial_seconds / a->seconds, a->median, a->p99, a->worst);
}

/* ---- the files ---- */

enum { PATH_SIZE = 4400 };

static const char *const rounds_head =
    "run\tmodel\tsolver\tgrid\tsteps\tseed\tsamples\tfamily\twindow\t"
    "tol\trounds\tcalls\trows\titerations\tper_window\tbytes\tseconds\t"
    "twin_calls\ttwin_rows\ttwin_seconds\tspeedup\tmodel_seconds\tmodel_twin_seconds\tmodel_speedup\t"
    "rms\tmedian\tp99\tworst\n";
static const char *const residuals_head = "run\tmodel\tsolver\tgrid\tsteps\tseed\titeration\tresidual\n";

static const char *const names[] = { "rounds", "residuals" };

static void path_of(const char *folder, const char *name, int part, char path[PATH_SIZE])
{
    if (part < 0)
        snprintf(path, PATH_SIZE, "%s/%s.tsv", folder, name);
    else
        snprintf(path, PATH_SIZE, "%s/%s.part-%d.tsv", folder, name, part);
}

/* The rows of runs that are `had` go into a new file; others, and a torn last line, do not: a run's row may have been
 * written when its result was not. */
static int keep(journal *j, FILE *f, const char *had, long count)
{
    FILE *kept = journal_draft(j);
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    int head = 1;

    while (kept && (size = getline(&line, &room, f)) > 0 && line[size - 1] == '\n') {
        long cell = strtol(line, NULL, 10);

        if (*line == '#' || head || (cell >= 0 && cell < count && had[cell]))
            fputs(line, kept);
        head = head && *line == '#';
    }
    free(line);
    return !kept ? -1 : fflush(kept) || j->size ? journal_commit(j) : 0;
}

static int begin(journal *j, const char *path, const char *had, long count)
{
    FILE *f = memchr(had, 1, count) ? fopen(path, "r") : NULL;
    int bad = journal_begin(j, path);

    if (f) {
        bad = bad || keep(j, f, had, count);            /* of nothing at all nothing is begun */
        fclose(f);
    } else {
        remove(path);
    }
    return bad ? -1 : 0;
}

int ledger_open(ledger *l, const char *folder, int part, const char *had, long count, machine on)
{
    char path[2][PATH_SIZE];

    *l = (ledger){ .on = on };
    for (int i = 0; i < 2; i++)
        path_of(folder, names[i], part, path[i]);
    return begin(&l->rounds, path[0], had, count) || begin(&l->residuals, path[1], had, count) ? -1 : 0;
}

/* A row, its run and the file that it is of; rows of one run stay as they were read. */
typedef struct numbered { long cell, nth; int file; char *line; } numbered;
typedef struct rows { numbered *e; long n, room; int headed; } rows;

static int by_run(const void *a, const void *b)
{
    const numbered *p = a, *q = b;

    return p->cell != q->cell ? (p->cell > q->cell) - (p->cell < q->cell) : (p->nth > q->nth) - (p->nth < q->nth);
}

static int add_row(rows *l, int file, const char *line)
{
    if (l->n == l->room) {
        numbered *more = realloc(l->e, (l->room = 2 * l->room + 256) * sizeof *more);

        if (!more)
            return fail("out of memory");
        l->e = more;
    }
    l->e[l->n] = (numbered){ strtol(line, NULL, 10), l->n, file, strdup(line) };
    return l->e[l->n++].line ? 0 : fail("out of memory");
}

/* The rows of a file that may not be there; its head goes to `out` if it is the first. */
static int read_rows(rows *l, int file, const char *path, FILE *out)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    int bad = 0, headed = l->headed;

    while (f && !bad && (size = getline(&line, &room, f)) > 0 && line[size - 1] == '\n') {
        if (isdigit((unsigned char)*line))
            bad = add_row(l, file, line);
        else if (!headed)
            fputs(line, out), l->headed = 1;
    }
    free(line);
    if (f)
        fclose(f);
    return bad;
}

/* In the order of runs; of a run that several files have (a merge was cut short) the first file's rows. */
static void print_rows(FILE *out, const rows *l)
{
    for (long i = 0, first = 0; i < l->n; i++) {
        if (l->e[i].cell != l->e[first].cell)
            first = i;
        if (l->e[i].file == l->e[first].file)
            fputs(l->e[i].line, out);
    }
}

static int merge_one(const char *folder, const char *name, int parts)
{
    char path[PATH_SIZE];
    rows l = { 0 };
    target t;
    int status;

    path_of(folder, name, -1, path);
    status = target_open(&t, path);
    for (int i = -1; i < parts && !status; i++) {
        char part[PATH_SIZE];

        path_of(folder, name, i, part);
        status = read_rows(&l, i, part, t.file);
    }
    if (!status && l.n) {
        qsort(l.e, l.n, sizeof *l.e, by_run);
        print_rows(t.file, &l);
    }
    for (long i = 0; i < l.n; i++)
        free(l.e[i].line);
    if (status || l.n)
        status = target_close(&t, status);
    else
        target_close(&t, -1);                       /* no run was parallel in time */
    for (int i = 0; i < parts && !status; i++) {
        path_of(folder, name, i, path);
        remove(path);
    }
    free(l.e);
    return status;
}

int ledger_merge(const char *folder, int parts)
{
    return merge_one(folder, "rounds", parts) || merge_one(folder, "residuals", parts) ? -1 : 0;
}

/* An addition to one of the files, which begins with its head. */
static FILE *draft(const ledger *l, journal *j, const char *head)
{
    FILE *f = journal_draft(j);

    if (f && j->good < 0)
        fprintf(f, "# a round costs %g s, a point %g s, %g at once: model_seconds\n%s", l->on.round, l->on.row,
                l->on.workers, head);
    return f;
}

/* The word of a choice. */
static void print_choice(FILE *f, const char *choices, int which)
{
    while (which--)
        choices += strcspn(choices, " "), choices += strspn(choices, " ");
    fprintf(f, "%.*s", (int)strcspn(choices, " "), choices);
}

/* The method as given, without its window and tol: what runs share that differ in these alone. */
static void print_family(FILE *f, const method *m)
{
    const char *before = ":";

    fputs(m->sol->name, f);
    for (int i = 0; i < MAX_PARAM && m->sol->par[i].name; i++) {
        const param *p = &m->sol->par[i];

        if (!(m->given >> i & 1) || p->role == ROLE_WINDOW || p->role == ROLE_TOL)
            continue;
        fprintf(f, "%s%s=", before, p->name), before = ",";
        if (!p->choices)
            fprintf(f, "%.9g", m->par[i]);
        else if (!strcmp(p->choices, PATH))
            fputs(m->text, f);
        else
            print_choice(f, p->choices, (int)m->par[i]);
    }
    for (int i = 0; i < m->sol->inners; i++)
        fputc('/', f), print_family(f, m->inner[i]);
}

int ledger_add(ledger *l, long cell, const record *r, const method *m, const account *a)
{
    double own = machine_seconds(&l->on, a->wide.calls, a->wide.rows),
        serial = machine_seconds(&l->on, a->serial.calls, a->serial.rows);
    FILE *f;

    if (!(f = draft(l, &l->rounds, rounds_head)))
        return -1;
    fprintf(f, "%ld\t%s\t%s\t%s\t%g\t%ld\t%ld\t", cell, r->model, r->solver, r->grid, r->steps, r->seed, a->n);
    print_family(f, m);
    fprintf(f, "\t%g\t%g\t%ld\t%ld\t%ld\t%ld\t%.6g\t%ld\t%.6g"
            "\t%ld\t%ld\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\n",
            method_role(m, ROLE_WINDOW, NAN), method_role(m, ROLE_TOL, NAN), a->wide.calls,
            a->wide.asks, a->wide.rows, a->wide.iterations, a->per_window, a->wide.bytes, a->seconds, a->serial.calls,
                a->serial.rows, a->serial_seconds,
            a->serial_seconds / a->seconds, own, serial, serial / own, a->rms, a->median, a->p99, a->worst);
    if (journal_commit(&l->rounds) || !(f = draft(l, &l->residuals, residuals_head)))
        return -1;
    for (long i = 0; i < a->wide.iterations && i <= r->steps; i++)
        fprintf(f, "%ld\t%s\t%s\t%s\t%g\t%ld\t%ld\t%.6g\n", cell, r->model, r->solver, r->grid, r->steps, r->seed,
                i + 1, a->residual[i]);
    return journal_commit(&l->residuals);
}

int ledger_close(ledger *l)
{
    int bad = journal_close(&l->rounds) | journal_close(&l->residuals);

    *l = (ledger){ 0 };
    return bad ? -1 : 0;
}
