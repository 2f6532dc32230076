/* fokker plot: the plots of a benchmark, by gnuplot.  The scripts of plots/ know column names alone. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench/checks/check.h"
#include "bench/training/fit.h"
#include "bench/likelihood/logp.h"
#include "bench/options.h"
#include "bench/report/pictures.h"
#include "bench/experiment/split.h"
#include "models/model.h"

extern char **environ;

enum { PATH_SIZE = 4300 };

/* The folder of the scripts: beside that of the models, or $FOKKER_PLOTS. */
static void script_path(const char *name, char path[PATH_SIZE])
{
    const char *asked = getenv("FOKKER_PLOTS");

    if (asked && *asked)
        snprintf(path, PATH_SIZE, "%s/%s.gp", asked, name);
    else
        snprintf(path, PATH_SIZE, "%splots/%s.gp", shared_folder(), name);
}

/* name='text'; with quotes doubled, as gnuplot has them. */
static void define(FILE *f, const char *name, const char *text)
{
    fprintf(f, "%s='", name);
    for (; *text; text++) {
        if (*text == '\'')
            fputc('\'', f);
        fputc(*text, f);
    }
    fputs("'; ", f);
}

/* Runs gnuplot with definitions and a script; what it says goes to DIR/gnuplot.log.  0 or -1. */
static int gnuplot(const char *folder, char *definitions, char *script)
{
    char log[PATH_SIZE], *argument[] = { "gnuplot", "-e", definitions, script, NULL };
    posix_spawn_file_actions_t to;
    pid_t child;
    int status, error;

    snprintf(log, sizeof log, "%s/gnuplot.log", folder);
    if (access(script, R_OK))
        return fail("%s: the script is missing; set FOKKER_PLOTS to the folder of plots", script);
    posix_spawn_file_actions_init(&to);
    posix_spawn_file_actions_addopen(&to, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    posix_spawn_file_actions_adddup2(&to, 1, 2);
    error = posix_spawnp(&child, "gnuplot", &to, NULL, argument, environ);
    posix_spawn_file_actions_destroy(&to);
    if (error)
        return fail("gnuplot cannot be run (%s); install it (Debian: gnuplot-nox)", strerror(error));
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return fail("gnuplot: its end was missed (%s)", strerror(errno));
    if (!WIFEXITED(status) || WEXITSTATUS(status))
        return WIFEXITED(status) && WEXITSTATUS(status) == 127
            ? fail("gnuplot cannot be run; install it (Debian: gnuplot-nox)")
                                                               : fail("gnuplot failed on %s; see %s", script, log);
    remove(log);
    return 0;
}

/* Letters, digits, dots and dashes. */
static void file_part(char *text)
{
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && *text != '.' && *text != '-' && *text != '_')
            *text = '-';
}

/* Distinct words of a model's trials, for loops in the scripts. */
static void define_words(FILE *f, const char *variable, const summary *s, const char *name, int grids_too)
{
    int first = 1;

    fprintf(f, "%s='", variable);
    for (int i = 0; s && i < s->trials; i++) {
        const record *r = s->trial[i].first;
        int known = strcmp(r->model, name);

        for (int k = 0; k < i && !known; k++)
            known = !strcmp(s->trial[k].first->model, name)
                && !strcmp(grids_too ? s->trial[k].first->grid : s->trial[k].first->solver, grids_too ? r->grid
                           : r->solver);
        if (known || strchr(grids_too ? r->grid : r->solver, '\''))
            continue;
        fprintf(f, "%s%s", first ? "" : " ", grids_too ? r->grid : r->solver);
        first = 0;
    }
    fputs("'; ", f);
}

/* what: the metric, or NULL; parts: of it, or NULL. */
static int draw_parts(const summary *s, const char *folder, const char *script, const char *name, const char *what,
                      const parted *parts)
{
    char out[600], path[PATH_SIZE], *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    int status;

    if (!f)
        return fail("plot: out of memory");
    snprintf(out, sizeof out, what ? "%s-%s-%s" : "%s-%s", script, name, what);
    file_part(out);
    define(f, "folder", folder);
    define(f, "out", out);
    define(f, "model", name);
    define(f, "metric", what ? what : "");
    define(f, "about", what ? metric_about(what) : "");
    define_words(f, "solvers", s, name, 0);
    define_words(f, "grids", s, name, 1);
    for (int k = 0; parts && k < PART_COUNT; k++)
        define(f, part_names[k], s->of->metric[parts->column[k]]);
    fclose(f);
    script_path(script, path);
    status = gnuplot(folder, text, path);
    free(text);
    return status;
}

static int draw_one(const summary *s, const char *folder, const char *script, const char *name, const char *what)
{
    return draw_parts(s, folder, script, name, what, NULL);
}

/* Whether runs of this model were parallel in time: rounds.tsv has rows of it. */
static int has_rounds(const char *folder, const char *name)
{
    char path[PATH_SIZE], *line = NULL, *at, *end;
    size_t room = 0;
    FILE *f;
    int yes = 0;

    snprintf(path, sizeof path, "%s/rounds.tsv", folder);
    if (!(f = fopen(path, "r")))
        return 0;
    while (!yes && getline(&line, &room, f) > 0)
        yes = *line != '#' && (at = strchr(line, '\t')) && (end = strchr(at + 1, '\t'))
            && strlen(name) == (size_t)(end - at - 1)
              && !strncmp(at + 1, name, strlen(name));
    free(line), fclose(f);
    return yes;
}

