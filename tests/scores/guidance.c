/* Classifier-free guidance against the guided field of a labelled mixture, written out. */
#include <math.h>
#include <string.h>
#include "solvers/engine/start.h"
#include "tests/suite.h"
#include "tests/support/wrapped.h"

/* E[x_0 | x] of its modes with this label (-1: all), written out. */
static void denoise_by_hand(const level *l, const double *x, int label, double *out)
{
    static const double mean[3][2] = { { -1, 0 }, { 1, 0.5 }, { 0, 2 } }, weight[3] = { 1, 3, 2 };
    double var = l->alpha * l->alpha * 0.16 + l->sigma * l->sigma, sum = 0, top[2] = { 0 };

    for (int k = 0; k < 3; k++) {
        double u[2] = { x[0] - l->alpha * mean[k][0], x[1] - l->alpha * mean[k][1] };
        double p = (label < 0 || label == (k > 0)) * weight[k] * exp(-(u[0] * u[0] + u[1] * u[1]) / (2 * var));

        sum += p;
        for (int d = 0; d < 2; d++)
            top[d] += p * (mean[k][d] + l->alpha * 0.16 / var * u[d]);
    }
    out[0] = top[0] / sum, out[1] = top[1] / sum;
}

static void guidance_is_the_guided_field_of_a_labelled_mixture(void)
{
    subject s;
    points q;

    if (wrapped_open(&s, two_classes, "cfg:w=2.5,from=0.3,to=0.7"))
        return;
    points_place(&q, s.model->process);                    /* t = 0.2, 0.5, 0.8 */
    q.p.label = q.label;
    must(field_eval(s.field, &q.p, PREDICTS_DATA, q.out));
    for (int i = 0; i < N; i++) {
        const level *l = &q.at[i / (N / G)];
        double w = l->t > 0.3 && l->t < 0.7 ? 2.5 : 1, with[2], without[2];

        denoise_by_hand(l, q.x + 2 * i, q.label[i], with);
        denoise_by_hand(l, q.x + 2 * i, -1, without);
        for (int d = 0; d < 2; d++)
            near(q.out[2 * i + d], without[d] + w * (with[d] - without[d]), 1e-12);
    }
    derivatives_agree(s.field, &q);
    q.p.label = NULL;
    CU_ASSERT(field_eval(s.field, &q.p, PREDICTS_DATA, q.out) != 0);
    says("cfg", "--label");
    subject_close(&s);
}

static void guided_samples_have_the_same_bits_on_any_number_of_blocks(void)
{
    static const int blocks[] = { 1, 7, 64, 200 };
    int label[200];
    subject s;
    recipe r;

    if (wrapped_open(&s, two_classes, "cfg:w=2 error:size=0.1 scale:scale=0.5"))
        return;
    if (!must(recipe_open(&r, &s, "dopri5:rtol=1e-2,atol=1e-2", NULL, 0, (budget){ 0, 0 }))) {
        double from[400], x[2][400];

        start_states(s.model->process, r.plan.grid, 2, 3, 0, 200, from);
        for (int i = 0; i < 200; i++)
            label[i] = i % 2;
        r.plan.label = label;
        for (int k = 0; k < 4; k++) {
            memcpy(x[k > 0], from, sizeof from);
            r.plan.block = blocks[k];
            must(solve(&r.plan, 200, x[k > 0], NULL));
            CU_ASSERT(!k || !memcmp(x[0], x[1], sizeof from));
        }
        recipe_close(&r);
    }
    subject_close(&s);
}

static const test_case tests[] = {
    { "guidance is the guided field of a labelled mixture", guidance_is_the_guided_field_of_a_labelled_mixture },
    { "guided samples have the same bits in blocks of any size",
      guided_samples_have_the_same_bits_on_any_number_of_blocks },
    { 0, 0 },
};
const test_table table_guidance = { "guidance", tests };
