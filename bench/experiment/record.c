/* Rows of results: a table of columns is both how they are written and how they are read. */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "bench/experiment/record.h"
#include "bench/experiment/seal.h"
#include "base/fail.h"

enum form { TEXT, COUNT, REAL, WHOLE, BUDGET, STATUS };

/* COUNT: a whole number or nan, kept as double; WHOLE: a long.  later: files of older versions lack it. */
static const struct column { const char *name; enum form form; size_t at; int later; } columns[] = {
    { "model", TEXT, offsetof(record, model) },        { "process", TEXT, offsetof(record, process) },
    { "score", TEXT, offsetof(record, score) },        { "solver", TEXT, offsetof(record, solver) },
    { "grid", TEXT, offsetof(record, grid) },          { "steps", COUNT, offsetof(record, steps) },
    { "nfe", COUNT, offsetof(record, nfe) },           { "budget", BUDGET, offsetof(record, budget), 1 },
    { "calls", COUNT, offsetof(record, calls) },       { "rows", COUNT, offsetof(record, rows) },
    { "seed", WHOLE, offsetof(record, seed) },
    { "samples", WHOLE, offsetof(record, samples) },   { "dim", COUNT, offsetof(record, dim) },
    { "seconds", REAL, offsetof(record, seconds) },    { "score_seconds", REAL, offsetof(record, score_seconds) },
    { "status", STATUS, offsetof(record, status) },    { "reason", TEXT, offsetof(record, reason) },
};
enum { COLUMNS = sizeof columns / sizeof *columns };
static const unsigned every = (1u << COLUMNS) - 1;

static const char *const status_names[] = { "ok", "diverged", "failed", "budget" };
const char *status_name(enum status s) { return status_names[s]; }
static const char *const budget_names[] = { "steps", "nfe", "own" };
const char *budget_name(enum budget_kind b) { return budget_names[b]; }

/* ---- writing ---- */

static void print_number(FILE *f, int digits, double v)
{
    if (isnan(v))
        fputs("nan", f);                            /* printf writes the sign of a NaN */
    else
        fprintf(f, "%.*g", digits, v);
}

/* Tabs and line ends would end the field. */
static void print_text(FILE *f, const char *text)
{
    for (; text && *text; text++)
        fputc((unsigned char)*text < ' ' ? ' ' : *text, f);
}

static void print_column(FILE *f, const record *r, const struct column *c)
{
    const void *at = (const char *)r + c->at;

    switch (c->form) {
    case TEXT:   print_text(f, *(const char *const *)at); break;
    case COUNT:  print_number(f, 17, *(const double *)at); break;
    case REAL:   print_number(f, 6, *(const double *)at); break;
    case WHOLE:  fprintf(f, "%ld", *(const long *)at); break;
    case BUDGET: fputs(budget_names[*(const enum budget_kind *)at], f); break;
    case STATUS: fputs(status_names[*(const enum status *)at], f); break;
    }
}

static void print_row(FILE *f, const record *r, int metrics, unsigned has)
{
    for (int i = 0; i < COLUMNS; i++) {
        if (!(has >> i & 1))
            continue;
        if (i)
            fputc('\t', f);
        print_column(f, r, &columns[i]);
    }
    for (int m = 0; m < metrics; m++)
        for (int k = 0; k < 3; k++) {
            fputc('\t', f);
            print_number(f, 17, k == 0 ? r->q[m].value : k == 1 ? r->q[m].se : r->q[m].floor);
        }
    fputc('\n', f);
}

/* The head and then its seal, a row after its seal: no row is ever without, unless the power fails. */
static int put(recorder *r)
{
    FILE *f = r->rows.draft;
    unsigned long seal;

    if (fflush(f))
        return fail("%s: out of memory", r->rows.path);
    seal = seal_of(0, r->rows.text, r->rows.size);
    if (!r->count ? journal_commit(&r->rows) || seals_begin(&r->seals, r->rows.path, 1, &seal)
        : seals_add(&r->seals, r->count, seal) || journal_commit(&r->rows))
        return write_failed() ? fail_write("%s, then go on with --resume", last_error()) : -1;
    r->count++;
    return 0;
}

int recorder_create(recorder *r, const char *path, const char *head, int metrics, char *const *names)
{
    FILE *f;

    *r = (recorder){ .metrics = metrics, .has = every };
    if (journal_begin(&r->rows, path) || !(f = journal_draft(&r->rows)))
        return -1;
    fputs(head, f);
    for (int i = 0; i < COLUMNS; i++)
        fprintf(f, "%s%s", i ? "\t" : "", columns[i].name);
    for (int m = 0; m < metrics; m++)
        fprintf(f, "\t%s\t%s_se\t%s_floor", names[m], names[m], names[m]);
    fputc('\n', f);
    return put(r);
}

