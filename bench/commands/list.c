/* fokker list: what there is.  Each table is printed from the descriptors themselves. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/metrics/metric.h"
#include "bench/options.h"
#include "base/fail.h"
#include "base/files/bom.h"
#include "scores/networks/layer.h"
#include "solvers/grids/grid.h"
#include "models/model.h"
#include "solvers/engine/start.h"
#include "solvers/solver.h"
#include "solvers/likelihood/trace.h"

/* A parameter with its range or its words, and its default. */
static void print_param(const param *p)
{
    printf("    %-10s %s", p->name, p->about);
    if (p->choices && strcmp(p->choices, PATH)) {
        const char *w = p->choices;

        for (int i = 0; i < (int)p->def; i++)
            w += strcspn(w, " ") + 1;
        printf(": %s (default %.*s)\n", p->choices, (int)strcspn(w, " "), w);
    } else if (p->choices || isnan(p->def)) {
        printf("%s\n", isnan(p->def) ? " (must be given)" : "");
    } else {
        printf(", %g to %g (default %g)\n", p->min, p->max, p->def);
    }
}

static void print_params(const param *par)
{
    for (int i = 0; i < MAX_PARAM && par[i].name; i++)
        print_param(&par[i]);
}

static void print_entry(const request *r, const char *name, const char *about, const char *cite, const param *par)
{
    if (option_text(r, "tsv")) {
        printf("%s\t%s\t%s\n", name, about, cite ? cite : "");
        return;
    }
    printf("  %-22s %s%s%s%s\n", name, about, cite && *cite ? " [" : "", cite ? cite : "", cite && *cite ? "]" : "");
    print_params(par);
}

static void print_solver(const request *r, const solver *s)
{
    if (option_text(r, "tsv")) {
        printf("%s\t%g\t%g\t%d\t%d\t%s\t%s\n", s->name, s->order, s->strong, s->stochastic, s->evals, s->about,
               s->cite);
        return;
    }
    printf("  %-22s ", s->name);
    if (s->order > 0)
        printf(s->stochastic ? "weak %g" : "order %g", s->order);
    else
        printf("-");
    if (s->strong > 0)
        printf(" strong %g", s->strong);
    printf(", %d call%s a step; %s [%s]\n", s->evals, s->evals == 1 ? "" : "s", s->about, s->cite);
    print_params(s->par);
}

static int list_solvers(const request *r)
{
    if (option_text(r, "tsv"))
        puts("name\tclaimed\tstrong\tstochastic\tcalls\tabout\tcite");
    for (int i = 0; i < solvers(); i++)
        print_solver(r, solver_at(i));
    return OK;
}

static void heading(const request *r)
{
    if (option_text(r, "tsv"))
        puts("name\tabout\tcite");
}

static int list_processes(const request *r)
{
    heading(r);
    for (int i = 0; i < process_kinds(); i++)
        print_entry(r, process_kind(i)->name, process_kind(i)->about, process_kind(i)->cite, process_kind(i)->par);
    return OK;
}

static int list_grids(const request *r)
{
    heading(r);
    for (int i = 0; i < grids(); i++)
        print_entry(r, grid_at(i)->name, grid_at(i)->about, grid_at(i)->cite, grid_at(i)->par);
    return OK;
}

static int list_metrics(const request *r)
{
    heading(r);
    for (int i = 0; i < metrics(); i++) {
        param all[MAX_PARAM];

        metric_params(metric_at(i), all);
        print_entry(r, metric_at(i)->name, metric_at(i)->about, metric_at(i)->cite, all);
    }
    return OK;
}

static int list_wrappers(const request *r)
{
    heading(r);
    for (int i = 0; i < wrappers(); i++)
        print_entry(r, wrapper_at(i)->name, wrapper_at(i)->about, wrapper_at(i)->cite, wrapper_at(i)->par);
    return OK;
}

static int list_layers(const request *r)
{
    heading(r);
    for (int i = 0; i < layers(); i++)
        print_entry(r, layer_at(i)->name, layer_at(i)->about, NULL, layer_at(i)->par);
    return OK;
}

static int list_estimators(const request *r)
{
    heading(r);
    for (int i = 0; i < estimators(); i++)
        print_entry(r, estimator_at(i)->name, estimator_at(i)->about, estimator_at(i)->cite, estimator_at(i)->par);
    return OK;
}

static int list_starts(const request *r)
{
    heading(r);
    for (int i = 0; i < starts(); i++)
        print_entry(r, start_at(i)->name, start_at(i)->about, NULL, start_at(i)->par);
    return OK;
}

/* The first comment line of a model file says what it is. */
static void print_model(const request *r, const char *folder, const char *file)
{
    char path[4352], line[256] = "";
    static const param none[MAX_PARAM];
    FILE *f;
    size_t skip;

    snprintf(path, sizeof path, "%s%s", folder, file);
    if ((f = fopen(path, "r"))) {
        if (!fgets(line, sizeof line, f) || *past_mark(line) != '#')
            *line = 0;
        fclose(f);
    }
    line[strcspn(line, "\n")] = 0;
    skip = past_mark(line) - line;
    skip += strspn(line + skip, "# ");
    snprintf(path, sizeof path, "%.*s", (int)strlen(file) - 4, file);
    print_entry(r, path, line + skip, NULL, none);
}

static int is_model(const struct dirent *d)
{
    size_t len = strlen(d->d_name);

    return len > 4 && !strcmp(d->d_name + len - 4, ".ini");
}

static int list_models(const request *r)
{
    struct dirent **file;
    const char *folder = models_folder();
    int n = scandir(*folder ? folder : ".", &file, is_model, alphasort);

    if (n < 0) {
        fail("%s: the folder of models cannot be read; set FOKKER_MODELS", folder);
        return complain(USAGE);
    }
    heading(r);
    for (int i = 0; i < n; i++) {
        print_model(r, folder, file[i]->d_name);
        free(file[i]);
    }
    free(file);
    return OK;
}

static const struct list_topic { const char *name; int (*list)(const request *); } topics[] = {
    { "solvers", list_solvers }, { "processes", list_processes }, { "grids", list_grids },
    { "models", list_models }, { "metrics", list_metrics }, { "wrappers", list_wrappers },
    { "layers", list_layers }, { "estimators", list_estimators }, { "starts", list_starts },
};
enum { TOPICS = sizeof topics / sizeof *topics };

int cmd_list(const request *r)
{
    int status = OK;

    if (words_between(r, 0, 1))
        return complain(USAGE);
    for (int i = 0; i < TOPICS; i++)
        if (r->words && !strcmp(r->word[0], topics[i].name))
            return topics[i].list(r);
    if (r->words) {
        fail("list: there is no list of \"%s\"; did you mean %s?", r->word[0],
             nearest(r->word[0], TOPICS, topics, sizeof *topics));
        return complain(USAGE);
    }
    if (option_text(r, "tsv")) {
        fail("list: --tsv needs one kind of thing; give solvers, processes, grids, models, metrics, wrappers, layers, "
             "estimators or starts");
        return complain(USAGE);
    }
    for (int i = 0; i < TOPICS && !status; i++) {
        printf("%s%s\n", i ? "\n" : "", topics[i].name);
        status = topics[i].list(r);
    }
    return status;
}
