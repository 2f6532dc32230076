#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tests/support/mixture_text.h"
#include "tests/suite.h"

enum { MANY = 4096 };

law *mixture_of(const char *text)
{
    char path[] = "/tmp/fokker-test-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");
    sections *s;
    law *l = NULL;

    fprintf(f, "[data]\nkind = mixture\n%s", text);
    fclose(f);
    if ((s = sections_read(path)))
        l = law_open(s, sections_find(s, "data"));
    sections_free(s);
    unlink(path);
    return l;
}

law *mixture_good(const char *text)
{
    law *l = mixture_of(text);

    must(l ? 0 : -1);
    return l;
}

/* The keys of a mixture that is made up. */
static char *describe(int K, int dim, char kind)
{
    size_t size = 64 + (size_t)K * (dim * 25 + (kind == 'c' || kind == 'd' ? dim * dim * 25 : dim * 25) + 64), at = 0;
    char *text = malloc(size);
    double *z = malloc((size_t)dim * (dim + 2) * sizeof *z), u[2];

#define PRINT(...) at += snprintf(text + at, size - at, __VA_ARGS__)
    PRINT("weights =");
    for (int k = 0; k < K; k++) {
        uniforms((stream){ 5, USE_LAW }, k, 0, 0, 1, 1, u);
        PRINT(" %.3f", 0.2 + u[0]);
    }
    for (int k = 0; k < K; k++) {
        normals((stream){ 6, USE_LAW }, k, 0, 0, dim + 2, dim, z);
        uniforms((stream){ 7, USE_LAW }, k, 0, 0, 1, 1, u);
        PRINT("\nmean.%d =", k + 1);
        for (int d = 0; d < dim; d++)
            PRINT(" %.17g", 2 * z[dim * dim + d]);
        if (kind == 's')
            PRINT("\nstd.%d = %.17g", k + 1, sqrt(0.3 + u[0]));
        if (kind == 'v' || kind == 'e')
            PRINT("\nvar.%d =", k + 1);
        for (int d = 0; d < dim && (kind == 'v' || kind == 'e'); d++)
            PRINT(" %.17g", kind == 'e' ? 0.3 + u[0] : 0.1 + fabs(z[d]));
        if (kind == 'c' || kind == 'd')
            PRINT("\ncov.%d =", k + 1);
        for (int a = 0; a < dim && (kind == 'c' || kind == 'd'); a++)
            for (int b = 0; b < dim; b++) {
                double sum = a == b ? kind == 'd' ? 0.1 + fabs(z[a]) : 0.2 : 0;

                for (int e = 0; e < dim && kind == 'c'; e++)
                    sum += z[dim * a + e] * z[dim * b + e] / dim;
                PRINT(" %.17g", sum);
            }
    }
    PRINT("\n");
#undef PRINT
    free(z);
    return text;
}

law *mixture_made(int K, int dim, char kind, const char *more)
{
    char *text = describe(K, dim, kind), *all = malloc(strlen(text) + strlen(more) + 1);
    law *l;

    strcat(strcpy(all, text), more);
    l = mixture_good(all);
    free(text);
    free(all);
    return l;
}

const struct mixture_case mixture_case[MIXTURES] = {
    { 1, 2, 's' }, { 8, 2, 's' }, { 3, 5, 's' }, { 4, 1, 's' }, { 5, 16, 'v' }, { 3, 2, 'v' }, { 4, 2, 'c' },
    { 3, 7, 'c' }, { 150, 3, 's' }, { 130, 2, 'v' },
    { 70, 2, 'c' }, { 3, 140, 's' }, { 2, 131, 'v' },
};

const level some_levels[4] = { { .alpha = 1, .sigma = 0.05 }, { .alpha = 0.8, .sigma = 0.6 },
                               { .alpha = 0.1, .sigma = 1 }, { .alpha = 1, .sigma = 3 } };

level level_of(double alpha, double sigma)
{
    return (level){ .t = 0.5, .alpha = alpha, .sigma = sigma, .lambda = log(alpha / sigma) };
}

void points_at(const law *l, level at, int n, long row, double *x)
{
    double *z = malloc(n * (size_t)l->dim * sizeof *z);

    must(l->sample(l, (stream){ 1, USE_LAW }, row, n, NULL, x));
    normals((stream){ 2, USE_LAW }, row, 0, 0, n, l->dim, z);
    for (long i = 0; i < (long)n * l->dim; i++)
        x[i] = at.alpha * x[i] + at.sigma * z[i];
    free(z);
}

void laws_agree(const law *a, const law *b, double tolerance)
{
    enum { N = 20 };
    double x[MANY], v[MANY], y[2][MANY], div[2][N], jv[2][MANY], logp[2][N];
    const law *two[2] = { a, b };

    EACH_LEVEL(at) {
        batch p = { 1, N, at, x, NULL };

        points_at(a, *at, N, 0, x);
        normals((stream){ 3, USE_LAW }, 0, 0, 0, N, a->dim, v);
        for (int i = 0; i < 2; i++) {
            must(two[i]->jvp(two[i], &p, v, y[i], jv[i]));
            must(two[i]->denoise(two[i], &p, y[i], div[i]));
            must(two[i]->logpdf(two[i], &p, logp[i]));
        }
        for (int i = 0; i < N * a->dim; i++) {
            near(y[0][i], y[1][i], tolerance);
            near(jv[0][i], jv[1][i], tolerance);
        }
        for (int i = 0; i < N; i++) {
            near(div[0][i], div[1][i], tolerance * a->dim);
            near(logp[0][i], logp[1][i], tolerance * a->dim);
        }
    }
}
