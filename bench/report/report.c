/* The answer in words: tables of the best, the cheapest way to the floor, and warnings that carry their cure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/report/report.h"
#include "bench/experiment/split.h"
#include "base/fail.h"

static const double alpha = 0.05;                   /* of the family of comparisons in one line of a table */

/* The trials of one model, and what is said of one metric. */
typedef struct report_topic {
    const summary *of;
    const char *model;
    int metric, relative;
    const char *name;
} report_topic;

static int of_model(const report_topic *t, const trial *e) { return !strcmp(e->first->model, t->model); }
static int same_budget(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

/* What a table's line is for: the calls asked, or the steps. */
static double budget_of(const record *r) { return r->budget == BY_NFE ? r->nfe : r->steps; }

/* Whether the method chose its steps: then it stands in no line. */
static int free_run(const trial *e) { return e->first->budget == BY_OWN; }

/* `ddim`, or `ddim on karras` where there are several grids. */
static const char *label_of(const summary *s, const trial *e, char *buf, size_t size)
{
    int several = 0;

    for (int i = 0; i < s->trials; i++)
        several |= !strcmp(s->trial[i].first->model, e->first->model)
            && strcmp(s->trial[i].first->grid, e->first->grid);
    snprintf(buf, size, several ? "%s on %s" : "%s", e->first->solver, e->first->grid);
    return buf;
}

/* ---- one line of the table ---- */

typedef struct rank { const trial *e; double miss; int worse; } rank;

static int by_miss(const void *a, const void *b)
{
    double p = ((const rank *)a)->miss, q = ((const rank *)b)->miss;

    return (p > q) - (p < q);
}

/* The trials of a budget from best to worst, marked where they are significantly worse than the
 * first; their number, or -1. */
static int rank_budget(const report_topic *t, double asked, rank *r)
{
    int n = 0, bad, *rejects;
    double *p;

    for (int i = 0; i < t->of->trials; i++) {
        const trial *e = &t->of->trial[i];
        double miss = trial_shortfall(e, t->metric, t->relative);

        if (of_model(t, e) && !free_run(e) && same_budget(budget_of(e->first), asked) && e->good == e->runs
            && !isnan(miss))
            r[n++] = (rank){ e, miss, 0 };
    }
    qsort(r, n, sizeof *r, by_miss);
    p = malloc((n + 1) * sizeof *p), rejects = malloc((n + 1) * sizeof *rejects);
    bad = !p || !rejects ? fail("report: out of memory") : 0;
    for (int i = 1; i < n && !bad; i++)
        p[i - 1] = trial_contrast(r[i].e, r[0].e, t->metric, t->relative).p;
    if (!bad && n > 1 && !(bad = holm(n - 1, p, alpha, rejects)))
        for (int i = 1; i < n; i++)
            r[i].worse = rejects[i - 1];
    free(p), free(rejects);
    return bad ? -1 : n;
}

static void print_line(FILE *f, const report_topic *t, double asked, const rank *r, int n)
{
    estimate v = trial_estimate(r[0].e, t->metric);
    char name[256], range[64];
    int width = 0;

    snprintf(range, sizeof range, "[%.3g, %.3g]", v.low, v.high);
    fprintf(f, "  %5.0f  %-20s %-9.3g %-20s", asked, label_of(t->of, r[0].e, name, sizeof name), v.mean, range);
    for (int i = 1; i < n; i++) {
        if (r[i].worse)
            continue;
        label_of(t->of, r[i].e, name, sizeof name);
        if (width && width + strlen(name) > 48) {
            fputs(" ...", f);
            break;
        }
        width += fprintf(f, " %s", name);
    }
    fputs(width ? "\n" : " -\n", f);
}

static int by_number(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

/* The budgets of a model, ascending; owned. */
static double *budgets_of(const report_topic *t, int *n)
{
    double *list = malloc((t->of->trials + 1) * sizeof *list);

    *n = 0;
    for (int i = 0; list && i < t->of->trials; i++) {
        const trial *e = &t->of->trial[i];
        double b = budget_of(e->first);
        int known = !of_model(t, e) || free_run(e) || isnan(b);

        for (int k = 0; k < *n && !known; k++)
            known = list[k] == b;
        if (!known)
            list[(*n)++] = b;
    }
    if (list)
        qsort(list, *n, sizeof *list, by_number);
    return list;
}

static void print_table(FILE *f, const report_topic *t)
{
    rank *r = calloc(t->of->trials + 1, sizeof *r);
    int budgets;
    double *asked = budgets_of(t, &budgets);

    for (int b = 0, head = 0; r && asked && b < budgets; b++) {
        int n = rank_budget(t, asked[b], r);

        if (n > 0 && !head++)
            fprintf(f, "  %5s  %-20s %-9s %-20s not significantly worse\n", "NFE", "best", t->name, "95 % interval");
        if (n > 0)
            print_line(f, t, asked[b], r, n);
    }
    free(r), free(asked);
}

/* ---- the cheapest way to the floor ---- */

/* Within a tenth of the floor or two standard errors of it. */
static int at_floor(const report_topic *t, const trial *e)
{
    estimate v = trial_estimate(e, t->metric);
    double slack = fmax(0.1 * fabs(v.floor), 2 * v.se);
    double over = t->relative ? v.mean - v.floor : fabs(v.mean - v.floor);

    return e->good == e->runs && over <= slack;                     /* NAN: no */
}

/* The trial with the fewest calls at the floor, among those not of `but`'s solver; NULL where none is. */
static const trial *cheapest(const report_topic *t, const trial *but)
{
    const trial *best = NULL;

    for (int i = 0; i < t->of->trials; i++) {
        const trial *e = &t->of->trial[i];

        if (!of_model(t, e) || !at_floor(t, e)
            || (but && !strcmp(e->first->solver, but->first->solver) && !strcmp(e->first->grid, but->first->grid)))
            continue;
        if (!best || trial_calls(e) < trial_calls(best)
            || (trial_calls(e) == trial_calls(best)
                && trial_shortfall(e, t->metric, t->relative) < trial_shortfall(best, t->metric, t->relative)))
            best = e;
    }
    return best;
}

static const trial *nearest_trial(const report_topic *t)
{
    const trial *best = NULL;

    for (int i = 0; i < t->of->trials; i++) {
        const trial *e = &t->of->trial[i];
        double miss = trial_shortfall(e, t->metric, t->relative);

        if (of_model(t, e) && e->good == e->runs && !isnan(miss)
            && (!best || miss < trial_shortfall(best, t->metric, t->relative)))
            best = e;
    }
    return best;
}

static void print_trial(FILE *f, const report_topic *t, const trial *e)
{
    estimate v = trial_estimate(e, t->metric);
    char name[256];

    fprintf(f, "%s with %.0f calls: %.3g [%.3g, %.3g]", label_of(t->of, e, name, sizeof name), trial_calls(e), v.mean,
            v.low, v.high);
}

static double floor_of(const report_topic *t)
{
    const trial *e = nearest_trial(t);

    return e ? trial_estimate(e, t->metric).floor : NAN;
}

/* What a row noted beside a number that is missing: `rms needs a deterministic solver`; "" where none did. */
static const char *note_of(const report_topic *t)
{
    size_t len = strlen(t->name);

    for (int i = 0; i < t->of->of->count; i++) {
        const record *r = &t->of->of->row[i];

        if (r->status == RUN_OK && !strcmp(r->model, t->model) && !strncmp(r->reason, t->name, len)
            && r->reason[len] == ' ')
            return r->reason + len + 1;
    }
    return "";
}

static void print_cheapest(FILE *f, const report_topic *t)
{
    double floor = floor_of(t);
    const trial *first = cheapest(t, NULL), *second = first ? cheapest(t, first) : NULL,
        *nearest_one = nearest_trial(t);

    if (!nearest_one) {
        fprintf(f, "  %s: no run has a number%s%s\n", t->name, *note_of(t) ? "; it " : "", note_of(t));
        return;
    }
    fprintf(f, "  %s: ", t->name);
    if (first) {
        fputs("fewest calls to ", f);
        fprintf(f, "the floor %.3g: ", floor);
        print_trial(f, t, first);
        if (second) {
            fputs(";\n    then ", f);
            print_trial(f, t, second);
        }
    } else {
        fputs(floor == 0 ? "best " : "none reaches ", f);
        if (floor != 0)
            fprintf(f, "the floor %.3g; nearest ", floor);
        print_trial(f, t, nearest_one);
    }
    fputc('\n', f);
}

/* ---- warnings ---- */

static void warn_lost(FILE *f, const summary *s)
{
    static const char *const cure[] = { "", "more steps, or another grid", "see the reason in results.tsv",
                                        "raise --time-limit" };
    int lost[4] = { 0 };
    const record *first[4] = { NULL };

    for (int i = 0; i < s->of->count; i++) {
        const record *r = &s->of->row[i];

        if (!lost[r->status]++)
            first[r->status] = r;
    }
    for (int k = RUN_DIVERGED; k <= RUN_BUDGET; k++)
        if (lost[k])
            fprintf(f, "  warning: %d run%s %s, first %s on %s (%.150s): %s\n", lost[k], lost[k] > 1 ? "s" : "",
                    k == RUN_DIVERGED ? "diverged" : k == RUN_FAILED ? "could not be done" : "ran out of time",
                        first[k]->solver, first[k]->model,
                    first[k]->reason, cure[k]);
}

static int most_seeds(const summary *s)
{
    int most = 0;

    for (int i = 0; i < s->trials; i++)
        most = s->trial[i].runs > most ? s->trial[i].runs : most;
    return most;
}

static void warn_seeds(FILE *f, const summary *s)
{
    int most = most_seeds(s);

    if (most == 1)
        fputs("  warning: one seed: intervals are the metric's own, differences are compared as if unpaired; give "
              "--seed 1..5\n", f);
    else if (most < 4)
        fprintf(f, "  warning: %d seeds: Student's t makes intervals wide; --seed 1..5 narrows them\n", most);
}

/* Where most solvers stand at the floor, samples are too few to tell them apart.
 * Whether it is the first such topic: it begins the line. */
static int warn_floor(FILE *f, const report_topic *t, int first)
{
    int n = 0, at = 0;

    for (int i = 0; i < t->of->trials; i++)
        if (of_model(t, &t->of->trial[i]) && !isnan(trial_estimate(&t->of->trial[i], t->metric).floor)
            && !split_networks(t->of->of, t->metric))
            n++, at += at_floor(t, &t->of->trial[i]);
    if (n < 4 || 2 * at <= n)
        return first;
    fprintf(f, "%s %s %s (%d of %d)",
            first ? "  warning: most solvers are at the floor, more samples (-n) tell them apart:" : ",", t->model,
        t->name, at, n);
    return 0;
}

static void warn_unused(FILE *f, const summary *s)
{
    int few = 0;
    const trial *first = NULL;

    for (int i = 0; i < s->trials; i++) {
        const trial *e = &s->trial[i];

        if (trial_calls(e) < 0.7 * e->first->nfe && !few++)
            first = e;
    }
    if (first)
        fprintf(f, "  warning: %d trials use under 70 %% of their budget, first %s: %.0f of %.0f calls; compare by "
                   "calls, or choose budgets it fills\n", few,
                first->first->solver, trial_calls(first), first->first->nfe);
}

/* ---- all of it ---- */

static void print_model(FILE *f, const summary *s, const trial *e, int brief)
{
    const record *r = e->first;
    parted parts;

    fprintf(f, "\n%s (%s, field %s): %ld samples of %.0f columns, %d seed%s\n", r->model, r->process, r->score,
            r->samples, r->dim, most_seeds(s),
            most_seeds(s) > 1 ? "s" : "");
    for (int m = 0; m < s->of->metrics; m++) {
        report_topic t = { s, r->model, m, metric_relative(s->of->metric[m]), s->of->metric[m] };

        if ((!brief || m == 0) && !split_networks(s->of, m))
            print_table(f, &t);
    }
    for (int m = 0; m < s->of->metrics; m++) {
        report_topic t = { s, r->model, m, metric_relative(s->of->metric[m]), s->of->metric[m] };

        if (!split_networks(s->of, m))
            print_cheapest(f, &t);
    }
    for (int n = 0; split_nth(s->of, n, &parts); n++)
        split_print(f, s, r->model, &parts, brief);
}

static int model_new(const summary *s, int i)
{
    for (int k = 0; k < i; k++)
        if (!strcmp(s->trial[k].first->model, s->trial[i].first->model))
            return 0;
    return 1;
}

void report_print(FILE *f, const summary *s, int brief)
{
    int first = 1;

    for (int i = 0; i < s->trials; i++)
        if (model_new(s, i))
            print_model(f, s, &s->trial[i], brief);
    fprintf(f, "\nIntervals are 95 %% over seeds (Student's t); significance is of paired differences, one-sided, at 5 "
               "%% a line by Holm's procedure.\n"
               "The floor is what exact samples give; reached: within 10 %% or 2 standard errors of it.\n");
    warn_lost(f, s);
    warn_seeds(f, s);
    warn_unused(f, s);
    for (int i = 0; i < s->trials; i++)
        for (int m = 0; model_new(s, i) && m < s->of->metrics; m++)
            first = warn_floor(f, &(report_topic){ s, s->trial[i].first->model, m, metric_relative(s->of->metric[m]),
                                            s->of->metric[m] }, first);
    fputs(first ? "" : "\n", f);
}
