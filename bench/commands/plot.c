/* fokker plot: the figures of a folder again from its tables, by gnuplot (bench/report/draw.h).  Nothing else is
 * started, whatever the tables say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "bench/experiment/summary.h"
#include "bench/options.h"
#include "bench/report/draw.h"

enum { PATH_SIZE = 4300 };

static int draw_results(const char *path, const char *folder)
{
    results read;
    summary all;
    int bad;

    if (results_read(path, &read))
        return -1;
    bad = summary_open(&all, &read) || draw_bench(&all, folder);
    summary_close(&all);
    results_free(&read);
    return bad ? -1 : 0;
}

static int has(const char *folder, const char *file)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "%s/%s", folder, file);
    return !access(path, R_OK);
}

/* All that the folder has tables of; without any it is taken for one of a benchmark, and said to be none. */
static int draw_folder(const char *folder)
{
    char path[PATH_SIZE];
    int logp = has(folder, "logp.tsv"), orders = has(folder, "order-rungs.tsv");

    if ((logp && draw_logp(folder)) || (orders && draw_orders(folder)))
        return -1;
    snprintf(path, sizeof path, "%s/results.tsv", folder);
    return (logp || orders) && access(path, R_OK) ? 0 : draw_results(path, folder);
}

static int draw_file(const char *path)
{
    char folder[PATH_SIZE], *slash;

    snprintf(folder, sizeof folder, "%s", path);
    if ((slash = strrchr(folder, '/')))
        slash[slash == folder] = 0;
    else
        strcpy(folder, ".");
    return is_terms(path) ? draw_terms(path) : draw_results(path, folder);
}

int cmd_plot(const request *r)
{
    struct stat is;
    int bad;

    if (words_between(r, 1, 1))
        return complain(USAGE);
    bad = !stat(r->word[0], &is) && S_ISDIR(is.st_mode) ? draw_folder(r->word[0]) : draw_file(r->word[0]);
    return bad ? complain(USAGE) : OK;
}
