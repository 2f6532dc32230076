/* Convergence, a figure a family of solvers: a panel a process and kind, a curve a solver, and for each order that is
 * claimed a triangle with its slope. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "bench/report/draw.h"
#include "bench/report/figure.h"

/* Columns of order-rungs.tsv. */
enum { SOLVER_NAME, PROCESS_NAME, GRID_NAME, KIND_NAME, CLAIMED, MEASURED, H, ERROR, FITTED, FAMILY, RUNG_COLUMNS };
static const char *const rung_columns[RUNG_COLUMNS] = { "solver", "process", "grid", "kind", "claimed", "measured", "h",
                                                        "error", "fitted", "family" };

/* The rungs, and which of them a panel shows. */
typedef struct ladders {
    const char *folder;
    table t;
    int at[RUNG_COLUMNS];
    const char *family, *process, *kind;
} ladders;

static const char *text_of(const ladders *l, int row, int column) { return table_cell(&l->t, row, l->at[column]); }
static double number_of(const ladders *l, int row, int column) { return table_number(&l->t, row, l->at[column]); }

static int in_family(const ladders *l, int row) { return !strcmp(text_of(l, row, FAMILY), l->family); }
static int in_panel(const ladders *l, int row)
{
    return in_family(l, row) && !strcmp(text_of(l, row, PROCESS_NAME), l->process)
        && !strcmp(text_of(l, row, KIND_NAME), l->kind);
}

/* Of every grid the order that was measured, to two digits. */
static char *legend(const ladders *l, const char *solver)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    distinct grids = { 0 };

    if (!f)
        return fail("order: out of memory"), NULL;
    for (int i = 0; i < l->t.rows; i++) {
        int known = grids.n;

        if (!in_panel(l, i) || strcmp(text_of(l, i, SOLVER_NAME), solver))
            continue;
        if (distinct_place(&grids, text_of(l, i, GRID_NAME)) <= known)
            continue;
        if (!known)
            fprintf(f, "%s: claimed %s, measured", solver, text_of(l, i, CLAIMED));
        fprintf(f, " %.6g", trunc(100 * number_of(l, i, MEASURED) + 0.5) / 100);
    }
    fclose(f);
    distinct_free(&grids);
    return text;
}

/* Rows of one solver; a blank line where another grid begins. */
static void put_ladder(figure *g, const ladders *l, const char *solver, int number)
{
    const char *grid = NULL;

    for (int i = 0; i < l->t.rows; i++) {
        if (!in_panel(l, i) || strcmp(text_of(l, i, SOLVER_NAME), solver))
            continue;
        if (grid && strcmp(grid, text_of(l, i, GRID_NAME)))
            fputc('\n', g->in);
        grid = text_of(l, i, GRID_NAME);
        fprintf(g->in, "%d\t", number);
        figure_cell(g, 1 / number_of(l, i, H), 0), figure_cell(g, fabs(number_of(l, i, ERROR)), 1);
    }
}

/* Under the first curve of each order that is claimed: its slope is the claim. */
static void put_triangles(figure *g, const ladders *l, int panel)
{
    distinct claims = { 0 };

    for (int i = 0; i < l->t.rows; i++) {
        double x = 1 / number_of(l, i, H), y = fabs(number_of(l, i, ERROR)) / 2.5, z;
        int known = claims.n;

        if (!in_panel(l, i) || !number_of(l, i, FITTED) || !(y > 0)
            || distinct_place(&claims, text_of(l, i, CLAIMED)) <= known)
            continue;
        z = y * pow(3, -number_of(l, i, CLAIMED));
        fprintf(g->in, "%d\t%.9g\t%.9g\n%d\t%.9g\t%.9g\n%d\t%.9g\t%.9g\n%d\t%.9g\t%.9g\n\n", panel, x, y, panel, x, z,
                panel, 3 * x, z, panel, x, y);
    }
    distinct_free(&claims);
}

/* The panels of a family, row by row: $curves and $triangles, the legends, and the last curve of each panel. */
static int put_panels(figure *g, ladders *l, const distinct *processes, const distinct *kinds)
{
    int panels = processes->n * kinds->n, *last = calloc(panels, sizeof *last), n = 0, bad = 0;
    char **name = calloc(l->t.rows + 1, sizeof *name);

    if (!last || !name)
        return free(last), free(name), fail("order: out of memory");
    figure_begin(g, "curves", "curve\tx\ty");
    for (int p = 0; p < panels; p++) {
        distinct solvers = { 0 };

        l->process = processes->text[p / kinds->n], l->kind = kinds->text[p % kinds->n];
        for (int i = 0; i < l->t.rows; i++)
            if (in_panel(l, i))
                distinct_place(&solvers, text_of(l, i, SOLVER_NAME));
        for (int k = 0; k < solvers.n && !bad; k++) {
            put_ladder(g, l, solvers.text[k], n + 1);
            bad = !(name[n++] = legend(l, solvers.text[k]));
            fputc('\n', g->in);
        }
        last[p] = n;
        distinct_free(&solvers);
    }
    figure_end(g);
    figure_begin(g, "triangles", "panel\tx\ty");
    for (int p = 0; p < panels; p++) {
        l->process = processes->text[p / kinds->n], l->kind = kinds->text[p % kinds->n];
        put_triangles(g, l, p + 1);
    }
    figure_end(g);
    fprintf(g->in, "array last[%d]\n", panels);
    for (int p = 0; p < panels; p++)
        fprintf(g->in, "last[%d] = %d\n", p + 1, last[p]);
    figure_names(g, "legends", bad ? 0 : n, (const char *const *)name);
    for (int i = 0; i < n; i++)
        free(name[i]);
    free(name), free(last);
    return bad ? -1 : 0;
}

static int draw_family(ladders *l)
{
    distinct processes = { 0 }, kinds = { 0 };
    char out[200];
    figure g;
    int bad;

    for (int i = 0; i < l->t.rows; i++)
        if (in_family(l, i))
            distinct_place(&processes, text_of(l, i, PROCESS_NAME)), distinct_place(&kinds, text_of(l, i, KIND_NAME));
    snprintf(out, sizeof out, "order-%s", l->family);
    for (char *c = out; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    if (!(bad = figure_open(&g, l->folder, out))) {
        figure_text(&g, "family", l->family);
        figure_names(&g, "processes", processes.n, processes.text);
        figure_names(&g, "kinds", kinds.n, kinds.text);
        if ((bad = put_panels(&g, l, &processes, &kinds)))
            figure_close(&g);
        else
            bad = figure_draw(&g, "order");
    }
    distinct_free(&processes), distinct_free(&kinds);
    return bad;
}

int draw_orders(const char *folder)
{
    ladders l = { .folder = folder };
    distinct families = { 0 };
    char path[FIGURE_PATH];
    int bad = 0;

    snprintf(path, sizeof path, "%s/order-rungs.tsv", folder);
    if (table_read(&l.t, path))
        return -1;
    for (int c = 0; c < RUNG_COLUMNS && !bad; c++)
        bad = (l.at[c] = table_column(&l.t, rung_columns[c])) < 0;
    for (int i = 0; i < l.t.rows && !bad; i++)
        distinct_place(&families, text_of(&l, i, FAMILY));
    for (int i = 0; i < families.n && !bad; i++) {
        l.family = families.text[i];
        bad = draw_family(&l);
    }
    distinct_free(&families), table_free(&l.t);
    return bad ? -1 : 0;
}
