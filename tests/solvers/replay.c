/* Runs of other programs again, from their states, on their grids, with their noise (tests/golden/README.md). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "solvers/engine/recipe.h"
#include "tests/support/golden.h"
#include "tests/suite.h"

/* Columns of cases.tsv. */
enum { CASE, PEER, MODEL, PROCESS, WRAP, SOLVER, GRID, STEPS, FINAL, INIT, NOISE, TOLERANCE, COMPARED, CELLS };

typedef struct replays { golden *g; char grid[64]; int done; } replays;

/* The numbers of a block as a grid file. */
static int write_grid(const replays *w, const array *a)
{
    FILE *out = fopen(w->grid, "w");

    if (!out)
        return fail("%s: cannot be written", w->grid);
    for (long i = 0; i < array_rows(a); i++)
        fprintf(out, "%.17g\n", a->v[i]);
    return fclose(out) ? fail("%s: cannot be written", w->grid) : 0;
}

static double distance(const array *want, const double *x)
{
    double worst = 0;

    for (long i = 0; i < array_rows(want) * array_cols(want); i++)
        worst = x[i] == x[i] ? fmax(worst, fabs(x[i] - want->v[i]) / fmax(1, fabs(want->v[i]))) : INFINITY;
    return worst;
}

/* The largest difference of one case; NAN where it cannot run. */
static double run_case(const replays *w, char *const *cell, recipe *how)
{
    const array *init = golden_find(w->g, cell[INIT]), *want = golden_find(w->g, cell[CASE]);
    const array *z = strcmp(cell[NOISE], "-") ? golden_find(w->g, cell[NOISE]) : NULL;
    long numbers = array_rows(init) * array_cols(init);
    double *x = malloc(numbers * sizeof *x), apart = NAN;
    replay recorded;
    noise source;

    memcpy(x, init->v, numbers * sizeof *x);
    if (z && !must(replay_open(&recorded, cell[NOISE], z, array_rows(init), (int)array_cols(init)))) {
        source = noise_replay(&recorded), how->plan.noise = &source;
        CU_ASSERT(how->cost.draws <= recorded.draws);
    }
    if (!must(solve(&how->plan, (int)array_rows(init), x, NULL)))
        apart = distance(want, x);
    free(x);
    return apart;
}

static void replay_case(char *const *cell, void *with)
{
    replays *w = with;
    const array *points = golden_find(w->g, strchr(cell[GRID], ':') + 1);
    char item[128];
    double apart = NAN;
    subject of;
    recipe how;

    snprintf(item, sizeof item, "%.*s:%s", (int)strcspn(cell[GRID], ":"), cell[GRID], w->grid);
    if (write_grid(w, points) || subject_open(&of, cell[MODEL], cell[PROCESS], strcmp(cell[WRAP], "-") ? cell[WRAP]
                                              : NULL)) {
        check_must(-1, cell[CASE], __FILE__, __LINE__);
        return;
    }
    if (!check_must(recipe_open(&how, &of, cell[SOLVER], item, !strcmp(cell[FINAL], "denoise"),
                                (budget){ atoi(cell[STEPS]), 0 }),
                    cell[CASE], __FILE__, __LINE__)) {
        apart = run_case(w, cell, &how);
        recipe_close(&how);
    }
    subject_close(&of);
    check_below(apart, atof(cell[TOLERANCE]), cell[CASE], __FILE__, __LINE__);
    w->done++;
}

static void every_case_of_the_table_ends_where_its_program_ended(void)
{
    replays w = { .g = golden_open(), .grid = "/tmp/fokker-grid-XXXXXX" };
    int file = mkstemp(w.grid);

    if (!must(w.g && file >= 0 ? 0 : -1)) {
        int rows = golden_table("cases.tsv", CELLS, replay_case, &w);

        must(rows < 0 ? -1 : 0);
        CU_ASSERT_EQUAL(w.done, rows);
        CU_ASSERT(rows > 0);
    }
    close(file);
    remove(w.grid);
    golden_close(w.g);
}

/* Columns of laws.tsv, and of its answers: log p, divergence of the score, score, E[x_0 | x_t]. */
enum { LAW_CASE, LAW_MODEL, LAW_PROCESS, LAW_T, LAW_POINTS, LAW_CELLS };

static void check_law(const replays *w, char *const *cell, const subject *of)
{
    const array *points = golden_find(w->g, cell[LAW_POINTS]), *want = golden_find(w->g, cell[LAW_CASE]);
    int n = (int)array_rows(points), dim = (int)array_cols(points);
    double *x0 = malloc((size_t)n * (dim + 2) * sizeof *x0), *div = x0 + (size_t)n * dim, *logp = div + n;
    double t = atof(cell[LAW_T]), worst = 0;
    level at;
    batch p = { .groups = 1, .rows = n, .at = &at, .x = points->v };

    levels(of->model->process, 1, &t, &at);
    if (!must(of->model->law->denoise(of->model->law, &p, x0, div))
        && !must(of->model->law->logpdf(of->model->law, &p, logp)))
        for (int i = 0; i < n; i++) {
            const double *row = want->v + i * (2 * dim + 2), s2 = at.sigma * at.sigma;

            worst = fmax(worst, fabs(logp[i] - row[0]) / fmax(1, fabs(row[0])));
            worst = fmax(worst, fabs((at.alpha * div[i] - dim) / s2 - row[1]) / fmax(1, fabs(row[1])));
            for (int d = 0; d < dim; d++) {
                double s = (at.alpha * x0[i * dim + d] - points->v[i * dim + d]) / s2;

                worst = fmax(worst, fabs(s - row[2 + d]) / fmax(1, fabs(row[2 + d])));
                worst = fmax(worst, fabs(x0[i * dim + d] - row[2 + dim + d]) / fmax(1, fabs(row[2 + dim + d])));
            }
        }
    free(x0);
    check_below(worst, 1e-9, cell[LAW_CASE], __FILE__, __LINE__);
}

static void replay_law(char *const *cell, void *with)
{
    replays *w = with;
    subject of;

    if (!check_must(subject_open(&of, cell[LAW_MODEL], cell[LAW_PROCESS], NULL), cell[LAW_CASE], __FILE__, __LINE__)) {
        check_law(w, cell, &of);
        subject_close(&of);
    }
    w->done++;
}

static void densities_scores_and_divergences_are_those_of_the_closed_form_elsewhere(void)
{
    replays w = { .g = golden_open() };

    if (!must(w.g ? 0 : -1)) {
        CU_ASSERT_EQUAL(golden_table("laws.tsv", LAW_CELLS, replay_law, &w), 36);
        CU_ASSERT_EQUAL(w.done, 36);
    }
    golden_close(w.g);
}

const test_table table_replay = { "replay", (const test_case[]){
    { "every case of the table ends where its program ended", every_case_of_the_table_ends_where_its_program_ended },
    { "densities, scores and divergences are those of the closed form elsewhere",
      densities_scores_and_divergences_are_those_of_the_closed_form_elsewhere },
    { NULL, NULL } } };
