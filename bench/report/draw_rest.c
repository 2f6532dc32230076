/* The figures of the other commands: check, train, logp. */
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "bench/report/draw.h"
#include "bench/report/figure.h"

static int begin(figure *g, const char *folder, const char *script, const char *name)
{
    char out[600];

    snprintf(out, sizeof out, "%s-%s", script, name);
    if (figure_open(g, folder, out))
        return -1;
    figure_text(g, "model", name);
    figure_text(g, "metric", "");
    return 0;
}

/* A script that reads one file of numbers. */
static int draw_numbers(const char *folder, const char *script, const char *name, const char *file)
{
    char path[FIGURE_PATH];
    figure g;

    if (begin(&g, folder, script, name))
        return -1;
    snprintf(path, sizeof path, "%s/%s.tsv", folder, file);
    figure_path(&g, "data", path);
    return figure_draw(&g, script);
}

int draw_check(const char *folder, const char *name, int errs)
{
    return draw_numbers(folder, "check", name, "check") || (errs && draw_numbers(folder, "fisher", name, "check")) ? -1
        : 0;
}

int draw_loss(const char *folder, const char *name) { return draw_numbers(folder, "loss", name, name); }

int draw_logp(const char *folder)
{
    char path[FIGURE_PATH];
    figure g;
    table t;
    int bad;

    snprintf(path, sizeof path, "%s/logp.tsv", folder);
    if (table_read(&t, path))
        return -1;
    bad = figure_open(&g, folder, "logp");
    if (!bad && (bad = figure_table(&g, "data", &t, "model solver trace")))
        figure_close(&g);
    table_free(&t);
    if (bad)
        return -1;
    figure_text(&g, "metric", "");
    snprintf(path, sizeof path, "%s/points.tsv", folder);
    figure_path(&g, "points", path);
    return figure_draw(&g, "logp");
}

/* ---- terms of a bound ---- */

int is_terms(const char *file)
{
    char head[32] = "";
    FILE *f = fopen(file, "r");

    if (!f)
        return 0;
    if (!fgets(head, sizeof head, f))
        *head = 0;
    fclose(f);
    return !strncmp(head, "cell\tterm\t", 10) || !strncmp(head, "term\tt\tmean\t", 12);
}

int draw_terms(const char *file)
{
    const char *slash = strrchr(file, '/');
    char folder[FIGURE_PATH], out[FIGURE_PATH];
    figure g;
    table t;
    int bad;

    if (table_read(&t, file))
        return -1;
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - file) : 1, slash ? file : ".");
    snprintf(out, sizeof out, "%s", slash ? slash + 1 : file);
    if (strrchr(out, '.'))
        *strrchr(out, '.') = 0;
    bad = figure_open(&g, slash == file ? "/" : folder, out);
    if (!bad && (bad = figure_table(&g, "terms", &t, "cell")))
        figure_close(&g);
    if (!bad) {
        figure_text(&g, "metric", "");
        figure_number(&g, "many", !strcmp(table_cell(&t, -1, 0), "cell"));
        bad = figure_draw(&g, "terms");
    }
    table_free(&t);
    return bad;
}
