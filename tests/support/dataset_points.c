/* Data sets that the tests write into a folder of their own. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/dataset_points.h"
#include "tests/suite.h"

static char folder[64];

void file_of(const char *name, const char *text)
{
    char path[128];
    FILE *f;

    if (!*folder) {
        strcpy(folder, "/tmp/fokker-dataset-XXXXXX");
        CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "w");
    CU_ASSERT_FATAL(f != NULL);
    fputs(text, f);
    fclose(f);
}

law *law_at(const char *path)
{
    sections *s = sections_read(path);
    law *l = s && sections_find(s, "data") ? law_open(s, sections_find(s, "data")) : NULL;

    sections_free(s);
    return l;
}

law *law_of(const char *lines)
{
    char text[1024], path[128];

    snprintf(text, sizeof text, "[data]\nkind = dataset\n%s\n", lines);
    file_of("m.ini", text);
    snprintf(path, sizeof path, "%s/m.ini", folder);
    return law_at(path);
}

law *good(law *l)
{
    if (!l)
        must(-1);
    CU_ASSERT_FATAL(l != NULL);
    return l;
}

law *some_points(int K, int dim, int labels, double width)
{
    char *text = malloc(K * (dim + 1) * 24 + 1), *p = text, lines[256];
    double *x = malloc(dim * sizeof *x);

    CU_ASSERT_FATAL(text != NULL && x != NULL);
    *text = 0;
    for (int k = 0; k < K; k++) {
        normals((stream){ 7, USE_LAW }, k, 0, 0, 1, dim, x);
        for (int d = 0; d < dim; d++)
            p += sprintf(p, "%.17g ", x[d] * (1 + d % 3) + 3);
        p += sprintf(p, "%d\n", labels ? (k * 7 + k / 3) % labels : 0);
    }
    file_of("points.txt", text);
    p = text;
    for (int k = 0; k < K; k++)
        p += sprintf(p, "%g\n", 1 + k % 5 * 0.5);
    file_of("weights.txt", text);
    free(text);
    free(x);
    snprintf(lines, sizeof lines, "file = points.txt\nwidth = %.17g\nweights = weights.txt\nlabel_column = -1", width);
    return good(law_of(lines));
}

void the_folder_is_left_clean(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -r %s", folder);
    CU_ASSERT(system(command) == 0);
    *folder = 0;
}
