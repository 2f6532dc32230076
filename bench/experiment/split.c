/* An error in its parts: the items of a split, its columns in a file of results, and what is said of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/options.h"
#include "bench/experiment/split.h"
#include "base/fail.h"

/* ---- items ---- */

static const char mark[] = "split:";

/* What a part adds to the item of a metric. */
static const char *const keys[][PART_COUNT] = {
    [AGAINST_SAMPLE] = { [PART_WHOLE] = "", [PART_SOLVER] = "to=field", [PART_NETWORK] = "of=field" },
    [AGAINST_FLOW] = { [PART_WHOLE] = "to=law", [PART_SOLVER] = "", [PART_NETWORK] = "of=field,to=law" },
};

static int put_parts(FILE *f, const char *where, const char *item)
{
    measure m;

    if (measure_parse(&m, where, item))
        return -1;
    measure_free(&m);
    if (m.kind->against == AGAINST_LAW)
        return fail("%s: %s compares with the law alone and has no parts; rms, sw2, w2 and energy have", where, m.name);
    if (measure_part(&m) != (m.kind->against == AGAINST_FLOW ? PART_SOLVER : PART_WHOLE))
        return fail("%s: %s is a part already; leave of and to out", where, item);
    for (int k = 0; k < PART_COUNT; k++) {
        const char *key = keys[m.kind->against][k];

        fprintf(f, "%s%s%s ", item, !*key ? "" : strchr(item, ':') ? "," : ":", key);
    }
    return 0;
}

char *split_items(const char *where, const char *list)
{
    int n, bad = 0;
    char **word = words_of(list, &n), *all = NULL;
    size_t size;
    FILE *f = word ? open_memstream(&all, &size) : NULL;

    for (int i = 0; f && i < n && !bad; i++)
        if (!strncmp(word[i], mark, strlen(mark)))
            bad = put_parts(f, where, word[i] + strlen(mark));
        else
            fprintf(f, "%s%s", word[i], i + 1 < n ? " " : "");
    free(word);
    if (f)
        fclose(f);
    else
        fail("%s: out of memory", where);
    if (bad)
        free(all), all = NULL;
    return all;
}

/* ---- columns ---- */

static int same_metric(const measure *a, const measure *b)
{
    int same = a->kind == b->kind;

    for (int i = 0; same && i < MAX_PARAM && a->kind->par[i].name; i++)
        same = a->given.v[i] == b->given.v[i];
    return same;
}

/* A column's measure; 0 where its name is none of ours. */
static int read_column(const results *r, int i, measure *m)
{
    if (measure_parse(m, "results", r->metric[i]))
        return 0;
    measure_free(m);
    return 1;
}

/* The split that column i belongs to: 1 where all of its parts are there. */
static int split_of(const results *r, int i, parted *s)
{
    measure m, other;
    int found = 0;

    if (!read_column(r, i, &m))
        return 0;
    s->name = m.kind->name;
    for (int k = 0; k < r->metrics; k++)
        if (read_column(r, k, &other) && same_metric(&m, &other) && !(found >> measure_part(&other) & 1)) {
            s->column[measure_part(&other)] = k;
            found |= 1 << measure_part(&other);
        }
    return found == (1 << PART_COUNT) - 1;
}

int split_nth(const results *r, int n, parted *s)
{
    for (int i = 0; i < r->metrics; i++)
        if (split_of(r, i, s) && s->column[PART_WHOLE] == i && !n--)
            return 1;
    return 0;
}

int split_networks(const results *r, int column)
{
    parted s;

    return split_of(r, column, &s) && s.column[PART_NETWORK] == column;
}

/* ---- words ---- */

static int has_parts(const trial *e, const parted *s)
{
    int all = 1;

    for (int k = 0; k < PART_COUNT; k++)
        all &= !isnan(trial_estimate(e, s->column[k]).mean);
    return all;
}

static void print_table(FILE *f, const summary *all, const char *name, const parted *s)
{
    fprintf(f, "  %s by its parts\n  calls  %-20s %-27s %-27s %s\n", s->name, "solver", "the whole", "the solver's",
            "the network's");
    for (int i = 0; i < all->trials; i++) {
        const trial *e = &all->trial[i];

        if (strcmp(e->first->model, name) || !has_parts(e, s))
            continue;
        fprintf(f, "  %5.0f  %-20s", trial_calls(e), e->first->solver);
        for (int k = 0; k < PART_COUNT; k++) {
            estimate v = trial_estimate(e, s->column[k]);
            char text[80];

            snprintf(text, sizeof text, "%.3g [%.3g, %.3g]", v.mean, v.low, v.high);
            fprintf(f, k + 1 < PART_COUNT ? " %-27s" : " %s\n", text);
        }
    }
}

/* Of the trials of e's solver and grid: the one with the fewest calls whose solver's part lies below the network's,
 * else the one with the most calls. */
static const trial *crossing(const summary *all, const trial *e, const parted *s, int *below)
{
    const trial *best = NULL;

    *below = 0;
    for (int i = 0; i < all->trials; i++) {
        const trial *o = &all->trial[i];
        int less;

        if (strcmp(o->first->model, e->first->model) || strcmp(o->first->solver, e->first->solver)
            || strcmp(o->first->grid, e->first->grid) || !has_parts(o, s))
            continue;
        less = trial_estimate(o, s->column[PART_SOLVER]).mean < trial_estimate(o, s->column[PART_NETWORK]).mean;
        if (!best || less > *below
            || (less == *below && (less ? trial_calls(o) < trial_calls(best) : trial_calls(o) > trial_calls(best))))
            best = o, *below = less;
    }
    return best;
}

/* `10 of dpmpp-2m, 50 of ddim` of those that cross, or of those that do not; how many. */
static int print_crossings(FILE *f, const summary *all, const char *name, const parted *s, int wanted)
{
    int n = 0, below;

    for (int i = 0; i < all->trials; i++) {
        const trial *e = &all->trial[i], *c = strcmp(e->first->model, name) ? NULL : crossing(all, e, s, &below);
        int known = 0;

        for (int k = 0; k < i && c; k++)
            known |= crossing(all, &all->trial[k], s, &(int){ 0 }) == c && !strcmp(all->trial[k].first->model, name);
        if (!c || known || below != wanted)
            continue;
        if (f)
            fprintf(f, "%s%.0f of %s", n ? ", " : "", trial_calls(c), c->first->solver);
        n++;
    }
    return n;
}

/* e: any trial that has parts. */
static void print_answer(FILE *f, const summary *all, const trial *e, const parted *s)
{
    const char *name = e->first->model;
    estimate v = trial_estimate(e, s->column[PART_NETWORK]);

    fprintf(f, "  %s: the network's part is %.3g [%.3g, %.3g]", s->name, v.mean, v.low, v.high);
    if (v.floor > 0)
        fprintf(f, ", where exact samples have %.3g", v.floor);
    if (print_crossings(NULL, all, name, s, 1)) {
        fputs(";\n    the solver's part is less from these calls on: ", f);
        print_crossings(f, all, name, s, 1);
    }
    if (print_crossings(NULL, all, name, s, 0)) {
        fputs(";\n    it is more even with ", f);
        print_crossings(f, all, name, s, 0);
    }
    fputc('\n', f);
}

void split_print(FILE *f, const summary *all, const char *name, const parted *s, int brief)
{
    int i = 0;

    while (i < all->trials && (strcmp(all->trial[i].first->model, name) || !has_parts(&all->trial[i], s)))
        i++;
    if (i == all->trials)
        return;
    if (!brief)
        print_table(f, all, name, s);
    print_answer(f, all, &all->trial[i], s);
}
