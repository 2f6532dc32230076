/* Data sets that the tests write into a folder of their own. */
#include <stdio.h>
#include <stdlib.h>
#include "tests/support/dataset_points.h"
#include "tests/suite.h"

law *law_at(const char *path)
{
    sections *s = sections_read(path);
    law *l = s && sections_find(s, "data") ? law_open(s, sections_find(s, "data")) : NULL;

    sections_free(s);
    return l;
}

law *law_of(const char *lines)
{
    char text[1024];

    snprintf(text, sizeof text, "[data]\nkind = dataset\n%s\n", lines);
    return law_at(text_of("m.ini", text));
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
    text_of("points.txt", text);
    p = text;
    for (int k = 0; k < K; k++)
        p += sprintf(p, "%g\n", 1 + k % 5 * 0.5);
    text_of("weights.txt", text);
    free(text);
    free(x);
    snprintf(lines, sizeof lines, "file = points.txt\nwidth = %.17g\nweights = weights.txt\nlabel_column = -1", width);
    return good(law_of(lines));
}
