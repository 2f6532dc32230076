/* The figures of a benchmark: quality against calls, time and work, its parts, grids, samples, rounds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/files/inside.h"
#include "bench/experiment/split.h"
#include "bench/experiment/summary.h"
#include "bench/report/draw.h"
#include "bench/report/figure.h"

/* What the figures of one model have in common. */
typedef struct shown_model {
    const summary *s;
    const char *folder, *name;
    distinct solvers, grids;
} shown_model;

static int is_of(const trial *e, const char *name) { return !strcmp(e->first->model, name); }

static int model_open_shown(shown_model *v, const summary *s, const char *folder, const char *name)
{
    int bad = 0;

    *v = (shown_model){ .s = s, .folder = folder, .name = name };
    for (int i = 0; i < s->trials && !bad; i++)
        if (is_of(&s->trial[i], name))
            bad = !distinct_place(&v->solvers, s->trial[i].first->solver)
                || !distinct_place(&v->grids, s->trial[i].first->grid);
    return bad ? -1 : 0;
}

static void model_close_shown(shown_model *v) { distinct_free(&v->solvers), distinct_free(&v->grids); }

static int begin(figure *g, const shown_model *v, const char *script, const char *what)
{
    char out[600];

    snprintf(out, sizeof out, what ? "%s-%s-%s" : "%s-%s", script, v->name, what);
    if (figure_open(g, v->folder, out))
        return -1;
    figure_text(g, "model", v->name);
    figure_text(g, "metric", what ? what : "");
    figure_names(g, "solvers", v->solvers.n, v->solvers.text);
    figure_names(g, "grids", v->grids.n, v->grids.text);
    return 0;
}

/* ---- quality ---- */

/* Rows of the model's trials in one column of the metrics; part: its number among them, 1 where there is one. */
static void put_trials(figure *g, shown_model *v, int what, int part)
{
    for (int i = 0; i < v->s->trials; i++) {
        const trial *e = &v->s->trial[i];
        estimate m;

        if (!is_of(e, v->name))
            continue;
        m = trial_estimate(e, what);
        fprintf(g->in, "%d\t%d\t%d\t", part, distinct_place(&v->solvers, e->first->solver),
                distinct_place(&v->grids, e->first->grid));
        for (int k = 0; k < 7; k++)
            figure_cell(g, (double[]){ trial_calls(e), trial_work(e), trial_seconds(e), m.mean, m.low, m.high,
                                       m.floor }[k], k == 6);
    }
}

static const char trial_columns[] = "part\tsolver\tgrid\tcalls\twork\tseconds\tmean\tlow\thigh\tfloor";

static int draw_metric(shown_model *v, const char *script, int what)
{
    figure g;

    if (begin(&g, v, script, v->s->of->metric[what]))
        return -1;
    figure_begin(&g, "data", trial_columns);
    put_trials(&g, v, what, 1);
    figure_end(&g);
    return figure_draw(&g, script);
}

static int has_numbers(const shown_model *v, int what)
{
    for (int i = 0; i < v->s->trials; i++)
        if (is_of(&v->s->trial[i], v->name) && !isnan(trial_estimate(&v->s->trial[i], what).mean))
            return 1;
    return 0;
}

static int draw_metrics(shown_model *v, int wide)
{
    for (int m = 0; m < v->s->of->metrics; m++)
        if (!split_networks(v->s->of, m) && has_numbers(v, m)
            && (draw_metric(v, "quality", m) || draw_metric(v, "seconds", m) || (wide && draw_metric(v, "work", m))))
            return -1;
    return 0;
}

/* A picture for each metric whose parts are there. */
static int draw_splits(shown_model *v)
{
    parted parts;
    figure g;

    for (int n = 0; split_nth(v->s->of, n, &parts); n++) {
        if (!has_numbers(v, parts.column[PART_SOLVER]) || !has_numbers(v, parts.column[PART_NETWORK]))
            continue;
        if (begin(&g, v, "split", parts.name))
            return -1;
        for (int k = 0; k < PART_COUNT; k++)
            figure_number(&g, part_names[k], k + 1);
        figure_begin(&g, "data", trial_columns);
        for (int k = 0; k < PART_COUNT; k++)
            put_trials(&g, v, parts.column[k], k + 1);
        figure_end(&g);
        if (figure_draw(&g, "split"))
            return -1;
    }
    return 0;
}

/* ---- what pictures_write left ---- */

/* Where FOLDER/WHAT-MODEL.tsv is; 0 where it is not. */
static int beside(const shown_model *v, const char *what, char path[FIGURE_PATH])
{
    snprintf(path, FIGURE_PATH, "%s/%s-%s.tsv", v->folder, what, v->name);
    return !access(path, R_OK);
}

/* A table with some columns of texts as $what. */
static int add_table(figure *g, const char *what, const char *path, const char *texts)
{
    table t;
    int bad;

    if (table_read(&t, path))
        return -1;
    bad = figure_table(g, what, &t, texts);
    table_free(&t);
    return bad;
}

static int draw_grids(const shown_model *v)
{
    char path[FIGURE_PATH];
    figure g;

    if (!beside(v, "grids", path))
        return 0;
    if (begin(&g, v, "grids", NULL))
        return -1;
    if (add_table(&g, "data", path, "grid"))
        return figure_close(&g), -1;
    return figure_draw(&g, "grids");
}

/* A board of panels with what is on it: samples in the plane, or the pixels of images. */
static int draw_board(const shown_model *v, const char *what, const char *script)
{
    char data[FIGURE_PATH], panels[FIGURE_PATH], density[FIGURE_PATH];
    figure g;
    int lattice;

    if (!beside(v, what, data) || !beside(v, "panels", panels))
        return 0;
    lattice = beside(v, "density", density);
    if (begin(&g, v, script, NULL))
        return -1;
    if (add_table(&g, "panels", panels, "kind text"))
        return figure_close(&g), -1;
    figure_path(&g, "data", data);
    figure_path(&g, "lattice", density);
    figure_number(&g, "has_lattice", lattice);
    return figure_draw(&g, script);
}

/* ---- the whole ---- */

static int draw_model(const summary *s, const char *folder, const char *name)
{
    shown_model v;
    int wide = 0, bad = model_open_shown(&v, s, folder, name) || draw_rounds(folder, name, &wide)
        || draw_metrics(&v, wide) || draw_grids(&v) || draw_board(&v, "samples", "scatter")
        || draw_board(&v, "images", "sheet") || draw_splits(&v);

    model_close_shown(&v);
    return bad ? -1 : 0;
}

int draw_bench(const summary *s, const char *folder)
{
    char path[FIGURE_PATH];

    snprintf(path, sizeof path, "%s/summary.tsv", folder);
    if (link_leaves(folder, path))
        return fail("%s: is a link out of its folder, and would be written through; remove it", path);
    if (summary_write(s, path))
        return -1;
    for (int i = 0; i < s->trials; i++) {
        int known = 0;

        for (int k = 0; k < i; k++)
            known |= is_of(&s->trial[k], s->trial[i].first->model);
        if (!known && draw_model(s, folder, s->trial[i].first->model))
            return -1;
    }
    return 0;
}
