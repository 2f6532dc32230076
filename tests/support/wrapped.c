#include <stdio.h>
#include <stdlib.h>
#include "base/random.h"
#include "tests/suite.h"
#include "tests/support/wrapped.h"

const char two_classes[] =
    "[process]\nkind = vp-linear\n[data]\nkind = mixture\nweights = 1 3 2\nmean.1 = -1 0\nmean.2 = 1 0.5\nmean.3 = 0 "
    "2\n"
                                  "std = 0.4\nlabels = 0 1 1\n";

int wrapped_open(subject *s, const char *text, const char *wrap)
{
    char path[5000];
    FILE *f = fopen(built("wrapped.ini", "", path), "w");

    fputs(text, f);
    fclose(f);
    return must(subject_open_as(s, &(naming){ path, NULL, wrap, TRUST_FILES }));
}

void points_place(points *q, const process *p)
{
    for (int g = 0; g < G; g++)
        q->at[g].t = p->t_min + (p->t_max - p->t_min) * (0.2 + 0.3 * g);
    p->at(p, G, q->at);
    normals((stream){ 1, USE_PRIOR }, 0, 0, 0, N, DIM, q->x);
    normals((stream){ 2, USE_PRIOR }, 0, 0, 0, N, DIM, q->v);
    for (int i = 0; i < N; i++)
        q->label[i] = i % 2;
    for (int i = 0; i < N * DIM; i++)
        q->x[i] = q->at[i / (N / G * DIM)].alpha + q->at[i / (N / G * DIM)].sigma * q->x[i];
    q->p = (batch){ G, N / G, q->at, q->x, NULL };
}

void derivatives_agree(const score *s, points *q)
{
    static const double h = 1e-6;
    double there[N * DIM], *x = malloc(N * DIM * sizeof *x), sum[N] = { 0 };
    batch p = q->p;

    CU_ASSERT_PTR_NOT_NULL_FATAL(s->jvp);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s->divergence);
    must(field_divergence(s, &q->p, PREDICTS_DATA, q->out, q->div));
    must(field_jvp(s, &q->p, q->v, PREDICTS_DATA, q->out, q->jv));
    p.x = x;
    for (int d = -1; d < DIM; d++) {
        for (int i = 0; i < N * DIM; i++)
            x[i] = q->x[i] + h * (d < 0 ? q->v[i] : i % DIM == d);
        must(field_eval(s, &p, PREDICTS_DATA, there));
        for (int i = 0; i < N * DIM; i++) {
            double slope = (there[i] - q->out[i]) / h;

            if (d < 0)
                near(q->jv[i], slope, 1e-5 * (1 + fabs(slope)));
            else
                sum[i / DIM] += i % DIM == d ? slope : 0;
        }
    }
    for (int i = 0; i < N; i++)
        near(q->div[i], sum[i], 1e-5 * (1 + fabs(sum[i])));
    free(x);
}
