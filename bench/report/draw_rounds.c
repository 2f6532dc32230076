/* Runs that are parallel in time: residuals by iteration, rounds by tolerance, modelled speed-up by window. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "bench/report/draw.h"
#include "bench/report/figure.h"

typedef struct xy { double x, y; long at; } xy;

/* Points of one curve, in the order in which they are drawn. */
typedef struct curve { int n; xy *at; } curve;

static int by_x(const void *a, const void *b)
{
    const xy *p = a, *q = b;

    return p->x != q->x ? (p->x > q->x) - (p->x < q->x) : (p->at > q->at) - (p->at < q->at);
}

static void put_curve(figure *g, int number, curve *c)
{
    qsort(c->at, c->n, sizeof *c->at, by_x);
    for (int i = 0; i < c->n; i++) {
        fprintf(g->in, "%d\t", number);
        figure_cell(g, c->at[i].x, 0), figure_cell(g, c->at[i].y, 1);
    }
}

/* The columns of a ledger that are asked for. */
typedef struct ledger_columns { int model, solver, seed, family, window, tol, x, y; } ledger_columns;

/* ---- residuals of the first seed, a curve a solver ---- */

static int put_residuals(figure *g, const table *t, const char *model)
{
    int own = table_column(t, "model"), solver = table_column(t, "solver"), seed = table_column(t, "seed"),
        x = table_column(t, "iteration"), y = table_column(t, "residual");
    distinct names = { 0 };
    curve c = { .at = malloc((t->rows + 1) * sizeof *c.at) };
    const char *first = NULL;

    if (own < 0 || solver < 0 || seed < 0 || x < 0 || y < 0 || !c.at)
        return free(c.at), -1;
    for (int i = 0; i < t->rows; i++)
        if (!strcmp(table_cell(t, i, own), model)) {
            first = first ? first : table_cell(t, i, seed);
            distinct_place(&names, table_cell(t, i, solver));
        }
    figure_begin(g, "residuals", "curve\tx\ty");
    for (int k = 0; k < names.n; k++) {
        c.n = 0;
        for (int i = 0; i < t->rows; i++)
            if (!strcmp(table_cell(t, i, own), model) && !strcmp(table_cell(t, i, solver), names.text[k])
                && !strcmp(table_cell(t, i, seed), first))
                c.at[c.n++] = (xy){ table_number(t, i, x), table_number(t, i, y), i };
        put_curve(g, k + 1, &c);
    }
    figure_end(g);
    figure_names(g, "runs", names.n, names.text);
    distinct_free(&names), free(c.at);
    return 0;
}

/* ---- runs that differ in one thing alone ---- */

/* by: the column that varies; held: the one that a curve keeps besides its family. */
typedef struct comparison { const char *name, *by, *held, *y, *title; } comparison;
static const comparison over_tol = { "over_tol", "tol", "window", "rounds", "%s, window %s" },
    over_window = { "over_window", "window", "tol", "model_speedup", "%s, tol %s" };

/* Which rows are of one model, and of one curve in it. */
typedef struct ledger_view { const table *t; const char *model; int own, family, held, by; } ledger_view;

static int same_curve(const ledger_view *v, int i, int k)
{
    return !strcmp(table_cell(v->t, i, v->own), v->model) && !strcmp(table_cell(v->t, k, v->own), v->model)
        && !strcmp(table_cell(v->t, i, v->family), table_cell(v->t, k, v->family))
        && !strcmp(table_cell(v->t, i, v->held), table_cell(v->t, k, v->held));
}

/* Whether a second value of what varies comes with row i. */
static int is_second(const ledger_view *v, int i)
{
    distinct values = { 0 };
    int before, n;

    for (int k = 0; k < i; k++)
        if (same_curve(v, i, k))
            distinct_place(&values, table_cell(v->t, k, v->by));
    before = values.n;
    distinct_place(&values, table_cell(v->t, i, v->by));
    n = values.n;
    distinct_free(&values);
    return before == 1 && n == 2;
}

static int put_comparison(figure *g, const table *t, const char *model, const comparison *of)
{
    ledger_view v = { t, model, table_column(t, "model"), table_column(t, "family"), table_column(t, of->held),
                      table_column(t, of->by) };
    int y = table_column(t, of->y), n = 0;
    curve c = { .at = malloc((t->rows + 1) * sizeof *c.at) };
    char **title = calloc(t->rows + 1, sizeof *title);

    if (v.own < 0 || v.family < 0 || v.held < 0 || v.by < 0 || y < 0 || !c.at || !title)
        return free(c.at), free(title), -1;
    figure_begin(g, of->name, "curve\tx\ty");
    for (int i = 0; i < t->rows; i++) {
        size_t size = 40 + strlen(table_cell(t, i, v.family)) + strlen(table_cell(t, i, v.held));

        if (strcmp(table_cell(t, i, v.own), model) || !is_second(&v, i) || !(title[n] = malloc(size)))
            continue;
        snprintf(title[n], size, of->title, table_cell(t, i, v.family), table_cell(t, i, v.held));
        c.n = 0;
        for (int k = 0; k < t->rows; k++)
            if (same_curve(&v, i, k))
                c.at[c.n++] = (xy){ table_number(t, k, v.by), table_number(t, k, y), k };
        put_curve(g, ++n, &c);
    }
    figure_end(g);
    figure_names(g, of->title == over_tol.title ? "tol_names" : "window_names", n, (const char *const *)title);
    for (int i = 0; i < n; i++)
        free(title[i]);
    free(title), free(c.at);
    return 0;
}

/* ---- the figure ---- */

static int has_rows(const table *t, const char *model)
{
    int own = table_column(t, "model");

    for (int i = 0; own >= 0 && i < t->rows; i++)
        if (!strcmp(table_cell(t, i, own), model))
            return 1;
    return 0;
}

static int draw(const char *folder, const char *model, const table *rounds, const table *residuals)
{
    char out[600];
    figure g;

    snprintf(out, sizeof out, "rounds-%s", model);
    if (figure_open(&g, folder, out))
        return -1;
    figure_text(&g, "model", model);
    figure_text(&g, "metric", "");
    if (put_residuals(&g, residuals, model) || put_comparison(&g, rounds, model, &over_tol)
        || put_comparison(&g, rounds, model, &over_window))
        return figure_close(&g), -1;
    return figure_draw(&g, "rounds");
}

int draw_rounds(const char *folder, const char *model, int *drawn)
{
    char path[2][FIGURE_PATH];
    table rounds, residuals;
    int bad = 0;

    *drawn = 0;
    snprintf(path[0], FIGURE_PATH, "%s/rounds.tsv", folder), snprintf(path[1], FIGURE_PATH, "%s/residuals.tsv", folder);
    if (access(path[0], R_OK) || access(path[1], R_OK))
        return 0;
    if (table_read(&rounds, path[0]))
        return -1;
    if (has_rows(&rounds, model) && !(bad = table_read(&residuals, path[1]))) {
        *drawn = 1;
        bad = draw(folder, model, &rounds, &residuals);
        table_free(&residuals);
    }
    table_free(&rounds);
    return bad;
}
