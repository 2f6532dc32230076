/* The variational bound and its paths against exact log densities of laws; the bits of a row. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/likelihood/elbo.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

/* Mean over n rows of the law of log p_0 - bound, and the square of its standard error. */
typedef struct gap { double mean, var; } gap;

static gap gap_of(const char *name, const char *proc, int steps, int n, int paths, int draws)
{
    rig r;
    gap of = { 0, 0 };
    const level zero = { .alpha = 1, .lambda = INFINITY };

    if (rig_open(&r, name, proc, "ddim", NULL, steps, 0))
        return of;
    {
        double *x = malloc((size_t)n * r.dim * sizeof *x), *logp = malloc(n * sizeof *logp),
            *part = malloc((size_t)n * (steps + 2) * sizeof *part);
        bound *out = malloc(n * sizeof *out);
        elbo e = { .plan = &r.how.plan, .prior_std = r.of.model->process->prior_std, .draws = draws, .seed = 9,
                   .paths = paths };
        const law *l = r.of.model->law;

        must(l->sample(l, (stream){ 2, USE_LAW }, 0, n, NULL, x));
        must(l->logpdf(l, &(batch){ 1, n, &zero, x, NULL }, logp));
        must(elbo_run(&e, n, x, out, part, NULL));
        for (int i = 0; i < n; i++) {
            double d = logp[i] - (paths ? out[i].many.log_mean : out[i].logp) - of.mean;

            of.mean += d / (i + 1);
            of.var += d * d * i / (i + 1);
        }
        of.var /= (double)n * (n - 1);
        free(x), free(logp), free(part), free(out);
    }
    rig_close(&r);
    return of;
}

static void the_bound_is_below_the_exact_log_density_on_average(void)
{
    static const char *const names[] = { "gauss2", "three", "gmm8ring", "gmm5-aniso16", "digits" };
    static const char *const some[] = { NULL, "ve", "edm", "flow", "vp-cosine", "sub-vp" };

    for (unsigned m = 0; m < sizeof names / sizeof *names; m++)
        for (unsigned i = 0; i < (m < 3 ? sizeof some / sizeof *some : 1); i++) {
            gap of = gap_of(names[m], some[i], 24, m == 4 ? 100 : 400, 0, 1);

            below(3 * sqrt(of.var), of.mean);
        }
}

/* Measured with 20,000 rows on gmm8ring, vp-linear: 1.302, 0.621, 0.303, 0.154 nats at N = 64, 128, 256, 512; of 32
 * paths 0.081, 0.030, 0.012, 0.004. */
static void twice_the_levels_halve_the_gap_and_paths_close_most_of_it(void)
{
    gap coarse = gap_of("gmm8ring", NULL, 128, 6000, 0, 1), fine = gap_of("gmm8ring", NULL, 256, 6000, 0, 1);
    gap path = gap_of("gmm8ring", NULL, 128, 500, 1, 16), more = gap_of("gmm8ring", NULL, 128, 500, 1, 64);

    near(coarse.mean / fine.mean, 2, 4 * hypot(sqrt(coarse.var), 2 * sqrt(fine.var)) / fine.mean + 0.1);
    below(sqrt(fine.var) / fine.mean, 0.1);
    below(path.mean, coarse.mean / 4);
    below(more.mean, path.mean);
    below(-3 * sqrt(more.var), more.mean);
}

static void a_row_has_the_same_bits_whatever_its_neighbours_blocks_and_threads(void)
{
    enum { MANY = 300 };
    rig r;
    double *x, *part[2];
    bound *out[2];
    int most = omp_get_max_threads();

    if (rig_open(&r, "gmm5-aniso16", NULL, "ddim", NULL, 9, 0))
        return;
    x = malloc(MANY * r.dim * sizeof *x);
    must(r.of.model->law->sample(r.of.model->law, (stream){ 2, USE_LAW }, 0, MANY, NULL, x));
    for (int k = 0; k < 2; k++)
        part[k] = malloc(MANY * 11 * sizeof **part), out[k] = malloc(MANY * sizeof **out);
    for (int way = 0; way < 2; way++) {
        elbo e = { .plan = &r.how.plan, .prior_std = 1, .draws = 3, .seed = 1, .paths = way };

        must(elbo_run(&e, MANY, x, out[0], part[0], NULL));
        omp_set_num_threads(3);
        r.how.plan.block = 7;
        must(elbo_run(&e, MANY, x, out[1], part[1], NULL));
        CU_ASSERT(!memcmp(part[0], part[1], MANY * 11 * sizeof **part));
        /* without paths there are NANs: compared below */
        CU_ASSERT(!memcmp(out[0], out[1], MANY * sizeof **out) || way == 0);
        r.how.plan.block = 0;
        must(elbo_run(&e, 1, x, out[1], part[1], NULL));                        /* alone */
        CU_ASSERT(!memcmp(part[0], part[1], 11 * sizeof **part));
        CU_ASSERT(out[0]->logp == out[1]->logp && out[0]->se == out[1]->se);
        omp_set_num_threads(most);
    }
    for (int k = 0; k < 2; k++)
        free(part[k]), free(out[k]);
    free(x);
    rig_close(&r);
}

static const test_case tests[] = {
    { "the bound is below the exact log density on average", the_bound_is_below_the_exact_log_density_on_average },
    { "twice the levels halve the gap, and paths close most of it",
      twice_the_levels_halve_the_gap_and_paths_close_most_of_it },
    { "a row has the same bits, whatever its neighbours, blocks and threads",
      a_row_has_the_same_bits_whatever_its_neighbours_blocks_and_threads },
    { 0, 0 },
};
const test_table table_elbo_laws = { "elbo_laws", tests };