/* A script for each file that there is. */
static int draw_files(const summary *s, const char *folder, const char *name)
{
    static const struct { const char *file, *script; } each[] = { { "grids", "grids" }, { "samples", "scatter" },
                                                                  { "images", "sheet" } };

    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        char path[PATH_SIZE];

        snprintf(path, sizeof path, "%s/%s-%s.tsv", folder, each[i].file, name);
        if (!access(path, R_OK) && draw_one(s, folder, each[i].script, name, NULL))
            return -1;
    }
    return 0;
}

static int has_numbers(const summary *s, const char *name, int what)
{
    for (int i = 0; i < s->trials; i++)
        if (!strcmp(s->trial[i].first->model, name) && !isnan(trial_estimate(&s->trial[i], what).mean))
            return 1;
    return 0;
}

/* A picture for each metric whose parts are there. */
static int draw_splits(const summary *s, const char *folder, const char *name)
{
    parted parts;

    for (int n = 0; split_nth(s->of, n, &parts); n++)
        if (has_numbers(s, name, parts.column[PART_SOLVER]) && has_numbers(s, name, parts.column[PART_NETWORK])
            && draw_parts(s, folder, "split", name, parts.name, &parts))
            return -1;
    return 0;
}

static int draw_model(const summary *s, const char *folder, const char *name)
{
    int wide = has_rounds(folder, name);

    for (int m = 0; m < s->of->metrics; m++)
        if (!split_networks(s->of, m) && has_numbers(s, name, m)
            && (draw_one(s, folder, "quality", name, s->of->metric[m])
                || draw_one(s, folder, "seconds", name, s->of->metric[m])
                || (wide && draw_one(s, folder, "work", name, s->of->metric[m]))))
            return -1;
    return draw_files(s, folder, name) || draw_splits(s, folder, name)
        || (wide && draw_one(s, folder, "rounds", name, NULL)) ? -1 : 0;
}

int pictures_draw(const summary *s, const char *folder)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "%s/summary.tsv", folder);
    if (summary_write(s, path))
        return -1;
    for (int i = 0; i < s->trials; i++) {
        int known = 0;

        for (int k = 0; k < i; k++)
            known |= !strcmp(s->trial[k].first->model, s->trial[i].first->model);
        if (!known && draw_model(s, folder, s->trial[i].first->model))
            return -1;
    }
    return 0;
}

int check_draw(const char *name, const char *folder, int errs)
{
    return draw_one(NULL, folder, "check", name, NULL) || (errs && draw_one(NULL, folder, "fisher", name, NULL)) ? -1
        : 0;
}

int loss_draw(const char *name, const char *folder) { return draw_one(NULL, folder, "loss", name, NULL); }

/* Whether it is a table of the terms of a bound, and one of many cells. */
static int is_terms(const char *path, int *many)
{
    char head[32] = "";
    FILE *f = fopen(path, "r");

    if (!f)
        return 0;
    if (!fgets(head, sizeof head, f))
        *head = 0;
    fclose(f);
    *many = !strncmp(head, "cell\tterm\t", 10);
    return *many || !strncmp(head, "term\tt\tmean\t", 12);
}

static int draw_terms(const char *path, const char *folder, int many)
{
    const char *slash = strrchr(path, '/');
    char out[PATH_SIZE], script[PATH_SIZE], *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    int status;

    if (!f)
        return fail("plot: out of memory");
    snprintf(out, sizeof out, "%s", slash ? slash + 1 : path);
    if (strrchr(out, '.'))
        *strrchr(out, '.') = 0;
    define(f, "folder", folder);
    define(f, "out", out);
    define(f, "file", path);
    define(f, "metric", "");
    fprintf(f, "many=%d; ", many);
    fclose(f);
    script_path("terms", script);
    status = gnuplot(folder, text, script);
    free(text);
    return status;
}

int logp_draw(const char *folder) { return draw_one(NULL, folder, "logp", "", NULL); }

int cmd_plot(const request *r)
{
    char path[PATH_SIZE], folder[PATH_SIZE], *slash;
    struct stat is;
    results read;
    summary all;
    int bad, many;

    if (words_between(r, 1, 1))
        return complain(USAGE);
    snprintf(path, sizeof path, "%s", r->word[0]);
    if (!stat(path, &is) && S_ISDIR(is.st_mode)) {
        snprintf(path, sizeof path, "%s/logp.tsv", r->word[0]);
        if (!access(path, R_OK))
            return logp_draw(r->word[0]) ? complain(USAGE) : OK;
        snprintf(path, sizeof path, "%s/results.tsv", r->word[0]);
    }
    snprintf(folder, sizeof folder, "%s", path);
    if ((slash = strrchr(folder, '/')))
        *slash = 0;
    else
        strcpy(folder, ".");
    if (is_terms(path, &many))
        return draw_terms(path, folder, many) ? complain(USAGE) : OK;
    if (results_read(path, &read))
        return complain(USAGE);
    bad = summary_open(&all, &read) || pictures_draw(&all, folder);
    summary_close(&all);
    results_free(&read);
    return bad ? complain(USAGE) : OK;
}