int recorder_continue(recorder *r, const char *path, const results *old)
{
    *r = (recorder){ .metrics = old->metrics, .has = old->has, .count = old->count + 1 };
    return journal_continue(&r->rows, path, old->whole) || seals_begin(&r->seals, path, r->count, old->seal) ? -1 : 0;
}

int recorder_add(recorder *r, const record *row)
{
    FILE *f = journal_draft(&r->rows);

    if (!f)
        return -1;
    print_row(f, row, r->metrics, r->has);
    return put(r);
}

int recorder_close(recorder *r)
{
    int bad = journal_close(&r->seals) | journal_close(&r->rows);

    *r = (recorder){ 0 };
    return bad ? -1 : 0;
}

/* ---- reading ---- */

/* Cuts the next field off; NULL behind the last. */
static char *field(char **rest)
{
    char *start = *rest, *tab;

    if (!start)
        return NULL;
    tab = strchr(start, '\t');
    *rest = tab ? tab + 1 : NULL;
    if (tab)
        *tab = 0;
    return start;
}

static int read_real(const char *text, double *out)
{
    char *end;

    *out = strtod(text, &end);
    return end == text || *end ? -1 : 0;
}

/* The index of a word among n, or -1. */
static int read_word(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(words[i], text))
            return (int)i;
    return -1;
}

static int read_column(record *r, const struct column *c, char *text)
{
    void *at = (char *)r + c->at;
    double v;
    int word;

    switch (c->form) {
    case TEXT:   *(const char **)at = text; return 0;
    case STATUS:
        word = read_word(text, status_names, sizeof status_names / sizeof *status_names);
        *(enum status *)at = word < 0 ? RUN_FAILED : (enum status)word;
        return word < 0 ? -1 : 0;
    case BUDGET:
        word = read_word(text, budget_names, sizeof budget_names / sizeof *budget_names);
        *(enum budget_kind *)at = word < 0 ? BY_STEPS : (enum budget_kind)word;
        return word < 0 ? -1 : 0;
    case WHOLE:  if (read_real(text, &v)) return -1; *(long *)at = strtol(text, NULL, 10); return 0;
    default:     return read_real(text, at);
    }
}

/* 0, or -1 where the line is no row; the reason then lacks the place. */
static int read_row(record *r, int metrics, unsigned has, char *line)
{
    for (int i = 0; i < COLUMNS; i++) {
        char *text = has >> i & 1 ? field(&line) : NULL;

        if (!(has >> i & 1))
            continue;
        if (!text)
            return fail("the row ends before column %s", columns[i].name);
        if (read_column(r, &columns[i], text))
            return fail("\"%.40s\" is no %s", text, columns[i].name);
    }
    for (int m = 0; m < metrics; m++)
        for (int k = 0; k < 3; k++) {
            char *text = field(&line);

            if (!text || read_real(text, k == 0 ? &r->q[m].value : k == 1 ? &r->q[m].se : &r->q[m].floor))
                return fail("the row ends before its last metric, or has no number there");
        }
    return line ? fail("the row has more columns than the header") : 0;
}

/* The header row: our columns, then triples. */
static int read_header(results *s, char *line)
{
    int fields = 1;

    for (const char *c = line; *c; c++)
        fields += *c == '\t';
    if (!(s->metric = calloc(fields, sizeof *s->metric)))
        return fail("out of memory");
    for (int i = 0; i < COLUMNS; i++) {
        size_t size = line ? strcspn(line, "\t") : 0;

        if (size == strlen(columns[i].name) && !strncmp(line, columns[i].name, size))
            field(&line), s->has |= 1u << i;
        else if (!columns[i].later)
            return fail("column %d is \"%.*s\" and not %s; this is no file that `fokker bench` wrote", i + 1,
                        size < 40 ? (int)size : 40, line ? line : "", columns[i].name);
    }
    while (line) {
        char *name = field(&line), *se = field(&line), *floor = field(&line);

        if (!se || !floor || strncmp(se, name, strlen(name)) || strncmp(floor, name, strlen(name)))
            return fail("the metric \"%.40s\" lacks its _se or _floor", name);
        s->metric[s->metrics++] = name;
    }
    return 0;
}

static int read_text(results *s, const char *path)
{
    FILE *f = fopen(path, "rb");
    long size;
    int bad;

    if (!f)
        return fail("%s: cannot be read (%s)", path, strerror(errno));
    bad = fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) || !(s->text = malloc(size + 1))
          || fread(s->text, 1, size, f) != (size_t)size;
    fclose(f);
    if (bad)
        return fail("%s: cannot be read; is it a file?", path);
    s->text[size] = 0;
    for (long i = (long)strlen(s->text); i < size; i++)     /* at its end they are torn off */
        if (s->text[i])
            return fail("%s: has a zero byte before byte %ld; the file was damaged: cut it behind its last whole row",
                        path, i);
    return 0;
}

/* Cuts the whole lines apart; what stands behind the last line end is torn. */
static char **cut_lines(results *s, int *n)
{
    int count = 0;
    char **line, *at = s->text, *end;

    for (const char *c = at; *c; c++)
        count += *c == '\n';
    if (!(line = calloc(count + 1, sizeof *line)))
        return NULL;
    for (*n = 0; (end = strchr(at, '\n')); at = end + 1) {
        *end = 0;
        line[(*n)++] = at;
    }
    s->whole = at - s->text;
    return line;
}

/* Files of older versions do not say what a run's length was given by: nfe, if it is there; own steps are a row without
 * it in a file that has some, or of a method with a tolerance. */
static void infer_budgets(results *s)
{
    int some = 0;

    if (s->has == every)
        return;
    for (int i = 0; i < s->count; i++)
        some |= !isnan(s->row[i].nfe);
    for (int i = 0; i < s->count; i++) {
        record *r = &s->row[i];

        r->budget = !isnan(r->nfe) ? BY_NFE : some || strstr(r->solver, "tol=") || !strncmp(r->solver, "cvode", 5)
            ? BY_OWN : BY_STEPS;
    }
}

/* With the line's end. */
static unsigned long seal_line(unsigned long before, const char *line)
{
    return seal_of(seal_of(before, line, strlen(line)), "\n", 1);
}

static int read_lines(results *s, const char *path, char **line, int n)
{
    int i = 0;

    if (!n || strncmp(line[0], "# fokker ", 9))
        return fail("%s: does not begin with \"# fokker\"; it is no file that `fokker bench` wrote", path);
    s->head = line;
    while (i < n && line[i][0] == '#')
        i++;
    s->heads = i;
    if (i == n)
        return fail("%s: has no header row; it was never begun: remove it", path);
    if (!(s->seal = calloc(n - i, sizeof *s->seal)))
        return fail("%s: out of memory", path);
    for (int k = 0; k <= i; k++)
        s->seal[0] = seal_line(s->seal[0], line[k]);
    if (read_header(s, line[i]))
        return fail("%s:%d: %s", path, i + 1, last_error());
    s->row = calloc(n - i, sizeof *s->row);
    s->quality = calloc((size_t)(n - i) * (s->metrics ? s->metrics : 1), sizeof *s->quality);
    if (!s->row || !s->quality)
        return fail("%s: out of memory", path);
    for (i++; i < n; i++) {
        s->seal[s->count + 1] = seal_line(0, line[i]);
        record *r = &s->row[s->count];

        r->q = s->quality + (size_t)s->count * s->metrics;
        if (read_row(r, s->metrics, s->has, line[i]))
            return fail("%s:%d: %s; the file was changed: mend the line or remove it and those behind it", path, i + 1,
                        last_error());
        s->count++;
    }
    infer_budgets(s);
    return 0;
}

int results_read(const char *path, results *s)
{
    int n = 0;

    *s = (results){ 0 };
    if (!read_text(s, path) && ((s->head = cut_lines(s, &n)) || fail("%s: out of memory", path))
        && !read_lines(s, path, s->head, n))
        return 0;
    results_free(s);
    return -1;
}

void results_free(results *s)
{
    free(s->text), free(s->head), free(s->metric), free(s->row), free(s->quality), free(s->seal);
    *s = (results){ 0 };
}

/* The beginning of what recorder_create writes, that has not come to the end of the header row. */
int results_none(const char *path)
{
    static const char begin[] = "# fokker ", header[] = "model\t";
    results s = { 0 };
    int none = !read_text(&s, path) && !strncmp(s.text, begin, strnlen(s.text, sizeof begin - 1));

    for (const char *at = s.text, *end; none && *at; at = end + 1) {
        end = strchr(at, '\n');
        none = *at == '#' || (!end && !strncmp(at, header, strnlen(at, sizeof header - 1)));
        if (!end)
            break;
    }
    results_free(&s);
    return none;
}
